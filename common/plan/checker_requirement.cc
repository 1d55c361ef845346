#include "common/plan/checker.h"
#include "common/plan/fact_kinds.h"
#include "common/plan/program.h"

namespace redress::plan::internal {
namespace {

// A cadence asks in each period for one fact: alternatives are well defined, combinations are not.
bool IsFactOrAlternatives(const v1::Test& test) {
  if (test.test_case() == v1::Test::kFact) return true;
  if (test.test_case() != v1::Test::kAny) return false;
  for (const v1::Test& child : test.any().tests()) {
    if (!IsFactOrAlternatives(child)) return false;
  }
  return true;
}

}  // namespace

void Checker::CheckClockName(const Place& at, const Message& message, const std::string& field,
                             const std::string& name) {
  if (name.empty()) return Missing(at, message, field, Say::kNoClockName);
  if (clocks_known_ && clocks_.count(name) == 0) {
    Wrong(at.Of(message, field), Say::kNoClock, {name});
  }
}

void Checker::CheckClock(const Place& at, v1::SubjectKind subject, const v1::Clock& clock) {
  CheckClockName(at, clock, "name", clock.name());
  if (!clock.has_from()) {
    Missing(at, clock, "from");
  } else {
    CheckAnchor(at.Of(clock, "from"), subject, clock.from(), false);
  }
  if (clock.has_paused_by() != clock.has_resumed_by()) {
    Wrong(at, Say::kPauseAndResume);
  }
  if (clock.has_paused_by()) CheckFactTest(at.Of(clock, "paused_by"), subject, clock.paused_by());
  if (clock.has_resumed_by()) {
    CheckFactTest(at.Of(clock, "resumed_by"), subject, clock.resumed_by());
  }
  if (clock.has_extended_by() != !clock.extension_field().empty()) {
    Wrong(at, Say::kExtensionField);
  } else if (clock.has_extended_by()) {
    CheckFactTest(at.Of(clock, "extended_by"), subject, clock.extended_by());
    const auto* field = CheckField(at, clock, "extension_field", clock.extended_by().kind(),
                                   clock.extension_field());
    if (field != nullptr && field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_INT32) {
      Wrong(at.Of(clock, "extension_field"), Say::kIsNoNumber, {field->name()});
    }
    for (const std::string& id : clocks_known_ ? clocks_ : std::set<std::string>()) {
      if (id != clock.name()) continue;
      bool extensible = false;
      for (const v1::RuleSet& set : rules_->sets()) {
        for (const v1::RuleClock& rule : set.clocks()) {
          extensible |= rule.name() == id && rule.max_extension_days() > 0;
        }
      }
      if (!extensible) {
        Wrong(at.Of(clock, "extended_by"), Say::kNotExtensible, {id});
      }
    }
  }
}

void Checker::CheckCadence(const Place& at, const v1::Requirement& requirement,
                           const v1::Cadence& cadence) {
  const v1::SubjectKind subject = requirement.subject();
  if (cadence.step() == v1::CADENCE_STEP_UNSPECIFIED) Missing(at, cadence, "step");
  if (cadence.step() == v1::CADENCE_STEP_DAYS) {
    if (cadence.days() < 1 || cadence.days() > 366) {
      Wrong(at.Of(cadence, "days"), Say::kCadenceDays);
    }
  } else if (cadence.days() != 0) {
    Wrong(at.Of(cadence, "days"), Say::kDaysWithoutStep);
  }
  const Day not_before =
      CheckDate(at, cadence, "not_before", cadence.has_not_before(), cadence.not_before(), false);
  const Day until = CheckDate(at, cadence, "until", cadence.has_until(), cadence.until(), false);
  if (not_before && until && *until < *not_before) {
    Wrong(at.Of(cadence, "until"), Say::kEndsBeforeStart);
  }
  if (cadence.has_stopped_by()) {
    CheckFactTest(at.Of(cadence, "stopped_by"), subject, cadence.stopped_by());
  } else if (!cadence.has_until()) {
    Wrong(at, Say::kCadenceEnd);
  }
  if (cadence.has_restarted_by()) {
    CheckFactTest(at.Of(cadence, "restarted_by"), subject, cadence.restarted_by());
    if (!cadence.has_stopped_by()) {
      Wrong(at.Of(cadence, "restarted_by"), Say::kRestartWithoutStop);
    }
  }
  if (cadence.has_suspended_by() != cadence.has_resumed_by()) {
    Wrong(at, Say::kSuspendAndResume);
  }
  if (cadence.has_suspended_by()) {
    CheckFactTest(at.Of(cadence, "suspended_by"), subject, cadence.suspended_by());
  }
  if (cadence.has_resumed_by()) {
    CheckFactTest(at.Of(cadence, "resumed_by"), subject, cadence.resumed_by());
  }
  if (requirement.has_satisfied() && !IsFactOrAlternatives(requirement.satisfied())) {
    Wrong(at, Say::kCadenceEvidence);
  }
  if (requirement.gates_closing()) {
    Wrong(at, Say::kCadenceGates);
  }
}

void Checker::CheckDue(const Place& at, const v1::Requirement& requirement, int index) {
  const v1::DueRule& due = requirement.due(index);
  const v1::SubjectKind subject = requirement.subject();
  const bool last = index + 1 == requirement.due_size();
  if (due.has_when()) CheckTest(at.Of(due, "when"), subject, due.when());
  if (last && due.has_when()) {
    Wrong(at.Of(due, "when"), Say::kWhenLast);
  } else if (!last && !due.has_when()) {
    Wrong(at, Say::kNoWhen);
  }
  switch (due.rule_case()) {
    case v1::DueRule::kFixed: {
      const Day day = CheckDate(at, due, "fixed", true, due.fixed(), true);
      if (day && starts_on_ && ends_on_ && (*day < *starts_on_ || *day > *ends_on_)) {
        Wrong(at.Of(due, "fixed"), Say::kOutsidePlan);
      }
      return;
    }
    case v1::DueRule::kAfter: {
      const Place place = at.Of(due, "after");
      if (!due.after().has_from()) {
        Missing(place, due.after(), "from");
      } else {
        CheckAnchor(place.Of(due.after(), "from"), subject, due.after().from(), false);
      }
      if (due.after().days() < 0 || due.after().days() > 3660) {
        Wrong(place.Of(due.after(), "days"), Say::kDays);
      }
      if (due.after().count() == v1::DAY_COUNT_UNSPECIFIED) Missing(place, due.after(), "count");
      return;
    }
    case v1::DueRule::kClock:
      return CheckClock(at.Of(due, "clock"), subject, due.clock());
    case v1::DueRule::kCadence:
      if (requirement.due_size() > 1) {
        Wrong(at.Of(due, "cadence"), Say::kCadenceAndOther);
      }
      return CheckCadence(at.Of(due, "cadence"), requirement, due.cadence());
    case v1::DueRule::kBefore:
      if (!due.before().date_field().empty()) {
        Wrong(at.Of(due, "before"), Say::kBeforeField);
      }
      return CheckAnchor(at.Of(due, "before"), subject, due.before(), false);
    case v1::DueRule::kOnField:
      return CheckAnchor(at.Of(due, "on_field"), subject, due.on_field(), true);
    case v1::DueRule::kScreeningRound:
      if (screening_rounds_.count(due.screening_round()) == 0) {
        Wrong(at.Of(due, "screening_round"), Say::kNoRound, {due.screening_round()});
      }
      return;
    default:
      Wrong(at, Say::kNoDueDay);
  }
}

void Checker::CheckRequirement(const Place& at, const v1::Requirement& requirement) {
  gating_ = requirement.gates_closing();
  CheckClause(at, requirement, requirement.clause());
  CheckText(at, requirement, "title", requirement.title());
  if (requirement.has_remedy()) CheckText(at, requirement, "remedy", requirement.remedy());
  if (requirement.subject() == v1::SUBJECT_KIND_UNSPECIFIED) Missing(at, requirement, "subject");
  if (requirement.bound() == v1::BOUND_ROLE_UNSPECIFIED) {
    Missing(at, requirement, "bound", Say::kNoBound);
  }
  if (!requirement.stage().empty() && stages_.count(requirement.stage()) == 0) {
    Wrong(at.Of(requirement, "stage"), Say::kNoStage, {requirement.stage()});
  }
  if (requirement.has_applies()) {
    CheckTest(at.Of(requirement, "applies"), requirement.subject(), requirement.applies());
  }
  switch (requirement.evidence_case()) {
    case v1::Requirement::kSatisfied:
      CheckTest(at.Of(requirement, "satisfied"), requirement.subject(), requirement.satisfied());
      break;
    case v1::Requirement::kSealed:
      if (requirement.sealed().record().empty()) {
        Missing(at.Of(requirement, "sealed"), requirement.sealed(), "record");
      }
      if (requirement.due_size() > 0 || requirement.gates_closing()) {
        Wrong(at.Of(requirement, "sealed"), Say::kSealedDue);
      }
      break;
    default:
      Missing(at, requirement, "satisfied", Say::kNoEvidence);
  }
  const bool in_case = requirement.subject() == v1::SUBJECT_KIND_CASE ||
                       requirement.subject() == v1::SUBJECT_KIND_CLAIM ||
                       requirement.subject() == v1::SUBJECT_KIND_ROUND;
  if (requirement.gates_closing() && !in_case) {
    Wrong(at.Of(requirement, "gates_closing"), Say::kGateOutsideCase);
  }
  for (int i = 0; i < requirement.due_size(); ++i) {
    CheckDue(at.Of(requirement, "due", i), requirement, i);
  }
  gating_ = false;
  CheckTwice(at, requirement, "due", requirement.due(),
             [](const v1::DueRule& due) { return due.ShortDebugString(); });
  CheckChoice(at, requirement);
  CheckPossible(at, requirement);
}

}  // namespace redress::plan::internal
