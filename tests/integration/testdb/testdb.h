// A fresh database for a test or a suite (about 13 ms), on the server that tests/with-mariadb or
// tests/run started. Without that server a test fails; it is never skipped.
//
//   TestDatabase database(registry::Schema());
//   Transact(database.pool(), …);
//
// Failing to make the database ends the process with instructions: no test could go on.
// Thread-safe, but admin() is one connection for one thread at a time.
#ifndef REDRESS_TESTS_INTEGRATION_TESTDB_TESTDB_H_
#define REDRESS_TESTS_INTEGRATION_TESTDB_TESTDB_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/db/connection.h"
#include "common/db/endpoint.h"
#include "common/db/migrate.h"
#include "common/db/pool.h"

namespace redress::testing {

class TestDatabase {
 public:
  // Makes `redress_test_<random>` and applies the migrations.
  explicit TestDatabase(std::vector<db::Migration> migrations = {},
                        db::Pool::Options options = db::Pool::Options());
  // Drops the database and the users that were made.
  ~TestDatabase();
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;

  const std::string& name() const { return endpoint_.database; }
  // As the server's administrator.
  const db::Endpoint& endpoint() const { return endpoint_; }
  db::Pool& pool() { return *pool_; }
  db::Connection& admin() { return *admin_; }

  // Another connection as the administrator, in this database.
  std::unique_ptr<db::Connection> Connect() const;

  // A new user with the rights of a grants.sql, and how to connect as that user.
  db::Endpoint RestrictedUser(std::string_view grants_sql);

 private:
  db::Endpoint endpoint_;
  std::vector<std::string> users_;
  std::unique_ptr<db::Connection> admin_;
  std::unique_ptr<db::Pool> pool_;
};

// The server of this test run, without a database.
db::Endpoint TestServer();

}  // namespace redress::testing

#endif  // REDRESS_TESTS_INTEGRATION_TESTDB_TESTDB_H_
