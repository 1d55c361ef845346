// Update masks (AIP-134) and etags (AIP-154) of resources. Thread-safe: no state.
#ifndef REDRESS_COMMON_PAGE_MASK_H_
#define REDRESS_COMMON_PAGE_MASK_H_

#include <string>
#include <string_view>

#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/message.h>

#include "absl/status/status.h"

namespace redress::page {

// Copies the fields that `mask` names from `update` to `target`, which must be of the same type. A
// path is dotted, in proto names, and may lead through single messages ("address.street"); lists
// and maps are replaced whole. A named field that is not set in `update` is cleared. An empty mask
// means every field set in `update`; "*" means every field. Neither touches fields that the server
// sets (output_only), nor the top-level `name` and `etag`, nor a top-level field that never changes
// (immutable), which `update` may repeat as it is.
//
// INVALID_ARGUMENT that lists every bad path (unknown, output_only, immutable, name, etag, through
// a list, or "*" beside others), or every immutable field that `update` has with another value;
// `target` is then unchanged.
absl::Status ApplyMask(const google::protobuf::Message& update,
                       const google::protobuf::FieldMask& mask, google::protobuf::Message* target);

}  // namespace redress::page

#endif  // REDRESS_COMMON_PAGE_MASK_H_
