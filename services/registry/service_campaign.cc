#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/auth/case_scope.h"
#include "common/base/digest.h"
#include "common/base/ids.h"
#include "services/registry/service.h"

namespace redress::registry {
namespace {

// Campaigns and their plans are the operator's, and those of their own region the head's of a
// petition office.
absl::Status CheckServes(const auth::Identity& caller, const std::string& region_code,
                         std::string_view field) {
  if (caller.Has(types::v1::ROLE_OPERATOR) || auth::RegionCovers(caller.region, region_code)) {
    return absl::OkStatus();
  }
  return status::InvalidField(field, "is outside the region that you serve");
}

v1::PlanRevision NewRevision(const std::string& campaign, int number, const std::string& text) {
  v1::PlanRevision revision;
  revision.set_name(absl::StrCat(campaign, "/planRevisions/", number));
  revision.set_campaign(campaign);
  revision.set_number(number);
  revision.set_text(text);
  revision.set_sha256(base::Sha256Hex(text));
  return revision;
}

template <class Answer>
void AddWarnings(const plan::Plan& plan, Answer* answer) {
  for (const plan::Mistake& mistake : plan.warnings()) {
    v1::PlanWarning* warning = answer->add_warnings();
    warning->set_line(mistake.line);
    warning->set_column(mistake.column);
    warning->mutable_text()->set_zh(mistake.zh);
    warning->mutable_text()->set_en(mistake.message);
  }
}

}  // namespace

RegistryService::Write<v1::CreateCampaignResponse> RegistryService::CreateCampaign(
    const rpc::Call& call, const v1::CreateCampaignRequest& asked) {
  RETURN_IF_ERROR(CheckServes(call.caller, asked.campaign().region_code(), "campaign.region_code"));
  ASSIGN_OR_RETURN(auto plan, evaluator_.ReadPlan(asked.plan_text()));
  const std::string name = absl::StrCat("campaigns/", base::NewUuid(environment_.clock().Now()));
  return service::Prepared<v1::CreateCampaignResponse>{
      {},
      [&asked, name, plan = std::move(plan)](const store::Rows&, store::Changes& changes)
          -> absl::StatusOr<v1::CreateCampaignResponse> {
        ASSIGN_OR_RETURN(auto outcome, rules::StartCampaign(asked.campaign(), *plan, name,
                                                            changes.rule_context()));
        changes.Put(NewRevision(name, 1, asked.plan_text()));
        v1::CreateCampaignResponse answer;
        *answer.mutable_campaign() = changes.Apply(std::move(outcome));
        AddWarnings(*plan, &answer);
        return answer;
      }};
}

RegistryService::Write<v1::CreatePlanRevisionResponse> RegistryService::CreatePlanRevision(
    const rpc::Call& call, const v1::CreatePlanRevisionRequest& asked) {
  ASSIGN_OR_RETURN(auto plan, evaluator_.ReadPlan(asked.plan_text()));
  return service::Prepared<v1::CreatePlanRevisionResponse>{
      {store::LockOf<v1::Campaign>(asked.campaign())},
      [&asked, plan = std::move(plan), caller = call.caller](
          const store::Rows& rows,
          store::Changes& changes) -> absl::StatusOr<v1::CreatePlanRevisionResponse> {
        const v1::Campaign* campaign = rows.Find<v1::Campaign>(asked.campaign());
        if (campaign == nullptr) return status::NotFound("campaign");
        RETURN_IF_ERROR(CheckServes(caller, campaign->region_code(), "campaign"));
        ASSIGN_OR_RETURN(auto outcome, rules::RevisePlan(*campaign, *plan, changes.rule_context()));
        v1::CreatePlanRevisionResponse answer;
        *answer.mutable_plan_revision() = changes.Put(
            NewRevision(campaign->name(), outcome.resource.plan_revision(), asked.plan_text()));
        changes.Apply(std::move(outcome));
        AddWarnings(*plan, &answer);
        return answer;
      }};
}

}  // namespace redress::registry
