#include "common/vault/blind_index.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "common/status/macros.h"
#include "common/vault/derive.h"
#include "common/vault/secret_file.h"

namespace redress::vault {
namespace {

constexpr size_t kIndexSize = 32;
// More regions than any installation serves; past it the derived keys are derived anew.
constexpr size_t kMaxRegions = 8192;

}  // namespace

std::string BlindIndex(const DataKey& region_key, std::string_view field,
                       std::string_view normalized) {
  if (region_key.empty()) std::abort();
  // A field's name has no NUL, so the input is unambiguous.
  std::string input(field);
  input.push_back('\0');
  input.append(normalized);
  std::string index(kIndexSize, '\0');
  unsigned int size = 0;
  if (HMAC(EVP_sha256(), region_key.data(), DataKey::kSize,
           reinterpret_cast<const uint8_t*>(input.data()), input.size(),
           reinterpret_cast<uint8_t*>(index.data()), &size) == nullptr ||
      size != kIndexSize) {
    std::abort();
  }
  return index;
}

absl::StatusOr<std::unique_ptr<const BlindIndexer>> BlindIndexer::Load(const std::string& path) {
  ASSIGN_OR_RETURN(std::string bytes, ReadKeyFile(path));
  absl::StatusOr<DataKey> key = DataKey::FromBytes(bytes);
  OPENSSL_cleanse(bytes.data(), bytes.size());
  if (!key.ok()) return key.status();
  return std::make_unique<const BlindIndexer>(*std::move(key));
}

std::string BlindIndexer::Index(std::string_view region, std::string_view field, ValueKind kind,
                                std::string_view value) const {
  const std::string normalized = NormalForm(kind, value);
  if (normalized.empty()) return "";
  return BlindIndex(*RegionKey(region), field, normalized);
}

std::string BlindIndexer::IndexOfName(std::string_view field, std::string_view value) const {
  return BlindIndex(*RegionKey(""), field, value);
}

std::shared_ptr<const DataKey> BlindIndexer::RegionKey(std::string_view region) const {
  const std::string name(region);
  {
    absl::ReaderMutexLock lock(&mutex_);
    if (const auto it = regions_.find(name); it != regions_.end()) return it->second;
  }
  auto key = std::make_shared<const DataKey>(DeriveKey(root_, "redress blind index|" + name));
  absl::MutexLock lock(&mutex_);
  if (regions_.size() >= kMaxRegions) regions_.clear();
  return regions_.try_emplace(name, std::move(key)).first->second;
}

}  // namespace redress::vault
