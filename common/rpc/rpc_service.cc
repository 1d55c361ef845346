#include "common/rpc/rpc_service.h"

#include <grpcpp/impl/codegen/proto_utils.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace redress::rpc {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

bool internal::Decode(const grpc::ByteBuffer& wire, Message& request) {
  // Reading takes what is in a buffer out of it.
  grpc::ByteBuffer copy = wire;
  return grpc::SerializationTraits<Message>::Deserialize(&copy, &request).ok();
}

absl::StatusOr<std::unique_ptr<RpcService>> RpcService::Create(
    const Runtime& runtime, const std::string& full_name, std::map<std::string, Serve> rpcs,
    std::map<std::string, Stream> streams) {
  const auto* type =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(std::string(full_name));
  if (type == nullptr) return absl::InternalError(absl::StrCat("there is no service ", full_name));
  auto* factory = google::protobuf::MessageFactory::generated_factory();
  std::unique_ptr<RpcService> service(new RpcService(runtime));
  std::vector<std::string> wrong;
  for (int i = 0; i < type->method_count(); ++i) {
    const MethodDescriptor& method = *type->method(i);
    std::string path = absl::StrCat("/", full_name, "/", method.name());
    auto rpc = rpcs.extract(method.name());
    auto stream = streams.extract(method.name());
    if (rpc.empty() == stream.empty() || stream.empty() == method.server_streaming()) {
      wrong.push_back(absl::StrCat(method.full_name(), " is not served, or not as what it is"));
    } else if (!stream.empty()) {
      service->AddStream(std::move(path), stream.mapped());
    } else {
      service->AddRpc(std::make_unique<Rpc>(Rpc{std::move(path), std::move(rpc.mapped()),
                                                factory->GetPrototype(method.input_type()),
                                                factory->GetPrototype(method.output_type())}));
    }
  }
  const auto left = [&](const std::string& name) {
    wrong.push_back(absl::StrCat(name, " is no method of ", full_name));
  };
  for (const auto& [name, serve] : rpcs) left(name);
  for (const auto& [name, stream] : streams) left(name);
  if (!wrong.empty()) return absl::InternalError(absl::StrJoin(wrong, "; "));
  return service;
}

void RpcService::AddMethodAt(const std::string& path, grpc::internal::RpcMethod::RpcType type,
                             std::unique_ptr<grpc::internal::MethodHandler> handler) {
  AddMethod(new grpc::internal::RpcServiceMethod(path.c_str(), type, nullptr));
  MarkMethodCallback(methods_++, handler.release());
}

void RpcService::AddRpc(std::unique_ptr<Rpc> rpc) {
  rpcs_.push_back(std::move(rpc));
  const Rpc& added = *rpcs_.back();
  AddMethodAt(
      added.path, grpc::internal::RpcMethod::NORMAL_RPC,
      std::make_unique<grpc::internal::CallbackUnaryHandler<grpc::ByteBuffer, grpc::ByteBuffer>>(
          [this, &added](grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                         grpc::ByteBuffer* response) {
            return Run(added, context, request, response);
          }));
}

void RpcService::AddStream(std::string path, const Stream& stream) {
  stream_paths_.push_back(std::make_unique<const std::string>(std::move(path)));
  AddMethodAt(*stream_paths_.back(), grpc::internal::RpcMethod::SERVER_STREAMING, stream(runtime_));
}

grpc::ServerUnaryReactor* RpcService::Run(const Rpc& rpc, grpc::CallbackServerContext* context,
                                          const grpc::ByteBuffer* request,
                                          grpc::ByteBuffer* response) const {
  const Method& method = runtime_.methods.For(rpc.request->GetDescriptor());
  auto completion =
      std::make_shared<internal::Completion>(runtime_, method, context, *rpc.response, response);
  grpc::ServerUnaryReactor* reactor = completion->reactor();
  std::shared_ptr<Message> asked(rpc.request->New());
  internal::Run(
      runtime_, method, context, completion,
      [request, asked]() -> const Message* {
        return internal::Decode(*request, *asked) ? asked.get() : nullptr;
      },
      // Holds the request until the call is answered, which may be long after the worker is done.
      [completion, asked, &rpc](const Call& call, const Message& read) {
        rpc.serve(call, read, Answer(completion, asked));
      });
  return reactor;
}

}  // namespace redress::rpc
