// Internal to common/db: prepared statements of one connection, in terms of the client library.
// Everything here may throw what that library throws; Connection catches it.
#ifndef REDRESS_COMMON_DB_PREPARED_H_
#define REDRESS_COMMON_DB_PREPARED_H_

#include <cppconn/connection.h>
#include <cppconn/prepared_statement.h>
#include <cppconn/resultset.h>

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/db/param.h"
#include "common/db/rows.h"

namespace redress::db {

struct Prepared {
  std::string sql;
  std::unique_ptr<sql::PreparedStatement> statement;
  size_t parameters = 0;
  // The first parameter is the time limit in seconds.
  bool limited = false;
  // The labels of what it answers with, known after the first run. (Their types may change with the
  // table's.)
  std::shared_ptr<const std::vector<std::string>> labels;
};

// Least recently used first out. Not thread-safe.
class PreparedCache {
 public:
  PreparedCache(sql::Connection* conn, size_t capacity) : conn_(conn), capacity_(capacity) {}

  // Prepares unless kept. The reference holds until the next call. With `limited`, the statement
  // carries a time limit if its kind can.
  Prepared& Get(std::string_view sql, bool limited);
  size_t size() const { return entries_.size(); }

 private:
  sql::Connection* conn_;
  size_t capacity_;
  std::list<Prepared> entries_;  // most recently used at the front
  absl::flat_hash_map<std::string, std::list<Prepared>::iterator> by_sql_;
};

// Binds the time limit, if the statement has one, and the parameters.
// REQUIRES: their number fits and none is OutOfRange.
void Bind(Prepared& prepared, absl::Duration limit, absl::Span<const Param> params);

// Reads the result of `prepared` to its end. (It changes under our hands when its statement runs
// again.)
Rows ReadAll(Prepared& prepared, sql::ResultSet& result);

}  // namespace redress::db

#endif  // REDRESS_COMMON_DB_PREPARED_H_
