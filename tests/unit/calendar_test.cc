#include "common/calendar/calendar.h"

#include <memory>
#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace redress::calendar {
namespace {

using absl::CivilDay;
using ::testing::HasSubstr;
using ::testing::Not;

const Calendar& Table() {
  static const auto* const table = [] {
    auto loaded = Calendar::Load(REDRESS_SOURCE_DIR "/seeds/calendar/holidays.txt");
    if (!loaded.ok()) std::abort();
    return new std::shared_ptr<const Calendar>(*loaded);
  }();
  return **table;
}

DayNumber N(int year, int month, int day) { return DayNumberOf(year, month, day); }

// "2018-05-07", or "2027-01-25? 2027" where 2027 is missing.
std::string Show(const LastDay& last) {
  std::string text = ToText(FromDayNumber(last.day));
  if (last.provisional()) text += "? " + std::to_string(last.missing_year);
  return text;
}

// A table of 2025 and 2026 alone, whatever years the seed knows by now.
const Calendar& TwoYears() {
  static const auto* const table = [] {
    auto parsed = Calendar::Parse(
        "year 2025\nholiday 2025-10-01 2025-10-08 x\nworkday 2025-10-11 x\n"
        "year 2026\nholiday 2026-01-01 2026-01-03 x\nworkday 2026-01-04 x\n");
    if (!parsed.ok()) std::abort();
    return new std::shared_ptr<const Calendar>(*parsed);
  }();
  return **table;
}

TEST(CalendarTest, KnowsTheYearsOfItsSource) {
  EXPECT_EQ(Table().first_day(), CivilDay(2004, 1, 1));
  EXPECT_GE(Table().last_day(), CivilDay(2026, 12, 31));
  EXPECT_EQ(Table().version().size(), 64u);
}

TEST(CalendarTest, KnowsHolidaysAndMakeUpDaysOf2018) {
  for (CivilDay day :
       {CivilDay(2018, 2, 11), CivilDay(2018, 2, 24), CivilDay(2018, 4, 8), CivilDay(2018, 4, 28),
        CivilDay(2018, 9, 29), CivilDay(2018, 9, 30), CivilDay(2018, 12, 29)}) {
    EXPECT_TRUE(Table().IsWorkingDay(day)) << ToText(day);
  }
  for (CivilDay day : {CivilDay(2018, 2, 15), CivilDay(2018, 4, 5), CivilDay(2018, 4, 30),
                       CivilDay(2018, 5, 1), CivilDay(2018, 6, 18), CivilDay(2018, 9, 24),
                       CivilDay(2018, 10, 1), CivilDay(2018, 10, 5), CivilDay(2018, 5, 20)}) {
    EXPECT_FALSE(Table().IsWorkingDay(day)) << ToText(day);
  }
}

TEST(CalendarTest, AStatutoryPeriodRollsToTheNextWorkingDay) {
  const auto after = [](int month, int day, int days) {
    return Show(Table().RollForward(N(2018, month, day) + days));
  };
  EXPECT_EQ(after(4, 20, 15), "2018-05-07");  // 05-05 is a Saturday
  EXPECT_EQ(after(4, 15, 15), "2018-05-02");  // 04-30 lies in the Labour Day holiday
  EXPECT_EQ(after(4, 13, 15), "2018-04-28");  // a Saturday that is worked
  EXPECT_EQ(after(9, 16, 15), "2018-10-08");  // National Day
}

TEST(CalendarTest, AddsWorkingDays) {
  const auto add = [](DayNumber day, int count) {
    return Show(Table().AddWorkingDays(day, count));
  };
  EXPECT_EQ(add(N(2018, 4, 20), 15), "2018-05-14");
  EXPECT_EQ(add(N(2018, 4, 27), 1), "2018-04-28");
  EXPECT_EQ(add(N(2018, 4, 27), 2), "2018-05-02");
  EXPECT_EQ(add(N(2018, 4, 29), 0), "2018-04-29");
  EXPECT_EQ(add(N(2020, 2, 28), 1), "2020-03-02");
}

TEST(CalendarTest, CountingAndAddingAgree) {
  std::mt19937 random(1);
  // Also from before the table, over it, and beyond it.
  for (const Calendar* table : {&Table(), &TwoYears()}) {
    for (int i = 0; i < 2000; ++i) {
      const CivilDay from = CivilDay(2003, 1, 1) + static_cast<int>(random() % 9500);
      const int count = 1 + static_cast<int>(random() % 200);
      const LastDay last = table->AddWorkingDays(ToDayNumber(from), count);
      const CivilDay to = FromDayNumber(last.day);
      const WorkingDays between = table->WorkingDaysBetween(from, to);
      EXPECT_EQ(between.days, count) << ToText(from);
      EXPECT_EQ(between.missing_year, last.missing_year) << ToText(from) << ' ' << ToText(to);
      EXPECT_EQ(table->WorkingDaysBetween(to, from).days, -count);
      EXPECT_TRUE(table->IsWorkingDay(to));
      const LastDay rolled = table->RollForward(ToDayNumber(from));
      EXPECT_GE(rolled.day, ToDayNumber(from));
      EXPECT_EQ(rolled.provisional() || table->IsWorkingDay(rolled.day), true);
    }
  }
}

TEST(CalendarTest, BeyondTheTableEveryAnswerIsProvisionalAndNamesTheYear) {
  const Calendar& t = TwoYears();
  // Inside the table nothing is provisional, up to its last day.
  EXPECT_EQ(Show(t.RollForward(N(2026, 12, 31))), "2026-12-31");
  EXPECT_EQ(Show(t.AddWorkingDays(N(2026, 12, 30), 1)), "2026-12-31");
  // A period does not end before its unrolled last day, whatever that day will turn out to be.
  EXPECT_EQ(Show(t.RollForward(N(2027, 1, 25))), "2027-01-25? 2027");
  EXPECT_EQ(Show(t.RollForward(N(2027, 1, 2))), "2027-01-02? 2027");
  EXPECT_EQ(Show(t.RollForward(N(2028, 2, 2))), "2028-02-02? 2028");
  EXPECT_EQ(Show(t.RollForward(N(2003, 12, 31))), "2003-12-31? 2003");
  // Working days are counted by weekends: 2027-01-01 is a Friday.
  EXPECT_EQ(Show(t.AddWorkingDays(N(2026, 12, 30), 2)), "2027-01-01? 2027");
  EXPECT_EQ(Show(t.AddWorkingDays(N(2026, 12, 30), 5)), "2027-01-06? 2027");
  EXPECT_EQ(Show(t.AddWorkingDays(N(2027, 12, 30), 5)), "2028-01-06? 2027");
  EXPECT_EQ(Show(t.AddWorkingDays(N(2024, 12, 30), 2)), "2025-01-01? 2024");
  // Nothing of the missing year is counted where it is only the day that is not counted.
  EXPECT_EQ(Show(t.AddWorkingDays(N(2024, 12, 31), 1)), "2025-01-01");
  EXPECT_EQ(Show(t.AddWorkingDays(N(2027, 5, 1), 0)), "2027-05-01");
  // The longest that a period can turn out to be.
  EXPECT_EQ(t.RollForward(N(2027, 1, 25)).latest(), N(2027, 2, 24));
  EXPECT_EQ(t.RollForward(N(2026, 12, 31)).latest(), N(2026, 12, 31));
  EXPECT_FALSE(t.IsWorkingDay(CivilDay(2027, 1, 2)));
  EXPECT_TRUE(t.IsWorkingDay(CivilDay(2027, 1, 1)));
}

TEST(CalendarTest, APeriodWhoseRollLeavesTheTableIsProvisional) {
  // 2023-12-30 and 31 were a weekend, and 2024-01-01 is a holiday.
  const auto table = *Calendar::Parse("year 2023\n");
  EXPECT_EQ(Show(table->RollForward(N(2023, 12, 30))), "2023-12-30? 2024");
  const auto longer = *Calendar::Parse("year 2023\nyear 2024\nholiday 2024-01-01 2024-01-01 x\n");
  EXPECT_EQ(Show(longer->RollForward(N(2023, 12, 30))), "2024-01-02");
}

TEST(CalendarTest, HalfMonthsEndWithTheMonth) {
  EXPECT_EQ(HalfMonthOf(CivilDay(2018, 5, 1)), (Span{CivilDay(2018, 5, 1), CivilDay(2018, 5, 15)}));
  EXPECT_EQ(HalfMonthOf(CivilDay(2018, 5, 15)),
            (Span{CivilDay(2018, 5, 1), CivilDay(2018, 5, 15)}));
  EXPECT_EQ(HalfMonthOf(CivilDay(2018, 5, 16)),
            (Span{CivilDay(2018, 5, 16), CivilDay(2018, 5, 31)}));
  EXPECT_EQ(HalfMonthOf(CivilDay(2018, 2, 20)),
            (Span{CivilDay(2018, 2, 16), CivilDay(2018, 2, 28)}));
  EXPECT_EQ(HalfMonthOf(CivilDay(2020, 2, 29)),
            (Span{CivilDay(2020, 2, 16), CivilDay(2020, 2, 29)}));
  EXPECT_EQ(HalfMonthOf(CivilDay(2018, 12, 31)),
            (Span{CivilDay(2018, 12, 16), CivilDay(2018, 12, 31)}));
  EXPECT_EQ(MonthOf(CivilDay(2024, 2, 29)), (Span{CivilDay(2024, 2, 1), CivilDay(2024, 2, 29)}));
}

TEST(CalendarTest, ConversionsRoundTrip) {
  for (CivilDay day = CivilDay(1999, 12, 1); day < CivilDay(2029, 3, 1); ++day) {
    EXPECT_EQ(FromDayNumber(ToDayNumber(day)), day);
    EXPECT_EQ(DayNumberOf(static_cast<int>(day.year()), day.month(), day.day()), ToDayNumber(day));
    EXPECT_EQ(*FromProto(ToProto(day)), day);
    EXPECT_EQ(*FromText(ToText(day)), day);
  }
}

TEST(CalendarTest, RefusesWhatIsNoDate) {
  google::type::Date date;
  EXPECT_FALSE(FromProto(date).ok());
  date.set_year(2019);
  date.set_month(2);
  date.set_day(29);
  EXPECT_FALSE(FromProto(date).ok());
  date.set_year(2020);
  EXPECT_TRUE(FromProto(date).ok());
  for (const char* text : {"", "2019-02-29", "2018-5-1", "2018-05-01x", "20180501", "2018-13-01",
                           "-018-05-01", "2018-00-10"}) {
    EXPECT_FALSE(FromText(text).ok()) << text;
  }
}

TEST(CalendarTest, ReportsEveryFaultyLine) {
  const auto faulty = Calendar::Parse(
      "year 2018\n"
      "holyday 2018-01-01 2018-01-01\n"
      "holiday 2018-02-30 2018-02-31 x\n"
      "workday 2018-01-03\n"
      "holiday 2018-05-02 2018-05-01 x\n"
      "holiday 2019-05-02 2019-05-03 x\n"
      "year 2020\n"
      "holiday 2018-05-01 2018-05-01 x\n"
      "holiday 2018-05-01 2018-05-01 x\n");
  ASSERT_EQ(faulty.status().code(), absl::StatusCode::kInvalidArgument);
  for (int line : {2, 3, 4, 5, 6, 7, 9}) {
    EXPECT_THAT(faulty.status().message(), HasSubstr("line " + std::to_string(line) + ":"));
  }
  EXPECT_THAT(faulty.status().message(), Not(HasSubstr("line 8:")));
  EXPECT_FALSE(Calendar::Parse("").ok());
  EXPECT_EQ(Calendar::Load("/nonexistent").status().code(), absl::StatusCode::kNotFound);
}

TEST(CalendarTest, VersionFollowsTheMeaningNotTheWords) {
  const auto one = Calendar::Parse("year 2018\nholiday 2018-01-01 2018-01-01 a\n");
  const auto two = Calendar::Parse("# c\nyear 2018\nholiday 2018-01-01 2018-01-01 b # d\n");
  const auto three = Calendar::Parse("year 2018\nholiday 2018-01-02 2018-01-02 a\n");
  EXPECT_EQ((*one)->version(), (*two)->version());
  EXPECT_NE((*one)->version(), (*three)->version());
}

}  // namespace
}  // namespace redress::calendar
