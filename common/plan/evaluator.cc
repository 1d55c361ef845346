#include "common/plan/evaluator.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/plan/engine.h"
#include "common/plan/program.h"
#include "common/plan/scratch.h"
#include "common/plan/view.h"
#include "common/status/macros.h"

namespace redress::plan {

using calendar::DayNumber;
using internal::Engine;
using internal::Program;
using internal::Scope;
using internal::Seen;
using internal::View;

namespace {

constexpr std::array<std::string_view, kFeeds> kFeedNames = {"registry", "assignment", "visits",
                                                             "assistance", "supervision"};

// The rule set in force on the day that the case was received; -1 where there is none.
int16_t RuleSetFor(const Program& program, const Seen& registered) {
  calendar::DayNumber day = registered.day;
  const auto& received = registered.fact->case_registered().received_on();
  if (received.year() > 0 && received.month() > 0 && received.day() > 0) {
    day = calendar::DayNumberOf(received.year(), received.month(), received.day());
  }
  for (size_t i = 0; i < program.rule_sets.size(); ++i) {
    if (program.rule_sets[i].from <= day && day <= program.rule_sets[i].until) {
      return static_cast<int16_t>(i);
    }
  }
  return -1;
}

// What was done, or was late, before the duties of a case ended stays so; whatever else was asked
// is asked no more.
bool StaysAfter(DayNumber ended, const Status& status) {
  switch (status.state) {
    case v1::REQUIREMENT_STATE_MET:
      return status.met_on != kNoDay && status.met_on <= ended;
    case v1::REQUIREMENT_STATE_MET_LATE:
      return status.is_cadence || (status.due != kNoDay && status.due < ended);
    case v1::REQUIREMENT_STATE_OVERDUE:
      return true;
    default:
      return status.is_cadence && status.cadence.met + status.cadence.missed_count > 0;
  }
}

// Ends a duty on the day on which the duties of its case did.
void EndDuty(DayNumber ended, Status* status) {
  if (!StaysAfter(ended, *status)) {
    const int16_t requirement = status->requirement;
    *status = Status();
    status->requirement = requirement;
    status->state = v1::REQUIREMENT_STATE_NOT_APPLICABLE;
    return;
  }
  if (!status->is_cadence) return;
  // The period that was running is not owed.
  CadencePeriods& periods = status->cadence;
  if (status->state == v1::REQUIREMENT_STATE_PENDING) {
    status->state =
        periods.missed_count == 0 ? v1::REQUIREMENT_STATE_MET : v1::REQUIREMENT_STATE_MET_LATE;
  }
  if (!periods.current_met) status->due = periods.current_first = periods.current_last = kNoDay;
}

}  // namespace

std::string_view FeedName(Feed feed) { return kFeedNames[static_cast<size_t>(feed)]; }

std::optional<Feed> FeedOf(std::string_view service) {
  for (size_t i = 0; i < kFeedNames.size(); ++i) {
    if (kFeedNames[i] == service) return static_cast<Feed>(i);
  }
  return std::nullopt;
}

absl::StatusOr<AsKnown> AsKnown::At(const std::map<std::string, int64_t>& limits) {
  AsKnown known;
  known.everything_ = false;
  for (const auto& [service, limit] : limits) {
    const std::optional<Feed> feed = FeedOf(service);
    if (!feed) return absl::InvalidArgumentError(absl::StrCat("no feed is named `", service, "`"));
    known.limit_[static_cast<size_t>(*feed)] = limit;
  }
  return known;
}

const v1::Requirement& Evaluation::RequirementOf(const Status& status) const {
  return plan->proto().requirements(status.requirement);
}

const Status* Evaluation::Find(std::string_view requirement, std::string_view subject) const {
  for (const Status& status : statuses) {
    if (RequirementOf(status).id() == requirement && SubjectName(status) == subject) return &status;
  }
  return nullptr;
}

std::string_view Evaluation::BoundOfficial(const Status& status) const {
  if (status.bound_fact < 0) return "";
  const facts::v1::Fact& fact = *facts[static_cast<size_t>(status.bound_fact)].fact;
  switch (fact.kind()) {
    case facts::v1::FACT_KIND_HANDOVER_ACCEPTED:
      return fact.handover_accepted().to_official();
    case facts::v1::FACT_KIND_ASSIGNED:
      return RequirementOf(status).bound() == v1::BOUND_ROLE_LEAD ? fact.assigned().lead()
                                                                  : fact.assigned().officer();
    default:
      return "";
  }
}

std::string_view Evaluation::BoundUnit(const Status& status) const {
  if (status.bound_fact < 0) return "";
  return facts[static_cast<size_t>(status.bound_fact)].fact->unit();
}

Evaluator::Evaluator(std::shared_ptr<const Plan> plan,
                     std::shared_ptr<const calendar::Calendar> calendar)
    : plan_(std::move(plan)),
      calendar_(std::move(calendar)),
      scratch_(std::make_unique<Scratch>(plan_->program(), *calendar_)) {}

Evaluator::~Evaluator() = default;

absl::Status Evaluator::Evaluate(FactView facts, absl::CivilDay as_of, const AsKnown& as_known,
                                 Evaluation* out) {
  const Program& program = plan_->program();
  Engine& engine = scratch_->engine;
  if (out->plan != plan_) out->plan = plan_;
  if (out->calendar != calendar_) out->calendar = calendar_;
  out->facts = facts;
  out->as_of = calendar::ToDayNumber(as_of);
  out->rule_set = -1;
  out->subjects.clear();
  out->statuses.clear();
  out->met.clear();
  out->missed.clear();
  out->seen.clear();
  out->next_change_at = kNoDay;
  View& view = engine.view();
  RETURN_IF_ERROR(view.Fill(facts, out->as_of, as_known));

  for (int32_t i = 0; i < view.size(); ++i) {
    const Seen& seen = view.At(i);
    out->seen.push_back({static_cast<int16_t>(seen.input), seen.late, seen.unconfirmed});
  }
  const Seen* registered = view.First(facts::v1::FACT_KIND_CASE_REGISTERED);
  const Seen* enrolled = view.First(facts::v1::FACT_KIND_UNIT_ENROLLED);
  if (registered != nullptr) {
    out->rule_set = RuleSetFor(program, *registered);
    if (out->rule_set < 0) {
      return absl::FailedPreconditionError(
          "none of the plan's rule sets was in force for the case");
    }
  }
  // Nothing is asked any more from the day on which the case was merged into another.
  DayNumber ended = kNoDay;
  for (const int16_t kind : program.duties_end_with) {
    const auto facts_of_kind = view.OfKind(kind);
    if (facts_of_kind.empty()) continue;
    const DayNumber day = view.At(facts_of_kind.front()).day;
    if (ended == kNoDay || day < ended) ended = day;
  }
  // What was registered by mistake never owed anything, whatever the plan says.
  const bool revoked = !view.OfKind(facts::v1::FACT_KIND_REGISTRATION_REVOKED).empty();
  engine.Start(ended == kNoDay ? out->as_of : ended, out->as_of, out->rule_set);

  const auto answer = [&](const Scope& scope, std::string_view name, DayNumber since) {
    const auto subject = static_cast<int16_t>(out->subjects.size());
    out->subjects.push_back({scope.kind, name});
    for (const int16_t requirement : program.by_subject[scope.kind]) {
      Status& status = out->statuses.emplace_back();
      if (revoked) {
        status.requirement = requirement;
        status.state = v1::REQUIREMENT_STATE_NOT_APPLICABLE;
      } else {
        engine.Answer(requirement, scope, since, &status, out);
        if (ended != kNoDay) EndDuty(ended, &status);
      }
      if (revoked || ended != kNoDay) status.next_change_at = view.next_known_day();
      status.subject = subject;
      const DayNumber next = status.next_change_at;
      if (next != kNoDay && (out->next_change_at == kNoDay || next < out->next_change_at)) {
        out->next_change_at = next;
      }
    }
  };
  // A subject exists from the fact on that registers it.
  const auto answer_each = [&](v1::SubjectKind kind, facts::v1::FactKind registering,
                               int16_t Seen::*index, const std::vector<std::string_view>& names) {
    int16_t previous = -1;
    for (const int16_t fact : view.OfKind(registering)) {
      const Seen& seen = view.At(fact);
      if (seen.*index < 0 || seen.*index == previous) continue;
      previous = seen.*index;
      answer({kind, previous}, names[static_cast<size_t>(previous)], seen.day);
    }
  };
  if (registered != nullptr) {
    answer({v1::SUBJECT_KIND_CASE, -1}, registered->fact->case_name(), registered->day);
    answer_each(v1::SUBJECT_KIND_CLAIM, facts::v1::FACT_KIND_CLAIM_REGISTERED, &Seen::claim,
                view.claims());
    answer_each(v1::SUBJECT_KIND_ROUND, facts::v1::FACT_KIND_ROUND_OPENED, &Seen::round,
                view.rounds());
  } else if (enrolled != nullptr) {
    answer({v1::SUBJECT_KIND_UNIT, -1}, enrolled->fact->unit(), enrolled->day);
    answer_each(v1::SUBJECT_KIND_FINDING, facts::v1::FACT_KIND_FINDING_OPENED, &Seen::finding,
                view.findings());
  } else if (const Seen* started = view.First(facts::v1::FACT_KIND_CAMPAIGN_STARTED)) {
    answer({v1::SUBJECT_KIND_CAMPAIGN, -1}, started->fact->campaign(), started->day);
  }
  if (out->statuses.empty()) out->next_change_at = view.next_known_day();
  return absl::OkStatus();
}

absl::StatusOr<Evaluation> Evaluate(std::shared_ptr<const Plan> plan,
                                    std::shared_ptr<const calendar::Calendar> calendar,
                                    FactView facts, absl::CivilDay as_of, const AsKnown& as_known) {
  Evaluation out;
  Evaluator evaluator(std::move(plan), std::move(calendar));
  RETURN_IF_ERROR(evaluator.Evaluate(facts, as_of, as_known, &out));
  return out;
}

}  // namespace redress::plan
