// The five services as they are deployed: real binaries, real TLS, a database each on the test
// server, a simulated clock. For end-to-end tests.
//
//   Cluster cluster;
//   Client clerk = cluster.Person({.official = "officials/clerk", .unit = "units/office",
//                                  .roles = {types::v1::ROLE_OFFICE_CLERK}});
//   auto file = clerk.Call(&registry::v1::RegistryService::Stub::GetCase, request);
//
// Failing to start ends the process with the logs: no test could go on. The logs are shown at the
// end too where a test failed. Thread-safe, but Start, Kill and Terminate are for the thread that
// made the cluster.
#ifndef REDRESS_TESTS_E2E_CLUSTER_H_
#define REDRESS_TESTS_E2E_CLUSTER_H_

#include <grpcpp/grpcpp.h>
#include <sys/types.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/auth/token.h"
#include "common/base/ids.h"
#include "common/db/connection.h"
#include "common/db/endpoint.h"
#include "common/status/grpc.h"
#include "google/protobuf/message.h"

namespace redress::testing {

// The names of the five services.
const std::vector<std::string>& AllServices();

class Cluster;

// Who calls, and how: a person by a token, a machine by its certificate. Thread-safe.
class Client {
 public:
  // Calls an rpc of the service whose package the request belongs to, or of `at` for the rpcs that
  // every service has. A request_id that the request asks for and does not have is filled in.
  template <class Stub, class Req, class Resp>
  absl::StatusOr<Resp> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&, Resp*),
                            Req request, const std::string& at = "") const {
    FillRequestId(request);
    grpc::ClientContext context;
    Prepare(context);
    Stub stub(ChannelTo(at.empty() ? ServiceOf(*Req::descriptor()) : at));
    Resp response;
    const grpc::Status status = (stub.*method)(&context, request, &response);
    if (!status.ok()) return status::FromGrpc(status);
    return response;
  }

  // The token and the deadline, for calls that are made otherwise.
  void Prepare(grpc::ClientContext& context) const;
  std::shared_ptr<grpc::Channel> ChannelTo(const std::string& service) const;

  // How long a call may take; 10 s at first.
  Client WithTimeout(absl::Duration timeout) const;
  // The language that errors are told in.
  Client Speaking(std::string language) const;

 private:
  friend class Cluster;
  static void FillRequestId(google::protobuf::Message& request);
  static std::string ServiceOf(const google::protobuf::Descriptor& request);

  const Cluster* cluster_ = nullptr;
  std::string certificate_;  // folder of a machine's certificate; empty for a person
  std::string token_;
  std::string language_;
  absl::Duration timeout_ = absl::Seconds(10);
};

class Cluster {
 public:
  // Makes databases and keys, and starts `services` (the others can be started later).
  // `calendar_until`: see UseCalendar.
  explicit Cluster(std::vector<std::string> services = AllServices(),
                   std::string log_level = "debug", int calendar_until = 0);
  ~Cluster();
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  // A person with a token. The subject is the official unless it is given.
  Client Person(auth::Identity identity) const;
  // Nobody: no token, no certificate.
  Client Stranger() const;
  // A token that is not ours, or is damaged, or anything else that is sent as one.
  Client WithToken(std::string token) const;
  // The county platform, and one of the five services, by their certificates.
  Client County() const;
  Client Service(const std::string& name) const;

  std::string TokenOf(auth::Identity identity) const;

  // Moves the simulated clock of every running service to nine o'clock in Shanghai on `day`, or to
  // `time`.
  void SetTime(absl::CivilDay day);
  void SetTime(absl::Time time);

  // Gives all services the seed's calendar as if it ended with a year; whole for 0. Those that run
  // take it by themselves, and refuse one that ends earlier than before.
  void UseCalendar(int last_year);

  // Starts a service that does not run, and waits until it serves.
  void Start(const std::string& service);
  // SIGKILL: gone in the middle of whatever it does.
  void Kill(const std::string& service);
  // SIGTERM: drains. Its exit code.
  int Terminate(const std::string& service);
  bool Running(const std::string& service) const;

  // A connection to a service's database as the administrator.
  std::unique_ptr<db::Connection> Database(const std::string& service) const;
  // What a service has logged.
  std::string Log(const std::string& service) const;
  // What it tells Prometheus.
  std::string Metrics(const std::string& service) const;
  // The public key of a service's checkpoints, PEM.
  std::string FeedKey(const std::string& service) const;

  // Writes operator.toml and county.toml as deploy/up does, for the programs that read profiles.
  // The folder that they lie in, which goes with the cluster.
  std::string WriteProfiles() const;

  // The binary of a service, for its commands beside `serve`.
  std::string BinaryOf(const std::string& service) const;
  // A folder for a test's own files, which goes with the cluster.
  const std::string& Folder() const { return folder_; }
  std::string AddressOf(const std::string& service) const;
  std::string DatabaseName(const std::string& service) const;
  // A file of the keys' folder as deploy/lib/pki.sh lays it out, for example "registry/cert.pem".
  std::string ReadPem(const std::string& path) const;
  // The memory that a running service holds.
  int64_t ResidentKilobytes(const std::string& service) const;

 private:
  friend class Client;
  struct Process {
    pid_t pid = -1;
    int port = 0;
    int metrics_port = 0;
    std::string database;
    std::string user;
  };

  std::vector<std::string> ServeCommand(const std::string& service) const;
  std::vector<std::string> MigrateCommand(const std::string& service) const;
  pid_t Spawn(const std::string& service, const std::vector<std::string>& command) const;
  void Launch(const std::string& service);
  void AwaitServing(const std::string& service) const;
  std::shared_ptr<grpc::Channel> ChannelTo(const std::string& service,
                                           const std::string& certificate) const;
  [[noreturn]] void Fail(const std::string& service, const std::string& what) const;
  void DumpLogs() const;

  const std::string log_level_;
  db::Endpoint server_;
  std::string folder_;
  std::string suffix_;
  std::map<std::string, Process> processes_;
  std::unique_ptr<const auth::TokenIssuer> issuer_;
};

}  // namespace redress::testing

#endif  // REDRESS_TESTS_E2E_CLUSTER_H_
