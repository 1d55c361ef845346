// A closed loop: so many operations in flight, each followed at once by the next, for a while; then
// rate and latencies.
#ifndef REDRESS_TESTS_LOAD_CLOSED_LOOP_H_
#define REDRESS_TESTS_LOAD_CLOSED_LOOP_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/time/time.h"

namespace redress::load {

struct Result {
  double per_second = 0;
  double p50_ms = 0;
  double p99_ms = 0;
  int64_t failed = 0;
  std::string first_failure;
};

// Begins one operation in a slot (0 to in_flight - 1) and calls the callback once, from any thread,
// when it has ended: with an empty text, or with what failed.
using Operation = std::function<void(int slot, std::function<void(std::string failure)> ended)>;

// Runs `operation` for `warm_up` unmeasured and for `measured` measured.
Result ClosedLoop(int in_flight, absl::Duration warm_up, absl::Duration measured,
                  const Operation& operation);

// The same for operations that block, each slot on a thread of its own.
Result ClosedLoopBlocking(int in_flight, absl::Duration warm_up, absl::Duration measured,
                          const std::function<std::string(int slot)>& operation);

}  // namespace redress::load

#endif  // REDRESS_TESTS_LOAD_CLOSED_LOOP_H_
