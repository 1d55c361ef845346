// The projection: facts of all feeds, followed once and in order, and what the plans make of them
// as of today. Facts and positions are written in one transaction, so nothing is lost or taken
// twice whatever is killed when. What a fact touches becomes stale in the same transaction and is
// evaluated soon after, each root once however many facts came, and always before a reader is
// answered (Settle).
#ifndef REDRESS_SERVICES_SUPERVISION_PROJECTION_H_
#define REDRESS_SERVICES_SUPERVISION_PROJECTION_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/base/clock.h"
#include "common/calendar/source.h"
#include "common/db/pool.h"
#include "common/facts/follower.h"
#include "services/supervision/evaluate.h"
#include "services/supervision/plans.h"
#include "services/supervision/store.h"

namespace redress::supervision {

// Thread-safe. What the options name must outlive it. Failure codes: those of db/errors.h unless
// said otherwise.
class Projection {
 public:
  struct Options {
    db::Pool* pool = nullptr;
    const base::Clock* clock = nullptr;
    const calendar::Current* calendar = nullptr;
    Plans* plans = nullptr;
    std::vector<std::string> services;  // whose feeds are followed
  };
  static absl::StatusOr<std::unique_ptr<Projection>> Open(Options options, absl::Time deadline);

  // The position to go on from.
  absl::StatusOr<int64_t> PositionOf(const std::string& service, absl::Time deadline);
  // Takes entries: those below the position were taken before and are passed over. One that cannot
  // be read is set aside, so that it does not hold up those after it. ABORTED while the projection
  // is being forgotten; FAILED_PRECONDITION where entries between are missing.
  absl::Status Apply(const std::string& service, const facts::FollowedBatch& batch,
                     absl::Time deadline);
  // Notes how long a feed is, as last heard.
  void Heard(const std::string& service, int64_t tree_size);

  // Evaluates what is stale or due to change by today, some roots at a time: all of them once the
  // calendar has changed. What cannot be evaluated is set aside alone. `settled` becomes true when
  // nothing is left that could be evaluated now.
  absl::Status EvaluateSome(absl::Time deadline, bool* settled);
  // Makes the answers about these roots stale, because what is stored of them is damaged. Returns
  // those that there are.
  absl::StatusOr<std::vector<rules::Root>> EvaluateAnew(const std::vector<std::string>& names,
                                                        absl::Time deadline);
  // The same as EvaluateSome until nothing is left or the deadline has come, which is no error.
  absl::Status Settle(absl::Time deadline);
  // True if a feed is so far behind that evaluating now would be done again soon.
  absl::StatusOr<bool> FarBehind(absl::Time deadline);

  struct State {
    std::vector<sql::FeedState> feeds;
    std::vector<v1::FeedRestore> restores;
    bool rebuilding = false;
    int64_t cases = 0;
    int64_t stale = 0;
    int64_t set_aside = 0;
    std::shared_ptr<const calendar::Calendar> calendar;
  };
  absl::StatusOr<State> Read(absl::Time deadline);

  // The right edge of what was followed of a feed.
  absl::StatusOr<facts::Frontier> EdgeOf(const std::string& service, absl::Time deadline);
  // (projection_restore.cc) Notes that a feed is not the one that was followed, or that it is
  // again. While it is not, nothing of it is taken, and what was known stays readable.
  absl::Status NoteContradiction(const std::string& service, const facts::Contradiction& found,
                                 absl::Time deadline);
  absl::Status NoteVerified(const std::string& service, absl::Time deadline);
  // Two persons accept what a feed is now; see rules::ProposeRestore and rules::AcceptRestore for
  // the refusals, and NOT_FOUND. Accepting forgets everything, as a rebuild does, and no other
  // feed than the accepted one is followed then. Repeating either by the same person changes
  // nothing.
  absl::StatusOr<v1::FeedRestore> ProposeRestore(const std::string& service,
                                                 const std::string& root, const std::string& person,
                                                 absl::Time deadline);
  absl::StatusOr<v1::FeedRestore> AcceptRestore(const std::string& name, const std::string& person,
                                                absl::Time deadline);

  // Begins to forget everything, durably: once this is OK it happens, after a crash too. Returns
  // the positions to start again from. Nothing changes where a rebuild is under way.
  // FAILED_PRECONDITION (FEED_CONTRADICTED) while a feed is not the one that was followed.
  absl::StatusOr<std::vector<sql::FeedState>> BeginRebuild(absl::Time deadline);
  // Goes on with a rebuild: forgets some, or notices that all is followed again. `more` becomes
  // true if it should be called again at once.
  absl::Status ContinueRebuild(absl::Time deadline, bool* more);

 private:
  explicit Projection(Options options);
  static constexpr int kAtOnce = 128;

  // Makes every answer stale where the calendar is not the one that they were made with.
  absl::Status FollowCalendar(const std::string& version, absl::Time deadline);
  // Evaluates these roots and stores what they come to, all or none. Plans that are not here are
  // added to `wanted`.
  absl::Status EvaluateRoots(const std::vector<rules::Root>& roots, absl::CivilDay today,
                             absl::Time deadline, std::set<PlanKey>* wanted);
  // Sets those of the roots aside that `chosen` names, for a cause that evaluating did not show.
  absl::Status PutAside(const std::vector<rules::Root>& roots, const std::optional<PlanKey>& chosen,
                        rules::Cause cause, absl::Time deadline);
  // Says once in the log that a root is set aside.
  void Tell(const std::string& root, rules::Cause cause) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Options options_;
  absl::Mutex
      mutex_;  // one writer at a time in this process; the row lock serves between processes
  Judge judge_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, rules::Cause> told_ ABSL_GUARDED_BY(mutex_);
  absl::Mutex heard_mutex_;
  std::map<std::string, int64_t> heard_ ABSL_GUARDED_BY(heard_mutex_);
};

}  // namespace redress::supervision

#endif  // REDRESS_SERVICES_SUPERVISION_PROJECTION_H_
