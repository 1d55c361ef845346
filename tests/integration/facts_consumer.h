// A consumer of a feed that keeps what it was given in memory, for the tests of followers.
//
// Thread-safe: the follower's thread writes, the test reads.
#ifndef REDRESS_TESTS_INTEGRATION_FACTS_CONSUMER_H_
#define REDRESS_TESTS_INTEGRATION_FACTS_CONSUMER_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/facts/follower.h"

namespace redress::facts::testing {

// What a consumer keeps: the facts and, with them, the position.
class Consumer {
 public:
  Follower::Options Options() {
    Follower::Options options;
    options.service = "visits";
    options.min_backoff = absl::Milliseconds(20);
    options.max_backoff = absl::Milliseconds(200);
    options.from = [this]() -> absl::StatusOr<int64_t> { return position(); };
    options.apply = [this](const FollowedBatch& batch) {
      absl::MutexLock lock(&mu_);
      if (fail_next_) {
        fail_next_ = false;
        return absl::UnavailableError("the projection's database is away");
      }
      for (const v1::FeedEntry& entry : batch.entries) {
        EXPECT_EQ(entry.position(), static_cast<int64_t>(hashes_.size()));
        hashes_.push_back(*HashFromBytes(entry.leaf_hash()));
      }
      largest_ = std::max(largest_, batch.entries.size());
      return absl::OkStatus();
    };
    options.prepare = [](grpc::ClientContext& context) { context.AddMetadata("test-token", "1"); };
    options.failed = [this](const absl::Status& status) {
      absl::MutexLock lock(&mu_);
      failures_.push_back(status);
    };
    options.lag = [this](const Follower::Lag& lag) { ++reports_; };
    return options;
  }

  // The same, holding the feed against what was taken.
  Follower::Options Verifying(const VerifyingKey& key) {
    Follower::Options options = Options();
    options.key = key;
    options.verify_every = absl::Milliseconds(50);
    options.edge = [this]() -> absl::StatusOr<Frontier> {
      absl::MutexLock lock(&mu_);
      Frontier edge;
      for (const Hash& hash : hashes_) edge.Append(hash);
      return edge;
    };
    options.contradicted = [this](const Contradiction& found) {
      absl::MutexLock lock(&mu_);
      contradictions_.push_back(found);
    };
    options.verified = [this] { ++verified_; };
    return options;
  }
  size_t contradictions() {
    absl::MutexLock lock(&mu_);
    return contradictions_.size();
  }
  Contradiction last_contradiction() {
    absl::MutexLock lock(&mu_);
    return contradictions_.back();
  }
  int verified() const { return verified_; }

  int64_t position() {
    absl::MutexLock lock(&mu_);
    return static_cast<int64_t>(hashes_.size());
  }
  size_t largest() {
    absl::MutexLock lock(&mu_);
    return largest_;
  }
  size_t failures() {
    absl::MutexLock lock(&mu_);
    return failures_.size();
  }
  absl::StatusCode last_failure() {
    absl::MutexLock lock(&mu_);
    return failures_.empty() ? absl::StatusCode::kOk : failures_.back().code();
  }
  Hash root() {
    absl::MutexLock lock(&mu_);
    return RootOf(hashes_);
  }
  void FailNext() {
    absl::MutexLock lock(&mu_);
    fail_next_ = true;
  }
  int reports() const { return reports_; }

 private:
  absl::Mutex mu_;
  std::vector<Hash> hashes_;
  std::vector<absl::Status> failures_;
  std::vector<Contradiction> contradictions_;
  std::atomic<int> verified_{0};
  size_t largest_ = 0;
  bool fail_next_ = false;
  std::atomic<int> reports_{0};
};

}  // namespace redress::facts::testing

#endif  // REDRESS_TESTS_INTEGRATION_FACTS_CONSUMER_H_
