// One step of a schema. Apart from migrate.h so that an embedded schema need not link the database
// client.
#ifndef REDRESS_COMMON_DB_MIGRATION_H_
#define REDRESS_COMMON_DB_MIGRATION_H_

#include <string>

namespace redress::db {

struct Migration {
  int version = 0;
  std::string name;
  std::string sql;  // statements ended by ';'; no DELIMITER
};

}  // namespace redress::db

#endif  // REDRESS_COMMON_DB_MIGRATION_H_
