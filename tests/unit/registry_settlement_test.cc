// The rules of the registry on settlement agreements (invariants 4 and 5).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "services/registry/rules.h"
#include "tests/unit/registry_case.h"

namespace redress::registry {
namespace {

using testing::By;
using testing::Case;
using testing::CaseIn;
using ::testing::ElementsAre;
using testing::FieldsOf;
using ::testing::IsEmpty;
using testing::On;
using testing::ReasonOf;
using testing::Text;
using ::testing::UnorderedElementsAre;

constexpr char kClaimField[] = "claim: 'cases/1/claims/1' ";

// Signed on June 5.
v1::SignSettlementRequest Settlement(const std::string& text) {
  return Text<v1::SignSettlementRequest>(kClaimField + ("settlement { " + On("signed_on", 5)) +
                                         text + "}");
}
std::string Undertaking(const std::string& kind, int due, const std::string& more = "") {
  return "undertakings { kind: UNDERTAKING_KIND_" + kind + " " + On("due_on", due) + more + "} ";
}
const std::string& Signed() {
  static const auto* const text = new std::string(
      "petitioner_signed: true unit_signed: true witness_unit: 'units/justice' terms: '补发差额' "
      "document { kind: EVIDENCE_KIND_DOCUMENT } " +
      Undertaking("PAYMENT", 12, "amount_fen: 120000 ") + Undertaking("CERTIFICATE", 15));
  return *text;
}
// The same signed on another day, with what is due then.
v1::SignSettlementRequest SettlementOf(int day) {
  v1::SignSettlementRequest request = Settlement(Signed());
  request.mutable_settlement()->mutable_signed_on()->set_day(day);
  for (v1::Undertaking& undertaking : *request.mutable_settlement()->mutable_undertakings()) {
    undertaking.mutable_due_on()->set_day(std::max(day, undertaking.due_on().day()));
  }
  return request;
}
v1::WithdrawSettlementRequest Withdraw(int day) {
  return Text<v1::WithdrawSettlementRequest>(kClaimField + On("withdrawn_on", day));
}
v1::PerformSettlementRequest Perform(int day, const std::string& more = "") {
  return Text<v1::PerformSettlementRequest>(kClaimField + On("performed_on", day) + more);
}
rules::Context OnDay(int day) {
  rules::Context context = By();
  context.today = absl::CivilDay(2018, 6, day);
  return context;
}

TEST(SettlementTest, SignedByBothBeforeAnOutsideWitness) {
  EXPECT_THAT(FieldsOf(rules::SignSettlement(Case(),
                                             Settlement("witness_unit: 'units/town' "
                                                        "document { kind: EVIDENCE_KIND_PICTURE }"),
                                             By())
                           .status()),
              UnorderedElementsAre("settlement.petitioner_signed", "settlement.unit_signed",
                                   "settlement.witness_unit", "settlement.document.kind"));
  const auto made = rules::SignSettlement(
      Case(), Settlement(Signed() + On("performed_on", 5) + On("withdrawn_on", 5)), By());
  ASSERT_TRUE(made.ok()) << made.status();
  const v1::Settlement& settlement = made->resource.claims(0).settlement();
  EXPECT_FALSE(settlement.has_performed_on());
  EXPECT_FALSE(settlement.has_withdrawn_on());
  EXPECT_EQ(settlement.recorded_on().day(), 20);
  EXPECT_EQ(settlement.signed_by().official(), "officials/clerk");
  EXPECT_EQ(settlement.undertakings(1).number(), 2);
  EXPECT_EQ(made->facts[0].kind(), facts::v1::FACT_KIND_SETTLEMENT_SIGNED);
  EXPECT_EQ(made->facts[0].settlement_signed().undertakings(), 2);
  EXPECT_EQ(made->facts[0].settlement_signed().last_due().day(), 15);
  EXPECT_EQ(ReasonOf(rules::SignSettlement(made->resource, Settlement(Signed()), By()).status()),
            "SETTLEMENT_EXISTS");
}

TEST(SettlementTest, AWitnessCannotBeFromOutsideOfNobody) {
  v1::Case file = Case();
  file.clear_responsible_unit();
  EXPECT_THAT(FieldsOf(rules::SignSettlement(file, Settlement(Signed()), By()).status()),
              ElementsAre("settlement.witness_unit"));
}

TEST(SettlementTest, ItsTermsAreUndertakingsWithDays) {
  const auto fields = [](const std::string& undertakings) {
    return FieldsOf(
        rules::SignSettlement(
            Case(),
            Settlement("petitioner_signed: true unit_signed: true witness_unit: 'units/justice' "
                       "document { kind: EVIDENCE_KIND_DOCUMENT } " +
                       undertakings),
            By())
            .status());
  };
  EXPECT_THAT(fields(Undertaking("PAYMENT", 5)),
              ElementsAre("settlement.undertakings[0].amount_fen"));
  EXPECT_THAT(fields(Undertaking("WORKS", 5, "amount_fen: 1 ")),
              ElementsAre("settlement.undertakings[0].amount_fen"));
  EXPECT_THAT(fields(Undertaking("WORKS", 9) + Undertaking("APOLOGY", 4)),
              ElementsAre("settlement.undertakings[1].due_on"));
  EXPECT_THAT(fields(Undertaking("WORKS", 9)), IsEmpty());
}

TEST(SettlementTest, AWaiverHasNoPlace) {
  for (const char* terms : {"自愿放弃上访权利", "一次性补助，息诉息访", "不 再 上 访",
                            "waives the right to petition"}) {
    v1::SignSettlementRequest request = Settlement(Signed());
    request.mutable_settlement()->set_terms(terms);
    EXPECT_THAT(FieldsOf(rules::SignSettlement(Case(), request, By()).status()),
                ElementsAre("settlement.terms"))
        << terms;
  }
}

// Recorded on June 20 for a signing of June 5: neither side loses its seven days by that.
TEST(SettlementTest, CanBeWithdrawnForSevenDaysFromTheLaterOfSigningAndRecording) {
  EXPECT_EQ(ReasonOf(rules::WithdrawSettlement(Case(), Withdraw(6), By()).status()),
            "NO_SETTLEMENT");
  const struct {
    int recorded;
    int last;
  } kTable[] = {{5, 12}, {7, 14}, {20, 27}};
  for (const auto& row : kTable) {
    const v1::Case file =
        rules::SignSettlement(Case(), Settlement(Signed()), OnDay(row.recorded))->resource;
    for (int day = 3; day <= 30; ++day) {
      const auto withdrawn = rules::WithdrawSettlement(file, Withdraw(day), By());
      EXPECT_EQ(withdrawn.ok(), day >= 5 && day <= row.last) << row.recorded << ", " << day;
      if (!withdrawn.ok()) {
        EXPECT_THAT(FieldsOf(withdrawn.status()), ElementsAre("withdrawn_on"));
        continue;
      }
      EXPECT_EQ(
          ReasonOf(rules::WithdrawSettlement(withdrawn->resource, Withdraw(day), By()).status()),
          "NO_SETTLEMENT");
      EXPECT_TRUE(rules::SignSettlement(withdrawn->resource, SettlementOf(day), By()).ok());
    }
  }
}

TEST(SettlementTest, PerformedOnceEveryUndertakingIsAndOnlyWhileInForce) {
  const v1::Case file = rules::SignSettlement(Case(), Settlement(Signed()), By())->resource;
  const rules::Context other = By("officials/cashier");
  EXPECT_EQ(ReasonOf(rules::PerformSettlement(Case(), Perform(6), other).status()),
            "NO_SETTLEMENT");
  EXPECT_THAT(FieldsOf(rules::PerformSettlement(file, Perform(4), other).status()),
              ElementsAre("performed_on"));
  EXPECT_THAT(
      FieldsOf(
          rules::PerformSettlement(file, Perform(9, "undertakings: [2, 2, 3]"), other).status()),
      ElementsAre("undertakings[1]", "undertakings[2]"));
  const auto half = rules::PerformSettlement(file, Perform(15, "undertakings: 2"), other);
  ASSERT_TRUE(half.ok());
  EXPECT_THAT(half->facts, IsEmpty()) << "what is due later stays due";
  EXPECT_THAT(
      FieldsOf(
          rules::PerformSettlement(half->resource, Perform(15, "undertakings: 2"), other).status()),
      ElementsAre("undertakings[0]"));
  const auto performed = rules::PerformSettlement(half->resource, Perform(12), other);
  ASSERT_TRUE(performed.ok());
  ASSERT_EQ(performed->facts.size(), 1u);
  EXPECT_EQ(performed->facts[0].kind(), facts::v1::FACT_KIND_SETTLEMENT_PERFORMED);
  EXPECT_EQ(performed->facts[0].event_date().day(), 15) << "the day of the last";
  EXPECT_EQ(performed->facts[0].settlement_performed().signing_fact(),
            file.claims(0).settlement().fact_id());
  EXPECT_EQ(ReasonOf(rules::PerformSettlement(performed->resource, Perform(16), other).status()),
            "SETTLEMENT_PERFORMED");
  const v1::Case withdrawn = rules::WithdrawSettlement(file, Withdraw(6), By())->resource;
  EXPECT_EQ(ReasonOf(rules::PerformSettlement(withdrawn, Perform(7), other).status()),
            "NO_SETTLEMENT");
}

TEST(SettlementTest, WhoeverSignedDoesNotPay) {
  const v1::Case file =
      rules::SignSettlement(Case(), Settlement(Signed()), By("officials/lead"))->resource;
  EXPECT_EQ(ReasonOf(rules::PerformSettlement(file, Perform(12), By("officials/lead")).status()),
            "PAID_BY_SIGNER");
  EXPECT_TRUE(
      rules::PerformSettlement(file, Perform(12, "undertakings: 2"), By("officials/lead")).ok());
  EXPECT_TRUE(rules::PerformSettlement(file, Perform(12), By("officials/cashier")).ok());
}

TEST(SettlementTest, WhoeverSignedOnceIsKnownToAccessForGood) {
  v1::CaseAccess access;
  const auto sign = [&](const v1::Case& file, const std::string& who) {
    v1::Case next = rules::SignSettlement(file, Settlement(Signed()), By(who))->resource;
    access = rules::InLine(access, next);
    return next;
  };
  const v1::Case first = sign(Case(), "officials/lead");
  const v1::Case withdrawn = rules::WithdrawSettlement(first, Withdraw(6), By())->resource;
  access = rules::InLine(
      access, rules::SignSettlement(withdrawn, SettlementOf(6), By("officials/head"))->resource);
  EXPECT_THAT(access.agreement_signers(), ElementsAre("officials/lead", "officials/head"));
  for (const char* signer : {"officials/lead", "officials/head"}) {
    EXPECT_TRUE(rules::TakesAnotherPerson(access, "assistance.pay", By(signer).actor));
    EXPECT_FALSE(rules::TakesAnotherPerson(access, "assistance.get", By(signer).actor));
  }
  types::v1::Actor staff = By("officials/staff").actor;
  EXPECT_FALSE(rules::TakesAnotherPerson(access, "assistance.pay", staff));
  EXPECT_FALSE(rules::TakesAnotherPerson(access, "assistance.pay", By("").actor));
  // In another post they stay who they are.
  staff.set_person(std::string(32, 'a'));
  EXPECT_FALSE(rules::TakesAnotherPerson(access, "assistance.pay", staff));
  access.add_agreement_signer_persons(staff.person());
  EXPECT_TRUE(rules::TakesAnotherPerson(access, "assistance.pay", staff));
}

TEST(SettlementTest, AfterAReopeningItIsSignedAndPerformedAnew) {
  v1::Case file = rules::SignSettlement(Case(), Settlement(Signed()), OnDay(6))->resource;
  file = rules::PerformSettlement(file, Perform(15), By("officials/cashier"))->resource;
  v1::Closure& closure = *file.add_past_closures();
  closure = Text<v1::Closure>(On("reopened_on", 18));
  for (const auto reason :
       {facts::v1::REOPEN_REASON_NOT_PERFORMED, facts::v1::REOPEN_REASON_SUPERIOR_ORGAN}) {
    closure.set_reopen_reason(reason);
    EXPECT_TRUE(rules::SignSettlement(file, Settlement(Signed()), By()).ok());
    const bool not_performed = reason == facts::v1::REOPEN_REASON_NOT_PERFORMED;
    EXPECT_EQ(rules::PerformSettlement(file, Perform(19), By("officials/cashier")).ok(),
              not_performed);
  }
  closure.set_reopen_reason(facts::v1::REOPEN_REASON_NOT_PERFORMED);
  EXPECT_THAT(
      FieldsOf(rules::PerformSettlement(file, Perform(17), By("officials/cashier")).status()),
      ElementsAre("performed_on"));
  // Nor is any part of it older than the reopening, in however many steps it is recorded.
  const auto part =
      rules::PerformSettlement(file, Perform(19, "undertakings: 1"), By("officials/cashier"));
  ASSERT_TRUE(part.ok()) << part.status();
  EXPECT_THAT(FieldsOf(rules::PerformSettlement(part->resource, Perform(17, "undertakings: 2"),
                                                By("officials/cashier"))
                           .status()),
              ElementsAre("performed_on"));
}

TEST(SettlementTest, TheOneInForceIsNotOverwrittenOnTheDayOfTheReopening) {
  v1::Case file = Case();
  *file.add_past_closures() = Text<v1::Closure>(On("reopened_on", 20));
  file = rules::SignSettlement(file, Settlement(Signed()), By())->resource;
  EXPECT_EQ(ReasonOf(rules::SignSettlement(file, Settlement(Signed()), By()).status()),
            "SETTLEMENT_EXISTS");
}

TEST(SettlementTest, AfterAWithdrawalItIsNotDatedBeforeIt) {
  v1::Case file = rules::SignSettlement(Case(), Settlement(Signed()), OnDay(6))->resource;
  file = rules::WithdrawSettlement(file, Withdraw(8), By())->resource;
  EXPECT_THAT(FieldsOf(rules::SignSettlement(file, Settlement(Signed()), By()).status()),
              ElementsAre("settlement.signed_on"));
}

TEST(SettlementTest, NothingIsRecordedUnlessTheCaseIsOpen) {
  for (const auto state : {types::v1::CASE_STATE_CLOSING, types::v1::CASE_STATE_CLOSED}) {
    const v1::Case file = CaseIn(state);
    for (const absl::Status& refusal :
         {rules::SignSettlement(file, Settlement(Signed()), By()).status(),
          rules::WithdrawSettlement(file, Withdraw(6), By()).status(),
          rules::PerformSettlement(file, Perform(6), By()).status()}) {
      EXPECT_EQ(ReasonOf(refusal), "CASE_STATE");
    }
  }
}

}  // namespace
}  // namespace redress::registry
