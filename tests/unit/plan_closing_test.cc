// The closing gate, by the 2018 plan's standards.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/plan_facts.h"

namespace redress::plan::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Ids(const v1::ClosingEvaluation& closing) {
  std::vector<std::string> ids;
  for (const auto& unmet : closing.unmet()) ids.push_back(unmet.id());
  return ids;
}

v1::ClosingEvaluation Closing(
    const FactBook& book, const std::string& standard, absl::CivilDay as_of,
    const AsKnown& known = AsKnown::Everything(),
    const std::shared_ptr<const calendar::Calendar>& table = TestCalendar()) {
  types::v1::ClosingStandard value;
  if (!types::v1::ClosingStandard_Parse("CLOSING_STANDARD_" + standard, &value)) std::abort();
  Evaluator evaluator(SeedPlan(), table);
  auto closing = evaluator.EvaluateClosing(book.view(), value, as_of, known);
  EXPECT_TRUE(closing.ok()) << closing.status();
  return closing.ok() ? *closing : v1::ClosingEvaluation();
}

// Everything that is asked of a RESOLVE claim up to its appraisal.
FactBook Appraised() {
  FactBook book;
  book.Open(D(4, 20));
  book.Add("ASSIGNED", D(4, 21), "lead: 'officials/1' officer: 'officials/2'");
  book.Add("TASK_FORCE_SET", D(4, 21), "members: 3");
  book.Add("WORK_PLAN_SET", D(4, 22), "measures: 2 goals: 1");
  book.Add("INVESTIGATED", D(4, 25), "on_site: true evidence_items: 2");
  book.Add("PETITIONER_HEARD", D(4, 26), "by_lead: true transcript_kept: true");
  book.Add("VIEWS_OBTAINED", D(4, 27), "views: 1");
  book.Add("PRIOR_CONCLUSION_RECORDED", D(4, 27));
  book.Add("CLAIM_APPRAISED", D(4, 28), "category: CATEGORY_RESOLVE revision: 1");
  return book;
}

void Answer(FactBook* book, absl::CivilDay day,
            const std::string& opinion = "remedy_stated: true") {
  book->Add("ACCEPTED", D(4, 28));
  book->Add("OPINION_ISSUED", day, opinion);
  book->Add("DOCUMENT_SERVED", day,
            "document_kind: DOCUMENT_KIND_HANDLING_OPINION receipt_kept: true remedy_stated: true");
}

TEST(PlanClosingTest, AnsweredNeedsTheWindowToLapse) {
  FactBook book = Appraised();
  EXPECT_THAT(Ids(Closing(book, "ANSWERED", D(5, 1))),
              ElementsAre("closing.answered.opinion", "closing.answered.served",
                          "closing.answered.window"));
  Answer(&book, D(5, 10));
  const auto early = Closing(book, "ANSWERED", D(5, 20));
  ASSERT_THAT(Ids(early), ElementsAre("closing.answered.window"));
  // 05-10 + 30 = 06-09, a Saturday: the last day is Monday 06-11.
  EXPECT_EQ(*calendar::FromProto(early.unmet(0).not_before()), D(6, 12));
  EXPECT_EQ(early.unmet(0).subject(), FactBook::kClaim);
  EXPECT_FALSE(early.unmet(0).remedy().zh().empty());
  EXPECT_FALSE(early.unmet(0).remedy().en().empty());
  EXPECT_THAT(Ids(Closing(book, "ANSWERED", D(6, 11))), ElementsAre("closing.answered.window"));
  const auto closing = Closing(book, "ANSWERED", D(6, 12));
  EXPECT_THAT(Ids(closing), IsEmpty());
  EXPECT_GE(closing.basis_size(), 9);
  // The basis are facts that were given.
  for (const auto& id : closing.basis()) {
    bool found = false;
    for (const KnownFact& known : book.view()) found |= known.fact->fact_id() == id;
    EXPECT_TRUE(found) << id;
  }
}

TEST(PlanClosingTest, AReviewAskedForKeepsTheCaseOpen) {
  FactBook book = Appraised();
  Answer(&book, D(5, 10));
  book.Add("REVIEW_REQUESTED", D(6, 11));
  EXPECT_THAT(Ids(Closing(book, "ANSWERED", D(12, 1))), ElementsAre("closing.answered.window"));
}

TEST(PlanClosingTest, WhatWasPromisedMustBePerformed) {
  FactBook book = Appraised();
  Answer(&book, D(5, 10), "remedy_stated: true performance_due: true");
  EXPECT_THAT(Ids(Closing(book, "ANSWERED", D(7, 1))), ElementsAre("closing.answered.performed"));
  book.Add("OPINION_PERFORMED", D(6, 1));
  EXPECT_THAT(Ids(Closing(book, "ANSWERED", D(7, 1))), IsEmpty());
}

TEST(PlanClosingTest, DeliveryBeforeIssueIsNoDelivery) {
  FactBook book = Appraised();
  book.Add("ACCEPTED", D(4, 28));
  book.Add("DOCUMENT_SERVED", D(5, 9),
           "document_kind: DOCUMENT_KIND_HANDLING_OPINION receipt_kept: true remedy_stated: true");
  book.Add("OPINION_ISSUED", D(5, 10), "remedy_stated: true");
  EXPECT_THAT(Ids(Closing(book, "ANSWERED", D(7, 1))),
              ElementsAre("closing.answered.served", "closing.answered.window"));
  EXPECT_EQ(StateOf(AsOf(SeedPlan(), book, D(5, 20)), "P9.service"), "PENDING due 2018-05-25");
}

TEST(PlanClosingTest, EveryClaimNeedsItsOwnAnswer) {
  FactBook book = Appraised();
  Answer(&book, D(5, 10));
  // The round is now known to be about the first claim only.
  for (KnownFact& known : book.known()) {
    auto* fact = const_cast<facts::v1::Fact*>(known.fact);
    if (fact->has_round_opened()) fact->mutable_round_opened()->add_claims(FactBook::kClaim);
  }
  book.Add("CLAIM_REGISTERED", D(4, 20), "", "cases/1/claims/2");
  const auto closing = Closing(book, "ANSWERED", D(7, 1));
  for (const auto& unmet : closing.unmet())
    EXPECT_EQ(unmet.subject(), "cases/1/claims/2") << unmet.id();
  EXPECT_THAT(Ids(closing), Contains("P5.site"));
  EXPECT_THAT(Ids(closing), Contains("closing.answered.opinion"));
  EXPECT_THAT(Ids(closing), Contains("closing.answered.served"));
}

TEST(PlanClosingTest, ASettlementIsSignedWitnessedNotWithdrawnAndPerformed) {
  FactBook book = Appraised();
  Answer(&book, D(5, 10));
  book.Add("SETTLEMENT_SIGNED", D(5, 12), "petitioner_signed: true unit_signed: true");
  EXPECT_THAT(Ids(Closing(book, "SETTLEMENT", D(6, 1))),
              ElementsAre("closing.settlement.signed", "closing.settlement.cooling",
                          "closing.settlement.performed"));
  book.Add("SETTLEMENT_SIGNED", D(5, 14),
           "petitioner_signed: true unit_signed: true outside_witness: true");
  book.Add("SETTLEMENT_PERFORMED", D(5, 15));
  EXPECT_THAT(Ids(Closing(book, "SETTLEMENT", D(5, 21))),
              ElementsAre("closing.settlement.cooling"));
  EXPECT_THAT(Ids(Closing(book, "SETTLEMENT", D(5, 22))), IsEmpty());
  // What was performed was the agreement that is no more.
  book.Add("SETTLEMENT_WITHDRAWN", D(5, 21));
  EXPECT_THAT(Ids(Closing(book, "SETTLEMENT", D(6, 1))),
              ElementsAre("closing.settlement.signed", "closing.settlement.cooling",
                          "closing.settlement.performed"));
}

TEST(PlanClosingTest, LegalChannelsMustHaveAccepted) {
  FactBook book = Appraised();
  book.Add("NOT_ACCEPTED", D(5, 2), "reason: NOT_ACCEPTED_REASON_STATUTORY_CHANNEL");
  book.Add(
      "DOCUMENT_SERVED", D(5, 3),
      "document_kind: DOCUMENT_KIND_NON_ACCEPTANCE_NOTICE receipt_kept: true remedy_stated: true");
  EXPECT_THAT(Ids(Closing(book, "LEGAL_CHANNEL", D(6, 1))),
              ElementsAre("closing.legal_channel.acceptance"));
  book.Add("LEGAL_CHANNEL_ACCEPTED", D(5, 20), "route: ROUTE_LITIGATION notice_kept: true");
  EXPECT_THAT(Ids(Closing(book, "LEGAL_CHANNEL", D(6, 1))), IsEmpty());
  EXPECT_THAT(Ids(Closing(book, "RECONSIDERATION", D(6, 1))),
              ElementsAre("closing.reconsideration.decision"));
}

TEST(PlanClosingTest, AnUnlawfulActAloneClosesNothing) {
  FactBook book = Appraised();
  EXPECT_THAT(Ids(Closing(book, "LAWFUL", D(6, 1))),
              ElementsAre("closing.lawful.answer", "closing.answered.opinion",
                          "closing.answered.served", "closing.answered.window"));
  Answer(&book, D(5, 10));
  EXPECT_THAT(Ids(Closing(book, "LAWFUL", D(6, 12))), IsEmpty());
}

TEST(PlanClosingTest, ExhaustedNeedsAllThreeLevelsServed) {
  FactBook book = Appraised();
  Answer(&book, D(5, 10));
  EXPECT_EQ(Ids(Closing(book, "EXHAUSTED", D(12, 1))).size(), 3u);
  book.Add("ROUND_OPENED", D(6, 1),
           "round_kind: ROUND_KIND_REVIEW received_on { year: 2018 month: 6 day: 1 }", "",
           "cases/1/rounds/2");
  book.Add("REVIEW_DECIDED", D(6, 20), "upheld: true", "", "cases/1/rounds/2");
  book.Add("ROUND_OPENED", D(7, 1),
           "round_kind: ROUND_KIND_REEXAMINATION received_on { year: 2018 month: 7 day: 1 }", "",
           "cases/1/rounds/3");
  book.Add("REEXAMINATION_DECIDED", D(7, 20), "upheld: true", "", "cases/1/rounds/3");
  // An exhausted claim is owed visits and a hearing until it is closed.
  EXPECT_THAT(Ids(Closing(book, "EXHAUSTED", D(8, 1))),
              ElementsAre("P10.hearing", "closing.exhausted.served"));
  EXPECT_EQ(StateOf(AsOf(SeedPlan(), book, D(8, 1)), "P10.visit"), "PENDING due 2018-08-15");
  book.Add("DOCUMENT_SERVED", D(7, 25),
           "document_kind: DOCUMENT_KIND_REEXAMINATION_OPINION receipt_kept: true", "",
           "cases/1/rounds/3");
  book.Add("HEARING_DECLINED", D(7, 28));
  EXPECT_THAT(Ids(Closing(book, "EXHAUSTED", D(8, 1))), IsEmpty());
}

TEST(PlanClosingTest, DutiesGateAndTheBasisFollowsWhatIsKnown) {
  FactBook book = Appraised();
  Answer(&book, D(5, 10));
  book.Add("CLAIM_APPRAISED", D(5, 11), "category: CATEGORY_EXPLAIN complex: true revision: 2");
  EXPECT_THAT(Ids(Closing(book, "ANSWERED", D(7, 1))), ElementsAre("P10.hearing", "P8.consult"));
  // What is recorded after the known positions does not count.
  book.Add("HEARING_HELD", D(5, 20), "third_parties: 1 minutes_kept: true");
  book.Add("CONSULTED", D(5, 20));
  EXPECT_THAT(Ids(Closing(book, "ANSWERED", D(7, 1))), IsEmpty());
  const auto known = *AsKnown::At({{"registry", book.known().back().position}});
  EXPECT_THAT(Ids(Closing(book, "ANSWERED", D(7, 1), known)), ElementsAre("P8.consult"));
  EXPECT_FALSE(AsKnown::At({{"weather", 1}}).ok());
}

TEST(PlanClosingTest, AWindowThatLeavesTheCalendarDoesNotLapseAndSaysWhichYearIsMissing) {
  FactBook book = Appraised();
  Answer(&book, D(12, 10));  // the window for asking for a review: 30 days, until 2019-01-09
  const auto table = CalendarThrough(2018);
  const auto at = [&](absl::CivilDay day) {
    return Closing(book, "ANSWERED", day, AsKnown::Everything(), table);
  };
  const auto early = at(D(1, 5, 2019));
  ASSERT_THAT(Ids(early), ElementsAre("closing.answered.window"));
  EXPECT_EQ(early.unmet(0).calendar_missing(), 2019);
  EXPECT_EQ(*calendar::FromProto(early.unmet(0).not_before()), D(1, 10, 2019));
  const auto waiting = at(D(2, 8, 2019));
  ASSERT_THAT(Ids(waiting), ElementsAre("closing.answered.window"));
  EXPECT_EQ(waiting.unmet(0).calendar_missing(), 2019);
  EXPECT_EQ(*calendar::FromProto(waiting.unmet(0).not_before()), D(2, 9, 2019));
  // More than a month after its unrolled last day it is past whatever 2019 says.
  EXPECT_THAT(Ids(at(D(2, 9, 2019))), IsEmpty());
  // With the year it is as ever, and an open window of known length names no year.
  const auto known = Closing(book, "ANSWERED", D(1, 9, 2019));
  ASSERT_THAT(Ids(known), ElementsAre("closing.answered.window"));
  EXPECT_EQ(known.unmet(0).calendar_missing(), 0);
  EXPECT_THAT(Ids(Closing(book, "ANSWERED", D(1, 10, 2019))), IsEmpty());
  // Who asks within the days that may still be the window's has asked in time.
  book.Add("REVIEW_REQUESTED", D(1, 20, 2019));
  EXPECT_THAT(Ids(at(D(3, 1, 2019))), Contains("closing.answered.window"));
}

TEST(PlanClosingTest, AssistanceGatesNothing) {
  FactBook book = Appraised();
  Answer(&book, D(5, 10));
  book.Add("ASSISTANCE_NEED_FOUND", D(5, 1));
  EXPECT_EQ(StateOf(AsOf(SeedPlan(), book, D(7, 1)), "P11.survey"),
            "OVERDUE since 2018-05-17 due 2018-05-16");
  EXPECT_THAT(Ids(Closing(book, "ANSWERED", D(7, 1))), IsEmpty());
}

TEST(PlanClosingTest, FailuresAreTold) {
  Evaluator evaluator(SeedPlan(), TestCalendar());
  FactBook empty;
  EXPECT_EQ(evaluator
                .EvaluateClosing(empty.view(), types::v1::CLOSING_STANDARD_ANSWERED, D(6, 1),
                                 AsKnown::Everything())
                .status()
                .code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(evaluator
                .EvaluateClosing(empty.view(), types::v1::CLOSING_STANDARD_UNSPECIFIED, D(6, 1),
                                 AsKnown::Everything())
                .status()
                .code(),
            absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace redress::plan::testing
