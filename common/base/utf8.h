// UTF-8, strictly: overlong forms, surrogates and values past U+10FFFF are invalid. Pure functions.
#ifndef REDRESS_COMMON_BASE_UTF8_H_
#define REDRESS_COMMON_BASE_UTF8_H_

#include <cstddef>
#include <string_view>

namespace redress::base {

// The length in bytes (1 to 4) of the valid sequence at the start of `text`; 0 if there is none.
inline size_t Utf8SequenceLength(std::string_view text) {
  if (text.empty()) return 0;
  const auto byte = [text](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  size_t length = 0;
  if (lead >= 0xc2 && lead < 0xe0) length = 2;
  if (lead >= 0xe0 && lead < 0xf0) length = 3;
  if (lead >= 0xf0 && lead < 0xf5) length = 4;
  if (length == 0 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  if (lead == 0xe0 && byte(1) < 0xa0) return 0;  // overlong
  if (lead == 0xed && byte(1) > 0x9f) return 0;  // surrogate
  if (lead == 0xf0 && byte(1) < 0x90) return 0;  // overlong
  if (lead == 0xf4 && byte(1) > 0x8f) return 0;  // past U+10FFFF
  return length;
}

}  // namespace redress::base

#endif  // REDRESS_COMMON_BASE_UTF8_H_
