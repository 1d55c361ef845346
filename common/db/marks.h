// The places of parameters in a list: WHERE name IN (?, ?, ?).
#ifndef REDRESS_COMMON_DB_MARKS_H_
#define REDRESS_COMMON_DB_MARKS_H_

#include <cstddef>
#include <string>

namespace redress::db {

// "(?, ?, ?)" for three. SQL has no empty list, so `count` is not zero. Thread-safe.
std::string Marks(size_t count);

}  // namespace redress::db

#endif  // REDRESS_COMMON_DB_MARKS_H_
