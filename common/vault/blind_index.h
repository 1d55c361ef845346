// Blind indexes: how a person is found by a value that is stored encrypted.
//
// The index column holds HMAC-SHA256 of the normalised value under a key of the region, so that
// equal values can be looked up by whoever holds the key, and the column tells nothing to whoever
// does not. Keys of regions are derived (HKDF-SHA256) from one key file.
#ifndef REDRESS_COMMON_VAULT_BLIND_INDEX_H_
#define REDRESS_COMMON_VAULT_BLIND_INDEX_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "common/vault/keys.h"
#include "common/vault/normal_form.h"

namespace redress::vault {

// HMAC-SHA256 (32 bytes) of a field's normalised value under the key of a region. The field's name
// is part of the input: the same value in two fields gives two indexes.
std::string BlindIndex(const DataKey& region_key, std::string_view field,
                       std::string_view normalized);

// Holds the key file's key and the regions' derived keys. Thread-safe.
class BlindIndexer {
 public:
  // Reads one key file (see ReadKeyFile). FAILED_PRECONDITION with the way out.
  static absl::StatusOr<std::unique_ptr<const BlindIndexer>> Load(const std::string& path);
  // For callers that hold the key already.
  explicit BlindIndexer(DataKey root) : root_(std::move(root)) {}

  // The index of `value`, in the normal form of its kind, in `field` of `region`: 32 bytes. A value
  // whose normal form is empty gives an empty string, which callers do not store.
  std::string Index(std::string_view region, std::string_view field, ValueKind kind,
                    std::string_view value) const;
  // The index of a value that has no other form than its own, such as a resource name, in `field`,
  // whatever the region: 32 bytes.
  std::string IndexOfName(std::string_view field, std::string_view value) const;

 private:
  std::shared_ptr<const DataKey> RegionKey(std::string_view region) const;

  const DataKey root_;
  mutable absl::Mutex mutex_;
  mutable absl::flat_hash_map<std::string, std::shared_ptr<const DataKey>> regions_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace redress::vault

#endif  // REDRESS_COMMON_VAULT_BLIND_INDEX_H_
