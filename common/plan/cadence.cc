#include <algorithm>

#include "common/plan/engine.h"

namespace redress::plan::internal {
namespace {

enum : uint8_t { kStop, kRestart, kSuspend, kResumeVisits };

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

void Engine::ComputeCadence(const RequirementOp& requirement, const DueOp& due, DayNumber start,
                            Uses* uses, Status* status, Evaluation* out) {
  CadencePeriods& periods = status->cadence;
  status->is_cadence = true;
  periods.met_begin = static_cast<int32_t>(out->met.size());
  periods.missed_begin = static_cast<int32_t>(out->missed.size());
  if (due.not_before != kNoDay) start = std::max(start, due.not_before);
  matches_.clear();
  CollectMatches(requirement.satisfied, &matches_);
  std::sort(matches_.begin(), matches_.end());
  events_.clear();
  Collect(due.stopped_by, kStop);
  Collect(due.restarted_by, kRestart);
  Collect(due.suspended_by, kSuspend);
  Collect(due.cadence_resumed_by, kResumeVisits);
  SortEvents();

  DayNumber last_missed = kNoDay;
  int16_t last_match = -1;
  const auto match_in = [&](const Period& period) -> int16_t {
    for (const int16_t fact : matches_) {
      const DayNumber day = view_.At(fact).day;
      if (day >= period.first && day <= period.last) return fact;
    }
    return -1;
  };
  // Judges the periods of one stretch. `declined`: the fact that suspended it, or -1.
  const auto judge = [&](const Stretch& stretch, int16_t declined) {
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
          out->met.push_back({span, static_cast<int16_t>(by < 0 ? -1 : view_.At(by).input)});
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
        break;
      }
      period = PeriodAt(due, stretch.from, period.last + 1);
    }
  };

  Stretch stretch;
  stretch.from = start;
  bool running = true, stopped = false;
  int16_t suspending = -1;
  for (const Event& event : events_) {
    const DayNumber day = view_.At(event.fact).day;
    if (event.type == kStop || event.type == kSuspend) {
      if (running && day >= stretch.from) {
        stretch.to = day;
        stretch.open = false;
        stretch.suspended = event.type == kSuspend;
        judge(stretch, event.fact);
        running = false;
      }
      if (event.type == kSuspend && day >= start) suspending = event.fact;
      if (event.type == kStop) stopped = true;
    } else {
      if (event.type == kResumeVisits) suspending = -1;
      if (event.type == kRestart) stopped = false;
      if (!running && !stopped && suspending < 0) {
        running = true;
        stretch = Stretch();
        stretch.from = std::max(day, start);
        periods.current_first = periods.current_last = kNoDay;
        periods.current_met = false;
      }
    }
  }
  if (running) judge(stretch, -1);
  periods.suspended = !stopped && suspending >= 0;

  // What the answer rests on: the latest visit, and what suspended the cadence.
  if (last_match < 0 && !matches_.empty()) last_match = matches_.back();
  if (last_match >= 0) uses->Add(last_match);
  if (periods.suspended) uses->Add(suspending);

  // A missed period stays owed as a visit until there is one.
  const bool seen_since =
      !matches_.empty() && last_missed != kNoDay && view_.At(matches_.back()).day > last_missed;
  const bool has_current = running && periods.current_first != kNoDay;
  if (!has_current) {
    // The plan's last period went by, and what was missed was not made up for.
    if (running && last_missed != kNoDay && !seen_since) {
      status->state = v1::REQUIREMENT_STATE_OVERDUE;
      status->overdue_since = last_missed + 1;
      return;
    }
    status->state =
        periods.missed_count == 0 ? v1::REQUIREMENT_STATE_MET : v1::REQUIREMENT_STATE_MET_LATE;
    if (last_match >= 0) status->met_on = view_.At(last_match).day;
    if (periods.suspended) status->met_on = view_.At(suspending).day;
    if (periods.current_first != kNoDay) Changes(periods.current_last + 1);
    return;
  }
  status->due = periods.current_last;
  Changes(periods.current_last + 1);
  if (periods.current_met) {
    status->state = v1::REQUIREMENT_STATE_MET;
    if (last_match >= 0) status->met_on = view_.At(last_match).day;
  } else if (last_missed != kNoDay && !seen_since) {
    status->state = v1::REQUIREMENT_STATE_OVERDUE;
    status->overdue_since = last_missed + 1;
  } else {
    status->state = v1::REQUIREMENT_STATE_PENDING;
  }
}

}  // namespace redress::plan::internal
