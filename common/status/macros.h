// The two macros that carry absl::Status upwards. Nothing else may be added here.
#ifndef REDRESS_COMMON_STATUS_MACROS_H_
#define REDRESS_COMMON_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define REDRESS_CONCAT_INNER(a, b) a##b
#define REDRESS_CONCAT(a, b) REDRESS_CONCAT_INNER(a, b)

// Returns from the enclosing function if `expr`, an absl::Status, is not OK. The name is one of a
// kind, since `expr` may be a function that returns by the same macro.
#define RETURN_IF_ERROR(expr) RETURN_IF_ERROR_IMPL(REDRESS_CONCAT(_status_, __COUNTER__), expr)
#define RETURN_IF_ERROR_IMPL(status, expr)                         \
  do {                                                             \
    if (absl::Status status = (expr); !status.ok()) return status; \
  } while (false)

// Assigns the value of `expr`, an absl::StatusOr<T>, to `lhs` (which may declare a variable), or
// returns its status.
#define ASSIGN_OR_RETURN(lhs, expr) \
  ASSIGN_OR_RETURN_IMPL(REDRESS_CONCAT(_statusor_, __LINE__), lhs, expr)
#define ASSIGN_OR_RETURN_IMPL(statusor, lhs, expr)         \
  auto statusor = (expr);                                  \
  if (!statusor.ok()) return std::move(statusor).status(); \
  lhs = std::move(statusor).value()

#endif  // REDRESS_COMMON_STATUS_MACROS_H_
