#include <set>

#include "absl/strings/str_cat.h"
#include "common/rules/person.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/registry/rules.h"

namespace redress::registry::rules {
namespace {

using ::redress::rules::DateOf;
using ::redress::rules::DayOf;
using ::redress::rules::In;
using ::redress::rules::IsSet;
using ::redress::rules::NewFact;
using ::redress::rules::Refuse;
using ::redress::rules::SetKind;

constexpr std::string_view kNotClosable = "the case cannot be closed: duties are not met";

}  // namespace

absl::Status RefuseUnmet(const Context& context, std::string_view reason, std::string_view message,
                         const std::vector<plan::v1::UnmetDuty>& unmet) {
  if (unmet.empty()) return absl::OkStatus();
  std::vector<status::Violation> violations;
  violations.reserve(unmet.size());
  for (const plan::v1::UnmetDuty& duty : unmet) {
    violations.push_back(
        {"DUTY", duty.subject(),
         absl::StrCat(In(context, duty.title()), " — ", In(context, duty.remedy())), duty.id(),
         duty.clause()});
  }
  return status::Unmet(reason, message, violations);
}

absl::Status CheckStandards(const v1::Case& current, const v1::ProposeClosureRequest& request) {
  ::redress::rules::FieldErrors errors;
  constexpr std::string_view kLawful =
      "closes no claim: each claim is answered by a standard of its own";
  if (request.standard() == types::v1::CLOSING_STANDARD_LAWFUL) errors.Add("standard", kLawful);
  std::set<std::string> known;
  for (const v1::Claim& claim : current.claims()) known.insert(claim.name());
  std::set<std::string> named;
  for (int i = 0; i < request.claim_standards_size(); ++i) {
    const v1::ClaimStandard& one = request.claim_standards(i);
    const std::string at = absl::StrCat("claim_standards[", i, "].");
    if (!known.contains(one.claim())) {
      errors.Add(at + "claim", "is no claim of this case");
    } else if (!named.insert(one.claim()).second) {
      errors.Add(at + "claim", "is named twice");
    }
    if (one.standard() == types::v1::CLOSING_STANDARD_LAWFUL) errors.Add(at + "standard", kLawful);
  }
  return errors.ToStatus();
}

v1::Closure ClosureOf(const v1::ProposeClosureRequest& request) {
  v1::Closure closure;
  closure.set_standard(request.standard());
  *closure.mutable_claim_standards() = request.claim_standards();
  return closure;
}

absl::StatusOr<Outcome<v1::Case>> ProposeClosure(const v1::Case& current,
                                                 const v1::ProposeClosureRequest& request,
                                                 const plan::v1::ClosingEvaluation& gate,
                                                 const Context& context) {
  RETURN_IF_ERROR(CheckStandards(current, request));
  RETURN_IF_ERROR(CheckCaseAction(current, CaseAction::kPropose));
  RETURN_IF_ERROR(RefuseUnmet(context, "CASE_NOT_CLOSABLE", kNotClosable,
                              {gate.unmet().begin(), gate.unmet().end()}));
  Outcome<v1::Case> outcome{current, {}};
  v1::Case& file = outcome.resource;
  file.set_state(types::v1::CASE_STATE_CLOSING);
  v1::Closure& closure = *file.mutable_closure();
  closure = ClosureOf(request);
  *closure.mutable_proposed_by() = context.actor;
  *closure.mutable_proposed_on() = DateOf(context.today);
  facts::v1::Fact fact = NewFact(context, file.name(), closure.proposed_on());
  fact.mutable_closure_proposed()->set_standard(request.standard());
  SetKind(fact);
  closure.set_proposal_fact(fact.fact_id());
  outcome.facts.push_back(std::move(fact));
  return outcome;
}

std::vector<plan::v1::UnmetDuty> UnmetForClosing(const v1::Case& current,
                                                 const plan::v1::ClosingEvaluation& gate,
                                                 const types::v1::Actor& actor) {
  std::vector<plan::v1::UnmetDuty> unmet(gate.unmet().begin(), gate.unmet().end());
  if (::redress::rules::SamePerson(current.closure().proposed_by(), actor)) {
    plan::v1::UnmetDuty duty;
    duty.set_id("P17.four_eyes");
    duty.set_clause("四(二)2(4)");
    duty.set_subject(current.name());
    duty.mutable_title()->set_zh("结案审批须由提请人以外的人员作出");
    duty.mutable_title()->set_en("the closer is not the approver");
    duty.mutable_remedy()->set_zh("请另一名负责人审批");
    duty.mutable_remedy()->set_en("have somebody else approve it");
    unmet.push_back(std::move(duty));
  }
  return unmet;
}

absl::StatusOr<Outcome<v1::Case>> CloseCase(const v1::Case& current,
                                            const plan::v1::ClosingEvaluation& gate,
                                            const Context& context) {
  RETURN_IF_ERROR(CheckCaseAction(current, CaseAction::kApprove));
  RETURN_IF_ERROR(RefuseUnmet(context, "CASE_NOT_CLOSABLE", kNotClosable,
                              UnmetForClosing(current, gate, context.actor)));
  Outcome<v1::Case> outcome{current, {}};
  v1::Case& file = outcome.resource;
  file.set_state(types::v1::CASE_STATE_CLOSED);
  file.clear_entry_criterion();
  v1::Closure& closure = *file.mutable_closure();
  *closure.mutable_approved_by() = context.actor;
  *closure.mutable_closed_on() = DateOf(context.today);
  *closure.mutable_basis() = gate.basis();
  facts::v1::Fact fact = NewFact(context, file.name(), closure.closed_on());
  facts::v1::CaseClosed& detail = *fact.mutable_case_closed();
  detail.set_standard(closure.standard());
  *detail.mutable_proposed_by() = closure.proposed_by();
  *detail.mutable_basis() = gate.basis();
  SetKind(fact);
  outcome.facts.push_back(std::move(fact));
  return outcome;
}

google::type::Date PerformAnewFrom(const v1::Case& of, const google::type::Date& performed_on) {
  if (of.past_closures().empty() || of.state() != types::v1::CASE_STATE_OPEN) return {};
  const v1::Closure& last = of.past_closures(of.past_closures_size() - 1);
  if (last.reopen_reason() != facts::v1::REOPEN_REASON_NOT_PERFORMED) return {};
  if (IsSet(performed_on) && DayOf(performed_on) > DayOf(last.reopened_on())) return {};
  return last.reopened_on();
}

absl::StatusOr<Outcome<v1::Case>> ConfirmRecord(const v1::Case& current,
                                                const v1::ConfirmRecordRequest& request,
                                                const LateRecord& record, const Context& context) {
  if (!record.known) return status::NotFound("record");
  if (!record.late) {
    return Refuse("RECORD_NOT_LATE", request.fact_id(),
                  "the record was made in time; nothing is to be confirmed");
  }
  if (record.confirmed) {
    return Refuse("RECORD_CONFIRMED", request.fact_id(), "the record is confirmed already");
  }
  if (::redress::rules::SamePerson(record.recorded_by, context.actor)) {
    return Refuse("RECORDED_BY_CALLER", request.fact_id(),
                  "have somebody else of the office, or the superior office, compare it with the"
                  " paper");
  }
  Outcome<v1::Case> outcome{current, {}};
  facts::v1::Fact fact = NewFact(context, current.name(), DateOf(context.today));
  fact.mutable_record_confirmed()->set_confirmed_fact(request.fact_id());
  SetKind(fact);
  outcome.facts.push_back(std::move(fact));
  return outcome;
}

absl::StatusOr<Outcome<v1::Case>> RejectClosure(const v1::Case& current, const Context& context) {
  RETURN_IF_ERROR(CheckCaseAction(current, CaseAction::kReject));
  Outcome<v1::Case> outcome{current, {}};
  outcome.resource.set_state(types::v1::CASE_STATE_OPEN);
  outcome.resource.clear_closure();
  // The proposal is taken back, so that whoever follows the facts sees an open case again.
  facts::v1::Fact fact = NewFact(context, current.name(), DateOf(context.today));
  fact.set_kind(facts::v1::FACT_KIND_CLOSURE_PROPOSED);
  fact.set_retracts(current.closure().proposal_fact());
  outcome.facts.push_back(std::move(fact));
  return outcome;
}

absl::StatusOr<Outcome<v1::Case>> ReopenCase(const v1::Case& current,
                                             const v1::ReopenCaseRequest& request,
                                             const Context& context) {
  RETURN_IF_ERROR(CheckCaseAction(current, CaseAction::kReopen));
  Outcome<v1::Case> outcome{current, {}};
  v1::Case& file = outcome.resource;
  v1::Closure& past = *file.add_past_closures();
  past = current.closure();
  past.set_reopen_reason(request.reason());
  *past.mutable_reopened_on() = DateOf(context.today);
  file.clear_closure();
  file.set_state(types::v1::CASE_STATE_OPEN);
  facts::v1::Fact fact = NewFact(context, file.name(), past.reopened_on());
  fact.mutable_case_reopened()->set_reason(request.reason());
  SetKind(fact);
  outcome.facts.push_back(std::move(fact));
  return outcome;
}

}  // namespace redress::registry::rules
