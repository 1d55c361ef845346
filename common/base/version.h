// The version of everything that this tree builds, as CMakeLists.txt has it.
#ifndef REDRESS_COMMON_BASE_VERSION_H_
#define REDRESS_COMMON_BASE_VERSION_H_

namespace redress::base {

inline constexpr char kVersion[] = "0.1.0";

}  // namespace redress::base

#endif  // REDRESS_COMMON_BASE_VERSION_H_
