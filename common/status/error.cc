#include "common/status/error.h"

#include <google/protobuf/any.pb.h>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "common/base/view.h"
#include "redress/types/v1/unmet.pb.h"

namespace redress::status {
namespace {

using base::AbslView;

google::rpc::Status Envelope(absl::StatusCode code, std::string_view message) {
  google::rpc::Status details;
  details.set_code(static_cast<int>(code));
  details.set_message(message.data(), message.size());
  return details;
}

void AddErrorInfo(google::rpc::Status* details, std::string_view reason, const Metadata& metadata) {
  google::rpc::ErrorInfo info;
  info.set_reason(reason.data(), reason.size());
  info.set_domain(kDomain.data(), kDomain.size());
  for (const auto& [key, value] : metadata) (*info.mutable_metadata())[key] = value;
  details->add_details()->PackFrom(info);
}

void AddRetryInfo(google::rpc::Status* details, absl::Duration after) {
  google::rpc::RetryInfo retry;
  const int64_t seconds = absl::IDivDuration(after, absl::Seconds(1), &after);
  retry.mutable_retry_delay()->set_seconds(seconds);
  retry.mutable_retry_delay()->set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(after)));
  details->add_details()->PackFrom(retry);
}

template <class Detail>
std::optional<Detail> Find(const absl::Status& status) {
  const google::rpc::Status details = DetailsOf(status);
  for (const google::protobuf::Any& any : details.details()) {
    Detail detail;
    if (any.Is<Detail>() && any.UnpackTo(&detail)) return detail;
  }
  return std::nullopt;
}

}  // namespace

absl::Status FromDetails(const google::rpc::Status& details) {
  if (details.code() == 0) return absl::OkStatus();
  absl::Status status(static_cast<absl::StatusCode>(details.code()), details.message());
  status.SetPayload(AbslView(kPayloadUrl), absl::Cord(details.SerializeAsString()));
  return status;
}

absl::Status Error(absl::StatusCode code, std::string_view reason, std::string_view message,
                   Metadata metadata) {
  google::rpc::Status details = Envelope(code, message);
  AddErrorInfo(&details, reason, metadata);
  return FromDetails(details);
}

absl::Status InvalidFields(const std::vector<FieldViolation>& violations) {
  std::string message = "invalid fields";
  google::rpc::BadRequest bad;
  for (const FieldViolation& v : violations) {
    auto* added = bad.add_field_violations();
    added->set_field(v.field);
    added->set_description(v.description);
    absl::StrAppend(&message, bad.field_violations_size() == 1 ? ": " : "; ", v.field, " ",
                    v.description);
  }
  // The full list is in the details; the message must fit in an HTTP/2 header block.
  constexpr size_t kMaxMessage = 500;
  if (message.size() > kMaxMessage) {
    message = absl::StrCat("invalid fields: ", violations.size(), " violations, see the details");
  }
  google::rpc::Status details = Envelope(absl::StatusCode::kInvalidArgument, message);
  AddErrorInfo(&details, kInvalidFields, {});
  details.add_details()->PackFrom(bad);
  return FromDetails(details);
}

absl::Status InvalidField(std::string_view field, std::string_view description) {
  return InvalidFields({{std::string(field), std::string(description)}});
}

std::string Violation::Label() const {
  if (duty.empty()) return subject.empty() ? type : subject;
  return absl::StrCat(duty, " (", clause, ") ", subject);
}

absl::Status Unmet(std::string_view reason, std::string_view message,
                   const std::vector<Violation>& violations, Metadata metadata) {
  google::rpc::PreconditionFailure failure;
  types::v1::UnmetDuties duties;
  for (const Violation& v : violations) {
    auto* added = failure.add_violations();
    added->set_type(v.type);
    added->set_subject(v.subject);
    added->set_description(v.description);
    if (v.duty.empty()) continue;
    auto* duty = duties.add_duties();
    duty->set_id(v.duty);
    duty->set_clause(v.clause);
  }
  google::rpc::Status details = Envelope(absl::StatusCode::kFailedPrecondition, message);
  AddErrorInfo(&details, reason, metadata);
  details.add_details()->PackFrom(failure);
  if (duties.duties_size() > 0) details.add_details()->PackFrom(duties);
  return FromDetails(details);
}

absl::Status Conflict() {
  return Error(absl::StatusCode::kAborted, kEtagMismatch,
               "the resource has changed since it was read; read it again and retry");
}

absl::Status NotFound(std::string_view resource_type) {
  return Error(
      absl::StatusCode::kNotFound, kNotFound,
      absl::StrCat("no such ", AbslView(resource_type), ", or it is not visible to the caller"),
      {{"resource_type", std::string(resource_type)}});
}

absl::Status AlreadyExists(std::string_view resource_type) {
  return Error(absl::StatusCode::kAlreadyExists, kAlreadyExists,
               absl::StrCat("such a ", AbslView(resource_type), " exists already"),
               {{"resource_type", std::string(resource_type)}});
}

absl::Status Unavailable(std::string_view part, absl::Duration retry_after) {
  google::rpc::Status details =
      Envelope(absl::StatusCode::kUnavailable,
               absl::StrCat(AbslView(part),
                            " cannot answer at the moment; a write is repeated "
                            "with its request_id, which does it once"));
  AddErrorInfo(&details, kUnavailable, {{"part", std::string(part)}});
  AddRetryInfo(&details, retry_after);
  return FromDetails(details);
}

absl::Status Exhausted(std::string_view part, absl::Duration retry_after) {
  google::rpc::Status details =
      Envelope(absl::StatusCode::kResourceExhausted,
               absl::StrCat(AbslView(part), " is fully busy; nothing was begun, try again later"));
  AddErrorInfo(&details, kExhausted, {{"part", std::string(part)}});
  AddRetryInfo(&details, retry_after);
  return FromDetails(details);
}

absl::Status Unauthenticated(std::string_view reason, std::string_view message) {
  return Error(absl::StatusCode::kUnauthenticated, reason, message);
}

absl::Status Denied(std::string_view permission) {
  return Error(
      absl::StatusCode::kPermissionDenied, kPermissionDenied,
      absl::StrCat("the caller may not do this; it needs the permission ", AbslView(permission)),
      {{"permission", std::string(permission)}});
}

absl::Status DeadlineExceeded(std::string_view message) {
  return Error(absl::StatusCode::kDeadlineExceeded, kDeadlineExceeded, message);
}

absl::Status Cancelled() {
  return Error(absl::StatusCode::kCancelled, kCancelled, "the caller cancelled the call");
}

absl::Status Internal(std::string_view message) {
  return Error(absl::StatusCode::kInternal, kInternal, message);
}

google::rpc::Status DetailsOf(const absl::Status& status) {
  google::rpc::Status details;
  if (const auto payload = status.GetPayload(AbslView(kPayloadUrl))) {
    if (details.ParseFromString(std::string(*payload)) &&
        details.code() == static_cast<int>(status.code())) {
      return details;
    }
  }
  return Envelope(status.code(), base::StdView(status.message()));
}

std::optional<google::rpc::ErrorInfo> ErrorInfoOf(const absl::Status& status) {
  if (status.ok()) return std::nullopt;
  auto info = Find<google::rpc::ErrorInfo>(status);
  if (info && info->domain() != kDomain) return std::nullopt;
  return info;
}

std::string ReasonOf(const absl::Status& status) {
  const auto info = ErrorInfoOf(status);
  return info ? info->reason() : std::string();
}

std::vector<FieldViolation> FieldViolationsOf(const absl::Status& status) {
  std::vector<FieldViolation> out;
  if (const auto bad = Find<google::rpc::BadRequest>(status)) {
    for (const auto& v : bad->field_violations()) out.push_back({v.field(), v.description()});
  }
  return out;
}

std::vector<Violation> ViolationsOf(const absl::Status& status) {
  std::vector<Violation> out;
  if (const auto failure = Find<google::rpc::PreconditionFailure>(status)) {
    for (const auto& v : failure->violations()) {
      out.push_back({v.type(), v.subject(), v.description()});
    }
  }
  const auto duties = Find<types::v1::UnmetDuties>(status);
  if (duties && duties->duties_size() == static_cast<int>(out.size())) {
    for (int i = 0; i < duties->duties_size(); ++i) {
      Violation& violation = out[static_cast<size_t>(i)];
      violation.duty = duties->duties(i).id();
      violation.clause = duties->duties(i).clause();
    }
  }
  return out;
}

std::optional<absl::Duration> RetryAfterOf(const absl::Status& status) {
  const auto retry = Find<google::rpc::RetryInfo>(status);
  if (!retry) return std::nullopt;
  return absl::Seconds(retry->retry_delay().seconds()) +
         absl::Nanoseconds(retry->retry_delay().nanos());
}

}  // namespace redress::status
