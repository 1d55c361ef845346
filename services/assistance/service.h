// The rpcs of AssistanceService. The proto file says what each does; service.cc declares which rule
// or query is behind each. Of the case, the rules are told its name and campaign and nothing else.
#ifndef REDRESS_SERVICES_ASSISTANCE_SERVICE_H_
#define REDRESS_SERVICES_ASSISTANCE_SERVICE_H_

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "common/service/rpcs.h"
#include "google/protobuf/descriptor.h"

namespace redress::assistance {

inline constexpr char kServiceName[] = "redress.assistance.v1.AssistanceService";

// The texts that this service's refusals are shown with. Call once, before serving.
void RegisterMessages();

// The messages that assistance stores.
std::vector<const google::protobuf::Descriptor*> StoredTypes();

// The service; thread-safe. Everything given must outlive it.
absl::StatusOr<std::unique_ptr<grpc::Service>> MakeService(const rpc::Runtime& runtime,
                                                           store::Store& store,
                                                           service::UnitRegister& units);

}  // namespace redress::assistance

#endif  // REDRESS_SERVICES_ASSISTANCE_SERVICE_H_
