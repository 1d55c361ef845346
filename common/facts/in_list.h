// Lists of values for `IN (…)`, in few distinct statements.
#ifndef REDRESS_COMMON_FACTS_IN_LIST_H_
#define REDRESS_COMMON_FACTS_IN_LIST_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/types/span.h"
#include "common/db/param.h"

namespace redress::facts {

// Calls `fn` with parts of `values`, in order, each with its text "(?, …, ?)". Parts hold at most
// 256 values and are padded to a power of two by repeating their last one, which changes no set.
// Stops at the first error. Thread-safe.
absl::Status ForEachInList(
    const std::vector<db::Param>& values,
    absl::FunctionRef<absl::Status(const std::string& in_list, absl::Span<const db::Param> part)>
        fn);

}  // namespace redress::facts

#endif  // REDRESS_COMMON_FACTS_IN_LIST_H_
