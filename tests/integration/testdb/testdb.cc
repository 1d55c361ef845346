#include "tests/integration/testdb/testdb.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/ids.h"
#include "common/db/admin.h"
#include "common/db/errors.h"

namespace redress::testing {
namespace {

constexpr char kVariable[] = "REDRESS_TEST_DB_SOCKET";

[[noreturn]] void Fail(const std::string& doing, const absl::Status& status) {
  std::fprintf(stderr, "TestDatabase: %s: %s (database error %d)\n", doing.c_str(),
               status.ToString(absl::StatusToStringMode::kWithNoExtraData).c_str(),
               db::ErrnoOf(status));
  std::exit(1);
}

void Must(const std::string& doing, const absl::Status& status) {
  if (!status.ok()) Fail(doing, status);
}

std::string RandomName(const char* prefix) {
  return absl::StrCat(prefix, absl::BytesToHexString(base::RandomBytes(6)));
}

std::unique_ptr<db::Connection> ConnectTo(const db::Endpoint& endpoint) {
  auto opened = db::Connection::Open(endpoint);
  Must(absl::StrCat("connecting to the server at ", endpoint.socket), opened.status());
  return *std::move(opened);
}

// The server's administrator has the name of the operating-system user who made it.
std::string AdminName() {
  const passwd* entry = getpwuid(geteuid());
  return entry == nullptr ? "root" : entry->pw_name;
}

}  // namespace

db::Endpoint TestServer() {
  const char* socket = std::getenv(kVariable);
  if (socket == nullptr || *socket == '\0') {
    std::fprintf(stderr,
                 "This test needs a MariaDB server: %s is not set. Run it by tests/run, or beside "
                 "a throw-away server:\n  tests/with-mariadb <this test>\n",
                 kVariable);
    std::exit(1);
  }
  db::OpenDriver();
  db::Endpoint endpoint;
  endpoint.socket = socket;
  endpoint.user = AdminName();
  return endpoint;
}

TestDatabase::TestDatabase(std::vector<db::Migration> migrations, db::Pool::Options options)
    : endpoint_(TestServer()) {
  const std::string name = RandomName("redress_test_");
  Must("creating the database", db::CreateDatabase(*ConnectTo(endpoint_), name));
  endpoint_.database = name;
  admin_ = ConnectTo(endpoint_);
  if (!migrations.empty()) {
    Must("applying the migrations", db::Migrate(*admin_, std::move(migrations)).status());
  }
  pool_ = std::make_unique<db::Pool>(endpoint_, std::move(options));
}

TestDatabase::~TestDatabase() {
  pool_.reset();
  // A test may have broken its connection on purpose.
  admin_.reset();
  db::Endpoint server = endpoint_;
  server.database.clear();
  const std::unique_ptr<db::Connection> conn = ConnectTo(server);
  Must("dropping the database", db::DropDatabase(*conn, endpoint_.database));
  for (const std::string& user : users_) Must("dropping a user", db::DropUser(*conn, user));
}

std::unique_ptr<db::Connection> TestDatabase::Connect() const { return ConnectTo(endpoint_); }

db::Endpoint TestDatabase::RestrictedUser(std::string_view grants_sql) {
  db::Endpoint restricted = endpoint_;
  restricted.user = RandomName("redress_test_");
  restricted.password = absl::BytesToHexString(base::RandomBytes(16));
  Must("creating a user", db::CreateUser(*admin_, restricted.user, restricted.password));
  users_.push_back(restricted.user);
  Must("granting rights",
       db::ApplyGrants(*admin_, grants_sql, endpoint_.database, restricted.user));
  return restricted;
}

}  // namespace redress::testing
