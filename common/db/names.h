// Internal to common/db: names of databases, tables, columns and users in SQL text. Pure.
#ifndef REDRESS_COMMON_DB_NAMES_H_
#define REDRESS_COMMON_DB_NAMES_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace redress::db {

// `name` in backquotes. INVALID_ARGUMENT unless it is [A-Za-z0-9_]{1,64}.
absl::StatusOr<std::string> QuoteName(std::string_view name);

// 'name'@'%'. INVALID_ARGUMENT likewise.
absl::StatusOr<std::string> QuoteUser(std::string_view name);

}  // namespace redress::db

#endif  // REDRESS_COMMON_DB_NAMES_H_
