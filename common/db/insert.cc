#include "common/db/insert.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "common/db/names.h"
#include "common/status/macros.h"

namespace redress::db {
namespace {

// The protocol allows 65535 placeholders and max_allowed_packet bytes (16 MiB is the least that a
// server in use is likely to have).
constexpr size_t kMaxRows = 256;
// Up to this many rows go in one statement of just that size, since a round trip costs more than a
// prepared statement; beyond it, sizes are powers of two.
constexpr size_t kExactRows = 32;
constexpr size_t kMaxPlaceholders = 16384;
constexpr size_t kMaxBytes = 8 << 20;

size_t SizeOf(const Param& param) {
  const auto* bytes = std::get_if<std::string>(&param.value());
  return bytes == nullptr ? 8 : bytes->size() + 8;
}

}  // namespace

InsertBuilder::InsertBuilder(std::string_view table, std::vector<std::string> columns)
    : table_(table), columns_(std::move(columns)) {}

InsertBuilder& InsertBuilder::Row(std::initializer_list<Param> values) {
  return Row(std::vector<Param>(values));
}

InsertBuilder& InsertBuilder::Row(std::vector<Param> values) {
  if (values.size() != columns_.size()) misfit_ = true;
  std::move(values.begin(), values.end(), std::back_inserter(values_));
  ++rows_;
  return *this;
}

InsertBuilder& InsertBuilder::Suffix(std::string_view sql) {
  suffix_ = std::string(sql);
  return *this;
}

absl::Status InsertBuilder::Run(Connection& conn) {
  if (misfit_) return absl::InvalidArgumentError("a row has not as many values as columns");
  if (rows_ == 0) return absl::OkStatus();
  if (columns_.empty()) return absl::InvalidArgumentError("an insert names no column");
  ASSIGN_OR_RETURN(std::string head, QuoteName(table_));
  head = absl::StrCat("INSERT INTO ", head, " (");
  std::string group = "(";
  for (size_t i = 0; i < columns_.size(); ++i) {
    ASSIGN_OR_RETURN(const std::string column, QuoteName(columns_[i]));
    absl::StrAppend(&head, i == 0 ? "" : ", ", column);
    absl::StrAppend(&group, i == 0 ? "?" : ", ?");
  }
  absl::StrAppend(&head, ") VALUES ");
  absl::StrAppend(&group, ")");

  const size_t width = columns_.size();
  size_t row = 0;
  while (row < rows_) {
    const size_t most =
        std::min({rows_ - row, kMaxRows, std::max<size_t>(1, kMaxPlaceholders / width)});
    size_t fitting = 0;
    size_t bytes = 0;
    while (fitting < most) {
      for (size_t i = 0; i < width; ++i) bytes += SizeOf(values_[(row + fitting) * width + i]);
      if (fitting > 0 && bytes > kMaxBytes) break;
      ++fitting;
    }
    size_t chunk = fitting;
    if (fitting > kExactRows) {
      chunk = kExactRows;
      while (chunk * 2 <= fitting) chunk *= 2;
    }
    std::string sql = head;
    for (size_t i = 0; i < chunk; ++i) absl::StrAppend(&sql, i == 0 ? "" : ", ", group);
    if (!suffix_.empty()) absl::StrAppend(&sql, " ", suffix_);
    RETURN_IF_ERROR(
        conn.Execute(sql, absl::MakeConstSpan(values_).subspan(row * width, chunk * width))
            .status());
    row += chunk;
  }
  return absl::OkStatus();
}

InsertBuilder Insert(std::string_view table, std::vector<std::string> columns) {
  return InsertBuilder(table, std::move(columns));
}

}  // namespace redress::db
