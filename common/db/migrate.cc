#include "common/db/migrate.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "common/base/digest.h"
#include "common/db/errors.h"
#include "common/db/script.h"
#include "common/status/macros.h"

namespace redress::db {
namespace {

constexpr int kRange = 1000;

constexpr char kCreateTable[] =
    "CREATE TABLE IF NOT EXISTS schema_version ("
    "version INT NOT NULL PRIMARY KEY, "
    "name VARCHAR(200) NOT NULL, "
    "checksum CHAR(64) CHARACTER SET ascii NOT NULL, "
    "statements_done INT NOT NULL, "
    "begun_at DATETIME(6) NOT NULL, "
    "applied_at DATETIME(6) NULL COMMENT 'NULL: not finished') "
    "ENGINE=InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";

struct Applied {
  std::string name;
  std::string checksum;
  int statements_done = 0;
  bool finished = false;
};

struct Step {
  Migration migration;
  std::string checksum;
  std::vector<std::string> statements;
};

std::string Title(int version, const std::string& name) {
  return absl::StrFormat("%04d_%s", version, name);
}

absl::Status Prefixed(const absl::Status& status, const std::string& prefix) {
  absl::Status told(status.code(), absl::StrCat(prefix, ": ", status.message()));
  status.ForEachPayload(
      [&](absl::string_view url, const absl::Cord& payload) { told.SetPayload(url, payload); });
  return told;
}

absl::StatusOr<std::vector<Step>> Plan(std::vector<Migration> migrations) {
  std::stable_sort(migrations.begin(), migrations.end(),
                   [](const Migration& a, const Migration& b) { return a.version < b.version; });
  std::vector<Step> steps;
  for (Migration& migration : migrations) {
    if (!steps.empty() && steps.back().migration.version == migration.version) {
      return absl::InvalidArgumentError(
          absl::StrCat("two migrations share the version ", migration.version, ": ",
                       steps.back().migration.name, " and ", migration.name));
    }
    Step step;
    absl::StatusOr<std::vector<std::string>> statements = SplitStatements(migration.sql);
    if (!statements.ok()) {
      return Prefixed(statements.status(), Title(migration.version, migration.name));
    }
    step.statements = *std::move(statements);
    step.checksum = base::Sha256Hex(migration.sql);
    step.migration = std::move(migration);
    steps.push_back(std::move(step));
  }
  return steps;
}

absl::StatusOr<std::map<int, Applied>> ReadApplied(Connection& conn) {
  std::map<int, Applied> applied;
  ASSIGN_OR_RETURN(const Rows rows,
                   conn.Query("SELECT version, name, checksum, statements_done, applied_at "
                              "FROM schema_version ORDER BY version"));
  for (const Row row : rows) {
    Applied& entry = applied[static_cast<int>(row.Int(0))];
    entry.name = row.Text(1);
    entry.checksum = row.Text(2);
    entry.statements_done = static_cast<int>(row.Int(3));
    entry.finished = !row.IsNull(4);
  }
  return applied;
}

// What forbids going from `applied` to `steps`: one line each.
std::vector<std::string> Objections(const std::vector<Step>& steps,
                                    const std::map<int, Applied>& applied) {
  std::vector<std::string> objections;
  std::map<int, const Step*> known;
  for (const Step& step : steps) known[step.migration.version] = &step;
  std::map<int, int> newest;  // by range
  for (const auto& [version, entry] : applied) {
    newest[version / kRange] = version;
    const auto found = known.find(version);
    if (found == known.end()) {
      objections.push_back(absl::StrCat(Title(version, entry.name),
                                        " is applied but unknown to this program, which is older "
                                        "than the database"));
    } else if (found->second->checksum != entry.checksum) {
      objections.push_back(
          absl::StrCat(Title(version, entry.name), " was edited after it was applied"));
    }
  }
  for (const Step& step : steps) {
    const int version = step.migration.version;
    const auto last = newest.find(version / kRange);
    if (last != newest.end() && version < last->second && !applied.contains(version)) {
      objections.push_back(absl::StrCat(Title(version, step.migration.name),
                                        " comes before a migration that is applied already"));
    }
  }
  return objections;
}

// Data changes can share a transaction with the count of statements done; DDL cannot.
bool ChangesData(std::string_view statement) {
  const absl::string_view text(statement.data(), statement.size());
  for (absl::string_view verb : {"INSERT", "UPDATE", "DELETE", "REPLACE"}) {
    if (absl::StartsWithIgnoreCase(text, verb)) return true;
  }
  return false;
}

// What DDL answers when it was done before: exists already, or is gone already.
bool WasDoneBefore(const absl::Status& status) {
  switch (ErrnoOf(status)) {
    case 1007:  // database exists
    case 1008:  // database is gone
    case 1050:  // table exists
    case 1051:  // table is gone
    case 1060:  // column exists
    case 1061:  // key exists
    case 1091:  // column or key is gone
    case 1304:  // routine exists
    case 1305:  // routine is gone
    case 1359:  // trigger exists
    case 1360:  // trigger is gone
    case 1826:  // constraint exists
    case 4127:  // sequence exists
      return true;
    default:
      return false;
  }
}

absl::Status CountStatement(Connection& conn, int version, size_t done) {
  return conn
      .Execute("UPDATE schema_version SET statements_done = ? WHERE version = ?", {done, version})
      .status();
}

absl::Status RunStatement(Connection& conn, const Step& step, size_t index, bool may_be_done) {
  const std::string& statement = step.statements[index];
  if (ChangesData(statement)) {
    RETURN_IF_ERROR(conn.Begin());
    absl::Status status = conn.ExecuteText(statement);
    if (status.ok()) status = CountStatement(conn, step.migration.version, index + 1);
    if (status.ok()) return conn.Commit();
    conn.Rollback().IgnoreError();
    return status;
  }
  absl::Status status = conn.ExecuteText(statement);
  if (!status.ok() && !(may_be_done && WasDoneBefore(status))) return status;
  return CountStatement(conn, step.migration.version, index + 1);
}

absl::Status Apply(Connection& conn, const Step& step, const Applied* begun) {
  const int version = step.migration.version;
  if (begun == nullptr) {
    RETURN_IF_ERROR(conn.Execute("INSERT INTO schema_version (version, name, checksum, "
                                 "statements_done, begun_at) VALUES (?, ?, ?, 0, UTC_TIMESTAMP(6))",
                                 {version, step.migration.name, step.checksum})
                        .status());
  }
  const size_t first = begun == nullptr ? 0 : static_cast<size_t>(begun->statements_done);
  for (size_t i = first; i < step.statements.size(); ++i) {
    const bool may_be_done = begun != nullptr && i == first;
    if (absl::Status status = RunStatement(conn, step, i, may_be_done); !status.ok()) {
      return Prefixed(
          status, absl::StrCat(Title(version, step.migration.name), ", statement ", i + 1, " of ",
                               step.statements.size(), ", error ", ErrnoOf(status)));
    }
  }
  return conn
      .Execute("UPDATE schema_version SET applied_at = UTC_TIMESTAMP(6) WHERE version = ?",
               {version})
      .status();
}

// The name of a lock is limited to 64 bytes; that of a database may have as many.
absl::StatusOr<std::string> LockName(Connection& conn) {
  ASSIGN_OR_RETURN(const Rows rows, conn.Query("SELECT DATABASE()"));
  if (rows.empty() || rows[0].IsNull(0)) {
    return absl::FailedPreconditionError("the connection has no database to migrate");
  }
  return absl::StrCat("redress.migrate.", base::Sha256Hex(rows[0].Bytes(0)).substr(0, 32));
}

}  // namespace

std::vector<Migration> Combine(std::vector<std::vector<Migration>> schemas) {
  std::vector<Migration> all;
  for (std::vector<Migration>& schema : schemas) {
    std::move(schema.begin(), schema.end(), std::back_inserter(all));
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Migration& a, const Migration& b) { return a.version < b.version; });
  return all;
}

absl::StatusOr<std::unique_ptr<Connection>> OpenForMigrations(Endpoint endpoint) {
  endpoint.read_timeout = absl::ZeroDuration();
  return Connection::Open(endpoint);
}

absl::StatusOr<MigrationReport> Migrate(Connection& conn, std::vector<Migration> migrations,
                                        absl::Duration lock_timeout) {
  ASSIGN_OR_RETURN(const std::vector<Step> steps, Plan(std::move(migrations)));
  ASSIGN_OR_RETURN(const std::string lock, LockName(conn));
  ASSIGN_OR_RETURN(const Rows locked, conn.Query("SELECT GET_LOCK(?, ?)",
                                                 {lock, absl::ToDoubleSeconds(lock_timeout)}));
  if (locked[0].IsNull(0) || locked[0].Int(0) != 1) {
    return absl::AbortedError("another process is migrating this database");
  }
  const absl::Cleanup unlock = [&] {
    conn.Query("SELECT RELEASE_LOCK(?)", {lock}).status().IgnoreError();
  };
  RETURN_IF_ERROR(conn.ExecuteText(kCreateTable));
  ASSIGN_OR_RETURN(const auto applied, ReadApplied(conn));
  if (const auto objections = Objections(steps, applied); !objections.empty()) {
    return absl::FailedPreconditionError(absl::StrJoin(objections, "; "));
  }
  MigrationReport report;
  for (const Step& step : steps) {
    const int version = step.migration.version;
    const auto found = applied.find(version);
    if (found != applied.end() && found->second.finished) continue;
    const Applied* begun = found == applied.end() ? nullptr : &found->second;
    RETURN_IF_ERROR(Apply(conn, step, begun));
    report.applied.push_back(version);
    if (begun != nullptr) report.resumed.push_back(version);
  }
  return report;
}

absl::Status CheckSchema(Connection& conn, const std::vector<Migration>& migrations,
                         std::string_view remedy) {
  ASSIGN_OR_RETURN(const std::vector<Step> steps, Plan(migrations));
  constexpr int kNoSuchTable = 1146;
  absl::StatusOr<std::map<int, Applied>> applied = ReadApplied(conn);
  if (!applied.ok() && ErrnoOf(applied.status()) == kNoSuchTable) applied.emplace();
  RETURN_IF_ERROR(applied.status());
  if (const auto objections = Objections(steps, *applied); !objections.empty()) {
    return absl::FailedPreconditionError(absl::StrJoin(objections, "; "));
  }
  std::vector<std::string> missing;
  for (const Step& step : steps) {
    const auto found = applied->find(step.migration.version);
    if (found != applied->end() && found->second.finished) continue;
    missing.push_back(absl::StrCat(Title(step.migration.version, step.migration.name),
                                   found == applied->end() ? " is missing" : " is unfinished"));
  }
  if (missing.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("the database's schema is behind: ", absl::StrJoin(missing, ", "),
                   "; run: ", std::string(remedy)));
}

}  // namespace redress::db
