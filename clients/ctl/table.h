// Text tables for a terminal, aligned by display width.
//
// Compatible with one thread at a time.
#ifndef REDRESS_CLIENTS_CTL_TABLE_H_
#define REDRESS_CLIENTS_CTL_TABLE_H_

#include <string>
#include <string_view>
#include <vector>

namespace redress::ctl {

// What a text says, beyond its letters; shown by colour where colours are on.
enum class Tone { kPlain, kHeading, kGood, kBad, kFaint };

// `text` in the colour of `tone`, or as it is where `color` is off.
std::string Paint(std::string_view text, Tone tone, bool color);

struct Cell {
  std::string text;
  Tone tone = Tone::kPlain;
};

class Table {
 public:
  // The names of the columns; a column in `right` is aligned to the right (numbers).
  explicit Table(std::vector<std::string> headings, std::vector<bool> right = {});

  // Fewer cells than columns leave the rest empty. Line breaks in a cell become blanks.
  void Add(std::vector<Cell> cells);

  size_t rows() const { return rows_.size(); }

  // The headings, then a line per row; no blanks at the end of a line. A cell is cut at `max_width`
  // columns (0: never), with an ellipsis; one of the last column, behind which nothing has to be
  // aligned, at `max_last` (0: as the others). A name, without blanks, stays whole: a part of it
  // would be of no use. The empty string if there is no column.
  std::string Render(bool color, size_t max_width = 0, size_t max_last = 0) const;

 private:
  std::vector<std::string> headings_;
  std::vector<bool> right_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace redress::ctl

#endif  // REDRESS_CLIENTS_CTL_TABLE_H_
