// Follows another service's feed: WatchFacts from a stored position, for ever.
//
// The consumer stores the position with whatever it makes of the facts, in one transaction; then no
// fact is lost or applied twice, whatever is killed when. Each batch is checked before it is handed
// over: positions without a gap, each visible entry's bytes against its leaf hash.
#ifndef REDRESS_COMMON_FACTS_FOLLOWER_H_
#define REDRESS_COMMON_FACTS_FOLLOWER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "redress/facts/v1/feed.pb.h"

namespace redress::facts {

// Some entries of a feed.
struct FollowedBatch {
  std::vector<v1::FeedEntry> entries;  // in order, not empty
  int64_t tree_size = 0;               // of the feed, when they were sent
};

// Thread-safe.
class Follower {
 public:
  struct Lag {
    bool connected = false;
    int64_t next_position = 0;  // the first that was not applied
    int64_t tree_size = 0;      // as last heard
    absl::Time heard = absl::InfinitePast();
  };
  struct Options {
    std::string service;  // whose feed, for messages: "registry"
    // The position to go on from. Asked before each connection.
    std::function<absl::StatusOr<int64_t>()> from;
    // Takes a batch; on an error it is asked for again, after a pause, from `from`.
    std::function<absl::Status(const FollowedBatch&)> apply;
    // All below may be empty. `prepare` adds metadata such as credentials to each call.
    std::function<void(grpc::ClientContext&)> prepare;
    std::function<void(const Lag&)> lag;              // after each batch, heartbeat and failure
    std::function<void(const absl::Status&)> failed;  // a connection ended; it goes on by itself
    absl::Duration stall = absl::Seconds(30);         // without even a heartbeat
    absl::Duration min_backoff = absl::Milliseconds(100);
    absl::Duration max_backoff = absl::Seconds(10);
  };

  Follower(std::shared_ptr<grpc::Channel> channel, Options options);
  // Stops.
  ~Follower();
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;

  void Start();
  // Ends the stream and the thread; waits for an `apply` under way. May be called again.
  void Stop();
  Lag lag() const;

 private:
  class Stream;
  void Run();
  absl::Status FollowOnce(bool* progressed);
  absl::Status Take(v1::WatchFactsResponse response, int64_t* next);
  void Report(bool connected);

  const std::shared_ptr<grpc::Channel> channel_;
  const Options options_;
  mutable absl::Mutex mu_;
  Lag lag_ ABSL_GUARDED_BY(mu_);
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  grpc::ClientContext* context_ ABSL_GUARDED_BY(mu_) = nullptr;
  std::thread thread_;
};

}  // namespace redress::facts

#endif  // REDRESS_COMMON_FACTS_FOLLOWER_H_
