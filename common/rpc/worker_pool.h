// A bounded pool of threads that runs what rpcs need done.
#ifndef REDRESS_COMMON_RPC_WORKER_POOL_H_
#define REDRESS_COMMON_RPC_WORKER_POOL_H_

#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace redress::rpc {

// Thread-safe.
class WorkerPool {
 public:
  // `queue_limit`: how many tasks may wait. Beyond that a task is refused rather than kept waiting
  // past its deadline.
  WorkerPool(int threads, size_t queue_limit);
  // Runs what is queued, then stops.
  ~WorkerPool();

  // Takes the task, or returns false where the queue is full. A task may not throw.
  bool TrySubmit(std::function<void()> task);

  size_t queued() const;

 private:
  void Work();

  const size_t queue_limit_;
  mutable absl::Mutex mutex_;
  absl::CondVar wake_;
  std::deque<std::function<void()>> queue_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace redress::rpc

#endif  // REDRESS_COMMON_RPC_WORKER_POOL_H_
