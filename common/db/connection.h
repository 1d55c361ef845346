// One connection to MariaDB (or anything that speaks its protocol).
//
// Values only ever travel as parameters of prepared statements; there is no way to put a value into
// the text of a statement except by building that text, which nobody may do. Prepared statements
// are kept (least recently used, at most kMaxPrepared).
//
// Session: utf8mb4, time zone UTC, strict sql_mode, lock waits at most kLockWaitSeconds, isolation
// READ COMMITTED. Why not REPEATABLE READ: a write locks its rows first (`SELECT … FOR UPDATE`) and
// then reads others plainly; under REPEATABLE READ those plain reads would show the snapshot of the
// transaction's first read, possibly older than the locked row. READ COMMITTED also takes no gap
// locks, hence fewer deadlocks.
//
// Transactions without a round trip to start them: Begin() turns autocommit off and it stays off,
// so that the next transaction on this connection starts with its first statement; the first
// statement outside a transaction turns it on again. Pool hands out matching connections.
//
// Thread-compatible: one thread at a time. No exception leaves.
// Failure codes: see errors.h; besides these, INVALID_ARGUMENT for a day or instant out of range,
// and DEADLINE_EXCEEDED if the deadline has passed before a statement is sent.
#ifndef REDRESS_COMMON_DB_CONNECTION_H_
#define REDRESS_COMMON_DB_CONNECTION_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/db/endpoint.h"
#include "common/db/param.h"
#include "common/db/rows.h"

namespace redress::db {

struct Prepared;  // internal

class Connection {
 public:
  static constexpr size_t kMaxPrepared = 256;
  static constexpr int kLockWaitSeconds = 5;
  static constexpr int kLimitStep = 4;

  // REQUIRES: OpenDriver() was called.
  // FAILED_PRECONDITION for another machine without a CA, see Endpoint; others: see errors.h.
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const Endpoint& endpoint);

  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  // Runs a statement that returns rows (SELECT, INSERT … RETURNING, SHOW) and reads them all. Name
  // the columns: after a migration has added one, a kept `SELECT *` fails and takes the connection
  // with it.
  absl::StatusOr<Rows> Query(std::string_view sql, absl::Span<const Param> params = {});

  // Runs a statement that returns none; the answer is the number of rows *changed*. An UPDATE that
  // finds its row but changes nothing counts 0, therefore every UPDATE also bumps `version`.
  absl::StatusOr<uint64_t> Execute(std::string_view sql, absl::Span<const Param> params = {});

  // Runs one statement without preparing it: for DDL, GRANT and the like, which take no values.
  absl::Status ExecuteText(std::string_view sql);

  // Statements sent from now on are stopped by the server (1969, DEADLINE_EXCEEDED) before they
  // have run kLimitStep times as long as the deadline allowed, and nothing is sent or committed
  // after it. Not more exactly, because a limit per statement (SET STATEMENT max_statement_time)
  // costs a read by key about a fifth of its speed: the session has a limit, which only ever grows,
  // in such steps; only a statement with less time left than the step below carries a limit of its
  // own, which is exact. ExecuteText is not limited. absl::InfiniteFuture() (the default): no
  // limit.
  void SetDeadline(absl::Time deadline) { deadline_ = deadline; }
  absl::Time deadline() const { return deadline_; }

  // Transactions; prefer Transact. Rollback() of a connection that is in no transaction does
  // nothing. Commit() refuses (ABORTED) a transaction in which a statement met a deadlock or lock
  // timeout, even if the caller overlooked that error, and then has rolled back.
  absl::Status Begin();
  absl::Status Commit();
  absl::Status Rollback();
  bool in_transaction() const { return in_transaction_; }

  // The number of the deadlock or lock timeout met in the present transaction, or 0.
  int conflict() const { return conflict_; }

  // True after an error from which this connection cannot recover.
  bool broken() const { return broken_; }

  // One round trip; false (and broken) if the server does not answer.
  bool Ping();

  // The server's id of this connection (as in KILL).
  uint64_t id() const;

  absl::Time opened() const { return opened_; }

  // True if the session has autocommit off, see above.
  bool write_mode() const { return write_mode_; }

 private:
  struct Impl;

  explicit Connection(std::unique_ptr<Impl> impl);
  // What precedes each statement: refuses if it cannot be sent, and leaves the write mode if the
  // statement stands alone.
  absl::Status Ready();
  absl::Status SetWriteMode(bool on);
  // True if the next statement needs a time limit of its own, after raising that of the session if
  // it is too short.
  absl::StatusOr<bool> NeedsOwnLimit();
  absl::Status RaiseSessionLimit(absl::Duration least);
  absl::Status Command(std::string_view sql);
  absl::Status Run(std::string_view sql, absl::Span<const Param> params,
                   absl::FunctionRef<void(Prepared&)> work);
  // Runs `work` (which calls the client library for `sql`) and turns what it throws into a status.
  absl::Status Guard(std::string_view sql, absl::FunctionRef<void()> work);

  std::unique_ptr<Impl> impl_;
  absl::Time opened_ = absl::Now();
  absl::Time deadline_ = absl::InfiniteFuture();
  // Zero until a statement with a deadline is sent. The server has no limit then, nor if infinite.
  absl::Duration session_limit_ = absl::ZeroDuration();
  int conflict_ = 0;
  bool in_transaction_ = false;
  bool write_mode_ = false;
  bool broken_ = false;
};

}  // namespace redress::db

#endif  // REDRESS_COMMON_DB_CONNECTION_H_
