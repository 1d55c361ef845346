// Leaves consecutive numbers out, for good and on the record.
//
// A database restored from a backup knows nothing of the numbers that were drawn after the backup.
// They stand on paper that citizens hold, so they must not be drawn again: before the service
// starts on a restored database, its operator skips more numbers than can have been drawn since.
#ifndef REDRESS_COMMON_STORE_SKIP_NUMBERS_H_
#define REDRESS_COMMON_STORE_SKIP_NUMBERS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/db/connection.h"

namespace redress::store {

// No restore needs more; a slip of the pen must not use up a register.
inline constexpr int64_t kMostSkipped = 1'000'000;

struct SkippedNumbers {
  std::string counter;  // empty: every counter that does not exist yet begins after `last`
  int64_t first = 0;
  int64_t last = 0;
};

// Moves every counter `by` numbers on, those that do not exist yet included, and records each with
// `reason`. All or nothing. `connection` is an administrator's; the service must be stopped.
// INVALID_ARGUMENT: `by` is not between 1 and kMostSkipped, or `reason` is blank or longer than 500
// bytes. Others: see common/db/errors.h.
absl::StatusOr<std::vector<SkippedNumbers>> SkipNumbers(db::Connection& connection, int64_t by,
                                                        std::string_view reason);

}  // namespace redress::store

#endif  // REDRESS_COMMON_STORE_SKIP_NUMBERS_H_
