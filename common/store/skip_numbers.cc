#include "common/store/skip_numbers.h"

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/status/macros.h"

namespace redress::store {
namespace {

constexpr size_t kLongestReason = 500;

absl::StatusOr<std::vector<SkippedNumbers>> Skip(db::Connection& connection, int64_t by,
                                                 std::string_view reason) {
  RETURN_IF_ERROR(connection
                      .Execute("INSERT INTO counter (name, drawn) VALUES ('', 0)"
                               " ON DUPLICATE KEY UPDATE drawn = drawn")
                      .status());
  ASSIGN_OR_RETURN(const db::Rows rows,
                   connection.Query("SELECT name, drawn FROM counter ORDER BY name FOR UPDATE"));
  std::vector<SkippedNumbers> skipped;
  for (const db::Row row : rows) {
    skipped.push_back({row.Text(0), row.Int(1) + 1, row.Int(1) + by});
  }
  RETURN_IF_ERROR(connection.Execute("UPDATE counter SET drawn = drawn + ?", {by}).status());
  for (const SkippedNumbers& one : skipped) {
    RETURN_IF_ERROR(connection
                        .Execute("INSERT INTO counter_skip"
                                 " (counter, first_skipped, last_skipped, reason, skipped_at)"
                                 " VALUES (?, ?, ?, ?, UTC_TIMESTAMP(6))",
                                 {one.counter, one.first, one.last, std::string(reason)})
                        .status());
  }
  return skipped;
}

}  // namespace

absl::StatusOr<std::vector<SkippedNumbers>> SkipNumbers(db::Connection& connection, int64_t by,
                                                        std::string_view reason) {
  if (by < 1 || by > kMostSkipped) {
    return absl::InvalidArgumentError(
        absl::StrCat("the count of numbers to skip must be between 1 and ", kMostSkipped));
  }
  const absl::string_view said(reason.data(), reason.size());
  if (absl::StripAsciiWhitespace(said).empty() || said.size() > kLongestReason) {
    return absl::InvalidArgumentError(
        absl::StrCat("the reason must say something, in at most ", kLongestReason, " bytes"));
  }
  RETURN_IF_ERROR(connection.Begin());
  absl::StatusOr<std::vector<SkippedNumbers>> skipped = Skip(connection, by, reason);
  const absl::Status ended = skipped.ok() ? connection.Commit() : connection.Rollback();
  if (skipped.ok() && !ended.ok()) return ended;
  return skipped;
}

}  // namespace redress::store
