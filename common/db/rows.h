// The result of a query, read out completely: it does not depend on the connection or statement
// that made it.
//
//   ASSIGN_OR_RETURN(Rows rows, conn.Query("SELECT version, body FROM cases WHERE id = ?", {id}));
//   if (rows.empty()) return absl::NotFoundError(…);
//   int64_t version = rows[0].Int(0);
//
// A Row is a view and lives as long as its Rows. Getters require that the column exists, is not
// NULL, and has a type that fits; a breach is a mistake in the code, not in the data, and aborts
// the process with the column's name. Columns that may be NULL have the Maybe… getters.
//
// Thread-compatible: may be read by several threads.
#ifndef REDRESS_COMMON_DB_ROWS_H_
#define REDRESS_COMMON_DB_ROWS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace redress::db {

using Cell = std::variant<std::monostate, int64_t, uint64_t, double, std::string>;

class Row {
 public:
  // Made by Rows.
  Row(const Cell* cells, const std::vector<std::string>* names) : cells_(cells), names_(names) {}

  size_t size() const { return names_->size(); }
  bool IsNull(size_t column) const;

  int64_t Int(size_t column) const;    // integers that fit, DECIMAL without fraction
  uint64_t Uint(size_t column) const;  // the same, not negative
  bool Bool(size_t column) const { return Int(column) != 0; }
  double Double(size_t column) const;  // any number
  // BINARY, BLOB, CHAR, TEXT, JSON, DECIMAL as they are. The view lives as long as the Rows.
  std::string_view Bytes(size_t column) const;
  std::string Text(size_t column) const { return std::string(Bytes(column)); }
  absl::CivilDay Day(size_t column) const;  // DATE
  absl::Time Instant(size_t column) const;  // DATETIME, TIMESTAMP, both UTC

  std::optional<int64_t> MaybeInt(size_t column) const;
  std::optional<std::string> MaybeText(size_t column) const;
  std::optional<absl::CivilDay> MaybeDay(size_t column) const;
  std::optional<absl::Time> MaybeInstant(size_t column) const;

  // The index of the column with this label (exact case); aborts if there is none. Look it up once
  // per result, not once per row.
  size_t Column(std::string_view name) const;

 private:
  const Cell* cells_;
  const std::vector<std::string>* names_;
};

class Rows {
 public:
  class Iterator {
   public:
    using value_type = Row;
    using difference_type = std::ptrdiff_t;
    Iterator(const Rows* rows, size_t at) : rows_(rows), at_(at) {}
    Row operator*() const { return (*rows_)[at_]; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    bool operator==(const Iterator& other) const { return at_ == other.at_; }

   private:
    const Rows* rows_;
    size_t at_;
  };

  Rows() = default;
  // REQUIRES: cells.size() is a multiple of names->size().
  Rows(std::shared_ptr<const std::vector<std::string>> names, std::vector<Cell> cells);

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  // REQUIRES: index < size().
  Row operator[](size_t index) const;
  Iterator begin() const { return Iterator(this, 0); }
  Iterator end() const { return Iterator(this, size_); }

 private:
  std::shared_ptr<const std::vector<std::string>> names_;
  std::vector<Cell> cells_;
  size_t size_ = 0;
};

}  // namespace redress::db

#endif  // REDRESS_COMMON_DB_ROWS_H_
