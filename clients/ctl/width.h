// How many columns a text takes on a terminal. Pure functions.
//
// East Asian wide and fullwidth characters (UAX #11) take two columns, combining marks, joiners and
// variation selectors none, control characters none, everything else one. Ambiguous characters take
// one, as terminals do outside legacy East Asian encodings. An invalid byte counts as one column.
#ifndef REDRESS_CLIENTS_CTL_WIDTH_H_
#define REDRESS_CLIENTS_CTL_WIDTH_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace redress::ctl {

// 0, 1 or 2.
int RuneWidth(uint32_t rune);

size_t DisplayWidth(std::string_view text);

// `text` and as many blanks as bring it to `width` columns; unchanged if it is as wide already.
std::string PadRight(std::string_view text, size_t width);
std::string PadLeft(std::string_view text, size_t width);

// The longest beginning of `text` that fits `width` columns with a "…" at the end, or the whole of
// it where it fits. `width` must be at least 1.
std::string Truncate(std::string_view text, size_t width);

}  // namespace redress::ctl

#endif  // REDRESS_CLIENTS_CTL_WIDTH_H_
