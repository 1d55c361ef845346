// Accepts connections for a gRPC server. gRPC 1.51 accepts without a bound; this hands it only what
// Connections has room for.
#ifndef REDRESS_COMMON_RPC_LISTENER_H_
#define REDRESS_COMMON_RPC_LISTENER_H_

#include <grpcpp/grpcpp.h>
#include <sys/types.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/rpc/connections.h"

namespace redress::rpc {

// Start and Stop belong to one thread.
class Listener {
 public:
  using Acceptor = grpc::experimental::ExternalConnectionAcceptor;

  // Listens on "host:port" or "[v6]:port"; port 0 takes any free port. INVALID_ARGUMENT where it is
  // neither, UNAVAILABLE where the address is taken.
  static absl::StatusOr<std::unique_ptr<Listener>> Open(const std::string& address);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  int port() const { return port_; }
  // Begins to accept. Until then clients wait in the socket's queue.
  void Start(std::unique_ptr<Acceptor> acceptor, std::shared_ptr<Connections> connections);
  // Accepts no more: who connects from now on is refused. May be repeated.
  void Stop();
  // Shuts down every connection that was accepted and is open still. REQUIRES: stopped.
  void CloseConnections();

 private:
  Listener() = default;
  void Run();
  void Remember(int fd);

  int socket_ = -1;
  int wake_ = -1;
  int port_ = 0;
  std::unique_ptr<Acceptor> acceptor_;
  std::shared_ptr<Connections> connections_;
  // Descriptor and inode of what was accepted; of the thread until it has ended.
  std::vector<std::pair<int, ino_t>> accepted_;
  std::thread thread_;
};

}  // namespace redress::rpc

#endif  // REDRESS_COMMON_RPC_LISTENER_H_
