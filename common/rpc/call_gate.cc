#include "common/rpc/call_gate.h"

namespace redress::rpc {

bool CallGate::Enter() {
  absl::MutexLock lock(&mutex_);
  if (closed_) return false;
  ++inside_;
  return true;
}

void CallGate::Leave() {
  absl::MutexLock lock(&mutex_);
  --inside_;
}

bool CallGate::Close(absl::Duration grace) {
  absl::MutexLock lock(&mutex_);
  closed_ = true;
  return mutex_.AwaitWithTimeout(absl::Condition(this, &CallGate::Empty), grace);
}

}  // namespace redress::rpc
