// Pages that are full although their caller may not see every row: what is fetched is confirmed
// first, and a page is short at the end of the list alone. A page that told by its length that
// something was left out of it would tell the accused that they are accused (invariant 6).
//
// One call looks through kMaxScanned rows, and then goes on with its next page. It stops only at
// keys that a secret chooses (PageTokens::MayStopAt), so that a row more or less among those passed
// over does not move the place. Pure but for what it is given.
#ifndef REDRESS_COMMON_PAGE_FILL_H_
#define REDRESS_COMMON_PAGE_FILL_H_

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/page/page.h"
#include "common/status/macros.h"

namespace redress::page {

inline constexpr int kMaxScanned = 10000;

template <class Row>
struct Filled {
  std::vector<Row> rows;
  Cursor next;  // where to go on; empty where this is the last page
};

// A page of `size` rows behind `after`.
// - fetch(const Cursor& after, int limit) -> absl::StatusOr<std::vector<Row>>
//     in order; fewer than `limit` at the end alone
// - key(const Row&) -> Cursor
// - confirm(std::vector<Row>&) -> absl::StatusOr<std::vector<bool>>
//     which of them the caller may see
// Fails with what these fail with.
template <class Row, class Fetch, class Key, class Confirm>
absl::StatusOr<Filled<Row>> Fill(const PageTokens& tokens, Cursor after, int size, Fetch fetch,
                                 Key key, Confirm confirm) {
  Filled<Row> filled;
  int scanned = 0;
  // One more, to know whether there is a next page; never more than are confirmed at once.
  int limit = std::min(size + 1, kMaxPageSize);
  while (true) {
    ASSIGN_OR_RETURN(std::vector<Row> rows, fetch(std::as_const(after), limit));
    if (rows.empty()) return filled;
    const bool end = static_cast<int>(rows.size()) < limit;
    ASSIGN_OR_RETURN(const std::vector<bool> seen, confirm(rows));
    for (size_t i = 0; i < rows.size(); ++i) {
      after = key(rows[i]);
      if (seen[i]) {
        if (static_cast<int>(filled.rows.size()) == size) {
          filled.next = key(filled.rows.back());
          return filled;
        }
        filled.rows.push_back(std::move(rows[i]));
      }
      if (++scanned >= kMaxScanned && tokens.MayStopAt(after)) {
        filled.next = std::move(after);
        return filled;
      }
    }
    if (end) return filled;
    limit = std::clamp(limit * 2, 50, kMaxPageSize);
  }
}

}  // namespace redress::page

#endif  // REDRESS_COMMON_PAGE_FILL_H_
