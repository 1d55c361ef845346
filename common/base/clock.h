// The time by which Redress judges duties, injected everywhere so that tests and replays can set
// it.
//
// Two notions of time are kept apart: business time (this clock: dates of events, `recorded_at`,
// deadlines of duties) and machine time (absl::Now: token expiry, rpc deadlines, leases). A sample
// database runs on simulated business time.
#ifndef REDRESS_COMMON_BASE_CLOCK_H_
#define REDRESS_COMMON_BASE_CLOCK_H_

#include <atomic>
#include <cstdint>

#include "absl/time/civil_time.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace redress::base {

// Asia/Shanghai, which has been UTC+8 without daylight saving since 1991-09-15.
absl::TimeZone Shanghai();

// The civil date in Asia/Shanghai at an instant.
absl::CivilDay DayAt(absl::Time instant);

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;
  absl::CivilDay Today() const { return DayAt(Now()); }
};

// The machine's clock. Thread-safe.
class SystemClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::Now(); }
};

// A clock that stands still until it is set. Never goes backwards. Thread-safe.
class SimulatedClock final : public Clock {
 public:
  explicit SimulatedClock(absl::Time start) : micros_(absl::ToUnixMicros(start)) {}
  absl::Time Now() const override {
    return absl::FromUnixMicros(micros_.load(std::memory_order_acquire));
  }
  // Moves forward to `now`; returns false, and stays, if that were a step back.
  bool AdvanceTo(absl::Time now);

 private:
  std::atomic<int64_t> micros_;
};

}  // namespace redress::base

#endif  // REDRESS_COMMON_BASE_CLOCK_H_
