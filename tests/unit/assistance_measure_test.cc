// Measures and payments.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/assistance_case.h"

namespace redress::assistance {
namespace {

using testing::BadFields;
using testing::Day;
using testing::Done;
using ::testing::ElementsAre;
using testing::End;
using testing::Failed;
using ::testing::HasSubstr;
using testing::Measure;
using ::testing::Not;
using testing::Pay;
using testing::PlannedFile;
using testing::Staff;
using testing::TheCase;
using ::testing::UnorderedElementsAre;

TEST(MeasureTest, IsDoneOnce) {
  const auto done = rules::CompleteMeasure(PlannedFile(), Done(1), Staff());
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_EQ(done->resource.measures(0).state(), v1::MEASURE_STATE_DONE);
  EXPECT_EQ(done->resource.measures(0).settled_on().month(), 7);
  EXPECT_EQ(done->resource.measures(1).state(), v1::MEASURE_STATE_PLANNED);
  ASSERT_EQ(done->facts.size(), 1u);
  EXPECT_EQ(done->facts[0].kind(), facts::v1::FACT_KIND_ASSISTANCE_MEASURE_DONE);
  EXPECT_EQ(done->facts[0].assistance_measure_done().measure(), Measure(1));
  EXPECT_EQ(done->facts[0].record(), Measure(1));
  EXPECT_EQ(done->facts[0].case_name(), "cases/1");
  EXPECT_EQ(status::ReasonOf(rules::CompleteMeasure(done->resource, Done(1), Staff()).status()),
            "MEASURE_STATE");
  EXPECT_EQ(status::ReasonOf(rules::FailMeasure(done->resource, Failed(1), Staff()).status()),
            "MEASURE_STATE");
  EXPECT_TRUE(absl::IsNotFound(rules::CompleteMeasure(PlannedFile(), Done(3), Staff()).status()));
  EXPECT_THAT(BadFields(rules::CompleteMeasure(PlannedFile(), Done(1, 6, 9), Staff()).status()),
              ElementsAre("done_on"));
}

TEST(MeasureTest, FailsWithAReason) {
  const auto failed = rules::FailMeasure(PlannedFile(), Failed(2), Staff());
  ASSERT_TRUE(failed.ok()) << failed.status();
  EXPECT_EQ(failed->resource.measures(1).state(), v1::MEASURE_STATE_FAILED);
  EXPECT_EQ(failed->resource.measures(1).failure_reason(), "培训班未开班");
  EXPECT_EQ(failed->facts[0].kind(), facts::v1::FACT_KIND_ASSISTANCE_MEASURE_FAILED);
  // The reason is about a household: it is in no fact.
  EXPECT_THAT(failed->facts[0].DebugString(), Not(HasSubstr("reason")));
  v1::FailAssistanceMeasureRequest bad = Failed(1);
  bad.set_reason("\t");
  *bad.mutable_failed_on() = Day(6, 9);
  EXPECT_THAT(BadFields(rules::FailMeasure(PlannedFile(), bad, Staff()).status()),
              UnorderedElementsAre("reason", "failed_on"));
}

TEST(PaymentTest, IsMadeUnderItsMeasureWithinItsAmount) {
  auto paid = rules::RecordPayment(PlannedFile(), Pay(1, 200000, "v1"), Staff());
  ASSERT_TRUE(paid.ok()) << paid.status();
  ASSERT_EQ(paid->resource.measures(0).payments_size(), 1);
  EXPECT_EQ(paid->resource.measures(0).payments(0).recorded_by().official(), "officials/staff");
  EXPECT_EQ(paid->resource.measures(0).state(), v1::MEASURE_STATE_PLANNED);
  ASSERT_EQ(paid->facts.size(), 1u);
  EXPECT_EQ(paid->facts[0].kind(), facts::v1::FACT_KIND_PAYMENT_MADE);
  EXPECT_EQ(paid->facts[0].payment_made().measure(), Measure(1));
  EXPECT_THAT(paid->facts[0].DebugString(), Not(HasSubstr("200000")));

  const auto beyond = rules::RecordPayment(paid->resource, Pay(1, 100001, "v2"), Staff());
  EXPECT_EQ(status::ReasonOf(beyond.status()), "PAYMENT_EXCEEDS_MEASURE");
  EXPECT_THAT(std::string(beyond.status().message()), Not(HasSubstr("100")));
  // What is done may be paid for afterwards, up to the last fen.
  const v1::AssistanceFile done =
      rules::CompleteMeasure(paid->resource, Done(1), Staff())->resource;
  EXPECT_TRUE(rules::RecordPayment(done, Pay(1, 100000, "v2"), Staff()).ok());
  EXPECT_EQ(
      status::ReasonOf(rules::RecordPayment(PlannedFile(), Pay(2, 1, "v1"), Staff()).status()),
      "PAYMENT_NOT_PLANNED");
}

// Invariant 4: every payment cites a policy and a fund, those of the plan.
TEST(PaymentTest, CitesThePolicyAndTheFundOfItsMeasure) {
  v1::RecordPaymentRequest request = Pay(1, 100, "v1");
  request.mutable_payment()->set_policy_basis("其他");
  request.mutable_payment()->set_funding_source("维稳经费");
  *request.mutable_payment()->mutable_paid_on() = Day(6, 9);
  EXPECT_THAT(
      BadFields(rules::RecordPayment(PlannedFile(), request, Staff()).status()),
      UnorderedElementsAre("payment.policy_basis", "payment.funding_source", "payment.paid_on"));
  const v1::AssistanceFile paid =
      rules::RecordPayment(PlannedFile(), Pay(1, 100, "v1"), Staff())->resource;
  EXPECT_THAT(BadFields(rules::RecordPayment(paid, Pay(1, 100, "v1"), Staff()).status()),
              ElementsAre("payment.voucher"));
}

TEST(PaymentTest, NothingIsPaidForWhatFailedOrWasSupersededOrHasEnded) {
  const v1::AssistanceFile failed = rules::FailMeasure(PlannedFile(), Failed(1), Staff())->resource;
  EXPECT_EQ(status::ReasonOf(rules::RecordPayment(failed, Pay(1, 1, "v1"), Staff()).status()),
            "MEASURE_STATE");
  const v1::AssistanceFile ended =
      rules::End(TheCase(), PlannedFile(), End(v1::END_REASON_PERSON_DECLINED), Staff())->resource;
  for (const absl::Status& refused :
       {rules::RecordPayment(ended, Pay(1, 1, "v1"), Staff()).status(),
        rules::CompleteMeasure(ended, Done(1), Staff()).status(),
        rules::FailMeasure(ended, Failed(1), Staff()).status(),
        rules::Plan(ended, testing::PlanOf(), Staff()).status(),
        rules::End(TheCase(), ended, End(v1::END_REASON_PERSON_DECLINED), Staff()).status()}) {
    EXPECT_EQ(status::ReasonOf(refused), "ASSISTANCE_STATE");
  }
}

}  // namespace
}  // namespace redress::assistance
