// Envelope encryption: data keys, and the master keys that wrap them.
//
// Every case and every petitioner has a data key of its own, so that erasing a person is erasing
// one wrapped key. Wrapped keys are stored beside the rows; master keys live in files outside the
// database. Rotating a master key means adding a file and naming it in `current`; older files stay
// until no wrapped key names them (WrappedBy tells).
#ifndef REDRESS_COMMON_VAULT_KEYS_H_
#define REDRESS_COMMON_VAULT_KEYS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace redress::vault {

// A 256-bit key in memory, wiped when it is destroyed. Movable, not copyable; immutable, so const
// use is thread-safe. A moved-from key is empty and may only be destroyed or assigned to.
class DataKey {
 public:
  static constexpr size_t kSize = 32;

  // Takes 32 bytes; INVALID_ARGUMENT for any other length. The caller's copy is the caller's.
  static absl::StatusOr<DataKey> FromBytes(std::string_view bytes);

  DataKey(DataKey&& other) noexcept;
  DataKey& operator=(DataKey&& other) noexcept;
  DataKey(const DataKey&) = delete;
  DataKey& operator=(const DataKey&) = delete;
  ~DataKey();

  const uint8_t* data() const { return bytes_; }
  bool empty() const { return !set_; }

 private:
  friend DataKey GenerateDataKey();
  DataKey() = default;

  uint8_t bytes_[kSize] = {};
  bool set_ = false;
};

// A fresh random data key. Thread-safe.
//
// At most 2^32 values may be sealed under one key (the nonce is random, NIST SP 800-38D). A key per
// case or petitioner never comes near; a service that seals at a high rate under a key of its own
// takes a fresh one each day.
DataKey GenerateDataKey();

// The master keys of an installation. Thread-safe; immutable after loading.
class MasterKeys {
 public:
  // Reads every `<id>.key` of `directory` (see ReadKeyFile) and the file `current`, which holds the
  // id that new keys are wrapped with. An id is 1 to 64 of [a-z0-9._-]. FAILED_PRECONDITION, with
  // the way out, if anything is missing, malformed or too widely readable.
  static absl::StatusOr<std::unique_ptr<const MasterKeys>> Load(const std::string& directory);

  // Wraps `key` with the current master key, bound to `context`, for example "registry|cases/018f".
  // A wrapped key can be unwrapped only with the same context. About 100 bytes.
  std::string Wrap(const DataKey& key, std::string_view context) const;

  // DATA_LOSS if the blob is damaged or belongs to another context; FAILED_PRECONDITION if its
  // master key is not loaded.
  absl::StatusOr<DataKey> Unwrap(std::string_view wrapped, std::string_view context) const;

  // The id of the master key that a blob was wrapped with; DATA_LOSS if it is malformed.
  static absl::StatusOr<std::string> WrappedBy(std::string_view wrapped);

  const std::string& current_id() const { return current_; }

 private:
  MasterKeys() = default;

  std::map<std::string, DataKey, std::less<>> keys_;
  std::string current_;
};

}  // namespace redress::vault

#endif  // REDRESS_COMMON_VAULT_KEYS_H_
