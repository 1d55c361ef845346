// Proofs out of a stored tree, of a feed or an audit log, signed. A proof reads at most some
// thousand leaf hashes: the roots of larger subtrees that are complete are kept in memory, as a
// position never changes its leaf.
#ifndef REDRESS_COMMON_FACTS_PROOF_READER_H_
#define REDRESS_COMMON_FACTS_PROOF_READER_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/base/clock.h"
#include "common/db/pool.h"
#include "common/facts/checkpoint.h"
#include "common/facts/merkle.h"
#include "redress/facts/v1/feed.pb.h"

namespace redress::facts {

// Where a tree lies: two queries.
struct StoredTree {
  std::string leaves;  // the leaf hashes of the positions from ? up to ?, in order
  std::string head;    // size and frontier
};
// The tree of a feed.
StoredTree FactTree();

// Thread-safe. The pool must outlive it. Errors: those of db/errors.h, and DATA_LOSS where the
// leaves do not give the root of the head.
class ProofReader {
 public:
  ProofReader(db::Pool& pool, StoredTree tree) : pool_(pool), tree_(std::move(tree)) {}

  // A proof, and the root of the tree of `size` leaves in which it holds.
  struct Proof {
    int64_t size = 0;
    Hash root = {};
    Hash leaf = {};  // of an inclusion proof
    std::vector<Hash> path;
  };
  // `size` 0 is the whole tree. INVALID_ARGUMENT where there is no such position or size.
  absl::StatusOr<Proof> Inclusion(int64_t position, int64_t size, absl::Time deadline) const;
  // INVALID_ARGUMENT where there is no such size; a whole tree smaller than `first` gives no path.
  absl::StatusOr<Proof> Consistency(int64_t first, int64_t size, absl::Time deadline) const;

 private:
  // The root over a range, out of what is kept and what has to be read.
  absl::StatusOr<Hash> RootOver(int64_t first, int64_t size, absl::Time deadline) const;
  absl::StatusOr<std::vector<Hash>> ReadLeaves(int64_t first, int64_t size,
                                               absl::Time deadline) const;
  absl::StatusOr<Frontier> Head(absl::Time deadline) const;
  // The head, after making sure that what is kept is of this tree.
  absl::StatusOr<Frontier> CheckedHead(absl::Time deadline) const;

  db::Pool& pool_;
  const StoredTree tree_;
  mutable absl::Mutex mutex_;
  // By first leaf and size, both multiples of the smallest size that is kept.
  mutable absl::flat_hash_map<std::pair<int64_t, int64_t>, Hash> kept_ ABSL_GUARDED_BY(mutex_);
};

// The answers of the rpcs: the proof with a checkpoint of its tree. FAILED_PRECONDITION
// (NO_SIGNING_KEY) where `checkpointer` is null; INVALID_ARGUMENT for a position or size that does
// not exist.
absl::StatusOr<v1::GetInclusionProofResponse> ProveInclusion(
    const ProofReader& reader, const Checkpointer* checkpointer, const base::Clock& clock,
    const v1::GetInclusionProofRequest& request, absl::Time deadline);
absl::StatusOr<v1::GetConsistencyProofResponse> ProveConsistency(
    const ProofReader& reader, const Checkpointer* checkpointer, const base::Clock& clock,
    const v1::GetConsistencyProofRequest& request, absl::Time deadline);
absl::Status NoSigningKey();

}  // namespace redress::facts

#endif  // REDRESS_COMMON_FACTS_PROOF_READER_H_
