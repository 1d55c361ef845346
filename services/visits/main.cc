// redress-visits: the diary of the leads, and the hearings.
#include "common/service/main.h"

#include "common/service/remote_gate.h"
#include "common/status/macros.h"
#include "services/visits/schema.h"
#include "services/visits/service.h"

namespace redress::visits {
namespace {

class Instance final : public service::Instance {
 public:
  static absl::StatusOr<std::unique_ptr<service::Instance>> Create(
      service::Environment& environment) {
    RegisterMessages();
    ASSIGN_OR_RETURN(std::shared_ptr<grpc::Channel> registry, environment.Peer("registry"));
    std::unique_ptr<Instance> instance(new Instance(std::move(registry)));
    store::Store::Options options = environment.StoreOptions();
    options.gate = &instance->gate_;
    ASSIGN_OR_RETURN(instance->store_, store::Store::Open(std::move(options)));
    instance->service_ = std::make_unique<VisitsService>(environment.runtime(), *instance->store_);
    return instance;
  }

  std::vector<grpc::Service*> services() override { return {service_.get()}; }
  store::AccessGate* gate() override { return &gate_; }

 private:
  explicit Instance(std::shared_ptr<grpc::Channel> registry) : gate_(std::move(registry)) {}

  service::RemoteGate gate_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<VisitsService> service_;
};

}  // namespace
}  // namespace redress::visits

int main(int argc, char** argv) {
  namespace visits = redress::visits;
  redress::service::Spec spec;
  spec.name = "visits";
  spec.description = "Redress visits: the diary of the leads, and the hearings";
  spec.schema = visits::Schema();
  spec.grants = std::string(visits::Grants());
  spec.services = {visits::v1::VisitsService::service_full_name()};
  spec.tables = visits::StoredTypes();
  spec.create = visits::Instance::Create;
  return redress::service::Main(argc, argv, spec);
}
