#include "common/plan/engine.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace redress::plan::internal {

bool Engine::HoldAll(const Range& conditions, const Seen& f) const {
  for (int32_t i = conditions.begin; i < conditions.end; ++i) {
    if (!Holds(program_.conditions[static_cast<size_t>(i)], f.detail)) return false;
  }
  return true;
}

bool Engine::IsLatest(const FactTestOp& test, int16_t fact) const {
  const Seen& f = view_.At(fact);
  if (!HoldAll(test.among, f)) return false;
  for (const int16_t other : view_.OfKind(test.kind)) {
    if (other <= fact) continue;
    const Seen& g = view_.At(other);
    if (view_.Related(f, g) && InView(g) && HoldAll(test.among, g)) return false;
  }
  return true;
}

bool Engine::Matches(const FactTestOp& test, int16_t fact) const {
  const Seen& f = view_.At(fact);
  if (!InView(f)) return false;
  if (test.on_or_before != kNoDay && f.day > test.on_or_before) return false;
  if (test.on_or_after != kNoDay && f.day < test.on_or_after) return false;
  if (!HoldAll(test.where, f)) return false;
  if (test.latest && !IsLatest(test, fact)) return false;
  if (test.not_before != 0) {
    bool found = false;
    for (const int16_t other : view_.OfKind(test.not_before)) {
      const Seen& g = view_.At(other);
      found |= (g.registers || g.day <= f.day) && view_.Related(f, g) && InView(g);
    }
    if (!found) return false;
  }
  if (test.undone_by != 0) {
    for (const int16_t other : view_.OfKind(test.undone_by)) {
      if (other <= fact) continue;
      const Seen& g = view_.At(other);
      if (view_.Related(f, g) && InView(g)) return false;
    }
  }
  return true;
}

bool Engine::IsAnew(const Seen& f) const {
  if (reopening_ < 0) return true;
  const Seen& reopened = view_.At(reopening_);
  return f.day >= reopened.day && std::tie(f.recorded_seconds, f.recorded_nanos) >
                                      std::tie(reopened.recorded_seconds, reopened.recorded_nanos);
}

// A hearing recorded late is what somebody says of a day long past: a gate asks for the proof of
// its announcement and for minutes that the petitioner signed, both compared with the paper.
bool ProvesHearing(const View& view, const Seen& f) {
  if (!f.late) return true;
  if (f.unconfirmed) return false;
  if (f.kind != facts::v1::FACT_KIND_HEARING_HELD) return true;
  if (!f.fact->hearing_held().minutes_signed()) return false;
  const auto announced = view.OfKind(facts::v1::FACT_KIND_HEARING_ANNOUNCED);
  return std::any_of(announced.begin(), announced.end(), [&](int16_t index) {
    const Seen& g = view.At(index);
    return g.fact->record() == f.fact->record() && !g.unconfirmed;
  });
}

bool Engine::Proves(const Seen& f) const {
  switch (trust_) {
    case Trust::kConfirmed:
      return !f.unconfirmed;
    case Trust::kGate:
      if (anew_[static_cast<size_t>(f.kind)] && !IsAnew(f)) return false;
      return (f.kind != facts::v1::FACT_KIND_HEARING_HELD &&
              f.kind != facts::v1::FACT_KIND_HEARING_DECLINED) ||
             ProvesHearing(view_, f);
    default:
      return true;
  }
}

Result Engine::EvalFact(const FactTestOp& test, Uses* uses) const {
  int64_t needed = test.at_least;
  Result none;
  if (test.at_least_field != nullptr) {
    const Seen* source = nullptr;
    for (const int16_t fact : view_.OfKind(test.at_least_kind)) {
      const Seen& f = view_.At(fact);
      if (f.detail != nullptr && InView(f)) source = &f;
    }
    if (source == nullptr) return none;
    // Nothing is never enough: where none was planned, none was done either.
    needed = std::max<int64_t>(Number(*test.at_least_field, *source->detail), 1);
  }
  for (const int16_t fact : view_.OfKind(test.kind)) {
    if (!Proves(view_.At(fact)) || !Matches(test, fact)) continue;
    uses->Add(fact);
    if (--needed == 0) return {true, view_.At(fact).day};
  }
  return none;
}

int16_t Engine::FindAnchor(const AnchorOp& anchor) const {
  const FactTestOp& test = program_.fact_tests[static_cast<size_t>(anchor.fact_test)];
  int16_t found = -1;
  for (const int16_t fact : view_.OfKind(test.kind)) {
    if (!Proves(view_.At(fact)) || !Matches(test, fact)) continue;
    found = fact;
    if (!anchor.from_latest) break;
  }
  return found;
}

DayNumber Engine::AnchorDay(const AnchorOp& anchor, int16_t fact) const {
  const Seen& f = view_.At(fact);
  if (anchor.date_field == nullptr || f.detail == nullptr) return f.day;
  const auto& date = static_cast<const google::type::Date&>(
      f.detail->GetReflection()->GetMessage(*f.detail, anchor.date_field));
  // A date that was never given is no date to count from; the day of the event is.
  if (date.year() < 1 || date.year() > 9999 || date.month() < 1 || date.month() > 12 ||
      date.day() < 1)
    return f.day;
  return calendar::DayNumberOf(date.year(), date.month(), date.day());
}

LastDay Engine::Roll(LastDay counted, v1::DayCount count) const {
  if (count == v1::DAY_COUNT_CALENDAR || counted.provisional()) return counted;
  return calendar_.RollForward(counted.day);
}

LastDay Engine::Add(DayNumber base, int32_t days, v1::DayCount count) const {
  if (count != v1::DAY_COUNT_WORKING) return {std::min(base + days, kEndOfTime), 0};
  return calendar_.AddWorkingDays(base, days);
}

void Engine::Changes(DayNumber day) {
  if (day > as_of_ && day <= kEndOfTime && (next_ == kNoDay || day < next_)) next_ = day;
}

void Engine::Await(const LastDay& last) {
  Changes(last.latest() + 1);
  const DayNumber day = last.day >= as_of_ ? last.day + 1 : last.latest() + 1;
  if (window_.not_before == kNoDay || day < window_.not_before) window_.not_before = day;
  if (window_.missing_year == 0) window_.missing_year = last.missing_year;
}

const ClockOp* Engine::ClockOf(int16_t name) const {
  if (rule_set_ < 0) return nullptr;
  const ClockOp& clock =
      program_.rule_sets[static_cast<size_t>(rule_set_)].clocks[static_cast<size_t>(name)];
  return clock.index < 0 ? nullptr : &clock;
}

Result Engine::EvalLapse(const LapseOp& lapse, Uses* uses) {
  const int16_t anchor = FindAnchor(lapse.from);
  if (anchor < 0) return {};
  int32_t days = lapse.days;
  v1::DayCount count = lapse.count;
  if (lapse.clock >= 0) {
    const ClockOp* clock = ClockOf(lapse.clock);
    if (clock == nullptr) return {};
    days = clock->days;
    count = clock->count;
  }
  // Every window protects somebody who can act in it only once there is a record to learn it from:
  // what was recorded later than it happened opens it on the day of the recording.
  const DayNumber base = std::max(AnchorDay(lapse.from, anchor), view_.At(anchor).KnownDay());
  const LastDay last = Roll(Add(base, days, count), count);
  // Asking is about the claim, in whichever round it is recorded.
  const DayNumber from = view_.At(anchor).day;
  for (const int16_t other : view_.OfKind(lapse.unless)) {
    const Seen& g = view_.At(other);
    if (g.day >= from && g.day <= last.latest() && InView(g)) return {};
  }
  if (last.latest() >= as_of_) {
    Await(last);
    return {};
  }
  uses->Add(anchor);
  return {true, last.latest() + 1};
}

Result Engine::Eval(int32_t index, Uses* uses) {
  const Node& node = program_.nodes[static_cast<size_t>(index)];
  switch (node.type) {
    case NodeType::kFact:
      return EvalFact(program_.fact_tests[static_cast<size_t>(node.index)], uses);
    case NodeType::kAbsent: {
      // What must not be there is there however late it was recorded.
      const Trust trust = std::exchange(trust_, Trust::kAll);
      Uses unused;
      const Result r = EvalFact(program_.fact_tests[static_cast<size_t>(node.index)], &unused);
      trust_ = trust;
      return {!r.holds, kNoDay};
    }
    case NodeType::kLapse:
      return EvalLapse(program_.lapses[static_cast<size_t>(node.index)], uses);
    case NodeType::kAll: {
      Result all{true, kNoDay};
      for (int32_t i = node.children.begin; i < node.children.end; ++i) {
        const Result r = Eval(program_.children[static_cast<size_t>(i)], uses);
        all.holds &= r.holds;
        all.since = std::max(all.since, r.since);
      }
      return all;
    }
    case NodeType::kAny: {
      // The alternative that held first is the one that the answer rests on.
      Result best;
      Uses best_uses = *uses;
      for (int32_t i = node.children.begin; i < node.children.end; ++i) {
        Uses tried = *uses;
        const Result r = Eval(program_.children[static_cast<size_t>(i)], &tried);
        if (r.holds && (!best.holds || r.since < best.since)) {
          best = r;
          best_uses = tried;
        }
      }
      *uses = best_uses;
      return best;
    }
  }
  return {};
}

bool Engine::Proven(const EvidenceOp& item, const Scope& scope, Uses* uses, Window* window) {
  scope_ = scope;
  window_ = Window();
  Uses unused;
  const bool applies = item.applies < 0 || Eval(item.applies, &unused).holds;
  trust_ = Trust::kGate;
  const bool proven = !applies || Eval(item.satisfied, uses).holds;
  trust_ = Trust::kAll;
  *window = window_;
  return proven;
}

bool Engine::HoldsForGate(int16_t index, const Scope& scope) {
  const RequirementOp& requirement = program_.requirements[static_cast<size_t>(index)];
  scope_ = scope;
  trust_ = Trust::kGate;
  Uses unused;
  const bool holds = Eval(requirement.satisfied, &unused).holds;
  trust_ = Trust::kAll;
  return holds;
}

void Engine::FindBound(const RequirementOp& requirement, Status* status) const {
  using facts::v1::FACT_KIND_ASSIGNED;
  using facts::v1::FACT_KIND_HANDOVER_ACCEPTED;
  if (scope_.kind == v1::SUBJECT_KIND_UNIT || scope_.kind == v1::SUBJECT_KIND_FINDING) {
    const auto enrolled = view_.OfKind(facts::v1::FACT_KIND_UNIT_ENROLLED);
    const bool binds_unit = requirement.bound == v1::BOUND_ROLE_RESPONSIBLE_UNIT ||
                            requirement.bound == v1::BOUND_ROLE_COMMITTEE ||
                            requirement.bound == v1::BOUND_ROLE_OFFICE;
    if (binds_unit && !enrolled.empty()) status->bound_fact = enrolled.back();
    return;
  }
  types::v1::Part part;
  if (requirement.bound == v1::BOUND_ROLE_LEAD) {
    part = types::v1::PART_LEAD;
  } else if (requirement.bound == v1::BOUND_ROLE_RESPONSIBLE_UNIT) {
    part = types::v1::PART_OFFICER;
  } else {
    return;
  }
  // Whoever held the part on the day it was due; before anybody held it, the first who did.
  const DayNumber day = status->due == kNoDay ? as_of_ : std::min(status->due, as_of_);
  int16_t first = -1, held = -1;
  const auto consider = [&](int16_t fact) {
    if (first < 0 || fact < first) first = fact;
    if (view_.At(fact).believed_from <= day && fact > held) held = fact;
  };
  for (const int16_t fact : view_.OfKind(FACT_KIND_ASSIGNED)) consider(fact);
  for (const int16_t fact : view_.OfKind(FACT_KIND_HANDOVER_ACCEPTED)) {
    if (view_.At(fact).fact->handover_accepted().part() == part) consider(fact);
  }
  status->bound_fact = held >= 0 ? held : first;
}

void Engine::Finish(const Uses& uses, Status* status) const {
  status->facts_used = static_cast<uint8_t>(std::min(uses.count, Status::kMostFacts));
  for (size_t i = 0; i < status->facts_used; ++i) {
    status->facts[i] = static_cast<int16_t>(view_.At(uses.facts[i]).input);
  }
  if (status->bound_fact >= 0) {
    status->bound_fact = static_cast<int16_t>(view_.At(status->bound_fact).input);
  }
  const DayNumber known = view_.next_known_day();
  status->next_change_at = next_;
  if (known != kNoDay && (next_ == kNoDay || known < next_)) status->next_change_at = known;
}

// Nobody can record what would fulfil it, so nobody is late with it. A cadence that ended without
// anything recorded is not met either.
void StayPending(Status* status) {
  const bool done = status->is_cadence ? status->cadence.met > 0 || status->cadence.current_met
                                       : status->state == v1::REQUIREMENT_STATE_MET ||
                                             status->state == v1::REQUIREMENT_STATE_MET_LATE;
  if (done) return;
  status->state = v1::REQUIREMENT_STATE_PENDING;
  status->overdue_since = kNoDay;
  status->cadence.missed_count = 0;
}

// What is certain whatever a missing year says has its verdict; all else waits for that year.
void Engine::Judge(const Result& satisfied, bool can_hold, Status* status) {
  const LastDay last{status->due, status->arithmetic.missing_year};
  const bool has_due = status->due != kNoDay;
  const bool past = has_due && last.latest() < as_of_;
  bool certain = past;
  const bool may_change = satisfied.holds ? last.provisional() : can_hold || last.provisional();
  if (has_due && !past && may_change) Changes(last.latest() + 1);
  if (satisfied.holds) {
    status->met_on = satisfied.since;
    const bool late = has_due && satisfied.since > last.latest();
    status->state = late ? v1::REQUIREMENT_STATE_MET_LATE : v1::REQUIREMENT_STATE_MET;
    certain = past && (late || satisfied.since <= last.day);
  } else if (past && can_hold) {
    status->state = v1::REQUIREMENT_STATE_OVERDUE;
    status->overdue_since = last.latest() + 1;
  } else {
    status->state = v1::REQUIREMENT_STATE_PENDING;
  }
  if (last.provisional() && !certain) {
    status->calendar_missing = static_cast<int16_t>(last.missing_year);
  }
}

const DueOp* Engine::ChooseDue(const RequirementOp& requirement, Arithmetic* arithmetic) {
  for (int32_t i = requirement.due.begin; i < requirement.due.end; ++i) {
    const DueOp& candidate = program_.dues[static_cast<size_t>(i)];
    Uses unused;
    if (candidate.when >= 0 && !Eval(candidate.when, &unused).holds) continue;
    arithmetic->due_rule = static_cast<int16_t>(i - requirement.due.begin);
    return &candidate;
  }
  return nullptr;
}

void Engine::Answer(int16_t index, const Scope& scope, DayNumber registered, Status* status,
                    Evaluation* out) {
  const RequirementOp& requirement = program_.requirements[static_cast<size_t>(index)];
  scope_ = scope;
  next_ = kNoDay;
  *status = Status();
  status->requirement = index;
  status->state = v1::REQUIREMENT_STATE_NOT_APPLICABLE;
  Uses uses;
  if (requirement.sealed) return Finish(uses, status);
  Result applies{true, registered};
  if (requirement.applies >= 0) {
    Uses unused;
    applies = Eval(requirement.applies, &unused);
  }
  const DueOp* due = ChooseDue(requirement, &status->arithmetic);
  if (due != nullptr && due->type == v1::DueRule::kCadence) {
    CollectApplied(requirement, registered);
    ComputeCadence(requirement, *due, &uses, status, out);
    if (status->state == v1::REQUIREMENT_STATE_NOT_APPLICABLE) return Finish(uses, status);
    if (!requirement.can_hold) StayPending(status);
    FindBound(requirement, status);
    return Finish(uses, status);
  }
  Uses due_uses;
  if (applies.holds) {
    if (due != nullptr && due->type == v1::DueRule::kClock && ClockOf(due->clock) == nullptr) {
      return Finish(uses, status);
    }
    if (due != nullptr) ComputeDue(*due, &due_uses, status);
  } else if (FellDue(requirement, registered, &due_uses, status) == nullptr) {
    return Finish(uses, status);
  }
  window_ = Window();
  Result satisfied = Eval(requirement.satisfied, &uses);
  status->window_missing = static_cast<int16_t>(window_.missing_year);
  // What only asks that something did not happen holds since the duty began.
  if (satisfied.holds && satisfied.since == kNoDay) {
    satisfied.since = std::max(applies.since, registered);
  }
  Judge(satisfied, requirement.can_hold, status);
  MarkRecords(requirement, &uses, status);
  if (satisfied.holds && view_.has_late()) status->not_for_gates = !HoldsForGate(index, scope);
  for (int i = 0; i < due_uses.count; ++i) uses.Add(due_uses.facts[static_cast<size_t>(i)]);
  for (int i = 0; i < uses.count; ++i) {
    status->recorded_late |= view_.At(uses.facts[static_cast<size_t>(i)]).late;
  }
  FindBound(requirement, status);
  Finish(uses, status);
}

// What was done in time by a record made late waits for somebody else of the office, unless other
// records show it too: then the answer rests on those.
void Engine::MarkRecords(const RequirementOp& requirement, Uses* uses, Status* status) {
  if (status->state != v1::REQUIREMENT_STATE_MET || !view_.has_unconfirmed()) return;
  bool rests_on_unconfirmed = false;
  for (int i = 0; i < uses->count; ++i) {
    rests_on_unconfirmed |= view_.At(uses->facts[static_cast<size_t>(i)]).unconfirmed;
  }
  if (!rests_on_unconfirmed) return;
  trust_ = Trust::kConfirmed;
  Uses sure_uses;
  const Result sure = Eval(requirement.satisfied, &sure_uses);
  trust_ = Trust::kAll;
  const LastDay last{status->due, status->arithmetic.missing_year};
  if (!sure.holds || (status->due != kNoDay && sure.since > last.latest())) {
    status->unconfirmed = true;
    return;
  }
  *uses = sure_uses;
  if (sure.since != kNoDay) status->met_on = sure.since;
}

}  // namespace redress::plan::internal
