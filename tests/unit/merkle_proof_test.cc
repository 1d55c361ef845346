// Proofs against naive recomputation, for every position and size of small trees.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/facts/proof.h"

namespace redress::facts {
namespace {

constexpr int64_t kMost = 130;

std::vector<Hash> Leaves(int64_t size) {
  std::vector<Hash> leaves;
  for (int64_t i = 0; i < size; ++i) leaves.push_back(LeafHash("nonce", absl::StrCat(i)));
  return leaves;
}

class MerkleProofTest : public ::testing::Test {
 protected:
  absl::StatusOr<Hash> Over(int64_t first, int64_t size) const {
    return RootOf(absl::MakeConstSpan(leaves_).subspan(static_cast<size_t>(first),
                                                       static_cast<size_t>(size)));
  }
  std::vector<Hash> Inclusion(int64_t position, int64_t size) const {
    return *InclusionPath(position, size, [this](int64_t f, int64_t s) { return Over(f, s); });
  }
  std::vector<Hash> Consistency(int64_t first, int64_t size) const {
    return *ConsistencyPath(first, size, [this](int64_t f, int64_t s) { return Over(f, s); });
  }
  Hash Root(int64_t size) const { return size == 0 ? EmptyRoot() : *Over(0, size); }

  const std::vector<Hash> leaves_ = Leaves(kMost);
};

TEST_F(MerkleProofTest, EveryLeafOfEveryTreeIsProven) {
  for (int64_t size = 1; size <= kMost; ++size) {
    const Hash root = Root(size);
    for (int64_t at = 0; at < size; ++at) {
      const std::vector<Hash> path = Inclusion(at, size);
      ASSERT_TRUE(VerifyInclusion(leaves_[static_cast<size_t>(at)], at, size, path, root).ok())
          << at << " of " << size;
      // Not for a neighbour's place, another leaf, or a longer tree.
      EXPECT_FALSE(
          VerifyInclusion(leaves_[static_cast<size_t>(at)], at + 1, size, path, root).ok());
      EXPECT_FALSE(VerifyInclusion(LeafHash("nonce", "other"), at, size, path, root).ok());
      EXPECT_FALSE(VerifyInclusion(leaves_[static_cast<size_t>(at)], at, size, path,
                                   Root(size == kMost ? size - 1 : size + 1))
                       .ok());
      if (path.empty()) continue;
      std::vector<Hash> changed = path;
      changed.back()[0] ^= 1;
      EXPECT_FALSE(VerifyInclusion(leaves_[static_cast<size_t>(at)], at, size, changed, root).ok());
      changed = path;
      changed.pop_back();
      EXPECT_FALSE(VerifyInclusion(leaves_[static_cast<size_t>(at)], at, size, changed, root).ok());
      changed = path;
      changed.push_back(path.back());
      EXPECT_FALSE(VerifyInclusion(leaves_[static_cast<size_t>(at)], at, size, changed, root).ok());
    }
  }
}

TEST_F(MerkleProofTest, EveryTreeIsTheBeginningOfEveryLaterOne) {
  for (int64_t size = 0; size <= kMost; ++size) {
    for (int64_t first = 0; first <= size; ++first) {
      const std::vector<Hash> path = Consistency(first, size);
      ASSERT_TRUE(VerifyConsistency(first, Root(first), size, Root(size), path).ok())
          << first << " of " << size;
      EXPECT_LE(path.size(), 9u);
      Hash other = Root(first);
      other[5] ^= 1;
      EXPECT_FALSE(VerifyConsistency(first, other, size, Root(size), path).ok());
      if (first > 0) {
        other = Root(size);
        other[5] ^= 1;
        EXPECT_FALSE(VerifyConsistency(first, Root(first), size, other, path).ok());
      }
      if (path.empty()) continue;
      std::vector<Hash> changed = path;
      changed.front()[0] ^= 1;
      EXPECT_FALSE(VerifyConsistency(first, Root(first), size, Root(size), changed).ok());
      changed = path;
      changed.pop_back();
      EXPECT_FALSE(VerifyConsistency(first, Root(first), size, Root(size), changed).ok());
    }
  }
}

TEST_F(MerkleProofTest, AHistoryThatWasRewrittenHasNoProof) {
  const Hash before = Root(70);
  std::vector<Hash> rewritten = leaves_;
  rewritten[12] = LeafHash("nonce", "rewritten");
  const auto over = [&](int64_t first, int64_t size) -> absl::StatusOr<Hash> {
    return RootOf(absl::MakeConstSpan(rewritten).subspan(static_cast<size_t>(first),
                                                         static_cast<size_t>(size)));
  };
  EXPECT_FALSE(
      VerifyConsistency(70, before, 130, *over(0, 130), *ConsistencyPath(70, 130, over)).ok());
  EXPECT_FALSE(VerifyConsistency(70, before, 60, Root(60), {}).ok()) << "it shrank";
}

}  // namespace
}  // namespace redress::facts
