// What a file is before it is read: its encoding, its format, and what nobody sees in it.
#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "common/base/runes.h"
#include "common/base/utf8.h"
#include "common/plan/text.h"

namespace redress::plan::internal {
namespace {

// Characters that show nothing, or that turn the order of what is shown. Tab, line feed and
// carriage return are seen to.
bool IsInvisible(char32_t rune) {
  const bool layout = rune == '\t' || rune == '\n' || rune == '\r';
  constexpr char32_t kEmptyBraille = 0x2800;
  return (base::IsControl(rune) && !layout) || base::IsHidden(rune) || rune == kEmptyBraille;
}

// The character that begins at `at`, with its length; nothing where the bytes are no UTF-8.
std::optional<std::pair<char32_t, size_t>> RuneAt(std::string_view text, size_t at) {
  const std::string_view rest = text.substr(at);
  const size_t length = base::Utf8SequenceLength(rest);
  if (length == 0) return std::nullopt;
  return std::pair(base::RuneAt(rest, length), length);
}

Mistake At(std::string_view text, size_t at, Say say, const std::vector<std::string>& values = {}) {
  const std::string_view before = text.substr(0, at);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const size_t begin = before.rfind('\n');
  const size_t column = begin == std::string_view::npos ? at + 1 : at - begin;
  return MistakeAt(static_cast<int>(line), static_cast<int>(column), "", say, values);
}

// A line of YAML that no line of a plan can be: "- item", or "key:" with a deeper "key:" below.
bool IsYaml(std::string_view text) {
  const std::vector<std::string> lines =
      absl::StrSplit(absl::string_view(text.data(), text.size()), '\n');
  const auto indent = [](const std::string& line) { return line.find_first_not_of(' '); };
  for (size_t i = 0; i < lines.size(); ++i) {
    const std::string line(absl::StripAsciiWhitespace(lines[i]));
    if (line.empty() || line[0] == '#') continue;
    if (line == "---" || absl::StartsWith(line, "%YAML") || absl::StartsWith(line, "- "))
      return true;
    const bool opens = line.size() > 1 && line.back() == ':' &&
                       std::all_of(line.begin(), line.end() - 1, [](char c) {
                         return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_';
                       });
    if (!opens || i + 1 == lines.size()) continue;
    const std::string next(absl::StripAsciiWhitespace(lines[i + 1]));
    const bool item = absl::StartsWith(next, "- ");
    if (item ||
        (indent(lines[i + 1]) != std::string::npos && indent(lines[i + 1]) > indent(lines[i]) &&
         absl::StrContains(next, ':') && next.front() != '{' && next.front() != '"')) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::string InvisibleIn(std::string_view text, size_t* at) {
  for (size_t i = 0; i < text.size();) {
    const auto rune = RuneAt(text, i);
    if (!rune) return "";
    if (IsInvisible(rune->first)) {
      *at = i;
      return absl::StrFormat("U+%04X", static_cast<uint32_t>(rune->first));
    }
    i += rune->second;
  }
  return "";
}

bool IsBlank(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const auto rune = RuneAt(text, i);
    if (!rune) return false;
    if (!IsInvisible(rune->first) && !base::IsBlank(rune->first)) return false;
    i += rune->second;
  }
  return true;
}

bool CheckFormat(std::string_view text, std::vector<Mistake>* mistakes) {
  const auto refuse = [&](size_t at, Say say) {
    mistakes->push_back(At(text, at, say));
    return false;
  };
  const auto starts = [&](std::string_view with) { return text.substr(0, with.size()) == with; };
  if (starts("\xff\xfe") || starts("\xfe\xff")) return refuse(0, Say::kUtf16);
  const size_t zero = text.find('\0');
  if (zero != std::string_view::npos) {
    // Half of the bytes of a text in Latin letters and UTF-16 are zero.
    const auto zeros = std::count(text.begin(), text.end(), '\0');
    const bool utf16 = zero <= 1 && static_cast<size_t>(zeros) * 4 >= text.size();
    return refuse(zero, utf16 ? Say::kUtf16 : Say::kBinary);
  }
  for (size_t i = 0; i < text.size();) {
    const auto rune = RuneAt(text, i);
    if (!rune) return refuse(i, Say::kNotUtf8);
    i += rune->second;
  }
  if (starts("\xef\xbb\xbf")) return refuse(0, Say::kByteOrderMark);
  if (IsBlank(text)) return refuse(0, Say::kEmpty);
  size_t first = 0;
  while (absl::ascii_isspace(static_cast<unsigned char>(text[first]))) ++first;
  const char begin = text[first];
  if (begin == '{' || begin == '[') return refuse(first, Say::kJson);
  if (begin == '<') return refuse(first, Say::kXml);
  if (IsYaml(text)) return refuse(first, Say::kYaml);
  size_t at = 0;
  for (size_t from = 0; from < text.size();) {
    const std::string invisible = InvisibleIn(text.substr(from), &at);
    if (invisible.empty()) break;
    mistakes->push_back(At(text, from + at, Say::kInvisible, {invisible}));
    const size_t next = text.find('\n', from + at);  // one a line
    if (next == std::string_view::npos) break;
    from = next + 1;
  }
  return true;
}

}  // namespace redress::plan::internal
