// The distribution's Abseil has a string_view class of its own, which converts neither from nor to
// std::string_view. Our interfaces use std::string_view; these two cross the border.
#ifndef REDRESS_COMMON_BASE_VIEW_H_
#define REDRESS_COMMON_BASE_VIEW_H_

#include <string_view>

#include "absl/strings/string_view.h"

namespace redress::base {

inline absl::string_view AbslView(std::string_view text) { return {text.data(), text.size()}; }

inline std::string_view StdView(absl::string_view text) { return {text.data(), text.size()}; }

}  // namespace redress::base

#endif  // REDRESS_COMMON_BASE_VIEW_H_
