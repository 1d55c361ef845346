// A gRPC server as every service runs it: TLS always, client certificates asked for and verified,
// health, reflection, channelz, and a drain that lets calls in flight finish.
#ifndef REDRESS_COMMON_RPC_SERVER_H_
#define REDRESS_COMMON_RPC_SERVER_H_

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace redress::rpc {

// The PEM files of an endpoint. There is no way to run without them.
struct TlsFiles {
  std::string certificate;
  std::string key;  // mode 0600
  std::string ca;
};

// Thread-safe.
class Server {
 public:
  struct Options {
    std::string listen;  // "127.0.0.1:7401"; port 0 takes any free port
    TlsFiles tls;
    std::vector<std::string> service_names;  // full names, for health checks by service
  };
  // Starts serving `services`, which must outlive this. FAILED_PRECONDITION where a TLS file is
  // missing or not readable, UNAVAILABLE where the address is taken. Health is NOT_SERVING until
  // SetServing.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const Options& options,
                                                       const std::vector<grpc::Service*>& services);
  ~Server();

  void SetServing(bool serving);
  int port() const { return port_; }

  // Stops taking calls, tells health watchers, lets those in flight finish within `grace`, then
  // cancels them.
  void Drain(absl::Duration grace);

 private:
  Server() = default;
  std::unique_ptr<grpc::Server> server_;
  std::vector<std::string> service_names_;
  int port_ = 0;
};

}  // namespace redress::rpc

#endif  // REDRESS_COMMON_RPC_SERVER_H_
