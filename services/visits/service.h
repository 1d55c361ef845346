// The rpcs of VisitsService. The proto file says what each does; service.cc declares which rule or
// query is behind each.
#ifndef REDRESS_SERVICES_VISITS_SERVICE_H_
#define REDRESS_SERVICES_VISITS_SERVICE_H_

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "common/service/rpcs.h"
#include "google/protobuf/descriptor.h"

namespace redress::visits {

inline constexpr char kServiceName[] = "redress.visits.v1.VisitsService";

// The texts that this service's refusals are shown with. Call once, before serving.
void RegisterMessages();

// The messages that visits stores.
std::vector<const google::protobuf::Descriptor*> StoredTypes();

// The service; thread-safe. Everything given must outlive it.
absl::StatusOr<std::unique_ptr<grpc::Service>> MakeService(const rpc::Runtime& runtime,
                                                           store::Store& store,
                                                           service::UnitRegister& units);

}  // namespace redress::visits

#endif  // REDRESS_SERVICES_VISITS_SERVICE_H_
