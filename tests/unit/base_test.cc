#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "common/base/clock.h"
#include "common/base/ids.h"

namespace redress::base {
namespace {

TEST(ClockTest, DayIsShanghais) {
  EXPECT_EQ(DayAt(absl::FromCivil(absl::CivilSecond(2018, 5, 19, 15, 59, 59), absl::UTCTimeZone())),
            absl::CivilDay(2018, 5, 19));
  EXPECT_EQ(DayAt(absl::FromCivil(absl::CivilSecond(2018, 5, 19, 16, 0, 0), absl::UTCTimeZone())),
            absl::CivilDay(2018, 5, 20));
}

TEST(ClockTest, SimulatedClockNeverGoesBack) {
  const absl::Time start = absl::FromUnixSeconds(1'524'000'000);
  SimulatedClock clock(start);
  EXPECT_TRUE(clock.AdvanceTo(start + absl::Hours(1)));
  EXPECT_FALSE(clock.AdvanceTo(start));
  EXPECT_EQ(clock.Now(), start + absl::Hours(1));
}

TEST(IdsTest, UuidsAreOrderedByTimeAndDistinct) {
  const absl::Time start = absl::FromUnixSeconds(1'524'000'000);
  std::set<std::string> seen;
  std::string last;
  for (int i = 0; i < 200; ++i) {
    const std::string id = NewUuid(start + absl::Milliseconds(i));
    EXPECT_TRUE(IsUuid(id)) << id;
    EXPECT_EQ(id[14], '7');
    EXPECT_LT(last, id);
    EXPECT_EQ(UuidText(UuidBytes(id)), id);
    last = id;
    seen.insert(id);
  }
  EXPECT_EQ(seen.size(), 200u);
}

TEST(IdsTest, UuidsOfOneMillisecondSortInTheOrderOfTheirMaking) {
  const absl::Time now = absl::FromUnixSeconds(1'524'000'001);
  std::string last;
  for (int i = 0; i < 2000; ++i) {
    const std::string id = NewUuid(now);
    NewUuid(now + absl::Hours(i));  // another clock's
    EXPECT_TRUE(IsUuid(id)) << id;
    EXPECT_EQ(id[14], '7');
    EXPECT_THAT(std::string("89ab"), ::testing::HasSubstr(id.substr(19, 1)));
    ASSERT_LT(last, id);
    last = id;
  }
}

TEST(IdsTest, RejectsWhatIsNoUuid) {
  EXPECT_FALSE(IsUuid(""));
  EXPECT_FALSE(IsUuid("018f0000-0000-7000-8000-00000000000g"));
  EXPECT_FALSE(IsUuid("018f00000000-7000-8000-0000-000000000000"));
}

TEST(IdsTest, NamesAreTakenApart) {
  EXPECT_EQ(LastSegment("cases/a/claims/2"), "2");
  EXPECT_EQ(RootName("cases/a/claims/2"), "cases/a");
  EXPECT_EQ(RootName("cases/a"), "cases/a");
  EXPECT_EQ(RootName("cases"), "cases");
}

}  // namespace
}  // namespace redress::base
