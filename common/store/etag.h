// Etags (AIP-154) of stored resources: they tell versions apart and nothing else. A plain version
// number would count the writes, also those that its reader is not told of.
#ifndef REDRESS_COMMON_STORE_ETAG_H_
#define REDRESS_COMMON_STORE_ETAG_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "common/store/table.h"
#include "common/vault/derive.h"

namespace redress::store {

// Thread-safe.
class Etags {
 public:
  explicit Etags(vault::DataKey key) : key_(std::move(key)) {}

  // 16 hexadecimal digits, the same for the same version of a row for as long as the service's key
  // is.
  std::string Of(const Table& table, std::string_view name, int64_t version) const;

 private:
  const vault::DataKey key_;
};

}  // namespace redress::store

#endif  // REDRESS_COMMON_STORE_ETAG_H_
