// Carries absl::Status over gRPC with its details (grpc-status-details-bin), and keeps internal
// text from leaving the server.
//
// Thread-safe: no state.
#ifndef REDRESS_COMMON_STATUS_GRPC_H_
#define REDRESS_COMMON_STATUS_GRPC_H_

#include <string_view>

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace redress::status {

// For the wire. OK stays OK; a status with an ErrorInfo goes as it is. Without one it was not meant
// to be seen: INTERNAL, UNKNOWN and DATA_LOSS become INTERNAL "internal error" with the reason
// INTERNAL, so that no internal text leaks; other codes keep their text and get the code's name as
// the reason. Both get the metadata {trace_id} (if given), by which the operator finds the log
// line.
//
// With `lang` ("zh" or "en") the answer also has a LocalizedMessage, internal errors included.
//
// The answer is kept within the 8 KiB of trailing metadata that gRPC clients accept: violations
// that do not fit are left out from the end and counted in the metadata {omitted_violations}.
grpc::Status ToGrpc(const absl::Status& status, std::string_view trace_id = {},
                    std::string_view lang = {});

// From the wire, details included. Details that do not parse or do not agree with the code are
// dropped; code and message stay.
absl::Status FromGrpc(const grpc::Status& status);

}  // namespace redress::status

#endif  // REDRESS_COMMON_STATUS_GRPC_H_
