// Request validation: whatever parses as a request is judged OK or INVALID_ARGUMENT, never anything
// else.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "common/validate/validate.h"
#include "redress/assistance/v1/assistance.pb.h"
#include "redress/registry/v1/registry.pb.h"
#include "redress/visits/v1/visits.pb.h"

namespace {

template <class Request>
void Judge(const uint8_t* data, size_t size) {
  Request request;
  if (!request.ParseFromArray(data, static_cast<int>(size))) return;
  const absl::Status status = redress::validate::Validate(request, absl::CivilDay(2018, 5, 20));
  if (!status.ok() && !absl::IsInvalidArgument(status)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Judge<redress::registry::v1::RegisterCaseRequest>(data, size);
  Judge<redress::registry::v1::ServeDocumentRequest>(data, size);
  Judge<redress::visits::v1::RecordVisitRequest>(data, size);
  Judge<redress::assistance::v1::PlanAssistanceRequest>(data, size);
  return 0;
}
