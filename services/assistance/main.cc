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
  spec.services = {assistance::v1::AssistanceService::service_full_name()};
  spec.tables = assistance::StoredTypes();
  spec.create = redress::service::RecordInstance<assistance::AssistanceService>::Create;
  return redress::service::Main(argc, argv, spec);
}
