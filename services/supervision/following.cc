#include "services/supervision/following.h"

#include "absl/time/clock.h"
#include "common/log/log.h"

namespace redress::supervision {
namespace {

constexpr absl::Duration kApply = absl::Seconds(20);
constexpr absl::Duration kTurn = absl::Seconds(30);
// A duty can fall overdue by the clock alone, and a simulated clock may jump: looked at this often.
constexpr absl::Duration kPause = absl::Milliseconds(500);
// While a feed is far behind, evaluating waits, but never longer than this.
constexpr absl::Duration kPatience = absl::Seconds(2);
constexpr absl::Duration kCountEvery = absl::Seconds(5);
constexpr absl::Duration kScoreEvery = absl::Seconds(60);

void Log(std::string_view event, const absl::Status& status) {
  if (status.ok()) return;
  log::Event(log::Level::kWarning, event, {{"code", absl::StatusCodeToString(status.code())}});
}

}  // namespace

Following::Following(Projection& projection, Oversight& oversight,
                     std::map<std::string, std::shared_ptr<grpc::Channel>> channels,
                     std::map<std::string, facts::VerifyingKey> keys)
    : projection_(projection),
      oversight_(oversight),
      channels_(std::move(channels)),
      keys_(std::move(keys)) {
  for (const auto& [service, channel] : channels_) followers_[service] = MakeFollower(service);
}

std::unique_ptr<facts::Follower> Following::MakeFollower(const std::string& service) {
  facts::Follower::Options options;
  options.service = service;
  options.edge = [this, service] { return projection_.EdgeOf(service, absl::Now() + kApply); };
  options.key = keys_.contains(service) ? std::optional(keys_.at(service)) : std::nullopt;
  options.contradicted = [this, service](const facts::Contradiction& found) {
    Log("contradiction_not_noted",
        projection_.NoteContradiction(service, found, absl::Now() + kApply));
  };
  options.verified = [this, service] {
    Log("verification_not_noted", projection_.NoteVerified(service, absl::Now() + kApply));
  };
  options.apply = [this, service](const facts::FollowedBatch& batch) {
    absl::Status applied = projection_.Apply(service, batch, absl::Now() + kApply);
    if (applied.ok()) Wake();
    return applied;
  };
  options.lag = [this, service](const facts::Follower::Lag& lag) {
    if (lag.connected) projection_.Heard(service, lag.tree_size);
  };
  options.failed = [service](const absl::Status& status) {
    log::Event(log::Level::kWarning, "feed_interrupted",
               {{"feed", service}, {"code", absl::StatusCodeToString(status.code())}});
  };
  return std::make_unique<facts::Follower>(channels_.at(service), std::move(options));
}

void Following::RestartStreamsAhead(absl::Time deadline) {
  for (auto& [service, follower] : followers_) {
    const int64_t streamed = follower->lag().next_position;
    const absl::StatusOr<int64_t> stored = projection_.PositionOf(service, deadline);
    if (!stored.ok() || streamed <= *stored) continue;
    follower = MakeFollower(service);
    follower->Start();
  }
}

Following::~Following() { Stop(); }

void Following::Start() {
  if (worker_.joinable()) return;
  for (auto& [service, follower] : followers_) follower->Start();
  worker_ = std::thread([this] { Work(); });
}

void Following::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (worker_.joinable()) worker_.join();
  for (auto& [service, follower] : followers_) follower->Stop();
}

void Following::Wake() {
  absl::MutexLock lock(&mutex_);
  woken_ = true;
}

void Following::Work() {
  while (true) {
    const bool more = Turn();
    absl::MutexLock lock(&mutex_);
    const auto called = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return stopping_ || woken_; };
    if (!more) mutex_.AwaitWithTimeout(absl::Condition(&called), kPause);
    if (stopping_) return;
    woken_ = false;
  }
}

bool Following::Turn() {
  const absl::Time deadline = absl::Now() + kTurn;
  bool forgetting = false;
  Log("rebuild_failed", projection_.ContinueRebuild(deadline, &forgetting));
  if (forgetting) return true;
  RestartStreamsAhead(deadline);

  bool settled = true;
  const absl::StatusOr<bool> behind = projection_.FarBehind(deadline);
  if (!behind.ok() || !*behind || absl::Now() - evaluated_ > kPatience) {
    const absl::Status evaluated = projection_.EvaluateSome(deadline, &settled);
    Log("evaluation_interrupted", evaluated);
    if (!evaluated.ok()) settled = true;  // after the pause
    if (settled) evaluated_ = absl::Now();
  }
  if (absl::Now() - counted_ > kCountEvery) {
    Log("counts_not_refreshed", oversight_.RefreshCounts(deadline));
    counted_ = absl::Now();
  }
  if (settled && absl::Now() - scored_ > kScoreEvery) {
    Log("scores_not_refreshed", oversight_.RefreshScores(deadline));
    scored_ = absl::Now();
  }
  return !settled;
}

}  // namespace redress::supervision
