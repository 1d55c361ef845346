// A case that was reopened is closed again only after what the reason asks for was done anew.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/plan_facts.h"

namespace redress::plan::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kServed[] =
    "document_kind: DOCUMENT_KIND_HANDLING_OPINION receipt_kept: true remedy_stated: true";

// Whatever this plan lacks, the reopening asks for in code.
std::shared_ptr<const Plan> Lax() {
  return PlanWith(Requirement("CASE", "satisfied { fact { kind: FACT_KIND_ASSIGNED } }"));
}

// A case that was closed, and is reopened on 09-01.
FactBook Reopened(const std::string& reason) {
  FactBook book;
  book.Open(D(5, 2));
  RecordedOn(book.Add("INVESTIGATED", D(5, 10)), D(5, 10));
  RecordedOn(book.Add("CLAIM_APPRAISED", D(5, 20), "category: CATEGORY_RESOLVE"), D(5, 20));
  RecordedOn(book.Add("OPINION_ISSUED", D(6, 1), "performance_due: true"), D(6, 1));
  RecordedOn(book.Add("DOCUMENT_SERVED", D(6, 2), kServed), D(6, 2));
  RecordedOn(book.Add("OPINION_PERFORMED", D(6, 20)), D(6, 20));
  RecordedOn(book.Add("CASE_CLOSED", D(8, 1)), D(8, 1));
  RecordedOn(book.Add("CASE_REOPENED", D(9, 1), "reason: REOPEN_REASON_" + reason), D(9, 1));
  return book;
}

std::vector<std::string> Unmet(const FactBook& book,
                               const std::shared_ptr<const Plan>& plan = Lax()) {
  Evaluator evaluator(plan, TestCalendar());
  const auto out = evaluator.EvaluateClosing(book.view(), types::v1::CLOSING_STANDARD_ANSWERED,
                                             D(12, 1), AsKnown::Everything());
  EXPECT_TRUE(out.ok()) << out.status();
  std::vector<std::string> ids;
  for (const v1::UnmetDuty& duty : out->unmet()) {
    EXPECT_FALSE(duty.clause().empty());
    EXPECT_FALSE(duty.remedy().zh().empty());
    const bool by_code = duty.id().starts_with("closing.anew.");
    EXPECT_EQ(duty.remedy().en().empty(), !by_code) << "this plan speaks Chinese only";
    ids.push_back(duty.id());
  }
  return ids;
}

void Redo(FactBook& book, const char* kind, absl::CivilDay day, const char* detail = "") {
  RecordedOn(book.Add(kind, day, detail), day);
}

TEST(ReopenedTest, NothingDoneSinceClosesNothing) {
  EXPECT_THAT(Unmet(Reopened("NEW_EVIDENCE")),
              ElementsAre("closing.anew.investigated", "closing.anew.appraised",
                          "closing.anew.answered", "closing.anew.served", "closing.answered.a"));
  EXPECT_THAT(Unmet(Reopened("SUPERIOR_ORGAN")),
              ElementsAre("closing.anew.appraised", "closing.anew.answered", "closing.anew.served",
                          "closing.answered.a"));
  EXPECT_THAT(Unmet(Reopened("NOT_PERFORMED")), ElementsAre("closing.anew.performed"));
}

// Else the reason that fits least would be the cheapest, or one that nothing can satisfy.
TEST(ReopenedTest, AReasonThatTheRecordDoesNotBearOutAsksForNoLess) {
  const auto as_for_new_evidence =
      ElementsAre("closing.anew.investigated", "closing.anew.appraised", "closing.anew.answered",
                  "closing.anew.served", "closing.answered.a");
  EXPECT_THAT(Unmet(Reopened("BASIS_LOST")), as_for_new_evidence) << "no basis was lost";
  FactBook book;
  book.Open(D(5, 2));
  RecordedOn(book.Add("OPINION_ISSUED", D(6, 1)), D(6, 1));
  RecordedOn(book.Add("DOCUMENT_SERVED", D(6, 2), kServed), D(6, 2));
  RecordedOn(book.Add("CASE_CLOSED", D(8, 1)), D(8, 1));
  Redo(book, "CASE_REOPENED", D(9, 1), "reason: REOPEN_REASON_NOT_PERFORMED");
  EXPECT_THAT(Unmet(book), as_for_new_evidence) << "nothing was promised";
}

TEST(ReopenedTest, DoneAnewItMayBeClosed) {
  FactBook book = Reopened("NEW_EVIDENCE");
  Redo(book, "INVESTIGATED", D(9, 10));
  Redo(book, "CLAIM_APPRAISED", D(9, 20), "category: CATEGORY_RESOLVE");
  Redo(book, "OPINION_ISSUED", D(10, 1));
  Redo(book, "DOCUMENT_SERVED", D(10, 2), "document_kind: DOCUMENT_KIND_ACCEPTANCE_NOTICE");
  EXPECT_THAT(Unmet(book), ElementsAre("closing.anew.served", "closing.answered.a"))
      << "a notice is no answer";
  Redo(book, "DOCUMENT_SERVED", D(10, 2), kServed);
  EXPECT_THAT(Unmet(book), IsEmpty());
  FactBook performed = Reopened("NOT_PERFORMED");
  Redo(performed, "OPINION_PERFORMED", D(9, 10));
  EXPECT_THAT(Unmet(performed), IsEmpty());
}

TEST(ReopenedTest, WhatIsDatedOrWasRecordedBeforeItIsNotAnew) {
  FactBook book = Reopened("NOT_PERFORMED");
  RecordedOn(book.Add("OPINION_PERFORMED", D(8, 20)), D(9, 10));
  EXPECT_THAT(Unmet(book), ElementsAre("closing.anew.performed")) << "dated before it";
  RecordedOn(book.Add("OPINION_PERFORMED", D(9, 1)), D(8, 31));
  EXPECT_THAT(Unmet(book), ElementsAre("closing.anew.performed")) << "recorded before it";
  Redo(book, "OPINION_PERFORMED", D(9, 1));
  EXPECT_THAT(Unmet(book), IsEmpty()) << "on the day itself, after it";
}

TEST(ReopenedTest, EachReopeningAsksByItself) {
  FactBook book = Reopened("NOT_PERFORMED");
  Redo(book, "OPINION_PERFORMED", D(9, 10));
  Redo(book, "CASE_CLOSED", D(9, 20));
  Redo(book, "CASE_REOPENED", D(9, 25), "reason: REOPEN_REASON_NOT_PERFORMED");
  EXPECT_THAT(Unmet(book), ElementsAre("closing.anew.performed"));
}

TEST(ReopenedTest, EachClaimIsHandledAnew) {
  FactBook book = Reopened("NEW_EVIDENCE");
  book.Add("CLAIM_REGISTERED", D(5, 2), "", "cases/1/claims/2");
  Redo(book, "INVESTIGATED", D(9, 10));
  Redo(book, "CLAIM_APPRAISED", D(9, 20), "category: CATEGORY_RESOLVE");
  Redo(book, "OPINION_ISSUED", D(10, 1));
  Redo(book, "DOCUMENT_SERVED", D(10, 2), kServed);
  EXPECT_THAT(Unmet(book), ElementsAre("closing.anew.investigated", "closing.anew.appraised"));
}

TEST(ReopenedTest, ALostBasisAsksForTheRecordThatWasLost) {
  FactBook book;
  book.Open(D(5, 2));
  book.Add("CLAIM_REGISTERED", D(5, 2), "", "cases/1/claims/2");
  auto& views = RecordedOn(book.Add("VIEWS_OBTAINED", D(5, 10)), D(5, 10));
  RecordedOn(book.Add("OPINION_ISSUED", D(6, 1)), D(6, 1));
  RecordedOn(book.Add("DOCUMENT_SERVED", D(6, 2), kServed), D(6, 2));
  RecordedOn(book.Add("CASE_CLOSED", D(8, 1)), D(8, 1));
  RecordedOn(book.Retract(views, D(8, 20)), D(8, 20));
  Redo(book, "CLOSURE_BASIS_LOST", D(8, 20),
       absl::StrCat("lost_fact: '", views.fact_id(), "'").c_str());
  Redo(book, "CASE_REOPENED", D(9, 1), "reason: REOPEN_REASON_BASIS_LOST");
  EXPECT_THAT(Unmet(book), ElementsAre("closing.anew.record", "closing.anew.appraised"));
  Redo(book, "VIEWS_OBTAINED", D(9, 10));
  Redo(book, "CLAIM_APPRAISED", D(9, 11), "category: CATEGORY_RESOLVE");
  EXPECT_THAT(Unmet(book), IsEmpty());
}

TEST(ReopenedTest, DutiesOfTheFirstRoundDoNotGateForIt) {
  const auto plan = PlanWith(Requirement(
      "CLAIM", "gates_closing: true satisfied { fact { kind: FACT_KIND_INVESTIGATED } }"));
  const FactBook book = Reopened("NEW_EVIDENCE");
  EXPECT_EQ(StateOf(AsOf(plan, book, D(12, 1))), "MET 2018-05-10 due -");
  EXPECT_EQ(Unmet(book, plan)[0], "R");
}

}  // namespace
}  // namespace redress::plan::testing
