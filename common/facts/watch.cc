#include "common/facts/watch.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "common/status/error.h"

namespace redress::facts {

class WatchHub::Watch {
 public:
  Watch(int64_t first, Visible may_see, std::shared_ptr<WatchSink> to, std::string who,
        absl::Time now)
      : visible(std::move(may_see)),
        sink(std::move(to)),
        reader(std::move(who)),
        started(now),
        position(first),
        sent(now) {}

  const Visible visible;
  const std::shared_ptr<WatchSink> sink;
  const std::string reader;
  const absl::Time started;
  // Guarded by the hub's lock.
  int64_t position;     // the next to send
  absl::Time sent;      // when the last batch or heartbeat was
  bool ready = true;    // the sink waits for a batch
  bool queued = false;  // a reader has it or will have it
  bool ended = false;
};

WatchHub::WatchHub(const FeedReader& reader, Options options)
    : reader_(reader), options_(std::move(options)) {
  threads_.emplace_back([this] { Poll(); });
  for (int i = 0; i < options_.readers; ++i) threads_.emplace_back([this] { Read(); });
}

WatchHub::~WatchHub() {
  Drain();
  {
    absl::MutexLock lock(&mu_);
    stopping_ = true;
  }
  for (std::thread& thread : threads_) thread.join();
}

absl::StatusOr<std::shared_ptr<WatchHub::Watch>> WatchHub::Start(int64_t first, Visible visible,
                                                                 std::shared_ptr<WatchSink> sink,
                                                                 std::string reader) {
  if (first < 0) return status::InvalidField("first_position", "must not be negative");
  const absl::Time now = absl::Now();
  auto watch =
      std::make_shared<Watch>(first, std::move(visible), std::move(sink), std::move(reader), now);
  absl::MutexLock lock(&mu_);
  if (draining_) return status::Unavailable("feed");
  // Whoever is not named shares no bound with others who are not.
  const auto of_reader =
      watch->reader.empty()
          ? 0
          : std::count_if(watches_.begin(), watches_.end(),
                          [&watch](const auto& other) { return other->reader == watch->reader; });
  if (watches_.size() >= static_cast<size_t>(options_.max_streams) ||
      of_reader >= options_.max_streams_of_reader) {
    return status::Exhausted("feed");
  }
  watches_.push_back(watch);
  // Without streams nobody looked at the head: what is known of it may be old.
  notified_ = true;
  if (Due(*watch, now)) Enqueue(watch);
  return watch;
}

void WatchHub::Ready(const std::shared_ptr<Watch>& watch) {
  absl::MutexLock lock(&mu_);
  watch->ready = true;
  if (Due(*watch, absl::Now())) Enqueue(watch);
}

void WatchHub::Cancel(const std::shared_ptr<Watch>& watch) { Remove(watch); }

void WatchHub::Notify() {
  absl::MutexLock lock(&mu_);
  notified_ = true;
}

void WatchHub::Drain() {
  {
    absl::MutexLock lock(&mu_);
    draining_ = true;
  }
  EndAll(status::Unavailable("feed"));
}

int64_t WatchHub::streams() const {
  absl::MutexLock lock(&mu_);
  return static_cast<int64_t>(watches_.size());
}

bool WatchHub::Due(const Watch& watch, absl::Time now) const {
  return !watch.ended && watch.ready && !watch.queued &&
         (watch.position < size_ || now - watch.sent >= options_.heartbeat);
}

void WatchHub::Enqueue(const std::shared_ptr<Watch>& watch) {
  watch->queued = true;
  queue_.push_back(watch);
}

bool WatchHub::Remove(const std::shared_ptr<Watch>& watch) {
  absl::MutexLock lock(&mu_);
  if (watch->ended) return false;
  watch->ended = true;
  watches_.erase(std::find(watches_.begin(), watches_.end(), watch));
  return true;
}

void WatchHub::End(const std::shared_ptr<Watch>& watch, const absl::Status& status) {
  if (Remove(watch)) watch->sink->OnEnd(status);
}

void WatchHub::EndAll(const absl::Status& status) {
  std::vector<std::shared_ptr<Watch>> all;
  {
    absl::MutexLock lock(&mu_);
    all = watches_;
  }
  for (const std::shared_ptr<Watch>& watch : all) End(watch, status);
}

void WatchHub::Poll() {
  absl::Time seen = absl::Now();
  while (true) {
    {
      absl::MutexLock lock(&mu_);
      mu_.AwaitWithTimeout(absl::Condition(this, &WatchHub::Woken), options_.poll);
      if (stopping_) return;
      notified_ = false;
      if (watches_.empty()) {
        seen = absl::Now();
        continue;
      }
    }
    const absl::StatusOr<int64_t> size = reader_.Size(absl::Now() + options_.read_timeout);
    const absl::Time now = absl::Now();
    if (!size.ok()) {
      // No heartbeat may pretend that the feed has nothing new.
      if (now - seen >= options_.heartbeat) EndAll(status::Unavailable("feed"));
      continue;
    }
    seen = now;
    std::vector<std::shared_ptr<Watch>> old;
    {
      absl::MutexLock lock(&mu_);
      size_ = std::max(size_, *size);
      for (const std::shared_ptr<Watch>& watch : watches_) {
        if (now - watch->started >= options_.max_age) old.push_back(watch);
        if (Due(*watch, now)) Enqueue(watch);
      }
    }
    for (const std::shared_ptr<Watch>& watch : old) End(watch, status::Unavailable("feed"));
  }
}

void WatchHub::Read() {
  while (true) {
    std::shared_ptr<Watch> watch;
    {
      absl::MutexLock lock(&mu_);
      mu_.Await(absl::Condition(this, &WatchHub::HasWork));
      if (stopping_) return;
      watch = std::move(queue_.front());
      queue_.pop_front();
    }
    Serve(watch);
  }
}

void WatchHub::Serve(const std::shared_ptr<Watch>& watch) {
  int64_t position = 0;
  bool behind = false;
  {
    absl::MutexLock lock(&mu_);
    if (watch->ended) return;
    position = watch->position;
    behind = position < size_;
  }
  v1::WatchFactsResponse batch;
  if (behind) {
    absl::StatusOr<std::vector<v1::FeedEntry>> entries = reader_.ListFrom(
        position, options_.batch, absl::Now() + options_.read_timeout, watch->visible);
    // A follower has to know that what it asks for is no longer what was written.
    if (absl::IsDataLoss(entries.status())) return End(watch, entries.status());
    // An empty answer comes from a database that lost what it had.
    if (!entries.ok() || entries->empty()) return End(watch, status::Unavailable("feed"));
    for (v1::FeedEntry& entry : *entries) *batch.add_entries() = std::move(entry);
  }
  {
    absl::MutexLock lock(&mu_);
    if (watch->ended) return;
    watch->position += batch.entries_size();
    watch->sent = absl::Now();
    watch->ready = false;
    watch->queued = false;
    batch.set_tree_size(batch.entries_size() > 0 ? std::max(size_, watch->position) : size_);
  }
  watch->sink->OnBatch(std::move(batch));
}

}  // namespace redress::facts
