#include "absl/strings/str_cat.h"
#include "common/auth/case_scope.h"
#include "common/rules/rules.h"
#include "common/status/macros.h"
#include "services/registry/service.h"

namespace redress::registry {

absl::Status RegistryService::CheckAdmission(const rpc::Call& call, const v1::Campaign& campaign,
                                             const v1::RegisterCaseRequest& asked) {
  const absl::CivilDay received = redress::rules::DayOf(asked.received_on());
  const auto admission = [&](const v1::Campaign& of) -> absl::StatusOr<rules::Admission> {
    ASSIGN_OR_RETURN(const v1::PlanRevision revision,
                     store_.resources().Get<v1::PlanRevision>(
                         call, absl::StrCat(of.name(), "/planRevisions/", of.plan_revision())));
    return evaluator_.Admits(revision, received);
  };
  ASSIGN_OR_RETURN(const rules::Admission own, admission(campaign));
  if (own.verdict == rules::Admission::kTaken) return absl::OkStatus();

  // The newest other campaign of the region that takes it.
  store::ListQuery query;
  query.page_size = 100;
  const v1::ListCampaignsRequest newest;
  query.request = &newest;
  ASSIGN_OR_RETURN(const auto page, store_.resources().List<v1::Campaign>(call, query));
  std::string instead;
  for (const v1::Campaign& other : page.items) {
    if (other.name() == campaign.name() ||
        !auth::RegionCovers(other.region_code(), asked.region_code())) {
      continue;
    }
    // A plan that does not load takes nothing, and is no reason to say nothing of the others.
    const absl::StatusOr<rules::Admission> taken = admission(other);
    if (!taken.ok() || taken->verdict != rules::Admission::kTaken) continue;
    instead = other.name();
    break;
  }
  return rules::RefuseAdmission(own, campaign.name(), instead);
}

}  // namespace redress::registry
