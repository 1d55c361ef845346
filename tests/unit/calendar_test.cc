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

TEST(CalendarTest, KnowsTheYearsOfItsSource) {
  EXPECT_EQ(Table().first_day(), CivilDay(2004, 1, 1));
  EXPECT_EQ(Table().last_day(), CivilDay(2026, 12, 31));
  EXPECT_EQ(Table().version().size(), 64u);
}

TEST(CalendarTest, KnowsHolidaysAndMakeUpDaysOf2018) {
  for (CivilDay day :
       {CivilDay(2018, 2, 11), CivilDay(2018, 2, 24), CivilDay(2018, 4, 8), CivilDay(2018, 4, 28),
        CivilDay(2018, 9, 29), CivilDay(2018, 9, 30), CivilDay(2018, 12, 29)}) {
    EXPECT_TRUE(*Table().IsWorkingDay(day)) << ToText(day);
  }
  for (CivilDay day : {CivilDay(2018, 2, 15), CivilDay(2018, 4, 5), CivilDay(2018, 4, 30),
                       CivilDay(2018, 5, 1), CivilDay(2018, 6, 18), CivilDay(2018, 9, 24),
                       CivilDay(2018, 10, 1), CivilDay(2018, 10, 5), CivilDay(2018, 5, 20)}) {
    EXPECT_FALSE(*Table().IsWorkingDay(day)) << ToText(day);
  }
}

TEST(CalendarTest, StatutoryPeriodsExcludeTheFirstDayAndRoll) {
  // 04-20 + 15 = 05-05, a Saturday.
  EXPECT_EQ(*Table().StatutoryEnd(CivilDay(2018, 4, 20), 15), CivilDay(2018, 5, 7));
  // 04-15 + 15 = 04-30, in the Labour Day holiday.
  EXPECT_EQ(*Table().StatutoryEnd(CivilDay(2018, 4, 15), 15), CivilDay(2018, 5, 2));
  // 04-13 + 15 = 04-28, a Saturday that is worked.
  EXPECT_EQ(*Table().StatutoryEnd(CivilDay(2018, 4, 13), 15), CivilDay(2018, 4, 28));
  // 09-16 + 15 = 10-01, National Day: on to 10-08.
  EXPECT_EQ(*Table().StatutoryEnd(CivilDay(2018, 9, 16), 15), CivilDay(2018, 10, 8));
}

TEST(CalendarTest, AddsWorkingDays) {
  EXPECT_EQ(*Table().AddWorkingDays(CivilDay(2018, 4, 20), 15), CivilDay(2018, 5, 14));
  EXPECT_EQ(*Table().AddWorkingDays(CivilDay(2018, 4, 27), 1), CivilDay(2018, 4, 28));
  EXPECT_EQ(*Table().AddWorkingDays(CivilDay(2018, 4, 27), 2), CivilDay(2018, 5, 2));
  EXPECT_EQ(*Table().AddWorkingDays(CivilDay(2018, 4, 29), 0), CivilDay(2018, 4, 29));
  EXPECT_EQ(*Table().AddWorkingDays(CivilDay(2020, 2, 28), 1), CivilDay(2020, 3, 2));
  EXPECT_FALSE(Table().AddWorkingDays(CivilDay(2018, 4, 29), -1).ok());
}

TEST(CalendarTest, CountingAndAddingAgree) {
  std::mt19937 random(1);
  for (int i = 0; i < 2000; ++i) {
    const CivilDay from = CivilDay(2004, 1, 1) + static_cast<int>(random() % 8000);
    const int count = 1 + static_cast<int>(random() % 200);
    const CivilDay to = *Table().AddWorkingDays(from, count);
    EXPECT_EQ(*Table().WorkingDaysBetween(from, to), count);
    EXPECT_EQ(*Table().WorkingDaysBetween(to, from), -count);
    EXPECT_TRUE(*Table().IsWorkingDay(to));
    const CivilDay rolled = *Table().RollForward(from);
    EXPECT_GE(rolled, from);
    EXPECT_TRUE(*Table().IsWorkingDay(rolled));
    EXPECT_EQ(*Table().WorkingDaysBetween(from - 0, rolled), rolled == from ? 0 : 1);
  }
}

TEST(CalendarTest, YearsOutsideTheTableAreErrors) {
  EXPECT_EQ(Table().IsWorkingDay(CivilDay(2027, 1, 4)).status().code(),
            absl::StatusCode::kOutOfRange);
  EXPECT_EQ(Table().AddWorkingDays(CivilDay(2026, 12, 30), 5).status().code(),
            absl::StatusCode::kOutOfRange);
  EXPECT_EQ(Table().RollForward(CivilDay(2003, 12, 31)).status().code(),
            absl::StatusCode::kOutOfRange);
  EXPECT_EQ(
      Table().WorkingDaysBetween(CivilDay(2026, 12, 30), CivilDay(2027, 1, 1)).status().code(),
      absl::StatusCode::kOutOfRange);
  EXPECT_EQ(Table().StatutoryEnd(CivilDay(2026, 12, 30), 15).status().code(),
            absl::StatusCode::kOutOfRange);
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
