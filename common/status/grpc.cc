#include "common/status/grpc.h"

#include <google/protobuf/any.pb.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/view.h"
#include "common/status/error.h"
#include "common/status/messages.h"
#include "redress/types/v1/unmet.pb.h"

namespace redress::status {
namespace {

// Codes that code reports by accident rather than on purpose: their text is for the log.
bool Accidental(absl::StatusCode code) {
  return code == absl::StatusCode::kInternal || code == absl::StatusCode::kUnknown ||
         code == absl::StatusCode::kDataLoss;
}

// gRPC clients accept 8 KiB of trailing metadata unless told otherwise, and answer
// RESOURCE_EXHAUSTED to more. Details travel in base64, messages percent-encoded.
constexpr size_t kMaxDetails = 5000;
constexpr size_t kMaxMessage = 500;

// The item to give up first: the last violation of whichever list is there, and what programs read
// of it.
template <class List, class Drop>
bool DropLast(google::protobuf::Any* any, Drop drop) {
  List list;
  if (!any->Is<List>() || !any->UnpackTo(&list)) return false;
  if (!drop(&list)) return false;
  any->PackFrom(list);
  return true;
}

void DropDuty(google::rpc::Status* details) {
  for (auto& any : *details->mutable_details()) {
    DropLast<types::v1::UnmetDuties>(&any, [](types::v1::UnmetDuties* unmet) {
      if (unmet->duties().empty()) return false;
      unmet->mutable_duties()->RemoveLast();
      return true;
    });
  }
}

bool DropViolation(google::rpc::Status* details) {
  for (auto& any : *details->mutable_details()) {
    const bool dropped =
        DropLast<google::rpc::BadRequest>(&any,
                                          [](google::rpc::BadRequest* bad) {
                                            if (bad->field_violations().empty()) return false;
                                            bad->mutable_field_violations()->RemoveLast();
                                            return true;
                                          }) ||
        DropLast<google::rpc::PreconditionFailure>(&any,
                                                   [](google::rpc::PreconditionFailure* failure) {
                                                     if (failure->violations().empty())
                                                       return false;
                                                     failure->mutable_violations()->RemoveLast();
                                                     return true;
                                                   });
    if (dropped) {
      DropDuty(details);
      return true;
    }
  }
  return false;
}

void Fit(google::rpc::Status* details) {
  if (details->message().size() > kMaxMessage) {
    // Cut between code points: continuation bytes are 10xxxxxx.
    size_t end = kMaxMessage - 3;
    while (end > 0 && (static_cast<unsigned char>(details->message()[end]) & 0xc0) == 0x80) --end;
    details->set_message(details->message().substr(0, end) + "...");
  }
  int omitted = 0;
  while (details->ByteSizeLong() > kMaxDetails && DropViolation(details)) ++omitted;
  if (omitted == 0) return;
  for (auto& any : *details->mutable_details()) {
    google::rpc::ErrorInfo info;
    if (!any.Is<google::rpc::ErrorInfo>() || !any.UnpackTo(&info)) continue;
    (*info.mutable_metadata())["omitted_violations"] = absl::StrCat(omitted);
    any.PackFrom(info);
    return;
  }
}

grpc::Status Send(google::rpc::Status details) {
  Fit(&details);
  return grpc::Status(static_cast<grpc::StatusCode>(details.code()), details.message(),
                      details.SerializeAsString());
}

// What may be shown of a status.
absl::Status Deliberate(const absl::Status& status, std::string_view trace_id) {
  if (ErrorInfoOf(status)) return status;
  Metadata metadata;
  if (!trace_id.empty()) metadata["trace_id"] = std::string(trace_id);
  if (Accidental(status.code())) {
    return Error(absl::StatusCode::kInternal, kInternal, "internal error", std::move(metadata));
  }
  return Error(status.code(), absl::StatusCodeToString(status.code()),
               base::StdView(status.message()), std::move(metadata));
}

}  // namespace

grpc::Status ToGrpc(const absl::Status& status, std::string_view trace_id, std::string_view lang) {
  if (status.ok()) return grpc::Status::OK;
  absl::Status shown = Deliberate(status, trace_id);
  if (!lang.empty()) Localize(shown, lang);
  return Send(DetailsOf(shown));
}

absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  google::rpc::Status details;
  if (details.ParseFromString(status.error_details()) &&
      details.code() == static_cast<int>(status.error_code())) {
    return FromDetails(details);
  }
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

}  // namespace redress::status
