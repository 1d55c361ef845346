#include "common/db/script.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace redress::db {
namespace {

class Splitter {
 public:
  explicit Splitter(std::string_view script) : script_(script) {}

  absl::StatusOr<std::vector<std::string>> Run() {
    while (at_ < script_.size()) {
      const char c = script_[at_];
      if (c == '\'' || c == '"' || c == '`') {
        if (!Quoted(c)) return Unfinished("a string or name");
      } else if (StartsComment()) {
        if (!Comment()) return Unfinished("a comment");
      } else if (c == ';') {
        if (absl::Status ended = End(); !ended.ok()) return ended;
        ++at_;
        begin_ = at_;
        has_code_ = false;
      } else {
        if (!absl::ascii_isspace(static_cast<unsigned char>(c))) Code();
        ++at_;
      }
    }
    if (has_code_) {
      at_ = begin_;
      return Unfinished("a statement (with ';')");
    }
    return std::move(statements_);
  }

 private:
  std::string_view Rest() const { return script_.substr(at_); }

  // Here starts, or goes on, what the server is to run.
  void Code() {
    if (!has_code_) begin_ = at_;
    has_code_ = true;
  }

  bool StartsComment() const {
    const std::string_view rest = Rest();
    if (rest[0] == '#' || rest.substr(0, 2) == "/*") return true;
    return rest.substr(0, 2) == "--" &&
           (rest.size() == 2 || absl::ascii_isspace(static_cast<unsigned char>(rest[2])));
  }

  bool Comment() {
    const std::string_view rest = Rest();
    if (rest.substr(0, 2) != "/*") {
      at_ = std::min(script_.size(), script_.find('\n', at_));
      return true;
    }
    if (rest.substr(0, 3) == "/*!" || rest.substr(0, 4) == "/*M!") Code();
    const size_t end = script_.find("*/", at_ + 2);
    if (end == std::string_view::npos) return false;
    at_ = end + 2;
    return true;
  }

  // A doubled quote inside reads as two strings side by side, which comes to the same here.
  bool Quoted(char quote) {
    Code();
    for (size_t i = at_ + 1; i < script_.size(); ++i) {
      if (script_[i] == '\\' && quote != '`') {
        ++i;
      } else if (script_[i] == quote) {
        at_ = i + 1;
        return true;
      }
    }
    return false;
  }

  absl::Status End() {
    if (!has_code_) return absl::OkStatus();
    const std::string_view text = script_.substr(begin_, at_ - begin_);
    const absl::string_view trimmed =
        absl::StripAsciiWhitespace(absl::string_view(text.data(), text.size()));
    if (absl::StartsWithIgnoreCase(trimmed, "DELIMITER")) {
      return absl::InvalidArgumentError(
          absl::StrCat("line ", Line(begin_), ": DELIMITER is not understood"));
    }
    statements_.emplace_back(trimmed);
    return absl::OkStatus();
  }

  size_t Line(size_t at) const {
    return 1 + std::count(script_.begin(), script_.begin() + static_cast<std::ptrdiff_t>(at), '\n');
  }

  absl::Status Unfinished(const char* what) const {
    return absl::InvalidArgumentError(
        absl::StrCat("line ", Line(at_), ": ", what, " does not end"));
  }

  std::string_view script_;
  size_t at_ = 0;
  size_t begin_ = 0;
  bool has_code_ = false;
  std::vector<std::string> statements_;
};

}  // namespace

absl::StatusOr<std::vector<std::string>> SplitStatements(std::string_view script) {
  return Splitter(script).Run();
}

}  // namespace redress::db
