// Checks a request against the rules that stand beside its fields (redress.options.v1.rule) and
// against the defaults of FieldRule, and reports every violation at once.
//
// Checked without any rule: strings have at most 256 code points, are valid UTF-8 and have no
// control characters but newline and tab; lists and maps have at most 100 items; bytes at most
// 4096; enums are known values; numbers are finite; a google.type.Date is a real civil date from
// 1900 to 9999; a Timestamp and a Duration are in the range that protobuf defines; messages nest at
// most 32 deep.
//
// A required string, and each string in a list, has something that can be seen: blanks and
// characters without a shape are no text. An enum in a list is not its zero value. A person's name
// (pii kind NAME) has no line breaks, no characters that cannot be seen (zero-width, marks of
// direction) and no blank at its ends; whatever else is written in it, rare characters and
// interpuncts too, is kept as it is.
//
// A request with an `update_mask` (AIP-134) is a partial update: in its resource, a required field
// may be left out where the mask does not name it, or where the mask is empty.
//
// Fields that are output_only are skipped. Rules other than `required` and `min_items` do not apply
// to a field that is not set (proto3: a zero number without `optional` is not set). `required` on
// members of a oneof asks for one of the members.
//
// Rules are compiled once per message type into a flat program and kept for the process.
// Thread-safe.
#ifndef REDRESS_COMMON_VALIDATE_VALIDATE_H_
#define REDRESS_COMMON_VALIDATE_VALIDATE_H_

#include <string>
#include <string_view>
#include <vector>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"

namespace redress::validate {

// OK, or INVALID_ARGUMENT with a BadRequest that lists every violation (status::InvalidFields), by
// paths in proto names: "case.claims[1].statement", "labels[\"k\"]". At most 200 are listed.
// `today` is the date in Asia/Shanghai by the service's clock (for not_future). A rule that cannot
// be compiled (see CheckRules) is INTERNAL, never ignored.
absl::Status Validate(const google::protobuf::Message& request, absl::CivilDay today);

// Compiles the rules of a message type ahead of its first request. The result is for the process.
void Warm(const google::protobuf::Descriptor& message);

// The mistakes in the rules of all messages of a file, or of all that the rpcs of a service take:
// bad RE2, a rule on the wrong type, an impossible range. "redress.x.v1.M.field: …" each; empty if
// there are none. A service refuses to start otherwise.
std::vector<std::string> CheckRules(const google::protobuf::FileDescriptor& file);
std::vector<std::string> CheckRules(const google::protobuf::ServiceDescriptor& service);

// The checks of single values that other code needs too.

// True if `name` matches the pattern of a resource name: "cases/*" matches "cases/01ab". A `*`
// stands for one segment of 1 to 64 characters of [A-Za-z0-9_-].
bool MatchesResource(std::string_view name, std::string_view pattern);

// True if a text has something that can be seen; not for blanks and characters without a shape.
bool HasVisibleText(std::string_view text);

// The number of Unicode code points; -1 for invalid UTF-8 (overlong forms, surrogates and values
// past U+10FFFF are invalid).
int CountRunes(std::string_view text);

}  // namespace redress::validate

#endif  // REDRESS_COMMON_VALIDATE_VALIDATE_H_
