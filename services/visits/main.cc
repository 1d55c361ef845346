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
    instance->service_ =
        std::make_unique<VisitsService>(environment.runtime(), *instance->store_);
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
  return redress::service::Main(
      argc, argv,
      {.name = "visits",
       .description = "Redress visits: the diary of the leads, and the hearings",
       .schema = visits::Schema(),
       .grants = std::string(visits::Grants()),
       .services = {google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
           visits::v1::VisitsService::service_full_name())},
       .tables = visits::StoredTypes(),
       .create = visits::Instance::Create});
}
