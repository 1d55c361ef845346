#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/assignment/rules.h"

namespace redress::assignment::rules {
namespace {

using ::redress::rules::DayOf;
using ::redress::rules::FieldErrors;
using ::redress::rules::IsSet;
using ::redress::rules::NewFact;
using ::redress::rules::Refuse;
using ::redress::rules::SetKind;

facts::v1::Fact FactOf(const Context& context, const v1::Assignment& assignment,
                       const google::type::Date& on) {
  facts::v1::Fact fact = NewFact(context, assignment.name(), on);
  fact.set_unit(assignment.unit());
  return fact;
}

}  // namespace

absl::StatusOr<Outcome<v1::Assignment>> SetTaskForce(const v1::Assignment* current,
                                                     const v1::SetTaskForceRequest& request,
                                                     const CaseView& of, const Officials& officials,
                                                     const Context& context) {
  RETURN_IF_ERROR(CheckAction(current, Action::kSetTaskForce, of));
  const v1::TaskForce& asked = request.task_force();
  FieldErrors errors;
  errors.NotBefore("task_force.set_on", asked.set_on(), current->assigned_on(), "the assignment");
  errors.NotBefore("task_force.set_on", asked.set_on(), current->task_force().set_on(),
                   "the task force that it replaces");
  std::vector<status::Violation> barred;
  std::set<std::string> seen;
  for (int i = 0; i < asked.members_size(); ++i) {
    const std::string& name = asked.members(i).official();
    const std::string field = absl::StrCat("task_force.members[", i, "].official");
    if (!seen.insert(name).second) errors.Add(field, "is named twice");
    const auto it = officials.find(name);
    if (it == officials.end()) {
      errors.Add(field, "is not registered");
      continue;
    }
    if (!it->second.active()) errors.Add(field, "has left the office");
    if (of.Bars(name) || of.Bars(it->second.unit())) {
      barred.push_back({"ASSIGNEE", name, "may be given no part in this case; name somebody else"});
    }
  }
  RETURN_IF_ERROR(errors.ToStatus());
  if (!barred.empty()) return status::Unmet("ASSIGNEE_BARRED", "the part cannot be given", barred);

  Outcome<v1::Assignment> outcome;
  outcome.resource = *current;
  *outcome.resource.mutable_task_force() = asked;

  facts::v1::Fact fact = FactOf(context, *current, asked.set_on());
  facts::v1::TaskForceSet& detail = *fact.mutable_task_force_set();
  detail.set_members(asked.members_size());
  std::set<int> departments;
  for (const v1::TaskForceMember& member : asked.members()) departments.insert(member.department());
  departments.erase(types::v1::DEPARTMENT_UNSPECIFIED);
  for (int department : departments)
    detail.add_departments(static_cast<types::v1::Department>(department));
  SetKind(fact);
  outcome.facts.push_back(std::move(fact));
  return outcome;
}

absl::StatusOr<Outcome<v1::Assignment>> SetWorkPlan(const v1::Assignment* current,
                                                    const v1::SetWorkPlanRequest& request,
                                                    const CaseView& of, const Officials&,
                                                    const Context& context) {
  RETURN_IF_ERROR(CheckAction(current, Action::kSetWorkPlan, of));
  const v1::WorkPlan& asked = request.work_plan();
  FieldErrors errors;
  errors.NotBefore("work_plan.set_on", asked.set_on(), current->assigned_on(), "the assignment");
  errors.NotBefore("work_plan.set_on", asked.set_on(), current->work_plan().set_on(),
                   "the plan that it replaces");
  for (int i = 0; i < asked.measures_size(); ++i) {
    errors.NotBefore(absl::StrCat("work_plan.measures[", i, "].due_on"), asked.measures(i).due_on(),
                     asked.set_on(), "the day on which the plan is made");
  }
  RETURN_IF_ERROR(errors.ToStatus());

  Outcome<v1::Assignment> outcome;
  outcome.resource = *current;
  v1::WorkPlan& plan = *outcome.resource.mutable_work_plan();
  plan = asked;
  plan.set_revision(current->work_plan().revision() + 1);
  google::type::Date last_due;
  for (int i = 0; i < plan.measures_size(); ++i) {
    v1::PlannedMeasure& measure = *plan.mutable_measures(i);
    measure.set_number(i + 1);
    measure.clear_done_on();
    for (const v1::PlannedMeasure& earlier : current->work_plan().measures()) {
      if (earlier.description() == measure.description() && earlier.has_done_on()) {
        *measure.mutable_done_on() = earlier.done_on();
      }
    }
    if (!IsSet(last_due) || DayOf(measure.due_on()) > DayOf(last_due)) last_due = measure.due_on();
  }

  facts::v1::Fact fact = FactOf(context, *current, plan.set_on());
  facts::v1::WorkPlanSet& detail = *fact.mutable_work_plan_set();
  detail.set_measures(plan.measures_size());
  detail.set_goals(plan.goals_size());
  *detail.mutable_last_due() = last_due;
  SetKind(fact);
  outcome.facts.push_back(std::move(fact));
  return outcome;
}

absl::StatusOr<Outcome<v1::Assignment>> CompleteMeasure(const v1::Assignment* current,
                                                        const v1::CompleteMeasureRequest& request,
                                                        const CaseView& of, const Officials&,
                                                        const Context& context) {
  RETURN_IF_ERROR(CheckAction(current, Action::kCompleteMeasure, of));
  if (!current->has_work_plan()) return Refuse("NO_WORK_PLAN", of.name, "set the work plan first");
  Outcome<v1::Assignment> outcome;
  outcome.resource = *current;
  auto& measures = *outcome.resource.mutable_work_plan()->mutable_measures();
  const auto measure = std::find_if(
      measures.begin(), measures.end(),
      [&](const v1::PlannedMeasure& each) { return each.number() == request.measure(); });
  FieldErrors errors;
  if (measure == measures.end()) {
    errors.Add("measure", absl::StrCat("the plan has measures 1 to ", measures.size()));
  }
  // A plan that was revised since names the measures that were under way before.
  if (current->work_plan().revision() > 1) {
    errors.NotBefore("done_on", request.done_on(), current->assigned_on(), "the assignment");
  } else {
    errors.NotBefore("done_on", request.done_on(), current->work_plan().set_on(), "the work plan");
  }
  RETURN_IF_ERROR(errors.ToStatus());
  if (measure->has_done_on())
    return Refuse("MEASURE_DONE", of.name, "the measure is recorded as done already");
  *measure->mutable_done_on() = request.done_on();

  facts::v1::Fact fact = FactOf(context, *current, request.done_on());
  fact.mutable_measure_done()->set_measure(request.measure());
  SetKind(fact);
  outcome.facts.push_back(std::move(fact));
  return outcome;
}

}  // namespace redress::assignment::rules
