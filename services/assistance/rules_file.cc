#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/rules/record_checks.h"
#include "common/rules/waiver.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/validate/validate.h"
#include "services/assistance/rules.h"
#include "services/assistance/tables.h"

namespace redress::assistance::rules {
namespace {

using internal::FileAction;
using internal::Next;
using internal::With;
using ::redress::rules::DayOf;
using ::redress::rules::FieldErrors;
using ::redress::rules::NewFact;
using ::redress::rules::Refuse;

bool IsBlank(const std::string& text) { return !validate::HasVisibleText(text); }

int CountIn(const v1::AssistanceFile& file, v1::MeasureState state) {
  return static_cast<int>(
      std::count_if(file.measures().begin(), file.measures().end(),
                    [state](const auto& measure) { return measure.state() == state; }));
}

void CheckMeasures(const v1::AssistancePlan& plan, FieldErrors& errors) {
  for (int i = 0; i < plan.measures_size(); ++i) {
    const v1::NewMeasure& measure = plan.measures(i);
    const std::string at = absl::StrCat("plan.measures[", i, "].");
    if (measure.amount_fen() != 0 && IsBlank(measure.funding_source())) {
      errors.Add(at + "funding_source", "must be set where an amount is");
    }
    if (IsBlank(measure.policy_basis())) errors.Add(at + "policy_basis", "must not be blank");
    ::redress::rules::CheckNoWaiver(at + "policy_basis", measure.policy_basis(), errors);
    ::redress::rules::CheckNoWaiver(at + "funding_source", measure.funding_source(), errors);
    ::redress::rules::CheckNoWaiver(at + "description", measure.description(), errors);
    errors.NotBefore(at + "due_on", measure.due_on(), plan.planned_on(), "the plan");
  }
}

facts::v1::AssistancePlanned Describe(const v1::AssistanceFile& file) {
  const v1::AssistancePlan& plan = file.plan();
  facts::v1::AssistancePlanned planned;
  planned.set_agreed_with_person(plan.agreed_with_person());
  planned.set_near_term_considered(!IsBlank(plan.near_term()));
  planned.set_long_term_considered(!IsBlank(plan.long_term()));
  planned.set_legal_aid_offered(plan.legal_aid_offered());
  // What was done under an earlier plan counts on: "all measures done" compares with all that were.
  planned.set_measures(plan.measures_size() + CountIn(file, v1::MEASURE_STATE_DONE));
  for (const v1::NewMeasure& measure : plan.measures()) {
    if (!planned.has_last_due() || DayOf(measure.due_on()) > DayOf(planned.last_due())) {
      *planned.mutable_last_due() = measure.due_on();
    }
    const auto& named = planned.departments();
    if (std::find(named.begin(), named.end(), measure.department()) == named.end()) {
      planned.add_departments(measure.department());
    }
  }
  return planned;
}

// Everything that assistance ends after.
void CheckEndDate(const v1::AssistanceFile& file, const google::type::Date& ended_on,
                  FieldErrors& errors) {
  errors.NotBefore("ended_on", ended_on, file.opened_on(), "the opening of the file");
  if (file.has_plan()) errors.NotBefore("ended_on", ended_on, file.plan().planned_on(), "the plan");
  google::type::Date last;
  const auto see = [&last](const google::type::Date& day) {
    if (!::redress::rules::IsSet(day)) return;
    if (!::redress::rules::IsSet(last) || DayOf(day) > DayOf(last)) last = day;
  };
  for (const v1::AssistanceMeasure& measure : file.measures()) {
    see(measure.settled_on());
    for (const v1::Payment& payment : measure.payments()) see(payment.paid_on());
  }
  errors.NotBefore("ended_on", ended_on, last, "the last that was done or paid");
}

absl::Status CheckGoalsReached(const v1::AssistanceFile& file) {
  std::vector<status::Violation> open;
  for (const v1::AssistanceMeasure& measure : file.measures()) {
    if (measure.state() != v1::MEASURE_STATE_PLANNED) continue;
    open.push_back({"STATE", measure.name(), "record it as done or failed first"});
  }
  // Of a file that was opened again, what was done before its earlier end reached that end's goals.
  const bool any = std::any_of(file.measures().begin(), file.measures().end(),
                               [&](const v1::AssistanceMeasure& measure) {
                                 return measure.state() == v1::MEASURE_STATE_DONE &&
                                        DayOf(measure.settled_on()) >= DayOf(file.opened_on());
                               });
  if (open.empty() && !any) {
    open.push_back({"STATE", file.name(), "no measure was done; give the reason that applies"});
  }
  if (open.empty()) return absl::OkStatus();
  return status::Unmet("GOALS_NOT_REACHED", "what was planned is not done", open);
}

}  // namespace

absl::StatusOr<Outcome<v1::AssistanceFile>> OpenFile(const CaseView& of,
                                                     const v1::AssistanceFile* current,
                                                     const v1::OpenAssistanceFileRequest& request,
                                                     const Context& context) {
  v1::AssistanceFile file;
  if (current != nullptr) {
    ASSIGN_OR_RETURN(const v1::AssistanceState next, Next(*current, FileAction::kOpen));
    FieldErrors errors;
    errors.NotBefore("opened_on", request.opened_on(), current->ended_on(),
                     "the day on which assistance ended");
    RETURN_IF_ERROR(errors.ToStatus());
    file = *current;
    file.set_state(next);
    file.clear_ended_on();
    file.clear_end_reason();
    file.clear_decline();
  } else {
    file.set_name(FileName(of.name));
    file.set_case_name(of.name);
    file.set_campaign(of.campaign);
    file.set_state(internal::kFiles.initial());
  }
  *file.mutable_opened_on() = request.opened_on();
  facts::v1::Fact fact = NewFact(context, file.name(), request.opened_on());
  fact.mutable_assistance_file_opened();
  return With(std::move(file), std::move(fact));
}

absl::StatusOr<Outcome<v1::AssistanceFile>> Plan(const v1::AssistanceFile& current,
                                                 const v1::PlanAssistanceRequest& request,
                                                 const Context& context) {
  const v1::AssistancePlan& asked = request.plan();
  FieldErrors errors;
  if (IsBlank(asked.near_term())) errors.Add("plan.near_term", "must not be blank");
  if (IsBlank(asked.long_term())) errors.Add("plan.long_term", "must not be blank");
  // Invariant 4: no text of a plan ties help to dropping a petition.
  ::redress::rules::CheckNoWaiver("plan.near_term", asked.near_term(), errors);
  ::redress::rules::CheckNoWaiver("plan.long_term", asked.long_term(), errors);
  CheckMeasures(asked, errors);
  errors.NotBefore("plan.planned_on", asked.planned_on(), current.opened_on(),
                   "the opening of the file");
  if (current.has_plan()) {
    errors.NotBefore("plan.planned_on", asked.planned_on(), current.plan().planned_on(),
                     "the plan before");
  }
  RETURN_IF_ERROR(errors.ToStatus());
  ASSIGN_OR_RETURN(const v1::AssistanceState next, Next(current, FileAction::kPlan));
  if (!asked.agreed_with_person()) {
    return Refuse("PLAN_NOT_AGREED", current.name(),
                  "work the plan out with the person, and record it once they agree (三(六))");
  }

  v1::AssistanceFile file = current;
  file.set_state(next);
  internal::SupersedeOpen(file, asked.planned_on());
  *file.mutable_plan() = asked;
  file.mutable_plan()->set_revision(current.plan().revision() + 1);
  *file.mutable_plan()->mutable_planned_by() = context.actor;
  facts::v1::Fact fact = NewFact(context, file.name(), asked.planned_on());
  *fact.mutable_assistance_planned() = Describe(file);
  for (const v1::NewMeasure& planned : asked.measures()) {
    v1::AssistanceMeasure& measure = *file.add_measures();
    measure.set_name(absl::StrCat(file.name(), "/measures/", file.measures_size()));
    *measure.mutable_measure() = planned;
    measure.set_state(internal::kMeasures.initial());
    *measure.mutable_planned_on() = asked.planned_on();
  }
  return With(std::move(file), std::move(fact));
}

absl::StatusOr<Outcome<v1::AssistanceFile>> End(const CaseView& of,
                                                const v1::AssistanceFile& current,
                                                const v1::EndAssistanceRequest& request,
                                                const Context& context) {
  FieldErrors errors;
  CheckEndDate(current, request.ended_on(), errors);
  if (request.reason() == v1::END_REASON_PERSON_DECLINED) {
    ::redress::rules::CheckDecline(request.decline(), of.responsible_unit, "decline", errors);
  } else if (request.has_decline()) {
    errors.Add("decline", "is for PERSON_DECLINED");
  }
  RETURN_IF_ERROR(errors.ToStatus());
  ASSIGN_OR_RETURN(const v1::AssistanceState next, Next(current, FileAction::kEnd));
  if (request.reason() == v1::END_REASON_GOALS_REACHED) {
    RETURN_IF_ERROR(CheckGoalsReached(current));
  }
  v1::AssistanceFile file = current;
  file.set_state(next);
  internal::SupersedeOpen(file, request.ended_on());
  *file.mutable_ended_on() = request.ended_on();
  file.set_end_reason(request.reason());
  if (request.has_decline()) *file.mutable_decline() = request.decline();
  facts::v1::Fact fact = NewFact(context, file.name(), request.ended_on());
  fact.mutable_assistance_ended();
  return With(std::move(file), std::move(fact));
}

}  // namespace redress::assistance::rules
