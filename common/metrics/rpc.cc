#include "common/metrics/rpc.h"

#include "absl/strings/str_cat.h"
#include "common/base/view.h"

namespace redress::metrics {
namespace {

using base::AbslView;

constexpr const char* kCodeNames[] = {
    "OK",       "Canceled",       "Unknown",          "InvalidArgument",   "DeadlineExceeded",
    "NotFound", "AlreadyExists",  "PermissionDenied", "ResourceExhausted", "FailedPrecondition",
    "Aborted",  "OutOfRange",     "Unimplemented",    "Internal",          "Unavailable",
    "DataLoss", "Unauthenticated"};

const char* TypeName(RpcType type) {
  switch (type) {
    case RpcType::kUnary:
      return "unary";
    case RpcType::kClientStream:
      return "client_stream";
    case RpcType::kServerStream:
      return "server_stream";
    case RpcType::kBidiStream:
      return "bidi_stream";
  }
  return "unary";
}

}  // namespace

void MethodMetrics::Handled(absl::StatusCode code, absl::Duration took) {
  int index = static_cast<int>(code);
  if (index < 0 || index >= kCodes) index = static_cast<int>(absl::StatusCode::kUnknown);
  handled_[index]->Increment();
  seconds_->Observe(absl::ToDoubleSeconds(took));
}

MethodMetrics& RpcMetrics::Method(RpcType type, std::string_view service, std::string_view method) {
  absl::MutexLock lock(&mutex_);
  std::unique_ptr<MethodMetrics>& slot =
      methods_[absl::StrCat(AbslView(service), "/", AbslView(method))];
  if (slot == nullptr) {
    slot = std::make_unique<MethodMetrics>();
    Labels labels = {{"grpc_type", TypeName(type)},
                     {"grpc_service", std::string(service)},
                     {"grpc_method", std::string(method)}};
    slot->started_ =
        &registry_.AddCounter("grpc_server_started_total", "Rpcs started on the server.", labels);
    slot->seconds_ = &registry_.AddHistogram("grpc_server_handling_seconds",
                                             "Time from the start of an rpc to its end.", labels);
    for (int code = 0; code < MethodMetrics::kCodes; ++code) {
      labels["grpc_code"] = kCodeNames[code];
      slot->handled_[code] = &registry_.AddCounter(
          "grpc_server_handled_total", "Rpcs completed on the server, by their result.", labels);
    }
  }
  return *slot;
}

}  // namespace redress::metrics
