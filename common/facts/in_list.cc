#include "common/facts/in_list.h"

#include <algorithm>
#include <bit>

#include "common/db/marks.h"
#include "common/status/macros.h"

namespace redress::facts {
namespace {

constexpr size_t kMaxPart = 256;

}  // namespace

absl::Status ForEachInList(
    const std::vector<db::Param>& values,
    absl::FunctionRef<absl::Status(const std::string& in_list, absl::Span<const db::Param> part)>
        fn) {
  for (size_t first = 0; first < values.size(); first += kMaxPart) {
    const size_t last = std::min(values.size(), first + kMaxPart);
    std::vector<db::Param> part(values.begin() + static_cast<std::ptrdiff_t>(first),
                                values.begin() + static_cast<std::ptrdiff_t>(last));
    part.resize(std::bit_ceil(part.size()), values[last - 1]);
    RETURN_IF_ERROR(fn(db::Marks(part.size()), part));
  }
  return absl::OkStatus();
}

}  // namespace redress::facts
