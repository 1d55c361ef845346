// Checks a feed or an audit log against a signed checkpoint, offline: nothing but the entries, the
// checkpoint and the public key is needed. Pure. Thread-compatible.
#ifndef REDRESS_COMMON_FACTS_VERIFY_H_
#define REDRESS_COMMON_FACTS_VERIFY_H_

#include <cstdint>
#include <functional>
#include <istream>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/facts/checkpoint.h"
#include "common/facts/merkle.h"
#include "redress/facts/v1/feed.pb.h"

namespace redress::facts {

// What is wrong with a feed.
enum class Fault {
  kNone,
  kBadSignature,  // the checkpoint is not what the key's owner signed, or is not whole
  kWrongKey,      // the checkpoint was signed by another key
  kOutOfOrder,    // an entry stands where another position was due: missing, twice, or reordered
  kAltered,       // an entry's bytes do not give its leaf hash
  kDamaged,       // the service itself says that an entry is missing or is not what it wrote
  kBadEntry,      // an entry is not whole: a hash of a wrong length, content without its nonce
  kTooShort,      // fewer entries than the checkpoint speaks of
  kRewritten,     // an entry, or all up to an earlier checkpoint, is not what was verified before
  kWrongRoot,     // every entry fits its own hash, but together they are not what was signed
};

std::string_view FaultName(Fault fault);

struct VerifyReport {
  Fault fault = Fault::kNone;       // the first that was found
  int64_t first_bad_position = -1;  // where, if it has a place
  std::string detail;               // one English sentence without content of entries
  int64_t entries = 0;              // read
  int64_t hidden = 0;               // of those, entries of which only the hash was given
  int64_t beyond = 0;         // of those, entries after the checkpoint, which it says nothing of
  std::string computed_root;  // 32 bytes; empty if the entries did not reach the tree's size
  bool ok() const { return fault == Fault::kNone; }
};

// One entry, of whatever log.
struct LogEntry {
  int64_t position = 0;
  std::string_view bytes;  // bytes and nonce are both empty if the entry is hidden
  std::string_view nonce;
  std::string_view leaf_hash;
  bool damaged = false;
};

// For logs that are larger than memory: Add every entry from position 0 on, then Finish.
class FeedVerifier {
 public:
  FeedVerifier(const v1::Checkpoint& checkpoint, const VerifyingKey& key);
  // Holds the log against what was verified before: a checkpoint, and the leaf hashes one after the
  // other that were its entries, as far as they were kept; they tell which entry differs. Call it
  // before the first Add. REQUIRES: the signature of `earlier` was verified.
  void HoldAgainst(const v1::Checkpoint& earlier, std::string leaves);
  // False once a fault is known: the rest need not be read.
  bool Add(const LogEntry& entry);
  bool Add(const v1::FeedEntry& entry);
  VerifyReport Finish();
  // The leaf hashes of the entries below the checkpoint's size, one after the other.
  const std::string& leaves() const { return leaves_; }

 private:
  void Fail(Fault fault, int64_t position, std::string detail);
  bool IsAsBefore(const Hash& leaf, int64_t position);
  v1::Checkpoint checkpoint_;
  std::optional<v1::Checkpoint> earlier_;
  std::string earlier_leaves_;
  std::string leaves_;
  Frontier frontier_;
  VerifyReport report_;
};

VerifyReport VerifyFeed(const std::vector<v1::FeedEntry>& entries, const v1::Checkpoint& checkpoint,
                        const VerifyingKey& key);

// A saved feed is a sequence of FeedEntry messages, each after its length as a varint.
absl::Status WriteEntry(std::ostream& out, const v1::FeedEntry& entry);
// The next entry; nullopt at the end. DATA_LOSS for what is cut off or does not parse.
absl::StatusOr<std::optional<v1::FeedEntry>> ReadEntry(std::istream& in);

}  // namespace redress::facts

#endif  // REDRESS_COMMON_FACTS_VERIFY_H_
