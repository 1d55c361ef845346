// Files that hold a secret: private keys and key-encryption keys.
//
// A secret is read only from a regular file that nobody but its owner can reach (mode 0600 or
// stricter), so that a careless copy is noticed at start and not after a leak. There is no default
// and no built-in secret anywhere.
#ifndef REDRESS_COMMON_VAULT_SECRET_FILE_H_
#define REDRESS_COMMON_VAULT_SECRET_FILE_H_

#include <string>

#include "absl/status/statusor.h"

namespace redress::vault {

// The content of a secret file of at most 64 KiB. The caller wipes it (OPENSSL_cleanse) where it
// matters. FAILED_PRECONDITION if the file is missing, unreadable, not a regular file, too large,
// or reachable by group or others; the message names the file and the way out, never the content.
// Thread-safe.
absl::StatusOr<std::string> ReadSecretFile(const std::string& path);

// The 32 bytes of a key file: 64 hexadecimal digits or base64, blanks around them ignored. Errors
// as ReadSecretFile, and FAILED_PRECONDITION for any other content. Thread-safe.
absl::StatusOr<std::string> ReadKeyFile(const std::string& path);

}  // namespace redress::vault

#endif  // REDRESS_COMMON_VAULT_SECRET_FILE_H_
