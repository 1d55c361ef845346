// The rpcs of SupervisionService. The proto file says what each does, answers.h how.
#ifndef REDRESS_SERVICES_SUPERVISION_SERVICE_H_
#define REDRESS_SERVICES_SUPERVISION_SERVICE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "common/service/rpcs.h"
#include "services/supervision/answers.h"

namespace redress::supervision {

inline constexpr char kServiceName[] = "redress.supervision.v1.SupervisionService";

// The texts that this service's refusals are shown with. Call once, before serving.
void RegisterMessages();

// The service; thread-safe. Everything given must outlive it.
absl::StatusOr<std::unique_ptr<grpc::Service>> MakeService(const rpc::Runtime& runtime,
                                                           Answers& answers, store::Store& store);

}  // namespace redress::supervision

#endif  // REDRESS_SERVICES_SUPERVISION_SERVICE_H_
