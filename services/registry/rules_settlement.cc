// Settlement agreements (Reg. 33; domain invariants 4 and 5).
#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/rules/person.h"
#include "common/rules/record_checks.h"
#include "common/rules/waiver.h"
#include "common/status/macros.h"
#include "services/registry/claim_change.h"

namespace redress::registry::rules {
namespace {

using internal::ChangeClaim;
using internal::ClaimFact;
using internal::Publish;
using ::redress::rules::DateOf;
using ::redress::rules::DayOf;
using ::redress::rules::FieldErrors;
using ::redress::rules::IsSet;
using ::redress::rules::Refuse;

bool InForce(const v1::Claim& claim) {
  return claim.has_settlement() && !IsSet(claim.settlement().withdrawn_on());
}

// The case was opened again after the day on which the agreement was recorded, so that another may
// take its place. No case closes on an agreement on that very day: seven days run first.
bool ReopenedSince(const v1::Case& file, const v1::Settlement& settlement) {
  return !file.past_closures().empty() &&
         DayOf(file.past_closures().rbegin()->reopened_on()) > DayOf(settlement.recorded_on());
}

void CheckUndertakings(const v1::Settlement& asked, FieldErrors& errors) {
  for (int i = 0; i < asked.undertakings_size(); ++i) {
    const v1::Undertaking& undertaking = asked.undertakings(i);
    const std::string at = absl::StrCat("settlement.undertakings[", i, "].");
    const bool payment = undertaking.kind() == v1::UNDERTAKING_KIND_PAYMENT;
    if (payment != (undertaking.amount_fen() > 0)) {
      errors.Add(at + "amount_fen", payment ? "must be set for a payment" : "is for payments only");
    }
    errors.NotBefore(at + "due_on", undertaking.due_on(), asked.signed_on(), "the signing");
  }
}

// The undertakings that a request is about: those that it numbers, or all that are open.
std::set<int> Performed(const v1::Settlement& settlement,
                        const v1::PerformSettlementRequest& request, FieldErrors& errors) {
  std::set<int> chosen;
  for (int i = 0; i < request.undertakings_size(); ++i) {
    const int number = request.undertakings(i);
    const std::string field = absl::StrCat("undertakings[", i, "]");
    if (number < 1 || number > settlement.undertakings_size()) {
      errors.Add(field, "is no undertaking of the agreement");
    } else if (IsSet(settlement.undertakings(number - 1).performed_on())) {
      errors.Add(field, "was recorded already");
    } else if (!chosen.insert(number).second) {
      errors.Add(field, "is named twice");
    }
  }
  if (!request.undertakings().empty()) return chosen;
  for (const v1::Undertaking& undertaking : settlement.undertakings()) {
    if (!IsSet(undertaking.performed_on())) chosen.insert(undertaking.number());
  }
  return chosen;
}

}  // namespace

absl::StatusOr<Outcome<v1::Case>> SignSettlement(const v1::Case& current,
                                                 const v1::SignSettlementRequest& request,
                                                 const Context& context) {
  const v1::Settlement& asked = request.settlement();
  FieldErrors errors;
  if (!asked.petitioner_signed())
    errors.Add("settlement.petitioner_signed", "both sides must have signed");
  if (!asked.unit_signed()) errors.Add("settlement.unit_signed", "both sides must have signed");
  ::redress::rules::CheckOutside("settlement.witness_unit", asked.witness_unit(),
                                 current.responsible_unit(), errors);
  if (asked.document().kind() != types::v1::EVIDENCE_KIND_DOCUMENT) {
    errors.Add("settlement.document.kind", "must be the signed document");
  }
  CheckUndertakings(asked, errors);
  ::redress::rules::CheckNoWaiver("settlement.terms", asked.terms(), errors);
  RETURN_IF_ERROR(errors.ToStatus());
  ASSIGN_OR_RETURN(auto change, ChangeClaim(current, request.claim()));
  if (change->claim->has_settlement() && !InForce(*change->claim)) {
    errors.NotBefore("settlement.signed_on", asked.signed_on(),
                     change->claim->settlement().withdrawn_on(),
                     "the withdrawal of the one before");
    RETURN_IF_ERROR(errors.ToStatus());
  }
  if (InForce(*change->claim) && !ReopenedSince(current, change->claim->settlement())) {
    return Refuse("SETTLEMENT_EXISTS", request.claim(),
                  "a settlement agreement is in force already");
  }
  v1::Settlement& added = *change->claim->mutable_settlement();
  added = asked;
  added.clear_withdrawn_on();
  added.clear_performed_on();
  *added.mutable_recorded_on() = DateOf(context.today);
  *added.mutable_signed_by() = context.actor;
  facts::v1::Fact fact = ClaimFact(context, *change->claim, asked.signed_on());
  facts::v1::SettlementSigned& detail = *fact.mutable_settlement_signed();
  detail.set_petitioner_signed(true);
  detail.set_unit_signed(true);
  detail.set_outside_witness(true);
  detail.set_undertakings(asked.undertakings_size());
  for (int i = 0; i < added.undertakings_size(); ++i) {
    v1::Undertaking& undertaking = *added.mutable_undertakings(i);
    undertaking.set_number(i + 1);
    undertaking.clear_performed_on();
    if (!detail.has_last_due() || DayOf(undertaking.due_on()) > DayOf(detail.last_due())) {
      *detail.mutable_last_due() = undertaking.due_on();
    }
  }
  added.set_fact_id(Publish(*change, std::move(fact)));
  return std::move(change->outcome);
}

absl::StatusOr<Outcome<v1::Case>> WithdrawSettlement(const v1::Case& current,
                                                     const v1::WithdrawSettlementRequest& request,
                                                     const Context& context) {
  ASSIGN_OR_RETURN(auto change, ChangeClaim(current, request.claim()));
  if (!InForce(*change->claim)) {
    return Refuse("NO_SETTLEMENT", request.claim(), "there is no settlement agreement in force");
  }
  v1::Settlement& settlement = *change->claim->mutable_settlement();
  FieldErrors errors;
  errors.NotBefore("withdrawn_on", request.withdrawn_on(), settlement.signed_on(), "the signing");
  // A signing that is recorded late takes none of the days away.
  absl::CivilDay start = DayOf(settlement.signed_on());
  if (IsSet(settlement.recorded_on())) start = std::max(start, DayOf(settlement.recorded_on()));
  if (DayOf(request.withdrawn_on()) - start > kWithdrawalDays) {
    errors.Add("withdrawn_on",
               "must be within seven days of the signing, or of its recording where that is later");
  }
  RETURN_IF_ERROR(errors.ToStatus());
  *settlement.mutable_withdrawn_on() = request.withdrawn_on();
  facts::v1::Fact fact = ClaimFact(context, *change->claim, request.withdrawn_on());
  fact.mutable_settlement_withdrawn();
  Publish(*change, std::move(fact));
  return std::move(change->outcome);
}

absl::StatusOr<Outcome<v1::Case>> PerformSettlement(const v1::Case& current,
                                                    const v1::PerformSettlementRequest& request,
                                                    const Context& context) {
  ASSIGN_OR_RETURN(auto change, ChangeClaim(current, request.claim()));
  if (!InForce(*change->claim)) {
    return Refuse("NO_SETTLEMENT", request.claim(), "there is no settlement agreement in force");
  }
  v1::Settlement& settlement = *change->claim->mutable_settlement();
  const google::type::Date anew = PerformAnewFrom(current, settlement.performed_on());
  if (IsSet(settlement.performed_on()) && !IsSet(anew)) {
    return Refuse("SETTLEMENT_PERFORMED", request.claim(), "its performance is recorded already");
  }
  FieldErrors errors;
  errors.NotBefore("performed_on", request.performed_on(), settlement.signed_on(), "the signing");
  errors.NotBefore("performed_on", request.performed_on(), anew, "the reopening");
  if (IsSet(settlement.performed_on())) {
    settlement.clear_performed_on();
    for (v1::Undertaking& undertaking : *settlement.mutable_undertakings()) {
      undertaking.clear_performed_on();
    }
  }
  const std::set<int> performed = Performed(settlement, request, errors);
  RETURN_IF_ERROR(errors.ToStatus());
  google::type::Date last = request.performed_on();
  bool all = true;
  for (v1::Undertaking& undertaking : *settlement.mutable_undertakings()) {
    if (performed.contains(undertaking.number())) {
      // Invariant 4: who signed the agreement does not pay.
      if (undertaking.kind() == v1::UNDERTAKING_KIND_PAYMENT &&
          ::redress::rules::SamePerson(settlement.signed_by(), context.actor)) {
        return Refuse("PAID_BY_SIGNER", request.claim(),
                      "whoever signed the agreement does not pay under it; have somebody else pay "
                      "and record it");
      }
      *undertaking.mutable_performed_on() = request.performed_on();
    }
    all &= IsSet(undertaking.performed_on());
    if (IsSet(undertaking.performed_on()) && DayOf(undertaking.performed_on()) > DayOf(last)) {
      last = undertaking.performed_on();
    }
  }
  if (!all) return std::move(change->outcome);
  *settlement.mutable_performed_on() = last;
  facts::v1::Fact fact = ClaimFact(context, *change->claim, last);
  fact.mutable_settlement_performed()->set_signing_fact(settlement.fact_id());
  Publish(*change, std::move(fact));
  return std::move(change->outcome);
}

}  // namespace redress::registry::rules
