// What each error of the real server becomes, and that no value leaks through it.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/db/admin.h"
#include "common/db/connection.h"
#include "common/db/errors.h"
#include "common/status/error.h"
#include "tests/integration/testdb/testdb.h"

namespace redress::db {
namespace {

using ::redress::testing::TestDatabase;

constexpr char kSecret[] = "secret' for key 'leaked' for column 'leaked";

constexpr char kSchema[] = R"(
CREATE TABLE parent (id INT NOT NULL PRIMARY KEY);
CREATE TABLE child (
  id INT NOT NULL PRIMARY KEY,
  parent INT,
  label VARCHAR(100),
  short_text VARCHAR(3),
  amount INT UNSIGNED,
  required INT NOT NULL DEFAULT 0,
  doc JSON,
  state ENUM('OPEN', 'CLOSED'),
  UNIQUE KEY by_label (label),
  CONSTRAINT child_parent FOREIGN KEY (parent) REFERENCES parent (id),
  CONSTRAINT amount_is_small CHECK (amount < 1000));
INSERT INTO parent VALUES (1);
INSERT INTO child (id, parent, label) VALUES
  (1, 1, 'secret'' for key ''leaked'' for column ''leaked');
)";

struct Case {
  std::string sql;
  std::vector<Param> params;
  int number;
  absl::StatusCode code;
  std::string object;
};

class DbErrorsTest : public ::testing::Test {
 protected:
  TestDatabase database_{{Migration{1, "errors", kSchema}}};
};

TEST_F(DbErrorsTest, TableOfErrors) {
  using Code = absl::StatusCode;
  const std::vector<Case> cases = {
      {"INSERT INTO child (id, label) VALUES (2, ?)",
       {kSecret},
       1062,
       Code::kAlreadyExists,
       "by_label"},
      {"INSERT INTO parent VALUES (?)", {1}, 1062, Code::kAlreadyExists, "PRIMARY"},
      {"INSERT INTO child (id, amount) VALUES (3, ?)",
       {5000},
       4025,
       Code::kInternal,
       "amount_is_small"},
      {"INSERT INTO child (id, doc) VALUES (3, ?)", {kSecret}, 4025, Code::kInternal, "doc"},
      {"INSERT INTO child (id, short_text) VALUES (3, ?)",
       {kSecret},
       1406,
       Code::kInvalidArgument,
       "short_text"},
      {"INSERT INTO child (id, parent) VALUES (3, ?)",
       {99},
       1452,
       Code::kFailedPrecondition,
       "child_parent"},
      {"DELETE FROM parent WHERE id = ?", {1}, 1451, Code::kFailedPrecondition, "child_parent"},
      {"INSERT INTO child (id, required) VALUES (3, ?)",
       {nullptr},
       1048,
       Code::kInternal,
       "required"},
      {"INSERT INTO child (id, amount) VALUES (3, ?)", {-1}, 1264, Code::kInternal, "amount"},
      {"INSERT INTO child (id, amount) VALUES (3, ?)", {kSecret}, 1366, Code::kInternal, "amount"},
      {"INSERT INTO child (id, state) VALUES (3, ?)", {kSecret}, 1265, Code::kInternal, ""},
      {"INSERT INTO child (label) VALUES (?)", {"x"}, 1364, Code::kInternal, ""},
      {"SELECT nothing FROM child", {}, 1054, Code::kInternal, ""},
      {"SELECT 1 FROM absent", {}, 1146, Code::kInternal, ""},
      {"SELEKT 1", {}, 1064, Code::kInternal, ""},
  };
  Connection& conn = database_.admin();
  for (const Case& test : cases) {
    const absl::Status status = conn.Execute(test.sql, test.params).status();
    EXPECT_EQ(ErrnoOf(status), test.number) << test.sql;
    EXPECT_EQ(status.code(), test.code) << test.sql << status;
    EXPECT_EQ(ObjectOf(status), test.object) << test.sql;
    EXPECT_FALSE(absl::StrContains(status.ToString(), "secret")) << test.sql << status;
    EXPECT_FALSE(absl::StrContains(status.ToString(), "leaked")) << test.sql << status;
    EXPECT_FALSE(IsRetryable(status)) << test.sql;
    EXPECT_FALSE(IsConnectionLost(status)) << test.sql;
    EXPECT_FALSE(conn.broken()) << test.sql;
  }
}

TEST_F(DbErrorsTest, RightsAreLeast) {
  const Endpoint restricted = database_.RestrictedUser(
      "-- a comment; and a semicolon\nGRANT SELECT, INSERT ON ${DATABASE}.parent TO ${USER};");
  auto opened = Connection::Open(restricted);
  ASSERT_TRUE(opened.ok()) << opened.status();
  Connection& conn = **opened;
  EXPECT_TRUE(conn.Query("SELECT id FROM parent").ok());
  EXPECT_TRUE(conn.Execute("INSERT INTO parent VALUES (?)", {7}).ok());
  const absl::Status update = conn.Execute("UPDATE parent SET id = 8 WHERE id = 7").status();
  EXPECT_EQ(ErrnoOf(update), 1142);
  EXPECT_EQ(update.code(), absl::StatusCode::kInternal);
  EXPECT_EQ(ErrnoOf(conn.Query("SELECT * FROM child").status()), 1142);

  Endpoint wrong = restricted;
  wrong.password = "not the password";
  const absl::Status refused = Connection::Open(wrong).status();
  EXPECT_EQ(ErrnoOf(refused), 1045);
  EXPECT_EQ(refused.code(), absl::StatusCode::kUnavailable);
  EXPECT_FALSE(absl::StrContains(refused.ToString(), restricted.user));

  wrong = restricted;
  wrong.database = "mysql";
  EXPECT_EQ(ErrnoOf(Connection::Open(wrong).status()), 1044);
}

TEST_F(DbErrorsTest, AdministrationRefusesWhatIsNoName) {
  Connection& conn = database_.admin();
  EXPECT_EQ(CreateDatabase(conn, "a`b").code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(CreateUser(conn, "a'b", "sixteen characters").code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(CreateUser(conn, "somebody", "short").code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ApplyGrants(conn, "DROP TABLE parent;", database_.name(), "somebody").code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(conn.Query("SELECT * FROM parent").ok());
}

TEST_F(DbErrorsTest, NoServer) {
  Endpoint absent;
  absent.socket = "/nonexistent/mysqld.sock";
  absent.user = "root";
  const absl::Status status = Connection::Open(absent).status();
  EXPECT_EQ(ErrnoOf(status), 2002);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);

  Endpoint closed;
  closed.host = "127.0.0.1";
  closed.port = 1;
  closed.user = "root";
  EXPECT_EQ(Connection::Open(closed).status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(DbErrorsTest, AnotherMachineNeedsTls) {
  Endpoint remote;
  remote.host = "192.0.2.1";
  remote.user = "root";
  EXPECT_EQ(Connection::Open(remote).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(DbErrorsTest, LockTimeoutAndNowait) {
  Connection& conn = database_.admin();
  const auto other = database_.Connect();
  ASSERT_TRUE(other->Begin().ok());
  ASSERT_TRUE(other->Query("SELECT id FROM parent WHERE id = 1 FOR UPDATE").ok());
  const absl::Status nowait =
      conn.Query("SELECT id FROM parent WHERE id = 1 FOR UPDATE NOWAIT").status();
  EXPECT_EQ(ErrnoOf(nowait), 1205);
  EXPECT_EQ(nowait.code(), absl::StatusCode::kUnavailable)
      << "ABORTED would tell a caller that the row has changed";
  EXPECT_TRUE(redress::status::RetryAfterOf(nowait).has_value());
  EXPECT_TRUE(IsRetryable(nowait));
  const auto skipped = conn.Query("SELECT id FROM parent WHERE id = 1 FOR UPDATE SKIP LOCKED");
  ASSERT_TRUE(skipped.ok()) << skipped.status();
  EXPECT_TRUE(skipped->empty());
  ASSERT_TRUE(other->Rollback().ok());
}

TEST_F(DbErrorsTest, AKilledConnectionIsLost) {
  const auto victim = database_.Connect();
  ASSERT_TRUE(victim->Query("SELECT 1").ok());
  ASSERT_TRUE(database_.admin().ExecuteText(absl::StrCat("KILL ", victim->id())).ok());
  const absl::Status status = victim->Query("SELECT 1").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_TRUE(IsConnectionLost(status));
  EXPECT_TRUE(victim->broken());
  EXPECT_EQ(victim->Query("SELECT 1").status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(victim->Begin().code(), absl::StatusCode::kUnavailable);
  EXPECT_FALSE(victim->Ping());
}

TEST_F(DbErrorsTest, TheObserverSeesWhatOperatorsNeedAndNoValues) {
  std::vector<std::string> seen;
  SetErrorObserver([&](const ServerError& error) {
    seen.push_back(absl::StrCat(error.number, "|", std::string(error.statement), "|",
                                std::string(error.text)));
  });
  Connection& conn = database_.admin();
  EXPECT_FALSE(conn.Query("SELECT 1 FROM absent WHERE x = ?", {kSecret}).ok());
  EXPECT_FALSE(conn.Execute("INSERT INTO child (id, amount) VALUES (3, ?)", {kSecret}).ok());
  EXPECT_FALSE(conn.Execute("INSERT INTO child (id, label) VALUES (2, ?)", {kSecret}).ok());
  SetErrorObserver({});
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_TRUE(absl::StrContains(seen[0], "1146|SELECT 1 FROM absent WHERE x = ?|")) << seen[0];
  EXPECT_TRUE(absl::StrContains(seen[0], "absent' doesn't exist")) << seen[0];
  EXPECT_EQ(seen[1], "1366|INSERT INTO child (id, amount) VALUES (3, ?)|");
}

TEST(DbStatusTest, AStatusFromElsewhereIsNoDatabaseError) {
  EXPECT_EQ(ErrnoOf(absl::AbortedError("etag")), 0);
  EXPECT_FALSE(IsRetryable(absl::AbortedError("etag")));
  EXPECT_FALSE(IsConnectionLost(absl::UnavailableError("other")));
  EXPECT_FALSE(OutcomeUnknown(absl::UnavailableError("other")));
  EXPECT_EQ(StatusFromServer(9999, "anything").code(), absl::StatusCode::kInternal);
}

TEST(DbStatusTest, AFullDiskIsTemporaryWhateverItsNumber) {
  constexpr char kFull[] = "Got error 28 \"No space left on device\" from storage engine InnoDB";
  for (const int number : {1021, 1114, 1030, 1026, 1005, 3, 1037, 1038, 1041, 1206, 1637, 1878}) {
    const absl::Status full = StatusFromServer(number, kFull);
    EXPECT_TRUE(absl::IsUnavailable(full)) << number << ": " << full;
    EXPECT_TRUE(redress::status::RetryAfterOf(full).has_value()) << number;
  }
  std::vector<bool> no_room;
  SetErrorObserver([&](const ServerError& error) { no_room.push_back(error.no_room); });
  ReportServerError(1114, "HY000", "INSERT", "The table 'x' is full");
  ReportServerError(1030, "HY000", "INSERT", kFull);
  ReportServerError(2013, "HY000", "INSERT", "Lost connection");
  ReportServerError(1213, "40001", "INSERT", "Deadlock found");
  SetErrorObserver({});
  EXPECT_EQ(no_room, std::vector<bool>({true, true, false})) << "a deadlock is nobody's fault";
  EXPECT_EQ(StatusFromServer(1005, "errno: 150").code(), absl::StatusCode::kInternal);
  EXPECT_EQ(StatusFromServer(1030, "Got error 194").code(), absl::StatusCode::kInternal);
}

}  // namespace
}  // namespace redress::db
