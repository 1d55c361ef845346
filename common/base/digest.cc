#include "common/base/digest.h"

#include <openssl/evp.h>

#include <cstdlib>
#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"

namespace redress::base {
namespace {

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// Looking the algorithm up costs more than using it on a short text, so it is fetched once.
const EVP_MD* Algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return algorithm;
}

EVP_MD_CTX* ThreadContext() {
  thread_local const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  return context.get();
}

}  // namespace

std::array<uint8_t, kSha256Bytes> Sha256Of(std::string_view bytes) {
  std::array<uint8_t, kSha256Bytes> digest;
  EVP_MD_CTX* const context = ThreadContext();
  if (EVP_DigestInit_ex2(context, Algorithm(), nullptr) != 1 ||
      EVP_DigestUpdate(context, bytes.data(), bytes.size()) != 1 ||
      EVP_DigestFinal_ex(context, digest.data(), nullptr) != 1) {
    std::abort();
  }
  return digest;
}

std::string Sha256(std::string_view bytes) {
  const std::array<uint8_t, kSha256Bytes> digest = Sha256Of(bytes);
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string Sha256Hex(std::string_view bytes) {
  const std::string digest = Sha256(bytes);
  return absl::BytesToHexString(absl::string_view(digest.data(), digest.size()));
}

}  // namespace redress::base
