// Where a database is and who we are there.
#ifndef REDRESS_COMMON_DB_ENDPOINT_H_
#define REDRESS_COMMON_DB_ENDPOINT_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"

namespace redress::db {

struct Endpoint {
  std::string host;      // ignored if `socket` is set
  uint16_t port = 3306;  // ignored if `socket` is set
  std::string socket;    // path of a local socket
  std::string user;
  std::string password;
  std::string database;  // may be empty for administration
  // PEM file of the CA that signed the server's certificate. If set, the connection must be TLS
  // with a certificate of that CA for `host`. A host that is not this machine is refused without.
  std::string tls_ca;

  // Whole seconds; zero means none. The read timeout is the guard against a dead network only
  // (statements are stopped by the server, see Connection::SetDeadline): keep it above every rpc
  // deadline, and zero for migrations.
  absl::Duration connect_timeout = absl::Seconds(3);
  absl::Duration read_timeout = absl::Seconds(30);
};

// Prepares the client library. Call once in main before any other thread exists: the library's
// first use is not thread-safe. Calling it again is harmless.
void OpenDriver();

}  // namespace redress::db

#endif  // REDRESS_COMMON_DB_ENDPOINT_H_
