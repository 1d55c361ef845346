#include "common/db/rows.h"

#include <cstdio>
#include <cstdlib>
#include <limits>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace redress::db {
namespace {

[[noreturn]] void Misuse(std::string_view name, std::string_view wanted) {
  std::fprintf(stderr, "db::Row: column '%.*s' is not %.*s\n", static_cast<int>(name.size()),
               name.data(), static_cast<int>(wanted.size()), wanted.data());
  std::abort();
}

std::string_view NameOf(const std::vector<std::string>& names, size_t column) {
  return column < names.size() ? std::string_view(names[column]) : "(beyond the last)";
}

// The `count` digits at `at`, or -1.
int Digits(std::string_view text, size_t at, size_t count) {
  if (at + count > text.size()) return -1;
  int value = 0;
  for (size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

std::optional<absl::CivilDay> ParseDay(std::string_view text) {
  const int year = Digits(text, 0, 4);
  const int month = Digits(text, 5, 2);
  const int day = Digits(text, 8, 2);
  if (year < 1 || month < 1 || day < 1 || text[4] != '-' || text[7] != '-') return std::nullopt;
  return absl::CivilDay(year, month, day);
}

std::optional<absl::Time> ParseInstant(std::string_view text) {
  const std::optional<absl::CivilDay> day = ParseDay(text);
  const int hour = Digits(text, 11, 2);
  const int minute = Digits(text, 14, 2);
  const int second = Digits(text, 17, 2);
  if (!day.has_value() || hour < 0 || minute < 0 || second < 0) return std::nullopt;
  int64_t micros = 0;
  if (text.size() > 20 && text[19] == '.') {
    int64_t unit = 100000;
    for (char c : text.substr(20, 6)) {
      if (c < '0' || c > '9') return std::nullopt;
      micros += unit * (c - '0');
      unit /= 10;
    }
  }
  return absl::FromCivil(
             absl::CivilSecond(day->year(), day->month(), day->day(), hour, minute, second),
             absl::UTCTimeZone()) +
         absl::Microseconds(micros);
}

const Cell& At(const Cell* cells, const std::vector<std::string>& names, size_t column) {
  if (column >= names.size()) Misuse(NameOf(names, column), "there");
  return cells[column];
}

}  // namespace

bool Row::IsNull(size_t column) const {
  return std::holds_alternative<std::monostate>(At(cells_, *names_, column));
}

int64_t Row::Int(size_t column) const {
  const Cell& cell = At(cells_, *names_, column);
  if (const int64_t* number = std::get_if<int64_t>(&cell)) return *number;
  if (const uint64_t* number = std::get_if<uint64_t>(&cell)) {
    if (*number <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
      return static_cast<int64_t>(*number);
    }
  }
  int64_t parsed = 0;
  const std::string* text = std::get_if<std::string>(&cell);
  if (text != nullptr && absl::SimpleAtoi(*text, &parsed)) return parsed;
  Misuse(NameOf(*names_, column), "an int64");
}

uint64_t Row::Uint(size_t column) const {
  const Cell& cell = At(cells_, *names_, column);
  if (const uint64_t* number = std::get_if<uint64_t>(&cell)) return *number;
  if (const int64_t* number = std::get_if<int64_t>(&cell)) {
    if (*number >= 0) return static_cast<uint64_t>(*number);
  }
  uint64_t parsed = 0;
  const std::string* text = std::get_if<std::string>(&cell);
  if (text != nullptr && absl::SimpleAtoi(*text, &parsed)) return parsed;
  Misuse(NameOf(*names_, column), "a uint64");
}

double Row::Double(size_t column) const {
  const Cell& cell = At(cells_, *names_, column);
  if (const double* number = std::get_if<double>(&cell)) return *number;
  if (const int64_t* number = std::get_if<int64_t>(&cell)) return static_cast<double>(*number);
  if (const uint64_t* number = std::get_if<uint64_t>(&cell)) return static_cast<double>(*number);
  double parsed = 0;
  const std::string* text = std::get_if<std::string>(&cell);
  if (text != nullptr && absl::SimpleAtod(*text, &parsed)) return parsed;
  Misuse(NameOf(*names_, column), "a number");
}

std::string_view Row::Bytes(size_t column) const {
  if (const auto* bytes = std::get_if<std::string>(&At(cells_, *names_, column))) return *bytes;
  Misuse(NameOf(*names_, column), "bytes or text");
}

absl::CivilDay Row::Day(size_t column) const {
  const std::optional<absl::CivilDay> day = ParseDay(Bytes(column));
  if (!day.has_value()) Misuse(NameOf(*names_, column), "a day");
  return *day;
}

absl::Time Row::Instant(size_t column) const {
  const std::optional<absl::Time> instant = ParseInstant(Bytes(column));
  if (!instant.has_value()) Misuse(NameOf(*names_, column), "an instant");
  return *instant;
}

std::optional<int64_t> Row::MaybeInt(size_t column) const {
  if (IsNull(column)) return std::nullopt;
  return Int(column);
}

std::optional<std::string> Row::MaybeText(size_t column) const {
  if (IsNull(column)) return std::nullopt;
  return Text(column);
}

std::optional<absl::CivilDay> Row::MaybeDay(size_t column) const {
  if (IsNull(column)) return std::nullopt;
  return Day(column);
}

std::optional<absl::Time> Row::MaybeInstant(size_t column) const {
  if (IsNull(column)) return std::nullopt;
  return Instant(column);
}

size_t Row::Column(std::string_view name) const {
  for (size_t i = 0; i < names_->size(); ++i) {
    if ((*names_)[i] == name) return i;
  }
  Misuse(name, "in the result");
}

Rows::Rows(std::shared_ptr<const std::vector<std::string>> names, std::vector<Cell> cells)
    : names_(std::move(names)),
      cells_(std::move(cells)),
      size_(names_->empty() ? 0 : cells_.size() / names_->size()) {}

Row Rows::operator[](size_t index) const {
  if (index >= size_) Misuse(absl::StrCat("row ", index), "in the result");
  return Row(cells_.data() + index * names_->size(), names_.get());
}

}  // namespace redress::db
