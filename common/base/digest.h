// SHA-256 (FIPS 180-4), of whole texts.
#ifndef REDRESS_COMMON_BASE_DIGEST_H_
#define REDRESS_COMMON_BASE_DIGEST_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace redress::base {

inline constexpr size_t kSha256Bytes = 32;

// Thread-safe; they abort where the library has no SHA-256, as without it nothing can be trusted.
std::array<uint8_t, kSha256Bytes> Sha256Of(std::string_view bytes);

// The same as a string of 32 bytes, and as 64 lower-case hexadecimal digits.
std::string Sha256(std::string_view bytes);
std::string Sha256Hex(std::string_view bytes);

}  // namespace redress::base

#endif  // REDRESS_COMMON_BASE_DIGEST_H_
