#include "common/facts/proof.h"

#include <bit>
#include <cstddef>

#include "common/status/macros.h"

namespace redress::facts {
namespace {

// The largest power of two below `size`; REQUIRES size > 1.
int64_t Split(int64_t size) {
  return static_cast<int64_t>(std::bit_floor(static_cast<uint64_t>(size - 1)));
}

absl::Status NotProven() { return absl::DataLossError("the proof does not hold"); }

// PATH(m, D[first:first+size]) of RFC 9162, 2.1.3.1.
absl::Status AddPath(int64_t at, int64_t first, int64_t size, SubtreeRoot root,
                     std::vector<Hash>& path) {
  if (size == 1) return absl::OkStatus();
  const int64_t left = Split(size);
  if (at < left) {
    RETURN_IF_ERROR(AddPath(at, first, left, root, path));
    ASSIGN_OR_RETURN(path.emplace_back(), root(first + left, size - left));
  } else {
    RETURN_IF_ERROR(AddPath(at - left, first + left, size - left, root, path));
    ASSIGN_OR_RETURN(path.emplace_back(), root(first, left));
  }
  return absl::OkStatus();
}

// SUBPROOF(m, D[first:first+size], whole) of RFC 9162, 2.1.4.1.
absl::Status AddSubproof(int64_t known, int64_t first, int64_t size, bool whole, SubtreeRoot root,
                         std::vector<Hash>& path) {
  if (known == size) {
    if (whole) return absl::OkStatus();
    ASSIGN_OR_RETURN(path.emplace_back(), root(first, size));
    return absl::OkStatus();
  }
  const int64_t left = Split(size);
  if (known <= left) {
    RETURN_IF_ERROR(AddSubproof(known, first, left, whole, root, path));
    ASSIGN_OR_RETURN(path.emplace_back(), root(first + left, size - left));
  } else {
    RETURN_IF_ERROR(AddSubproof(known - left, first + left, size - left, false, root, path));
    ASSIGN_OR_RETURN(path.emplace_back(), root(first, left));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<Hash>> InclusionPath(int64_t position, int64_t size, SubtreeRoot root) {
  std::vector<Hash> path;
  RETURN_IF_ERROR(AddPath(position, 0, size, root, path));
  return path;
}

absl::StatusOr<std::vector<Hash>> ConsistencyPath(int64_t first, int64_t size, SubtreeRoot root) {
  std::vector<Hash> path;
  if (first == 0 || first == size) return path;
  RETURN_IF_ERROR(AddSubproof(first, 0, size, true, root, path));
  return path;
}

// The algorithm of RFC 9162, 2.1.3.2.
absl::Status VerifyInclusion(const Hash& leaf, int64_t position, int64_t size,
                             absl::Span<const Hash> path, const Hash& root) {
  if (position < 0 || position >= size) return NotProven();
  uint64_t at = static_cast<uint64_t>(position);
  uint64_t last = static_cast<uint64_t>(size - 1);
  Hash hash = leaf;
  for (const Hash& beside : path) {
    if (last == 0) return NotProven();
    if ((at & 1) != 0 || at == last) {
      hash = NodeHash(beside, hash);
      while ((at & 1) == 0 && at != 0) {
        at >>= 1;
        last >>= 1;
      }
    } else {
      hash = NodeHash(hash, beside);
    }
    at >>= 1;
    last >>= 1;
  }
  return last == 0 && hash == root ? absl::OkStatus() : NotProven();
}

// The algorithm of RFC 9162, 2.1.4.2.
absl::Status VerifyConsistency(int64_t first, const Hash& first_root, int64_t size,
                               const Hash& root, absl::Span<const Hash> path) {
  if (first < 0 || first > size) return NotProven();
  if (first == 0) return path.empty() && first_root == EmptyRoot() ? absl::OkStatus() : NotProven();
  if (first == size) return path.empty() && first_root == root ? absl::OkStatus() : NotProven();
  size_t next = 0;
  Hash known_hash = first_root;
  // A perfect first tree is itself a node of the later one, so the path does not repeat it.
  if (!std::has_single_bit(static_cast<uint64_t>(first))) {
    if (path.empty()) return NotProven();
    known_hash = path[next++];
  }
  Hash hash = known_hash;
  uint64_t at = static_cast<uint64_t>(first - 1);
  uint64_t last = static_cast<uint64_t>(size - 1);
  while ((at & 1) != 0) {
    at >>= 1;
    last >>= 1;
  }
  for (; next < path.size(); ++next) {
    const Hash& beside = path[next];
    if (last == 0) return NotProven();
    if ((at & 1) != 0 || at == last) {
      known_hash = NodeHash(beside, known_hash);
      hash = NodeHash(beside, hash);
      while ((at & 1) == 0 && at != 0) {
        at >>= 1;
        last >>= 1;
      }
    } else {
      hash = NodeHash(hash, beside);
    }
    at >>= 1;
    last >>= 1;
  }
  const bool proven = last == 0 && known_hash == first_root && hash == root;
  return proven ? absl::OkStatus() : NotProven();
}

}  // namespace redress::facts
