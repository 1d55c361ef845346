#include "clients/ctl/width.h"

#include <algorithm>
#include <iterator>

#include "common/base/utf8.h"

namespace redress::ctl {
namespace {

struct Range {
  uint32_t first;
  uint32_t last;
};

// Combining marks of the scripts that are met in names and quotations, joiners, variation
// selectors.
constexpr Range kZero[] = {
    {0x0300, 0x036f},   {0x0483, 0x0489},   {0x0591, 0x05bd}, {0x0610, 0x061a}, {0x064b, 0x065f},
    {0x0e31, 0x0e31},   {0x0e34, 0x0e3a},   {0x0e47, 0x0e4e}, {0x0f71, 0x0f7e}, {0x1ab0, 0x1aff},
    {0x1dc0, 0x1dff},   {0x200b, 0x200f},   {0x202a, 0x202e}, {0x2060, 0x2064}, {0x20d0, 0x20ff},
    {0x302a, 0x302d},   {0x3099, 0x309a},   {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xfeff, 0xfeff},
    {0x1f3fb, 0x1f3ff}, {0xe0100, 0xe01ef},
};

// Wide and fullwidth blocks.
constexpr Range kWide[] = {
    {0x1100, 0x115f},   {0x231a, 0x231b},   {0x2329, 0x232a},   {0x23e9, 0x23ec},
    {0x25fd, 0x25fe},   {0x2614, 0x2615},   {0x26a1, 0x26a1},   {0x2705, 0x2705},
    {0x274c, 0x274c},   {0x2753, 0x2755},   {0x2e80, 0x303e},   {0x3041, 0x33ff},
    {0x3400, 0x4dbf},   {0x4e00, 0x9fff},   {0xa000, 0xa4cf},   {0xa960, 0xa97f},
    {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe10, 0xfe19},   {0xfe30, 0xfe6f},
    {0xff00, 0xff60},   {0xffe0, 0xffe6},   {0x16fe0, 0x18cff}, {0x1b000, 0x1b2ff},
    {0x1f004, 0x1f004}, {0x1f0cf, 0x1f0cf}, {0x1f18e, 0x1f18e}, {0x1f191, 0x1f19a},
    {0x1f200, 0x1f320}, {0x1f32d, 0x1f335}, {0x1f337, 0x1f37c}, {0x1f37e, 0x1f393},
    {0x1f3a0, 0x1f3ca}, {0x1f3cf, 0x1f3d3}, {0x1f3e0, 0x1f3f0}, {0x1f3f4, 0x1f3f4},
    {0x1f3f8, 0x1f43e}, {0x1f440, 0x1f440}, {0x1f442, 0x1f4fc}, {0x1f4ff, 0x1f53d},
    {0x1f54b, 0x1f54e}, {0x1f550, 0x1f567}, {0x1f5fb, 0x1f64f}, {0x1f680, 0x1f6c5},
    {0x1f6eb, 0x1f6ec}, {0x1f7e0, 0x1f7eb}, {0x1f90c, 0x1f9ff}, {0x1fa70, 0x1faff},
    {0x20000, 0x2fffd}, {0x30000, 0x3fffd},
};

template <size_t N>
bool In(const Range (&ranges)[N], uint32_t rune) {
  const Range* after =
      std::upper_bound(std::begin(ranges), std::end(ranges), rune,
                       [](uint32_t value, const Range& range) { return value < range.first; });
  return after != std::begin(ranges) && rune <= std::prev(after)->last;
}

// The first character of a text: its value and its length in bytes.
struct Rune {
  uint32_t value;
  size_t length;
};

Rune FirstRune(std::string_view text) {
  constexpr uint32_t kReplacement = 0xfffd;
  const size_t length = base::Utf8SequenceLength(text);
  if (length == 0) return {kReplacement, 1};
  const auto lead = static_cast<unsigned char>(text[0]);
  if (length == 1) return {lead, 1};
  uint32_t value = lead & (0xffu >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    value = (value << 6) | (static_cast<unsigned char>(text[i]) & 0x3fu);
  }
  return {value, length};
}

}  // namespace

int RuneWidth(uint32_t rune) {
  if (rune < 0x20 || (rune >= 0x7f && rune < 0xa0)) return 0;
  if (rune < 0x300) return 1;
  if (In(kZero, rune)) return 0;
  return In(kWide, rune) ? 2 : 1;
}

size_t DisplayWidth(std::string_view text) {
  size_t width = 0;
  while (!text.empty()) {
    const Rune rune = FirstRune(text);
    width += static_cast<size_t>(RuneWidth(rune.value));
    text.remove_prefix(rune.length);
  }
  return width;
}

std::string PadRight(std::string_view text, size_t width) {
  const size_t used = DisplayWidth(text);
  std::string padded(text);
  if (used < width) padded.append(width - used, ' ');
  return padded;
}

std::string PadLeft(std::string_view text, size_t width) {
  const size_t used = DisplayWidth(text);
  std::string padded(used < width ? width - used : 0, ' ');
  padded.append(text);
  return padded;
}

std::string Truncate(std::string_view text, size_t width) {
  if (DisplayWidth(text) <= width) return std::string(text);
  std::string kept;
  size_t used = 1;  // the ellipsis
  while (!text.empty()) {
    const Rune rune = FirstRune(text);
    const auto wide = static_cast<size_t>(RuneWidth(rune.value));
    if (used + wide > width) break;
    used += wide;
    kept.append(text.substr(0, rune.length));
    text.remove_prefix(rune.length);
  }
  kept.append("…");
  return kept;
}

}  // namespace redress::ctl
