#include "tests/load/closed_loop.h"

#include <algorithm>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"

namespace redress::load {
namespace {

// What was measured, from any thread.
class Collector {
 public:
  Collector(absl::Time from, absl::Time to) : from_(from), to_(to) { took_.reserve(1 << 20); }

  bool over() const { return absl::Now() >= to_; }

  void Add(absl::Time begun, const std::string& failure) {
    const absl::Time now = absl::Now();
    // What ends in the window counts: of long operations few would lie in it whole.
    if (now < from_ || now > to_) return;
    absl::MutexLock lock(&mutex_);
    if (!failure.empty()) {
      if (failed_++ == 0) first_failure_ = failure;
      return;
    }
    took_.push_back(static_cast<float>(absl::ToDoubleMilliseconds(now - begun)));
  }

  Result Take() {
    absl::MutexLock lock(&mutex_);
    std::sort(took_.begin(), took_.end());
    Result result;
    result.failed = failed_;
    result.first_failure = first_failure_;
    result.per_second = static_cast<double>(took_.size()) / absl::ToDoubleSeconds(to_ - from_);
    if (!took_.empty()) {
      result.p50_ms = took_[took_.size() / 2];
      result.p99_ms = took_[took_.size() * 99 / 100];
    }
    return result;
  }

 private:
  const absl::Time from_;
  const absl::Time to_;
  absl::Mutex mutex_;
  std::vector<float> took_ ABSL_GUARDED_BY(mutex_);
  int64_t failed_ ABSL_GUARDED_BY(mutex_) = 0;
  std::string first_failure_ ABSL_GUARDED_BY(mutex_);
};

void Next(Collector& collector, int slot, const Operation& operation, absl::BlockingCounter& open) {
  if (collector.over()) {
    open.DecrementCount();
    return;
  }
  const absl::Time begun = absl::Now();
  operation(slot, [&collector, slot, &operation, &open, begun](std::string failure) {
    collector.Add(begun, failure);
    Next(collector, slot, operation, open);
  });
}

}  // namespace

Result ClosedLoop(int in_flight, absl::Duration warm_up, absl::Duration measured,
                  const Operation& operation) {
  const absl::Time start = absl::Now();
  Collector collector(start + warm_up, start + warm_up + measured);
  absl::BlockingCounter open(in_flight);
  for (int slot = 0; slot < in_flight; ++slot) Next(collector, slot, operation, open);
  open.Wait();
  return collector.Take();
}

Result ClosedLoopBlocking(int in_flight, absl::Duration warm_up, absl::Duration measured,
                          const std::function<std::string(int slot)>& operation) {
  const absl::Time start = absl::Now();
  Collector collector(start + warm_up, start + warm_up + measured);
  std::vector<std::thread> threads;
  for (int slot = 0; slot < in_flight; ++slot) {
    threads.emplace_back([&collector, &operation, slot] {
      while (!collector.over()) {
        const absl::Time begun = absl::Now();
        collector.Add(begun, operation(slot));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return collector.Take();
}

}  // namespace redress::load
