#include "common/facts/verify.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/io/coded_stream.h"

namespace redress::facts {
namespace {

// An entry holds one fact and little else; more is no entry.
constexpr uint64_t kMaxEntryBytes = 4 << 20;

}  // namespace

std::string_view FaultName(Fault fault) {
  switch (fault) {
    case Fault::kNone:
      return "NONE";
    case Fault::kBadSignature:
      return "BAD_SIGNATURE";
    case Fault::kWrongKey:
      return "WRONG_KEY";
    case Fault::kOutOfOrder:
      return "OUT_OF_ORDER";
    case Fault::kAltered:
      return "ALTERED";
    case Fault::kDamaged:
      return "DAMAGED";
    case Fault::kBadEntry:
      return "BAD_ENTRY";
    case Fault::kTooShort:
      return "TOO_SHORT";
    case Fault::kRewritten:
      return "REWRITTEN";
    case Fault::kWrongRoot:
      return "WRONG_ROOT";
  }
  return "UNKNOWN";
}

FeedVerifier::FeedVerifier(const v1::Checkpoint& checkpoint, const VerifyingKey& key)
    : checkpoint_(checkpoint) {
  const absl::Status status = VerifyCheckpoint(checkpoint, key);
  if (status.ok()) return;
  Fail(absl::IsFailedPrecondition(status) ? Fault::kWrongKey : Fault::kBadSignature, -1,
       std::string(status.message()));
}

void FeedVerifier::HoldAgainst(const v1::Checkpoint& earlier, std::string leaves) {
  earlier_ = earlier;
  earlier_leaves_ = std::move(leaves);
  if (checkpoint_.service() != earlier.service()) {
    return Fail(Fault::kBadSignature, -1, "the earlier checkpoint is that of another log");
  }
  if (checkpoint_.tree_size() < earlier.tree_size()) {
    Fail(Fault::kTooShort, checkpoint_.tree_size(),
         absl::StrCat("the checkpoint speaks of ", checkpoint_.tree_size(), " entries, but ",
                      earlier.tree_size(), " were verified before"));
  }
}

bool FeedVerifier::IsAsBefore(const Hash& leaf, int64_t position) {
  if (!earlier_ || position >= earlier_->tree_size()) return true;
  const auto at = static_cast<size_t>(position) * kHashBytes;
  if (at + kHashBytes <= earlier_leaves_.size() &&
      std::string_view(earlier_leaves_).substr(at, kHashBytes) != AsBytes(leaf)) {
    Fail(Fault::kRewritten, position,
         absl::StrCat("entry ", position, " is not the one that was verified before"));
    return false;
  }
  if (position + 1 == earlier_->tree_size() && AsBytes(frontier_.Root()) != earlier_->root()) {
    Fail(Fault::kRewritten, -1,
         absl::StrCat("one of the first ", earlier_->tree_size(),
                      " entries is not the one that was verified before"));
    return false;
  }
  return true;
}

void FeedVerifier::Fail(Fault fault, int64_t position, std::string detail) {
  if (!report_.ok()) return;
  report_.fault = fault;
  report_.first_bad_position = position;
  report_.detail = std::move(detail);
}

bool FeedVerifier::Add(const v1::FeedEntry& entry) {
  return Add(
      LogEntry{entry.position(), entry.fact(), entry.nonce(), entry.leaf_hash(), entry.damaged()});
}

bool FeedVerifier::Add(const LogEntry& entry) {
  if (!report_.ok()) return false;
  const int64_t due = report_.entries;
  if (entry.position != due) {
    Fail(Fault::kOutOfOrder, due,
         absl::StrCat("entry ", due, " was due, but entry ", entry.position, " follows"));
    return false;
  }
  if (entry.damaged) {
    Fail(Fault::kDamaged, due,
         absl::StrCat("the service finds that entry ", due,
                      entry.leaf_hash.empty() ? " is missing" : " is not what it wrote"));
    return false;
  }
  const absl::StatusOr<Hash> leaf = HashFromBytes(entry.leaf_hash);
  if (!leaf.ok()) {
    Fail(Fault::kBadEntry, due, absl::StrCat("entry ", due, " has no leaf hash of 32 bytes"));
    return false;
  }
  const bool hidden = entry.bytes.empty() && entry.nonce.empty();
  if (!hidden && entry.nonce.size() != kNonceBytes) {
    Fail(Fault::kBadEntry, due, absl::StrCat("entry ", due, " has no nonce of 16 bytes"));
    return false;
  }
  if (!hidden && LeafHash(entry.nonce, entry.bytes) != *leaf) {
    Fail(Fault::kAltered, due, absl::StrCat("the bytes of entry ", due, " do not fit its hash"));
    return false;
  }
  ++report_.entries;
  if (hidden) ++report_.hidden;
  if (due < checkpoint_.tree_size()) {
    frontier_.Append(*leaf);
    leaves_.append(AsBytes(*leaf));
    if (!IsAsBefore(*leaf, due)) return false;
  } else {
    ++report_.beyond;
  }
  return true;
}

VerifyReport FeedVerifier::Finish() {
  if (!report_.ok()) return report_;
  if (frontier_.size() < checkpoint_.tree_size()) {
    Fail(Fault::kTooShort, frontier_.size(),
         absl::StrCat("the checkpoint speaks of ", checkpoint_.tree_size(), " entries, but only ",
                      frontier_.size(), " are there"));
    return report_;
  }
  const Hash root = frontier_.Root();
  report_.computed_root = std::string(AsBytes(root));
  if (report_.computed_root != checkpoint_.root()) {
    Fail(Fault::kWrongRoot, -1,
         absl::StrCat("the first ", checkpoint_.tree_size(),
                      " entries do not give the root that was signed"));
  }
  return report_;
}

VerifyReport VerifyFeed(const std::vector<v1::FeedEntry>& entries, const v1::Checkpoint& checkpoint,
                        const VerifyingKey& key) {
  FeedVerifier verifier(checkpoint, key);
  for (const v1::FeedEntry& entry : entries) {
    if (!verifier.Add(entry)) break;
  }
  return verifier.Finish();
}

absl::Status WriteEntry(std::ostream& out, const v1::FeedEntry& entry) {
  const std::string bytes = entry.SerializeAsString();
  uint8_t length[10];
  const uint8_t* end =
      google::protobuf::io::CodedOutputStream::WriteVarint64ToArray(bytes.size(), length);
  out.write(reinterpret_cast<const char*>(length), end - length);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!out) return absl::DataLossError("an entry could not be written");
  return absl::OkStatus();
}

absl::StatusOr<std::optional<v1::FeedEntry>> ReadEntry(std::istream& in) {
  uint64_t size = 0;
  for (int shift = 0;; shift += 7) {
    const int byte = in.get();
    if (byte == std::istream::traits_type::eof()) {
      if (shift == 0) return std::nullopt;
      return absl::DataLossError("the saved feed is cut off");
    }
    if (shift > 28) return absl::DataLossError("the saved feed has an entry of impossible length");
    size |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) break;
  }
  if (size > kMaxEntryBytes) {
    return absl::DataLossError("the saved feed has an entry of impossible length");
  }
  std::string bytes(size, '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(size));
  if (in.gcount() != static_cast<std::streamsize>(size)) {
    return absl::DataLossError("the saved feed is cut off");
  }
  v1::FeedEntry entry;
  if (!entry.ParseFromString(bytes)) {
    return absl::DataLossError("the saved feed has an entry that cannot be read");
  }
  return entry;
}

}  // namespace redress::facts
