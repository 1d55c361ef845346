// What the owner of a server does once per service: database, user, rights. Needs a connection with
// the rights to do so (deployment and tests; a running service has them not).
//
// Names are [A-Za-z0-9_]+, at most 64; others are INVALID_ARGUMENT. Every function may be repeated.
// Thread-compatible, as the connection.
#ifndef REDRESS_COMMON_DB_ADMIN_H_
#define REDRESS_COMMON_DB_ADMIN_H_

#include <string_view>

#include "absl/status/status.h"
#include "common/db/connection.h"

namespace redress::db {

// Creates the database (utf8mb4, utf8mb4_bin: names and ids compare byte by byte) if absent.
absl::Status CreateDatabase(Connection& conn, std::string_view database);
absl::Status DropDatabase(Connection& conn, std::string_view database);

// Creates the user, or gives an existing one this password. The server is sent a hash, so that the
// password stands in no log. A user may connect from anywhere the server listens.
// INVALID_ARGUMENT for a password shorter than 16 bytes.
absl::Status CreateUser(Connection& conn, std::string_view user, std::string_view password);
absl::Status DropUser(Connection& conn, std::string_view user);

// Runs the statements of a grants.sql, in which ${DATABASE} stands for the database and ${USER}
// for the user, both quoted: "GRANT SELECT, INSERT ON ${DATABASE}.fact TO ${USER};". Only adds
// rights. INVALID_ARGUMENT for anything but GRANT and REVOKE.
absl::Status ApplyGrants(Connection& conn, std::string_view grants_sql, std::string_view database,
                         std::string_view user);

}  // namespace redress::db

#endif  // REDRESS_COMMON_DB_ADMIN_H_
