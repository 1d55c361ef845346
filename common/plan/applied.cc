// When a requirement applied: what was owed while it did stays owed when a claim is appraised anew.
#include <algorithm>
#include <utility>

#include "common/plan/engine.h"

namespace redress::plan::internal {

// Whether the test held on a day, by the facts up to it. By their dates, or by when those that are
// not to be believed yet were recorded: whoever records late neither begins nor ends a duty by it
// to their own good. `next`: when that can change without a fact; kNoDay where it cannot.
bool Engine::AppliesOn(int32_t node, DayNumber day, DayNumber* next) {
  const DayNumber as_of = std::exchange(as_of_, day);
  const DayNumber outer = std::exchange(next_, kNoDay);
  Uses unused;
  bool holds = Eval(node, &unused).holds;
  if (!holds && view_.has_unconfirmed()) {
    by_recording_ = true;
    holds = Eval(node, &unused).holds;
    by_recording_ = false;
  }
  *next = next_;
  as_of_ = as_of;
  next_ = outer;
  return holds;
}

void Engine::CollectApplied(const RequirementOp& requirement, DayNumber registered) {
  applied_.clear();
  if (requirement.applies < 0) return applied_.push_back({registered, kOpen});
  days_.clear();
  for (int32_t i = requirement.applies_kinds.begin; i < requirement.applies_kinds.end; ++i) {
    for (const int16_t fact : view_.OfKind(program_.kinds[static_cast<size_t>(i)])) {
      const Seen& f = view_.At(fact);
      days_.push_back(f.day);
      if (f.believed_from != f.day) days_.push_back(f.believed_from);
    }
  }
  std::sort(days_.begin(), days_.end());
  // The subject does not exist before it is registered, whatever its paper file tells of.
  DayNumber day = registered;
  while (true) {
    DayNumber next = kNoDay;
    const bool applies = AppliesOn(requirement.applies, day, &next);
    const bool did = !applied_.empty() && applied_.back().to == kOpen;
    if (applies && !did) applied_.push_back({day, kOpen});
    if (!applies && did) applied_.back().to = day;
    const auto later = std::upper_bound(days_.begin(), days_.end(), day);
    if (later != days_.end() && (next == kNoDay || *later < next)) next = *later;
    if (next == kNoDay || next > as_of_) break;
    day = next;
  }
}

// For what does not apply any more: the due rule by which it fell due while it did; nullptr where
// it never did. Sets the due date as it was then.
const DueOp* Engine::FellDue(const RequirementOp& requirement, DayNumber registered, Uses* uses,
                             Status* status) {
  if (requirement.applies_kinds.empty()) return nullptr;
  CollectApplied(requirement, registered);
  for (auto it = applied_.rbegin(); it != applied_.rend(); ++it) {
    const DayNumber as_of = as_of_;
    if (it->to != kOpen) as_of_ = it->to - 1;
    Status then;
    Uses then_uses;
    const DueOp* due = ChooseDue(requirement, &then.arithmetic);
    const bool counted =
        due != nullptr && (due->type != v1::DueRule::kClock || ClockOf(due->clock) != nullptr);
    if (counted) ComputeDue(*due, &then_uses, &then);
    const LastDay last{then.due, then.arithmetic.missing_year};
    const bool fell_due = then.due != kNoDay && last.latest() <= as_of_;
    as_of_ = as_of;
    if (!fell_due) continue;
    status->due = then.due;
    status->arithmetic = then.arithmetic;
    *uses = then_uses;
    return due;
  }
  return nullptr;
}

}  // namespace redress::plan::internal
