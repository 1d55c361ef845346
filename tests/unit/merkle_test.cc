// The tree against the published vectors of Certificate Transparency and a naive recursion.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "common/facts/merkle.h"

namespace redress::facts {
namespace {

std::string Hex(const Hash& hash) { return absl::BytesToHexString(std::string(AsBytes(hash))); }

// RFC 6962 section 2.1, word for word: k is the largest power of two smaller than n.
Hash Naive(const std::vector<Hash>& leaves) {
  if (leaves.empty()) return EmptyRoot();
  if (leaves.size() == 1) return leaves[0];
  size_t k = 1;
  while (k * 2 < leaves.size()) k *= 2;
  const auto middle = leaves.begin() + static_cast<std::ptrdiff_t>(k);
  return NodeHash(Naive({leaves.begin(), middle}), Naive({middle, leaves.end()}));
}

TEST(MerkleTest, PublishedVectors) {
  // Inputs and roots of the reference tests of Certificate Transparency, whose leaves have no
  // nonce.
  const std::vector<std::string> inputs = {"",
                                           "00",
                                           "10",
                                           "2021",
                                           "3031",
                                           "40414243",
                                           "5051525354555657",
                                           "606162636465666768696a6b6c6d6e6f"};
  const std::vector<std::string> roots = {
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  Frontier frontier;
  EXPECT_EQ(Hex(frontier.Root()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  std::vector<Hash> leaves;
  for (size_t i = 0; i < inputs.size(); ++i) {
    leaves.push_back(LeafHash("", absl::HexStringToBytes(inputs[i])));
    frontier.Append(leaves.back());
    EXPECT_EQ(Hex(frontier.Root()), roots[i]) << i;
    EXPECT_EQ(Hex(RootOf(leaves)), roots[i]) << i;
  }
}

TEST(MerkleTest, NonceIsPartOfTheLeaf) {
  EXPECT_EQ(LeafHash("ab", "c"), LeafHash("a", "bc"));  // one string of bytes
  EXPECT_NE(LeafHash(std::string(16, 'a'), "x"), LeafHash(std::string(16, 'b'), "x"));
}

TEST(MerkleTest, FrontierEqualsNaiveRecursionAndSurvivesStorage) {
  std::mt19937_64 random(20180514);
  std::vector<Hash> leaves;
  Frontier frontier;
  for (int i = 0; i < 300; ++i) {
    Hash leaf;
    for (uint8_t& byte : leaf) byte = static_cast<uint8_t>(random());
    leaves.push_back(leaf);
    frontier.Append(leaf);
    ASSERT_EQ(frontier.size(), i + 1);
    ASSERT_EQ(frontier.Root(), Naive(leaves)) << i;
    ASSERT_EQ(RootOf(leaves), Naive(leaves)) << i;
    const auto parsed = Frontier::Parse(frontier.size(), frontier.Serialize());
    ASSERT_TRUE(parsed.ok());
    frontier = *parsed;
    ASSERT_EQ(frontier.Root(), Naive(leaves)) << i;
  }
}

TEST(MerkleTest, FrontierRefusesWhatDoesNotFit) {
  EXPECT_FALSE(Frontier::Parse(-1, "").ok());
  EXPECT_FALSE(Frontier::Parse(1, "").ok());
  EXPECT_FALSE(Frontier::Parse(3, std::string(32, 'x')).ok());
  EXPECT_FALSE(Frontier::Parse(2, std::string(31, 'x')).ok());
  EXPECT_TRUE(Frontier::Parse(0, "").ok());
  EXPECT_TRUE(Frontier::Parse(3, std::string(64, 'x')).ok());
  EXPECT_FALSE(HashFromBytes("short").ok());
}

}  // namespace
}  // namespace redress::facts
