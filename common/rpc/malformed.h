// What cannot be read as a request at all: damaged bytes, text that is not UTF-8. gRPC answers such
// a call before any of our code sees it, with UNIMPLEMENTED and nothing else; this answers
// INVALID_ARGUMENT like every other bad request, counts it and logs it.
#ifndef REDRESS_COMMON_RPC_MALFORMED_H_
#define REDRESS_COMMON_RPC_MALFORMED_H_

#include <grpcpp/grpcpp.h>
#include <grpcpp/support/server_interceptor.h>

#include <memory>
#include <string>
#include <string_view>

#include "common/rpc/runtime.h"

namespace redress::rpc {

// Makes the interceptor of each call to a method of `methods`, which must outlive the server.
class MalformedFactory final : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  explicit MalformedFactory(const MethodTable& methods) : methods_(methods) {}
  grpc::experimental::Interceptor* CreateServerInterceptor(
      grpc::experimental::ServerRpcInfo* info) override;

 private:
  const MethodTable& methods_;
};

}  // namespace redress::rpc

#endif  // REDRESS_COMMON_RPC_MALFORMED_H_
