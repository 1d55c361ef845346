// Internal to common/store: the queue of reads that hold no thread while they wait.
#ifndef REDRESS_COMMON_STORE_READS_H_
#define REDRESS_COMMON_STORE_READS_H_

#include <deque>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "common/rpc/call.h"
#include "common/store/table.h"
#include "google/protobuf/message.h"

namespace redress::store {

// One read that waits. Made by Store::Fetch.
struct PendingRead {
  rpc::Call call;
  const Table* table = nullptr;
  std::string name;
  google::protobuf::Message* into = nullptr;  // lives until `done` was called
  std::function<void(const absl::Status&)> done;
};

// Hands what waits to `run`, reads of one table together, on threads of its own. Thread-safe.
class ReadQueue {
 public:
  using Run = std::function<void(std::vector<PendingRead>)>;
  ReadQueue(int threads, size_t queue_limit, size_t max_together, Run run);
  // Runs what waits, then stops.
  ~ReadQueue();

  // Takes the read and moves from it, or returns false where too many wait.
  bool Add(PendingRead& read);

 private:
  void Loop();
  std::vector<PendingRead> Take();

  const size_t queue_limit_;
  const size_t max_together_;
  const Run run_;
  absl::Mutex mutex_;
  absl::CondVar wake_;
  std::deque<PendingRead> waiting_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace redress::store

#endif  // REDRESS_COMMON_STORE_READS_H_
