#include "common/rpc/call_gate.h"

namespace redress::rpc {

CallGate::Entry CallGate::Enter() {
  absl::MutexLock lock(&mutex_);
  if (closed_) return Entry::kClosed;
  if (inside_ >= most_) return Entry::kFull;
  ++inside_;
  return Entry::kEntered;
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

int64_t CallGate::inside() const {
  absl::MutexLock lock(&mutex_);
  return inside_;
}

}  // namespace redress::rpc
