#include "services/registry/allowance.h"

namespace redress::registry {
namespace {

// More callers than any office has; past it, those who have not asked lately are forgotten.
constexpr size_t kMostCallers = 4096;

}  // namespace

absl::Duration Allowance::Take(std::string_view who, absl::Time now) {
  absl::MutexLock lock(&mutex_);
  if (taken_.size() >= kMostCallers) {
    absl::erase_if(taken_, [&](const auto& item) {
      return item.second.empty() || item.second.back() + within_ <= now;
    });
  }
  std::deque<absl::Time>& times = taken_[std::string(who)];
  while (!times.empty() && times.front() + within_ <= now) times.pop_front();
  if (times.size() >= most_) return times.front() + within_ - now;
  times.push_back(now);
  return absl::ZeroDuration();
}

}  // namespace redress::registry
