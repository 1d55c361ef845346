#include "clients/replay/random.h"

#include <openssl/sha.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/ids.h"

namespace redress::replay {
namespace {

std::string Sha256(std::string_view text) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

uint64_t Mix(uint64_t seed, std::string_view name) {
  const std::string digest = Sha256(absl::StrCat(seed, "/", std::string(name)));
  uint64_t mixed = 0;
  for (int i = 0; i < 8; ++i) mixed = mixed << 8 | static_cast<unsigned char>(digest[i]);
  return mixed;
}

}  // namespace

Random::Random(uint64_t seed, std::string_view name) : engine_(Mix(seed, name)) {}

uint64_t Random::Below(uint64_t bound) {
  // What is above the last whole multiple of `bound` would make small numbers likelier.
  const uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
  uint64_t drawn = engine_();
  while (drawn >= limit) drawn = engine_();
  return drawn % bound;
}

int Random::Between(int low, int high) {
  return low + static_cast<int>(Below(static_cast<uint64_t>(int64_t{high} - low + 1)));
}

std::string Sha256Hex(std::string_view text) { return absl::BytesToHexString(Sha256(text)); }

std::string RequestId(uint64_t seed, std::string_view event) {
  std::string bytes =
      Sha256(absl::StrCat("redress-replay/", seed, "/", std::string(event))).substr(0, 16);
  bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x80);
  bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
  return base::UuidText(bytes);
}

}  // namespace redress::replay
