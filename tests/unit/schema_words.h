// The words of which identifiers are made, and those that no identifier of the schema may have:
// what invariants 1 to 3 and 5 forbid to be said. Pure. Thread-safe.
#ifndef REDRESS_TESTS_UNIT_SCHEMA_WORDS_H_
#define REDRESS_TESTS_UNIT_SCHEMA_WORDS_H_

#include <string>
#include <string_view>
#include <vector>

#include "tests/unit/schema_walk.h"

namespace redress::testing {

// One line each: what, and why it must not be. Empty: nothing was found.
using Offences = std::vector<std::string>;

// The lower-case words of an identifier: "VisitPlace", "visit_place" and "VISIT_PLACE" have the
// same two.
std::vector<std::string> WordsOf(std::string_view identifier);

// Why an identifier may not exist; empty if it may.
std::string ForbiddenIn(std::string_view identifier);

// Names of messages, fields, enums, enum values, rpcs, columns and tables.
Offences ForbiddenNames(const Files& files);
// The same in SQL, comments apart.
Offences ForbiddenNamesInSql(std::string_view sql);

}  // namespace redress::testing

#endif  // REDRESS_TESTS_UNIT_SCHEMA_WORDS_H_
