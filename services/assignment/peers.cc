#include "services/assignment/peers.h"

#include "common/rpc/channel.h"
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

absl::StatusOr<std::string> Peers::RegionOfCampaign(const rpc::Call& call,
                                                    const std::string& campaign) {
  grpc::ClientContext context;
  rpc::Continue(call, context);
  registry::v1::GetCampaignRequest request;
  request.set_name(campaign);
  registry::v1::GetCampaignResponse response;
  RETURN_IF_ERROR(
      rpc::PeerStatus("registry", registry_->GetCampaign(&context, request, &response)));
  return response.campaign().region_code();
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
  supervision::v1::ListStatusesResponse answered;
  RETURN_IF_ERROR(
      rpc::PeerStatus("supervision", supervision_->ListStatuses(&context, asked, &answered)));
  v1::ListDueResponse response;
  response.mutable_duties()->Swap(answered.mutable_statuses());
  response.set_next_page_token(answered.next_page_token());
  if (answered.has_as_of()) response.mutable_as_of()->Swap(answered.mutable_as_of());
  return response;
}

}  // namespace redress::assignment
