#include <algorithm>
#include <vector>

#include "common/plan/engine.h"

namespace redress::plan::internal {
namespace {

enum : uint8_t { kStop, kRestart, kSuspend, kResumeVisits, kBegin, kEnd };

// Something on which a cadence begins or ends to run. `fact` is -1 where that is a day on which the
// requirement begins or ends to apply.
struct Turn {
  DayNumber day;
  int16_t fact;
  uint8_t type;
};

struct Period {
  DayNumber first;
  DayNumber last;
};

// The period that a day lies in; for a cadence by days, counted from the day after `from`.
Period PeriodAt(const DueOp& due, DayNumber from, DayNumber day) {
  if (due.step == v1::CADENCE_STEP_DAYS) {
    const DayNumber first = from + 1 + std::max(0, (day - from - 1) / due.days) * due.days;
    return {first, first + due.days - 1};
  }
  const absl::CivilDay civil = calendar::FromDayNumber(day);
  const calendar::Span span =
      due.step == v1::CADENCE_STEP_MONTH ? calendar::MonthOf(civil) : calendar::HalfMonthOf(civil);
  return {calendar::ToDayNumber(span.first), calendar::ToDayNumber(span.last)};
}

DayNumber LongestPeriod(const DueOp& due) {
  switch (due.step) {
    case v1::CADENCE_STEP_DAYS:
      return due.days;
    case v1::CADENCE_STEP_MONTH:
      return 31;
    default:
      return 16;
  }
}

// A stretch of days in which the cadence runs, up to but without `to`.
struct Stretch {
  DayNumber from = 0;
  DayNumber to = 0;
  bool open = true;
  bool suspended = false;  // it ended because the petitioner did not want it
};

}  // namespace

void Engine::CollectMatches(int32_t index, std::vector<int16_t>* matches) const {
  const Node& node = program_.nodes[static_cast<size_t>(index)];
  if (node.type == NodeType::kAny) {
    for (int32_t i = node.children.begin; i < node.children.end; ++i) {
      CollectMatches(program_.children[static_cast<size_t>(i)], matches);
    }
    return;
  }
  const FactTestOp& test = program_.fact_tests[static_cast<size_t>(node.index)];
  for (const int16_t fact : view_.OfKind(test.kind)) {
    if (Matches(test, fact)) matches->push_back(fact);
  }
}

void Engine::ComputeCadence(const RequirementOp& requirement, const DueOp& due, Uses* uses,
                            Status* status, Evaluation* out) {
  CadencePeriods& periods = status->cadence;
  status->is_cadence = true;
  periods.met_begin = static_cast<int32_t>(out->met.size());
  periods.missed_begin = static_cast<int32_t>(out->missed.size());
  if (applied_.empty()) return;
  const DayNumber start = due.not_before == kNoDay
                              ? applied_.front().from
                              : std::max(applied_.front().from, due.not_before);
  matches_.clear();
  CollectMatches(requirement.satisfied, &matches_);
  std::sort(matches_.begin(), matches_.end());
  events_.clear();
  Collect(due.stopped_by, kStop);
  Collect(due.restarted_by, kRestart);
  Collect(due.suspended_by, kSuspend);
  Collect(due.cadence_resumed_by, kResumeVisits);
  SortEvents();
  std::vector<Turn> turns;
  for (const Event& event : events_) {
    // What ends the duty does so from the day on which it can be believed.
    const Seen& f = view_.At(event.fact);
    const bool ends = event.type == kStop || event.type == kSuspend;
    const DayNumber day = ends ? f.believed_from : f.day;
    // Before it was owed nothing could end it.
    if (day <= as_of_ && (!ends || day >= start)) turns.push_back({day, event.fact, event.type});
  }
  for (size_t i = 0; i < applied_.size(); ++i) {
    // Claims appraised to and fro would never owe a whole period: an interruption shorter than one
    // is none.
    const bool goes_on = i > 0 && applied_[i].from - applied_[i - 1].to < LongestPeriod(due);
    if (goes_on) {
      turns.pop_back();
    } else {
      turns.push_back({applied_[i].from, -1, kBegin});
    }
    turns.push_back({applied_[i].to, -1, kEnd});
  }
  if (turns.back().day == kOpen) turns.pop_back();
  std::stable_sort(turns.begin(), turns.end(),
                   [](const Turn& a, const Turn& b) { return a.day < b.day; });

  DayNumber last_missed = kNoDay;
  int16_t last_match = -1;
  // The first visit in a period, before all others one that can be believed.
  const auto match_in = [&](const Period& period) -> int16_t {
    int16_t late = -1;
    for (const int16_t fact : matches_) {
      const Seen& f = view_.At(fact);
      if (f.day < period.first || f.day > period.last) continue;
      if (!f.unconfirmed) return fact;
      if (late < 0) late = fact;
    }
    return late;
  };
  // Judges the periods of one stretch. `declined`: the fact that suspended it, or -1.
  const auto judge = [&](Stretch stretch, int16_t declined) {
    if (due.not_before != kNoDay) stretch.from = std::max(stretch.from, due.not_before);
    Period period = PeriodAt(due, stretch.from, stretch.from);
    if (period.first < stretch.from) period = PeriodAt(due, stretch.from, period.last + 1);
    while (period.last != kNoDay && (due.until == kNoDay || period.last <= due.until)) {
      const bool whole = stretch.open || period.last < stretch.to;
      if (!whole && !(stretch.suspended && period.first <= stretch.to)) break;
      const int16_t match = match_in(period);
      const bool met = match >= 0 || !whole;
      if (period.last < as_of_) {
        const calendar::Span span{calendar::FromDayNumber(period.first),
                                  calendar::FromDayNumber(period.last)};
        if (met) {
          const int16_t by = match >= 0 ? match : declined;
          MetPeriod& done = out->met.emplace_back();
          done.span = span;
          if (by >= 0) {
            const Seen& f = view_.At(by);
            done.fact = static_cast<int16_t>(f.input);
            done.recorded_late = f.late;
            done.unconfirmed = f.unconfirmed;
            status->recorded_late |= done.recorded_late;
            status->unconfirmed |= done.unconfirmed;
          }
          ++periods.met;
        } else {
          out->missed.push_back(span);
          ++periods.missed_count;
          last_missed = period.last;
        }
      } else {
        periods.current_first = period.first;
        periods.current_last = period.last;
        periods.current_met = met;
        last_match = match >= 0 ? match : met ? declined : -1;
        if (match >= 0) {
          status->recorded_late |= view_.At(match).late;
          status->unconfirmed |= view_.At(match).unconfirmed;
        }
        break;
      }
      period = PeriodAt(due, stretch.from, period.last + 1);
    }
  };

  Stretch stretch;
  bool running = false, applies = false, stopped = false;
  int16_t suspending = -1;
  for (const Turn& turn : turns) {
    if (turn.type == kBegin) applies = true;
    if (turn.type == kEnd) applies = false;
    if (turn.type == kStop) stopped = true;
    if (turn.type == kRestart) stopped = false;
    if (turn.type == kSuspend) suspending = turn.fact;
    if (turn.type == kResumeVisits) suspending = -1;
    const bool runs = applies && !stopped && suspending < 0;
    if (running && !runs) {
      stretch.to = turn.day;
      stretch.open = false;
      stretch.suspended = turn.type == kSuspend;
      judge(stretch, turn.fact);
    } else if (!running && runs) {
      stretch = Stretch();
      stretch.from = turn.day;
      periods.current_first = periods.current_last = kNoDay;
      periods.current_met = false;
    }
    running = runs;
  }
  if (running) judge(stretch, -1);
  periods.suspended = applies && !stopped && suspending >= 0;

  // What the answer rests on: the latest visit, and what suspended the cadence.
  if (last_match < 0 && !matches_.empty()) last_match = matches_.back();
  if (last_match >= 0) uses->Add(last_match);
  if (periods.suspended) uses->Add(suspending);

  // A missed period stays owed as a visit until there is one.
  const bool owes_visit =
      last_missed != kNoDay && (matches_.empty() || view_.At(matches_.back()).day <= last_missed);
  const bool has_current = running && periods.current_first != kNoDay;
  if (has_current || periods.current_first != kNoDay) Changes(periods.current_last + 1);
  if (has_current) {
    status->due = periods.current_last;
  } else if (!applies && periods.met == 0 && periods.missed_count == 0) {
    status->is_cadence = false;
    return;  // it never came to be owed
  }
  // The plan's last period went by, or the duty ceased to apply: what was missed stays owed.
  if (has_current ? periods.current_met : !owes_visit || stopped || suspending >= 0) {
    status->state = has_current || periods.missed_count == 0 ? v1::REQUIREMENT_STATE_MET
                                                             : v1::REQUIREMENT_STATE_MET_LATE;
    if (last_match >= 0) status->met_on = view_.At(last_match).day;
    if (periods.suspended) status->met_on = view_.At(suspending).day;
  } else if (owes_visit) {
    status->state = v1::REQUIREMENT_STATE_OVERDUE;
    status->overdue_since = last_missed + 1;
    // What is overdue was due at the end of the period that was missed, not of the one that runs.
    status->due = last_missed;
  } else {
    status->state = v1::REQUIREMENT_STATE_PENDING;
  }
}

}  // namespace redress::plan::internal
