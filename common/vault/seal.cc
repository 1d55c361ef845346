#include "common/vault/seal.h"

#include <openssl/evp.h>

#include <cstdint>
#include <cstdlib>
#include <memory>

#include "absl/status/status.h"
#include "common/base/ids.h"
#include "common/status/error.h"

namespace redress::vault {
namespace {

constexpr char kVersion = 1;
constexpr size_t kNonceSize = 12;
constexpr size_t kTagSize = 16;

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

// Looking the cipher up costs more than using it, so it is fetched once.
const EVP_CIPHER* Aes256Gcm() {
  static const EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  return cipher;
}

// One context per thread, reset (and so wiped) after each use.
EVP_CIPHER_CTX* ThreadContext() {
  thread_local const std::unique_ptr<EVP_CIPHER_CTX, FreeContext> context(EVP_CIPHER_CTX_new());
  return context.get();
}

const uint8_t* Bytes(std::string_view text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

void AppendPart(std::string* out, std::string_view part) {
  const uint32_t size = static_cast<uint32_t>(part.size());
  for (int shift = 24; shift >= 0; shift -= 8) out->push_back(static_cast<char>(size >> shift));
  out->append(part);
}

absl::Status Damaged() {
  return status::Error(absl::StatusCode::kDataLoss, "SEALED_DATA_DAMAGED",
                       "a stored value cannot be opened");
}

}  // namespace

std::string RowAad(std::string_view table, std::string_view id, std::string_view column) {
  std::string aad;
  aad.reserve(12 + table.size() + id.size() + column.size());
  AppendPart(&aad, table);
  AppendPart(&aad, id);
  AppendPart(&aad, column);
  return aad;
}

std::string RowAad(std::string_view table, std::string_view id, std::string_view column,
                   int64_t version) {
  std::string aad = RowAad(table, id, column);
  AppendPart(&aad, std::to_string(version));
  return aad;
}

std::string Seal(const DataKey& key, std::string_view plaintext, std::string_view aad) {
  // A failure here would otherwise store a value that nobody can read, or one in the clear.
  if (key.empty()) std::abort();
  const std::string nonce = base::RandomBytes(kNonceSize);
  std::string sealed(kSealOverhead + plaintext.size(), '\0');
  sealed[0] = kVersion;
  sealed.replace(1, kNonceSize, nonce);
  uint8_t* const body = reinterpret_cast<uint8_t*>(sealed.data()) + 1 + kNonceSize;
  EVP_CIPHER_CTX* const context = ThreadContext();
  int written = 0;
  const bool done =
      context != nullptr &&
      EVP_EncryptInit_ex2(context, Aes256Gcm(), key.data(), Bytes(nonce), nullptr) == 1 &&
      EVP_EncryptUpdate(context, nullptr, &written, Bytes(aad), static_cast<int>(aad.size())) ==
          1 &&
      EVP_EncryptUpdate(context, body, &written, Bytes(plaintext),
                        static_cast<int>(plaintext.size())) == 1 &&
      EVP_EncryptFinal_ex(context, body + plaintext.size(), &written) == 1 &&
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, kTagSize, body + plaintext.size()) == 1;
  if (!done) std::abort();
  EVP_CIPHER_CTX_reset(context);
  return sealed;
}

absl::StatusOr<std::string> Open(const DataKey& key, std::string_view sealed,
                                 std::string_view aad) {
  if (key.empty() || sealed.size() < kSealOverhead || sealed[0] != kVersion) return Damaged();
  const size_t size = sealed.size() - kSealOverhead;
  const std::string_view nonce = sealed.substr(1, kNonceSize);
  const std::string_view body = sealed.substr(1 + kNonceSize, size);
  // The tag is only read; the interface is not const.
  void* const tag = const_cast<char*>(sealed.data() + sealed.size() - kTagSize);
  std::string plain(size, '\0');
  uint8_t* const out = reinterpret_cast<uint8_t*>(plain.data());
  EVP_CIPHER_CTX* const context = ThreadContext();
  int written = 0;
  const bool done =
      context != nullptr &&
      EVP_DecryptInit_ex2(context, Aes256Gcm(), key.data(), Bytes(nonce), nullptr) == 1 &&
      EVP_DecryptUpdate(context, nullptr, &written, Bytes(aad), static_cast<int>(aad.size())) ==
          1 &&
      EVP_DecryptUpdate(context, out, &written, Bytes(body), static_cast<int>(size)) == 1 &&
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, kTagSize, tag) == 1 &&
      EVP_DecryptFinal_ex(context, out + size, &written) == 1;
  EVP_CIPHER_CTX_reset(context);
  if (!done) {
    OPENSSL_cleanse(plain.data(), plain.size());
    return Damaged();
  }
  return plain;
}

}  // namespace redress::vault
