// What holds for fields and rpcs whose .proto says nothing else, by their names. Thread-safe; what
// is returned lives as long as the process.
//
//   request_id   required, a UUID
//   etag         at most 64 characters
//   page_size    not negative; a larger page than a list gives is no mistake (AIP-158)
//   page_token   at most 512 characters
//   an rpc       five seconds at most, unless it streams
#ifndef REDRESS_COMMON_OPTIONS_CONVENTIONS_H_
#define REDRESS_COMMON_OPTIONS_CONVENTIONS_H_

#include "google/protobuf/descriptor.h"
#include "redress/options/v1/options.pb.h"

namespace redress::options {

// The rule that a field keeps: its own, or the convention's where it has none.
const v1::FieldRule& RuleOf(const google::protobuf::FieldDescriptor& field);

// The longest time, in milliseconds, that a server spends on a call of the rpc. Zero for streams,
// which last until the client ends them.
int DeadlineMs(const google::protobuf::MethodDescriptor& method);

}  // namespace redress::options

#endif  // REDRESS_COMMON_OPTIONS_CONVENTIONS_H_
