// What Unicode code points are to a reader: seen, blank, or neither. Pure functions.
#ifndef REDRESS_COMMON_BASE_RUNES_H_
#define REDRESS_COMMON_BASE_RUNES_H_

#include <string>
#include <string_view>

namespace redress::base {

// The code point at the start of `text`, whose sequence is `length` bytes long. REQUIRES: `length`
// is Utf8SequenceLength(text) and not zero.
char32_t RuneAt(std::string_view text, size_t length);
void AppendRune(char32_t rune, std::string& text);

// The blanks of all scripts, line breaks and tabs.
bool IsBlank(char32_t rune);

// Characters that take no room or only change what stands beside them: zero-width characters, marks
// of direction, fillers. Variation selectors are none of them: they choose the glyph of a rare
// character. Source: Unicode 15, Default_Ignorable_Code_Point, separators, annotations, signs
// that stand before numbers, and code points that are no characters.
bool IsHidden(char32_t rune);

// What only changes the character before it, and is nothing alone: combining marks and variation
// selectors. Source: Unicode 15, general category Mn of the general blocks.
bool IsMark(char32_t rune);

// C0 and C1 controls, line breaks and tabs too.
bool IsControl(char32_t rune);

}  // namespace redress::base

#endif  // REDRESS_COMMON_BASE_RUNES_H_
