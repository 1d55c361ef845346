// Reads facts: those of one case, or the feed by position. What a caller may not see is left as
// position and leaf hash, so that the feed still verifies.
#ifndef REDRESS_COMMON_FACTS_FEED_H_
#define REDRESS_COMMON_FACTS_FEED_H_

#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/clock.h"
#include "common/db/pool.h"
#include "common/facts/checkpoint.h"
#include "common/facts/mac.h"
#include "common/facts/merkle.h"
#include "common/facts/proof_reader.h"
#include "redress/facts/v1/facts.pb.h"
#include "redress/facts/v1/feed.pb.h"

namespace redress::facts {

// True if a caller may see a fact. Must be thread-safe. An empty function means that all may be
// seen.
using Visible = std::function<bool(const v1::Fact&)>;

// What becomes of an entry that is missing or is not what this service wrote.
enum class Damage {
  kRefuse,  // DATA_LOSS (FACT_DAMAGED), after the entries before it were handed out
  kShow,    // it is handed out as a damaged entry, so that whoever verifies learns its position
};

// Thread-safe. The pool must outlive it. Errors: see db/pool.h and db/errors.h.
class FeedReader {
 public:
  // The most entries and (about) bytes of one ListFrom.
  static constexpr int64_t kMaxEntries = 2000;
  static constexpr size_t kMaxBytes = 1 << 20;

  FeedReader(db::Pool& pool, FactMac mac)
      : pool_(pool), mac_(std::move(mac)), proofs_(pool, FactTree()) {}

  // All facts of a case, by position; those that have none yet come last, with position -1, in the
  // order in which they will get theirs as far as one record is concerned. DATA_LOSS (FACT_DAMAGED)
  // if one of them is not what this service wrote: nothing may rest on part of a case.
  absl::StatusOr<std::vector<v1::FeedEntry>> ListCase(std::string_view case_name,
                                                      absl::Time deadline,
                                                      const Visible& visible = {}) const;

  // The entries from position `first` on, without a gap: at most `limit`, and fewer where kMaxBytes
  // is reached or the feed ends; at least one if there is one.
  absl::StatusOr<std::vector<v1::FeedEntry>> ListFrom(int64_t first, int64_t limit,
                                                      absl::Time deadline,
                                                      const Visible& visible = {},
                                                      Damage damage = Damage::kRefuse) const;

  // How many facts have positions.
  absl::StatusOr<int64_t> Size(absl::Time deadline) const;

  // Size and right edge of the tree. DATA_LOSS if what is stored contradicts itself.
  absl::StatusOr<Frontier> Head(absl::Time deadline) const;

  const ProofReader& proofs() const { return proofs_; }

 private:
  db::Pool& pool_;
  const FactMac mac_;
  const ProofReader proofs_;
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
  absl::StatusOr<v1::GetInclusionProofResponse> GetInclusionProof(
      const v1::GetInclusionProofRequest& request, absl::Time deadline) const;
  absl::StatusOr<v1::GetConsistencyProofResponse> GetConsistencyProof(
      const v1::GetConsistencyProofRequest& request, absl::Time deadline) const;

 private:
  const FeedReader* reader_;
  const Checkpointer* checkpointer_;
  const base::Clock* clock_;
};

}  // namespace redress::facts

#endif  // REDRESS_COMMON_FACTS_FEED_H_
