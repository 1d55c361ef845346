// The rpc metrics, under the names that ready-made gRPC dashboards and alerts expect:
// grpc_server_started_total, grpc_server_handled_total (with grpc_code) and
// grpc_server_handling_seconds, by grpc_type, grpc_service, grpc_method.
#ifndef REDRESS_COMMON_METRICS_RPC_H_
#define REDRESS_COMMON_METRICS_RPC_H_

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/metrics/metrics.h"

namespace redress::metrics {

enum class RpcType { kUnary, kClientStream, kServerStream, kBidiStream };

// The metrics of one method, all resolved: each call costs two counters and one histogram, no
// look-up. Thread-safe.
class MethodMetrics {
 public:
  void Started() { started_->Increment(); }
  void Handled(absl::StatusCode code, absl::Duration took);

 private:
  friend class RpcMetrics;
  static constexpr int kCodes = 17;  // OK (0) to UNAUTHENTICATED (16)

  Counter* started_ = nullptr;
  std::array<Counter*, kCodes> handled_ = {};
  Histogram* seconds_ = nullptr;
};

// Thread-safe. `registry` must outlive this.
class RpcMetrics {
 public:
  explicit RpcMetrics(Registry& registry) : registry_(registry) {}

  // The metrics of a method, for example ("redress.registry.v1.RegistryService", "GetCase"); the
  // same reference each time, valid as long as this. Ask once per method at start-up.
  MethodMetrics& Method(RpcType type, std::string_view service, std::string_view method);

 private:
  Registry& registry_;
  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, std::unique_ptr<MethodMetrics>> methods_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace redress::metrics

#endif  // REDRESS_COMMON_METRICS_RPC_H_
