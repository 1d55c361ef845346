// The audit log: every reading of personal data and every denial, in a Merkle tree of its own.
//
// Group commit: one thread writes all entries that came while the previous batch was being
// committed, in one transaction; the answer of an rpc waits for its batch. Several replicas may
// write to the same log.
#ifndef REDRESS_COMMON_AUDIT_AUDIT_LOG_H_
#define REDRESS_COMMON_AUDIT_AUDIT_LOG_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/db/pool.h"
#include "common/facts/merkle.h"
#include "redress/audit/v1/audit.pb.h"

namespace redress::audit {

// Thread-safe. The pool must outlive it.
class AuditLog {
 public:
  // Called once, from the log's thread: it must not block. OK: the entry is on disk. UNAVAILABLE
  // (reason UNAVAILABLE, part "audit"): it is not, or that is not known; the rpc must fail.
  using Done = std::function<void(const absl::Status&)>;

  struct Gauges {
    int64_t waiting = 0;    // entries
    int64_t tree_size = 0;  // as far as this replica knows
  };
  struct Options {
    size_t max_batch = 512;
    // Where a batch had at least `busy_batch` entries, the next begins this long after it began, so
    // that a busy service flushes fuller batches and less often. Nobody alone waits for others.
    size_t busy_batch = 8;
    absl::Duration gather = absl::Milliseconds(3);
    size_t max_waiting = 65536;                 // more are refused at once
    size_t max_denials = 4096;                  // callers that are counted at a time
    absl::Duration timeout = absl::Seconds(5);  // of one batch, repetitions included
    absl::Duration denial_window = absl::Minutes(1);
    // Called from the log's thread after each batch; may be empty.
    std::function<void(const Gauges&)> gauges;
    std::function<void(const absl::Status&)> failed;
  };

  explicit AuditLog(db::Pool& pool) : AuditLog(pool, Options()) {}
  AuditLog(db::Pool& pool, Options options);
  // Stops.
  ~AuditLog();
  AuditLog(const AuditLog&) = delete;
  AuditLog& operator=(const AuditLog&) = delete;

  // Writes an entry; fills `recorded_at` and `count` where they are not set.
  void Record(v1::AuditEntry entry, Done done);
  // The same, waiting for it.
  absl::Status RecordAndWait(v1::AuditEntry entry);

  // Counts a denial. The first of a caller, rpc and reason is written at once; further ones within
  // the minute become one entry with their number at its end. Nobody waits for them. Where too many
  // callers are denied at a time, the further ones are counted together, without names.
  void RecordDenial(v1::AuditEntry entry);

  // Writes what waits, denials included (once, if the database fails), and ends the thread; what
  // comes later is refused. May be called again.
  void Stop();

 private:
  struct Waiting {
    v1::AuditEntry entry;
    Done done;
  };
  struct Denials {
    v1::AuditEntry last;
    int64_t count = 0;  // not written yet
    absl::Time until;
  };

  void Run();
  bool Gathered() const ABSL_SHARED_LOCKS_REQUIRED(mu_) {
    return stopping_ || waiting_.size() >= options_.max_batch;
  }
  bool HasWork() const ABSL_SHARED_LOCKS_REQUIRED(mu_) { return stopping_ || !waiting_.empty(); }
  void FlushDenials(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  std::vector<Waiting> TakeBatch() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Commit(std::vector<Waiting> batch);
  // Denials that could not be written are counted on, and tried again.
  void Postpone(v1::AuditEntry denial) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::Status Write(std::vector<std::string> bodies);

  db::Pool& pool_;
  const Options options_;
  // The head as this replica last saw it, of the thread alone. Only a guess: the update of the head
  // row says whether it still holds.
  facts::Frontier head_;
  absl::Mutex mu_;
  std::deque<Waiting> waiting_ ABSL_GUARDED_BY(mu_);
  absl::flat_hash_map<std::string, Denials> denials_ ABSL_GUARDED_BY(mu_);
  absl::Time next_flush_ ABSL_GUARDED_BY(mu_) = absl::InfiniteFuture();
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::thread thread_;
};

}  // namespace redress::audit

#endif  // REDRESS_COMMON_AUDIT_AUDIT_LOG_H_
