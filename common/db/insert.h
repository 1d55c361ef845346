// Many rows in few statements.
//
//   RETURN_IF_ERROR(Insert("fact", {"id", "body"}).Row({id1, b1}).Row({id2, b2}).Run(conn));
//
// Table and columns are names from the code, never from input; anything but [A-Za-z0-9_] is refused
// with INVALID_ARGUMENT. Thread-compatible.
#ifndef REDRESS_COMMON_DB_INSERT_H_
#define REDRESS_COMMON_DB_INSERT_H_

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/connection.h"
#include "common/db/param.h"

namespace redress::db {

class InsertBuilder {
 public:
  InsertBuilder(std::string_view table, std::vector<std::string> columns);

  // Adds a row. Its values stand in the order of the columns; another number of values makes Run
  // fail with INVALID_ARGUMENT.
  InsertBuilder& Row(std::initializer_list<Param> values);
  InsertBuilder& Row(std::vector<Param> values);

  // Text after the values, from the code and without values, such as
  // "ON DUPLICATE KEY UPDATE body = VALUES(body), version = version + 1".
  InsertBuilder& Suffix(std::string_view sql);

  size_t size() const { return rows_; }
  bool empty() const { return rows_ == 0; }

  // Inserts all rows, in order, in chunks that stay below the protocol's limits. Chunks come in
  // few sizes, so that few distinct statements are prepared. Atomic only inside a transaction.
  // No rows: OK without a statement. Failure codes: see errors.h.
  absl::Status Run(Connection& conn);

 private:
  std::string table_;
  std::vector<std::string> columns_;
  std::vector<Param> values_;
  std::string suffix_;
  size_t rows_ = 0;
  bool misfit_ = false;
};

// The same as constructing an InsertBuilder.
InsertBuilder Insert(std::string_view table, std::vector<std::string> columns);

}  // namespace redress::db

#endif  // REDRESS_COMMON_DB_INSERT_H_
