// The connections of a server, so that their number is bounded: whoever only connects, and never
// says who they are, makes way for others.
#ifndef REDRESS_COMMON_RPC_CONNECTIONS_H_
#define REDRESS_COMMON_RPC_CONNECTIONS_H_

#include <sys/types.h>

#include <cstdint>
#include <list>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace redress::rpc {

// What tells a socket from a later one of the same descriptor; zero where there is no such socket.
ino_t InodeOf(int fd);

// Thread-safe. The sockets are gRPC's: they are never closed here, at most shut down, and one that
// gRPC has closed is recognised by its inode.
class Connections {
 public:
  struct Options {
    size_t most = 512;
    // How long a new connection may take to say who calls before it makes way for another.
    absl::Duration grace = absl::Seconds(2);
  };

  Connections() : Connections(Options()) {}
  explicit Connections(Options options) : options_(options) {}

  // The socket `fd` was accepted from `peer` ("ipv4:127.0.0.1:40312", as gRPC names it). Where
  // there are `most` already, the oldest whose caller is not known is shut down for it; false where
  // every one is known or within its grace: the new one is to be closed.
  bool Add(int fd, std::string peer, absl::Time now);

  // A call over the connection of `peer` has shown who makes it.
  void Known(std::string_view peer);

  // Those that are open; the closed are forgotten on the way.
  size_t open();

 private:
  struct Connection {
    int fd;
    ino_t inode;
    std::string peer;
    absl::Time since;
    bool known = false;
  };

  void ForgetClosed() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Options options_;
  absl::Mutex mutex_;
  std::list<Connection> connections_ ABSL_GUARDED_BY(mutex_);  // oldest first
  absl::flat_hash_map<std::string, std::list<Connection>::iterator> by_peer_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace redress::rpc

#endif  // REDRESS_COMMON_RPC_CONNECTIONS_H_
