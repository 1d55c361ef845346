#include "common/db/transact.h"

#include <algorithm>

#include "absl/random/random.h"
#include "absl/time/clock.h"
#include "common/db/errors.h"
#include "common/status/macros.h"

namespace redress::db {
namespace {

// Grows with each attempt, and is random so that two who met once do not meet again.
absl::Duration Pause(int attempt) {
  thread_local absl::InsecureBitGen random;
  const absl::Duration longest = absl::Milliseconds(4) * (1 << attempt);
  return longest * absl::Uniform(random, 0.25, 1.0);
}

}  // namespace

absl::Status Transact(Pool& pool, absl::Time deadline,
                      absl::FunctionRef<absl::Status(Connection&)> fn) {
  int conflicts = 0;
  bool reconnected = false;
  while (true) {
    absl::Status status;
    int conflict = 0;
    bool lost = false;
    {
      ASSIGN_OR_RETURN(Lease lease, pool.Acquire(deadline, Pool::Use::kWrite));
      status = lease->Begin();
      if (status.ok()) status = fn(*lease);
      // The server has undone what came before a conflict: whatever `fn` made of it is void.
      conflict = lease->conflict();
      if (status.ok() && conflict == 0) {
        status = lease->Commit();
        if (status.ok() || OutcomeUnknown(status)) return status;
        if (IsRetryable(status)) conflict = ErrnoOf(status);
      }
      lost = lease->broken();
      if (conflict != 0 && !IsRetryable(status)) status = StatusFromServer(conflict, "");
    }
    int again = 0;
    if (conflict != 0 && conflicts < kMaxRetries) {
      const absl::Duration pause = Pause(conflicts++);
      if (absl::Now() + pause >= deadline) return status;
      absl::SleepFor(pause);
      again = conflict;
    } else if (conflict == 0 && lost && !reconnected) {
      reconnected = true;
      again = std::max(ErrnoOf(status), 1);
    } else {
      return status;
    }
    if (pool.observer().retried) pool.observer().retried(again);
  }
}

absl::Status Read(Pool& pool, absl::Time deadline,
                  absl::FunctionRef<absl::Status(Connection&)> fn) {
  bool reconnected = false;
  while (true) {
    absl::Status status;
    {
      ASSIGN_OR_RETURN(Lease lease, pool.Acquire(deadline, Pool::Use::kRead));
      status = fn(*lease);
      if (!lease->broken() || reconnected) return status;
    }
    reconnected = true;
    if (pool.observer().retried) pool.observer().retried(std::max(ErrnoOf(status), 1));
  }
}

}  // namespace redress::db
