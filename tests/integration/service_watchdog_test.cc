// A service says of itself whether its database answers.
#include "common/service/watchdog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "common/db/transact.h"
#include "common/status/error.h"
#include "common/status/messages.h"
#include "tests/integration/testdb/testdb.h"

namespace redress::service {
namespace {

constexpr char kSchema[] =
    "CREATE TABLE deployment (id INT PRIMARY KEY, mode VARCHAR(10));"
    "INSERT INTO deployment VALUES (1, 'sample');";

// What the watchdog has said last, and how often it said anything.
class Told {
 public:
  void operator()(bool serving) {
    absl::MutexLock lock(&mutex_);
    serving_ = serving;
    ++times_;
  }
  bool Becomes(bool serving) {
    absl::MutexLock lock(&mutex_);
    const auto same = [&] { return serving_ == serving; };
    return mutex_.AwaitWithTimeout(absl::Condition(&same), absl::Seconds(20));
  }
  int times() {
    absl::MutexLock lock(&mutex_);
    return times_;
  }

 private:
  absl::Mutex mutex_;
  bool serving_ = false;
  int times_ = 0;
};

TEST(WatchdogTest, SaysWhenTheDatabaseIsLostAndWhenItIsBack) {
  testing::TestDatabase database({db::Migration{1, "deployment", kSchema}});
  metrics::Registry metrics;
  Told told;
  Watchdog::Options options;
  options.every = absl::Milliseconds(50);
  Watchdog watchdog(
      database.endpoint(), metrics, [&told](bool serving) { told(serving); }, options);
  EXPECT_TRUE(told.Becomes(true));
  absl::SleepFor(absl::Milliseconds(300));
  EXPECT_EQ(told.times(), 1) << "it is said once";
  EXPECT_THAT(metrics.Expose(), ::testing::HasSubstr("redress_database_up 1"));

  ASSERT_TRUE(database.admin().Execute("RENAME TABLE deployment TO gone").ok());
  EXPECT_TRUE(told.Becomes(false)) << "a database without our tables is no database";
  EXPECT_THAT(metrics.Expose(), ::testing::HasSubstr("redress_database_up 0"));
  ASSERT_TRUE(database.admin().Execute("RENAME TABLE gone TO deployment").ok());
  EXPECT_TRUE(told.Becomes(true));
  EXPECT_EQ(told.times(), 3);
}

TEST(WatchdogTest, AServerThatHangsIsLost) {
  testing::TestDatabase database({db::Migration{1, "deployment", kSchema}});
  metrics::Registry metrics;
  Told told;
  Watchdog::Options options;
  options.every = absl::Milliseconds(50);
  options.patience = absl::Seconds(1);
  Watchdog watchdog(
      database.endpoint(), metrics, [&told](bool serving) { told(serving); }, options);
  EXPECT_TRUE(told.Becomes(true));
  ASSERT_TRUE(database.admin().ExecuteText("LOCK TABLES deployment WRITE").ok());
  EXPECT_TRUE(told.Becomes(false));
  ASSERT_TRUE(database.admin().ExecuteText("UNLOCK TABLES").ok());
  EXPECT_TRUE(told.Becomes(true));
}

TEST(WatchdogTest, AMissingDatabaseIsOneErrorInBothLanguages) {
  testing::TestDatabase database({db::Migration{1, "deployment", kSchema}});
  const auto ask = [](db::Endpoint endpoint) {
    db::Pool pool(std::move(endpoint), db::Pool::Options());
    return db::Read(pool, absl::Now() + absl::Seconds(5), [](db::Connection& connection) {
      return connection.Query("SELECT 1").status();
    });
  };
  db::Endpoint dropped = database.endpoint();
  dropped.database = "redress_test_is_not_there";
  db::Endpoint nowhere = database.endpoint();
  nowhere.socket = "/nonexistent/mysqld.sock";
  for (const db::Endpoint& endpoint : {dropped, nowhere}) {
    const absl::Status lost = ask(endpoint);
    EXPECT_TRUE(absl::IsUnavailable(lost)) << lost;
    ASSERT_TRUE(status::ErrorInfoOf(lost).has_value()) << lost;
    EXPECT_EQ(status::ErrorInfoOf(lost)->metadata().at("part"), "database");
    EXPECT_TRUE(status::RetryAfterOf(lost).has_value());
    EXPECT_THAT(status::MessageFor(lost, "zh"), ::testing::HasSubstr("数据库"));
    EXPECT_THAT(status::MessageFor(lost, "en"), ::testing::HasSubstr("database"));
  }
}

}  // namespace
}  // namespace redress::service
