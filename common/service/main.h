// The main function of a service binary:
//   redress-<service> serve [flags]         serves until SIGTERM or SIGINT, then drains
//   redress-<service> migrate [flags]       brings its database to its schema and grants the
//   service's user its rights
// Exit codes: 0 drained; 1 could not start or go on, with the reason on stderr; 2 wrong flags.
#ifndef REDRESS_COMMON_SERVICE_MAIN_H_
#define REDRESS_COMMON_SERVICE_MAIN_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/db/migrate.h"
#include "common/service/environment.h"
#include "google/protobuf/descriptor.h"

namespace redress::service {

// A running service: what it serves beside the shared rpcs.
class Instance {
 public:
  virtual ~Instance() = default;
  virtual std::vector<grpc::Service*> services() = 0;
  // How access to cases is decided; may be null.
  virtual store::AccessGate* gate() = 0;
  // Background work begins once the server listens, and ends before it is gone.
  virtual void Start() {}
  virtual void Stop() {}
};

struct Spec {
  std::string name;                   // "registry"
  std::string description;            // one line for --help
  std::vector<db::Migration> schema;  // its own: versions below 1000
  std::string grants;
  // The full names of its own gRPC services, and the messages that it stores.
  std::vector<std::string> services;
  std::vector<const google::protobuf::Descriptor*> tables;
  std::function<absl::StatusOr<std::unique_ptr<Instance>>(Environment&)> create;
};

int Main(int argc, char** argv, const Spec& spec);

}  // namespace redress::service

#endif  // REDRESS_COMMON_SERVICE_MAIN_H_
