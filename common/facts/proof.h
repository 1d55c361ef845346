// Inclusion and consistency proofs over the tree of merkle.h (RFC 9162, 2.1.3 and 2.1.4): one
// entry, or that history only grew, without the other entries. Pure, thread-safe.
#ifndef REDRESS_COMMON_FACTS_PROOF_H_
#define REDRESS_COMMON_FACTS_PROOF_H_

#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/facts/merkle.h"

namespace redress::facts {

// The root over `size` leaves from `first` on, size > 0. How it is known is the caller's; its
// errors are handed on.
using SubtreeRoot = absl::FunctionRef<absl::StatusOr<Hash>(int64_t first, int64_t size)>;

// The hashes beside the way from leaf `position` up to the root of a tree of `size` leaves.
// REQUIRES: 0 <= position < size.
absl::StatusOr<std::vector<Hash>> InclusionPath(int64_t position, int64_t size, SubtreeRoot root);
// The hashes from which the roots of the first `first` and of all `size` leaves follow; none where
// first is 0 or size. REQUIRES: 0 <= first <= size.
absl::StatusOr<std::vector<Hash>> ConsistencyPath(int64_t first, int64_t size, SubtreeRoot root);

// DATA_LOSS unless `leaf` stands at `position` of the tree of `size` leaves that has this root.
absl::Status VerifyInclusion(const Hash& leaf, int64_t position, int64_t size,
                             absl::Span<const Hash> path, const Hash& root);
// DATA_LOSS unless the tree of `size` leaves begins with the tree of `first` leaves.
absl::Status VerifyConsistency(int64_t first, const Hash& first_root, int64_t size,
                               const Hash& root, absl::Span<const Hash> path);

}  // namespace redress::facts

#endif  // REDRESS_COMMON_FACTS_PROOF_H_
