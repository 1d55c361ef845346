// How often somebody may have something within a time: a measure against trying out, not a rule of
// the domain. Kept in memory, for each process by itself. Thread-safe.
#ifndef REDRESS_SERVICES_REGISTRY_ALLOWANCE_H_
#define REDRESS_SERVICES_REGISTRY_ALLOWANCE_H_

#include <deque>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace redress::registry {

class Allowance {
 public:
  explicit Allowance(size_t most = 60, absl::Duration within = absl::Hours(1))
      : most_(most), within_(within) {}

  // Zero where `who` may have it once more, which then counts; otherwise how long to wait.
  absl::Duration Take(std::string_view who, absl::Time now);

 private:
  const size_t most_;
  const absl::Duration within_;
  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, std::deque<absl::Time>> taken_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace redress::registry

#endif  // REDRESS_SERVICES_REGISTRY_ALLOWANCE_H_
