#include "common/facts/mac.h"

#include <openssl/crypto.h>

#include "absl/strings/str_cat.h"
#include "common/facts/merkle.h"
#include "common/vault/derive.h"

namespace redress::facts {

FactMac::FactMac(const vault::DataKey& service_key)
    : key_(std::make_shared<const vault::DataKey>(
          vault::DeriveKey(service_key, "redress fact mac"))) {}

std::string FactMac::Of(const StoredFact& fact) const {
  std::string input;
  // Each part after its length, so that no two rows give the same input.
  for (const std::string_view part :
       {fact.fact_id, fact.case_name, fact.record, fact.retracts, fact.leaf_hash}) {
    absl::StrAppend(&input, part.size(), ":");
    input.append(part);
  }
  absl::StrAppend(&input, fact.record_version);
  return vault::Mac(*key_, input);
}

bool FactMac::Fits(const StoredFact& fact) const {
  const std::string due = Of(fact);
  return fact.mac.size() == due.size() &&
         CRYPTO_memcmp(fact.mac.data(), due.data(), due.size()) == 0;
}

bool FactMac::Fits(const StoredFact& fact, std::string_view nonce, std::string_view bytes) const {
  return nonce.size() == kNonceBytes && AsBytes(LeafHash(nonce, bytes)) == fact.leaf_hash &&
         Fits(fact);
}

}  // namespace redress::facts
