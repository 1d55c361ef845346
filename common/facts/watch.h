// Serves any number of streams that follow a feed, without gRPC: one thread looks at the head, a
// few threads read the database, and a stream's next batch is read only when it took the last one.
#ifndef REDRESS_COMMON_FACTS_WATCH_H_
#define REDRESS_COMMON_FACTS_WATCH_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/facts/feed.h"
#include "redress/facts/v1/feed.pb.h"

namespace redress::facts {

// Where a stream's entries go. Called from the hub's threads, one batch at a time; OnEnd may come
// while OnBatch is under way. Must be thread-safe and must not block.
class WatchSink {
 public:
  virtual ~WatchSink() = default;
  // Some entries, or none (a heartbeat). The next comes only after Watch::Ready().
  virtual void OnBatch(v1::WatchFactsResponse batch) = 0;
  // The hub ends the stream: UNAVAILABLE when it drains or cannot read. Nothing follows.
  virtual void OnEnd(absl::Status status) = 0;
};

// Thread-safe. The reader must outlive it.
class WatchHub {
 public:
  struct Options {
    absl::Duration poll = absl::Milliseconds(200);
    absl::Duration heartbeat = absl::Seconds(5);  // keep it well below ten seconds
    absl::Duration read_timeout = absl::Seconds(5);
    int64_t batch = 500;
    int readers = 2;
    int max_streams = 256;
    int max_streams_of_reader = 16;
    // A stream that lasted this long is ended, to be followed anew: on another server where there
    // are several, and before its connection grows too old and is broken off.
    absl::Duration max_age = absl::Minutes(30);
  };
  // One stream.
  class Watch;

  explicit WatchHub(const FeedReader& reader) : WatchHub(reader, Options()) {}
  WatchHub(const FeedReader& reader, Options options);
  // Drains and waits for its threads.
  ~WatchHub();

  // Starts a stream at `first`, ready for its first batch. The hub keeps `sink` until the stream
  // has ended. `reader` names who reads, for the bound on the streams of one. RESOURCE_EXHAUSTED:
  // max_streams, max_streams_of_reader. UNAVAILABLE: draining. INVALID_ARGUMENT: `first` is
  // negative.
  absl::StatusOr<std::shared_ptr<Watch>> Start(int64_t first, Visible visible,
                                               std::shared_ptr<WatchSink> sink,
                                               std::string reader = "");
  // The sink took its batch.
  void Ready(const std::shared_ptr<Watch>& watch);
  // The reader has gone. A call of the sink may still be under way; no other is begun.
  void Cancel(const std::shared_ptr<Watch>& watch);

  // The sequencer gave facts their positions.
  void Notify();
  // Ends all streams with UNAVAILABLE and refuses new ones.
  void Drain();

  int64_t streams() const;

 private:
  void Poll();
  void Read();
  void Serve(const std::shared_ptr<Watch>& watch);
  // False if the stream has ended already.
  bool Remove(const std::shared_ptr<Watch>& watch);
  void End(const std::shared_ptr<Watch>& watch, const absl::Status& status);
  void EndAll(const absl::Status& status);
  bool Due(const Watch& watch, absl::Time now) const ABSL_SHARED_LOCKS_REQUIRED(mu_);
  void Enqueue(const std::shared_ptr<Watch>& watch) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  bool HasWork() const ABSL_SHARED_LOCKS_REQUIRED(mu_) { return stopping_ || !queue_.empty(); }
  bool Woken() const ABSL_SHARED_LOCKS_REQUIRED(mu_) { return stopping_ || notified_; }

  const FeedReader& reader_;
  const Options options_;
  mutable absl::Mutex mu_;
  std::vector<std::shared_ptr<Watch>> watches_ ABSL_GUARDED_BY(mu_);
  std::deque<std::shared_ptr<Watch>> queue_ ABSL_GUARDED_BY(mu_);
  int64_t size_ ABSL_GUARDED_BY(mu_) = 0;
  bool notified_ ABSL_GUARDED_BY(mu_) = false;
  bool draining_ ABSL_GUARDED_BY(mu_) = false;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace redress::facts

#endif  // REDRESS_COMMON_FACTS_WATCH_H_
