// How Redress reports errors: an absl::Status whose payload is a google.rpc.Status, so that the
// details reach the client untouched whatever carries them.
//
// Every error that is meant to be seen has a google.rpc.ErrorInfo with a reason in UPPER_SNAKE_CASE
// and the domain "redress". A status without one is an accident: it is never shown (see grpc.h).
// Messages are English; Localize (messages.h) adds the reader's language.
//
// All functions are thread-safe: they have no state.
#ifndef REDRESS_COMMON_STATUS_ERROR_H_
#define REDRESS_COMMON_STATUS_ERROR_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace redress::status {

// The domain of every ErrorInfo.
inline constexpr std::string_view kDomain = "redress";

// Key of the payload that holds the serialised google.rpc.Status.
inline constexpr std::string_view kPayloadUrl = "type.googleapis.com/google.rpc.Status";

// Reasons that common code itself reports. Services add their own, for example CASE_NOT_CLOSABLE.
inline constexpr std::string_view kInvalidFields = "INVALID_FIELDS";
inline constexpr std::string_view kEtagMismatch = "ETAG_MISMATCH";
inline constexpr std::string_view kNotFound = "NOT_FOUND";
inline constexpr std::string_view kAlreadyExists = "ALREADY_EXISTS";
inline constexpr std::string_view kUnavailable = "UNAVAILABLE";
inline constexpr std::string_view kExhausted = "RESOURCE_EXHAUSTED";
inline constexpr std::string_view kPermissionDenied = "PERMISSION_DENIED";
inline constexpr std::string_view kDeadlineExceeded = "DEADLINE_EXCEEDED";
inline constexpr std::string_view kCancelled = "CANCELLED";
inline constexpr std::string_view kInternal = "INTERNAL";

// Names of values that a message mentions. They are shown to the caller: never personal data.
using Metadata = std::map<std::string, std::string>;

// One field that breaks its rule. `field` is a path in proto names: "case.claims[1].statement".
struct FieldViolation {
  std::string field;
  std::string description;
};

// One unmet precondition. `type` is its kind ("DUTY", "STATE"), `subject` what it is about (a
// resource name), `description` how to meet it. A violation of type DUTY names the requirement of
// the plan and its clause too.
struct Violation {
  std::string type;
  std::string subject;
  std::string description;
  std::string duty = {};
  std::string clause = {};

  // What a person reads before the description: "P5.views (三(二)) cases/…/claims/1".
  std::string Label() const;
};

// An error with a reason. Requires code != kOk and a non-empty reason.
absl::Status Error(absl::StatusCode code, std::string_view reason, std::string_view message,
                   Metadata metadata = {});

// INVALID_ARGUMENT, reason INVALID_FIELDS, with a BadRequest that lists every violation.
absl::Status InvalidFields(const std::vector<FieldViolation>& violations);
absl::Status InvalidField(std::string_view field, std::string_view description);

// FAILED_PRECONDITION with a PreconditionFailure that lists every violation, and with the
// UnmetDuties that programs read where they are duties: all of `violations` name one, or none does.
absl::Status Unmet(std::string_view reason, std::string_view message,
                   const std::vector<Violation>& violations, Metadata metadata = {});

// ABORTED, reason ETAG_MISMATCH: somebody else changed the resource since it was read.
absl::Status Conflict();

// NOT_FOUND, metadata {resource_type}. Also the answer where the caller may not know that it
// exists.
absl::Status NotFound(std::string_view resource_type);

// ALREADY_EXISTS, metadata {resource_type}.
absl::Status AlreadyExists(std::string_view resource_type);

// UNAVAILABLE, metadata {part}, with RetryInfo: a part that is needed cannot answer; nothing
// changed.
absl::Status Unavailable(std::string_view part,
                         absl::Duration retry_after = absl::Milliseconds(500));

// RESOURCE_EXHAUSTED, metadata {part}, with RetryInfo: too much at once; nothing was begun.
absl::Status Exhausted(std::string_view part, absl::Duration retry_after = absl::Milliseconds(200));

// UNAUTHENTICATED: who calls is not known. `reason` for example "TOKEN_EXPIRED".
absl::Status Unauthenticated(std::string_view reason,
                             std::string_view message = "the caller is not authenticated");

// PERMISSION_DENIED, metadata {permission}.
absl::Status Denied(std::string_view permission);

// DEADLINE_EXCEEDED and CANCELLED, deliberate.
absl::Status DeadlineExceeded(std::string_view message = "the deadline of the call has passed");
absl::Status Cancelled();

// INTERNAL with a reason: the message is shown to the caller, so it must be neutral. For everything
// else return a plain absl::InternalError, whose text goes to the log only.
absl::Status Internal(std::string_view message);

// The reason of the ErrorInfo with domain "redress"; empty if there is none.
std::string ReasonOf(const absl::Status& status);

// The whole google.rpc.Status (code, message, details). Without a payload: code and message only.
google::rpc::Status DetailsOf(const absl::Status& status);

// Parts of the details; empty if absent.
std::optional<google::rpc::ErrorInfo> ErrorInfoOf(const absl::Status& status);
std::vector<FieldViolation> FieldViolationsOf(const absl::Status& status);
std::vector<Violation> ViolationsOf(const absl::Status& status);
std::optional<absl::Duration> RetryAfterOf(const absl::Status& status);

// An absl::Status that carries exactly these details (used at the receiving end). The code of
// `details` decides; code 0 gives OkStatus.
absl::Status FromDetails(const google::rpc::Status& details);

}  // namespace redress::status

#endif  // REDRESS_COMMON_STATUS_ERROR_H_
