// Migrations: from nothing, again, edited, out of order, interrupted, at the same time; and the
// splitting of scripts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "common/db/errors.h"
#include "common/db/migrate.h"
#include "common/db/script.h"
#include "tests/integration/testdb/sample.h"
#include "tests/integration/testdb/testdb.h"

namespace redress::db {
namespace {

using ::redress::testing::TestDatabase;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kRemedy[] = "redress-sample migrate";

std::vector<Migration> Facts() {
  return {Migration{1000, "fact", "CREATE TABLE fact (id INT NOT NULL PRIMARY KEY);"}};
}

std::string FileText(const std::string& name) {
  std::ifstream file(std::string(REDRESS_SOURCE_DIR) + "/tests/integration/testdb/sample/" + name,
                     std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(DbMigrateTest, TheEmbeddedSchemaIsTheFiles) {
  const std::vector<Migration> schema = redress::testing::sample::Schema();
  ASSERT_EQ(schema.size(), 2u);
  EXPECT_EQ(schema[0].version, 1);
  EXPECT_EQ(schema[0].name, "people");
  EXPECT_EQ(schema[0].sql, FileText("0001_people.sql"));
  EXPECT_EQ(schema[1].version, 2);
  EXPECT_EQ(schema[1].sql, FileText("0002_index.sql"));
  EXPECT_EQ(redress::testing::sample::Grants(), FileText("grants.sql"));
}

TEST(DbMigrateTest, FromNothingThenNothingMoreToDo) {
  TestDatabase database;
  Connection& conn = database.admin();
  const auto all = Combine({Facts(), redress::testing::sample::Schema()});
  const absl::Status before = CheckSchema(conn, all, kRemedy);
  EXPECT_EQ(before.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(before.message()), HasSubstr(kRemedy));
  EXPECT_THAT(std::string(before.message()), HasSubstr("0001_people"));

  const auto first = Migrate(conn, all);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_THAT(first->applied, ElementsAre(1, 2, 1000));
  EXPECT_THAT(first->resumed, IsEmpty());
  const auto rows = conn.Query("SELECT note, DEFAULT(note) FROM person");
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_EQ((*rows)[0].Text(0), "one; \"two\" 'three' /* four */ -- five 中文");
  EXPECT_EQ((*rows)[0].Text(1), "a;b'c");

  const auto second = Migrate(conn, all);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_THAT(second->applied, IsEmpty());
  EXPECT_TRUE(CheckSchema(conn, all, kRemedy).ok());
}

TEST(DbMigrateTest, ALongStatementIsWaitedFor) {
  TestDatabase database;
  Endpoint impatient = database.endpoint();
  impatient.read_timeout = absl::Seconds(1);
  const std::vector<Migration> schema = {
      Migration{1, "long", "CREATE TABLE t AS SELECT SLEEP(2.5) AS slept;"}};
  const auto conn = OpenForMigrations(impatient);
  ASSERT_TRUE(conn.ok()) << conn.status();
  const auto report = Migrate(**conn, schema);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_THAT(report->applied, ElementsAre(1));
}

TEST(DbMigrateTest, ALaterVersionOfARangeMayFollowAnotherRange) {
  TestDatabase database(Combine({{redress::testing::sample::Schema()[0]}, Facts()}));
  const auto all = Combine({redress::testing::sample::Schema(), Facts()});
  const absl::Status behind = CheckSchema(database.admin(), all, kRemedy);
  EXPECT_EQ(behind.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(behind.message()), HasSubstr("0002_index is missing"));
  const auto report = Migrate(database.admin(), all);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_THAT(report->applied, ElementsAre(2));
}

TEST(DbMigrateTest, EditedUnknownAndOutOfOrderAreRefused) {
  const auto schema = redress::testing::sample::Schema();
  TestDatabase database(schema);
  Connection& conn = database.admin();

  auto edited = schema;
  edited[0].sql += "\n";
  const auto refused = Migrate(conn, edited);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("0001_people was edited"));
  EXPECT_EQ(CheckSchema(conn, edited, kRemedy).code(), absl::StatusCode::kFailedPrecondition);

  const auto older = Migrate(conn, {schema[0]});
  EXPECT_EQ(older.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(older.status().message()),
              HasSubstr("0002_index is applied but unknown"));

  TestDatabase second({schema[0], Migration{3, "third", "CREATE TABLE third (id INT);"}});
  const auto between =
      Migrate(second.admin(),
              {schema[0], schema[1], Migration{3, "third", "CREATE TABLE third (id INT);"}});
  EXPECT_EQ(between.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(between.status().message()), HasSubstr("0002_index comes before"));
}

TEST(DbMigrateTest, MistakesInTheFilesAreToldBeforeAnythingIsDone) {
  TestDatabase database;
  Connection& conn = database.admin();
  EXPECT_EQ(Migrate(conn, {Migration{1, "a", ""}, Migration{1, "b", ""}}).status().code(),
            absl::StatusCode::kInvalidArgument);
  const auto open = Migrate(
      conn, {Migration{1, "a", "CREATE TABLE a (id INT);"}, Migration{2, "b", "\nSELECT 'x"}});
  EXPECT_EQ(open.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(open.status().message()), HasSubstr("0002_b: line 2"));
  EXPECT_EQ(ErrnoOf(conn.Query("SELECT * FROM a").status()), 1146);
}

TEST(DbMigrateTest, AFailedMigrationNamesItsStatementAndGoesOnThere) {
  TestDatabase database;
  Connection& conn = database.admin();
  ASSERT_TRUE(conn.ExecuteText("CREATE TABLE blocker (id INT NOT NULL PRIMARY KEY)").ok());
  ASSERT_TRUE(conn.Execute("INSERT INTO blocker VALUES (1)").ok());
  const std::vector<Migration> schema = {Migration{1, "steps",
                                                   "CREATE TABLE one (id INT);"
                                                   "INSERT INTO one VALUES (1);"
                                                   "INSERT INTO blocker VALUES (1);"
                                                   "CREATE TABLE two (id INT);"}};
  const auto failed = Migrate(conn, schema);
  EXPECT_EQ(failed.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_THAT(std::string(failed.status().message()), HasSubstr("0001_steps, statement 3 of 4"));
  EXPECT_EQ(ErrnoOf(failed.status()), 1062);
  const absl::Status check = CheckSchema(conn, schema, kRemedy);
  EXPECT_THAT(std::string(check.message()), HasSubstr("0001_steps is unfinished"));

  ASSERT_TRUE(conn.Execute("DELETE FROM blocker").ok());
  const auto resumed = Migrate(conn, schema);
  ASSERT_TRUE(resumed.ok()) << resumed.status();
  EXPECT_THAT(resumed->resumed, ElementsAre(1));
  EXPECT_EQ(conn.Query("SELECT * FROM one")->size(), 1u);
  EXPECT_TRUE(conn.Query("SELECT * FROM two").ok());
  EXPECT_TRUE(CheckSchema(conn, schema, kRemedy).ok());
}

TEST(DbMigrateTest, ACrashBetweenDdlAndItsCountIsResumed) {
  TestDatabase database;
  Connection& conn = database.admin();
  const std::vector<Migration> schema = {
      Migration{1, "steps",
                "CREATE TABLE one (id INT);ALTER TABLE one ADD COLUMN b INT;"
                "CREATE TABLE two (id INT);"}};
  ASSERT_TRUE(Migrate(conn, schema).ok());
  // As a crash would leave it: statement 2 done, only 1 counted, statement 3 not begun.
  ASSERT_TRUE(conn.ExecuteText("DROP TABLE two").ok());
  ASSERT_TRUE(
      conn.Execute("UPDATE schema_version SET statements_done = 1, applied_at = NULL").ok());
  const auto resumed = Migrate(conn, schema);
  ASSERT_TRUE(resumed.ok()) << resumed.status();
  EXPECT_THAT(resumed->resumed, ElementsAre(1));
  EXPECT_TRUE(conn.Query("SELECT * FROM two").ok());

  // What exists already is taken as done only for the statement that was being run.
  ASSERT_TRUE(
      conn.Execute("UPDATE schema_version SET statements_done = 1, applied_at = NULL").ok());
  const auto strange = Migrate(conn, schema);
  EXPECT_EQ(ErrnoOf(strange.status()), 1050);
  EXPECT_THAT(std::string(strange.status().message()), HasSubstr("statement 3 of 3"));
}

TEST(DbMigrateTest, TwoAtOnceDoItOnce) {
  TestDatabase database;
  const auto all = Combine({redress::testing::sample::Schema(), Facts()});
  std::vector<size_t> applied(2);
  std::vector<std::thread> threads;
  for (int t = 0; t < 2; ++t) {
    threads.emplace_back([&, t] {
      const auto conn = database.Connect();
      const auto report = Migrate(*conn, all);
      ASSERT_TRUE(report.ok()) << report.status();
      applied[t] = report->applied.size();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(applied[0] + applied[1], 3u);
}

TEST(DbMigrateTest, TheLockIsWaitedForAndReleased) {
  TestDatabase database;
  const auto all = Combine({redress::testing::sample::Schema()});
  const auto other = database.Connect();
  ASSERT_TRUE(Migrate(*other, all).ok());
  EXPECT_TRUE(Migrate(database.admin(), all, absl::ZeroDuration()).ok());
}

TEST(DbScriptTest, Splits) {
  const auto statements = SplitStatements(
      "-- first;\nSELECT 1;;\n SELECT 'a;''b\\';' , \"c;\", `d;` ; # no; \n/* no; */ "
      "/*!40000 SELECT 2 */;SELECT 3 -- tail;\n, 4; SELECT 5--6;\n-- last");
  ASSERT_TRUE(statements.ok()) << statements.status();
  EXPECT_THAT(*statements,
              ElementsAre("SELECT 1", "SELECT 'a;''b\\';' , \"c;\", `d;`", "/*!40000 SELECT 2 */",
                          "SELECT 3 -- tail;\n, 4", "SELECT 5--6"));
  EXPECT_TRUE(SplitStatements("")->empty());
  EXPECT_TRUE(SplitStatements(" -- nothing\n;")->empty());
}

TEST(DbScriptTest, TellsWhatDoesNotEnd) {
  for (const char* script : {"SELECT 1", "SELECT 'a;", "/* a", "SELECT `a;", "SELECT 1;\nSELECT 2",
                             "DELIMITER $$\nSELECT 1$$;"}) {
    EXPECT_EQ(SplitStatements(script).status().code(), absl::StatusCode::kInvalidArgument)
        << script;
  }
}

}  // namespace
}  // namespace redress::db
