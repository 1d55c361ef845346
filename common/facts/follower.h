// Follows another service's feed: WatchFacts from a stored position, for ever.
//
// The consumer stores the position with whatever it makes of the facts, in one transaction; then no
// fact is lost or applied twice, whatever is killed when. Each batch is checked before it is handed
// over: positions without a gap, each visible entry's bytes against its leaf hash.
//
// A consumer that keeps the right edge of what it took is never led along another history: on each
// connection, and regularly while it lasts, the feed proves that it only grew since that edge. A
// feed that was restored or rewritten is not followed; the consumer is told with what it
// contradicts.
#ifndef REDRESS_COMMON_FACTS_FOLLOWER_H_
#define REDRESS_COMMON_FACTS_FOLLOWER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
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
#include "common/facts/checkpoint.h"
#include "common/facts/merkle.h"
#include "redress/facts/v1/feed.pb.h"

namespace redress::facts {

// Some entries of a feed.
struct FollowedBatch {
  std::vector<v1::FeedEntry> entries;  // in order, not empty
  int64_t tree_size = 0;               // of the feed, when they were sent
};

// A feed that is not the one that was followed.
struct Contradiction {
  absl::Status status;     // DATA_LOSS
  int64_t known_size = 0;  // what was followed
  std::string known_root;  // 32 bytes; empty without an edge
  // What the feed signs now; empty where the feed says of itself that it is damaged.
  v1::Checkpoint checkpoint;
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
    // The right edge of what was taken, which is then also where to go on: `from` is not needed.
    std::function<absl::StatusOr<Frontier>()> edge;
    // Only a checkpoint that this key signed counts, where it is set.
    std::optional<VerifyingKey> key;
    absl::Duration verify_every = absl::Minutes(1);
    // Both from the follower's thread. `contradicted` each time that it is found; `verified` each
    // time that the feed is what was followed.
    std::function<void(const Contradiction&)> contradicted;
    std::function<void()> verified;
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
  // Where to go on, after the feed has proven that it goes on from there.
  absl::StatusOr<int64_t> Begin();
  absl::Status Verify(const Frontier& edge);
  absl::Status VerifyAgain();
  absl::Status Take(v1::WatchFactsResponse response, int64_t* next);
  void Report(bool connected);

  const std::shared_ptr<grpc::Channel> channel_;
  const Options options_;
  // Of the thread alone.
  std::optional<Contradiction> contradiction_;
  absl::Time verified_at_ = absl::InfinitePast();
  mutable absl::Mutex mu_;
  Lag lag_ ABSL_GUARDED_BY(mu_);
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  grpc::ClientContext* context_ ABSL_GUARDED_BY(mu_) = nullptr;
  std::thread thread_;
};

}  // namespace redress::facts

#endif  // REDRESS_COMMON_FACTS_FOLLOWER_H_
