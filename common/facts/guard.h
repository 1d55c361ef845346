// Looks regularly after the facts of its own database: each is what this service wrote, each has a
// position, and together they are the tree whose head is signed. What a hand in the database did
// shows here within minutes, whether or not anybody asks for it.
#ifndef REDRESS_COMMON_FACTS_GUARD_H_
#define REDRESS_COMMON_FACTS_GUARD_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/db/pool.h"
#include "common/facts/mac.h"
#include "common/facts/merkle.h"

namespace redress::facts {

// One round over the positions, some at a time. Thread-compatible.
class FeedSweep {
 public:
  FeedSweep(db::Pool& pool, FactMac mac) : pool_(pool), mac_(std::move(mac)) {}

  struct Result {
    bool finished = false;       // the end of the tree was reached: the next step begins anew
    int64_t damaged = 0;         // in this round so far
    int64_t first_damaged = -1;  // its position
    bool root_differs = false;   // once finished: the leaves are not those of the head
  };
  // Reads at most `limit` entries. Errors: those of db/errors.h.
  absl::StatusOr<Result> Step(absl::Time deadline, int64_t limit = 1000);

 private:
  db::Pool& pool_;
  const FactMac mac_;
  Frontier frontier_;
  Result result_;
};

// The facts without a position, by joining facts and positions: an outbox that was emptied, or a
// row that was never put there, does not hide one. Walks the facts some at a time, so that no
// statement grows with the feed. Thread-compatible.
class Unsequenced {
 public:
  Unsequenced(db::Pool& pool, FactMac mac, absl::Duration patience = absl::Minutes(1))
      : pool_(pool), mac_(std::move(mac)), patience_(patience) {}

  struct Result {
    bool finished = false;  // the last fact was reached: the next step begins anew
    int64_t forged = 0;     // in this round so far: not written by this service
    int64_t stranded = 0;   // the others that had no position at each round for `patience`
    std::string example;    // the id of one of them, a forged one first
  };
  // Looks at the next `limit` facts, at machine time `now`. A step that fails is made again.
  // Errors: those of db/errors.h.
  absl::StatusOr<Result> Step(absl::Time now, absl::Time deadline, int64_t limit = 20'000);

 private:
  db::Pool& pool_;
  const FactMac mac_;
  const absl::Duration patience_;
  std::string after_;  // the last fact looked at in this round
  Result result_;
  std::map<std::string, absl::Time> seen_;     // since when each of the last round was without one
  std::map<std::string, absl::Time> waiting_;  // the same of this round so far
};

// Does both on a thread of its own. Thread-safe; the pool must outlive it.
class FeedGuard {
 public:
  struct Findings {
    int64_t forged = 0;
    int64_t stranded = 0;
    int64_t damaged = 0;
    bool root_differs = false;
    bool operator==(const Findings&) const = default;
  };
  struct Options {
    absl::Duration pause = absl::Seconds(2);  // between two steps of the sweep
    absl::Duration look = absl::Seconds(15);  // between two walks for facts without a position
    // From the guard's thread; may be empty. `found` after each finding and each finished round,
    // `changed` where that differs from the last, with an English sentence that names a place.
    std::function<void(const Findings&)> found;
    std::function<void(const Findings&, const std::string& where)> changed;
    std::function<void(const absl::Status&)> failed;
  };

  FeedGuard(db::Pool& pool, FactMac mac, Options options);
  ~FeedGuard();
  void Start();
  void Stop();

 private:
  void Run();
  void Turn();
  void Report();

  const Options options_;
  FeedSweep sweep_;
  Unsequenced unsequenced_;
  Findings findings_;  // of the thread alone, as those below
  Findings reported_;
  std::string where_;
  absl::Time walk_at_ = absl::InfinitePast();
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace redress::facts

#endif  // REDRESS_COMMON_FACTS_GUARD_H_
