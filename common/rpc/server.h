// A gRPC server as every service runs it: TLS always, client certificates asked for and verified,
// health, reflection, channelz for the operator, bounds on connections and memory, and a drain that
// lets calls in flight finish.
#ifndef REDRESS_COMMON_RPC_SERVER_H_
#define REDRESS_COMMON_RPC_SERVER_H_

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/rpc/channelz_guard.h"
#include "common/rpc/listener.h"
#include "common/rpc/runtime.h"

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
  // Starts serving `services`, which must outlive this as `runtime` must. FAILED_PRECONDITION where
  // a TLS file is missing or not readable, UNAVAILABLE where the address is taken. Health is
  // NOT_SERVING until SetServing.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const Options& options,
                                                       const Runtime& runtime,
                                                       const std::vector<grpc::Service*>& services);
  ~Server();

  void SetServing(bool serving);
  int port() const { return listener_->port(); }

  // Stops taking connections, tells health watchers, lets calls in flight finish within `grace`,
  // then cancels them. Close the runtime's gate first: until here calls are answered, if only by
  // UNAVAILABLE.
  void Drain(absl::Duration grace);

 private:
  Server() = default;
  std::shared_ptr<ChannelzGuard> guard_;
  std::unique_ptr<Listener> listener_;
  std::unique_ptr<grpc::Server> server_;
  std::vector<std::string> service_names_;
};

}  // namespace redress::rpc

#endif  // REDRESS_COMMON_RPC_SERVER_H_
