// A gRPC service whose rpcs are values: a table from the name of an rpc to what serves it.
//
// Requests and answers are made by their descriptors, so that no code of gRPC is instantiated for
// each rpc: a service that declares its rpcs needs no header of gRPC at all.
#ifndef REDRESS_COMMON_RPC_RPC_SERVICE_H_
#define REDRESS_COMMON_RPC_RPC_SERVICE_H_

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>
#include <grpcpp/impl/rpc_service_method.h>
#include <grpcpp/impl/service_type.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/rpc/handle.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace redress::rpc {

namespace internal {
// Reads a request; false where the bytes are none, or hold text that is not UTF-8.
bool Decode(const grpc::ByteBuffer& wire, google::protobuf::Message& request);
}  // namespace internal

// Serves an admitted call: calls Send or Fail of `answer` once, now or later, on any thread. The
// request lives until then.
using Serve =
    std::function<void(const Call& call, const google::protobuf::Message& request, Answer answer)>;

// Serves by a function whose types are known.
template <class Req, class Resp>
Serve ServeBy(std::function<absl::StatusOr<Resp>(const Call&, const Req&)> fn) {
  return [fn = std::move(fn)](const Call& call, const google::protobuf::Message& request,
                              Answer answer) {
    absl::StatusOr<Resp> result = fn(call, static_cast<const Req&>(request));
    if (!result.ok()) return answer.Fail(result.status());
    static_cast<Resp&>(answer.response()).Swap(&*result);
    answer.Send();
  };
}
// The same by a method that is told the request and the deadline. `object` must outlive the
// service.
template <class Object, class Req, class Resp>
Serve ServeBy(const Object& object,
              absl::StatusOr<Resp> (Object::*method)(const Req&, absl::Time) const) {
  return ServeBy(std::function([&object, method](const Call& call, const Req& request) {
    return (object.*method)(request, call.deadline);
  }));
}

// Serves an rpc that answers with a stream; made once, when the service is.
using Stream = std::function<std::unique_ptr<grpc::internal::MethodHandler>(const Runtime&)>;

// The call, if it was admitted, or why not; and whom the end of the stream is told to.
struct StreamCall {
  absl::StatusOr<Call> admitted;
  std::string trace_id;
  std::string_view lang;
};

// Serves by a function that returns the reactor of the stream, which owns itself: one that ends at
// once where the call was not admitted. It runs on a thread of gRPC, so it must not block.
template <class Req, class Resp>
Stream StreamBy(std::function<grpc::ServerWriteReactor<Resp>*(const StreamCall&, const Req&)> fn) {
  return [fn = std::move(fn)](const Runtime& runtime) {
    return std::make_unique<grpc::internal::CallbackServerStreamingHandler<grpc::ByteBuffer, Resp>>(
        [&runtime, &method = runtime.methods.For(Req::descriptor()), fn](
            grpc::CallbackServerContext* context, const grpc::ByteBuffer* wire) {
          Req request;
          const bool read = internal::Decode(*wire, request);
          const log::TraceContext trace = TraceOf(*context);
          return fn({AdmitStream(runtime, method, *context, read ? &request : nullptr, trace),
                     trace.trace_id, LanguageOf(*context)},
                    request);
        });
  };
}

// Thread-safe once made. The runtime must outlive it.
class RpcService final : public grpc::Service {
 public:
  // The service called `full_name`, "redress.visits.v1.VisitsService", with its unary `rpcs` and
  // its `streams` by the name of the method. INTERNAL, naming each, where a method of the service
  // is not served or what is served is no method of it: a mistake that the first start finds.
  static absl::StatusOr<std::unique_ptr<RpcService>> Create(
      const Runtime& runtime, const std::string& full_name, std::map<std::string, Serve> rpcs,
      std::map<std::string, Stream> streams = {});

 private:
  struct Rpc {
    std::string path;
    Serve serve;
    const google::protobuf::Message* request = nullptr;
    const google::protobuf::Message* response = nullptr;
  };

  explicit RpcService(const Runtime& runtime) : runtime_(runtime) {}
  void AddRpc(std::unique_ptr<Rpc> rpc);
  void AddStream(std::string path, const Stream& stream);
  // gRPC keeps the pointer into `path`.
  void AddMethodAt(const std::string& path, grpc::internal::RpcMethod::RpcType type,
                   std::unique_ptr<grpc::internal::MethodHandler> handler);
  grpc::ServerUnaryReactor* Run(const Rpc& rpc, grpc::CallbackServerContext* context,
                                const grpc::ByteBuffer* request, grpc::ByteBuffer* response) const;

  const Runtime& runtime_;
  std::vector<std::unique_ptr<Rpc>> rpcs_;
  std::vector<std::unique_ptr<const std::string>> stream_paths_;
  int methods_ = 0;
};

}  // namespace redress::rpc

#endif  // REDRESS_COMMON_RPC_RPC_SERVICE_H_
