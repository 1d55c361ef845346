#include "common/vault/blind_index.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "common/status/macros.h"
#include "common/vault/derive.h"
#include "common/vault/secret_file.h"

namespace redress::vault {
namespace {

constexpr size_t kIndexSize = 32;
// More regions than any installation serves; past it the derived keys are derived anew.
constexpr size_t kMaxRegions = 8192;

// Reads one UTF-8 code point of three bytes at `text`; 0 if there is none.
uint32_t ThreeByteRune(std::string_view text) {
  if (text.size() < 3) return 0;
  const uint8_t a = static_cast<uint8_t>(text[0]);
  const uint8_t b = static_cast<uint8_t>(text[1]);
  const uint8_t c = static_cast<uint8_t>(text[2]);
  if ((a & 0xF0) != 0xE0 || (b & 0xC0) != 0x80 || (c & 0xC0) != 0x80) return 0;
  return static_cast<uint32_t>((a & 0x0F) << 12 | (b & 0x3F) << 6 | (c & 0x3F));
}

bool IsWideSpace(uint32_t rune) {
  return rune == 0x3000 || rune == 0xFEFF || (rune >= 0x2000 && rune <= 0x200B) || rune == 0x202F;
}

}  // namespace

std::string NormalizeForIndex(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    const unsigned char byte = static_cast<unsigned char>(text[i]);
    if (byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) == 0xA0) {
      i += 2;  // no-break space
      continue;
    }
    const uint32_t rune = ThreeByteRune(text.substr(i));
    if (rune == 0) {
      if (!absl::ascii_isspace(byte)) {
        out.push_back(absl::ascii_tolower(byte));
      }
      ++i;
      continue;
    }
    if (rune >= 0xFF01 && rune <= 0xFF5E) {
      out.push_back(absl::ascii_tolower(static_cast<unsigned char>(rune - 0xFEE0)));
    } else if (!IsWideSpace(rune)) {
      out.append(text.substr(i, 3));
    }
    i += 3;
  }
  return out;
}

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

std::string BlindIndexer::Index(std::string_view region, std::string_view field,
                                std::string_view value) const {
  const std::string normalized = NormalizeForIndex(value);
  if (normalized.empty()) return "";
  return BlindIndex(*RegionKey(region), field, normalized);
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
