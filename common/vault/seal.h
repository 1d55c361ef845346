// Sealing of values at rest with AES-256-GCM: confidential, and bound to the place they belong to.
//
// A sealed value is: one byte of format version, 12 bytes of random nonce, the ciphertext, 16 bytes
// of tag. It is 29 bytes longer than the plain value. All functions are thread-safe.
#ifndef REDRESS_COMMON_VAULT_SEAL_H_
#define REDRESS_COMMON_VAULT_SEAL_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/vault/keys.h"

namespace redress::vault {

inline constexpr size_t kSealOverhead = 1 + 12 + 16;

// The additional data that binds a sealed value to its row and column, so that no value can be
// moved to another row unnoticed. Unambiguous for any parts.
std::string RowAad(std::string_view table, std::string_view id, std::string_view column);
// The same for a value that is replaced with its row's version: an earlier value put back under a
// later version does not open.
std::string RowAad(std::string_view table, std::string_view id, std::string_view column,
                   int64_t version);

// Seals `plaintext` under `key`, bound to `aad` (see RowAad). Aborts only if the cipher itself is
// unavailable.
std::string Seal(const DataKey& key, std::string_view plaintext, std::string_view aad);

// The plain value. DATA_LOSS, without saying why, if `sealed` is damaged, was sealed under another
// key or belongs elsewhere.
absl::StatusOr<std::string> Open(const DataKey& key, std::string_view sealed, std::string_view aad);

}  // namespace redress::vault

#endif  // REDRESS_COMMON_VAULT_SEAL_H_
