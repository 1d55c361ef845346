// What the store tells somebody who may not see: pages that are full all the same, repeats that say
// that it was done and nothing else, and an audit log that has the true reason.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "services/registry/schema.h"
#include "services/registry/store.h"
#include "tests/integration/record_service.h"
#include "tests/integration/store_probe.h"

namespace redress::store {
namespace {

using ::testing::ElementsAre;
using testing::Invoke;
using testing::Probe;
using testing::RecordService;
using types::v1::ROLE_OFFICE_CLERK;
namespace r = redress::registry::v1;
using Stub = r::RegistryService::Stub;

constexpr char kClerk[] = "officials/clerk";

class StoreAccessTest : public ::testing::Test {
 protected:
  StoreAccessTest() : records_("registry", registry::Schema(), registry::Grants()) {
    for (int i = 1; i <= 9; ++i) records_.AddCase(absl::StrCat("cases/", i));
    store_ = RecordService::Required(Store::Open(records_.store_options()));
    probe_ = std::make_unique<Probe>(records_.runtime(), std::vector<Store*>{store_.get()});
    probe_->in_rule = [](const r::AddClaimRequest&) { return absl::OkStatus(); };
    records_.Serve(*probe_->service(), r::RegistryService::service_full_name());
    stub_ = r::RegistryService::NewStub(records_.channel());
  }
  ~StoreAccessTest() override { records_.StopServing(); }

  r::AddClaimRequest Claim(const std::string& case_name) {
    r::AddClaimRequest request;
    request.set_name(case_name);
    request.set_request_id(RecordService::NewRequestId());
    request.mutable_claim()->set_kind(types::v1::CLAIM_KIND_GRIEVANCE);
    request.mutable_claim()->set_subject(types::v1::CLAIM_SUBJECT_LAND);
    request.mutable_claim()->set_statement("补偿少算");
    return request;
  }
  absl::StatusOr<r::AddClaimResponse> Add(const r::AddClaimRequest& request) {
    return Invoke(records_, *stub_, &Stub::AddClaim, request, kClerk, ROLE_OFFICE_CLERK);
  }
  // From now on the case accuses whoever calls.
  void Wall(const std::string& name) {
    testing::TestGate::Known walled;
    walled.context.name = walled.access.case_name = name;
    walled.access.region_code = "430626103";
    walled.access.walled = {kClerk};
    records_.gate().Set(walled);
  }
  // From now on it is another region's.
  void Move(const std::string& name) {
    testing::TestGate::Known moved;
    moved.context.name = moved.access.case_name = name;
    moved.access.region_code = "110101";
    records_.gate().Set(moved);
  }
  // "REASON resource" of the denials of the caller, as soon as there are so many.
  std::vector<std::string> Denials(size_t wanted) {
    const audit::AuditReader reader(records_.store().pool(), nullptr, &records_.clock());
    std::vector<std::string> denials;
    for (int i = 0; i < 100 && denials.size() < wanted; ++i) {
      absl::SleepFor(absl::Milliseconds(50));
      denials.clear();
      const auto page =
          RecordService::Required(reader.ListAuditEntries({}, absl::Now() + absl::Seconds(10)));
      for (const auto& logged : page.entries()) {
        audit::v1::AuditEntry entry;
        EXPECT_TRUE(entry.ParseFromString(logged.entry()));
        if (entry.outcome() != audit::v1::AUDIT_OUTCOME_DENIED) continue;
        denials.push_back(absl::StrCat(entry.denial_reason(), " ",
                                       entry.resources_size() == 1 ? entry.resources(0) : "-"));
      }
    }
    return denials;
  }

  RecordService records_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Probe> probe_;
  std::unique_ptr<Stub> stub_;
};

// The accused learned of it by paging: ten empty pages, and a token that named case, duty and date.
TEST_F(StoreAccessTest, PagesAreFullAndShortAtTheEndAlone) {
  for (int i = 1; i <= 9; ++i) ASSERT_TRUE(Add(Claim(absl::StrCat("cases/", i))).ok());
  for (const char* name : {"cases/1", "cases/3", "cases/4", "cases/5", "cases/8", "cases/9"}) {
    Wall(name);
  }
  r::ListCasesRequest list;
  list.set_page_size(1);
  std::vector<std::string> names;
  do {
    const auto page = Invoke(records_, *stub_, &Stub::ListCases, list, kClerk, ROLE_OFFICE_CLERK);
    ASSERT_TRUE(page.ok()) << page.status();
    ASSERT_EQ(page->cases_size(), 1);  // and no page of nothing follows the last
    names.push_back(page->cases(0).name());
    EXPECT_EQ(page->next_page_token().find("cases"), std::string::npos);
    list.set_page_token(page->next_page_token());
  } while (!list.page_token().empty());
  EXPECT_THAT(names, ElementsAre("cases/2", "cases/6", "cases/7"));

  // What is left out of a page is not read either.
  const auto read = records_.Readings();
  for (const char* name : {"cases/1", "cases/3", "cases/8"}) EXPECT_EQ(read.count(name), 0u);
}

TEST_F(StoreAccessTest, ARepeatWithoutAccessTellsThatItWasDoneAndShowsNothing) {
  const r::AddClaimRequest claim = Claim("cases/1");
  const auto added = Add(claim);
  ASSERT_TRUE(added.ok()) << added.status();
  const auto again = Add(claim);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), added->SerializeAsString());

  r::AddClaimResponse cut;
  cut.mutable_case_file()->set_name(added->case_file().name());
  cut.mutable_case_file()->set_etag(added->case_file().etag());
  Wall("cases/1");
  const auto walled = Add(claim);
  ASSERT_TRUE(walled.ok()) << walled.status();
  EXPECT_EQ(walled->SerializeAsString(), cut.SerializeAsString());
  EXPECT_TRUE(absl::IsNotFound(Add(Claim("cases/1")).status()));
  // The id tells of what it was used for, and of nothing else.
  r::AddClaimRequest other = claim;
  other.mutable_claim()->set_statement("别的");
  EXPECT_TRUE(absl::IsNotFound(Add(other).status()));

  // Where access cannot be decided it is not assumed.
  records_.gate().Break();
  const auto undecided = Add(claim);
  ASSERT_TRUE(undecided.ok()) << undecided.status();
  EXPECT_EQ(undecided->SerializeAsString(), cut.SerializeAsString());
  EXPECT_TRUE(absl::IsUnavailable(Add(Claim("cases/1")).status()));
}

TEST_F(StoreAccessTest, WhatIsShownAsNotFoundIsAuditedAsWhatItIs) {
  ASSERT_TRUE(Add(Claim("cases/1")).ok());
  ASSERT_TRUE(Add(Claim("cases/2")).ok());
  Wall("cases/1");
  Move("cases/2");
  const auto get = [&](const std::string& name) {
    r::GetCaseRequest request;
    request.set_name(name);
    return Invoke(records_, *stub_, &Stub::GetCase, request, kClerk, ROLE_OFFICE_CLERK).status();
  };
  const absl::Status none = get("cases/none");
  EXPECT_EQ(get("cases/1"), none);
  EXPECT_EQ(get("cases/2"), none);
  EXPECT_EQ(Add(Claim("cases/1")).status(), none);
  EXPECT_THAT(Denials(3), ::testing::UnorderedElementsAre("WALLED cases/1", "OUT_OF_REACH cases/2",
                                                          "WALLED cases/1"));
}

}  // namespace
}  // namespace redress::store
