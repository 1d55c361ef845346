// A bounded set of connections shared by threads.
//
// Dead connections are thrown away, never repaired. When one turns out dead, the idle ones are
// suspected too (the server was probably restarted) and are pinged before they are handed out.
//
// Thread-safe. A Lease must not outlive its Pool.
#ifndef REDRESS_COMMON_DB_POOL_H_
#define REDRESS_COMMON_DB_POOL_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/db/connection.h"
#include "common/db/endpoint.h"

namespace redress::db {

// What a pool tells about itself; empty functions are not called. Called from any thread, outside
// the pool's lock: they must be thread-safe and quick (a gauge, a counter).
struct PoolObserver {
  std::function<void(int64_t in_use, int64_t idle)> size_changed;
  std::function<void(absl::Duration)> waited;     // for a connection, each Acquire
  std::function<void()> discarded;                // a dead connection
  std::function<void(int error_number)> retried;  // a transaction that is run again
};

class Pool;

// A borrowed connection; gives it back when destroyed, after rolling back an open transaction.
// Movable. Thread-compatible.
class Lease {
 public:
  Lease(Lease&& other) noexcept;
  Lease& operator=(Lease&& other) noexcept;
  ~Lease();
  Connection& operator*() const { return *conn_; }
  Connection* operator->() const { return conn_.get(); }

 private:
  friend class Pool;
  Lease(Pool* pool, std::unique_ptr<Connection> conn);
  void GiveBack();
  Pool* pool_;
  std::unique_ptr<Connection> conn_;
};

class Pool {
 public:
  struct Options {
    size_t max_connections = 16;
    absl::Duration max_idle = absl::Minutes(5);  // closed when idle for longer
    absl::Duration max_age = absl::Hours(1);     // closed when given back after that time
    PoolObserver observer;
  };

  // What the connection is wanted for; a hint that saves a round trip, see Connection.
  enum class Use { kRead, kWrite };

  explicit Pool(Endpoint endpoint) : Pool(std::move(endpoint), Options()) {}
  Pool(Endpoint endpoint, Options options);
  // REQUIRES: every Lease was given back.
  ~Pool();

  // Borrows a connection whose deadline is set to `deadline`, opening one if none is idle and the
  // bound allows.
  // RESOURCE_EXHAUSTED: all stayed in use until the deadline. UNAVAILABLE: the server cannot be
  // reached. INTERNAL: it refuses us. DEADLINE_EXCEEDED: `deadline` had passed already.
  absl::StatusOr<Lease> Acquire(absl::Time deadline, Use use = Use::kRead);

  // Opens connections until `count` exist, so that the first callers need not wait for that.
  absl::Status Warm(size_t count);

  const Endpoint& endpoint() const { return endpoint_; }
  const PoolObserver& observer() const { return options_.observer; }

 private:
  friend class Lease;
  struct Idle {
    std::unique_ptr<Connection> conn;
    absl::Time since;
    bool suspect = false;
  };

  void GiveBack(std::unique_ptr<Connection> conn);
  // The idle connection that suits best, or null.
  Idle TakeIdle(Use use) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Notes that a connection no longer exists, and wakes somebody who may open another.
  void Forget(bool dead);
  void TellSize();

  const Endpoint endpoint_;
  const Options options_;
  absl::Mutex mu_;
  absl::CondVar returned_ ABSL_GUARDED_BY(mu_);
  std::deque<Idle> idle_ ABSL_GUARDED_BY(mu_);  // most recently used at the back
  size_t open_ ABSL_GUARDED_BY(mu_) = 0;        // idle ones and lent ones
};

}  // namespace redress::db

#endif  // REDRESS_COMMON_DB_POOL_H_
