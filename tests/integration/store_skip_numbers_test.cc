// Numbers that may have been given since a backup are left out, and the gap explains itself.
#include "common/store/skip_numbers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/store/schema.h"
#include "tests/integration/testdb/testdb.h"

namespace redress::store {
namespace {

using ::testing::ElementsAre;

class SkipNumbersTest : public ::testing::Test {
 protected:
  std::vector<std::string> Lines(const std::string& sql) {
    const auto rows = database_.admin().Query(sql);
    std::vector<std::string> lines;
    if (!rows.ok()) return {rows.status().ToString()};
    for (const db::Row row : *rows) lines.push_back(row.Text(0));
    return lines;
  }

  testing::TestDatabase database_{Schema()};
};

TEST_F(SkipNumbersTest, EveryCounterMovesOnAndSaysWhy) {
  ASSERT_TRUE(database_.admin()
                  .Execute("INSERT INTO counter (name, drawn) VALUES ('registrations/430626/2026',"
                           " 41), ('transfers', 7)")
                  .ok());
  const auto skipped = SkipNumbers(database_.admin(), 200, "restored from the backup of 11-20");
  ASSERT_TRUE(skipped.ok()) << skipped.status();
  ASSERT_EQ(skipped->size(), 3u);
  EXPECT_EQ((*skipped)[1].counter, "registrations/430626/2026");
  EXPECT_EQ((*skipped)[1].first, 42);
  EXPECT_EQ((*skipped)[1].last, 241);
  EXPECT_THAT(Lines("SELECT CONCAT(name, '=', drawn) FROM counter ORDER BY name"),
              ElementsAre("=200", "registrations/430626/2026=241", "transfers=207"));
  EXPECT_THAT(Lines("SELECT CONCAT(counter, ' ', first_skipped, '-', last_skipped, ' ', reason)"
                    " FROM counter_skip ORDER BY id"),
              ElementsAre(" 1-200 restored from the backup of 11-20",
                          "registrations/430626/2026 42-241 restored from the backup of 11-20",
                          "transfers 8-207 restored from the backup of 11-20"));
  // A second restore goes on from there.
  ASSERT_TRUE(SkipNumbers(database_.admin(), 1, "again").ok());
  EXPECT_THAT(Lines("SELECT CONCAT(name, '=', drawn) FROM counter ORDER BY name"),
              ElementsAre("=201", "registrations/430626/2026=242", "transfers=208"));
}

TEST_F(SkipNumbersTest, ASlipOfThePenSkipsNothing) {
  ASSERT_TRUE(database_.admin().Execute("INSERT INTO counter VALUES ('transfers', 7)").ok());
  for (const auto& [by, reason] : std::vector<std::pair<int64_t, std::string>>{
           {0, "x"}, {-5, "x"}, {kMostSkipped + 1, "x"}, {1, " "}, {1, std::string(501, 'x')}}) {
    EXPECT_TRUE(absl::IsInvalidArgument(SkipNumbers(database_.admin(), by, reason).status()));
  }
  EXPECT_THAT(Lines("SELECT CONCAT(name, '=', drawn) FROM counter"), ElementsAre("transfers=7"));
}

}  // namespace
}  // namespace redress::store
