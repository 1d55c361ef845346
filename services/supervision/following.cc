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
                     std::map<std::string, std::shared_ptr<grpc::Channel>> channels)
    : projection_(projection), oversight_(oversight) {
  for (auto& [service, channel] : channels) {
    facts::Follower::Options options;
    options.service = service;
    options.from = [this, name = service] {
      return projection_.PositionOf(name, absl::Now() + kApply);
    };
    options.apply = [this, name = service](const facts::FollowedBatch& batch) {
      absl::Status applied = projection_.Apply(name, batch, absl::Now() + kApply);
      if (applied.ok()) Wake();
      return applied;
    };
    options.lag = [this, name = service](const facts::Follower::Lag& lag) {
      if (lag.connected) projection_.Heard(name, lag.tree_size);
    };
    options.failed = [name = service](const absl::Status& status) {
      log::Event(log::Level::kWarning, "feed_interrupted",
                 {{"feed", name}, {"code", absl::StatusCodeToString(status.code())}});
    };
    followers_.push_back(std::make_unique<facts::Follower>(std::move(channel), std::move(options)));
  }
}

Following::~Following() { Stop(); }

void Following::Start() {
  if (worker_.joinable()) return;
  worker_ = std::thread([this] { Work(); });
  for (auto& follower : followers_) follower->Start();
}

void Following::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  for (auto& follower : followers_) follower->Stop();
  if (worker_.joinable()) worker_.join();
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
