// Reads facts: those of one case, or the feed by position. What a caller may not see is left as
// position and leaf hash, so that the feed still verifies.
#ifndef REDRESS_COMMON_FACTS_FEED_H_
#define REDRESS_COMMON_FACTS_FEED_H_

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/clock.h"
#include "common/db/pool.h"
#include "common/facts/checkpoint.h"
#include "common/facts/merkle.h"
#include "redress/facts/v1/facts.pb.h"
#include "redress/facts/v1/feed.pb.h"

namespace redress::facts {

// True if a caller may see a fact. Must be thread-safe. An empty function means that all may be
// seen.
using Visible = std::function<bool(const v1::Fact&)>;

// Thread-safe. The pool must outlive it. Errors: see db/pool.h and db/errors.h.
class FeedReader {
 public:
  // The most entries and (about) bytes of one ListFrom.
  static constexpr int64_t kMaxEntries = 2000;
  static constexpr size_t kMaxBytes = 1 << 20;

  explicit FeedReader(db::Pool& pool) : pool_(pool) {}

  // All facts of a case, by position; those that have none yet come last, with position -1, in the
  // order in which they will get theirs as far as one record is concerned.
  absl::StatusOr<std::vector<v1::FeedEntry>> ListCase(std::string_view case_name,
                                                      absl::Time deadline,
                                                      const Visible& visible = {}) const;

  // The entries from position `first` on, without a gap: at most `limit`, and fewer where kMaxBytes
  // is reached or the feed ends; at least one if there is one.
  absl::StatusOr<std::vector<v1::FeedEntry>> ListFrom(int64_t first, int64_t limit,
                                                      absl::Time deadline,
                                                      const Visible& visible = {}) const;

  // How many facts have positions.
  absl::StatusOr<int64_t> Size(absl::Time deadline) const;

  // Size and right edge of the tree. DATA_LOSS if what is stored contradicts itself.
  absl::StatusOr<Frontier> Head(absl::Time deadline) const;

 private:
  db::Pool& pool_;
};

// The answers of FactFeedService but for WatchFacts (see watch.h), without gRPC. Thread-safe; what
// the pointers name must outlive it.
class Feed {
 public:
  // `checkpointer` may be null: GetCheckpoint is then FAILED_PRECONDITION.
  Feed(const FeedReader* reader, const Checkpointer* checkpointer, const base::Clock* clock)
      : reader_(reader), checkpointer_(checkpointer), clock_(clock) {}

  // Of a case if the request names one, else a page by position. `tree_size` is read before the
  // entries: every fact below it is among them.
  absl::StatusOr<v1::ListFactsResponse> ListFacts(const v1::ListFactsRequest& request,
                                                  absl::Time deadline,
                                                  const Visible& visible = {}) const;
  absl::StatusOr<v1::GetCheckpointResponse> GetCheckpoint(const v1::GetCheckpointRequest& request,
                                                          absl::Time deadline) const;

 private:
  const FeedReader* reader_;
  const Checkpointer* checkpointer_;
  const base::Clock* clock_;
};

}  // namespace redress::facts

#endif  // REDRESS_COMMON_FACTS_FEED_H_
