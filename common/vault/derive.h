// Keys and tags that follow from a key, so that one secret serves many purposes without one telling
// about another. Thread-safe.
#ifndef REDRESS_COMMON_VAULT_DERIVE_H_
#define REDRESS_COMMON_VAULT_DERIVE_H_

#include <string>
#include <string_view>

#include "common/vault/keys.h"

namespace redress::vault {

// HKDF-SHA256 (RFC 5869) of `root` with `info`, which names the purpose. REQUIRES: `root` is not
// empty.
DataKey DeriveKey(const DataKey& root, std::string_view info);

// HMAC-SHA256, 32 bytes. REQUIRES: `key` is not empty.
std::string Mac(const DataKey& key, std::string_view input);

}  // namespace redress::vault

#endif  // REDRESS_COMMON_VAULT_DERIVE_H_
