// Transactions that are run again: when, how often, and that nothing is done twice.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/barrier.h"
#include "absl/time/clock.h"
#include "common/db/errors.h"
#include "common/db/insert.h"
#include "common/db/transact.h"
#include "common/status/macros.h"
#include "tests/integration/testdb/testdb.h"

namespace redress::db {
namespace {

using ::redress::testing::TestDatabase;

constexpr char kSchema[] = R"(
CREATE TABLE account (id INT NOT NULL PRIMARY KEY, balance INT NOT NULL, version INT NOT NULL);
CREATE TABLE entry (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, account INT NOT NULL,
                    writer INT NOT NULL);
INSERT INTO account VALUES (1, 0, 1), (2, 0, 1);
)";

absl::Time Soon() { return absl::Now() + absl::Seconds(20); }

class DbTransactTest : public ::testing::Test {
 protected:
  static Pool::Options Options(DbTransactTest* test) {
    Pool::Options options;
    options.observer.retried = [test](int number) {
      ++test->retried_;
      test->last_ = number;
    };
    return options;
  }

  Pool& pool() { return database_.pool(); }

  int64_t Count(const std::string& sql) {
    const auto rows = database_.admin().Query(sql);
    EXPECT_TRUE(rows.ok()) << rows.status();
    return (*rows)[0].Int(0);
  }

  std::atomic<int> retried_{0};
  std::atomic<int> last_{0};
  TestDatabase database_{{Migration{1, "accounts", kSchema}}, Options(this)};
};

absl::Status Touch(Connection& conn, int account, int writer) {
  RETURN_IF_ERROR(
      conn.Query("SELECT balance FROM account WHERE id = ? FOR UPDATE", {account}).status());
  RETURN_IF_ERROR(conn.Execute("UPDATE account SET balance = balance + 1, version = version + 1 "
                               "WHERE id = ?",
                               {account})
                      .status());
  return Insert("entry", {"account", "writer"}).Row({account, writer}).Run(conn);
}

TEST_F(DbTransactTest, CommitsOnOkAndRollsBackOtherwise) {
  ASSERT_TRUE(Transact(pool(), Soon(), [](Connection& conn) { return Touch(conn, 1, 0); }).ok());
  EXPECT_EQ(Count("SELECT COUNT(*) FROM entry"), 1);
  const absl::Status refused = Transact(pool(), Soon(), [](Connection& conn) -> absl::Status {
    RETURN_IF_ERROR(Touch(conn, 1, 0));
    return absl::FailedPreconditionError("a rule said no");
  });
  EXPECT_EQ(refused, absl::FailedPreconditionError("a rule said no"));
  EXPECT_EQ(Count("SELECT COUNT(*) FROM entry"), 1);
  EXPECT_EQ(Count("SELECT balance FROM account WHERE id = 1"), 1);
  EXPECT_EQ(retried_.load(), 0);
}

TEST_F(DbTransactTest, TwoSessionsInDeadlockBothSucceedOnce) {
  absl::Barrier* barrier = new absl::Barrier(2);
  std::vector<std::thread> threads;
  std::vector<absl::Status> results(2);
  std::atomic<int> runs{0};
  for (int t = 0; t < 2; ++t) {
    threads.emplace_back([&, t] {
      bool first = true;
      results[t] = Transact(pool(), Soon(), [&](Connection& conn) -> absl::Status {
        ++runs;
        RETURN_IF_ERROR(Touch(conn, t == 0 ? 1 : 2, t));
        if (first) {
          first = false;
          if (barrier->Block()) delete barrier;
        }
        return Touch(conn, t == 0 ? 2 : 1, t);
      });
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(results[0].ok()) << results[0];
  EXPECT_TRUE(results[1].ok()) << results[1];
  EXPECT_GE(runs.load(), 3);
  EXPECT_GE(retried_.load(), 1);
  EXPECT_EQ(last_.load(), 1213);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM entry"), 4);
  EXPECT_EQ(Count("SELECT SUM(balance) FROM account"), 4);
}

TEST_F(DbTransactTest, ManyWritersInOppositeOrderLoseNothing) {
  std::vector<std::thread> threads;
  std::atomic<int> committed{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        const absl::Status status = Transact(pool(), Soon(), [&](Connection& conn) -> absl::Status {
          RETURN_IF_ERROR(Touch(conn, 1 + t % 2, t));
          return Touch(conn, 2 - t % 2, t);
        });
        if (status.ok()) {
          ++committed;
        } else {
          EXPECT_TRUE(IsRetryable(status)) << status;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(committed.load(), 0);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM entry"), 2 * committed.load());
  EXPECT_EQ(Count("SELECT SUM(balance) FROM account"), 2 * committed.load());
}

TEST_F(DbTransactTest, AnOverlookedConflictIsNotCommitted) {
  const auto holder = database_.Connect();
  ASSERT_TRUE(holder->Begin().ok());
  ASSERT_TRUE(holder->Query("SELECT id FROM account WHERE id = 1 FOR UPDATE").ok());
  int runs = 0;
  const absl::Status status = Transact(pool(), Soon(), [&](Connection& conn) -> absl::Status {
    ++runs;
    RETURN_IF_ERROR(Insert("entry", {"account", "writer"}).Row({2, 0}).Run(conn));
    conn.Query("SELECT id FROM account WHERE id = 1 FOR UPDATE NOWAIT").status().IgnoreError();
    return absl::OkStatus();
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_TRUE(IsRetryable(status));
  EXPECT_EQ(runs, 1 + kMaxRetries);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM entry"), 0);
  ASSERT_TRUE(holder->Rollback().ok());
}

TEST_F(DbTransactTest, RetriesEndWithTheDeadline) {
  const auto holder = database_.Connect();
  ASSERT_TRUE(holder->Begin().ok());
  ASSERT_TRUE(holder->Query("SELECT id FROM account WHERE id = 1 FOR UPDATE").ok());
  const absl::Time start = absl::Now();
  const absl::Status status = Transact(pool(), start + absl::Milliseconds(300),
                                       [](Connection& conn) { return Touch(conn, 1, 0); });
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded) << status;
  EXPECT_LT(absl::Now() - start, absl::Seconds(2));
  ASSERT_TRUE(holder->Rollback().ok());
}

TEST_F(DbTransactTest, NothingIsCommittedAfterTheDeadline) {
  const absl::Status status =
      Transact(pool(), absl::Now() + absl::Milliseconds(200), [](Connection& conn) -> absl::Status {
        RETURN_IF_ERROR(Touch(conn, 1, 0));
        absl::SleepFor(absl::Milliseconds(300));
        return absl::OkStatus();
      });
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded) << status;
  EXPECT_EQ(Count("SELECT COUNT(*) FROM entry"), 0);
}

TEST_F(DbTransactTest, AConnectionLostBeforeCommitIsReplacedOnce) {
  for (const bool between : {true, false}) {
    int runs = 0;
    const int64_t before = Count("SELECT COUNT(*) FROM entry");
    const absl::Status status = Transact(pool(), Soon(), [&](Connection& conn) -> absl::Status {
      ++runs;
      RETURN_IF_ERROR(Touch(conn, 1, 0));
      if (runs == 1) {
        RETURN_IF_ERROR(database_.admin().ExecuteText(absl::StrCat("KILL ", conn.id())));
        if (!between) return conn.Query("SELECT 1").status();
      }
      return Touch(conn, 2, 0);
    });
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_EQ(runs, 2);
    EXPECT_EQ(Count("SELECT COUNT(*) FROM entry"), before + 2);
  }
  int runs = 0;
  const absl::Status status = Transact(pool(), Soon(), [&](Connection& conn) -> absl::Status {
    ++runs;
    RETURN_IF_ERROR(database_.admin().ExecuteText(absl::StrCat("KILL ", conn.id())));
    return Touch(conn, 1, 0);
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_FALSE(OutcomeUnknown(status));
  EXPECT_EQ(runs, 2);
}

TEST_F(DbTransactTest, AConnectionLostAtCommitIsNotRunAgain) {
  int runs = 0;
  const absl::Status status = Transact(pool(), Soon(), [&](Connection& conn) -> absl::Status {
    ++runs;
    RETURN_IF_ERROR(Touch(conn, 1, 0));
    return database_.admin().ExecuteText(absl::StrCat("KILL ", conn.id()));
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_TRUE(OutcomeUnknown(status));
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(retried_.load(), 0);
  // The pool has recovered.
  EXPECT_TRUE(Transact(pool(), Soon(), [](Connection& conn) { return Touch(conn, 1, 0); }).ok());
}

TEST_F(DbTransactTest, PlainReadsAfterALockAreFresh) {
  const auto other = database_.Connect();
  const absl::Status status = Transact(pool(), Soon(), [&](Connection& conn) -> absl::Status {
    RETURN_IF_ERROR(conn.Query("SELECT balance FROM account WHERE id = 1 FOR UPDATE").status());
    RETURN_IF_ERROR(
        other->Execute("UPDATE account SET balance = 77, version = version + 1 WHERE id = 2")
            .status());
    ASSIGN_OR_RETURN(const Rows rows, conn.Query("SELECT balance FROM account WHERE id = 2"));
    EXPECT_EQ(rows[0].Int(0), 77);
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
}

TEST_F(DbTransactTest, CommittedRowsAreSeenByOthersAtOnce) {
  for (int i = 1; i <= 3; ++i) {
    ASSERT_TRUE(Transact(pool(), Soon(), [](Connection& conn) { return Touch(conn, 1, 0); }).ok());
    int64_t seen = 0;
    const absl::Status status = Read(pool(), Soon(), [&](Connection& conn) -> absl::Status {
      ASSIGN_OR_RETURN(const Rows rows, conn.Query("SELECT balance FROM account WHERE id = 1"));
      seen = rows[0].Int(0);
      return absl::OkStatus();
    });
    ASSERT_TRUE(status.ok()) << status;
    EXPECT_EQ(seen, i);
  }
}

}  // namespace
}  // namespace redress::db
