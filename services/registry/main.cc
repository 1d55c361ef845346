#include "common/service/main.h"
#include "services/registry/case_facts.h"
#include "services/registry/schema.h"
#include "services/registry/service.h"
#include "services/registry/store.h"

namespace redress::registry {
namespace {

class RegistryInstance final : public service::Instance {
 public:
  static absl::StatusOr<std::unique_ptr<service::Instance>> Create(
      service::Environment& environment) {
    RegisterMessages();
    auto instance = std::make_unique<RegistryInstance>();
    ASSIGN_OR_RETURN(instance->store_, RegistryStore::Open(environment));
    ASSIGN_OR_RETURN(instance->evaluator_, CaseEvaluator::Create(environment));
    ASSIGN_OR_RETURN(std::shared_ptr<grpc::Channel> assignment, environment.Peer("assignment"));
    instance->units_ = std::make_unique<service::RemoteUnitRegister>(assignment);
    instance->registry_ =
        std::make_unique<RegistryService>(environment, *instance->store_, *instance->evaluator_,
                                          *instance->units_, std::move(assignment));
    instance->access_ =
        std::make_unique<AccessService>(environment, *instance->store_, *instance->evaluator_);
    ASSIGN_OR_RETURN(instance->registry_rpcs_, instance->registry_->Build());
    ASSIGN_OR_RETURN(instance->access_rpcs_, instance->access_->Build());
    return instance;
  }

  std::vector<grpc::Service*> services() override {
    return {registry_rpcs_.get(), access_rpcs_.get()};
  }
  store::AccessGate* gate() override { return &store_->gate(); }

 private:
  std::unique_ptr<RegistryStore> store_;
  std::unique_ptr<CaseEvaluator> evaluator_;
  std::unique_ptr<service::UnitRegister> units_;
  std::unique_ptr<RegistryService> registry_;
  std::unique_ptr<AccessService> access_;
  std::unique_ptr<grpc::Service> registry_rpcs_;
  std::unique_ptr<grpc::Service> access_rpcs_;
};

}  // namespace
}  // namespace redress::registry

int main(int argc, char** argv) {
  using namespace redress;  // NOLINT: a main is one screen
  service::Spec spec;
  spec.name = "registry";
  spec.description = "Registers petition matters and keeps what is owed about them.";
  spec.schema = registry::Schema();
  spec.grants = registry::Grants();
  spec.services = {registry::kRegistryService, registry::kAccessService};
  spec.tables = registry::StoredTypes();
  spec.create = registry::RegistryInstance::Create;
  return service::Main(argc, argv, spec);
}
