// How the row of a fact is read. Internal to common/facts.
#ifndef REDRESS_COMMON_FACTS_STORED_H_
#define REDRESS_COMMON_FACTS_STORED_H_

#include <cstddef>

#include "absl/status/status.h"
#include "common/db/rows.h"
#include "common/facts/mac.h"
#include "common/status/error.h"

namespace redress::facts {

// The columns that StoredAt reads, of `fact f`, and those that FitsAt reads beside them.
inline constexpr char kStoredColumns[] =
    "f.fact_id, f.case_name, f.record, f.record_version, f.retracts, f.leaf_hash, f.mac";
inline constexpr size_t kStoredColumnCount = 7;
inline constexpr char kWholeColumns[] =
    "f.fact_id, f.case_name, f.record, f.record_version, f.retracts, f.leaf_hash, f.mac, f.nonce, "
    "f.body";
inline constexpr size_t kNonceAt = 7;
inline constexpr size_t kBodyAt = 8;

// The stored fact whose columns begin at `first`. REQUIRES: there is one. The result views into
// `row`.
inline StoredFact StoredAt(const db::Row& row, size_t first) {
  return {row.Bytes(first),
          row.Bytes(first + 1),
          row.Bytes(first + 2),
          row.Int(first + 3),
          row.IsNull(first + 4) ? std::string_view() : row.Bytes(first + 4),
          row.Bytes(first + 5),
          row.Bytes(first + 6)};
}

// True if this service wrote the fact whose kWholeColumns begin at `first`.
inline bool FitsAt(const FactMac& mac, const db::Row& row, size_t first) {
  return mac.Fits(StoredAt(row, first), row.Bytes(first + kNonceAt), row.Bytes(first + kBodyAt));
}

// What a reader of a fact that this service did not write is told.
inline absl::Status NotOurs() {
  return status::Error(absl::StatusCode::kDataLoss, "FACT_DAMAGED",
                       "a stored fact is not what was written");
}

}  // namespace redress::facts

#endif  // REDRESS_COMMON_FACTS_STORED_H_
