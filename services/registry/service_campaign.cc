#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/auth/case_scope.h"
#include "common/base/digest.h"
#include "common/base/ids.h"
#include "google/protobuf/util/time_util.h"
#include "services/registry/rules.h"
#include "services/registry/service.h"

namespace redress::registry {
namespace {

google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  return google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time));
}

// Campaigns and their plans are the operator's, and those of their own region the head's of a
// petition office.
absl::Status CheckServes(const auth::Identity& caller, const std::string& region_code,
                         std::string_view field) {
  if (caller.Has(types::v1::ROLE_OPERATOR) || auth::RegionCovers(caller.region, region_code)) {
    return absl::OkStatus();
  }
  return status::InvalidField(field, "is outside the region that you serve");
}

v1::PlanRevision NewRevision(const std::string& campaign, int number, const std::string& text,
                             absl::Time now) {
  v1::PlanRevision revision;
  revision.set_name(absl::StrCat(campaign, "/planRevisions/", number));
  revision.set_campaign(campaign);
  revision.set_number(number);
  revision.set_text(text);
  revision.set_sha256(base::Sha256Hex(text));
  *revision.mutable_create_time() = ToTimestamp(now);
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

grpc::ServerUnaryReactor* RegistryService::CreateCampaign(grpc::CallbackServerContext* context,
                                                          const v1::CreateCampaignRequest* request,
                                                          v1::CreateCampaignResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call, const v1::CreateCampaignRequest& asked,
             rpc::Done<v1::CreateCampaignResponse> done) {
        if (absl::Status served =
                CheckServes(call.caller, asked.campaign().region_code(), "campaign.region_code");
            !served.ok()) {
          return done(served);
        }
        auto plan = evaluator_.ReadPlan(asked.plan_text());
        if (!plan.ok()) return done(plan.status());
        const std::string name =
            absl::StrCat("campaigns/", base::NewUuid(environment_.clock().Now()));
        store_.resources().Submit<v1::CreateCampaignRequest, v1::CreateCampaignResponse>(
            call, asked, {},
            [&asked, name, plan = *std::move(plan)](const store::Rows&, store::Changes& changes)
                -> absl::StatusOr<v1::CreateCampaignResponse> {
              ASSIGN_OR_RETURN(auto outcome, rules::StartCampaign(asked.campaign(), *plan, name,
                                                                  changes.rule_context()));
              *outcome.resource.mutable_create_time() = ToTimestamp(changes.now());
              changes.Put(NewRevision(name, 1, asked.plan_text(), changes.now()));
              v1::CreateCampaignResponse answer;
              *answer.mutable_campaign() = changes.Apply(std::move(outcome));
              AddWarnings(*plan, &answer);
              return answer;
            },
            done);
      });
}

grpc::ServerUnaryReactor* RegistryService::GetCampaign(grpc::CallbackServerContext* context,
                                                       const v1::GetCampaignRequest* request,
                                                       v1::GetCampaignResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call,
             const v1::GetCampaignRequest& asked) -> absl::StatusOr<v1::GetCampaignResponse> {
        v1::GetCampaignResponse answer;
        ASSIGN_OR_RETURN(*answer.mutable_campaign(),
                         store_.resources().Get<v1::Campaign>(call, asked.name()));
        return answer;
      });
}

grpc::ServerUnaryReactor* RegistryService::ListCampaigns(grpc::CallbackServerContext* context,
                                                         const v1::ListCampaignsRequest* request,
                                                         v1::ListCampaignsResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call,
             const v1::ListCampaignsRequest& asked) -> absl::StatusOr<v1::ListCampaignsResponse> {
        store::ListQuery query;  // names are time-ordered
        query.page_size = asked.page_size();
        query.page_token = asked.page_token();
        query.request = &asked;
        ASSIGN_OR_RETURN(auto page, store_.resources().List<v1::Campaign>(call, query));
        v1::ListCampaignsResponse answer;
        for (v1::Campaign& campaign : page.items) *answer.add_campaigns() = std::move(campaign);
        answer.set_next_page_token(page.next_page_token);
        return answer;
      });
}

grpc::ServerUnaryReactor* RegistryService::CreatePlanRevision(
    grpc::CallbackServerContext* context, const v1::CreatePlanRevisionRequest* request,
    v1::CreatePlanRevisionResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call, const v1::CreatePlanRevisionRequest& asked,
             rpc::Done<v1::CreatePlanRevisionResponse> done) {
        auto plan = evaluator_.ReadPlan(asked.plan_text());
        if (!plan.ok()) return done(plan.status());
        store_.resources().Submit<v1::CreatePlanRevisionRequest, v1::CreatePlanRevisionResponse>(
            call, asked, {store::LockOf<v1::Campaign>(asked.campaign())},
            [&asked, plan = *std::move(plan), caller = call.caller](
                const store::Rows& rows,
                store::Changes& changes) -> absl::StatusOr<v1::CreatePlanRevisionResponse> {
              const v1::Campaign* campaign = rows.Find<v1::Campaign>(asked.campaign());
              if (campaign == nullptr) return status::NotFound("campaign");
              RETURN_IF_ERROR(CheckServes(caller, campaign->region_code(), "campaign"));
              ASSIGN_OR_RETURN(auto outcome,
                               rules::RevisePlan(*campaign, *plan, changes.rule_context()));
              v1::CreatePlanRevisionResponse answer;
              *answer.mutable_plan_revision() =
                  changes.Put(NewRevision(campaign->name(), outcome.resource.plan_revision(),
                                          asked.plan_text(), changes.now()));
              changes.Apply(std::move(outcome));
              AddWarnings(*plan, &answer);
              return answer;
            },
            done);
      });
}

grpc::ServerUnaryReactor* RegistryService::GetPlanRevision(
    grpc::CallbackServerContext* context, const v1::GetPlanRevisionRequest* request,
    v1::GetPlanRevisionResponse* response) {
  return rpc::Handle(runtime_, context, request, response,
                     [this](const rpc::Call& call, const v1::GetPlanRevisionRequest& asked)
                         -> absl::StatusOr<v1::GetPlanRevisionResponse> {
                       v1::GetPlanRevisionResponse answer;
                       ASSIGN_OR_RETURN(
                           *answer.mutable_plan_revision(),
                           store_.resources().Get<v1::PlanRevision>(call, asked.name()));
                       return answer;
                     });
}

}  // namespace redress::registry
