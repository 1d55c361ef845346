#include "common/db/connection.h"

#include <cppconn/connection.h>
#include <cppconn/driver.h>
#include <cppconn/exception.h>
#include <cppconn/statement.h>

#include <algorithm>
#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "common/db/errors.h"
#include "common/db/prepared.h"
#include "common/status/macros.h"

namespace redress::db {
namespace {

constexpr int kServerGone = 2006;

// 1/64 s; the steps are thus 1/16 s, 1/4 s, 1 s, 4 s, 16 s, ….
constexpr absl::Duration kShortestLimit = absl::Microseconds(15625);

absl::Status Gone() { return StatusFromServer(kServerGone, ""); }

bool IsLocal(const Endpoint& endpoint) {
  return !endpoint.socket.empty() || endpoint.host == "localhost" || endpoint.host == "::1" ||
         absl::StartsWith(endpoint.host, "127.");
}

sql::ConnectOptionsMap OptionsFor(const Endpoint& endpoint) {
  sql::ConnectOptionsMap options;
  if (!endpoint.socket.empty()) {
    options["hostName"] = sql::SQLString("unix://" + endpoint.socket);
  } else {
    options["hostName"] = sql::SQLString(absl::StrCat("tcp://", endpoint.host, ":", endpoint.port));
  }
  options["userName"] = sql::SQLString(endpoint.user);
  options["password"] = sql::SQLString(endpoint.password);
  if (!endpoint.database.empty()) options["schema"] = sql::SQLString(endpoint.database);
  options["OPT_CHARSET_NAME"] = sql::SQLString("utf8mb4");
  if (const int64_t seconds = absl::ToInt64Seconds(endpoint.connect_timeout); seconds > 0) {
    options["OPT_CONNECT_TIMEOUT"] = static_cast<int>(seconds);
  }
  if (const int64_t seconds = absl::ToInt64Seconds(endpoint.read_timeout); seconds > 0) {
    options["OPT_READ_TIMEOUT"] = static_cast<int>(seconds);
    options["OPT_WRITE_TIMEOUT"] = static_cast<int>(seconds);
  }
  if (!endpoint.tls_ca.empty()) {
    options["sslCA"] = sql::SQLString(endpoint.tls_ca);
    options["sslEnforce"] = true;
    options["sslVerify"] = true;
  }
  return options;
}

std::string SessionSetup() {
  return absl::StrCat(
      "SET SESSION autocommit = 1, time_zone = '+00:00', tx_isolation = 'READ-COMMITTED', "
      "sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,"
      "NO_ENGINE_SUBSTITUTION,ONLY_FULL_GROUP_BY', innodb_lock_wait_timeout = ",
      Connection::kLockWaitSeconds, ", lock_wait_timeout = ", 4 * Connection::kLockWaitSeconds,
      ", max_statement_time = 0");
}

absl::Status CheckParams(const Prepared& prepared, absl::Span<const Param> params) {
  if (params.size() + (prepared.limited ? 1 : 0) != prepared.parameters) {
    return absl::InternalError("a statement was given the wrong number of parameters");
  }
  return absl::OkStatus();
}

}  // namespace

void OpenDriver() { get_driver_instance(); }

struct Connection::Impl {
  std::unique_ptr<sql::Connection> conn;
  std::unique_ptr<sql::Statement> plain;
  std::optional<PreparedCache> prepared;  // its statements go before the connection does
  uint64_t id = 0;

  ~Impl() {
    prepared.reset();
    plain.reset();
  }
};

Connection::Connection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Connection::~Connection() = default;

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const Endpoint& endpoint) {
  if (!IsLocal(endpoint) && endpoint.tls_ca.empty()) {
    return absl::FailedPreconditionError(
        "a database on another machine is only connected to by TLS: give its CA");
  }
  std::unique_ptr<Connection> opened(new Connection(std::make_unique<Impl>()));
  Impl& impl = *opened->impl_;
  RETURN_IF_ERROR(opened->Guard("", [&] {
    sql::ConnectOptionsMap options = OptionsFor(endpoint);
    impl.conn.reset(get_driver_instance()->connect(options));
    impl.plain.reset(impl.conn->createStatement());
    impl.plain->execute(SessionSetup());
    std::unique_ptr<sql::ResultSet> result(impl.plain->executeQuery("SELECT CONNECTION_ID()"));
    if (result->next()) impl.id = result->getUInt64(1);
    impl.prepared.emplace(impl.conn.get(), kMaxPrepared);
  }));
  return opened;
}

absl::Status Connection::Guard(std::string_view sql, absl::FunctionRef<void()> work) {
  absl::Status status;
  try {
    work();
    return status;
  } catch (const sql::InvalidInstanceException&) {
    // The library has noticed by itself that the connection was closed.
    status = Gone();
    ReportServerError(kServerGone, "", sql, "");
  } catch (const sql::SQLException& error) {
    status = StatusFromServer(error.getErrorCode(), error.what());
    ReportServerError(error.getErrorCode(), error.getSQLState(), sql, error.what());
  } catch (const std::exception&) {
    status = absl::InternalError("the database client failed");
    broken_ = true;
  }
  if (IsConnectionLost(status)) broken_ = true;
  if (in_transaction_ && IsRetryable(status)) conflict_ = ErrnoOf(status);
  return status;
}

absl::Status Connection::Command(std::string_view sql) {
  if (broken_) return Gone();
  return Guard(sql, [&] { impl_->plain->execute(std::string(sql)); });
}

absl::Status Connection::SetWriteMode(bool on) {
  if (write_mode_ == on) return absl::OkStatus();
  RETURN_IF_ERROR(Command(on ? "SET autocommit = 0" : "SET autocommit = 1"));
  write_mode_ = on;
  return absl::OkStatus();
}

absl::Status Connection::Ready() {
  if (broken_) return Gone();
  if (deadline_ != absl::InfiniteFuture() && absl::Now() >= deadline_) {
    return absl::DeadlineExceededError("no time was left for the database");
  }
  return in_transaction_ ? absl::OkStatus() : SetWriteMode(false);
}

absl::Status Connection::RaiseSessionLimit(absl::Duration least) {
  if (session_limit_ >= least) return absl::OkStatus();
  absl::Duration limit = absl::InfiniteDuration();
  double seconds = 0;  // none, for the server
  if (least != absl::InfiniteDuration()) {
    limit = kShortestLimit;
    while (limit < least) limit *= kLimitStep;
    seconds = absl::ToDoubleSeconds(limit);
  } else if (session_limit_ == absl::ZeroDuration()) {
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(Command(absl::StrFormat("SET max_statement_time = %.6f", seconds)));
  session_limit_ = limit;
  return absl::OkStatus();
}

absl::StatusOr<bool> Connection::NeedsOwnLimit() {
  const absl::Duration left =
      deadline_ == absl::InfiniteFuture() ? absl::InfiniteDuration() : deadline_ - absl::Now();
  RETURN_IF_ERROR(RaiseSessionLimit(left));
  return left != absl::InfiniteDuration() && session_limit_ > left * kLimitStep;
}

absl::StatusOr<Rows> Connection::Query(std::string_view sql, absl::Span<const Param> params) {
  std::optional<Rows> rows;
  RETURN_IF_ERROR(Run(sql, params, [&](Prepared& prepared) {
    std::unique_ptr<sql::ResultSet> result(prepared.statement->executeQuery());
    rows = ReadAll(prepared, *result);
  }));
  return *std::move(rows);
}

absl::StatusOr<uint64_t> Connection::Execute(std::string_view sql, absl::Span<const Param> params) {
  uint64_t changed = 0;
  RETURN_IF_ERROR(Run(sql, params, [&](Prepared& prepared) {
    changed = static_cast<uint64_t>(prepared.statement->executeUpdate());
  }));
  return changed;
}

absl::Status Connection::Run(std::string_view sql, absl::Span<const Param> params,
                             absl::FunctionRef<void(Prepared&)> work) {
  for (const Param& param : params) {
    if (std::holds_alternative<Param::OutOfRange>(param.value())) {
      return absl::InvalidArgumentError("a day or instant lies outside the years 1 to 9999");
    }
  }
  RETURN_IF_ERROR(Ready());
  ASSIGN_OR_RETURN(const bool limited, NeedsOwnLimit());
  absl::Status fits;
  RETURN_IF_ERROR(Guard(sql, [&] {
    Prepared& prepared = impl_->prepared->Get(sql, limited);
    fits = CheckParams(prepared, params);
    if (!fits.ok()) return;
    // Zero would mean no limit.
    const absl::Duration left =
        limited ? std::max(deadline_ - absl::Now(), absl::Milliseconds(1)) : absl::ZeroDuration();
    Bind(prepared, left, params);
    work(prepared);
  }));
  return fits;
}

absl::Status Connection::ExecuteText(std::string_view sql) {
  RETURN_IF_ERROR(Ready());
  RETURN_IF_ERROR(RaiseSessionLimit(absl::InfiniteDuration()));
  return Command(sql);
}

absl::Status Connection::Begin() {
  if (in_transaction_) return absl::InternalError("a transaction is open already");
  RETURN_IF_ERROR(SetWriteMode(true));
  if (broken_) return Gone();
  in_transaction_ = true;
  conflict_ = 0;
  return absl::OkStatus();
}

absl::Status Connection::Commit() {
  if (!in_transaction_) return absl::InternalError("there is no transaction to commit");
  if (absl::Status ready = Ready(); !ready.ok()) {
    Rollback().IgnoreError();
    return ready;
  }
  if (const int conflict = conflict_; conflict != 0) {
    RETURN_IF_ERROR(Rollback());
    return StatusFromServer(conflict, "");
  }
  absl::Status status = Command("COMMIT");
  if (status.ok()) {
    in_transaction_ = false;
    return status;
  }
  // A conflict found at COMMIT has rolled back for certain; after anything else only a look at the
  // rows can tell.
  if (!IsRetryable(status)) MarkOutcomeUnknown(status);
  Rollback().IgnoreError();
  return status;
}

absl::Status Connection::Rollback() {
  if (!in_transaction_) return absl::OkStatus();
  in_transaction_ = false;
  conflict_ = 0;
  absl::Status status = Command("ROLLBACK");
  // With an unknown rest of a transaction in it, the connection is of no use.
  if (!status.ok()) broken_ = true;
  return status;
}

bool Connection::Ping() {
  if (broken_) return false;
  bool alive = false;
  const absl::Status status = Guard("", [&] { alive = impl_->conn->isValid(); });
  if (!status.ok() || !alive) broken_ = true;
  return !broken_;
}

uint64_t Connection::id() const { return impl_->id; }

}  // namespace redress::db
