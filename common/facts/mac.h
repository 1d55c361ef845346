// The tag by which a service knows the facts that it wrote: whoever writes rows into its database
// without its key is found out. Thread-safe.
#ifndef REDRESS_COMMON_FACTS_MAC_H_
#define REDRESS_COMMON_FACTS_MAC_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "common/vault/keys.h"

namespace redress::facts {

// What the row of a fact says. The views point into the row.
struct StoredFact {
  std::string_view fact_id;
  std::string_view case_name;
  std::string_view record;
  int64_t record_version = 0;
  std::string_view retracts;  // empty if it takes nothing back
  std::string_view leaf_hash;
  std::string_view mac;
};

class FactMac {
 public:
  // `service_key` is the service's own data key; the key of the tags is derived from it.
  explicit FactMac(const vault::DataKey& service_key);

  // HMAC-SHA256 over every column that a query reads, and over the bytes and nonce through their
  // leaf hash. 32 bytes.
  std::string Of(const StoredFact& fact) const;

  // True if this service wrote the row as it is.
  bool Fits(const StoredFact& fact) const;
  // The same with the bytes, which must give the leaf hash.
  bool Fits(const StoredFact& fact, std::string_view nonce, std::string_view bytes) const;

 private:
  std::shared_ptr<const vault::DataKey> key_;
};

}  // namespace redress::facts

#endif  // REDRESS_COMMON_FACTS_MAC_H_
