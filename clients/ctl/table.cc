#include "clients/ctl/table.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "clients/ctl/width.h"

namespace redress::ctl {
namespace {

constexpr std::string_view kGap = "  ";

std::string_view Escape(Tone tone) {
  switch (tone) {
    case Tone::kPlain:
      return "";
    case Tone::kHeading:
      return "\033[1m";
    case Tone::kGood:
      return "\033[32m";
    case Tone::kBad:
      return "\033[31m";
    case Tone::kFaint:
      return "\033[2m";
  }
  return "";
}

std::string OneLine(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  return text;
}

// A name, an id or a digest: of no use in part.
bool IsName(std::string_view text) {
  constexpr size_t kLongestName = 160;
  return text.size() <= kLongestName && std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return absl::ascii_isgraph(c);
         });
}

}  // namespace

std::string Paint(std::string_view text, Tone tone, bool color) {
  const std::string_view escape = Escape(tone);
  if (!color || escape.empty() || text.empty()) return std::string(text);
  std::string painted(escape);
  painted.append(text).append("\033[0m");
  return painted;
}

Table::Table(std::vector<std::string> headings, std::vector<bool> right)
    : headings_(std::move(headings)), right_(std::move(right)) {
  right_.resize(headings_.size(), false);
}

void Table::Add(std::vector<Cell> cells) {
  cells.resize(headings_.size());
  for (Cell& cell : cells) cell.text = OneLine(std::move(cell.text));
  rows_.push_back(std::move(cells));
}

std::string Table::Render(bool color, size_t max_width, size_t max_last) const {
  if (headings_.empty()) return "";
  std::vector<std::vector<Cell>> lines;
  lines.reserve(rows_.size() + 1);
  std::vector<Cell>& first = lines.emplace_back();
  for (const std::string& heading : headings_) first.push_back({heading, Tone::kHeading});
  lines.insert(lines.end(), rows_.begin(), rows_.end());

  std::vector<size_t> widths(headings_.size(), 0);
  for (std::vector<Cell>& line : lines) {
    for (size_t i = 0; i < line.size(); ++i) {
      const bool last = i + 1 == line.size() && max_last > 0;
      const size_t most = last ? max_last : max_width;
      if (most > 0 && !IsName(line[i].text)) line[i].text = Truncate(line[i].text, most);
      widths[i] = std::max(widths[i], DisplayWidth(line[i].text));
    }
  }
  std::string out;
  for (const std::vector<Cell>& line : lines) {
    // The last cell that shows anything ends the line.
    size_t end = line.size();
    while (end > 0 && line[end - 1].text.empty()) --end;
    for (size_t i = 0; i < end; ++i) {
      if (i > 0) out.append(kGap);
      const size_t width = DisplayWidth(line[i].text);
      const std::string blanks(widths[i] - width, ' ');
      if (right_[i]) out.append(blanks);
      out.append(Paint(line[i].text, line[i].tone, color));
      if (!right_[i] && i + 1 < end) out.append(blanks);
    }
    out.push_back('\n');
  }
  return out;
}

}  // namespace redress::ctl
