#include "common/base/ids.h"

#include <openssl/rand.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "absl/base/attributes.h"
#include "absl/base/const_init.h"
#include "absl/base/thread_annotations.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/synchronization/mutex.h"

namespace redress::base {

namespace {

// The part of a UUIDv7 after its milliseconds: 12 bits, then 62.
struct Tail {
  uint64_t high = 0;
  uint64_t low = 0;
};
constexpr uint64_t kLowMask = (uint64_t{1} << 62) - 1;

// What this process last made (RFC 9562, 6.2, method 2): within a millisecond the tail only grows,
// by a random step, so that rows made one after the other also sort so.
ABSL_CONST_INIT absl::Mutex last_mutex(absl::kConstInit);
uint64_t last_millis ABSL_GUARDED_BY(last_mutex) = 0;
Tail last_tail ABSL_GUARDED_BY(last_mutex);

Tail NextTail(uint64_t millis) {
  std::array<uint64_t, 2> random;
  const std::string bytes = RandomBytes(sizeof(random));
  std::memcpy(random.data(), bytes.data(), sizeof(random));
  absl::MutexLock lock(&last_mutex);
  if (millis == last_millis) {
    last_tail.low += 1 + (random[0] & 0xffffffff);
    if (last_tail.low > kLowMask) {
      last_tail.low &= kLowMask;
      ++last_tail.high;
    }
  } else {
    last_millis = millis;
    // The highest bit stays free: no number of steps within a millisecond overflows.
    last_tail = {random[0] & 0x7ff, random[1] & kLowMask};
  }
  return last_tail;
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
  const uint64_t millis = static_cast<uint64_t>(absl::ToUnixMillis(now));
  const Tail tail = NextTail(millis);
  const uint64_t first = millis << 16 | uint64_t{0x7000} | tail.high;
  const uint64_t second = uint64_t{1} << 63 | tail.low;
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
