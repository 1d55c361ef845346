#include "common/rpc/answers.h"

#include <utility>

namespace redress::rpc {

bool Answers::Take(const void* answer, const std::string& caller, int64_t bytes, absl::Time now,
                   std::function<void()> cut_off) {
  if (bytes < options_.counted_from) return true;
  absl::MutexLock lock(&mutex_);
  int64_t& of_caller = bytes_of_[caller];
  const bool fits = bytes_ + bytes <= options_.most_bytes &&
                    (of_caller == 0 || of_caller + bytes <= options_.most_bytes_of_caller);
  if (fits) {
    bytes_ += bytes;
    of_caller += bytes;
    taken_[answer] = {caller, bytes, now, std::move(cut_off)};
    return true;
  }
  if (of_caller == 0) bytes_of_.erase(caller);
  // Under the lock, so that none of them is returned, and its call gone, in between.
  for (auto& [other, taken] : taken_) {
    if (now - taken.since < options_.patience || taken.cut_off == nullptr) continue;
    std::exchange(taken.cut_off, nullptr)();
  }
  return false;
}

void Answers::Return(const void* answer) {
  absl::MutexLock lock(&mutex_);
  const auto it = taken_.find(answer);
  if (it == taken_.end()) return;
  bytes_ -= it->second.bytes;
  const auto of_caller = bytes_of_.find(it->second.caller);
  of_caller->second -= it->second.bytes;
  if (of_caller->second == 0) bytes_of_.erase(of_caller);
  taken_.erase(it);
}

int64_t Answers::bytes() const {
  absl::MutexLock lock(&mutex_);
  return bytes_;
}

}  // namespace redress::rpc
