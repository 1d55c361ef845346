// Carries a campaign's events out through the services, day by day, under their simulated clock.
//
// Every time of day is a barrier: the clock of a service is moved there once all before it is done,
// so the clock that is furthest says how far an earlier run came. A run that was interrupted goes
// on from there, and what it had begun is repeated with the same request_ids, which changes nothing
// twice.
//
// Not thread-safe; uses threads of its own.
#ifndef REDRESS_CLIENTS_REPLAY_RUNNER_H_
#define REDRESS_CLIENTS_REPLAY_RUNNER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clients/replay/client.h"
#include "clients/replay/event.h"
#include "common/status/error.h"

namespace redress::replay {

// A refusal that the campaign is to show, with all that stood in the way.
struct Refusal {
  const Event* event = nullptr;
  std::vector<status::Violation> violations;
};

class Runner {
 public:
  struct Options {
    uint64_t seed = 2018;
    int workers = 8;
    // Told after each time of day that was carried out.
    std::function<void(size_t done, size_t total, Day day)> progress = [](size_t, size_t, Day) {};
  };
  // Both must outlive the runner.
  Runner(const Client& client, const std::vector<Event>& events, Options options);

  // Runs what happens until the end of `until`, as far as that was not done before, and sets the
  // clocks there. FAILED_PRECONDITION where the database holds something else than this campaign;
  // otherwise the first event that came out differently, by its id.
  absl::Status Run(Day until);

  // Finds how far the services are. Part of Run; to be called alone where nothing is to be run.
  absl::Status Find();
  // After Find: nothing of the campaign was carried out.
  bool untouched() const;
  bool campaign_exists() const { return !NameOf(kCampaignPlaceholder).empty(); }

  // What a placeholder stands for; empty if nothing is known of it.
  std::string NameOf(const std::string& placeholder) const;
  const std::vector<Refusal>& refusals() const { return refusals_; }
  int64_t carried_out() const { return carried_out_; }

 private:
  absl::Status SetClocks(absl::Time now);
  absl::Status RunBatch(size_t first, size_t end);
  absl::Status RunOne(const Event& event);
  absl::Status FindCampaign();
  absl::Status FindCases();
  absl::Status FindHearings();
  bool IsPast(const Event& event) const { return InstantOf(event.day, event.slot) < reached_; }

  const Client& client_;
  const std::vector<Event>& events_;
  const Options options_;
  absl::Time reached_ = absl::InfinitePast();
  mutable std::mutex mutex_;
  std::map<std::string, std::string, std::less<>> names_;  // guarded by mutex_
  std::vector<Refusal> refusals_;                          // guarded by mutex_
  int64_t carried_out_ = 0;                                // guarded by mutex_
};

}  // namespace redress::replay

#endif  // REDRESS_CLIENTS_REPLAY_RUNNER_H_
