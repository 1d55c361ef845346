#include "common/facts/proof_reader.h"

#include <bit>
#include <optional>

#include "common/db/transact.h"
#include "common/facts/proof.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace redress::facts {
namespace {

// The smallest subtree whose root is kept, and so the most leaves that are read for one node below.
constexpr int64_t kKeptSize = 1024;

bool IsKept(int64_t first, int64_t size) {
  return size >= kKeptSize && std::has_single_bit(static_cast<uint64_t>(size)) && first % size == 0;
}

absl::Status NoSuch(const char* field) {
  return status::InvalidField(field, "is beyond the last entry");
}

}  // namespace

StoredTree FactTree() {
  return {
      "SELECT f.leaf_hash FROM fact_position p STRAIGHT_JOIN fact f ON f.fact_id = p.fact_id "
      "WHERE p.position >= ? AND p.position < ? ORDER BY p.position",
      "SELECT size, frontier FROM fact_head WHERE id = 1"};
}

absl::StatusOr<Frontier> ProofReader::Head(absl::Time deadline) const {
  Frontier head;
  RETURN_IF_ERROR(db::Read(pool_, deadline, [&](db::Connection& conn) -> absl::Status {
    ASSIGN_OR_RETURN(const db::Rows rows, conn.Query(tree_.head));
    absl::StatusOr<Frontier> parsed =
        rows.empty() ? absl::DataLossError("") : Frontier::Parse(rows[0].Int(0), rows[0].Bytes(1));
    if (!parsed.ok()) return absl::DataLossError("the head of the tree contradicts itself");
    head = *std::move(parsed);
    return absl::OkStatus();
  }));
  return head;
}

absl::StatusOr<std::vector<Hash>> ProofReader::ReadLeaves(int64_t first, int64_t size,
                                                          absl::Time deadline) const {
  std::vector<Hash> leaves;
  RETURN_IF_ERROR(db::Read(pool_, deadline, [&](db::Connection& conn) -> absl::Status {
    leaves.clear();
    ASSIGN_OR_RETURN(const db::Rows rows, conn.Query(tree_.leaves, {first, first + size}));
    for (const db::Row row : rows) {
      const absl::StatusOr<Hash> leaf = HashFromBytes(row.Bytes(0));
      if (!leaf.ok()) return absl::DataLossError("a leaf hash is damaged");
      leaves.push_back(*leaf);
    }
    return absl::OkStatus();
  }));
  if (static_cast<int64_t>(leaves.size()) != size) {
    return absl::DataLossError("entries of the tree are missing");
  }
  return leaves;
}

absl::StatusOr<Hash> ProofReader::RootOver(int64_t first, int64_t size, absl::Time deadline) const {
  if (IsKept(first, size)) {
    absl::MutexLock lock(&mutex_);
    if (const auto found = kept_.find({first, size}); found != kept_.end()) return found->second;
  }
  Hash root;
  if (size <= kKeptSize) {
    ASSIGN_OR_RETURN(const std::vector<Hash> leaves, ReadLeaves(first, size, deadline));
    root = RootOf(leaves);
  } else {
    const auto left = static_cast<int64_t>(std::bit_floor(static_cast<uint64_t>(size - 1)));
    ASSIGN_OR_RETURN(const Hash before, RootOver(first, left, deadline));
    ASSIGN_OR_RETURN(const Hash after, RootOver(first + left, size - left, deadline));
    root = NodeHash(before, after);
  }
  if (IsKept(first, size)) {
    absl::MutexLock lock(&mutex_);
    kept_.emplace(std::pair(first, size), root);
  }
  return root;
}

absl::StatusOr<Frontier> ProofReader::CheckedHead(absl::Time deadline) const {
  ASSIGN_OR_RETURN(Frontier head, Head(deadline));
  if (head.size() == 0) return head;
  ASSIGN_OR_RETURN(Hash root, RootOver(0, head.size(), deadline));
  if (root == head.Root()) return head;
  // What is kept may be of a database that was restored since.
  {
    absl::MutexLock lock(&mutex_);
    kept_.clear();
  }
  ASSIGN_OR_RETURN(root, RootOver(0, head.size(), deadline));
  if (root == head.Root()) return head;
  return absl::DataLossError("the entries of the tree do not give its root");
}

absl::StatusOr<ProofReader::Proof> ProofReader::Inclusion(int64_t position, int64_t size,
                                                          absl::Time deadline) const {
  ASSIGN_OR_RETURN(const Frontier head, CheckedHead(deadline));
  Proof proof;
  proof.size = size == 0 ? head.size() : size;
  if (proof.size > head.size()) return NoSuch("tree_size");
  if (position >= proof.size) return NoSuch("position");
  const auto root_over = [&](int64_t first, int64_t count) {
    return RootOver(first, count, deadline);
  };
  ASSIGN_OR_RETURN(proof.leaf, RootOver(position, 1, deadline));
  ASSIGN_OR_RETURN(proof.path, InclusionPath(position, proof.size, root_over));
  ASSIGN_OR_RETURN(proof.root, RootOver(0, proof.size, deadline));
  return proof;
}

absl::StatusOr<ProofReader::Proof> ProofReader::Consistency(int64_t first, int64_t size,
                                                            absl::Time deadline) const {
  ASSIGN_OR_RETURN(const Frontier head, CheckedHead(deadline));
  Proof proof;
  proof.size = size == 0 ? head.size() : size;
  if (proof.size > head.size()) return NoSuch("second_size");
  if (size != 0 && first > size) return NoSuch("first_size");
  proof.root = EmptyRoot();
  if (proof.size == 0) return proof;
  const auto root_over = [&](int64_t from, int64_t count) {
    return RootOver(from, count, deadline);
  };
  ASSIGN_OR_RETURN(proof.root, RootOver(0, proof.size, deadline));
  if (first > proof.size) return proof;
  ASSIGN_OR_RETURN(proof.path, ConsistencyPath(first, proof.size, root_over));
  return proof;
}

absl::Status NoSigningKey() {
  return status::Error(absl::StatusCode::kFailedPrecondition, "NO_SIGNING_KEY",
                       "this log has no signing key");
}

absl::StatusOr<v1::GetInclusionProofResponse> ProveInclusion(
    const ProofReader& reader, const Checkpointer* checkpointer, const base::Clock& clock,
    const v1::GetInclusionProofRequest& request, absl::Time deadline) {
  if (checkpointer == nullptr) return NoSigningKey();
  ASSIGN_OR_RETURN(const ProofReader::Proof proof,
                   reader.Inclusion(request.position(), request.tree_size(), deadline));
  v1::GetInclusionProofResponse response;
  response.set_leaf_hash(std::string(AsBytes(proof.leaf)));
  for (const Hash& hash : proof.path) response.add_path(std::string(AsBytes(hash)));
  ASSIGN_OR_RETURN(*response.mutable_checkpoint(),
                   checkpointer->Sign(proof.size, proof.root, clock.Now()));
  return response;
}

absl::StatusOr<v1::GetConsistencyProofResponse> ProveConsistency(
    const ProofReader& reader, const Checkpointer* checkpointer, const base::Clock& clock,
    const v1::GetConsistencyProofRequest& request, absl::Time deadline) {
  if (checkpointer == nullptr) return NoSigningKey();
  ASSIGN_OR_RETURN(const ProofReader::Proof proof,
                   reader.Consistency(request.first_size(), request.second_size(), deadline));
  v1::GetConsistencyProofResponse response;
  for (const Hash& hash : proof.path) response.add_path(std::string(AsBytes(hash)));
  ASSIGN_OR_RETURN(*response.mutable_checkpoint(),
                   checkpointer->Sign(proof.size, proof.root, clock.Now()));
  return response;
}

}  // namespace redress::facts
