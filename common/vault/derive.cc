#include "common/vault/derive.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <utility>

#include "absl/status/statusor.h"

namespace redress::vault {
namespace {

constexpr size_t kMacSize = 32;

struct FreeKdf {
  void operator()(EVP_KDF_CTX* context) const { EVP_KDF_CTX_free(context); }
};

}  // namespace

DataKey DeriveKey(const DataKey& root, std::string_view info) {
  static EVP_KDF* const kdf = EVP_KDF_fetch(nullptr, "HKDF", nullptr);
  std::unique_ptr<EVP_KDF_CTX, FreeKdf> context(EVP_KDF_CTX_new(kdf));
  char digest[] = "SHA256";
  OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
                         OSSL_PARAM_construct_octet_string(
                             OSSL_KDF_PARAM_KEY, const_cast<uint8_t*>(root.data()), DataKey::kSize),
                         OSSL_PARAM_construct_octet_string(
                             OSSL_KDF_PARAM_INFO, const_cast<char*>(info.data()), info.size()),
                         OSSL_PARAM_construct_end()};
  std::string bytes(DataKey::kSize, '\0');
  if (root.empty() || context == nullptr ||
      EVP_KDF_derive(context.get(), reinterpret_cast<uint8_t*>(bytes.data()), bytes.size(),
                     params) != 1) {
    std::abort();
  }
  absl::StatusOr<DataKey> key = DataKey::FromBytes(bytes);
  OPENSSL_cleanse(bytes.data(), bytes.size());
  return *std::move(key);
}

std::string Mac(const DataKey& key, std::string_view input) {
  if (key.empty()) std::abort();
  std::string tag(kMacSize, '\0');
  unsigned int size = 0;
  if (HMAC(EVP_sha256(), key.data(), DataKey::kSize, reinterpret_cast<const uint8_t*>(input.data()),
           input.size(), reinterpret_cast<uint8_t*>(tag.data()), &size) == nullptr ||
      size != kMacSize) {
    std::abort();
  }
  return tag;
}

}  // namespace redress::vault
