#include "common/db/pool.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace redress::db {

Lease::Lease(Pool* pool, std::unique_ptr<Connection> conn) : pool_(pool), conn_(std::move(conn)) {}

Lease::Lease(Lease&& other) noexcept
    : pool_(std::exchange(other.pool_, nullptr)), conn_(std::move(other.conn_)) {}

Lease& Lease::operator=(Lease&& other) noexcept {
  if (this != &other) {
    GiveBack();
    pool_ = std::exchange(other.pool_, nullptr);
    conn_ = std::move(other.conn_);
  }
  return *this;
}

Lease::~Lease() { GiveBack(); }

void Lease::GiveBack() {
  if (conn_ != nullptr) pool_->GiveBack(std::move(conn_));
}

Pool::Pool(Endpoint endpoint, Options options)
    : endpoint_(std::move(endpoint)), options_(std::move(options)) {}

Pool::~Pool() = default;

Pool::Idle Pool::TakeIdle(Use use) {
  // From the most recently used: the others may grow old and be closed.
  auto suits = [use](const Idle& idle) { return idle.conn->write_mode() == (use == Use::kWrite); };
  auto found = std::find_if(idle_.rbegin(), idle_.rend(), suits);
  if (found == idle_.rend()) {
    if (idle_.empty()) return Idle();
    found = idle_.rbegin();
  }
  Idle taken = std::move(*found);
  idle_.erase(std::next(found).base());
  return taken;
}

absl::StatusOr<Lease> Pool::Acquire(absl::Time deadline, Use use) {
  const absl::Time start = absl::Now();
  if (start >= deadline) return absl::DeadlineExceededError("no time was left for the database");
  std::vector<Idle> stale;  // closed outside the lock
  while (true) {
    Idle idle;
    {
      absl::MutexLock lock(&mu_);
      while (idle_.empty() && open_ >= options_.max_connections) {
        if (returned_.WaitWithDeadline(&mu_, deadline) && idle_.empty() &&
            open_ >= options_.max_connections) {
          return status::Exhausted("database");
        }
      }
      while (!idle_.empty() && start - idle_.front().since > options_.max_idle) {
        stale.push_back(std::move(idle_.front()));
        idle_.pop_front();
        --open_;
      }
      idle = TakeIdle(use);
      if (idle.conn == nullptr) ++open_;  // ours, to be opened below
    }
    if (idle.conn == nullptr) {
      absl::StatusOr<std::unique_ptr<Connection>> opened = Connection::Open(endpoint_);
      if (!opened.ok()) {
        Forget(/*dead=*/false);
        return opened.status();
      }
      idle.conn = *std::move(opened);
    } else if (idle.suspect && !idle.conn->Ping()) {
      idle.conn.reset();
      Forget(/*dead=*/true);
      continue;
    }
    if (options_.observer.waited) options_.observer.waited(absl::Now() - start);
    TellSize();
    idle.conn->SetDeadline(deadline);
    return Lease(this, std::move(idle.conn));
  }
}

void Pool::GiveBack(std::unique_ptr<Connection> conn) {
  conn->Rollback().IgnoreError();
  conn->SetDeadline(absl::InfiniteFuture());
  const absl::Time now = absl::Now();
  if (conn->broken()) {
    conn.reset();
    Forget(/*dead=*/true);
    return;
  }
  if (now - conn->opened() > options_.max_age) {
    conn.reset();
    Forget(/*dead=*/false);
    return;
  }
  {
    absl::MutexLock lock(&mu_);
    Idle idle;
    idle.conn = std::move(conn);
    idle.since = now;
    idle_.push_back(std::move(idle));
    returned_.Signal();
  }
  TellSize();
}

void Pool::Forget(bool dead) {
  {
    absl::MutexLock lock(&mu_);
    --open_;
    if (dead) {
      for (Idle& idle : idle_) idle.suspect = true;
    }
    returned_.Signal();
  }
  if (dead && options_.observer.discarded) options_.observer.discarded();
  TellSize();
}

void Pool::TellSize() {
  if (!options_.observer.size_changed) return;
  int64_t in_use = 0;
  int64_t idle = 0;
  {
    absl::MutexLock lock(&mu_);
    idle = static_cast<int64_t>(idle_.size());
    in_use = static_cast<int64_t>(open_) - idle;
  }
  options_.observer.size_changed(in_use, idle);
}

absl::Status Pool::Warm(size_t count) {
  std::vector<Lease> leases;
  count = std::min(count, options_.max_connections);
  const absl::Time deadline = absl::Now() + absl::Seconds(30);
  for (size_t i = 0; i < count; ++i) {
    ASSIGN_OR_RETURN(Lease lease, Acquire(deadline));
    leases.push_back(std::move(lease));
  }
  return absl::OkStatus();
}

}  // namespace redress::db
