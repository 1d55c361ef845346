// The pool under shortage, death of connections, and age.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/db/pool.h"
#include "common/db/transact.h"
#include "tests/integration/testdb/testdb.h"

namespace redress::db {
namespace {

using ::redress::testing::TestDatabase;

absl::Time Soon() { return absl::Now() + absl::Seconds(10); }

Pool::Options Small(size_t connections) {
  Pool::Options options;
  options.max_connections = connections;
  return options;
}

TEST(DbPoolTest, ExhaustionIsToldWhenTheDeadlineIsReached) {
  TestDatabase database({}, Small(2));
  auto first = database.pool().Acquire(Soon());
  auto second = database.pool().Acquire(Soon());
  ASSERT_TRUE(first.ok() && second.ok());
  const absl::Time start = absl::Now();
  const auto third = database.pool().Acquire(start + absl::Milliseconds(100));
  EXPECT_EQ(third.status().code(), absl::StatusCode::kResourceExhausted) << third.status();
  EXPECT_GE(absl::Now() - start, absl::Milliseconds(100));
  EXPECT_EQ(database.pool().Acquire(start - absl::Seconds(1)).status().code(),
            absl::StatusCode::kDeadlineExceeded);
}

TEST(DbPoolTest, AReturnedConnectionWakesAWaiter) {
  TestDatabase database({}, Small(1));
  std::optional<Lease> held = *database.pool().Acquire(Soon());
  const uint64_t id = (*held)->id();
  std::thread returner([&] {
    absl::SleepFor(absl::Milliseconds(50));
    held.reset();
  });
  const auto waited = database.pool().Acquire(Soon());
  returner.join();
  ASSERT_TRUE(waited.ok()) << waited.status();
  EXPECT_EQ((*waited)->id(), id);
}

TEST(DbPoolTest, ManyThreadsShareFewConnections) {
  std::atomic<int64_t> most{0};
  Pool::Options options = Small(3);
  options.observer.size_changed = [&](int64_t in_use, int64_t idle) {
    int64_t seen = most.load();
    while (in_use + idle > seen && !most.compare_exchange_weak(seen, in_use + idle)) {
    }
  };
  TestDatabase database({}, options);
  std::atomic<int> done{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 12; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i) {
        const absl::Status status = Read(
            database.pool(), Soon(),
            [](Connection& conn) -> absl::Status { return conn.Query("SELECT ?", {1}).status(); });
        if (status.ok()) ++done;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(done.load(), 1200);
  EXPECT_LE(most.load(), 3);
}

TEST(DbPoolTest, DeadIdleConnectionsAreFoundAndReplaced) {
  std::atomic<int> discarded{0};
  Pool::Options options = Small(4);
  options.observer.discarded = [&] { ++discarded; };
  TestDatabase database({}, options);
  ASSERT_TRUE(database.pool().Warm(4).ok());
  const auto list = database.admin().Query(
      "SELECT id FROM information_schema.processlist WHERE db = ? AND id <> CONNECTION_ID()",
      {database.name()});
  ASSERT_TRUE(list.ok()) << list.status();
  ASSERT_EQ(list->size(), 4u);
  for (const Row row : *list) {
    ASSERT_TRUE(database.admin().ExecuteText(absl::StrCat("KILL ", row.Int(0))).ok());
  }
  // One reading meets a dead connection; the others are suspected and never reach a caller.
  for (int i = 0; i < 4; ++i) {
    const absl::Status status = Read(
        database.pool(), Soon(), [](Connection& conn) { return conn.Query("SELECT 1").status(); });
    EXPECT_TRUE(status.ok()) << status;
  }
  EXPECT_EQ(discarded.load(), 4);
}

TEST(DbPoolTest, AnUnfinishedTransactionIsRolledBackOnReturn) {
  TestDatabase database({Migration{1, "t", "CREATE TABLE t (id INT NOT NULL PRIMARY KEY);"}},
                        Small(1));
  {
    auto lease = database.pool().Acquire(Soon(), Pool::Use::kWrite);
    ASSERT_TRUE((*lease)->Begin().ok());
    ASSERT_TRUE((*lease)->Execute("INSERT INTO t VALUES (1)").ok());
  }
  auto lease = database.pool().Acquire(Soon());
  EXPECT_TRUE((*lease)->Query("SELECT * FROM t")->empty());
  // Outside a transaction each statement stands alone, also on a connection that wrote before.
  ASSERT_TRUE((*lease)->Execute("INSERT INTO t VALUES (2)").ok());
  EXPECT_EQ(database.admin().Query("SELECT * FROM t")->size(), 1u);
}

TEST(DbPoolTest, ReadersAndWritersKeepToTheirConnections) {
  TestDatabase database({}, Small(2));
  uint64_t writer = 0;
  uint64_t reader = 0;
  {
    auto write = database.pool().Acquire(Soon(), Pool::Use::kWrite);
    auto read = database.pool().Acquire(Soon(), Pool::Use::kRead);
    ASSERT_TRUE((*write)->Begin().ok());
    writer = (*write)->id();
    reader = (*read)->id();
  }
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ((*database.pool().Acquire(Soon(), Pool::Use::kRead))->id(), reader);
    EXPECT_EQ((*database.pool().Acquire(Soon(), Pool::Use::kWrite))->id(), writer);
  }
}

TEST(DbPoolTest, OldAndLongIdleConnectionsAreClosed) {
  Pool::Options options = Small(1);
  options.max_idle = absl::Milliseconds(30);
  TestDatabase idle({}, options);
  const uint64_t first = (*idle.pool().Acquire(Soon()))->id();
  EXPECT_EQ((*idle.pool().Acquire(Soon()))->id(), first);
  absl::SleepFor(absl::Milliseconds(60));
  EXPECT_NE((*idle.pool().Acquire(Soon()))->id(), first);

  options = Small(1);
  options.max_age = absl::ZeroDuration();
  TestDatabase aged({}, options);
  const uint64_t young = (*aged.pool().Acquire(Soon()))->id();
  EXPECT_NE((*aged.pool().Acquire(Soon()))->id(), young);
}

TEST(DbPoolTest, AnAbsentServerIsUnavailableAndHoldsNoPlace) {
  Endpoint absent;
  absent.socket = "/nonexistent/mysqld.sock";
  absent.user = "root";
  redress::testing::TestServer();  // prepares the client library
  Pool pool(absent, Small(1));
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(pool.Acquire(Soon()).status().code(), absl::StatusCode::kUnavailable);
  }
}

}  // namespace
}  // namespace redress::db
