// Takes SQL files apart. Pure.
#ifndef REDRESS_COMMON_DB_SCRIPT_H_
#define REDRESS_COMMON_DB_SCRIPT_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace redress::db {

// The statements of a script, in order, without the ';' and without comments around them. Strings
// ('…', "…", with doubled quotes and backslashes), `names` and comments (-- , #, /* */) may contain
// ';'. Comments inside a statement stay, executable ones (/*! */, /*M! */) too. Empty statements
// vanish.
// INVALID_ARGUMENT, with the line, for a string, name or comment without an end, for a statement
// without its ';', and for DELIMITER.
absl::StatusOr<std::vector<std::string>> SplitStatements(std::string_view script);

}  // namespace redress::db

#endif  // REDRESS_COMMON_DB_SCRIPT_H_
