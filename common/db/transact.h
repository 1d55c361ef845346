// A transaction as a function that may be run again.
//
//   absl::Status s = db::Transact(pool, deadline, [&](db::Connection& conn) -> absl::Status {
//     ASSIGN_OR_RETURN(db::Rows rows, conn.Query("SELECT … FOR UPDATE", {id}));
//     …
//     return db::Insert("fact", {"id", "body"}).Row({id, body}).Run(conn);
//   });
//
// Thread-safe.
#ifndef REDRESS_COMMON_DB_TRANSACT_H_
#define REDRESS_COMMON_DB_TRANSACT_H_

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/db/connection.h"
#include "common/db/pool.h"

namespace redress::db {

// How often a transaction is run again after a deadlock, lock timeout or certification conflict.
inline constexpr int kMaxRetries = 3;

// Runs `fn` in a transaction of its own and commits if it returns OK; otherwise rolls back and
// returns its status. `fn` must have no effect but on the connection and on variables that it sets
// anew each time, since it is run again
//  - after 1213/1205/1020, also if they come from COMMIT (under Galera most do), at most
//  kMaxRetries
//    times, after a short random pause, while the deadline allows;
//  - once on another connection, if the connection is lost before COMMIT is sent.
// If the connection is lost while COMMIT is under way, the result is UNAVAILABLE with
// OutcomeUnknown, and nothing is run again.
// Other failure codes: those of Pool::Acquire and of errors.h; UNAVAILABLE with IsRetryable when
// the retries are used up: the rows are unchanged, and the same call may succeed in a moment.
absl::Status Transact(Pool& pool, absl::Time deadline,
                      absl::FunctionRef<absl::Status(Connection&)> fn);

// Runs `fn`, which only reads (each statement sees what is committed at that time), outside a
// transaction; once more on another connection if the connection is lost.
absl::Status Read(Pool& pool, absl::Time deadline, absl::FunctionRef<absl::Status(Connection&)> fn);

}  // namespace redress::db

#endif  // REDRESS_COMMON_DB_TRANSACT_H_
