#include "common/metrics/metrics.h"

#include <cstdlib>
#include <iostream>
#include <set>
#include <utility>

#include <prometheus/text_serializer.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/view.h"

namespace redress::metrics {
namespace {

using base::AbslView;

[[noreturn]] void Refuse(std::string_view name, std::string_view why) {
  std::cerr << "metric " << name << ": " << why << "\n";
  std::abort();
}

void CheckName(std::string_view name, bool counter) {
  if (name.empty()) Refuse(name, "has no name");
  for (const char c : name) {
    if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_') Refuse(name, "is not snake_case");
  }
  if (counter != absl::EndsWith(AbslView(name), "_total")) {
    Refuse(name, "counters, and only counters, end in _total");
  }
}

// The builders of prometheus-cpp throw for names in use by another type.
template <class Metric, class Builder, class... Args>
Metric& Build(Builder builder, prometheus::Registry& registry, std::string_view name,
              std::string_view help, const Labels& labels, const Args&... args) {
  try {
    return builder.Name(std::string(name))
        .Help(std::string(help))
        .Register(registry)
        .Add(labels, args...);
  } catch (const std::exception& e) {
    Refuse(name, e.what());
  }
}

const char* TypeName(prometheus::MetricType type) {
  switch (type) {
    case prometheus::MetricType::Counter:
      return "counter";
    case prometheus::MetricType::Gauge:
      return "gauge";
    case prometheus::MetricType::Histogram:
      return "histogram";
    default:
      return "other";
  }
}

}  // namespace

const std::vector<double>& LatencyBuckets() {
  static const auto* const buckets = new std::vector<double>{
      0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
  return *buckets;
}

Registry::Registry() : registry_(std::make_shared<prometheus::Registry>()) {}

Counter& Registry::AddCounter(std::string_view name, std::string_view help, const Labels& labels) {
  CheckName(name, true);
  return Build<Counter>(prometheus::BuildCounter(), *registry_, name, help, labels);
}

Gauge& Registry::AddGauge(std::string_view name, std::string_view help, const Labels& labels) {
  CheckName(name, false);
  return Build<Gauge>(prometheus::BuildGauge(), *registry_, name, help, labels);
}

Histogram& Registry::AddHistogram(std::string_view name, std::string_view help,
                                  const Labels& labels, const std::vector<double>& buckets) {
  CheckName(name, false);
  return Build<Histogram>(prometheus::BuildHistogram(), *registry_, name, help, labels, buckets);
}

void Registry::RemoveGauge(std::string_view name, const Labels& labels) {
  // Adding finds the existing metric; a new one is made only to be removed at once.
  auto& family = prometheus::BuildGauge().Name(std::string(name)).Register(*registry_);
  family.Remove(&family.Add(labels));
}

std::vector<std::string> Registry::Describe() const {
  std::set<std::string> lines;
  for (const prometheus::MetricFamily& family : registry_->Collect()) {
    std::set<std::string> labels;
    for (const auto& metric : family.metric) {
      for (const auto& label : metric.label) labels.insert(label.name);
    }
    lines.insert(absl::StrCat(family.name, " ", TypeName(family.type), labels.empty() ? "" : " ",
                              absl::StrJoin(labels, ",")));
  }
  return {lines.begin(), lines.end()};
}

std::string Registry::Expose() const {
  return prometheus::TextSerializer().Serialize(registry_->Collect());
}

BoundedGauges::BoundedGauges(Registry& registry, std::string_view name, std::string_view help,
                             std::vector<std::string> label_names, size_t max_series)
    : registry_(registry),
      name_(name),
      help_(help),
      label_names_(std::move(label_names)),
      max_series_(max_series) {
  CheckName(name_, false);
  if (label_names_.empty() || max_series_ == 0) Refuse(name_, "needs labels and a bound");
}

Labels BoundedGauges::LabelsOf(const std::vector<std::string>& values) const {
  Labels labels;
  for (size_t i = 0; i < label_names_.size(); ++i) labels[label_names_[i]] = values[i];
  return labels;
}

void BoundedGauges::Set(const std::vector<std::string>& values, double value) {
  if (values.size() != label_names_.size()) Refuse(name_, "wrong number of label values");
  absl::MutexLock lock(&mutex_);
  auto found = entries_.find(values);
  if (found == entries_.end()) {
    const bool full = entries_.size() >= max_series_;
    const std::vector<std::string> key =
        full ? std::vector<std::string>(label_names_.size(), "other") : values;
    found = entries_.find(key);
    if (found == entries_.end()) {
      Gauge& gauge = registry_.AddGauge(name_, help_, LabelsOf(key));
      found = entries_.emplace(key, Entry{&gauge, true}).first;
    }
  }
  found->second.gauge->Set(value);
  found->second.fresh = true;
}

void BoundedGauges::DropStale() {
  absl::MutexLock lock(&mutex_);
  for (auto it = entries_.begin(); it != entries_.end();) {
    if (it->second.fresh) {
      it->second.fresh = false;
      ++it;
    } else {
      registry_.RemoveGauge(name_, LabelsOf(it->first));
      entries_.erase(it++);
    }
  }
}

size_t BoundedGauges::size() const {
  absl::MutexLock lock(&mutex_);
  return entries_.size();
}

}  // namespace redress::metrics
