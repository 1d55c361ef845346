#include "common/db/names.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace redress::db {
namespace {

bool IsName(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_';
  });
}

absl::Status NotAName() {
  return absl::InvalidArgumentError(
      "a database name must be 1 to 64 letters, digits or underscores");
}

}  // namespace

absl::StatusOr<std::string> QuoteName(std::string_view name) {
  if (!IsName(name)) return NotAName();
  return absl::StrCat("`", std::string(name), "`");
}

absl::StatusOr<std::string> QuoteUser(std::string_view name) {
  if (!IsName(name)) return NotAName();
  return absl::StrCat("'", std::string(name), "'@'%'");
}

}  // namespace redress::db
