// A gRPC service whose rpcs are values: a table from the name of an rpc to what serves it.
//
// Requests and answers are made by their descriptors, so that no code of gRPC is instantiated for
// each rpc: a service that declares its rpcs needs no header of gRPC at all.
#ifndef REDRESS_COMMON_RPC_RPC_SERVICE_H_
#define REDRESS_COMMON_RPC_RPC_SERVICE_H_

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/service_type.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/rpc/handle.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace redress::rpc {

// Serves an admitted call: calls Send or Fail of `answer` once, now or later, on any thread. The
// request lives until then.
using Serve =
    std::function<void(const Call& call, const google::protobuf::Message& request, Answer answer)>;

// Serves by a function whose types are known.
template <class Req, class Resp>
Serve ServeBy(std::function<absl::StatusOr<Resp>(const Call&, const Req&)> fn) {
  return [fn = std::move(fn)](const Call& call, const google::protobuf::Message& request,
                              Answer answer) {
    Answered<Req, Resp>(fn, call, static_cast<const Req&>(request), std::move(answer));
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

// Thread-safe once made. The runtime must outlive it.
class RpcService final : public grpc::Service {
 public:
  // The service called `full_name`, "redress.visits.v1.VisitsService", with `rpcs` by the name of
  // the method. Its rpcs are unary. INTERNAL, naming each, where a method of the service is not
  // served or what is served is no method of it: a mistake that the first start finds.
  static absl::StatusOr<std::unique_ptr<RpcService>> Create(const Runtime& runtime,
                                                            const std::string& full_name,
                                                            std::map<std::string, Serve> rpcs);

 private:
  struct Rpc {
    std::string path;  // gRPC keeps the pointer
    Serve serve;
    const google::protobuf::Message* request = nullptr;
    const google::protobuf::Message* response = nullptr;
  };

  explicit RpcService(const Runtime& runtime) : runtime_(runtime) {}
  void Add(std::unique_ptr<Rpc> rpc);
  grpc::ServerUnaryReactor* Run(const Rpc& rpc, grpc::CallbackServerContext* context,
                                const grpc::ByteBuffer* request, grpc::ByteBuffer* response) const;

  const Runtime& runtime_;
  std::vector<std::unique_ptr<Rpc>> rpcs_;
};

}  // namespace redress::rpc

#endif  // REDRESS_COMMON_RPC_RPC_SERVICE_H_
