// The Merkle tree whose leaves are the entries of a feed or log, in the manner of RFC 6962 section
// 2.1, with a random nonce in each leaf so that a leaf hash alone tells nothing about its content:
//
//   leaf = SHA-256(0x00 || nonce || bytes)     node = SHA-256(0x01 || left || right)
//
// Pure; every function is thread-safe, Frontier is thread-compatible.
#ifndef REDRESS_COMMON_FACTS_MERKLE_H_
#define REDRESS_COMMON_FACTS_MERKLE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace redress::facts {

inline constexpr size_t kHashBytes = 32;
inline constexpr size_t kNonceBytes = 16;

using Hash = std::array<uint8_t, kHashBytes>;

Hash LeafHash(std::string_view nonce, std::string_view bytes);
Hash NodeHash(const Hash& left, const Hash& right);
// The root of a tree without leaves: SHA-256 of nothing.
Hash EmptyRoot();

// The 32 bytes as they are stored and sent, and back. INVALID_ARGUMENT for any other length.
std::string_view AsBytes(const Hash& hash);
absl::StatusOr<Hash> HashFromBytes(std::string_view bytes);
// The same of each of several texts, such as the path of a proof.
template <typename Texts>
absl::StatusOr<std::vector<Hash>> HashesFromBytes(const Texts& texts) {
  std::vector<Hash> hashes;
  for (const auto& text : texts) {
    absl::StatusOr<Hash> hash = HashFromBytes(text);
    if (!hash.ok()) return hash.status();
    hashes.push_back(*hash);
  }
  return hashes;
}

// The right edge of a tree: its size and the roots of the perfect subtrees that it consists of, the
// largest (leftmost) first. All that is needed to append leaves and to know the root.
class Frontier {
 public:
  Frontier() = default;

  // What Serialize() wrote for a tree of `size` leaves. INVALID_ARGUMENT if the number of hashes
  // does not fit the size.
  static absl::StatusOr<Frontier> Parse(int64_t size, std::string_view hashes);

  int64_t size() const { return size_; }
  void Append(const Hash& leaf);
  Hash Root() const;
  // The hashes one after the other; at most 63 * 32 bytes.
  std::string Serialize() const;

 private:
  int64_t size_ = 0;
  std::vector<Hash> edge_;
};

// The root over a whole list of leaves.
Hash RootOf(absl::Span<const Hash> leaves);

}  // namespace redress::facts

#endif  // REDRESS_COMMON_FACTS_MERKLE_H_
