#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/validate/validate.h"
#include "services/assistance/rules.h"
#include "services/assistance/tables.h"

namespace redress::assistance::rules {
namespace {

using internal::FileAction;
using internal::MeasureAction;
using internal::Next;
using internal::With;
using ::redress::rules::FieldErrors;
using ::redress::rules::NewFact;
using ::redress::rules::Refuse;

absl::StatusOr<v1::AssistanceMeasure*> Find(v1::AssistanceFile& file, const std::string& name) {
  for (v1::AssistanceMeasure& measure : *file.mutable_measures()) {
    if (measure.name() == name) return &measure;
  }
  return status::NotFound("measure");
}

// The payment against its measure and against all payments of the file.
absl::Status CheckPayment(const v1::AssistanceFile& file, const v1::AssistanceMeasure& measure,
                          const v1::Payment& asked) {
  FieldErrors errors;
  errors.NotBefore("payment.paid_on", asked.paid_on(), measure.planned_on(), "the measure's plan");
  if (asked.policy_basis() != measure.measure().policy_basis()) {
    errors.Add("payment.policy_basis", "must be the policy that the measure rests on");
  }
  // A measure without an amount is refused below, and has no fund to compare with.
  if (measure.measure().amount_fen() != 0 &&
      asked.funding_source() != measure.measure().funding_source()) {
    errors.Add("payment.funding_source", "must be the fund that the measure is paid from");
  }
  for (const v1::AssistanceMeasure& other : file.measures()) {
    for (const v1::Payment& payment : other.payments()) {
      if (payment.voucher() == asked.voucher()) {
        errors.Add("payment.voucher", "was recorded already");
      }
    }
  }
  return errors.ToStatus();
}

}  // namespace

absl::StatusOr<Outcome<v1::AssistanceFile>> CompleteMeasure(
    const v1::AssistanceFile& current, const v1::CompleteAssistanceMeasureRequest& request,
    const Context& context) {
  v1::AssistanceFile file = current;
  ASSIGN_OR_RETURN(v1::AssistanceMeasure * measure, Find(file, request.measure()));
  FieldErrors errors;
  errors.NotBefore("done_on", request.done_on(), measure->planned_on(), "the measure's plan");
  RETURN_IF_ERROR(errors.ToStatus());
  ASSIGN_OR_RETURN(const v1::AssistanceState next_file, Next(file, FileAction::kComplete));
  ASSIGN_OR_RETURN(const v1::MeasureState next, Next(*measure, MeasureAction::kComplete));
  file.set_state(next_file);
  measure->set_state(next);
  *measure->mutable_settled_on() = request.done_on();
  facts::v1::Fact fact = NewFact(context, measure->name(), request.done_on());
  fact.mutable_assistance_measure_done()->set_measure(measure->name());
  return With(std::move(file), std::move(fact));
}

absl::StatusOr<Outcome<v1::AssistanceFile>> FailMeasure(
    const v1::AssistanceFile& current, const v1::FailAssistanceMeasureRequest& request,
    const Context& context) {
  v1::AssistanceFile file = current;
  ASSIGN_OR_RETURN(v1::AssistanceMeasure * measure, Find(file, request.measure()));
  FieldErrors errors;
  errors.NotBefore("failed_on", request.failed_on(), measure->planned_on(), "the measure's plan");
  if (!validate::HasVisibleText(request.reason())) {
    errors.Add("reason", "must not be blank");
  }
  RETURN_IF_ERROR(errors.ToStatus());
  ASSIGN_OR_RETURN(const v1::AssistanceState next_file, Next(file, FileAction::kFail));
  ASSIGN_OR_RETURN(const v1::MeasureState next, Next(*measure, MeasureAction::kFail));
  file.set_state(next_file);
  measure->set_state(next);
  measure->set_failure_reason(request.reason());
  *measure->mutable_settled_on() = request.failed_on();
  facts::v1::Fact fact = NewFact(context, measure->name(), request.failed_on());
  fact.mutable_assistance_measure_failed()->set_measure(measure->name());
  return With(std::move(file), std::move(fact));
}

absl::StatusOr<Outcome<v1::AssistanceFile>> RecordPayment(const v1::AssistanceFile& current,
                                                          const v1::RecordPaymentRequest& request,
                                                          const Context& context) {
  const v1::Payment& asked = request.payment();
  v1::AssistanceFile file = current;
  ASSIGN_OR_RETURN(v1::AssistanceMeasure * measure, Find(file, request.measure()));
  RETURN_IF_ERROR(CheckPayment(file, *measure, asked));
  ASSIGN_OR_RETURN(const v1::AssistanceState next_file, Next(file, FileAction::kPay));
  ASSIGN_OR_RETURN(const v1::MeasureState next, Next(*measure, MeasureAction::kPay));
  if (measure->measure().amount_fen() == 0) {
    return Refuse("PAYMENT_NOT_PLANNED", measure->name(),
                  "the measure has no amount; plan one, with its fund and policy, first");
  }
  // The amounts are personal: the refusal does not tell them.
  int64_t left = measure->measure().amount_fen();
  for (const v1::Payment& payment : measure->payments()) left -= payment.amount_fen();
  if (asked.amount_fen() > left) {
    return Refuse("PAYMENT_EXCEEDS_MEASURE", measure->name(),
                  "more would be paid than the measure has; plan it anew first");
  }
  file.set_state(next_file);
  measure->set_state(next);
  v1::Payment& payment = *measure->add_payments();
  payment = asked;
  *payment.mutable_recorded_by() = context.actor;
  facts::v1::Fact fact = NewFact(context, measure->name(), asked.paid_on());
  fact.mutable_payment_made()->set_measure(measure->name());
  return With(std::move(file), std::move(fact));
}

}  // namespace redress::assistance::rules
