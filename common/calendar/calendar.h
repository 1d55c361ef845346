// Civil dates, working days and statutory periods, by a table of public holidays and make-up days.
//
// A statutory period excludes its first day; a last day that is not a working day rolls to the next
// working day; an extension runs from the unrolled date (Civil Procedure Law art. 85 as applied to
// petitions). The table comes from seeds/calendar. It ends, since a year's holidays are announced
// only in the autumn before: beyond it (and before it) every answer is provisional, counted by
// weekends alone, and says which year is missing. Nothing fails for want of a year.
#ifndef REDRESS_COMMON_CALENDAR_CALENDAR_H_
#define REDRESS_COMMON_CALENDAR_CALENDAR_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "google/type/date.pb.h"

namespace redress::calendar {

// Days since 1970-01-01. What hot code computes with.
using DayNumber = int32_t;

DayNumber ToDayNumber(absl::CivilDay day);
absl::CivilDay FromDayNumber(DayNumber number);

// The day number of year, month and day without any check; they must be a real date.
DayNumber DayNumberOf(int year, int month, int day);

// A google.type.Date of a day, and back. FromProto fails with INVALID_ARGUMENT for what is not a
// whole, real date between the years 1 and 9999.
google::type::Date ToProto(absl::CivilDay day);
absl::StatusOr<absl::CivilDay> FromProto(const google::type::Date& date);

// "2018-05-14".
std::string ToText(absl::CivilDay day);
// INVALID_ARGUMENT unless the text is of that form and a real date.
absl::StatusOr<absl::CivilDay> FromText(std::string_view text);

// A span of days, both inclusive.
struct Span {
  absl::CivilDay first;
  absl::CivilDay last;
  friend bool operator==(const Span& a, const Span& b) {
    return a.first == b.first && a.last == b.last;
  }
};

// The half month (1-15, or 16 to the end of the month) that a day lies in.
Span HalfMonthOf(absl::CivilDay day);
// The calendar month that a day lies in.
Span MonthOf(absl::CivilDay day);

// The last day of a period, as far as the table tells.
struct LastDay {
  // Public holidays with their make-up days never keep offices closed for so long: whatever the
  // missing year turns out to say, a period is past after so many days more.
  static constexpr int kCertainAfter = 30;

  // Where a year is missing: the day before any rolling, by weekends alone.
  DayNumber day = 0;
  // The year that would be needed and is not in the table; 0: `day` is certain.
  int missing_year = 0;

  bool provisional() const { return missing_year != 0; }
  // The latest day that it can be; `day` where that is certain.
  DayNumber latest() const { return provisional() ? day + kCertainAfter : day; }
};

// A number of working days, as far as the table tells.
struct WorkingDays {
  int days = 0;
  // As in LastDay; the days of that year were counted by weekends alone.
  int missing_year = 0;
};

// A table of working days. Immutable, thread-safe.
class Calendar {
 public:
  // Reads a table (format: seeds/calendar/README.md). INVALID_ARGUMENT names every faulty line.
  static absl::StatusOr<std::shared_ptr<const Calendar>> Parse(std::string_view text);
  // The same from a file. NOT_FOUND if it cannot be read.
  static absl::StatusOr<std::shared_ptr<const Calendar>> Load(const std::string& path);

  // The first and last day that the table knows: whole, contiguous years.
  absl::CivilDay first_day() const { return FromDayNumber(first_); }
  absl::CivilDay last_day() const { return FromDayNumber(last()); }
  bool Covers(absl::CivilDay day) const { return Covers(ToDayNumber(day)); }
  bool Covers(DayNumber day) const { return day >= first_ && day <= last(); }

  // The SHA-256 of the table's meaning (its years, holidays and make-up days; not its comments), in
  // hex. Stored beside whatever was computed with it.
  const std::string& version() const { return version_; }

  // Monday to Friday where the table does not cover the day.
  bool IsWorkingDay(absl::CivilDay day) const { return IsWorkingDay(ToDayNumber(day)); }
  bool IsWorkingDay(DayNumber day) const;
  // How many working days there are after `from`, up to and including `to`; negative where `to` is
  // before `from`.
  WorkingDays WorkingDaysBetween(absl::CivilDay from, absl::CivilDay to) const;

  // The `count`th working day after `day`, which is itself not counted; `day` for 0. `count` >= 0.
  // Allocates nothing, as the next one.
  LastDay AddWorkingDays(DayNumber day, int count) const;
  // `day` if it is a working day, else the next one: where a statutory period's last day rolls to.
  // Where a year is missing for that: `day` itself, which the period does not end before.
  LastDay RollForward(DayNumber day) const;

  // No day at all.
  static constexpr DayNumber kUnknown = INT32_MIN;

 private:
  Calendar() = default;
  DayNumber last() const { return first_ + static_cast<DayNumber>(working_.size()) - 1; }
  // The first year with a day from `from` to `to` that is not in the table; 0: all are.
  int MissingYear(DayNumber from, DayNumber to) const;

  DayNumber first_ = 0;
  std::vector<bool> working_;       // by day
  std::vector<int32_t> up_to_;      // working days up to and including each day
  std::vector<DayNumber> by_rank_;  // the working days in order
  std::string version_;
};

}  // namespace redress::calendar

#endif  // REDRESS_COMMON_CALENDAR_CALENDAR_H_
