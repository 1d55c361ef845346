// The rules of the registry on records made late, and on what a reopening asks for once more.
#include <gmock/gmock.h>

#include "tests/unit/registry_case.h"

namespace redress::registry {
namespace {

using namespace registry::testing;  // NOLINT(google-build-using-namespace): helpers of these tests.
using ::testing::ElementsAre;

v1::ConfirmRecordRequest Confirm() {
  return Text<v1::ConfirmRecordRequest>("name: 'cases/1' fact_id: 'f1'");
}

rules::LateRecord Late() {
  rules::LateRecord record;
  record.known = record.late = true;
  record.recorded_by.set_official("officials/recorder");
  return record;
}

TEST(ConfirmRecordTest, SomebodyElseConfirmsInWhateverStateTheCaseIs) {
  for (const auto state :
       {types::v1::CASE_STATE_OPEN, types::v1::CASE_STATE_CLOSING, types::v1::CASE_STATE_CLOSED}) {
    const v1::Case file = CaseIn(state);
    const auto confirmed = rules::ConfirmRecord(file, Confirm(), Late(), By());
    ASSERT_TRUE(confirmed.ok()) << confirmed.status();
    EXPECT_EQ(confirmed->resource.state(), state);
    ASSERT_THAT(KindsOf(confirmed->facts), ElementsAre(facts::v1::FACT_KIND_RECORD_CONFIRMED));
    EXPECT_EQ(confirmed->facts[0].record_confirmed().confirmed_fact(), "f1");
    EXPECT_EQ(confirmed->facts[0].case_name(), "cases/1");
    EXPECT_EQ(confirmed->facts[0].event_date().day(), 20);
  }
}

TEST(ConfirmRecordTest, Refused) {
  const auto refused = [](const rules::LateRecord& record,
                          const std::string& official = "officials/clerk") {
    return rules::ConfirmRecord(Case(), Confirm(), record, By(official)).status();
  };
  EXPECT_EQ(ReasonOf(refused(Late(), "officials/recorder")), "RECORDED_BY_CALLER");
  rules::LateRecord record = Late();
  record.confirmed = true;
  EXPECT_EQ(ReasonOf(refused(record)), "RECORD_CONFIRMED");
  record.late = false;
  EXPECT_EQ(ReasonOf(refused(record)), "RECORD_NOT_LATE");
  EXPECT_TRUE(absl::IsNotFound(refused(rules::LateRecord())));
}

TEST(AppraisalOrderTest, TheOneInForceIsTheLastRecordedAndTheLastDated) {
  const auto appraise = [](const v1::Case& file, int day) {
    return rules::AppraiseClaim(
        file,
        Text<v1::AppraiseClaimRequest>(
            "claim: 'cases/1/claims/1' appraisal { category: CATEGORY_EXPLAIN reasons: 'x' " +
            On("decided_on", day) + "}"),
        {}, By());
  };
  const auto first = appraise(Case(), 10);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_THAT(FieldsOf(appraise(first->resource, 9).status()), ElementsAre("appraisal.decided_on"));
  EXPECT_TRUE(appraise(first->resource, 10).ok());
  EXPECT_TRUE(appraise(first->resource, 12).ok());
}

// ---- what was promised is performed once more after a reopening for want of it

std::string Past(const std::string& reason, int reopened) {
  return "past_closures { reopen_reason: REOPEN_REASON_" + reason + " " +
         On("reopened_on", reopened) + "}";
}

TEST(PerformAnewTest, OnlyAfterAReopeningForWantOfPerformance) {
  const auto from = [](const v1::Case& file) {
    return rules::PerformAnewFrom(file, Text<google::type::Date>("year: 2018 month: 6 day: 10"))
        .day();
  };
  EXPECT_EQ(from(Case()), 0);
  EXPECT_EQ(from(Case(Past("NEW_EVIDENCE", 15))), 0);
  EXPECT_EQ(from(Case(Past("NOT_PERFORMED", 15))), 15);
  EXPECT_EQ(from(Case(Past("NOT_PERFORMED", 9))), 0) << "performed since";
  EXPECT_EQ(from(Case(Past("NOT_PERFORMED", 15) + Past("SUPERIOR_ORGAN", 18))), 0);
  v1::Case closed = Case(Past("NOT_PERFORMED", 15));
  closed.set_state(types::v1::CASE_STATE_CLOSED);
  EXPECT_EQ(from(closed), 0);
}

TEST(PerformAnewTest, AnOpinionAndASettlement) {
  const v1::Round round = Text<v1::Round>(
      "name: 'cases/1/rounds/1' case_name: 'cases/1' kind: ROUND_KIND_HANDLING"
      " state: ROUND_STATE_SERVED performance_due: true " +
      On("performed_on", 10));
  const v1::Case file = Case("claims { settlement { petitioner_signed: true " + On("signed_on", 2) +
                             On("performed_on", 10) + "} }" + Past("NOT_PERFORMED", 15));
  v1::Case reopened = Case(Past("NOT_PERFORMED", 15));
  *reopened.mutable_claims(0)->mutable_settlement() = file.claims(2).settlement();
  const auto opinion = [&](int day, const v1::Case& of) {
    return rules::PerformOpinion(
        round,
        Text<v1::PerformOpinionRequest>("name: 'cases/1/rounds/1' " + On("performed_on", day)), of,
        By());
  };
  const auto settlement = [&](int day) {
    return rules::PerformSettlement(
        reopened,
        Text<v1::PerformSettlementRequest>("claim: 'cases/1/claims/1' " + On("performed_on", day)),
        By());
  };
  EXPECT_EQ(ReasonOf(opinion(16, Case()).status()), "OPINION_PERFORMED");
  EXPECT_THAT(FieldsOf(opinion(14, reopened).status()), ElementsAre("performed_on"));
  EXPECT_TRUE(opinion(16, reopened).ok());
  EXPECT_THAT(FieldsOf(settlement(14).status()), ElementsAre("performed_on"));
  EXPECT_TRUE(settlement(16).ok());
}

}  // namespace
}  // namespace redress::registry
