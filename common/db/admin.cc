#include "common/db/admin.h"

#include <openssl/sha.h>

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/db/names.h"
#include "common/db/script.h"
#include "common/status/macros.h"

namespace redress::db {
namespace {

constexpr size_t kLeastPassword = 16;

std::string Sha1(std::string_view bytes) {
  std::string digest(SHA_DIGEST_LENGTH, '\0');
  SHA1(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
       reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

// The form in which mysql_native_password keeps a password.
std::string PasswordHash(std::string_view password) {
  return absl::StrCat("*", absl::AsciiStrToUpper(absl::BytesToHexString(Sha1(Sha1(password)))));
}

}  // namespace

absl::Status CreateDatabase(Connection& conn, std::string_view database) {
  ASSIGN_OR_RETURN(const std::string name, QuoteName(database));
  return conn.ExecuteText(absl::StrCat("CREATE DATABASE IF NOT EXISTS ", name,
                                       " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"));
}

absl::Status DropDatabase(Connection& conn, std::string_view database) {
  ASSIGN_OR_RETURN(const std::string name, QuoteName(database));
  return conn.ExecuteText(absl::StrCat("DROP DATABASE IF EXISTS ", name));
}

absl::Status CreateUser(Connection& conn, std::string_view user, std::string_view password) {
  ASSIGN_OR_RETURN(const std::string name, QuoteUser(user));
  if (password.size() < kLeastPassword) {
    return absl::InvalidArgumentError("a database password must have at least 16 bytes");
  }
  const std::string hash = PasswordHash(password);
  RETURN_IF_ERROR(
      conn.ExecuteText(absl::StrCat("CREATE USER IF NOT EXISTS ", name,
                                    " IDENTIFIED VIA mysql_native_password USING '", hash, "'")));
  return conn.ExecuteText(absl::StrCat("ALTER USER ", name,
                                       " IDENTIFIED VIA mysql_native_password USING '", hash, "'"));
}

absl::Status DropUser(Connection& conn, std::string_view user) {
  ASSIGN_OR_RETURN(const std::string name, QuoteUser(user));
  return conn.ExecuteText(absl::StrCat("DROP USER IF EXISTS ", name));
}

absl::Status ApplyGrants(Connection& conn, std::string_view grants_sql, std::string_view database,
                         std::string_view user) {
  ASSIGN_OR_RETURN(const std::string database_name, QuoteName(database));
  ASSIGN_OR_RETURN(const std::string user_name, QuoteUser(user));
  ASSIGN_OR_RETURN(const std::vector<std::string> statements, SplitStatements(grants_sql));
  for (const std::string& statement : statements) {
    if (!absl::StartsWithIgnoreCase(statement, "GRANT ") &&
        !absl::StartsWithIgnoreCase(statement, "REVOKE ")) {
      return absl::InvalidArgumentError("a grants file may hold only GRANT and REVOKE");
    }
  }
  for (const std::string& statement : statements) {
    RETURN_IF_ERROR(conn.ExecuteText(
        absl::StrReplaceAll(statement, {{"${DATABASE}", database_name}, {"${USER}", user_name}})));
  }
  return absl::OkStatus();
}

}  // namespace redress::db
