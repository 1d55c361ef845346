// The registry's own floor under every plan (invariant 5, domain.md section 4): what closing needs
// per claim and
// standard.
#include "services/registry/floor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/registry/rules.h"
#include "tests/unit/registry_book.h"

namespace redress::registry {
namespace {

using testing::Book;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::kClaim;
using ::testing::Not;
using testing::Text;
using types::v1::ClosingStandard;

constexpr ClosingStandard kSettlement = types::v1::CLOSING_STANDARD_SETTLEMENT;
constexpr ClosingStandard kAnswered = types::v1::CLOSING_STANDARD_ANSWERED;

// ---- settlement

TEST(FloorSettlement, SignedSevenDaysPerformed) {
  Book book;
  EXPECT_THAT(book.Unmet(kSettlement, 20), ElementsAre("floor.settlement.signed"));
  book.Sign(1);
  EXPECT_THAT(book.Unmet(kSettlement, 8),
              ElementsAre("floor.settlement.window", "floor.settlement.performed"));
  EXPECT_THAT(book.Unmet(kSettlement, 9), ElementsAre("floor.settlement.performed"));
  book.Perform(9);
  EXPECT_THAT(book.Unmet(kSettlement, 9), IsEmpty());
}

TEST(FloorSettlement, ASigningRecordedLateTakesNoDaysAway) {
  Book book;
  book.Sign(1, /*recorded=*/30);
  book.Perform(30);
  EXPECT_THAT(book.Unmet(kSettlement, 30), ElementsAre("floor.settlement.window"));
  EXPECT_THAT(book.Unmet(kSettlement, 37), ElementsAre("floor.settlement.window"));
  EXPECT_THAT(book.Unmet(kSettlement, 38), IsEmpty());
}

TEST(FloorSettlement, SignPerformWithdrawSignAgainDoesNotClose) {
  Book book;
  book.Sign(1);
  book.Perform(2);
  book.Withdraw(3);
  EXPECT_THAT(book.Unmet(kSettlement, 20), ElementsAre("floor.settlement.signed"));
  book.Sign(4);
  EXPECT_THAT(book.Unmet(kSettlement, 20), ElementsAre("floor.settlement.performed"));
  book.Perform(10);
  EXPECT_THAT(book.Unmet(kSettlement, 20), IsEmpty());
}

TEST(FloorSettlement, AnEarlierPerformanceIsNoneOfTheSigningInForce) {
  Book book;
  book.Sign(1);
  book.Withdraw(3);
  book.Sign(4);
  book.Perform(10, "f1");
  EXPECT_THAT(book.Unmet(kSettlement, 20), ElementsAre("floor.settlement.performed"));
}

TEST(FloorSettlement, WhatIsNotSignedByBothBeforeAWitnessIsNone) {
  using Weaken = void (*)(facts::v1::SettlementSigned&);
  for (const Weaken weaken : {
           Weaken([](auto& detail) { detail.set_outside_witness(false); }),
           Weaken([](auto& detail) { detail.set_unit_signed(false); }),
           Weaken([](auto& detail) { detail.set_petitioner_signed(false); }),
           Weaken([](auto& detail) { detail.set_undertakings(0); }),
       }) {
    Book book;
    facts::v1::SettlementSigned& detail = book.Sign(1);
    book.Perform(9);
    EXPECT_THAT(book.Unmet(kSettlement, 20), IsEmpty());
    weaken(detail);
    EXPECT_THAT(book.Unmet(kSettlement, 20), ElementsAre("floor.settlement.signed"));
  }
}

TEST(FloorSettlement, WhatWasTakenBackDoesNotCount) {
  Book book;
  book.Sign(1);
  book.Perform(9);
  auto& retraction = book.OfClaim("SETTLEMENT_PERFORMED", 10);
  retraction.set_retracts("f2");
  EXPECT_THAT(book.Unmet(kSettlement, 20), ElementsAre("floor.settlement.performed"));
}

// ---- answered

TEST(FloorAnswered, ServedPerformedAndTheWindowOver) {
  Book book;
  EXPECT_THAT(book.Unmet(kAnswered, 20), ElementsAre("floor.answered.served"));
  book.OpenRound(1, 1);
  EXPECT_THAT(book.Unmet(kAnswered, 20), ElementsAre("floor.answered.served"));
  book.Answer(1, 4, "performance_due: true ");
  // Served on Monday June 4: the thirtieth day is Wednesday July 4.
  EXPECT_THAT(book.Unmet(kAnswered, 34),
              ElementsAre("floor.answered.performed", "floor.answered.window"));
  EXPECT_THAT(book.Unmet(kAnswered, 35), ElementsAre("floor.answered.performed"));
  book.OfRound("OPINION_PERFORMED", 20);
  EXPECT_THAT(book.Unmet(kAnswered, 35), IsEmpty());
}

TEST(FloorAnswered, AServiceRecordedLateTakesNoDaysAway) {
  Book book;
  book.OpenRound(1, 1);
  book.Answer(1, 4, "", /*recorded=*/40);
  EXPECT_THAT(book.Unmet(kAnswered, 60), ElementsAre("floor.answered.window"));
  EXPECT_THAT(book.Unmet(kAnswered, 80), IsEmpty());
}

TEST(FloorAnswered, NothingIsClosedOverAReviewUndecided) {
  Book asked;
  asked.OpenRound(1, 1);
  asked.Answer(1, 4);
  asked.OfRound("REVIEW_REQUESTED", 20);
  EXPECT_THAT(asked.Unmet(kAnswered, 60), ElementsAre("floor.answered.undecided"));
  asked.OfRound("REVIEW_DECIDED", 40);
  EXPECT_THAT(asked.Unmet(kAnswered, 60), IsEmpty());

  Book opened;
  opened.OpenRound(1, 1);
  opened.Answer(1, 4);
  opened.OpenRound(2, 20, "REVIEW");
  EXPECT_THAT(opened.Unmet(kAnswered, 60), ElementsAre("floor.answered.undecided"));
  // Its opinion opens the time in which a re-examination may be asked for.
  opened.Answer(2, 40, "", 0, "REVIEW");
  EXPECT_THAT(opened.Unmet(kAnswered, 60), ElementsAre("floor.answered.window"));
  EXPECT_THAT(opened.Unmet(kAnswered, 90), IsEmpty());
}

TEST(FloorAnswered, AFurtherRoundIsServedToo) {
  Book book;
  book.OpenRound(1, 1);
  book.Answer(1, 4);
  book.OpenRound(2, 20);
  EXPECT_THAT(book.Unmet(kAnswered, 60), ElementsAre("floor.answered.undecided"));
  book.OfRound("OPINION_ISSUED", 21, "opinion_issued { remedy_stated: true }", 0,
               "cases/1/rounds/2");
  book.OfRound("DOCUMENT_SERVED", 22,
               "document_served { document_kind: DOCUMENT_KIND_ACCEPTANCE_NOTICE receipt_kept: "
               "true remedy_stated: true }",
               0, "cases/1/rounds/2");
  EXPECT_THAT(book.Unmet(kAnswered, 60), ElementsAre("floor.answered.undecided"));
}

TEST(FloorAnswered, EachClaimByARoundThatAnswersIt) {
  Book book;
  book.file().add_claims()->set_name("cases/1/claims/2");
  book.OpenRound(1, 1);
  book.Answer(1, 4);
  EXPECT_THAT(book.Unmet(kAnswered, 60), ElementsAre("floor.answered.served"));
  book.OpenRound(2, 5, "HANDLING", {"cases/1/claims/2"});
  book.Answer(2, 6);
  EXPECT_THAT(book.Unmet(kAnswered, 60), IsEmpty());
}

TEST(FloorAnswered, AReviewAloneIsNoAnswer) {
  Book book;
  book.OpenRound(1, 1, "REVIEW");
  book.Answer(1, 4, "", 0, "REVIEW");
  EXPECT_THAT(book.Unmet(kAnswered, 60), ElementsAre("floor.answered.served"));
}

// ---- the other standards

TEST(FloorOthers, EachByItsOwnRecordAlone) {
  const struct {
    ClosingStandard standard;
    const char* unmet;
    const char* fact;
    const char* detail;
  } kTable[] = {
      {types::v1::CLOSING_STANDARD_EXHAUSTED, "floor.exhausted.reexamination",
       "REEXAMINATION_DECIDED", ""},
      {types::v1::CLOSING_STANDARD_RECONSIDERATION, "floor.reconsideration.decision",
       "RECONSIDERATION_DECIDED", "reconsideration_decided { decision_kept: true }"},
      {types::v1::CLOSING_STANDARD_LEGAL_CHANNEL, "floor.legal_channel.notice",
       "LEGAL_CHANNEL_ACCEPTED", "legal_channel_accepted { notice_kept: true }"},
  };
  for (const auto& row : kTable) {
    Book book;
    book.OpenRound(1, 1);
    book.Answer(1, 4);
    EXPECT_THAT(book.Unmet(row.standard, 90), ElementsAre(row.unmet));
    if (row.standard == types::v1::CLOSING_STANDARD_EXHAUSTED) {
      book.OfRound(row.fact, 20);
    } else {
      book.OfClaim(row.fact, 20);
      EXPECT_THAT(book.Unmet(row.standard, 90), ElementsAre(row.unmet)) << "nothing is on file";
      book.OfClaim(row.fact, 20, row.detail);
    }
    EXPECT_THAT(book.Unmet(row.standard, 90), IsEmpty());
  }
  EXPECT_THAT(Book().Unmet(types::v1::CLOSING_STANDARD_LAWFUL, 90), ElementsAre("floor.standard"));
  EXPECT_THAT(Book().Unmet(types::v1::CLOSING_STANDARD_UNSPECIFIED, 90),
              ElementsAre("floor.standard"));
}

TEST(FloorOthers, LawfulIsNoStandardOfAClosing) {
  v1::Case file = testing::Case();
  auto request = Text<v1::ProposeClosureRequest>("standard: CLOSING_STANDARD_LAWFUL");
  EXPECT_THAT(testing::FieldsOf(rules::CheckStandards(file, request)), ElementsAre("standard"));
  request = Text<v1::ProposeClosureRequest>(
      "standard: CLOSING_STANDARD_ANSWERED claim_standards { claim: 'cases/1/claims/1' standard: "
      "CLOSING_STANDARD_LAWFUL } claim_standards { claim: 'cases/2/claims/1' }");
  EXPECT_THAT(testing::FieldsOf(rules::CheckStandards(file, request)),
              ElementsAre("claim_standards[0].standard", "claim_standards[1].claim"));
  EXPECT_FALSE(rules::ProposeClosure(file, request, {}, testing::By()).ok());
}

// ---- what the plan says of several standards

TEST(FloorMerge, NobodyIsToldOneDutyTwice) {
  auto closing = Text<plan::v1::ClosingEvaluation>(R"(
      unmet { id: 'closing.answered.window' subject: 'cases/1/claims/1' })");
  floor::AddUnmet(
      {Text<plan::v1::UnmetDuty>("id: 'floor.answered.window' subject: 'cases/1/claims/1'"),
       Text<plan::v1::UnmetDuty>("id: 'floor.answered.window' subject: 'cases/1/claims/2'"),
       Text<plan::v1::UnmetDuty>("id: 'floor.answered.served' subject: 'cases/1/claims/1'")},
      closing);
  std::vector<std::string> unmet;
  for (const auto& duty : closing.unmet()) unmet.push_back(duty.id() + " " + duty.subject());
  EXPECT_THAT(unmet, ElementsAre("closing.answered.window cases/1/claims/1",
                                 "floor.answered.window cases/1/claims/2",
                                 "floor.answered.served cases/1/claims/1"));
}

TEST(FloorMerge, AClaimIsJudgedByItsOwnStandard) {
  const std::map<std::string, ClosingStandard> standards = {{"cases/1/claims/1", kSettlement},
                                                            {"cases/1/claims/2", kAnswered}};
  plan::v1::ClosingEvaluation closing;
  floor::Merge(Text<plan::v1::ClosingEvaluation>(R"(
                 standard: CLOSING_STANDARD_SETTLEMENT basis: 'f1' basis: 'f2'
                 unmet { id: 'P9' subject: 'cases/1/rounds/1' }
                 unmet { id: 'closing.settlement.signed' subject: 'cases/1/claims/1' }
                 unmet { id: 'closing.settlement.signed' subject: 'cases/1/claims/2' })"),
               standards, closing);
  floor::Merge(Text<plan::v1::ClosingEvaluation>(R"(
                 standard: CLOSING_STANDARD_ANSWERED basis: 'f2' basis: 'f3'
                 unmet { id: 'P9' subject: 'cases/1/rounds/1' }
                 unmet { id: 'closing.answered.served' subject: 'cases/1/claims/1' }
                 unmet { id: 'closing.answered.served' subject: 'cases/1/claims/2' })"),
               standards, closing);
  std::vector<std::string> unmet;
  for (const auto& duty : closing.unmet()) unmet.push_back(duty.id() + " " + duty.subject());
  EXPECT_THAT(unmet,
              ElementsAre("P9 cases/1/rounds/1", "closing.settlement.signed cases/1/claims/1",
                          "closing.answered.served cases/1/claims/2"));
  EXPECT_THAT(closing.basis(), ElementsAre("f1", "f2", "f3"));
}

}  // namespace
}  // namespace redress::registry
