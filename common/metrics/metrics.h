// Metrics for Prometheus: a registry, the ecosystem's rpc metrics, helpers for our own.
//
// Labels are bounded: a unit, a method, a state, a code; never a case, a person or free text.
// Resolve a metric once, keep the reference, and count on it: the hot path then does no look-up.
// Everything here is thread-safe. References stay valid as long as the Registry.
#ifndef REDRESS_COMMON_METRICS_METRICS_H_
#define REDRESS_COMMON_METRICS_METRICS_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"

namespace redress::metrics {

using Labels = std::map<std::string, std::string>;
using Counter = prometheus::Counter;
using Gauge = prometheus::Gauge;
using Histogram = prometheus::Histogram;

// Bucket bounds in seconds, 0.5 ms to 10 s: rpcs, SQL, waits.
const std::vector<double>& LatencyBuckets();

// Owns all metrics of a process. The same name and labels give the same metric again. Names follow
// Prometheus (snake_case, base unit as suffix, counters end in _total); a name that breaks them or
// that is in use for another type aborts, since it is a mistake in the code.
class Registry {
 public:
  Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  Counter& AddCounter(std::string_view name, std::string_view help, const Labels& labels = {});
  Gauge& AddGauge(std::string_view name, std::string_view help, const Labels& labels = {});
  Histogram& AddHistogram(std::string_view name, std::string_view help, const Labels& labels = {},
                          const std::vector<double>& buckets = LatencyBuckets());

  // Takes a gauge of a label set away, for example of a unit that was dissolved.
  void RemoveGauge(std::string_view name, const Labels& labels);

  // "name type label,label…" per family, sorted: what the golden list of metric names pins.
  std::vector<std::string> Describe() const;

  // The text exposition format.
  std::string Expose() const;

  const std::shared_ptr<prometheus::Registry>& native() const { return registry_; }

 private:
  const std::shared_ptr<prometheus::Registry> registry_;
};

// Gauges whose labels come from data (a unit, a requirement). Holds at most `max_series` label
// sets; all further ones share one series whose labels are "other", so that a mistake cannot flood
// the monitoring system.
class BoundedGauges {
 public:
  // Requires at least one label name and max_series > 0. `registry` must outlive this.
  BoundedGauges(Registry& registry, std::string_view name, std::string_view help,
                std::vector<std::string> label_names, size_t max_series);

  // Sets the gauge of these label values, given in the order of label_names. Values that share the
  // series "other" are not added up: it only shows that the bound was hit.
  void Set(const std::vector<std::string>& values, double value);

  // Takes away all series that were not set since the last call: a full refresh sets every current
  // label set and then calls this.
  void DropStale();

  size_t size() const;

 private:
  Labels LabelsOf(const std::vector<std::string>& values) const;

  struct Entry {
    Gauge* gauge;
    bool fresh;
  };

  Registry& registry_;
  const std::string name_;
  const std::string help_;
  const std::vector<std::string> label_names_;
  const size_t max_series_;
  mutable absl::Mutex mutex_;
  absl::flat_hash_map<std::vector<std::string>, Entry> entries_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace redress::metrics

#endif  // REDRESS_COMMON_METRICS_METRICS_H_
