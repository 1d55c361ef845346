// redress-assistance: what is done for households in need.
#include "common/service/record_instance.h"
#include "services/assistance/schema.h"
#include "services/assistance/service.h"

int main(int argc, char** argv) {
  namespace assistance = redress::assistance;
  assistance::RegisterMessages();
  redress::service::Spec spec;
  spec.name = "assistance";
  spec.description = "Redress assistance: what is done for households in need";
  spec.schema = assistance::Schema();
  spec.grants = std::string(assistance::Grants());
  spec.services = {assistance::kServiceName};
  spec.tables = assistance::StoredTypes();
  spec.create = [](redress::service::Environment& environment) {
    return redress::service::RecordInstance::Create(environment, assistance::MakeService);
  };
  return redress::service::Main(argc, argv, spec);
}
