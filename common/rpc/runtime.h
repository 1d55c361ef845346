// What every rpc of a process shares: who may call (method table, token verifier), where it runs
// (worker pool), how it is counted and recorded (metrics, audit sink).
#ifndef REDRESS_COMMON_RPC_RUNTIME_H_
#define REDRESS_COMMON_RPC_RUNTIME_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/auth/token.h"
#include "common/base/clock.h"
#include "common/metrics/rpc.h"
#include "common/rpc/answers.h"
#include "common/rpc/call.h"
#include "common/rpc/call_gate.h"
#include "common/rpc/connections.h"
#include "common/rpc/worker_pool.h"
#include "google/protobuf/descriptor.h"
#include "redress/options/v1/options.pb.h"

namespace redress::rpc {

// One rpc, as its .proto describes it.
struct Method {
  std::string full_name;  // "redress.registry.v1.RegistryService/GetCase"
  options::v1::MethodPolicy policy;
  bool mutates = false;  // its request has a request_id
  metrics::MethodMetrics* metrics = nullptr;
};

// The rpcs of a process by their request message. Immutable once serving begins, so reading is
// thread-safe.
class MethodTable {
 public:
  explicit MethodTable(metrics::RpcMetrics& rpc_metrics) : rpc_metrics_(rpc_metrics) {}
  // Adds every rpc of a service. INVALID_ARGUMENT, naming each offence, where an rpc has no policy,
  // an unknown permission, a request that another rpc uses too, or a field rule that cannot be
  // compiled: such a service must not start.
  absl::Status Add(const google::protobuf::ServiceDescriptor& service);
  // REQUIRES: the request belongs to an added service; aborts otherwise.
  const Method& For(const google::protobuf::Descriptor* request) const;
  // By "redress.registry.v1.RegistryService/GetCase"; null where no such rpc was added.
  const Method* Find(std::string_view full_name) const;
  std::vector<const Method*> All() const;

 private:
  metrics::RpcMetrics& rpc_metrics_;
  absl::flat_hash_map<const google::protobuf::Descriptor*, std::unique_ptr<Method>> methods_;
  absl::flat_hash_map<std::string, const Method*> by_name_;
};

// Where readings of personal data and denials are recorded. Thread-safe.
class AuditSink {
 public:
  virtual ~AuditSink() = default;
  // Records that `call` reads personal data of `resources`, or searched and found none where there
  // are none; calls `done` once that is on disk, or with the reason why not.
  virtual void Read(const Call& call, std::vector<std::string> resources,
                    std::function<void(absl::Status)> done) = 0;
  // Counts a denial. `caller` is empty where who called is not known, `resource` where it is about
  // none. `reason` is the true one, whatever the caller is told.
  virtual void Denied(const auth::Identity& caller, std::string_view method,
                      std::string_view reason, std::string_view resource) = 0;
};

struct Runtime {
  const MethodTable& methods;
  const auth::TokenVerifier& tokens;
  const base::Clock& clock;
  WorkerPool& workers;
  WorkerPool& inner_workers;  // for rpcs that other services wait for (MethodPolicy.inner)
  AuditSink& audit;
  std::shared_ptr<CallGate> calls = std::make_shared<CallGate>();
  std::shared_ptr<Answers> answers = std::make_shared<Answers>();
  std::shared_ptr<Connections> connections = std::make_shared<Connections>();
};

}  // namespace redress::rpc

#endif  // REDRESS_COMMON_RPC_RUNTIME_H_
