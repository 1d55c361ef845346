// The instance of a record service: it keeps what is recorded about cases in the generic store, and
// asks registry who may do what with a case.
#ifndef REDRESS_COMMON_SERVICE_RECORD_INSTANCE_H_
#define REDRESS_COMMON_SERVICE_RECORD_INSTANCE_H_

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "common/service/main.h"
#include "common/service/remote_gate.h"
#include "common/service/unit_register.h"
#include "common/status/macros.h"

namespace redress::service {

// Declares the rpcs of a record service.
using MakeService = absl::StatusOr<std::unique_ptr<grpc::Service>> (*)(const rpc::Runtime& runtime,
                                                                       store::Store& store,
                                                                       UnitRegister& units);

class RecordInstance final : public Instance {
 public:
  // FAILED_PRECONDITION where --peers does not name registry or assignment; what Store::Open and
  // `make` fail with.
  static absl::StatusOr<std::unique_ptr<Instance>> Create(Environment& environment,
                                                          MakeService make) {
    ASSIGN_OR_RETURN(std::shared_ptr<grpc::Channel> registry, environment.Peer("registry"));
    ASSIGN_OR_RETURN(std::shared_ptr<grpc::Channel> assignment, environment.Peer("assignment"));
    std::unique_ptr<RecordInstance> instance(
        new RecordInstance(std::move(registry), std::move(assignment)));
    store::Store::Options options = environment.StoreOptions();
    options.gate = &instance->gate_;
    ASSIGN_OR_RETURN(instance->store_, store::Store::Open(std::move(options)));
    ASSIGN_OR_RETURN(instance->service_,
                     make(environment.runtime(), *instance->store_, instance->units_));
    return instance;
  }

  std::vector<grpc::Service*> services() override { return {service_.get()}; }
  store::AccessGate* gate() override { return &gate_; }

 private:
  RecordInstance(std::shared_ptr<grpc::Channel> registry, std::shared_ptr<grpc::Channel> assignment)
      : gate_(std::move(registry)), units_(std::move(assignment)) {}

  RemoteGate gate_;
  RemoteUnitRegister units_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<grpc::Service> service_;
};

}  // namespace redress::service

#endif  // REDRESS_COMMON_SERVICE_RECORD_INSTANCE_H_
