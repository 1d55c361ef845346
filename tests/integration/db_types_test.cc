// Values and statements against a real server: every type there and back, text that looks like SQL,
// large inserts, deadlines, the statement cache.
#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/ids.h"
#include "common/db/connection.h"
#include "common/db/errors.h"
#include "common/db/insert.h"
#include "tests/integration/testdb/testdb.h"

namespace redress::db {
namespace {

using ::redress::testing::TestDatabase;

constexpr char kSchema[] = R"(
CREATE TABLE everything (
  id BINARY(16) NOT NULL PRIMARY KEY,
  small TINYINT, big BIGINT, natural_big BIGINT UNSIGNED, real_number DOUBLE, money DECIMAL(20,2),
  label VARCHAR(200), story LONGTEXT, raw VARBINARY(200), body LONGBLOB, doc JSON,
  day DATE, instant DATETIME(6));
CREATE TABLE numbers (id BIGINT NOT NULL PRIMARY KEY, body LONGBLOB NOT NULL);
CREATE TABLE versioned (id INT NOT NULL PRIMARY KEY, state VARCHAR(20) NOT NULL,
                        version INT NOT NULL);
)";

class DbTypesTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { database_ = new TestDatabase({Migration{1, "types", kSchema}}); }
  static void TearDownTestSuite() {
    delete database_;
    database_ = nullptr;
  }

  static Connection& conn() { return database_->admin(); }

  static TestDatabase* database_;
};

TestDatabase* DbTypesTest::database_ = nullptr;

TEST_F(DbTypesTest, EveryTypeThereAndBack) {
  const std::string id = base::RandomBytes(16);
  const std::string raw = std::string("\0\xff\xfe'\"\\\x1a", 7);
  const std::string body = base::RandomBytes(300 * 1024);
  const std::string story = "诉求：退还押金 😀 '; DROP TABLE everything; --";
  const absl::CivilDay day(2020, 2, 29);
  const absl::Time instant = absl::FromUnixMicros(1522540799123456);
  const auto inserted = conn().Execute(
      "INSERT INTO everything (id, small, big, natural_big, real_number, money, label, story, raw, "
      "body, doc, day, instant) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {id, true, INT64_MIN, UINT64_MAX, 0.1, "-12345678901234567.89", "结案", story, raw, body,
       R"({"a": 1})", day, instant});
  ASSERT_TRUE(inserted.ok()) << inserted.status();
  EXPECT_EQ(*inserted, 1u);

  const auto rows = conn().Query(
      "SELECT small, big, natural_big, real_number, money, label, story, raw, body, doc, day, "
      "instant, id FROM everything WHERE id = ?",
      {id});
  ASSERT_TRUE(rows.ok()) << rows.status();
  ASSERT_EQ(rows->size(), 1u);
  const Row row = (*rows)[0];
  EXPECT_TRUE(row.Bool(0));
  EXPECT_EQ(row.Int(1), INT64_MIN);
  EXPECT_EQ(row.Uint(2), UINT64_MAX);
  EXPECT_EQ(row.Double(3), 0.1);
  EXPECT_EQ(row.Text(4), "-12345678901234567.89");
  EXPECT_EQ(row.Text(5), "结案");
  EXPECT_EQ(row.Text(6), story);
  EXPECT_EQ(row.Bytes(7), raw);
  EXPECT_EQ(row.Bytes(8), body);
  EXPECT_EQ(row.Text(9), R"({"a": 1})");
  EXPECT_EQ(row.Day(10), day);
  EXPECT_EQ(row.Instant(11), instant);
  EXPECT_EQ(row.Bytes(12), id);
  EXPECT_EQ(row.Column("instant"), 11u);
}

TEST_F(DbTypesTest, NullEverywhere) {
  const std::string id = base::RandomBytes(16);
  const std::optional<int64_t> none;
  ASSERT_TRUE(conn()
                  .Execute("INSERT INTO everything (id, big, label, day, instant, body) "
                           "VALUES (?, ?, ?, ?, ?, ?)",
                           {id, none, nullptr, std::nullopt, Param(), std::optional<std::string>()})
                  .ok());
  const auto rows = conn().Query(
      "SELECT big, label, day, instant, body FROM everything WHERE id = ? AND big IS NULL", {id});
  ASSERT_TRUE(rows.ok()) << rows.status();
  ASSERT_EQ(rows->size(), 1u);
  const Row row = (*rows)[0];
  for (size_t column = 0; column < row.size(); ++column) EXPECT_TRUE(row.IsNull(column));
  EXPECT_EQ(row.MaybeInt(0), std::nullopt);
  EXPECT_EQ(row.MaybeText(1), std::nullopt);
  EXPECT_EQ(row.MaybeDay(2), std::nullopt);
  EXPECT_EQ(row.MaybeInstant(3), std::nullopt);
}

TEST_F(DbTypesTest, EdgesOfTime) {
  for (const absl::CivilDay day :
       {absl::CivilDay(1, 1, 1), absl::CivilDay(1970, 1, 1), absl::CivilDay(9999, 12, 31)}) {
    const auto rows = conn().Query("SELECT CAST(? AS DATE)", {day});
    ASSERT_TRUE(rows.ok()) << rows.status();
    EXPECT_EQ((*rows)[0].Day(0), day);
  }
  for (const absl::Time instant :
       {absl::UnixEpoch(), absl::UnixEpoch() - absl::Microseconds(1),
        absl::FromCivil(absl::CivilSecond(9999, 12, 31, 23, 59, 59), absl::UTCTimeZone())}) {
    const auto rows = conn().Query("SELECT CAST(? AS DATETIME(6))", {instant});
    ASSERT_TRUE(rows.ok()) << rows.status();
    EXPECT_EQ((*rows)[0].Instant(0), instant);
  }
  for (const Param& beyond : {Param(absl::CivilDay(10000, 1, 1)), Param(absl::CivilDay(0, 12, 31)),
                              Param(absl::InfiniteFuture()), Param(absl::InfinitePast())}) {
    EXPECT_EQ(conn().Query("SELECT ?", {beyond}).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
}

TEST_F(DbTypesTest, ServerTimeIsUtc) {
  const auto rows = conn().Query("SELECT NOW(6)");
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_LT(absl::AbsDuration((*rows)[0].Instant(0) - absl::Now()), absl::Seconds(2));
}

TEST_F(DbTypesTest, SessionIsAsPromised) {
  const auto rows =
      conn().Query("SELECT @@tx_isolation, @@character_set_client, @@autocommit, @@sql_mode");
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_EQ((*rows)[0].Text(0), "READ-COMMITTED");
  EXPECT_EQ((*rows)[0].Text(1), "utf8mb4");
  EXPECT_EQ((*rows)[0].Int(2), 1);
  EXPECT_NE((*rows)[0].Text(3).find("STRICT_ALL_TABLES"), std::string::npos);
}

TEST_F(DbTypesTest, TextThatLooksLikeSqlStaysText) {
  const std::vector<std::string> evil = {"' OR '1'='1",
                                         "\\' OR 1=1 -- ",
                                         "'; DROP TABLE numbers; ",
                                         std::string("a\0b", 3),
                                         "?",
                                         "${USER}",
                                         "\xf0\x9f\x98\x80",
                                         "%_",
                                         "/*! SELECT 1 */"};
  for (const std::string& text : evil) {
    const auto echoed = conn().Query("SELECT ?, ? = ?", {text, text, text});
    ASSERT_TRUE(echoed.ok()) << echoed.status();
    EXPECT_EQ((*echoed)[0].Text(0), text);
    EXPECT_TRUE((*echoed)[0].Bool(1));
    const auto found = conn().Query("SELECT id FROM versioned WHERE state = ?", {text});
    ASSERT_TRUE(found.ok()) << found.status();
    EXPECT_TRUE(found->empty());
  }
  EXPECT_TRUE(conn().Query("SELECT COUNT(*) FROM numbers").ok());
}

TEST_F(DbTypesTest, AnUpdateCountsChangedRowsNotFoundOnes) {
  ASSERT_TRUE(conn().Execute("INSERT INTO versioned VALUES (1, 'OPEN', 1)").ok());
  EXPECT_EQ(*conn().Execute("UPDATE versioned SET state = ? WHERE id = ?", {"OPEN", 1}), 0u);
  EXPECT_EQ(*conn().Execute("UPDATE versioned SET state = ?, version = version + 1 "
                            "WHERE id = ? AND version = ?",
                            {"OPEN", 1, 1}),
            1u);
  EXPECT_EQ(*conn().Execute("UPDATE versioned SET state = ?, version = version + 1 "
                            "WHERE id = ? AND version = ?",
                            {"CLOSED", 1, 1}),
            0u);
}

TEST_F(DbTypesTest, InsertsOfAnySizeKeepOrderAndBytes) {
  for (const size_t count : {1, 2, 31, 33, 100, 300, 1000}) {
    ASSERT_TRUE(conn().Execute("DELETE FROM numbers").ok());
    InsertBuilder insert = Insert("numbers", {"id", "body"});
    for (size_t i = 0; i < count; ++i) insert.Row({i, absl::StrCat("b", i)});
    ASSERT_EQ(insert.size(), count);
    const absl::Status status = insert.Run(conn());
    ASSERT_TRUE(status.ok()) << status;
    const auto rows = conn().Query("SELECT id, body FROM numbers ORDER BY id");
    ASSERT_TRUE(rows.ok()) << rows.status();
    ASSERT_EQ(rows->size(), count);
    int64_t expected = 0;
    for (const Row row : *rows) {
      EXPECT_EQ(row.Int(0), expected);
      EXPECT_EQ(row.Text(1), absl::StrCat("b", expected));
      ++expected;
    }
  }
}

TEST_F(DbTypesTest, LargeRowsAreInsertedInChunks) {
  ASSERT_TRUE(conn().Execute("DELETE FROM numbers").ok());
  const std::string body = base::RandomBytes(3 << 20);
  InsertBuilder insert = Insert("numbers", {"id", "body"});
  for (int i = 0; i < 9; ++i) insert.Row({i, body});
  const absl::Status status = insert.Run(conn());
  ASSERT_TRUE(status.ok()) << status;
  const auto rows = conn().Query("SELECT COUNT(*) FROM numbers WHERE body = ?", {body});
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_EQ((*rows)[0].Int(0), 9);
}

TEST_F(DbTypesTest, InsertSuffixAndReturning) {
  ASSERT_TRUE(conn().Execute("DELETE FROM versioned").ok());
  for (int round = 1; round <= 2; ++round) {
    const absl::Status status = Insert("versioned", {"id", "state", "version"})
                                    .Row({1, "OPEN", 1})
                                    .Row({2, "OPEN", 1})
                                    .Suffix("ON DUPLICATE KEY UPDATE version = version + 1")
                                    .Run(conn());
    ASSERT_TRUE(status.ok()) << status;
  }
  EXPECT_EQ((*conn().Query("SELECT SUM(version) FROM versioned"))[0].Int(0), 4);
  const auto returned =
      conn().Query("INSERT INTO versioned VALUES (?, ?, ?) RETURNING id, version", {3, "X", 7});
  ASSERT_TRUE(returned.ok()) << returned.status();
  EXPECT_EQ((*returned)[0].Int(0), 3);
  EXPECT_EQ((*returned)[0].Int(1), 7);
}

TEST_F(DbTypesTest, InsertsRefuseMisuse) {
  EXPECT_TRUE(Insert("numbers", {"id", "body"}).Run(conn()).ok());
  EXPECT_EQ(Insert("numbers", {"id", "body"}).Row({1}).Run(conn()).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Insert("numbers; DROP TABLE numbers", {"id"}).Row({1}).Run(conn()).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Insert("numbers", {"id`"}).Row({1}).Run(conn()).code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(DbTypesTest, TooFewOrTooManyParametersAreRefusedAlsoOnReuse) {
  ASSERT_TRUE(conn().Query("SELECT ? + ?", {1, 2}).ok());
  EXPECT_EQ(conn().Query("SELECT ? + ?", {1}).status().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(conn().Query("SELECT ? + ?", {1, 2, 3}).status().code(), absl::StatusCode::kInternal);
  EXPECT_EQ((*conn().Query("SELECT ? + ?", {3, 4}))[0].Int(0), 7);
}

TEST_F(DbTypesTest, AResultDoesNotChangeWhenItsStatementRunsAgain) {
  const auto first = conn().Query("SELECT ?", {"one"});
  const auto second = conn().Query("SELECT ?", {"two"});
  EXPECT_EQ((*first)[0].Text(0), "one");
  EXPECT_EQ((*second)[0].Text(0), "two");
}

TEST_F(DbTypesTest, ParametersMayChangeTypeBetweenRuns) {
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ((*conn().Query("SELECT CAST(? AS CHAR)", {5}))[0].Text(0), "5");
    EXPECT_EQ((*conn().Query("SELECT CAST(? AS CHAR)", {"five"}))[0].Text(0), "five");
    EXPECT_TRUE((*conn().Query("SELECT CAST(? AS CHAR)", {nullptr}))[0].IsNull(0));
  }
}

TEST_F(DbTypesTest, StatementsBeyondTheCacheStillWork) {
  for (int round = 0; round < 2; ++round) {
    for (size_t i = 0; i < Connection::kMaxPrepared + 50; ++i) {
      const auto rows = conn().Query(absl::StrCat("SELECT ? + ", i), {1});
      ASSERT_TRUE(rows.ok()) << rows.status();
      ASSERT_EQ((*rows)[0].Int(0), static_cast<int64_t>(i) + 1);
    }
  }
  // The first statement was dropped and prepared again, the last is still kept.
  const auto prepared = [&] {
    return (*conn().Query("SHOW SESSION STATUS LIKE 'Com_stmt_prepare'"))[0].Int(1);
  };
  const int64_t before = prepared();
  const size_t last = Connection::kMaxPrepared + 49;
  ASSERT_TRUE(conn().Query(absl::StrCat("SELECT ? + ", last), {1}).ok());
  EXPECT_EQ(prepared(), before);
  ASSERT_TRUE(conn().Query("SELECT ? + 0", {1}).ok());
  EXPECT_EQ(prepared(), before + 1);
}

TEST_F(DbTypesTest, AKeptStatementSurvivesAnAlteredTableIfItNamesItsColumns) {
  ASSERT_TRUE(conn().ExecuteText("CREATE TABLE altered (a INT)").ok());
  ASSERT_TRUE(conn().Execute("INSERT INTO altered VALUES (5)").ok());
  const auto other = database_->Connect();
  ASSERT_EQ((*other->Query("SELECT * FROM altered"))[0].Int(0), 5);
  ASSERT_EQ((*conn().Query("SELECT a FROM altered"))[0].Int(0), 5);
  ASSERT_TRUE(
      conn().ExecuteText("ALTER TABLE altered MODIFY a VARCHAR(10), ADD COLUMN b INT").ok());
  const auto named = conn().Query("SELECT a FROM altered");
  ASSERT_TRUE(named.ok()) << named.status();
  EXPECT_EQ((*named)[0].Text(0), "5");
  const absl::Status star = other->Query("SELECT * FROM altered").status();
  EXPECT_TRUE(IsConnectionLost(star)) << star;
  EXPECT_TRUE(other->broken());
}

TEST_F(DbTypesTest, ADeadlineStopsAStatementAndSparesTheConnection) {
  conn().SetDeadline(absl::Now() + absl::Milliseconds(200));
  const absl::Time start = absl::Now();
  const auto slow = conn().Query("SELECT SLEEP(?)", {5});
  EXPECT_EQ(slow.status().code(), absl::StatusCode::kDeadlineExceeded) << slow.status();
  EXPECT_EQ(ErrnoOf(slow.status()), 1969);
  EXPECT_LT(absl::Now() - start, absl::Seconds(2));

  EXPECT_EQ(conn().Query("SELECT 1").status().code(), absl::StatusCode::kDeadlineExceeded);
  // The same kept statement, with another limit each time.
  conn().SetDeadline(absl::Now() + absl::Seconds(5));
  EXPECT_TRUE(conn().Query("SELECT SLEEP(?)", {0.3}).ok());
  // Much shorter than before: this statement carries a limit of its own.
  conn().SetDeadline(absl::Now() + absl::Milliseconds(100));
  EXPECT_EQ(ErrnoOf(conn().Query("SELECT SLEEP(?)", {5}).status()), 1969);
  conn().SetDeadline(absl::InfiniteFuture());
  EXPECT_TRUE(conn().Query("SELECT SLEEP(?)", {0.1}).ok());
  EXPECT_EQ((*conn().Query("SELECT @@max_statement_time"))[0].Double(0), 0.0);
  EXPECT_FALSE(conn().broken());
}

TEST_F(DbTypesTest, ADeadlineBoundsTheWaitForALock) {
  ASSERT_TRUE(conn().Execute("INSERT INTO versioned VALUES (50, 'OPEN', 1)").ok());
  const auto holder = database_->Connect();
  ASSERT_TRUE(holder->Begin().ok());
  ASSERT_TRUE(holder->Query("SELECT * FROM versioned WHERE id = 50 FOR UPDATE").ok());
  conn().SetDeadline(absl::Now() + absl::Milliseconds(200));
  const auto waited = conn().Execute("UPDATE versioned SET version = 2 WHERE id = 50");
  conn().SetDeadline(absl::InfiniteFuture());
  EXPECT_EQ(waited.status().code(), absl::StatusCode::kDeadlineExceeded) << waited.status();
  ASSERT_TRUE(holder->Rollback().ok());
}

}  // namespace
}  // namespace redress::db
