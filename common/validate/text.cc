#include "common/validate/text.h"
#include "common/base/runes.h"
#include "common/base/utf8.h"
#include "common/validate/validate.h"

namespace redress::validate {
namespace {

bool IsSegmentChar(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

constexpr size_t kMaxSegment = 64;

}  // namespace

namespace internal {

TextFacts Inspect(std::string_view text) {
  // Almost all values are plain ASCII; this loop has no branch, so the compiler makes it wide.
  unsigned char odd = 0;
  unsigned char seen = 0;
  for (const char c : text) {
    odd |= static_cast<unsigned char>(static_cast<unsigned char>(c - 0x20) > 0x5e);
    seen |= static_cast<unsigned char>(c != 0x20);
  }
  TextFacts facts;
  if (odd == 0) {
    facts.runes = static_cast<int64_t>(text.size());
    facts.visible = seen != 0;
    facts.padded = !text.empty() && (text.front() == ' ' || text.back() == ' ');
    return facts;
  }
  while (!text.empty()) {
    const size_t length = base::Utf8SequenceLength(text);
    if (length == 0) {
      facts.runes = -1;
      return facts;
    }
    const char32_t rune = base::RuneAt(text, length);
    const bool line = rune == '\n' || rune == '\t';
    const bool control = base::IsControl(rune);
    const bool blank = base::IsBlank(rune);
    const bool hidden = base::IsHidden(rune);
    facts.control = facts.control || (control && !line);
    facts.hidden = facts.hidden || hidden;
    facts.visible = facts.visible || !(blank || hidden || control || base::IsMark(rune));
    facts.lines = facts.lines || line;
    if (blank && (facts.runes == 0 || length == text.size())) facts.padded = true;
    ++facts.runes;
    text.remove_prefix(length);
  }
  return facts;
}

}  // namespace internal

bool HasVisibleText(std::string_view text) { return internal::Inspect(text).visible; }

int CountRunes(std::string_view text) { return static_cast<int>(internal::Inspect(text).runes); }

bool MatchesResource(std::string_view name, std::string_view pattern) {
  while (true) {
    const size_t pattern_end = std::min(pattern.find('/'), pattern.size());
    const size_t name_end = std::min(name.find('/'), name.size());
    const std::string_view want = pattern.substr(0, pattern_end);
    const std::string_view have = name.substr(0, name_end);
    if (want == "*") {
      if (have.empty() || have.size() > kMaxSegment) return false;
      for (const char c : have) {
        if (!IsSegmentChar(static_cast<unsigned char>(c))) return false;
      }
    } else if (want != have) {
      return false;
    }
    const bool pattern_done = pattern_end == pattern.size();
    const bool name_done = name_end == name.size();
    if (pattern_done || name_done) return pattern_done && name_done;
    pattern.remove_prefix(pattern_end + 1);
    name.remove_prefix(name_end + 1);
  }
}

}  // namespace redress::validate
