// redress-assistance: what is done for households in need.
#include "common/service/main.h"

#include "common/service/remote_gate.h"
#include "common/status/macros.h"
#include "services/assistance/schema.h"
#include "services/assistance/service.h"

namespace redress::assistance {
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
    instance->service_ =
        std::make_unique<AssistanceService>(environment.runtime(), *instance->store_);
    return instance;
  }

  std::vector<grpc::Service*> services() override { return {service_.get()}; }
  store::AccessGate* gate() override { return &gate_; }

 private:
  explicit Instance(std::shared_ptr<grpc::Channel> registry) : gate_(std::move(registry)) {}

  service::RemoteGate gate_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<AssistanceService> service_;
};

}  // namespace
}  // namespace redress::assistance

int main(int argc, char** argv) {
  namespace assistance = redress::assistance;
  redress::service::Spec spec;
  spec.name = "assistance";
  spec.description = "Redress assistance: what is done for households in need";
  spec.schema = assistance::Schema();
  spec.grants = std::string(assistance::Grants());
  spec.services = {assistance::v1::AssistanceService::service_full_name()};
  spec.tables = assistance::StoredTypes();
  spec.create = assistance::Instance::Create;
  return redress::service::Main(argc, argv, spec);
}
