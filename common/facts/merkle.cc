#include "common/facts/merkle.h"

#include "common/base/digest.h"

#include <algorithm>
#include <bit>

#include "absl/status/status.h"

namespace redress::facts {
namespace {

// The largest power of two below `size`; REQUIRES size > 1.
size_t Split(size_t size) { return std::bit_floor(size - 1); }

}  // namespace

Hash LeafHash(std::string_view nonce, std::string_view bytes) {
  std::string input;
  input.reserve(1 + nonce.size() + bytes.size());
  input.push_back('\0');
  input.append(nonce);
  input.append(bytes);
  return base::Sha256Of(input);
}

Hash NodeHash(const Hash& left, const Hash& right) {
  std::array<char, 1 + 2 * kHashBytes> input;
  input[0] = 1;
  std::copy(left.begin(), left.end(), input.begin() + 1);
  std::copy(right.begin(), right.end(), input.begin() + 1 + kHashBytes);
  return base::Sha256Of({input.data(), input.size()});
}

Hash EmptyRoot() { return base::Sha256Of({}); }

std::string_view AsBytes(const Hash& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

absl::StatusOr<Hash> HashFromBytes(std::string_view bytes) {
  if (bytes.size() != kHashBytes) return absl::InvalidArgumentError("a hash has 32 bytes");
  Hash hash;
  std::copy(bytes.begin(), bytes.end(), hash.begin());
  return hash;
}

absl::StatusOr<Frontier> Frontier::Parse(int64_t size, std::string_view hashes) {
  if (size < 0) return absl::InvalidArgumentError("the size of a tree is negative");
  const auto count = static_cast<size_t>(std::popcount(static_cast<uint64_t>(size)));
  if (hashes.size() != count * kHashBytes) {
    return absl::InvalidArgumentError("the right edge of a tree does not fit its size");
  }
  Frontier frontier;
  frontier.size_ = size;
  for (size_t i = 0; i < count; ++i) {
    frontier.edge_.push_back(*HashFromBytes(hashes.substr(i * kHashBytes, kHashBytes)));
  }
  return frontier;
}

void Frontier::Append(const Hash& leaf) {
  Hash hash = leaf;
  // As in binary addition: each low one of the size is a perfect subtree as large as the one that
  // was just completed.
  for (int64_t rest = size_; (rest & 1) != 0; rest >>= 1) {
    hash = NodeHash(edge_.back(), hash);
    edge_.pop_back();
  }
  edge_.push_back(hash);
  ++size_;
}

Hash Frontier::Root() const {
  if (edge_.empty()) return EmptyRoot();
  Hash hash = edge_.back();
  for (size_t i = edge_.size() - 1; i > 0; --i) hash = NodeHash(edge_[i - 1], hash);
  return hash;
}

std::string Frontier::Serialize() const {
  std::string hashes;
  for (const Hash& hash : edge_) hashes.append(AsBytes(hash));
  return hashes;
}

Hash RootOf(absl::Span<const Hash> leaves) {
  if (leaves.empty()) return EmptyRoot();
  if (leaves.size() == 1) return leaves[0];
  const size_t left = Split(leaves.size());
  return NodeHash(RootOf(leaves.first(left)), RootOf(leaves.subspan(left)));
}

}  // namespace redress::facts
