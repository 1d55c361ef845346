#include "services/assignment/peers.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/ids.h"
#include "common/rpc/channel.h"
#include "common/service/caller.h"
#include "common/status/macros.h"

namespace redress::assignment {

absl::StatusOr<std::vector<facts::v1::Fact>> Peers::FactsOf(const rpc::Call& call,
                                                            const std::string& case_name) {
  grpc::ClientContext context;
  rpc::Continue(call, context);
  facts::v1::ListFactsRequest request;
  request.set_case_name(case_name);
  facts::v1::ListFactsResponse response;
  RETURN_IF_ERROR(rpc::PeerStatus("registry", facts_->ListFacts(&context, request, &response)));
  std::vector<facts::v1::Fact> facts;
  for (const facts::v1::FeedEntry& entry : response.entries()) {
    facts::v1::Fact fact;
    if (entry.fact().empty() || !fact.ParseFromString(entry.fact())) {
      return absl::DataLossError("registry sent a fact that cannot be read");
    }
    facts.push_back(std::move(fact));
  }
  return facts;
}

absl::StatusOr<registry::v1::Campaign> Peers::FindCampaign(const rpc::Call& call,
                                                           const std::string& name) {
  grpc::ClientContext context;
  rpc::Continue(call, context);
  registry::v1::GetCampaignRequest request;
  request.set_name(name);
  registry::v1::GetCampaignResponse response;
  RETURN_IF_ERROR(
      rpc::PeerStatus("registry", registry_->GetCampaign(&context, request, &response)));
  return std::move(*response.mutable_campaign());
}

absl::StatusOr<std::string> Peers::PlanTextOf(const rpc::Call& call,
                                              const facts::v1::Fact& registered) {
  grpc::ClientContext context;
  rpc::Continue(call, context);
  registry::v1::GetPlanRevisionRequest request;
  request.set_name(absl::StrCat(registered.campaign(), "/planRevisions/",
                                registered.case_registered().plan_revision()));
  registry::v1::GetPlanRevisionResponse response;
  RETURN_IF_ERROR(
      rpc::PeerStatus("registry", registry_->GetPlanRevision(&context, request, &response)));
  return std::move(*response.mutable_plan_revision()->mutable_text());
}

absl::StatusOr<std::vector<std::string>> Peers::Barred(
    const rpc::Call& call, const std::string& case_name,
    const std::vector<registry::v1::Candidate>& candidates) {
  if (candidates.empty()) return std::vector<std::string>();
  registry::v1::CheckParticipantsRequest request;
  request.set_case_name(case_name);
  for (const registry::v1::Candidate& candidate : candidates) {
    *request.add_candidates() = candidate;
  }
  grpc::ClientContext context;
  rpc::Continue(call, context);
  registry::v1::CheckParticipantsResponse response;
  const absl::Status answered =
      rpc::PeerStatus("registry", access_->CheckParticipants(&context, request, &response));
  // The gate says so to whoever asks.
  if (absl::IsNotFound(answered)) return std::vector<std::string>();
  RETURN_IF_ERROR(answered);
  return std::vector<std::string>(response.barred().begin(), response.barred().end());
}

absl::Status Peers::RecordMembership(const rpc::Call& call,
                                     registry::v1::RecordMembershipRequest request) {
  request.set_request_id(base::NewUuid(absl::Now()));
  grpc::ClientContext context;
  rpc::Continue(call, context);
  registry::v1::RecordMembershipResponse response;
  return rpc::PeerStatus("registry", access_->RecordMembership(&context, request, &response));
}

absl::StatusOr<v1::ListDueResponse> Peers::Due(const rpc::Call& call,
                                               const v1::ListDueRequest& request,
                                               bool include_unassigned) {
  grpc::ClientContext context;
  rpc::Continue(call, context);
  supervision::v1::ListStatusesRequest asked;
  asked.set_official(request.official());
  asked.set_unit(request.unit());
  if (request.has_until()) *asked.mutable_until() = request.until();
  asked.add_states(plan::v1::REQUIREMENT_STATE_PENDING);
  asked.add_states(plan::v1::REQUIREMENT_STATE_OVERDUE);
  asked.set_page_size(request.page_size());
  asked.set_page_token(request.page_token());
  asked.set_include_unassigned(include_unassigned);
  asked.set_without_need(
      !auth::ToldTo(call.caller.roles, call.permission).Has(options::v1::TELLS_HOUSEHOLD));
  *asked.mutable_on_behalf_of() = service::CallerOf(call.caller);
  asked.set_permission(std::string(call.permission));
  supervision::v1::ListStatusesResponse answered;
  RETURN_IF_ERROR(
      rpc::PeerStatus("supervision", supervision_->ListStatuses(&context, asked, &answered)));
  v1::ListDueResponse response;
  response.mutable_duties()->Swap(answered.mutable_statuses());
  response.set_next_page_token(answered.next_page_token());
  if (answered.has_as_of()) response.mutable_as_of()->Swap(answered.mutable_as_of());
  if (answered.has_set_aside()) response.mutable_set_aside()->Swap(answered.mutable_set_aside());
  response.set_calendar_version(answered.calendar_version());
  response.mutable_warnings()->Swap(answered.mutable_warnings());
  return response;
}

}  // namespace redress::assignment
