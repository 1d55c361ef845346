// Looks after a process while it serves: whether its database answers (health, metric, log), and
// that memory which was needed once goes back to the system.
#ifndef REDRESS_COMMON_SERVICE_WATCHDOG_H_
#define REDRESS_COMMON_SERVICE_WATCHDOG_H_

#include <functional>
#include <memory>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/db/connection.h"
#include "common/db/endpoint.h"
#include "common/metrics/metrics.h"

namespace redress::service {

// Thread-safe.
class Watchdog {
 public:
  struct Options {
    absl::Duration every = absl::Seconds(1);
    // A database that takes longer is as good as absent. Whole seconds.
    absl::Duration patience = absl::Seconds(2);
    absl::Duration trim_every = absl::Seconds(10);
  };

  // Asks the database at `endpoint` on a connection of its own: those of the pool may all hang in a
  // server that is frozen, or all be busy in one that is well. `serving` is told at first that the
  // service serves, and then whenever that changes.
  Watchdog(db::Endpoint endpoint, metrics::Registry& metrics, std::function<void(bool)> serving)
      : Watchdog(std::move(endpoint), metrics, std::move(serving), Options()) {}
  Watchdog(db::Endpoint endpoint, metrics::Registry& metrics, std::function<void(bool)> serving,
           Options options);
  // Ends it; `serving` is not called any more.
  ~Watchdog();

 private:
  void Run();
  // Whether the database answers, and holds what a service finds there.
  bool DatabaseAnswers();

  db::Endpoint endpoint_;
  std::unique_ptr<db::Connection> connection_;  // of the thread; null while there is none
  metrics::Gauge& database_up_;
  const std::function<void(bool)> serving_;
  const Options options_;
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace redress::service

#endif  // REDRESS_COMMON_SERVICE_WATCHDOG_H_
