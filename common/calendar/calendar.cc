#include "common/calendar/calendar.h"

#include "common/base/digest.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace redress::calendar {
namespace {

constexpr absl::CivilDay kEpoch(1970, 1, 1);

enum class Mark : uint8_t { kPlain, kHoliday, kWorkday };

bool IsWeekend(DayNumber day) {
  constexpr DayNumber kSaturday = 2, kWeek = 7;  // 1970-01-03
  const DayNumber since = ((day - kSaturday) % kWeek + kWeek) % kWeek;
  return since < 2;
}

}  // namespace

DayNumber ToDayNumber(absl::CivilDay day) { return static_cast<DayNumber>(day - kEpoch); }

absl::CivilDay FromDayNumber(DayNumber number) { return kEpoch + number; }

DayNumber DayNumberOf(int year, int month, int day) {
  // The proleptic Gregorian calendar with years that begin in March, so that the leap day is last.
  year -= month <= 2;
  const int era = (year >= 0 ? year : year - 399) / 400;
  const int year_of_era = year - era * 400;
  const int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

google::type::Date ToProto(absl::CivilDay day) {
  google::type::Date date;
  date.set_year(static_cast<int32_t>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

absl::StatusOr<absl::CivilDay> FromProto(const google::type::Date& date) {
  const absl::CivilDay day(date.year(), date.month(), date.day());
  // CivilDay normalises, so what does not come back the same was no real date.
  if (date.year() < 1 || date.year() > 9999 || day.year() != date.year() ||
      day.month() != date.month() || day.day() != date.day()) {
    return absl::InvalidArgumentError(absl::StrFormat("%d-%d-%d is not a whole, real date",
                                                      date.year(), date.month(), date.day()));
  }
  return day;
}

std::string ToText(absl::CivilDay day) {
  return absl::StrFormat("%04d-%02d-%02d", day.year(), day.month(), day.day());
}

absl::StatusOr<absl::CivilDay> FromText(std::string_view text) {
  google::type::Date date;
  int year, month, day;
  if (text.size() == 10 && text[4] == '-' && text[7] == '-' &&
      text.find_first_not_of("0123456789-") == std::string_view::npos &&
      absl::SimpleAtoi(std::string(text.substr(0, 4)), &year) &&
      absl::SimpleAtoi(std::string(text.substr(5, 2)), &month) &&
      absl::SimpleAtoi(std::string(text.substr(8, 2)), &day)) {
    date.set_year(year);
    date.set_month(month);
    date.set_day(day);
    return FromProto(date);
  }
  return absl::InvalidArgumentError("a date is written like 2018-05-14");
}

Span HalfMonthOf(absl::CivilDay day) {
  const absl::CivilMonth month(day);
  if (day.day() <= 15) return {absl::CivilDay(month), absl::CivilDay(month) + 14};
  return {absl::CivilDay(month) + 15, absl::CivilDay(month + 1) - 1};
}

Span MonthOf(absl::CivilDay day) {
  const absl::CivilMonth month(day);
  return {absl::CivilDay(month), absl::CivilDay(month + 1) - 1};
}

absl::StatusOr<std::shared_ptr<const Calendar>> Calendar::Parse(std::string_view text) {
  std::vector<std::string> mistakes;
  std::vector<Mark> marks;
  int first_year = 0, last_year = 0;
  DayNumber first = 0;
  int line_number = 0;
  const absl::string_view whole(text.data(), text.size());
  for (absl::string_view line : absl::StrSplit(whole, '\n')) {
    ++line_number;
    line = absl::StripAsciiWhitespace(line.substr(0, line.find('#')));
    if (line.empty()) continue;
    const std::vector<std::string> words = absl::StrSplit(line, ' ', absl::SkipEmpty());
    const auto wrong = [&](absl::string_view what) {
      mistakes.push_back(absl::StrCat("line ", line_number, ": ", what));
    };
    if (words[0] == "year") {
      int year;
      if (words.size() != 2 || !absl::SimpleAtoi(words[1], &year) || year < 1900 || year > 9998) {
        wrong("expected `year YYYY`");
      } else if (first_year != 0 && year != last_year + 1) {
        wrong("years must follow each other without a gap");
      } else {
        if (first_year == 0) {
          first_year = year;
          first = DayNumberOf(year, 1, 1);
        }
        last_year = year;
        marks.resize(static_cast<size_t>(DayNumberOf(year + 1, 1, 1) - first), Mark::kPlain);
      }
      continue;
    }
    const bool holiday = words[0] == "holiday";
    if (!holiday && words[0] != "workday") {
      wrong("expected `year`, `holiday` or `workday`");
      continue;
    }
    if (words.size() < (holiday ? 3u : 2u)) {
      wrong("a date is missing");
      continue;
    }
    const auto from = FromText(words[1]);
    const auto to = holiday ? FromText(words[2]) : from;
    if (!from.ok() || !to.ok()) {
      wrong("a date is written like 2018-05-14");
      continue;
    }
    if (*to < *from || from->year() != last_year || to->year() != last_year) {
      wrong("the days must be in order and of the year above");
      continue;
    }
    if (!holiday && !IsWeekend(ToDayNumber(*from))) {
      wrong("only a Saturday or Sunday can be worked to make up for a holiday");
      continue;
    }
    for (absl::CivilDay day = *from; day <= *to; ++day) {
      Mark& mark = marks[static_cast<size_t>(ToDayNumber(day) - first)];
      if (mark != Mark::kPlain) {
        wrong(absl::StrCat(ToText(day), " is given twice"));
        break;
      }
      mark = holiday ? Mark::kHoliday : Mark::kWorkday;
    }
  }
  if (marks.empty()) mistakes.push_back("there is no year");
  if (!mistakes.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("the calendar is faulty: ", absl::StrJoin(mistakes, "; ")));
  }

  std::shared_ptr<Calendar> calendar(new Calendar);
  calendar->first_ = first;
  std::string meaning = absl::StrCat(first_year, "-", last_year, "\n");
  int32_t count = 0;
  for (size_t i = 0; i < marks.size(); ++i) {
    const DayNumber number = first + static_cast<DayNumber>(i);
    const bool working =
        marks[i] == Mark::kWorkday || (marks[i] == Mark::kPlain && !IsWeekend(number));
    calendar->working_.push_back(working);
    if (working) {
      ++count;
      calendar->by_rank_.push_back(number);
    }
    calendar->up_to_.push_back(count);
    meaning.push_back(working ? '1' : '0');
  }
  calendar->version_ = base::Sha256Hex(meaning);
  return std::shared_ptr<const Calendar>(std::move(calendar));
}

absl::StatusOr<std::shared_ptr<const Calendar>> Calendar::Load(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return absl::NotFoundError(absl::StrCat("cannot read the calendar ", path));
  std::ostringstream text;
  text << in.rdbuf();
  return Parse(text.str());
}

int Calendar::MissingYear(DayNumber from, DayNumber to) const {
  if (from > to) return 0;
  if (from < first_) return static_cast<int>(FromDayNumber(from).year());
  if (to > last()) return static_cast<int>(FromDayNumber(std::max(from, last() + 1)).year());
  return 0;
}

bool Calendar::IsWorkingDay(DayNumber day) const {
  return Covers(day) ? static_cast<bool>(working_[static_cast<size_t>(day - first_)])
                     : !IsWeekend(day);
}

WorkingDays Calendar::WorkingDaysBetween(absl::CivilDay from, absl::CivilDay to) const {
  if (to < from) {
    WorkingDays back = WorkingDaysBetween(to, from);
    back.days = -back.days;
    return back;
  }
  const DayNumber first = ToDayNumber(from), end = ToDayNumber(to);
  WorkingDays counted{0, MissingYear(first + 1, end)};
  if (counted.missing_year == 0 && Covers(first)) {
    counted.days =
        up_to_[static_cast<size_t>(end - first_)] - up_to_[static_cast<size_t>(first - first_)];
    return counted;
  }
  for (DayNumber day = first + 1; day <= end; ++day) counted.days += IsWorkingDay(day) ? 1 : 0;
  return counted;
}

LastDay Calendar::AddWorkingDays(DayNumber day, int count) const {
  if (count <= 0) return {day, 0};
  DayNumber at = day;
  while (at < first_ - 1 && count > 0) count -= IsWeekend(++at) ? 0 : 1;
  if (count > 0 && at <= last()) {
    const int32_t before = at < first_ ? 0 : up_to_[static_cast<size_t>(at - first_)];
    const int32_t left = static_cast<int32_t>(by_rank_.size()) - before;
    if (count <= left) {
      at = by_rank_[static_cast<size_t>(before + count - 1)];
      count = 0;
    } else {
      at = last();
      count -= left;
    }
  }
  while (count > 0) count -= IsWeekend(++at) ? 0 : 1;
  return {at, MissingYear(day + 1, at)};
}

LastDay Calendar::RollForward(DayNumber day) const {
  DayNumber at = day;
  for (; Covers(at); ++at) {
    if (working_[static_cast<size_t>(at - first_)]) return {at, 0};
  }
  return {day, MissingYear(at, at)};
}

}  // namespace redress::calendar
