#include "common/rpc/malformed.h"

#include <google/protobuf/stubs/logging.h>

#include "absl/time/clock.h"
#include "common/log/log.h"
#include "common/rpc/handle.h"
#include "common/status/error.h"
#include "common/status/grpc.h"

namespace redress::rpc {
namespace {

using grpc::experimental::InterceptionHookPoints;

class Malformed final : public grpc::experimental::Interceptor {
 public:
  Malformed(const Method& method, grpc::ServerContextBase* context)
      : method_(method), context_(context), arrived_(absl::Now()) {}

  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::POST_RECV_MESSAGE) &&
        methods->GetRecvMessage() == nullptr) {
      unreadable_ = true;
    }
    if (unreadable_ &&
        methods->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_STATUS)) {
      methods->ModifySendStatus(Answer());
    }
    methods->Proceed();
  }

 private:
  grpc::Status Answer() const {
    const log::TraceContext trace = TraceOf(*context_);
    const absl::Status outcome = status::Error(absl::StatusCode::kInvalidArgument,
                                               kRequestUnreadable, "the request cannot be read");
    method_.metrics->Started();
    method_.metrics->Handled(outcome.code(), absl::Now() - arrived_);
    log::Event(log::Level::kInfo, "rpc", trace,
               {{"method", method_.full_name},
                {"code", absl::StatusCodeToString(outcome.code())},
                {"reason", kRequestUnreadable}});
    return status::ToGrpc(outcome, trace.trace_id, LanguageOf(*context_));
  }

  const Method& method_;
  grpc::ServerContextBase* const context_;
  const absl::Time arrived_;
  bool unreadable_ = false;
};

// Protobuf names the field of a text that is not UTF-8, and nothing of its value, but in lines that
// are not ours.
void LogProtobuf(google::protobuf::LogLevel level, const char*, int, const std::string& message) {
  log::Event(level >= google::protobuf::LOGLEVEL_FATAL ? log::Level::kError : log::Level::kWarning,
             "protobuf", {{"text", message}});
}

}  // namespace

grpc::experimental::Interceptor* MalformedFactory::CreateServerInterceptor(
    grpc::experimental::ServerRpcInfo* info) {
  static const bool logs = [] {
    google::protobuf::SetLogHandler(&LogProtobuf);
    return true;
  }();
  (void)logs;
  std::string_view name = info->method();
  if (!name.empty() && name.front() == '/') name.remove_prefix(1);
  const Method* const method = methods_.Find(name);
  return method == nullptr ? nullptr : new Malformed(*method, info->server_context());
}

}  // namespace redress::rpc
