#include "common/base/ids.h"

#include <openssl/rand.h>

#include <cstdint>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"

namespace redress::base {

std::string RandomBytes(size_t count) {
  std::string out(count, '\0');
  // Going on with predictable keys or ids would be worse than stopping.
  if (RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(count)) != 1) {
    std::abort();
  }
  return out;
}

std::string NewUuid(absl::Time now) {
  std::string bytes = RandomBytes(16);
  const uint64_t millis = static_cast<uint64_t>(absl::ToUnixMillis(now));
  for (int i = 0; i < 6; ++i) bytes[i] = static_cast<char>(millis >> (8 * (5 - i)));
  bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x70);
  bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
  return UuidText(bytes);
}

bool IsUuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !absl::ascii_isxdigit(static_cast<unsigned char>(text[i])))
      return false;
  }
  return true;
}

std::string UuidBytes(std::string_view text) {
  std::string hex;
  hex.reserve(32);
  for (char c : text) {
    if (c != '-') hex.push_back(c);
  }
  return absl::HexStringToBytes(hex);
}

std::string UuidText(std::string_view bytes) {
  std::string text = absl::BytesToHexString(absl::string_view(bytes.data(), bytes.size()));
  for (size_t at : {8, 13, 18, 23}) text.insert(at, 1, '-');
  return text;
}

std::string_view LastSegment(std::string_view name) {
  const size_t slash = name.rfind('/');
  return slash == std::string_view::npos ? name : name.substr(slash + 1);
}

std::string_view RootName(std::string_view name) {
  const size_t first = name.find('/');
  if (first == std::string_view::npos) return name;
  return name.substr(0, name.find('/', first + 1));
}

}  // namespace redress::base
