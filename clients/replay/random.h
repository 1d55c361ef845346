// Random choices that come out the same with every compiler: the standard fixes what
// std::mt19937_64 gives, but not what its distributions make of it, so those are written here.
//
// Compatible with one thread at a time.
#ifndef REDRESS_CLIENTS_REPLAY_RANDOM_H_
#define REDRESS_CLIENTS_REPLAY_RANDOM_H_

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace redress::replay {

class Random {
 public:
  // A stream of its own for each name, so that one more choice in one case moves no other.
  Random(uint64_t seed, std::string_view name);

  // 0 … bound-1, each as likely. REQUIRES: bound > 0.
  uint64_t Below(uint64_t bound);
  // low … high, both inclusive.
  int Between(int low, int high);
  bool Chance(int percent) { return Below(100) < static_cast<uint64_t>(percent); }
  template <class T>
  const T& Pick(const std::vector<T>& from) {
    return from[Below(from.size())];
  }

 private:
  std::mt19937_64 engine_;
};

// SHA-256 in hex.
std::string Sha256Hex(std::string_view text);

// The request_id of an event: the same for the same seed and event, so that a call that is repeated
// changes nothing. A UUID of version 8 (RFC 9562).
std::string RequestId(uint64_t seed, std::string_view event);

}  // namespace redress::replay

#endif  // REDRESS_CLIENTS_REPLAY_RANDOM_H_
