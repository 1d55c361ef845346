// Services that serve some of their rpcs, as a test wants them; all others answer UNIMPLEMENTED.
#ifndef REDRESS_TESTS_INTEGRATION_PROBE_SERVICE_H_
#define REDRESS_TESTS_INTEGRATION_PROBE_SERVICE_H_

#include <grpcpp/grpcpp.h>

#include <cstdlib>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/rpc/rpc_service.h"
#include "common/store/store.h"

namespace redress::testing {

inline std::unique_ptr<grpc::internal::MethodHandler> NoStream(const rpc::Runtime&) {
  struct Refusal final : grpc::ServerWriteReactor<grpc::ByteBuffer> {
    Refusal() { Finish(grpc::Status(grpc::StatusCode::UNIMPLEMENTED, "")); }
    void OnDone() override { delete this; }
  };
  return std::make_unique<
      grpc::internal::CallbackServerStreamingHandler<grpc::ByteBuffer, grpc::ByteBuffer>>(
      [](grpc::CallbackServerContext*, const grpc::ByteBuffer*) { return new Refusal(); });
}

// Aborts where the service has no such rpc.
inline std::unique_ptr<grpc::Service> ProbeService(
    const rpc::Runtime& runtime, const std::string& full_name,
    std::map<std::string, rpc::Serve> rpcs, std::map<std::string, rpc::Stream> streams = {}) {
  const auto* type =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(full_name);
  for (int i = 0; type != nullptr && i < type->method_count(); ++i) {
    const google::protobuf::MethodDescriptor& method = *type->method(i);
    if (method.server_streaming()) {
      streams.emplace(method.name(), &NoStream);
    } else {
      rpcs.emplace(method.name(),
                   [](const rpc::Call&, const google::protobuf::Message&,
                      const rpc::Answer& answer) { answer.Fail(absl::UnimplementedError("")); });
    }
  }
  auto service = rpc::RpcService::Create(runtime, full_name, std::move(rpcs), std::move(streams));
  if (!service.ok()) {
    std::cerr << service.status() << std::endl;
    std::abort();
  }
  return *std::move(service);
}

// A write: `locks` are the rows that `rule` decides on.
template <class Req, class Resp>
rpc::Serve Writes(
    std::function<store::Store&()> store, std::function<std::vector<store::Lock>(const Req&)> locks,
    std::function<absl::StatusOr<Resp>(const Req&, const store::Rows&, store::Changes&)> rule) {
  return [store = std::move(store), locks = std::move(locks), rule = std::move(rule)](
             const rpc::Call& call, const google::protobuf::Message& request, rpc::Answer answer) {
    const auto& asked = static_cast<const Req&>(request);
    store().Submit(
        call, request, locks(asked),
        [rule, &asked](const store::Rows& rows, store::Changes& changes,
                       google::protobuf::Message& into) -> absl::Status {
          ASSIGN_OR_RETURN(static_cast<Resp&>(into), rule(asked, rows, changes));
          return absl::OkStatus();
        },
        std::move(answer));
  };
}

}  // namespace redress::testing

#endif  // REDRESS_TESTS_INTEGRATION_PROBE_SERVICE_H_
