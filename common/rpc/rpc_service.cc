#include "common/rpc/rpc_service.h"

#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>
#include <grpcpp/impl/rpc_service_method.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace redress::rpc {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

absl::StatusOr<std::unique_ptr<RpcService>> RpcService::Create(const Runtime& runtime,
                                                               const std::string& full_name,
                                                               std::map<std::string, Serve> rpcs) {
  const auto* type =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(std::string(full_name));
  if (type == nullptr) return absl::InternalError(absl::StrCat("there is no service ", full_name));
  auto* factory = google::protobuf::MessageFactory::generated_factory();
  std::unique_ptr<RpcService> service(new RpcService(runtime));
  std::vector<std::string> wrong;
  for (int i = 0; i < type->method_count(); ++i) {
    const MethodDescriptor& method = *type->method(i);
    auto served = rpcs.extract(method.name());
    if (served.empty()) {
      wrong.push_back(absl::StrCat(method.full_name(), " is not served"));
    } else if (method.client_streaming() || method.server_streaming()) {
      wrong.push_back(absl::StrCat(method.full_name(), " is a stream"));
    } else {
      service->Add(std::make_unique<Rpc>(Rpc{absl::StrCat("/", full_name, "/", method.name()),
                                             std::move(served.mapped()),
                                             factory->GetPrototype(method.input_type()),
                                             factory->GetPrototype(method.output_type())}));
    }
  }
  for (const auto& [name, serve] : rpcs) {
    wrong.push_back(absl::StrCat(name, " is no method of ", full_name));
  }
  if (!wrong.empty()) return absl::InternalError(absl::StrJoin(wrong, "; "));
  return service;
}

void RpcService::Add(std::unique_ptr<Rpc> rpc) {
  const int index = static_cast<int>(rpcs_.size());
  rpcs_.push_back(std::move(rpc));
  const Rpc& added = *rpcs_.back();
  AddMethod(new grpc::internal::RpcServiceMethod(added.path.c_str(),
                                                 grpc::internal::RpcMethod::NORMAL_RPC, nullptr));
  MarkMethodCallback(
      index, new grpc::internal::CallbackUnaryHandler<grpc::ByteBuffer, grpc::ByteBuffer>(
                 [this, &added](grpc::CallbackServerContext* context,
                                const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
                   return Run(added, context, request, response);
                 }));
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
        // Reading takes what is in the buffer out of it, and nobody else looks at that.
        grpc::ByteBuffer wire = *request;
        const bool read = grpc::SerializationTraits<Message>::Deserialize(&wire, asked.get()).ok();
        return read ? asked.get() : nullptr;
      },
      // Holds the request until the call is answered, which may be long after the worker is done.
      [completion, asked, &rpc](const Call& call, const Message& read) {
        rpc.serve(call, read, Answer(completion, asked));
      });
  return reactor;
}

}  // namespace redress::rpc
