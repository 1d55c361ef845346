#include "absl/strings/str_cat.h"
#include "common/auth/permissions.h"
#include "common/fsm/fsm.h"
#include "common/fsm/print.h"
#include "services/assignment/rules.h"

namespace redress::assignment::rules {
namespace {

using ::redress::rules::Refuse;

constexpr fsm::Transition<State, Action> kMoves[] = {
    {State::kUnassigned, Action::kAssign, State::kHeld},
    {State::kHeld, Action::kSetTaskForce, State::kHeld},
    {State::kHeld, Action::kSetWorkPlan, State::kHeld},
    {State::kHeld, Action::kCompleteMeasure, State::kHeld},
    {State::kHeld, Action::kOffer, State::kOffered},
    // While a handover is open the holder keeps the part, and the work goes on.
    {State::kOffered, Action::kSetTaskForce, State::kOffered},
    {State::kOffered, Action::kSetWorkPlan, State::kOffered},
    {State::kOffered, Action::kCompleteMeasure, State::kOffered},
    {State::kOffered, Action::kAccept, State::kHeld},
    {State::kOffered, Action::kDecline, State::kHeld},
    {State::kOffered, Action::kWithdraw, State::kHeld},
};
constexpr fsm::Table kTable(State::kUnassigned, kMoves);
static_assert(kTable.Deterministic());
// There is no way back: a case that was assigned is never without its five-ones again (P3).
static_assert(!kTable.Allows(State::kHeld, Action::kAssign) &&
              !kTable.Allows(State::kOffered, Action::kAssign));

const fsm::Names<State>& StateNames() {
  static const auto* const names = new fsm::Names<State>(
      {{State::kUnassigned, "UNASSIGNED"}, {State::kHeld, "HELD"}, {State::kOffered, "OFFERED"}});
  return *names;
}

const fsm::Names<Action>& ActionNames() {
  static const auto* const names =
      new fsm::Names<Action>({{Action::kAssign, "assign"},
                              {Action::kSetTaskForce, "set_task_force"},
                              {Action::kSetWorkPlan, "set_work_plan"},
                              {Action::kCompleteMeasure, "complete_measure"},
                              {Action::kOffer, "offer"},
                              {Action::kAccept, "accept"},
                              {Action::kDecline, "decline"},
                              {Action::kWithdraw, "withdraw"}});
  return *names;
}

const char* PermissionOf(Action action) {
  switch (action) {
    case Action::kAssign:
      return "assignments.assign";
    case Action::kSetTaskForce:
      return "assignments.setTaskForce";
    case Action::kSetWorkPlan:
      return "assignments.setWorkPlan";
    case Action::kCompleteMeasure:
      return "assignments.completeMeasure";
    case Action::kOffer:
      return "handovers.offer";
    case Action::kAccept:
      return "handovers.accept";
    case Action::kDecline:
      return "handovers.decline";
    case Action::kWithdraw:
      return "handovers.withdraw";
  }
  return "";
}

}  // namespace

State StateOf(const v1::Assignment* current) {
  if (current == nullptr || current->lead().empty()) return State::kUnassigned;
  return current->has_open_handover() ? State::kOffered : State::kHeld;
}

absl::Status CheckAction(const v1::Assignment* current, Action action, const CaseView& of) {
  if (of.state == types::v1::CASE_STATE_CLOSED) {
    return Refuse("CASE_CLOSED", of.name, "the case is struck off; reopen it first");
  }
  if (of.state == types::v1::CASE_STATE_CLOSING && action == Action::kAssign) {
    return Refuse("CASE_CLOSING", of.name,
                  "its closure is proposed; have that approved or rejected first");
  }
  const State state = StateOf(current);
  if (kTable.Allows(state, action)) return absl::OkStatus();
  if (state == State::kUnassigned) return Refuse("NOT_ASSIGNED", of.name, "assign the case first");
  switch (action) {
    case Action::kAssign:
      return Refuse("ALREADY_ASSIGNED", of.name, "the case has its five-ones; use a handover");
    case Action::kOffer:
      return Refuse("HANDOVER_OPEN", of.name,
                    "a handover is open; it must be answered or withdrawn first");
    default:
      return Refuse("NO_OPEN_HANDOVER", of.name, "no handover is open");
  }
}

std::string StateTable() { return fsm::Text(kTable, StateNames(), ActionNames()); }

std::string RoleTable() {
  return fsm::Text(kTable, StateNames(), ActionNames(), fsm::ProtoNames<types::v1::Role>("ROLE_"),
                   [](types::v1::Role role, Action action) {
                     return auth::Permits(auth::RoleSet{role}, PermissionOf(action));
                   });
}

}  // namespace redress::assignment::rules
