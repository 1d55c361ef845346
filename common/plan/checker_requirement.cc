#include "absl/strings/str_cat.h"
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
  if (name.empty()) return Missing(at, message, field, "the name of the clock is missing");
  if (clocks_known_ && clocks_.count(name) == 0) {
    Wrong(at.Of(message, field),
          absl::StrCat("none of the plan's rule sets has a clock `", name, "`"));
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
    Wrong(at, "`paused_by` and `resumed_by` go together");
  }
  if (clock.has_paused_by()) CheckFactTest(at.Of(clock, "paused_by"), subject, clock.paused_by());
  if (clock.has_resumed_by()) {
    CheckFactTest(at.Of(clock, "resumed_by"), subject, clock.resumed_by());
  }
  if (clock.has_extended_by() != !clock.extension_field().empty()) {
    Wrong(at, "`extended_by` and `extension_field` go together");
  } else if (clock.has_extended_by()) {
    CheckFactTest(at.Of(clock, "extended_by"), subject, clock.extended_by());
    const auto* field = CheckField(at, clock, "extension_field", clock.extended_by().kind(),
                                   clock.extension_field());
    if (field != nullptr && field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_INT32) {
      Wrong(at.Of(clock, "extension_field"), absl::StrCat("`", field->name(), "` is no number"));
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
        Wrong(at.Of(clock, "extended_by"),
              absl::StrCat("no rule set lets the clock `", id, "` be extended"));
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
      Wrong(at.Of(cadence, "days"), "`days` is from 1 to 366");
    }
  } else if (cadence.days() != 0) {
    Wrong(at.Of(cadence, "days"), "`days` belongs to CADENCE_STEP_DAYS");
  }
  const Day not_before =
      CheckDate(at, cadence, "not_before", cadence.has_not_before(), cadence.not_before(), false);
  const Day until = CheckDate(at, cadence, "until", cadence.has_until(), cadence.until(), false);
  if (not_before && until && *until < *not_before) {
    Wrong(at.Of(cadence, "until"), "it ends before it starts");
  }
  if (cadence.has_stopped_by()) {
    CheckFactTest(at.Of(cadence, "stopped_by"), subject, cadence.stopped_by());
  } else if (!cadence.has_until()) {
    Wrong(at, "a cadence needs an end (`stopped_by` or `until`)");
  }
  if (cadence.has_restarted_by()) {
    CheckFactTest(at.Of(cadence, "restarted_by"), subject, cadence.restarted_by());
    if (!cadence.has_stopped_by()) {
      Wrong(at.Of(cadence, "restarted_by"), "`restarted_by` needs `stopped_by`");
    }
  }
  if (cadence.has_suspended_by() != cadence.has_resumed_by()) {
    Wrong(at, "`suspended_by` and `resumed_by` go together");
  }
  if (cadence.has_suspended_by()) {
    CheckFactTest(at.Of(cadence, "suspended_by"), subject, cadence.suspended_by());
  }
  if (cadence.has_resumed_by()) {
    CheckFactTest(at.Of(cadence, "resumed_by"), subject, cadence.resumed_by());
  }
  if (requirement.has_satisfied() && !IsFactOrAlternatives(requirement.satisfied())) {
    Wrong(at, "what fulfils a cadence is one fact, or `any` of several");
  }
  if (requirement.gates_closing()) {
    Wrong(at, "a cadence runs until the case is closed, so it cannot gate closing");
  }
}

void Checker::CheckDue(const Place& at, const v1::Requirement& requirement, int index) {
  const v1::DueRule& due = requirement.due(index);
  const v1::SubjectKind subject = requirement.subject();
  const bool last = index + 1 == requirement.due_size();
  if (due.has_when()) CheckTest(at.Of(due, "when"), subject, due.when());
  if (last && due.has_when()) {
    Wrong(at.Of(due, "when"), "the last due rule holds for all others, so it has no `when`");
  } else if (!last && !due.has_when()) {
    Wrong(at, "this due rule always holds, so those after it contradict it; give it a `when`");
  }
  switch (due.rule_case()) {
    case v1::DueRule::kFixed: {
      const Day day = CheckDate(at, due, "fixed", true, due.fixed(), true);
      if (day && starts_on_ && ends_on_ && (*day < *starts_on_ || *day > *ends_on_)) {
        Wrong(at.Of(due, "fixed"), "the day is not within the plan's");
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
        Wrong(place.Of(due.after(), "days"), "`days` is from 0 to 3660");
      }
      if (due.after().count() == v1::DAY_COUNT_UNSPECIFIED) Missing(place, due.after(), "count");
      return;
    }
    case v1::DueRule::kClock:
      return CheckClock(at.Of(due, "clock"), subject, due.clock());
    case v1::DueRule::kCadence:
      if (requirement.due_size() > 1) {
        Wrong(at.Of(due, "cadence"), "a cadence and another due rule contradict each other");
      }
      return CheckCadence(at.Of(due, "cadence"), requirement, due.cadence());
    case v1::DueRule::kBefore:
      if (!due.before().date_field().empty()) {
        Wrong(at.Of(due, "before"), "`before` is about the day of the fact itself");
      }
      return CheckAnchor(at.Of(due, "before"), subject, due.before(), false);
    case v1::DueRule::kOnField:
      return CheckAnchor(at.Of(due, "on_field"), subject, due.on_field(), true);
    case v1::DueRule::kScreeningRound:
      if (screening_rounds_.count(due.screening_round()) == 0) {
        Wrong(at.Of(due, "screening_round"),
              absl::StrCat("there is no screening round `", due.screening_round(), "`"));
      }
      return;
    default:
      Wrong(at,
            "the due rule says no day (`fixed`, `after`, `clock`, `cadence`, `before`, "
            "`on_field` or `screening_round`)");
  }
}

void Checker::CheckRequirement(const Place& at, const v1::Requirement& requirement) {
  gating_ = requirement.gates_closing();
  CheckClause(at, requirement, requirement.clause());
  CheckText(at, requirement, "title", requirement.title());
  if (requirement.has_remedy()) CheckText(at, requirement, "remedy", requirement.remedy());
  if (requirement.subject() == v1::SUBJECT_KIND_UNSPECIFIED) Missing(at, requirement, "subject");
  if (requirement.bound() == v1::BOUND_ROLE_UNSPECIFIED) {
    Missing(at, requirement, "bound", "whom it binds is missing (`bound`)");
  }
  if (!requirement.stage().empty() && stages_.count(requirement.stage()) == 0) {
    Wrong(at.Of(requirement, "stage"),
          absl::StrCat("there is no stage `", requirement.stage(), "`"));
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
        Wrong(at.Of(requirement, "sealed"),
              "nothing is known about a sealed record, so it is neither due nor a gate");
      }
      break;
    default:
      Missing(at, requirement, "satisfied",
              "what fulfils it is missing (`satisfied`, or `sealed` for a sealed record)");
  }
  const bool in_case = requirement.subject() == v1::SUBJECT_KIND_CASE ||
                       requirement.subject() == v1::SUBJECT_KIND_CLAIM ||
                       requirement.subject() == v1::SUBJECT_KIND_ROUND;
  if (requirement.gates_closing() && !in_case) {
    Wrong(at.Of(requirement, "gates_closing"), "only a duty in a case can gate closing it");
  }
  for (int i = 0; i < requirement.due_size(); ++i) {
    CheckDue(at.Of(requirement, "due", i), requirement, i);
  }
  gating_ = false;
}

}  // namespace redress::plan::internal
