#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/assignment/rules.h"

namespace redress::assignment::rules {
namespace {

using ::redress::rules::DateOf;
using ::redress::rules::NewFact;
using ::redress::rules::Refuse;
using ::redress::rules::SetKind;

// Everything that stands in the way of giving somebody a part, each with its reason, so that a gate
// can list all at once.
class Obstacles {
 public:
  void Add(std::string_view reason, std::string_view type, std::string_view subject,
           std::string_view remedy) {
    reasons_.insert(std::string(reason));
    violations_.push_back({std::string(type), std::string(subject), std::string(remedy)});
  }
  void Add(const absl::Status& refusal) {
    if (refusal.ok()) return;
    reasons_.insert(status::ReasonOf(refusal));
    for (status::Violation& violation : status::ViolationsOf(refusal))
      violations_.push_back(std::move(violation));
  }
  absl::Status ToStatus() const {
    if (violations_.empty()) return absl::OkStatus();
    const std::string reason = reasons_.size() == 1 ? *reasons_.begin() : "CASE_NOT_ASSIGNABLE";
    return status::Unmet(reason, "the part cannot be given", violations_);
  }

 private:
  std::set<std::string> reasons_;
  std::vector<status::Violation> violations_;
};

// The official, where they may be given a part; otherwise null, and the obstacle is noted. That
// somebody is barred is said without saying why: whether there is an accusation is nobody's
// business here (invariant 6).
const v1::Official* Assignee(const Officials& officials, const std::string& name,
                             const CaseView& of, Obstacles& obstacles) {
  const auto it = officials.find(name);
  if (it == officials.end()) {
    obstacles.Add("ASSIGNEE_UNKNOWN", "ASSIGNEE", name, "name an official who is registered");
    return nullptr;
  }
  const v1::Official& official = it->second;
  if (!official.active()) {
    obstacles.Add("ASSIGNEE_INACTIVE", "ASSIGNEE", name,
                  "has left the office; name somebody who holds one");
  }
  if (of.Bars(name) || of.Bars(official.unit())) {
    obstacles.Add("ASSIGNEE_BARRED", "ASSIGNEE", name,
                  "may be given no part in this case; name somebody else");
  }
  return &official;
}

void CheckOfUnit(const v1::Official* officer, const std::string& unit, Obstacles& obstacles) {
  if (officer == nullptr || officer->unit() == unit) return;
  obstacles.Add("OFFICER_NOT_OF_UNIT", "ASSIGNEE", officer->name(),
                "the case officer must be of the responsible unit");
}

void CheckTwoPersons(const std::string& lead, const std::string& officer, Obstacles& obstacles) {
  if (lead != officer) return;
  obstacles.Add("SAME_PERSON", "ASSIGNEE", lead, "lead and case officer must be two persons");
}

bool IsPrincipal(const Officials& officials, const std::string& name) {
  const auto it = officials.find(name);
  return it != officials.end() && it->second.principal_leader();
}

facts::v1::Fact FactOf(const Context& context, const v1::Assignment& assignment,
                       const google::type::Date& on) {
  facts::v1::Fact fact = NewFact(context, assignment.name(), on);
  fact.set_unit(assignment.unit());
  return fact;
}

// Which part goes from whom to whom.
template <class Detail>
void SetParties(const v1::Handover& handover, Detail& detail) {
  detail.set_part(handover.part());
  detail.set_from_official(handover.from_official());
  detail.set_to_official(handover.to_official());
}

bool IsOffice(types::v1::Role role) {
  return role == types::v1::ROLE_OFFICE_CLERK || role == types::v1::ROLE_OFFICE_HEAD;
}

// The open handover, where the caller may answer it.
absl::StatusOr<v1::Handover> Answerable(const v1::Assignment* current, Action action,
                                        const CaseView& of, const Context& context) {
  RETURN_IF_ERROR(CheckAction(current, action, of));
  const v1::Handover& open = current->open_handover();
  const bool to_caller =
      !context.actor.official().empty() && context.actor.official() == open.to_official();
  const bool to_callers_unit = !open.to_unit().empty() && context.actor.unit() == open.to_unit();
  if (!to_caller && !to_callers_unit) {
    return Refuse("NOT_OFFERED_TO_YOU", of.name, "only whom it was offered to can answer");
  }
  return open;
}

// Moves the open handover to the past ones.
void End(v1::Assignment& assignment, v1::HandoverAnswer answer, std::string_view reason,
         const Context& context) {
  v1::Handover& past = *assignment.add_past_handovers();
  past = assignment.open_handover();
  past.set_answer(answer);
  past.set_answer_reason(std::string(reason));
  *past.mutable_answered_on() = DateOf(context.today);
  assignment.clear_open_handover();
}

}  // namespace

bool CaseView::Bars(std::string_view who) const {
  return !who.empty() && std::find(barred.begin(), barred.end(), who) != barred.end();
}

absl::StatusOr<Outcome<v1::Assignment>> AssignCase(const v1::Assignment* current,
                                                   const v1::Unit* unit,
                                                   const v1::AssignCaseRequest& request,
                                                   const CaseView& of, const Officials& officials,
                                                   const Context& context) {
  Obstacles obstacles;
  obstacles.Add(CheckAction(current, Action::kAssign, of));
  if (unit == nullptr) {
    obstacles.Add("ASSIGNEE_UNKNOWN", "ASSIGNEE", request.unit(), "name a unit that is registered");
  } else if (of.Bars(unit->name())) {
    obstacles.Add("ASSIGNEE_BARRED", "ASSIGNEE", unit->name(),
                  "may be given no part in this case; name another unit");
  }
  Assignee(officials, request.lead(), of, obstacles);
  CheckOfUnit(Assignee(officials, request.officer(), of, obstacles), request.unit(), obstacles);
  CheckTwoPersons(request.lead(), request.officer(), obstacles);
  RETURN_IF_ERROR(obstacles.ToStatus());

  Outcome<v1::Assignment> outcome;
  v1::Assignment& made = outcome.resource;
  made.set_name(absl::StrCat(of.name, "/assignment"));
  made.set_case_name(of.name);
  made.set_campaign(of.campaign);
  made.set_lead(request.lead());
  made.set_officer(request.officer());
  made.set_unit(request.unit());
  *made.mutable_assigned_on() = request.assigned_on();

  facts::v1::Fact fact = FactOf(context, made, request.assigned_on());
  facts::v1::Assigned& detail = *fact.mutable_assigned();
  detail.set_lead(made.lead());
  detail.set_officer(made.officer());
  detail.set_lead_is_principal(IsPrincipal(officials, made.lead()));
  SetKind(fact);
  outcome.facts.push_back(std::move(fact));
  return outcome;
}

absl::StatusOr<Outcome<v1::Assignment>> OfferHandover(const v1::Assignment* current,
                                                      const v1::OfferHandoverRequest& request,
                                                      const CaseView& of,
                                                      const Officials& officials,
                                                      const Context& context) {
  const bool lead = request.part() == types::v1::PART_LEAD;
  ::redress::rules::FieldErrors errors;
  if (!lead && request.part() != types::v1::PART_OFFICER) {
    errors.Add("part",
               "must be PART_LEAD or PART_OFFICER; a task force is changed by SetTaskForce");
  }
  if (!request.to_unit().empty() && request.part() != types::v1::PART_OFFICER) {
    errors.Add("to_unit",
               "goes with the officer's part: the case officer is of the responsible unit");
  }
  RETURN_IF_ERROR(errors.ToStatus());

  Obstacles obstacles;
  const absl::Status state = CheckAction(current, Action::kOffer, of);
  obstacles.Add(state);
  const v1::Official* next = Assignee(officials, request.to_official(), of, obstacles);
  if (of.Bars(request.to_unit())) {
    obstacles.Add("ASSIGNEE_BARRED", "ASSIGNEE", request.to_unit(),
                  "may be given no part in this case; name another unit");
  }
  if (current != nullptr) {
    const std::string& holder = lead ? current->lead() : current->officer();
    const std::string& other = lead ? current->officer() : current->lead();
    if (request.to_official() == holder) {
      obstacles.Add("HOLDS_PART", "ASSIGNEE", holder, "holds this part already");
    }
    CheckTwoPersons(request.to_official(), other, obstacles);
    if (!lead)
      CheckOfUnit(next, request.to_unit().empty() ? current->unit() : request.to_unit(), obstacles);
  }
  RETURN_IF_ERROR(obstacles.ToStatus());

  Outcome<v1::Assignment> outcome;
  outcome.resource = *current;
  v1::Handover& open = *outcome.resource.mutable_open_handover();
  open.set_part(request.part());
  open.set_from_official(lead ? current->lead() : current->officer());
  open.set_to_official(request.to_official());
  if (request.to_unit() != current->unit()) open.set_to_unit(request.to_unit());
  open.set_reason(request.reason());
  *open.mutable_offered_on() = DateOf(context.today);
  open.set_answer(v1::HANDOVER_ANSWER_OPEN);
  *open.mutable_offered_by() = context.actor;

  facts::v1::Fact fact = FactOf(context, *current, open.offered_on());
  SetParties(open, *fact.mutable_handover_offered());
  SetKind(fact);
  outcome.facts.push_back(std::move(fact));
  return outcome;
}

absl::StatusOr<Outcome<v1::Assignment>> AcceptHandover(const v1::Assignment* current,
                                                       const v1::AcceptHandoverRequest&,
                                                       const CaseView& of,
                                                       const Officials& officials,
                                                       const Context& context) {
  ASSIGN_OR_RETURN(const v1::Handover open, Answerable(current, Action::kAccept, of, context));
  const bool lead = open.part() == types::v1::PART_LEAD;
  const std::string unit = open.to_unit().empty() ? current->unit() : open.to_unit();
  // Whoever could be offered the part may have left or become barred since.
  Obstacles obstacles;
  const v1::Official* next = Assignee(officials, open.to_official(), of, obstacles);
  if (of.Bars(unit)) {
    obstacles.Add("ASSIGNEE_BARRED", "ASSIGNEE", unit, "may be given no part in this case");
  }
  CheckTwoPersons(open.to_official(), lead ? current->officer() : current->lead(), obstacles);
  if (!lead) CheckOfUnit(next, unit, obstacles);
  RETURN_IF_ERROR(obstacles.ToStatus());

  Outcome<v1::Assignment> outcome;
  v1::Assignment& after = outcome.resource;
  after = *current;
  End(after, v1::HANDOVER_ANSWER_ACCEPTED, "", context);
  // In one step: at no time is there nobody, and at no time are there two (P3).
  if (lead) {
    after.set_lead(open.to_official());
  } else {
    after.set_officer(open.to_official());
    after.set_unit(unit);
  }

  facts::v1::Fact fact = FactOf(context, after, DateOf(context.today));
  facts::v1::HandoverAccepted& detail = *fact.mutable_handover_accepted();
  SetParties(open, detail);
  detail.set_to_is_principal(IsPrincipal(officials, open.to_official()));
  SetKind(fact);
  outcome.facts.push_back(std::move(fact));
  return outcome;
}

absl::StatusOr<Outcome<v1::Assignment>> DeclineHandover(const v1::Assignment* current,
                                                        const v1::DeclineHandoverRequest& request,
                                                        const CaseView& of, const Officials&,
                                                        const Context& context) {
  ASSIGN_OR_RETURN(const v1::Handover open, Answerable(current, Action::kDecline, of, context));
  Outcome<v1::Assignment> outcome;
  outcome.resource = *current;
  End(outcome.resource, v1::HANDOVER_ANSWER_DECLINED, request.reason(), context);

  facts::v1::Fact fact = FactOf(context, *current, DateOf(context.today));
  SetParties(open, *fact.mutable_handover_declined());
  SetKind(fact);
  outcome.facts.push_back(std::move(fact));
  return outcome;
}

absl::StatusOr<Outcome<v1::Assignment>> WithdrawHandover(const v1::Assignment* current,
                                                         const v1::WithdrawHandoverRequest& request,
                                                         const CaseView& of, const Officials&,
                                                         const Context& context) {
  RETURN_IF_ERROR(CheckAction(current, Action::kWithdraw, of));
  const v1::Handover open = current->open_handover();
  const bool own =
      !context.actor.official().empty() && context.actor.official() == open.offered_by().official();
  if (!own && !IsOffice(context.actor.role())) {
    return Refuse("NOT_OFFERED_BY_YOU", of.name,
                  "only whoever offered it, or the petition office, can withdraw it");
  }
  Outcome<v1::Assignment> outcome;
  outcome.resource = *current;
  End(outcome.resource, v1::HANDOVER_ANSWER_WITHDRAWN, request.reason(), context);

  facts::v1::Fact fact = FactOf(context, *current, DateOf(context.today));
  SetParties(open, *fact.mutable_handover_withdrawn());
  SetKind(fact);
  outcome.facts.push_back(std::move(fact));
  return outcome;
}

}  // namespace redress::assignment::rules
