#include "common/base/ids.h"

#include <openssl/rand.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"

namespace redress::base {

namespace {

constexpr int kCounterBits = 36;
constexpr uint64_t kCounterMask = (uint64_t{1} << kCounterBits) - 1;

uint64_t RandomNumber() {
  uint64_t number;
  const std::string bytes = RandomBytes(sizeof(number));
  std::memcpy(&number, bytes.data(), sizeof(number));
  return number;
}

// How many ids this process has made, from a random beginning (RFC 9562, 6.2, method 1). One
// counter for all times: a service with a simulated clock makes ids at two times by turns. The
// highest bit stays free, so that it does not overflow before 2^35 ids.
uint64_t NextCount() {
  static std::atomic<uint64_t> count = RandomNumber() & (kCounterMask >> 1);
  return count.fetch_add(1, std::memory_order_relaxed) & kCounterMask;
}

}  // namespace

std::string RandomBytes(size_t count) {
  std::string out(count, '\0');
  // Going on with predictable keys or ids would be worse than stopping.
  if (RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(count)) != 1) {
    std::abort();
  }
  return out;
}

std::string NewUuid(absl::Time now) {
  // 48 bits of milliseconds, the version, 12 bits of the count; the variant, 24 bits of the count,
  // 38 random ones.
  const uint64_t count = NextCount();
  const uint64_t first =
      static_cast<uint64_t>(absl::ToUnixMillis(now)) << 16 | uint64_t{0x7000} | count >> 24;
  const uint64_t second = uint64_t{1} << 63 | (count & 0xffffff) << 38 | RandomNumber() >> 26;
  std::string bytes(16, '\0');
  for (int i = 0; i < 8; ++i) {
    bytes[i] = static_cast<char>(first >> (8 * (7 - i)));
    bytes[8 + i] = static_cast<char>(second >> (8 * (7 - i)));
  }
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
