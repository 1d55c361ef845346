// Bounds how many calls a server has begun, and lets it stop without breaking them off: calls enter
// and leave, and once the gate is closed no more enter. gRPC's own shutdown also waits for idle
// connections, up to the whole grace where a client does not listen to them.
#ifndef REDRESS_COMMON_RPC_CALL_GATE_H_
#define REDRESS_COMMON_RPC_CALL_GATE_H_

#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace redress::rpc {

// Thread-safe.
class CallGate {
 public:
  enum class Entry { kEntered, kFull, kClosed };

  // Beyond these a call costs more memory than it is worth: about 30 kB before it is even read.
  static constexpr int64_t kMostCalls = 1024;

  explicit CallGate(int64_t most = kMostCalls) : most_(most) {}

  // After kEntered, Leave follows when the answer has left; otherwise the call is to be refused.
  Entry Enter();
  void Leave();

  // Refuses further calls and waits until all that entered have left. False where some are still
  // there after `grace`.
  bool Close(absl::Duration grace);

  int64_t inside() const;

 private:
  bool Empty() const ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return inside_ == 0; }

  const int64_t most_;
  mutable absl::Mutex mutex_;
  int64_t inside_ ABSL_GUARDED_BY(mutex_) = 0;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace redress::rpc

#endif  // REDRESS_COMMON_RPC_CALL_GATE_H_
