// Lets a server stop without breaking off what it has begun: calls enter and leave, and once the
// gate is closed no more enter. gRPC's own shutdown also waits for idle connections, up to the
// whole grace where a client does not listen to them.
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
  // False once closed: the call is to be refused. After true, Leave follows when the call is
  // answered.
  bool Enter();
  void Leave();

  // Refuses further calls and waits until all that entered have left. False where some are still
  // there after `grace`.
  bool Close(absl::Duration grace);

 private:
  bool Empty() const ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return inside_ == 0; }

  absl::Mutex mutex_;
  int64_t inside_ ABSL_GUARDED_BY(mutex_) = 0;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace redress::rpc

#endif  // REDRESS_COMMON_RPC_CALL_GATE_H_
