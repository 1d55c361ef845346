// Schemas that move forward, and only forward.
//
// A schema is a folder of NNNN_name.sql files embedded into the program by redress_embed_schema
// (embed_schema.cmake). Several libraries may contribute to one database: each has a range of a
// thousand versions (services 0001-0999, facts 1000-1999, …); within a range, versions are applied
// in order, across ranges by number.
//
// DDL commits by itself, so a migration is not atomic. schema_version therefore counts the
// statements of an unfinished migration: after a crash, Migrate goes on at the statement where it
// stopped. A data statement and its count commit together; for a DDL statement that was being run
// at the crash, "already exists" and "already gone" are taken as done.
//
// Thread-safe, also between processes (a server-side lock).
#ifndef REDRESS_COMMON_DB_MIGRATE_H_
#define REDRESS_COMMON_DB_MIGRATE_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/connection.h"
#include "common/db/endpoint.h"
#include "common/db/migration.h"

namespace redress::db {

// All migrations of several schemas, by version.
std::vector<Migration> Combine(std::vector<std::vector<Migration>> schemas);

struct MigrationReport {
  std::vector<int> applied;  // now, in this order
  std::vector<int> resumed;  // those of `applied` that an earlier run had begun
};

// A connection for Migrate: it waits for as long as a statement takes, since changing a large table
// takes hours, and whoever breaks the connection off does not end the statement.
// Failure codes: those of Connection::Open.
absl::StatusOr<std::unique_ptr<Connection>> OpenForMigrations(Endpoint endpoint);

// Brings the connection's database to `migrations` (in any order). `lock_timeout` bounds the wait
// for another process that is migrating.
// FAILED_PRECONDITION: an applied migration was edited or is unknown to this program, or a new one
// would come before an applied one of its range; nothing was changed.
// INVALID_ARGUMENT: two migrations share a version, or one does not parse. ABORTED: the lock was
// not free in time. Others: see errors.h; the message names version and statement.
absl::StatusOr<MigrationReport> Migrate(Connection& conn, std::vector<Migration> migrations,
                                        absl::Duration lock_timeout = absl::Seconds(60));

// For the start of a service: OK if exactly `migrations` are applied. FAILED_PRECONDITION, naming
// what is missing and `remedy` ("redress-registry migrate"), otherwise.
absl::Status CheckSchema(Connection& conn, const std::vector<Migration>& migrations,
                         std::string_view remedy);

}  // namespace redress::db

#endif  // REDRESS_COMMON_DB_MIGRATE_H_
