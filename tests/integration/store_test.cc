// The generic store over a real database and real rpcs: what is written once, what is refused, what
// a batch is to its members, what can be read of it.
#include "common/store/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <string>
#include <vector>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "tests/integration/store_fixture.h"

namespace redress::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using types::v1::ROLE_INSPECTOR;

// ---- once

TEST_F(StoreTest, TheSameRequestIdGivesTheSameAnswerOnce) {
  Serve(2, 1);
  const r::AddClaimRequest request = Claim("cases/1");
  const Answer first = Add(request);
  const Answer second = Add(request);
  ASSERT_TRUE(first.ok() && second.ok()) << first.status() << second.status();
  EXPECT_EQ(first->SerializeAsString(), second->SerializeAsString());
  EXPECT_EQ(records_.FactsOf("cases/1").size(), 1u);

  r::AddClaimRequest other = Claim("cases/1", "别的");
  other.set_request_id(request.request_id());
  const Answer refused = Add(other);
  EXPECT_TRUE(absl::IsInvalidArgument(refused.status())) << refused.status();
  ASSERT_EQ(status::FieldViolationsOf(refused.status()).size(), 1u);
  EXPECT_EQ(status::FieldViolationsOf(refused.status())[0].field, "request_id");
  // The id is its caller's: another caller who happens to use it is served.
  EXPECT_TRUE(Add(other, "officials/other").ok());
  EXPECT_EQ(Get("cases/1")->case_file().claims_size(), 2);
}

TEST_F(StoreTest, CopiesAtTheSameTimeAreOneWriteWithOneAnswer) {
  Serve(2, 3);
  std::string etag;
  std::set<std::string> etags;
  for (int round = 1; round <= 12; ++round) {
    r::AddClaimRequest request = Claim("cases/1");
    request.set_etag(etag);
    std::vector<std::future<Answer>> copies;
    for (int i = 0; i < 6; ++i) copies.push_back(AddLater(request));
    for (std::future<Answer>& copy : copies) {
      const Answer answer = copy.get();
      ASSERT_TRUE(answer.ok()) << answer.status();
      EXPECT_EQ(answer->case_file().claims_size(), round);
      etags.insert(answer->case_file().etag());
      EXPECT_EQ(etags.size(), static_cast<size_t>(round));
    }
    etag = Get("cases/1")->case_file().etag();
    EXPECT_TRUE(etags.contains(etag));
  }
  EXPECT_EQ(records_.FactsOf("cases/1").size(), 12u);
}

TEST_F(StoreTest, AnEtagThatMovedIsRefused) {
  Serve(1, 1);
  const Answer first = Add(Claim("cases/1"));
  ASSERT_TRUE(first.ok());
  r::AddClaimRequest request = Claim("cases/1");
  request.set_etag("0123456789abcdef");
  const Answer refused = Add(request);
  EXPECT_TRUE(absl::IsAborted(refused.status()));
  EXPECT_EQ(status::ReasonOf(refused.status()), status::kEtagMismatch);
  EXPECT_EQ(records_.FactsOf("cases/1").size(), 1u);
  request.set_etag(first->case_file().etag());  // a refused request was never used
  EXPECT_TRUE(Add(request).ok());
}

// Whoever is shown some of a record's writes alone must not count the others.
TEST_F(StoreTest, NoEtagAndNoVersionOfAFactCountsWrites) {
  Serve(1, 1);
  std::set<std::string> etags;
  for (const char* name : {"cases/1", "cases/2"}) {
    for (int i = 0; i < 3; ++i) etags.insert(Add(Claim(name))->case_file().etag());
    int64_t last = 0;
    for (const facts::v1::Fact& fact : records_.FactsOf(name)) {
      EXPECT_GT(fact.record_version(), last) << "they order the facts of a record";
      last = fact.record_version();
      EXPECT_GT(last, 1000);
    }
  }
  // Nor does one case's tell anything of another's.
  EXPECT_EQ(etags.size(), 6u);
  for (const std::string& etag : etags) EXPECT_EQ(etag.size(), 16u);
}

TEST_F(StoreTest, WhoMakesARowThatSomebodyElseJustMadeSeesIt) {
  Serve(2, 3);
  for (const char* name : {"cases/1", "cases/2", "cases/3"}) {
    std::vector<std::future<Answer>> calls;
    for (int i = 0; i < 8; ++i) calls.push_back(AddLater(Claim(name)));
    std::set<std::string> etags;
    for (std::future<Answer>& call : calls) {
      const Answer answer = call.get();
      ASSERT_TRUE(answer.ok()) << answer.status();
      etags.insert(answer->case_file().etag());
    }
    EXPECT_EQ(etags.size(), 8u);
    EXPECT_EQ(Get(name)->case_file().claims_size(), 8);
    EXPECT_EQ(records_.FactsOf(name).size(), 8u);
  }
}

TEST_F(StoreTest, ValidateOnlyWritesNothing) {
  Serve(1, 1);
  ASSERT_TRUE(Add(Claim("cases/1")).ok());
  r::ProposeClosureRequest request;
  request.set_name("cases/1");
  request.set_standard(types::v1::CLOSING_STANDARD_SETTLEMENT);
  request.set_request_id(RecordService::NewRequestId());
  request.set_validate_only(true);
  const std::string etag = Get("cases/1")->case_file().etag();
  const int64_t answers = CountOf("idempotency");
  for (int i = 0; i < 2; ++i) {
    const auto would =
        Invoke(records_, *stub_, &Stub::ProposeClosure, request, kClerk, ROLE_OFFICE_CLERK);
    ASSERT_TRUE(would.ok()) << would.status();
    EXPECT_EQ(would->case_file().state(), types::v1::CASE_STATE_CLOSING);
    EXPECT_EQ(Get("cases/1")->case_file().state(), types::v1::CASE_STATE_OPEN);
    EXPECT_EQ(Get("cases/1")->case_file().etag(), etag);
  }
  EXPECT_EQ(records_.FactsOf("cases/1").size(), 1u);
  EXPECT_EQ(CountOf("idempotency"), answers);
  request.set_validate_only(false);  // with the same request_id
  ASSERT_TRUE(
      Invoke(records_, *stub_, &Stub::ProposeClosure, request, kClerk, ROLE_OFFICE_CLERK).ok());
  EXPECT_EQ(Get("cases/1")->case_file().state(), types::v1::CASE_STATE_CLOSING);
}

TEST_F(StoreTest, OldAnswersAreForgotten) {
  Serve(1, 1);
  ASSERT_TRUE(Add(Claim("cases/1")).ok());
  Execute("UPDATE idempotency SET create_time = create_time - INTERVAL 49 HOUR");
  ASSERT_TRUE(Add(Claim("cases/1")).ok());
  EXPECT_EQ(*stores_[0]->PurgeAnswers(absl::Now() + absl::Seconds(10)), 1);
  EXPECT_EQ(CountOf("idempotency"), 1);
}

// ---- batches

TEST_F(StoreTest, ARefusedMemberOfABatchWritesNothingAndHurtsNobody) {
  Serve(1, 1);
  auto holding = Hold();
  r::AddClaimRequest bad = Claim("cases/3", "refuse");
  std::vector<std::future<Answer>> good;
  for (int i : {1, 2, 4, 5}) good.push_back(AddLater(Claim(absl::StrCat("cases/", i))));
  std::future<Answer> refused = AddLater(bad);
  Release();
  ASSERT_TRUE(holding.get().ok());
  for (auto& answer : good) EXPECT_TRUE(answer.get().ok());
  EXPECT_EQ(status::ReasonOf(refused.get().status()), "REFUSED");
  EXPECT_TRUE(absl::IsNotFound(Get("cases/3").status()));
  EXPECT_TRUE(records_.FactsOf("cases/3").empty());
  EXPECT_EQ(CountOf("idempotency"), 5);
  EXPECT_EQ(CountOf("data_key WHERE subject = 'cases/3'"), 0);
  bad.mutable_claim()->set_statement("可以");
  EXPECT_TRUE(Add(bad).ok());
}

TEST_F(StoreTest, AMemberThatFailsInTheDatabaseFailsAlone) {
  Serve(1, 1);
  auto holding = Hold();
  std::vector<r::AddClaimRequest> requests;
  std::vector<std::future<Answer>> good;
  for (int i : {1, 2, 4, 5}) {
    requests.push_back(Claim(absl::StrCat("cases/", i)));
    good.push_back(AddLater(requests.back()));
  }
  std::future<Answer> failing = AddLater(Claim("cases/3", kOverlong));
  Release();
  ASSERT_TRUE(holding.get().ok());
  for (auto& answer : good) EXPECT_TRUE(answer.get().ok());
  // In the batch, then alone: it was one transaction that failed.
  for (const auto& request : requests) EXPECT_EQ(RunsOf(request), 2);
  const absl::Status failed = failing.get().status();
  EXPECT_TRUE(absl::IsInternal(failed)) << failed;
  EXPECT_THAT(std::string(failed.message()), Not(HasSubstr("petitioner")));
  EXPECT_TRUE(absl::IsNotFound(Get("cases/3").status()));
  EXPECT_TRUE(records_.FactsOf("cases/3").empty());
  for (int i : {1, 2, 4, 5}) {
    EXPECT_EQ(records_.FactsOf(absl::StrCat("cases/", i)).size(), 1u);
    EXPECT_EQ(Get(absl::StrCat("cases/", i))->case_file().claims_size(), 1);
  }
}

TEST_F(StoreTest, WhatIsForTheSameCaseIsDoneInTurn) {
  Serve(1, 1);
  auto holding = Hold();
  std::vector<std::future<Answer>> calls;
  for (int i = 0; i < 5; ++i) calls.push_back(AddLater(Claim("cases/1")));
  Release();
  std::set<int> sizes;
  for (auto& call : calls) sizes.insert(call.get()->case_file().claims_size());
  EXPECT_THAT(sizes, ElementsAre(1, 2, 3, 4, 5));
  EXPECT_TRUE(holding.get().ok());
}

TEST_F(StoreTest, WhatIsTooLateIsNotBegun) {
  Serve(1, 1);
  auto holding = Hold();
  const r::AddClaimRequest late = Claim("cases/1");
  const auto context = records_.As(kClerk, ROLE_OFFICE_CLERK);
  context->set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(200));
  r::AddClaimResponse response;
  const grpc::Status status = stub_->AddClaim(context.get(), late, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  Release();
  ASSERT_TRUE(holding.get().ok());
  ASSERT_TRUE(Add(Claim("cases/2")).ok());  // after it in the queue
  EXPECT_EQ(RunsOf(late), 0);
  EXPECT_TRUE(absl::IsNotFound(Get("cases/1").status()));
}

TEST_F(StoreTest, AFullQueueSaysSo) {
  Serve(1, 1, 2);
  auto holding = Hold();
  std::vector<std::future<Answer>> calls;
  for (int i = 1; i <= 6; ++i) calls.push_back(AddLater(Claim(absl::StrCat("cases/", i))));
  Release();
  int refused = 0;
  for (auto& call : calls) {
    const Answer answer = call.get();
    if (answer.ok()) continue;
    ++refused;
    EXPECT_TRUE(absl::IsResourceExhausted(answer.status())) << answer.status();
    EXPECT_TRUE(status::RetryAfterOf(answer.status()).has_value());
  }
  EXPECT_EQ(refused, 4);
  EXPECT_TRUE(holding.get().ok());
}

// ---- what can be read, and by whom

TEST_F(StoreTest, NothingCanBeReadInTheDatabase) {
  Serve(1, 1);
  ASSERT_TRUE(Add(Claim("cases/1", "plain statement of a person")).ok());
  EXPECT_EQ(Get("cases/1")->case_file().claims(0).statement(), "plain statement of a person");
  const auto body = records_.database().admin().Query("SELECT body FROM case_file");
  const auto stored = records_.database().admin().Query("SELECT response FROM idempotency");
  for (const std::string& bytes : {(*body)[0].Text(0), (*stored)[0].Text(0)}) {
    EXPECT_GT(bytes.size(), 50u);
    EXPECT_THAT(bytes, Not(HasSubstr("statement")));
    EXPECT_THAT(bytes, Not(HasSubstr("cases/1")));
  }
}

TEST_F(StoreTest, AnAnswerToAWriteShowsNothingPersonalAndAReadingIsRecorded) {
  Serve(1, 1);
  const Answer added = Add(Claim("cases/1"));
  ASSERT_TRUE(added.ok());
  EXPECT_EQ(added->case_file().claims(0).statement(), "…");
  EXPECT_TRUE(records_.Readings().empty());
  EXPECT_EQ(Get("cases/1")->case_file().claims(0).statement(), "补偿少算");
  EXPECT_THAT(records_.Readings(), ElementsAre("cases/1"));
  ASSERT_TRUE(Add(Claim("cases/2")).ok());
  r::ListCasesRequest list;
  ASSERT_TRUE(Invoke(records_, *stub_, &Stub::ListCases, list, kClerk, ROLE_OFFICE_CLERK).ok());
  EXPECT_THAT(records_.Readings(), ElementsAre("cases/1", "cases/1", "cases/2"));
}

TEST_F(StoreTest, AnErasedPersonIsNotFoundAndListsGoOn) {
  Serve(1, 1);
  for (int i = 1; i <= 7; ++i) ASSERT_TRUE(Add(Claim(absl::StrCat("cases/", i))).ok());
  Execute("DELETE FROM data_key WHERE subject IN ('cases/3', 'cases/5', 'cases/6')");
  EXPECT_TRUE(absl::IsNotFound(Get("cases/3").status()));
  EXPECT_TRUE(absl::IsNotFound(Add(Claim("cases/3")).status()));
  EXPECT_EQ(CountOf("data_key WHERE subject = 'cases/3'"), 0);
  r::ListCasesRequest list;
  list.set_page_size(2);
  std::vector<std::string> names;
  do {
    const auto page = Invoke(records_, *stub_, &Stub::ListCases, list, kClerk, ROLE_OFFICE_CLERK);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const r::Case& file : page->cases()) names.push_back(file.name());
    list.set_page_token(page->next_page_token());
  } while (!list.page_token().empty());
  EXPECT_THAT(names, ElementsAre("cases/1", "cases/2", "cases/4", "cases/7"));
}

TEST_F(StoreTest, TheGateDecidesOnReadsWritesAndLists) {
  Serve(1, 1);
  for (const char* name : {"cases/1", "cases/2"}) ASSERT_TRUE(Add(Claim(name)).ok());
  testing::TestGate::Known walled;
  walled.context.name = walled.access.case_name = "cases/2";
  walled.access.region_code = "430626103";
  walled.access.walled = {kClerk};
  records_.gate().Set(walled);
  EXPECT_TRUE(Get("cases/1").ok());
  // As if there were none, whether it is there or not.
  const absl::Status hidden = Get("cases/2").status();
  const absl::Status none = Get("cases/none").status();
  EXPECT_TRUE(absl::IsNotFound(hidden)) << hidden;
  EXPECT_EQ(hidden.message(), none.message());
  EXPECT_EQ(status::ErrorInfoOf(hidden)->SerializeAsString(),
            status::ErrorInfoOf(none)->SerializeAsString());
  const r::AddClaimRequest claim = Claim("cases/2");
  EXPECT_TRUE(absl::IsNotFound(Add(claim).status()));
  EXPECT_EQ(RunsOf(claim), 0);
  r::ListCasesRequest list;
  const auto page = Invoke(records_, *stub_, &Stub::ListCases, list, kClerk, ROLE_OFFICE_CLERK);
  ASSERT_TRUE(page.ok());
  ASSERT_EQ(page->cases_size(), 1);
  EXPECT_EQ(page->cases(0).name(), "cases/1");
  EXPECT_TRUE(absl::IsPermissionDenied(
      Invoke(records_, *stub_, &Stub::AddClaim, Claim("cases/1"), "officials/i", ROLE_INSPECTOR)
          .status()));
  records_.gate().Break();
  EXPECT_TRUE(absl::IsUnavailable(Get("cases/1").status()));
  EXPECT_TRUE(absl::IsUnavailable(Add(Claim("cases/1")).status()));
  EXPECT_TRUE(absl::IsUnavailable(
      Invoke(records_, *stub_, &Stub::ListCases, list, kClerk, ROLE_OFFICE_CLERK).status()));
}

// ---- the schema

TEST_F(StoreTest, EveryDifferenceBetweenMessagesAndTablesIsReported) {
  const auto check = [&] {
    return std::string(CheckTables(records_.database().admin(), registry::StoredTypes()).message());
  };
  EXPECT_EQ(check(), "");
  Execute("DROP TABLE plan_revision");
  Execute(
      "ALTER TABLE case_file DROP COLUMN petitioner, MODIFY received_on VARCHAR(10) NOT NULL,"
      " ADD COLUMN nickname VARCHAR(10) NULL");
  Execute("ALTER TABLE campaign DROP COLUMN version");
  const std::string differences = check();
  for (const char* expected :
       {"table plan_revision is missing", "case_file.petitioner is missing",
        "case_file.received_on is varchar, not date",
        "case_file.nickname is promoted from no field", "campaign.version is missing"}) {
    EXPECT_THAT(differences, HasSubstr(expected));
  }
}

}  // namespace
}  // namespace redress::store
