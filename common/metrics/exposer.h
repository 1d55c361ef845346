// Serves /metrics over plain HTTP on loopback.
#ifndef REDRESS_COMMON_METRICS_EXPOSER_H_
#define REDRESS_COMMON_METRICS_EXPOSER_H_

#include <memory>
#include <string>
#include <string_view>

#include <prometheus/exposer.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/metrics/metrics.h"

namespace redress::metrics {

// True if host of "host:port" is 127.0.0.0/8, [::1] or localhost.
bool IsLoopback(std::string_view address);

// Runs until it is destroyed. Thread-safe.
class Exposer {
 public:
  // Listens on `address`, for example "127.0.0.1:9464" (port 0: any free port). The listener has
  // neither encryption nor authentication, so INVALID_ARGUMENT for an address that other machines
  // can reach or that is not "host:port"; UNAVAILABLE if the port is in use.
  static absl::StatusOr<std::unique_ptr<Exposer>> Start(std::string_view address,
                                                        const Registry& registry);

  int port() const { return port_; }

 private:
  Exposer() = default;

  std::unique_ptr<prometheus::Exposer> exposer_;
  int port_ = 0;
};

}  // namespace redress::metrics

#endif  // REDRESS_COMMON_METRICS_EXPOSER_H_
