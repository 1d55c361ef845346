#include <algorithm>

#include "common/plan/engine.h"

namespace redress::plan::internal {
namespace {

enum : uint8_t { kPause, kResume, kExtend };

}  // namespace

void Engine::Collect(int32_t fact_test, uint8_t type) {
  if (fact_test < 0) return;
  const FactTestOp& test = program_.fact_tests[static_cast<size_t>(fact_test)];
  for (const int16_t fact : view_.OfKind(test.kind)) {
    if (Matches(test, fact)) events_.push_back({fact, type});
  }
}

void Engine::SortEvents() {
  std::sort(events_.begin(), events_.end(),
            [](const Event& a, const Event& b) { return a.fact < b.fact; });
}

void Engine::ComputeDue(const DueOp& due, Uses* uses, Status* status) {
  Arithmetic& arithmetic = status->arithmetic;
  switch (due.type) {
    case v1::DueRule::kFixed:
    case v1::DueRule::kScreeningRound:
      arithmetic.due = due.fixed;
      break;
    case v1::DueRule::kAfter: {
      const int16_t anchor = FindAnchor(due.from);
      if (anchor < 0) break;
      uses->Add(anchor);
      arithmetic.base = AnchorDay(due.from, anchor);
      arithmetic.days = due.days;
      arithmetic.count = static_cast<uint8_t>(due.count);
      const LastDay counted = Add(arithmetic.base, due.days, due.count);
      arithmetic.unrolled = counted.day;
      arithmetic.SetDue(Roll(counted, due.count));
      break;
    }
    case v1::DueRule::kClock:
      ComputeClock(due, uses, &arithmetic);
      break;
    case v1::DueRule::kBefore:
    case v1::DueRule::kOnField: {
      const int16_t anchor = FindAnchor(due.from);
      if (anchor < 0) break;
      uses->Add(anchor);
      arithmetic.base = view_.At(anchor).day;
      arithmetic.due = AnchorDay(due.from, anchor);
      break;
    }
    default:
      break;
  }
  status->due = arithmetic.due;
}

// Walks through pauses and extensions in the order of time, as whoever counts by hand would:
// a pause counts only if it began and was recorded while the period ran, an extension only if it
// was granted and recorded before it ran out.
void Engine::ComputeClock(const DueOp& due, Uses* uses, Arithmetic* out) {
  const int16_t anchor = FindAnchor(due.from);
  if (anchor < 0) return;
  uses->Add(anchor);
  const ClockOp& clock = *ClockOf(due.clock);
  out->rule_set = rule_set_;
  out->clock = clock.index;
  out->base = AnchorDay(due.from, anchor);
  out->days = clock.days;
  out->count = static_cast<uint8_t>(clock.count);
  LastDay counted = Add(out->base, clock.days, clock.count);
  events_.clear();
  Collect(due.paused_by, kPause);
  Collect(due.resumed_by, kResume);
  Collect(due.extended_by, kExtend);
  SortEvents();
  open_pauses_.clear();
  DayNumber paused_from = kNoDay;
  for (const Event& event : events_) {
    const Seen& f = view_.At(event.fact);
    const bool paused = !open_pauses_.empty();
    const DayNumber last = paused ? INT32_MAX : Roll(counted, clock.count).latest();
    if (f.day < out->base) continue;
    switch (event.type) {
      case kPause:
        if (f.KnownDay() > last) break;
        if (!paused) paused_from = std::max(f.day, out->base + 1);
        open_pauses_.push_back(event.fact);
        uses->Add(event.fact);
        break;
      case kResume: {
        if (!paused) break;
        // It ends the pause of the same record. One that names none ends all, so that a clock does
        // not stand still for ever because a record was not tied to its pause.
        const auto same = [&](int16_t open) {
          return view_.At(open).fact->record() == f.fact->record();
        };
        const auto found = std::find_if(open_pauses_.begin(), open_pauses_.end(), same);
        if (found != open_pauses_.end()) {
          open_pauses_.erase(found);
        } else {
          open_pauses_.clear();
        }
        uses->Add(event.fact);
        if (open_pauses_.empty()) {
          const DayNumber days = std::max(0, f.day - paused_from);
          out->paused_days += days;
          counted.day += days;
        }
        break;
      }
      default: {
        // One dated in time and recorded afterwards would heal what is overdue already.
        if (f.KnownDay() > last) {
          out->late_extension_refused = true;
          break;
        }
        if (out->extension_days > 0 || f.detail == nullptr) break;
        const int64_t asked = Number(*due.extension_field, *f.detail);
        out->extension_days = static_cast<int32_t>(
            std::clamp<int64_t>(asked, 0, static_cast<int64_t>(clock.max_extension_days)));
        counted.day += out->extension_days;
        if (out->extension_days > 0) uses->Add(event.fact);
        break;
      }
    }
  }
  out->unrolled = counted.day;
  out->paused_now = !open_pauses_.empty();
  if (!out->paused_now) out->SetDue(Roll(counted, clock.count));
}

}  // namespace redress::plan::internal
