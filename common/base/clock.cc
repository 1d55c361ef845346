#include "common/base/clock.h"

namespace redress::base {

absl::TimeZone Shanghai() { return absl::FixedTimeZone(8 * 60 * 60); }

absl::CivilDay DayAt(absl::Time instant) { return absl::ToCivilDay(instant, Shanghai()); }

bool SimulatedClock::AdvanceTo(absl::Time now) {
  const int64_t target = absl::ToUnixMicros(now);
  int64_t seen = micros_.load(std::memory_order_acquire);
  while (seen <= target) {
    if (micros_.compare_exchange_weak(seen, target, std::memory_order_acq_rel)) return true;
  }
  return false;
}

}  // namespace redress::base
