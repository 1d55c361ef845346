#include "common/db/prepared.h"

#include <cppconn/datatype.h>
#include <cppconn/parameter_metadata.h>
#include <cppconn/resultset_metadata.h>

#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace redress::db {
namespace {

constexpr std::string_view kLimit = "SET STATEMENT max_statement_time=CAST(? AS DOUBLE) FOR ";

constexpr size_t kDayLength = 10;  // YYYY-MM-DD

// Only statements on rows can wait or work for long; DDL belongs to migrations, which have no
// deadline.
bool CanBeLimited(std::string_view sql) {
  const absl::string_view text =
      absl::StripLeadingAsciiWhitespace(absl::string_view(sql.data(), sql.size()));
  for (absl::string_view verb : {"SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "WITH"}) {
    if (absl::StartsWithIgnoreCase(text, verb)) return true;
  }
  return false;
}

enum class Shape { kSigned, kUnsigned, kDouble, kDay, kBytes };

Shape ShapeOf(sql::ResultSetMetaData& meta, unsigned column) {
  switch (meta.getColumnType(column)) {
    case sql::DataType::TINYINT:
    case sql::DataType::SMALLINT:
    case sql::DataType::MEDIUMINT:
    case sql::DataType::INTEGER:
    case sql::DataType::BIGINT:
    case sql::DataType::YEAR:
      return meta.isSigned(column) ? Shape::kSigned : Shape::kUnsigned;
    case sql::DataType::REAL:
    case sql::DataType::DOUBLE:
      return Shape::kDouble;
    case sql::DataType::DATE:
      return Shape::kDay;
    default:
      return Shape::kBytes;
  }
}

std::vector<std::string> LabelsOf(sql::ResultSetMetaData& meta) {
  const unsigned count = meta.getColumnCount();
  std::vector<std::string> labels;
  labels.reserve(count);
  for (unsigned column = 1; column <= count; ++column) {
    labels.push_back(meta.getColumnLabel(column));
  }
  return labels;
}

}  // namespace

Prepared& PreparedCache::Get(std::string_view sql, bool limited) {
  limited = limited && CanBeLimited(sql);
  std::string text;
  text.reserve(kLimit.size() + sql.size());
  if (limited) text.append(kLimit);
  text.append(sql);
  if (auto found = by_sql_.find(text); found != by_sql_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
    return entries_.front();
  }
  Prepared fresh;
  fresh.sql = text;
  fresh.statement.reset(conn_->prepareStatement(text));
  fresh.parameters = fresh.statement->getParameterMetaData()->getParameterCount();
  fresh.limited = limited;
  while (entries_.size() >= capacity_) {
    by_sql_.erase(entries_.back().sql);
    entries_.pop_back();
  }
  entries_.push_front(std::move(fresh));
  by_sql_.emplace(text, entries_.begin());
  return entries_.front();
}

void Bind(Prepared& prepared, absl::Duration limit, absl::Span<const Param> params) {
  sql::PreparedStatement& statement = *prepared.statement;
  unsigned at = 1;
  if (prepared.limited) statement.setDouble(at++, absl::ToDoubleSeconds(limit));
  for (const Param& param : params) {
    const Param::Value& value = param.value();
    if (const auto* bytes = std::get_if<std::string>(&value)) {
      statement.setString(at, *bytes);
    } else if (const auto* number = std::get_if<int64_t>(&value)) {
      statement.setInt64(at, *number);
    } else if (const auto* natural = std::get_if<uint64_t>(&value)) {
      statement.setUInt64(at, *natural);
    } else if (const auto* real = std::get_if<double>(&value)) {
      statement.setDouble(at, *real);
    } else {
      statement.setNull(at, sql::DataType::SQLNULL);
    }
    ++at;
  }
}

Rows ReadAll(Prepared& prepared, sql::ResultSet& result) {
  sql::ResultSetMetaData& meta = *result.getMetaData();
  if (prepared.labels == nullptr) {
    prepared.labels = std::make_shared<const std::vector<std::string>>(LabelsOf(meta));
  }
  const unsigned columns = static_cast<unsigned>(prepared.labels->size());
  std::vector<Shape> shapes;
  shapes.reserve(columns);
  for (unsigned column = 1; column <= columns; ++column) shapes.push_back(ShapeOf(meta, column));
  std::vector<Cell> cells;
  cells.reserve(result.rowsCount() * columns);
  while (result.next()) {
    for (unsigned column = 1; column <= columns; ++column) {
      if (result.isNull(column)) {
        cells.emplace_back();
        continue;
      }
      switch (shapes[column - 1]) {
        case Shape::kSigned:
          cells.emplace_back(result.getInt64(column));
          break;
        case Shape::kUnsigned:
          cells.emplace_back(result.getUInt64(column));
          break;
        case Shape::kDouble:
          cells.emplace_back(static_cast<double>(result.getDouble(column)));
          break;
        case Shape::kDay: {
          // The library writes years before 1000 with too few digits.
          std::string day = result.getString(column).asStdString();
          if (day.size() < kDayLength) day.insert(0, kDayLength - day.size(), '0');
          cells.emplace_back(std::move(day));
          break;
        }
        case Shape::kBytes:
          cells.emplace_back(result.getString(column).asStdString());
          break;
      }
    }
  }
  return Rows(prepared.labels, std::move(cells));
}

}  // namespace redress::db
