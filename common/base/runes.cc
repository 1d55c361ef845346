#include "common/base/runes.h"

#include <algorithm>
#include <iterator>

namespace redress::base {

char32_t RuneAt(std::string_view text, size_t length) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  if (length == 1) return byte(0);
  char32_t rune = byte(0) & (0xffU >> (length + 1));
  for (size_t i = 1; i < length; ++i) rune = rune << 6 | (byte(i) & 0x3fU);
  return rune;
}

void AppendRune(char32_t rune, std::string& text) {
  if (rune < 0x80) {
    text.push_back(static_cast<char>(rune));
    return;
  }
  const int more = rune < 0x800 ? 1 : rune < 0x10000 ? 2 : 3;
  const char32_t lead = more == 1 ? 0xc0 : more == 2 ? 0xe0 : 0xf0;
  text.push_back(static_cast<char>(lead | rune >> (6 * more)));
  for (int i = more - 1; i >= 0; --i) {
    text.push_back(static_cast<char>(0x80 | (rune >> (6 * i) & 0x3f)));
  }
}

bool IsBlank(char32_t rune) {
  return (rune >= 0x09 && rune <= 0x0d) || rune == 0x20 || rune == 0x85 || rune == 0xa0 ||
         rune == 0x1680 || (rune >= 0x2000 && rune <= 0x200a) || rune == 0x2028 || rune == 0x2029 ||
         rune == 0x202f || rune == 0x205f || rune == 0x2800 || rune == 0x3000;
}

namespace {

struct Range {
  char32_t first;
  char32_t last;
};

template <size_t kSize>
bool Within(const Range (&ranges)[kSize], char32_t rune) {
  return std::any_of(std::begin(ranges), std::end(ranges),
                     [rune](const Range& r) { return r.first <= rune && rune <= r.last; });
}

}  // namespace

bool IsHidden(char32_t rune) {
  static constexpr Range kRanges[] = {
      {0xad, 0xad},       {0x34f, 0x34f},     {0x600, 0x605},     {0x61c, 0x61c},
      {0x6dd, 0x6dd},     {0x70f, 0x70f},     {0x115f, 0x1160},   {0x17b4, 0x17b5},
      {0x180b, 0x180f},   {0x200b, 0x200f},   {0x2028, 0x202e},   {0x2060, 0x206f},
      {0x3164, 0x3164},   {0xfdd0, 0xfdef},   {0xfeff, 0xfeff},   {0xffa0, 0xffa0},
      {0xfff0, 0xfffd},   {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe00ff},
      {0xe01f0, 0xe0fff},
  };
  constexpr char32_t kNoCharacter = 0xfffe;  // and the next, in every plane
  return Within(kRanges, rune) || (rune & kNoCharacter) == kNoCharacter;
}

bool IsMark(char32_t rune) {
  static constexpr Range kRanges[] = {
      {0x300, 0x36f},   {0x483, 0x489},   {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x20d0, 0x20ff},
      {0x302a, 0x302f}, {0x3099, 0x309a}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xe0100, 0xe01ef},
  };
  return Within(kRanges, rune);
}

bool IsControl(char32_t rune) { return rune < 0x20 || (rune >= 0x7f && rune < 0xa0); }

}  // namespace redress::base
