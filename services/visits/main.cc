// redress-visits: the diary of the leads, and the hearings.
#include "common/service/record_instance.h"
#include "services/visits/schema.h"
#include "services/visits/service.h"

int main(int argc, char** argv) {
  namespace visits = redress::visits;
  visits::RegisterMessages();
  redress::service::Spec spec;
  spec.name = "visits";
  spec.description = "Redress visits: the diary of the leads, and the hearings";
  spec.schema = visits::Schema();
  spec.grants = std::string(visits::Grants());
  spec.services = {visits::kServiceName};
  spec.tables = visits::StoredTypes();
  spec.create = [](redress::service::Environment& environment) {
    return redress::service::RecordInstance::Create(environment, visits::MakeService);
  };
  return redress::service::Main(argc, argv, spec);
}
