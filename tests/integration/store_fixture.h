// What the tests of the generic store stand on: stores over a real database, served by a Probe.
#ifndef REDRESS_TESTS_INTEGRATION_STORE_FIXTURE_H_
#define REDRESS_TESTS_INTEGRATION_STORE_FIXTURE_H_

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "services/registry/schema.h"
#include "services/registry/store.h"
#include "tests/integration/record_service.h"
#include "tests/integration/store_probe.h"

namespace redress::store {

using testing::Invoke;
using testing::Probe;
using testing::RecordService;
using types::v1::ROLE_OFFICE_CLERK;
namespace r = redress::registry::v1;
using Stub = r::RegistryService::Stub;
using Answer = absl::StatusOr<r::AddClaimResponse>;

inline constexpr char kClerk[] = "officials/clerk";
inline constexpr char kOverlong[] = "overlong";

// Fails in the database for a case with a claim of that text: the column is too short.
inline Derived Persons() {
  return {&Table::Of(r::Case::descriptor()),
          "case_person",
          {"petitioner"},
          [](const google::protobuf::Message& message) {
            std::vector<std::vector<db::Param>> rows;
            for (const r::Claim& claim : static_cast<const r::Case&>(message).claims()) {
              if (claim.statement() == kOverlong) rows.push_back({std::string(300, 'x')});
            }
            return rows;
          }};
}

class StoreTest : public ::testing::Test {
 protected:
  StoreTest() : records_("registry", registry::Schema(), registry::Grants()) {
    for (int i = 1; i <= 9; ++i) records_.AddCase(absl::StrCat("cases/", i));
  }
  ~StoreTest() override {
    if (!release_.HasBeenNotified()) release_.Notify();
    records_.StopServing();
  }

  // Serves so many stores with so many writers each.
  void Serve(int stores, int writers, size_t queue_limit = 4096) {
    std::vector<Store*> served;
    for (int i = 0; i < stores; ++i) {
      Store::Options options = records_.store_options();
      options.derived = {Persons()};
      options.writers = writers;
      options.queue_limit = queue_limit;
      options.damaged = [this] { ++damaged_; };
      stores_.push_back(RecordService::Required(Store::Open(std::move(options))));
      served.push_back(stores_.back().get());
    }
    probe_ = std::make_unique<Probe>(records_.runtime(), served);
    probe_->in_rule = [this](const r::AddClaimRequest& asked) -> absl::Status {
      {
        absl::MutexLock lock(&mutex_);
        ++runs_[asked.request_id()];
      }
      if (asked.claim().statement() == "hold") {
        if (!held_.HasBeenNotified()) held_.Notify();
        release_.WaitForNotification();
      }
      if (asked.claim().statement() == "refuse") {
        return rules::Refuse("REFUSED", asked.name(), "ask for something else");
      }
      return absl::OkStatus();
    };
    records_.Serve(*probe_->service(), r::RegistryService::service_full_name());
    stub_ = r::RegistryService::NewStub(records_.channel());
  }

  r::AddClaimRequest Claim(const std::string& case_name,
                           const std::string& statement = "补偿少算") {
    r::AddClaimRequest request;
    request.set_name(case_name);
    request.set_request_id(RecordService::NewRequestId());
    request.mutable_claim()->set_kind(types::v1::CLAIM_KIND_GRIEVANCE);
    request.mutable_claim()->set_subject(types::v1::CLAIM_SUBJECT_LAND);
    request.mutable_claim()->set_statement(statement);
    return request;
  }
  Answer Add(const r::AddClaimRequest& request, const std::string& by = kClerk) {
    return Invoke(records_, *stub_, &Stub::AddClaim, request, by, ROLE_OFFICE_CLERK);
  }
  std::future<Answer> AddLater(const r::AddClaimRequest& request) {
    return std::async(std::launch::async, [this, request] { return Add(request); });
  }
  absl::StatusOr<r::GetCaseResponse> Get(const std::string& name, const std::string& by = kClerk) {
    r::GetCaseRequest request;
    request.set_name(name);
    return Invoke(records_, *stub_, &Stub::GetCase, request, by, ROLE_OFFICE_CLERK);
  }
  int64_t CountOf(const std::string& table) {
    const auto rows = records_.database().admin().Query("SELECT COUNT(*) FROM " + table);
    EXPECT_TRUE(rows.ok()) << rows.status();
    return (*rows)[0].Int(0);
  }
  void Execute(const std::string& sql, std::vector<db::Param> params = {}) {
    const auto done = records_.database().admin().Execute(sql, params);
    ASSERT_TRUE(done.ok()) << done.status();
  }
  int RunsOf(const r::AddClaimRequest& request) {
    absl::MutexLock lock(&mutex_);
    return runs_[request.request_id()];
  }
  // Lets the one writer wait in a rule, so that whatever comes meanwhile makes one batch.
  std::future<Answer> Hold() {
    std::future<Answer> holding = AddLater(Claim("cases/9", "hold"));
    held_.WaitForNotification();
    return holding;
  }
  // Gives what was sent time to wait for the writer, then lets that go on.
  void Release() {
    absl::SleepFor(absl::Milliseconds(400));
    release_.Notify();
  }

  RecordService records_;
  std::atomic<int> damaged_{0};
  std::vector<std::unique_ptr<Store>> stores_;
  std::unique_ptr<Probe> probe_;
  std::unique_ptr<Stub> stub_;
  absl::Notification held_;
  absl::Notification release_;
  absl::Mutex mutex_;
  std::map<std::string, int> runs_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace redress::store

#endif  // REDRESS_TESTS_INTEGRATION_STORE_FIXTURE_H_
