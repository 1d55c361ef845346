// Signed statements about the size and root of a tree (Ed25519). They go to the county platform and
// into bulletins, so that whoever rewrites history in the database contradicts a signature.
//
// Thread-safe: immutable after creation.
#ifndef REDRESS_COMMON_FACTS_CHECKPOINT_H_
#define REDRESS_COMMON_FACTS_CHECKPOINT_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/facts/merkle.h"
#include "redress/facts/v1/feed.pb.h"

struct evp_pkey_st;

namespace redress::facts {

class Checkpointer {
 public:
  // `service` is the name of the feed, for example "registry". `pem` is a private Ed25519 key
  // (PKCS #8). INVALID_ARGUMENT if it is not.
  static absl::StatusOr<Checkpointer> FromPem(std::string service, std::string_view pem);
  // The same from a file, which only its owner may be able to read (see vault/secret_file.h:
  // FAILED_PRECONDITION).
  static absl::StatusOr<Checkpointer> Load(std::string service, const std::string& key_file);

  // INTERNAL if the signing itself fails.
  absl::StatusOr<v1::Checkpoint> Sign(int64_t tree_size, const Hash& root, absl::Time now) const;
  absl::StatusOr<v1::Checkpoint> Sign(const Frontier& head, absl::Time now) const {
    return Sign(head.size(), head.Root(), now);
  }

  const std::string& service() const { return service_; }
  const std::string& key_id() const { return key_id_; }

 private:
  Checkpointer() = default;
  std::string service_;
  std::string key_id_;
  std::shared_ptr<evp_pkey_st> key_;
};

// A public Ed25519 key.
class VerifyingKey {
 public:
  // SubjectPublicKeyInfo in PEM. INVALID_ARGUMENT if it is not such a key.
  static absl::StatusOr<VerifyingKey> FromPem(std::string_view pem);
  const std::string& key_id() const { return key_id_; }

 private:
  friend absl::Status VerifyCheckpoint(const v1::Checkpoint&, const VerifyingKey&);
  VerifyingKey() = default;
  std::string key_id_;
  std::shared_ptr<evp_pkey_st> key_;
};

// OK if the key signed exactly this. DATA_LOSS: signature or content was changed.
// FAILED_PRECONDITION: it was signed by another key. INVALID_ARGUMENT: it is not whole.
absl::Status VerifyCheckpoint(const v1::Checkpoint& checkpoint, const VerifyingKey& key);

}  // namespace redress::facts

#endif  // REDRESS_COMMON_FACTS_CHECKPOINT_H_
