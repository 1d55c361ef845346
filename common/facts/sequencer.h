// Gives facts their positions. Any number of replicas may run one each on the same database: every
// batch updates the head row in its transaction, so that two cannot hand out the same position.
//
// Order: facts of one record by record_version; a retraction after the fact that it takes back;
// otherwise as they were written. A fact that is visible has all its predecessors visible, since
// they were committed before it was written; nothing depends on AUTO_INCREMENT being commit order.
// A crash loses nothing: what is in the outbox stays there until its position is committed.
#ifndef REDRESS_COMMON_FACTS_SEQUENCER_H_
#define REDRESS_COMMON_FACTS_SEQUENCER_H_

#include <cstdint>
#include <functional>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/db/pool.h"
#include "common/facts/mac.h"

namespace redress::facts {

// What one batch came to.
struct Sequenced {
  int64_t facts = 0;      // that were given a position now
  int64_t tree_size = 0;  // thereafter; 0 if there was nothing to do
};

// Gives positions to at most about `limit` facts of the outbox (more where facts of the same record
// demand it), in one transaction. Errors as db::Transact, and ABORTED if another replica was
// faster. DATA_LOSS if the stored head contradicts itself. A fact that this service did not write
// gets none and stays where it is (see guard.h). Thread-safe.
absl::StatusOr<Sequenced> SequenceBatch(db::Pool& pool, const FactMac& mac, absl::Time deadline,
                                        int64_t limit = 1000);

// Thread-safe. The pool must outlive it.
class Sequencer {
 public:
  struct Gauges {
    int64_t pending = 0;    // facts without a position
    int64_t tree_size = 0;  // facts with one
  };
  struct Options {
    absl::Duration poll = absl::Milliseconds(500);
    // After Notify, waits so long for more facts to come, so that one commit serves many.
    absl::Duration gather = absl::Milliseconds(10);
    int64_t batch = 1000;
    // All are called from the sequencer's thread and may be empty.
    std::function<void(const Gauges&)> gauges;        // at least every few seconds
    std::function<void(int64_t tree_size)> advanced;  // after facts were given positions
    std::function<void(const absl::Status&)> failed;  // it goes on by itself
  };

  Sequencer(db::Pool& pool, FactMac mac, Options options);
  // Stops.
  ~Sequencer();
  Sequencer(const Sequencer&) = delete;
  Sequencer& operator=(const Sequencer&) = delete;

  void Start();
  // Finishes the batch under way and ends the thread. May be called again.
  void Stop();
  // Facts were committed. Cheap; call it after every commit that appended facts.
  void Notify();

 private:
  void Run();
  void Drain();
  void Observe();
  bool Stopping() const;
  bool Woken() const ABSL_SHARED_LOCKS_REQUIRED(mu_) { return notified_ || stopping_; }

  db::Pool& pool_;
  const FactMac mac_;
  const Options options_;
  absl::Time observed_ = absl::InfinitePast();  // of the thread alone
  mutable absl::Mutex mu_;
  bool notified_ ABSL_GUARDED_BY(mu_) = false;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::thread thread_;
};

}  // namespace redress::facts

#endif  // REDRESS_COMMON_FACTS_SEQUENCER_H_
