// Reading of configuration files that hold no secret (secrets: vault::ReadSecretFile).
#ifndef REDRESS_COMMON_BASE_FILES_H_
#define REDRESS_COMMON_BASE_FILES_H_

#include <string>

#include "absl/status/statusor.h"

namespace redress::base {

// The content of a file. FAILED_PRECONDITION, naming the file, where it cannot be read.
// Thread-safe.
absl::StatusOr<std::string> ReadFile(const std::string& path);

}  // namespace redress::base

#endif  // REDRESS_COMMON_BASE_FILES_H_
