// Each of the five services is killed in the middle of whatever it does, while clients register,
// assign and visit. What was acknowledged is there exactly once, and nothing else is.
#include <atomic>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "common/base/ids.h"
#include "common/facts/verify.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "redress/assignment/v1/assignment.grpc.pb.h"
#include "redress/facts/v1/facts.pb.h"
#include "redress/facts/v1/feed.grpc.pb.h"
#include "redress/registry/v1/registry.grpc.pb.h"
#include "redress/supervision/v1/supervision.grpc.pb.h"
#include "redress/visits/v1/visits.grpc.pb.h"
#include "tests/e2e/world.h"

namespace redress::testing {
namespace {

using AssignmentStub = assignment::v1::AssignmentService::Stub;
using FeedStub = facts::v1::FactFeedService::Stub;
using RegistryStub = registry::v1::RegistryService::Stub;
using SupervisionStub = supervision::v1::SupervisionService::Stub;
using VisitsStub = visits::v1::VisitsService::Stub;

constexpr int kClients = 4;
constexpr absl::Duration kPatience = absl::Seconds(20);

// What a client was told is done.
struct Done {
  std::string case_name;
  std::string registration_number;
  std::string visit;
};

class CrashTest : public ::testing::Test {
 protected:
  // Asks again, with the same request_id, until it is acknowledged. A lead may have to wait for the
  // access that an acknowledged assignment gives: registry may be told of it a little later.
  template <class Stub, class Req, class Resp>
  absl::StatusOr<Resp> UntilAcknowledged(const Client& client,
                                         grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                                      const Req&, Resp*),
                                         const Req& request, bool await_access = false) {
    const absl::Time give_up = absl::Now() + kPatience;
    while (true) {
      absl::StatusOr<Resp> answer = client.WithTimeout(absl::Seconds(3)).Call(method, request);
      const absl::Status status = answer.status();
      const bool later = absl::IsUnavailable(status) || absl::IsAborted(status) ||
                         absl::IsDeadlineExceeded(status) ||
                         (await_access && absl::IsNotFound(status));
      if (status.ok() || !later || absl::Now() > give_up) return answer;
      retries_.fetch_add(1);
      absl::SleepFor(absl::Milliseconds(30));
    }
  }

  void Work() {
    while (!stop_.load()) {
      Done done;
      const auto registered =
          UntilAcknowledged(world_.clerk(), &RegistryStub::RegisterCase, world_.NewCase());
      ASSERT_TRUE(registered.ok()) << "RegisterCase: " << registered.status();
      done.case_name = registered->case_file().name();
      done.registration_number = registered->case_file().registration_number();

      assignment::v1::AssignCaseRequest assign;
      assign.set_case_name(done.case_name);
      assign.set_lead(kLead);
      assign.set_unit(kResponsibleUnit);
      assign.set_officer(kOfficer);
      *assign.mutable_assigned_on() = On(4, 10);
      assign.set_request_id(base::NewUuid(absl::Now()));
      const auto assigned = UntilAcknowledged(world_.clerk(), &AssignmentStub::AssignCase, assign);
      ASSERT_TRUE(assigned.ok()) << "AssignCase: " << assigned.status();

      const auto visited = UntilAcknowledged(world_.lead(), &VisitsStub::RecordVisit,
                                             world_.NewVisit(done.case_name), true);
      ASSERT_TRUE(visited.ok()) << "RecordVisit: " << visited.status();
      done.visit = visited->visit().name();
      absl::MutexLock lock(&mutex_);
      acknowledged_.push_back(std::move(done));
    }
  }

  int64_t Number(const std::string& service, const std::string& sql) {
    const auto rows = cluster_.Database(service)->Query(sql);
    if (!rows.ok() || rows->size() != 1) {
      ADD_FAILURE() << sql << ": " << rows.status();
      return -1;
    }
    return (*rows)[0].Int(0);
  }

  void AwaitZero(const std::string& service, const std::string& sql) {
    const absl::Time give_up = absl::Now() + kPatience;
    while (Number(service, sql) != 0) {
      ASSERT_LT(absl::Now(), give_up)
          << service << ": " << sql << " gives " << Number(service, sql);
      absl::SleepFor(absl::Milliseconds(100));
    }
  }

  std::map<std::string, int64_t> FactsByKind(const std::string& service) {
    std::map<std::string, int64_t> kinds;
    const auto rows =
        cluster_.Database(service)->Query("SELECT kind, COUNT(*) FROM fact GROUP BY kind");
    EXPECT_TRUE(rows.ok()) << rows.status();
    if (!rows.ok()) return kinds;
    for (const auto& row : *rows) {
      const auto kind = static_cast<facts::v1::FactKind>(row.Int(0));
      kinds[facts::v1::FactKind_Name(kind)] = row.Int(1);
    }
    return kinds;
  }

  // Waits until supervision has followed all that the four feeds hold, and has evaluated it.
  void AwaitProjection() {
    const absl::Time give_up = absl::Now() + kPatience;
    std::string last;
    while (absl::Now() < give_up) {
      const auto answer = world_.operator_client().Call(&SupervisionStub::GetProjection,
                                                        supervision::v1::GetProjectionRequest());
      bool there = answer.ok() && !answer->rebuilding() && answer->feeds_size() == 4;
      last = answer.ok() ? answer->ShortDebugString() : answer.status().ToString();
      if (answer.ok()) {
        for (const auto& feed : answer->feeds()) {
          there = there && feed.position() == Number(feed.service(), "SELECT COUNT(*) FROM fact");
        }
      }
      if (there &&
          Number("supervision", "SELECT COUNT(*) FROM evaluated_root WHERE stale <> 0") == 0) {
        return;
      }
      absl::SleepFor(absl::Milliseconds(100));
    }
    FAIL() << "supervision did not catch up: " << last;
  }

  // All that supervision answers about the campaign.
  std::vector<std::string> Projection() {
    std::vector<std::string> all;
    supervision::v1::ListStatusesRequest list;
    list.set_campaign(world_.campaign());
    list.set_include_unassigned(true);
    list.set_page_size(1000);
    do {
      const auto page = cluster_.Service("assignment").Call(&SupervisionStub::ListStatuses, list);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) return all;
      for (const auto& status : page->statuses()) all.push_back(status.SerializeAsString());
      list.set_page_token(page->next_page_token());
    } while (!list.page_token().empty());
    supervision::v1::GetOverviewRequest overview;
    overview.set_campaign(world_.campaign());
    const auto seen = world_.clerk().Call(&SupervisionStub::GetOverview, overview);
    EXPECT_TRUE(seen.ok()) << seen.status();
    if (seen.ok()) all.push_back(seen->SerializeAsString());
    return all;
  }

  Cluster cluster_;
  const World world_{cluster_};
  std::atomic<bool> stop_{false};
  std::atomic<int> retries_{0};
  absl::Mutex mutex_;
  std::vector<Done> acknowledged_ ABSL_GUARDED_BY(mutex_);
};

TEST_F(CrashTest, WhatWasAcknowledgedIsThereOnceAndNothingElseIs) {
  std::vector<std::thread> clients;
  for (int i = 0; i < kClients; ++i) clients.emplace_back([this] { Work(); });
  for (const std::string& service : AllServices()) {
    absl::SleepFor(absl::Milliseconds(700));
    cluster_.Kill(service);
    absl::SleepFor(absl::Milliseconds(400));
    cluster_.Start(service);
  }
  absl::SleepFor(absl::Milliseconds(700));
  stop_.store(true);
  for (std::thread& client : clients) client.join();
  ASSERT_FALSE(HasFatalFailure());
  std::vector<Done> done;
  {
    absl::MutexLock lock(&mutex_);
    done = acknowledged_;
  }
  const auto count = static_cast<int64_t>(done.size());
  RecordProperty("cases", static_cast<int>(count));
  RecordProperty("retries", retries_.load());
  ASSERT_GE(count, 2 * kClients);
  EXPECT_GT(retries_.load(), 0) << "no call met a service that was down";

  // Each is there, and its own.
  std::set<std::string> numbers;
  std::set<int> in_register;
  for (const Done& one : done) {
    const std::vector<std::string> parts = absl::StrSplit(one.registration_number, '-');
    ASSERT_EQ(parts.size(), 4u) << one.registration_number;
    in_register.insert(std::stoi(parts[2]));
    EXPECT_TRUE(numbers.insert(one.registration_number).second) << one.registration_number;
    registry::v1::GetCaseRequest get;
    get.set_name(one.case_name);
    const auto file = world_.clerk().Call(&RegistryStub::GetCase, get);
    ASSERT_TRUE(file.ok()) << file.status();
    EXPECT_EQ(file->case_file().registration_number(), one.registration_number);
    EXPECT_EQ(file->case_file().responsible_unit(), kResponsibleUnit);
    assignment::v1::GetAssignmentRequest assignment;
    assignment.set_case_name(one.case_name);
    const auto assigned = world_.lead().Call(&AssignmentStub::GetAssignment, assignment);
    ASSERT_TRUE(assigned.ok()) << assigned.status();
    EXPECT_EQ(assigned->assignment().lead(), kLead);
    visits::v1::ListVisitsRequest list;
    list.set_parent(one.case_name);
    const auto visits = world_.lead().Call(&VisitsStub::ListVisits, list);
    ASSERT_TRUE(visits.ok()) << visits.status();
    ASSERT_EQ(visits->visits_size(), 1) << one.case_name;
    EXPECT_EQ(visits->visits(0).name(), one.visit);
  }
  // A register has no gaps, whoever was killed while it was written.
  EXPECT_EQ(*in_register.rbegin() - *in_register.begin() + 1, static_cast<int>(in_register.size()));

  // And nothing else is: no row, no fact.
  for (const char* table : {"case_file", "petitioner", "procedure_round", "case_access"}) {
    EXPECT_EQ(Number("registry", absl::StrCat("SELECT COUNT(*) FROM ", table)), count) << table;
  }
  EXPECT_EQ(Number("assignment", "SELECT COUNT(*) FROM assignment"), count);
  EXPECT_EQ(Number("visits", "SELECT COUNT(*) FROM visit"), count);
  AwaitZero("assignment", "SELECT COUNT(*) FROM access_change");
  AwaitZero("assignment", "SELECT COUNT(*) FROM access_intent");
  EXPECT_EQ(FactsByKind("registry"),
            (std::map<std::string, int64_t>{{"FACT_KIND_CAMPAIGN_STARTED", 1},
                                            {"FACT_KIND_CASE_REGISTERED", count},
                                            {"FACT_KIND_CLAIM_REGISTERED", count},
                                            {"FACT_KIND_ROUND_OPENED", count}}));
  EXPECT_EQ(FactsByKind("assignment"),
            (std::map<std::string, int64_t>{{"FACT_KIND_ASSIGNED", count},
                                            {"FACT_KIND_UNIT_ENROLLED", 1}}));
  EXPECT_EQ(FactsByKind("visits"),
            (std::map<std::string, int64_t>{{"FACT_KIND_PETITIONER_HEARD", count},
                                            {"FACT_KIND_VISIT_HELD", count}}));
  EXPECT_EQ(FactsByKind("assistance"), (std::map<std::string, int64_t>{}));

  // The feeds are whole: every fact has its place, no place is empty, and the tree is as signed.
  for (const std::string service : {"registry", "assignment", "visits", "assistance"}) {
    SCOPED_TRACE(service);
    AwaitZero(service, "SELECT COUNT(*) FROM fact_pending");
    const int64_t size = Number(service, "SELECT COUNT(*) FROM fact");
    EXPECT_EQ(Number(service, "SELECT COUNT(*) FROM fact_position"), size);
    EXPECT_EQ(Number(service, "SELECT COALESCE(MIN(position), 0) FROM fact_position"), 0);
    EXPECT_EQ(Number(service, "SELECT COALESCE(MAX(position), -1) FROM fact_position"), size - 1);
    EXPECT_EQ(Number(service, "SELECT size FROM fact_head"), size);

    const Client follower = cluster_.Service("supervision");
    const auto checkpoint =
        follower.Call(&FeedStub::GetCheckpoint, facts::v1::GetCheckpointRequest(), service);
    ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
    EXPECT_EQ(checkpoint->checkpoint().tree_size(), size);
    std::vector<facts::v1::FeedEntry> entries;
    facts::v1::ListFactsRequest list;
    list.set_page_size(500);
    while (static_cast<int64_t>(entries.size()) < size) {
      list.set_first_position(static_cast<int64_t>(entries.size()));
      const auto page = follower.Call(&FeedStub::ListFacts, list, service);
      ASSERT_TRUE(page.ok()) << page.status();
      ASSERT_GT(page->entries_size(), 0);
      entries.insert(entries.end(), page->entries().begin(), page->entries().end());
    }
    const auto key = facts::VerifyingKey::FromPem(cluster_.FeedKey(service));
    ASSERT_TRUE(key.ok()) << key.status();
    const facts::VerifyReport report = facts::VerifyFeed(entries, checkpoint->checkpoint(), *key);
    EXPECT_TRUE(report.ok()) << facts::FaultName(report.fault) << ": " << report.detail;
    EXPECT_EQ(report.entries, size);
    EXPECT_EQ(report.hidden, 0);
  }

  // Supervision saw it all, and sees the same when it begins anew.
  AwaitProjection();
  ASSERT_FALSE(HasFatalFailure());
  const std::vector<std::string> before = Projection();
  EXPECT_GT(static_cast<int64_t>(before.size()), count);
  const auto rebuilt = world_.operator_client().Call(&SupervisionStub::RebuildProjection,
                                                     supervision::v1::RebuildProjectionRequest());
  ASSERT_TRUE(rebuilt.ok()) << rebuilt.status();
  AwaitProjection();
  ASSERT_FALSE(HasFatalFailure());
  EXPECT_TRUE(Projection() == before) << "the projection differs after it was rebuilt";
}

}  // namespace
}  // namespace redress::testing
