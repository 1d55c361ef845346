// Bounds the memory of the answers that are on their way: an answer stays in memory until its
// client has taken it, and a client may take its time.
#ifndef REDRESS_COMMON_RPC_ANSWERS_H_
#define REDRESS_COMMON_RPC_ANSWERS_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace redress::rpc {

// Thread-safe.
class Answers {
 public:
  struct Options {
    int64_t most_bytes = 96 << 20;
    int64_t most_bytes_of_caller = 32 << 20;
    // Smaller answers are not counted: the bound on calls bounds them.
    int64_t counted_from = 32 << 10;
    // Whoever takes an answer more slowly than this is cut off when its room is needed.
    absl::Duration patience = absl::Seconds(20);
  };

  Answers() : Answers(Options()) {}
  explicit Answers(Options options) : options_(options) {}

  // An answer of `bytes` for `caller` is about to be sent; `cut_off` breaks it off, and must
  // neither block nor call back at once. False where there is no room for it: the answer is to be
  // refused. After true, Return(answer) follows when the answer has left. `answer` is any address
  // that is the answer's own until then.
  bool Take(const void* answer, const std::string& caller, int64_t bytes, absl::Time now,
            std::function<void()> cut_off);
  // Does nothing for an answer that was not taken.
  void Return(const void* answer);

  int64_t bytes() const;

 private:
  struct Taken {
    std::string caller;
    int64_t bytes = 0;
    absl::Time since;
    std::function<void()> cut_off;
  };

  const Options options_;
  mutable absl::Mutex mutex_;
  int64_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::flat_hash_map<std::string, int64_t> bytes_of_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<const void*, Taken> taken_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace redress::rpc

#endif  // REDRESS_COMMON_RPC_ANSWERS_H_
