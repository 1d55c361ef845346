// The instance of a record service: it keeps what is recorded about cases in the generic store, and
// asks registry who may do what with a case.
#ifndef REDRESS_COMMON_SERVICE_RECORD_INSTANCE_H_
#define REDRESS_COMMON_SERVICE_RECORD_INSTANCE_H_

#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "common/service/main.h"
#include "common/service/remote_gate.h"
#include "common/service/unit_register.h"
#include "common/status/macros.h"

namespace redress::service {

// `Service` is the gRPC service, made from (const rpc::Runtime&, store::Store&), and a
// UnitRegister& where its records name units.
template <class Service>
class RecordInstance final : public Instance {
 public:
  // FAILED_PRECONDITION where --peers does not name registry, or assignment where it is asked; what
  // Store::Open fails with.
  static absl::StatusOr<std::unique_ptr<Instance>> Create(Environment& environment) {
    ASSIGN_OR_RETURN(std::shared_ptr<grpc::Channel> registry, environment.Peer("registry"));
    std::unique_ptr<RecordInstance> instance(new RecordInstance(std::move(registry)));
    store::Store::Options options = environment.StoreOptions();
    options.gate = &instance->gate_;
    ASSIGN_OR_RETURN(instance->store_, store::Store::Open(std::move(options)));
    if constexpr (std::is_constructible_v<Service, const rpc::Runtime&, store::Store&,
                                          UnitRegister&>) {
      ASSIGN_OR_RETURN(std::shared_ptr<grpc::Channel> assignment, environment.Peer("assignment"));
      instance->units_ = std::make_unique<RemoteUnitRegister>(std::move(assignment));
      instance->service_ =
          std::make_unique<Service>(environment.runtime(), *instance->store_, *instance->units_);
    } else {
      instance->service_ = std::make_unique<Service>(environment.runtime(), *instance->store_);
    }
    return instance;
  }

  std::vector<grpc::Service*> services() override { return {service_.get()}; }
  store::AccessGate* gate() override { return &gate_; }

 private:
  explicit RecordInstance(std::shared_ptr<grpc::Channel> registry) : gate_(std::move(registry)) {}

  RemoteGate gate_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<UnitRegister> units_;
  std::unique_ptr<Service> service_;
};

}  // namespace redress::service

#endif  // REDRESS_COMMON_SERVICE_RECORD_INSTANCE_H_
