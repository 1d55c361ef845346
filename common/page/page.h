// Keyset paging: opaque tokens that continue a list after its last key, and page sizes.
//
// A token holds the sort key of the last row that was returned or passed over. It is sealed
// (AES-256-GCM) and bound to the query and its caller: nobody reads in it what a row that they may
// not see is called, when it is due, or how long its name is, and it can be neither forged nor
// carried to another query or caller.
#ifndef REDRESS_COMMON_PAGE_PAGE_H_
#define REDRESS_COMMON_PAGE_PAGE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <google/protobuf/message.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/vault/keys.h"

namespace redress::page {

inline constexpr int kDefaultPageSize = 50;
inline constexpr int kMaxPageSize = 1000;

// 0 gives the default, more than the maximum the maximum (AIP-158). Negative ones are refused by
// validation; here they give the default.
int ClampPageSize(int64_t requested, int default_size = kDefaultPageSize,
                  int max_size = kMaxPageSize);

// The columns of the sort key of the last row, in order.
using Cursor = std::vector<std::string>;

// What a List request asks for, without where it is: a hash over the request's type and all its
// fields except page_size and page_token, and over `scope` (what else bounds the result, for
// example the caller). 32 bytes, the same in every process.
std::string PredicateHash(const google::protobuf::Message& request, std::string_view scope = {});

// Makes and reads page tokens. All replicas of a service must have the same key. Thread-safe.
class PageTokens {
 public:
  // Requires a secret key of at least 32 bytes; aborts otherwise.
  explicit PageTokens(std::string key);

  // URL-safe text. The cursor must not be empty (there is no token for "at the end": use "").
  std::string Encode(std::string_view predicate_hash, const Cursor& cursor) const;

  // The cursor of a token; an empty cursor for an empty token (the first page). INVALID_ARGUMENT
  // (field page_token) if it was not made by this key for this query.
  absl::StatusOr<Cursor> Decode(std::string_view predicate_hash, std::string_view token) const;

  // True for about one key in 64, the same ones always, and nobody without the key can tell which:
  // where a list that looks through many rows may stop for now (fill.h).
  bool MayStopAt(const Cursor& cursor) const;

 private:
  const vault::DataKey key_;
};

}  // namespace redress::page

#endif  // REDRESS_COMMON_PAGE_PAGE_H_
