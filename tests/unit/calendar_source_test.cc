#include "common/calendar/source.h"

#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace redress::calendar {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class CalendarSourceTest : public ::testing::Test {
 protected:
  CalendarSourceTest() { Write("year 2025\nyear 2026\n"); }
  ~CalendarSourceTest() override { std::remove(path_.c_str()); }

  // As an editor or a careful copy does: the whole file at once, under its name.
  void Write(const std::string& text) {
    const std::string fresh = path_ + ".new";
    std::ofstream(fresh) << text;
    ASSERT_EQ(std::rename(fresh.c_str(), path_.c_str()), 0);
  }
  void Open() {
    auto source = FileSource::Open(
        path_, {[this](const Calendar& taken) { last_days_.push_back(ToText(taken.last_day())); },
                [this](const absl::Status& why) { refused_.emplace_back(why.message()); }});
    ASSERT_TRUE(source.ok()) << source.status();
    source_ = *std::move(source);
  }

  const std::string path_ = absl::StrCat(::testing::TempDir(), "calendar-", getpid(), ".txt");
  std::vector<std::string> last_days_;
  std::vector<std::string> refused_;
  std::unique_ptr<FileSource> source_;
};

TEST_F(CalendarSourceTest, AYearIsAddedWithoutARestart) {
  Open();
  const std::shared_ptr<const Calendar> before = source_->current().Get();
  source_->Look();
  EXPECT_EQ(source_->current().Get(), before);
  Write("year 2025\nyear 2026\nyear 2027\nholiday 2027-01-01 2027-01-03 x\n");
  source_->Look();
  EXPECT_THAT(last_days_, ElementsAre("2026-12-31", "2027-12-31"));
  EXPECT_NE(source_->current().Get()->version(), before->version());
  // What began with the old one ends with it.
  EXPECT_EQ(before->last_day(), absl::CivilDay(2026, 12, 31));
}

TEST_F(CalendarSourceTest, AFaultyFileLeavesTheOldOneInUseAndIsToldOnce) {
  Open();
  const std::string version = source_->current().Get()->version();
  for (const char* faulty : {"year 2025\nyear 2026\nholyday 2026-01-01 2026-01-01 x\n",
                             "year 2025\n", "year 2026\nyear 2027\n", ""}) {
    Write(faulty);
    refused_.clear();
    source_->Look();
    source_->Look();
    EXPECT_EQ(refused_.size(), 1u) << faulty;
    EXPECT_EQ(source_->current().Get()->version(), version) << faulty;
  }
  std::remove(path_.c_str());
  refused_.clear();
  source_->Look();
  EXPECT_THAT(refused_, ElementsAre(HasSubstr("cannot read")));
  Write("year 2025\nyear 2026\nyear 2027\n");
  source_->Look();
  EXPECT_EQ(source_->current().Get()->last_day(), absl::CivilDay(2027, 12, 31));
}

TEST_F(CalendarSourceTest, ACommentIsNoNewCalendar) {
  Open();
  Write("# a comment\nyear 2025\nyear 2026\n");
  source_->Look();
  EXPECT_THAT(last_days_, ElementsAre("2026-12-31"));
}

TEST_F(CalendarSourceTest, WatchesByItself) {
  Open();
  source_->Start();
  Write("year 2025\nyear 2026\nyear 2027\n");
  const absl::Time deadline = absl::Now() + absl::Seconds(20);
  while (source_->current().Get()->last_day() < absl::CivilDay(2027, 1, 1) &&
         absl::Now() < deadline) {
    absl::SleepFor(absl::Milliseconds(50));
  }
  source_->Stop();
  EXPECT_EQ(source_->current().Get()->last_day(), absl::CivilDay(2027, 12, 31));
}

TEST_F(CalendarSourceTest, WithoutAFileThereIsNothingToBeginWith) {
  EXPECT_EQ(FileSource::Open("/nonexistent", {}).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace redress::calendar
