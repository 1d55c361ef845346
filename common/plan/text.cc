#include "common/plan/text.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/io/tokenizer.h"

namespace redress::plan::internal {
namespace {

using google::protobuf::TextFormat;

constexpr int kMostUnreadable = 200;
constexpr int kDeepestNesting = 40;

class Collector final : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, int column, const std::string& message) override {
    // The parser stops at its first error; what follows from it is no mistake of its own.
    if (error_.line != 0) return;
    error_.line = std::max(line, 0) + 1;
    error_.column = std::max(column, 0) + 1;
    error_.message = message;
  }
  void AddWarning(int line, int column, const std::string& message) override {
    Mistake& warning = warnings_.emplace_back();
    warning.line = line + 1;
    warning.column = column + 1;
    warning.message = message;
  }

  Mistake error_;
  std::vector<Mistake> warnings_;
};

bool IsNameChar(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// The name that a line of text format begins with.
std::string FieldOnLine(const std::string& line) {
  const size_t begin = line.find_first_not_of(" \t{");
  if (begin == std::string::npos) return "";
  size_t end = begin;
  while (end < line.size() && IsNameChar(line[end])) ++end;
  return line.substr(begin, end - begin);
}

// The end of the value that begins at `at`: a quoted text, or a word.
size_t EndOfValue(const std::string& line, size_t at) {
  if (line[at] != '"' && line[at] != '\'') {
    while (at < line.size() && line[at] != ' ' && line[at] != '}' && line[at] != ',') ++at;
    return at;
  }
  const char quote = line[at];
  for (size_t i = at + 1; i < line.size(); ++i) {
    if (line[i] == '\\') {
      ++i;
    } else if (line[i] == quote) {
      return i + 1;
    }
  }
  return line.size();
}

// The text between the quotes that follow `before` in a message; empty where there are none.
std::string Quoted(const std::string& message, const std::string& before) {
  const size_t at = message.find(before + "\"");
  if (at == std::string::npos) return "";
  const size_t begin = at + before.size() + 1;
  return message.substr(begin, message.find('"', begin) - begin);
}

// What follows `before` in a message, without a full stop.
std::string After(const std::string& message, const std::string& before) {
  std::string rest = message.substr(message.find(before) + before.size());
  if (!rest.empty() && rest.back() == '.') rest.pop_back();
  return rest;
}

// What the parser says, in our words and both languages.
Mistake Translate(const Mistake& mistake) {
  const std::string& said = mistake.message;
  const auto has = [&](const char* words) { return absl::StrContains(said, words); };
  Say say = Say::kUnreadable;
  std::vector<std::string> values;
  if (has("has no field named")) {
    say = Say::kNoField;
    values = {Quoted(said, "named ")};
  } else if (has("is specified multiple times")) {
    say = Say::kFieldTwice;
    values = {Quoted(said, "field ")};
  } else if (has("another member of oneof")) {
    say = Say::kExclusive;
    values = {Quoted(said, "Field "), Quoted(said, "with field ")};
  } else if (has("Unknown enumeration value")) {
    say = Say::kNoValue;
    values = {Quoted(said, "value of "), Quoted(said, "for field ")};
  } else if (has("Invalid value for boolean field")) {
    say = Say::kNoBoolean;
    values = {Quoted(said, "boolean field "), Quoted(said, "Value: ")};
  } else if (has("out of range")) {
    say = Say::kOutOfRange;
  } else if (has("Expected string, got: ")) {
    say = Say::kTextExpected;
    values = {After(said, "got: ")};
  } else if (has("Expected integer, got: ") || has("Expected double, got: ") ||
             has("Expected integer or identifier, got: ")) {
    say = Say::kNumberExpected;
    values = {After(said, "got: ")};
  } else if (has("Expected identifier, got: ")) {
    say = Say::kNameExpected;
    values = {After(said, "got: ")};
  } else if (has("Expected \"") && has("found \"")) {
    say = Say::kSymbolExpected;
    values = {Quoted(said, "Expected "), Quoted(said, "found ")};
  } else if (has("recursion limit")) {
    say = Say::kTooDeep;
  } else if (has("String literals cannot") || has("end of string")) {
    say = Say::kQuoteOpen;
  } else if (has("non ascii codepoint")) {
    say = Say::kNotAscii;
  }
  return MistakeAt(mistake.line, mistake.column, mistake.field, say, values);
}

// The parser complains about an enum value or a boolean only when it has passed it, perhaps on a
// later line; but it names the field and the value. Moves such a mistake to where the value stands.
void MoveToValue(const std::vector<std::string>& lines, Mistake* mistake) {
  const std::string name = Quoted(mistake->message, "field ");
  std::string value = Quoted(mistake->message, "value of ");
  if (value.empty()) value = Quoted(mistake->message, "Value: ");
  if (name.empty() || value.empty()) return;
  for (int line = mistake->line; line >= 1; --line) {
    const std::string& text = lines[static_cast<size_t>(line - 1)];
    size_t from = line == mistake->line ? static_cast<size_t>(mistake->column - 1) : text.size();
    while (from > 0) {
      const size_t found = text.rfind(value, from - 1);
      if (found == std::string::npos) break;
      const size_t colon = found == 0 ? std::string::npos : text.find_last_not_of(' ', found - 1);
      if (colon != std::string::npos && text[colon] == ':' && colon >= name.size() &&
          text.substr(0, colon).find_last_not_of(' ') != std::string::npos) {
        const size_t name_end = text.find_last_not_of(' ', colon - 1) + 1;
        if (name_end >= name.size() &&
            text.compare(name_end - name.size(), name.size(), name) == 0) {
          mistake->line = line;
          mistake->column = static_cast<int>(found) + 1;
          return;
        }
      }
      from = found;
    }
  }
}

// Blanks out `name: value` on a line, where the parser stopped at its value. Returns the name;
// empty, and nothing is changed, where the mistake is of another form.
std::string BlankField(const Mistake& mistake, std::string* line) {
  if (line->find('\t') != std::string::npos) return "";  // columns are not bytes then
  size_t value = static_cast<size_t>(mistake.column - 1);
  if (value >= line->size()) return "";
  size_t colon = value;
  if ((*line)[value] == ':') {
    value = line->find_first_not_of(' ', value + 1);
    if (value == std::string::npos) return "";
  } else {
    colon = value == 0 ? std::string::npos : line->find_last_not_of(' ', value - 1);
    if (colon == std::string::npos || (*line)[colon] != ':') return "";
  }
  const size_t name_end = colon == 0 ? std::string::npos : line->find_last_not_of(' ', colon - 1);
  if (name_end == std::string::npos || !IsNameChar((*line)[name_end])) return "";
  size_t begin = name_end;
  while (begin > 0 && IsNameChar((*line)[begin - 1])) --begin;
  const std::string name = line->substr(begin, name_end + 1 - begin);
  const size_t end = EndOfValue(*line, value);
  if (line->find_first_of("{<[", value) < end) return "";
  line->replace(begin, end - begin, end - begin, ' ');
  return name;
}

// Blanks out a line, and where it opens a message all up to where that closes.
void BlankLines(size_t line, std::vector<std::string>* lines) {
  int depth = 0;
  for (size_t i = line; i < lines->size(); ++i) {
    for (const char c : (*lines)[i]) depth += c == '{' ? 1 : c == '}' ? -1 : 0;
    (*lines)[i] = std::string((*lines)[i].size(), ' ');
    if (depth <= 0) return;
  }
}

}  // namespace

Mistake MistakeAt(int line, int column, std::string field, Say say,
                  const std::vector<std::string>& values) {
  return {std::max(line, 1),      std::max(column, 1),   std::move(field), say,
          InEnglish(say, values), InChinese(say, values)};
}

bool Read(std::string_view text, google::protobuf::Message* message, ReadText* out,
          std::vector<Mistake>* mistakes) {
  if (!CheckFormat(text, mistakes)) return false;
  const absl::string_view whole(text.data(), text.size());
  const std::vector<std::string> original = absl::StrSplit(whole, '\n');
  std::vector<std::string> lines = original;
  out->lines = original;
  for (int attempt = 0;; ++attempt) {
    Collector collector;
    message->Clear();
    out->tree = std::make_unique<TextFormat::ParseInfoTree>();
    TextFormat::Parser parser;
    parser.RecordErrorsTo(&collector);
    parser.WriteLocationsTo(out->tree.get());
    parser.AllowUnknownField(true);
    parser.SetRecursionLimit(kDeepestNesting);
    const bool read = parser.ParseFromString(absl::StrJoin(lines, "\n"), message);
    Mistake mistake = collector.error_;
    if (!read && mistake.line <= static_cast<int>(lines.size())) MoveToValue(lines, &mistake);
    const size_t line = static_cast<size_t>(std::max(mistake.line - 1, 0));
    const bool can_go_on = !read && attempt < kMostUnreadable && line < lines.size() &&
                           lines[line].find_first_not_of(" \t\r") != std::string::npos;
    if (!read) {
      std::string name = can_go_on ? BlankField(mistake, &lines[line]) : "";
      if (name.empty() && line < original.size()) {
        name = FieldOnLine(original[line]);
        if (can_go_on) BlankLines(line, &lines);
      }
      out->unreadable.emplace_back(name, mistake.line);
      mistake.field = std::move(name);
      mistakes->push_back(Translate(mistake));
    }
    if (can_go_on) continue;
    // Warnings, which are about unknown fields, are taken from the last reading only: every earlier
    // one repeats them.
    for (Mistake& warning : collector.warnings_) {
      warning.field = Quoted(warning.message, "named ");
      mistakes->push_back(Translate(warning));
    }
    return true;
  }
}

bool ReadText::Unreadable(const std::string& field, int line, int column) const {
  int last = static_cast<int>(lines.size());
  if (line > 0) {
    // The message ends where its braces do.
    int depth = 0;
    size_t from = static_cast<size_t>(std::max(column - 1, 0));
    for (int i = line;
         i <= static_cast<int>(lines.size()) && last == static_cast<int>(lines.size());
         ++i, from = 0) {
      const std::string& text = lines[static_cast<size_t>(i - 1)];
      for (size_t c = from; c < text.size(); ++c) {
        depth += text[c] == '{' ? 1 : text[c] == '}' ? -1 : 0;
        if (depth == 0 && text[c] == '}') {
          last = i;
          break;
        }
      }
    }
  }
  for (const auto& [name, at] : unreadable) {
    if (name == field && at >= line && at <= last) return true;
  }
  return false;
}

absl::StatusOr<std::string> FileText(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return absl::NotFoundError(absl::StrCat("cannot read ", path));
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace redress::plan::internal
