// Fields of request messages from text: what a flag's value means, and JSON.
//
// No function keeps state; a CaseLookup may call a service.
#ifndef REDRESS_CLIENTS_CTL_FIELDS_H_
#define REDRESS_CLIENTS_CTL_FIELDS_H_

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "clients/ctl/labels.h"
#include "clients/ctl/names.h"

namespace redress::ctl {

// What reading a value may need from outside.
struct FieldContext {
  absl::CivilDay today;   // what "today" means
  Lang lang = Lang::kEn;  // of what is said about a bad value
  std::string case_name;  // the case that the command is about, if known yet
  CaseLookup lookup;
};

// The message types that one flag fills as a whole.
bool IsDate(const google::protobuf::Descriptor* type);
bool IsTimestamp(const google::protobuf::Descriptor* type);
bool IsLocalizedText(const google::protobuf::Descriptor* type);

// Sets a field, or adds to a repeated one. Dates are YYYY-MM-DD or "today"; instants RFC 3339 or a
// date (09:00 in Shanghai); enums as labels.h reads them; amounts in fen, or in yuan where "元" or
// "yuan" follows; long texts may be @FILE, or @- for standard input; messages are
// "key=value,key=value" or JSON. INVALID_ARGUMENT, saying what is accepted, otherwise.
absl::Status SetFromText(google::protobuf::Message& message,
                         const google::protobuf::FieldDescriptor& field, std::string_view text,
                         const FieldContext& context);

// What a flag's value looks like, for --help: "YYYY-MM-DD", "in-person|letter|…".
std::string ValueHint(const google::protobuf::FieldDescriptor& field, Lang lang);

// Merges a JSON object into a message: fields that it has replace those of the message, lists too.
// INVALID_ARGUMENT, with the parser's reason, for what does not fit the message.
absl::Status MergeJson(google::protobuf::Message& message, std::string_view json);

// A message as JSON with the field names of the .proto.
std::string ToJson(const google::protobuf::Message& message, bool pretty);

// The content of a file, or of standard input for "-". INVALID_ARGUMENT where it cannot be read.
absl::StatusOr<std::string> ReadInput(const std::string& path);

}  // namespace redress::ctl

#endif  // REDRESS_CLIENTS_CTL_FIELDS_H_
