// What one pass over a text finds out. Internal to common/validate.
#ifndef REDRESS_COMMON_VALIDATE_TEXT_H_
#define REDRESS_COMMON_VALIDATE_TEXT_H_

#include <cstdint>
#include <string_view>

namespace redress::validate::internal {

struct TextFacts {
  int64_t runes = 0;     // Unicode code points; -1: not valid UTF-8
  bool control = false;  // has control characters other than newline and tab
  bool visible = false;  // has something that can be seen
  // Has what changes a text and cannot be seen: zero-width characters, marks of direction, fillers.
  bool hidden = false;
  bool lines = false;   // has a newline or a tab
  bool padded = false;  // begins or ends with a blank
};

TextFacts Inspect(std::string_view text);

}  // namespace redress::validate::internal

#endif  // REDRESS_COMMON_VALIDATE_TEXT_H_
