// Invariants 4 and 5: nobody closes a case by dates, names or words that they make up, and nobody
// buys a petition off.
#include "redress/assistance/v1/assistance.grpc.pb.h"
#include "redress/registry/v1/registry.grpc.pb.h"
#include "tests/e2e/misuse/misuse.h"

namespace redress::testing {
namespace {

using AssistanceStub = assistance::v1::AssistanceService::Stub;
using RegistryStub = registry::v1::RegistryService::Stub;
constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kUnmet = absl::StatusCode::kFailedPrecondition;

class Invariant5 : public MisuseTest {
 protected:
  // A case that is handled in every way but for an agreement.
  static std::string Handled() {
    const std::string name = world().Register().value_or("cases/none");
    for (const absl::Status& done :
         {world().Assign(name), world().Equip(name), world().Visit(name), world().Investigate(name),
          world().ObtainViews(name), world().RecordPrior(name), world().Appraise(name),
          world().OfferDate(name), world().Answer(name)}) {
      EXPECT_TRUE(done.ok()) << done;
    }
    return name;
  }
  // Signed today by both sides, a witness from outside, one payment promised.
  static registry::v1::SignSettlementRequest Agreement(const std::string& name) {
    registry::v1::SignSettlementRequest request;
    request.set_claim(name + "/claims/1");
    registry::v1::Settlement& settlement = *request.mutable_settlement();
    *settlement.mutable_signed_on() = world().Today();
    settlement.set_petitioner_signed(true);
    settlement.set_unit_signed(true);
    settlement.set_witness_unit(kOutsideUnit);
    settlement.set_terms("补发差额。");
    settlement.mutable_document()->set_sha256(std::string(64, 'a'));
    settlement.mutable_document()->set_kind(types::v1::EVIDENCE_KIND_DOCUMENT);
    *settlement.mutable_document()->mutable_dated() = world().Today();
    registry::v1::Undertaking& undertaking = *settlement.add_undertakings();
    undertaking.set_kind(registry::v1::UNDERTAKING_KIND_PAYMENT);
    undertaking.set_amount_fen(120000);
    *undertaking.mutable_due_on() = world().Today(7);
    return request;
  }
  static registry::v1::ProposeClosureRequest Closing(const std::string& name,
                                                     types::v1::ClosingStandard standard) {
    registry::v1::ProposeClosureRequest request;
    request.set_name(name);
    request.set_standard(standard);
    return request;
  }
};

TEST_F(Invariant5, ACaseRegisteredTodayIsNotClosedToday) {
  const std::string name = Handled();
  registry::v1::SignSettlementRequest back_dated = Agreement(name);
  *back_dated.mutable_settlement()->mutable_signed_on() = world().Today(-30);
  Lead()
      .Tries("dates the agreement thirty days back", &RegistryStub::SignSettlement, back_dated)
      .IsRefused(kInvalid)
      .Naming("settlement.signed_on");
  *back_dated.mutable_settlement()->mutable_signed_on() = world().Today(-1);
  Lead()
      .Tries("dates it on the day of receipt", &RegistryStub::SignSettlement, back_dated)
      .Succeeds();
  registry::v1::PerformSettlementRequest perform;
  perform.set_claim(name + "/claims/1");
  *perform.mutable_performed_on() = world().Today();
  Lead()
      .Tries("pays under what they signed", &RegistryStub::PerformSettlement, perform)
      .IsRefused(kUnmet, "PAID_BY_SIGNER");
  UnitHead().Tries("records the performance", &RegistryStub::PerformSettlement, perform).Succeeds();
  Clerk()
      .Tries("proposes to close", &RegistryStub::ProposeClosure,
             Closing(name, types::v1::CLOSING_STANDARD_SETTLEMENT))
      .IsRefused(kUnmet, "CASE_NOT_CLOSABLE")
      .Naming("floor.settlement.window");
  registry::v1::WithdrawSettlementRequest withdraw;
  withdraw.set_claim(name + "/claims/1");
  *withdraw.mutable_withdrawn_on() = world().Today();
  Clerk()
      .Tries("records that the petitioner withdraws", &RegistryStub::WithdrawSettlement, withdraw)
      .Succeeds();
  Lead().Tries("has it signed again", &RegistryStub::SignSettlement, Agreement(name)).Succeeds();
  Clerk()
      .Tries("proposes to close on the earlier performance", &RegistryStub::ProposeClosure,
             Closing(name, types::v1::CLOSING_STANDARD_SETTLEMENT))
      .IsRefused(kUnmet, "CASE_NOT_CLOSABLE")
      .Naming("settlement.performed");
}

TEST_F(Invariant5, AWitnessExistsAndIsFromOutsideAndNothingIsWaived) {
  const std::string name = Handled();
  for (const char* unit : {"units/does-not-exist", kResponsibleUnit}) {
    registry::v1::SignSettlementRequest request = Agreement(name);
    request.mutable_settlement()->set_witness_unit(unit);
    Lead()
        .Tries("names a witness from " + std::string(unit), &RegistryStub::SignSettlement, request)
        .IsRefused(kInvalid)
        .Naming("settlement.witness_unit");
  }
  for (const char* terms : {"自愿放弃上访权利", "领款后息诉息访", "今后 不 再 信 访"}) {
    registry::v1::SignSettlementRequest request = Agreement(name);
    request.mutable_settlement()->set_terms(terms);
    Lead()
        .Tries("writes a waiver into the terms", &RegistryStub::SignSettlement, request)
        .IsRefused(kInvalid)
        .Naming("settlement.terms");
  }
  registry::v1::SignSettlementRequest nothing = Agreement(name);
  nothing.mutable_settlement()->clear_undertakings();
  Lead()
      .Tries("has an agreement signed by which nothing is done", &RegistryStub::SignSettlement,
             nothing)
      .IsRefused(kInvalid)
      .Naming("settlement.undertakings");
}

TEST_F(Invariant5, NoStandardIsAWayAround) {
  const std::string name = Handled();
  const std::pair<types::v1::ClosingStandard, const char*> kTable[] = {
      {types::v1::CLOSING_STANDARD_EXHAUSTED, "exhausted.reexamination"},
      {types::v1::CLOSING_STANDARD_RECONSIDERATION, "reconsideration.decision"},
      {types::v1::CLOSING_STANDARD_LEGAL_CHANNEL, "floor.legal_channel.notice"},
      {types::v1::CLOSING_STANDARD_ANSWERED, "answered.window"},
  };
  for (const auto& [standard, unmet] : kTable) {
    Clerk()
        .Tries("proposes to close by " + types::v1::ClosingStandard_Name(standard),
               &RegistryStub::ProposeClosure, Closing(name, standard))
        .IsRefused(kUnmet, "CASE_NOT_CLOSABLE")
        .Naming(unmet);
  }
  Clerk()
      .Tries("proposes to close as an unlawful act", &RegistryStub::ProposeClosure,
             Closing(name, types::v1::CLOSING_STANDARD_LAWFUL))
      .IsRefused(kInvalid)
      .Naming("standard");
}

TEST_F(Invariant5, WhoeverSignedPaysNothing) {
  const std::string name = Handled();
  UnitHead()
      .Tries("signs the agreement", &RegistryStub::SignSettlement, Agreement(name))
      .Succeeds();
  assistance::v1::RecordPaymentRequest pay;
  pay.set_measure(name + "/assistanceFile/measures/1");
  pay.mutable_payment()->set_amount_fen(100);
  *pay.mutable_payment()->mutable_paid_on() = world().Today();
  pay.mutable_payment()->set_policy_basis("国务院令第649号");
  pay.mutable_payment()->set_funding_source("2082001");
  pay.mutable_payment()->set_voucher("2018-001");
  UnitHead()
      .Tries("pays the petitioner as assistance", &AssistanceStub::RecordPayment, pay)
      .IsRefused(absl::StatusCode::kPermissionDenied, "SECOND_PERSON_NEEDED");
}

}  // namespace
}  // namespace redress::testing
