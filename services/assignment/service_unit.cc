// Units, officials and leading groups, and what a unit does for a campaign.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/auth/case_scope.h"
#include "common/base/ids.h"
#include "services/assignment/service.h"

namespace redress::assignment {
namespace {

// Units, officials and leading groups are the operator's, and those of their own region the head's
// of a petition office.
absl::Status CheckServes(const auth::Identity& caller, const std::string& region_code,
                         std::string_view field) {
  if (caller.Has(types::v1::ROLE_OPERATOR) || auth::RegionCovers(caller.region, region_code)) {
    return absl::OkStatus();
  }
  return status::InvalidField(field, "is outside the region that you serve");
}

}  // namespace

absl::StatusOr<std::shared_ptr<const v1::Unit>> AssignmentService::FindServedUnit(
    const rpc::Call& call, const std::string& name, std::string_view field) {
  ASSIGN_OR_RETURN(std::shared_ptr<const v1::Unit> unit, store_.FindUnit(call, name));
  if (unit != nullptr) RETURN_IF_ERROR(CheckServes(call.caller, unit->region_code(), field));
  return unit;
}

AssignmentService::Write<v1::CreateUnitResponse> AssignmentService::CreateUnit(
    const rpc::Call& call, const v1::CreateUnitRequest& asked) {
  RETURN_IF_ERROR(CheckServes(call.caller, asked.unit().region_code(), "unit.region_code"));
  ASSIGN_OR_RETURN(std::shared_ptr<const v1::Unit> above,
                   store_.FindUnit(call, asked.unit().superior()));
  std::vector<store::Lock> locks;
  if (!asked.unit_id().empty()) {
    locks.push_back(store::LockOf<v1::Unit>(absl::StrCat("units/", asked.unit_id())));
  }
  return service::Prepared<v1::CreateUnitResponse>{
      locks,
      [&asked, locks, above](const store::Rows& rows,
                             store::Changes& changes) -> absl::StatusOr<v1::CreateUnitResponse> {
        if (!locks.empty() && rows.Find<v1::Unit>(locks[0].name) != nullptr) {
          return status::AlreadyExists("unit");
        }
        ASSIGN_OR_RETURN(auto outcome, rules::CreateUnit(asked.unit(), above.get(),
                                                         changes.rule_context(), asked.unit_id()));
        v1::CreateUnitResponse answer;
        *answer.mutable_unit() = changes.Apply(std::move(outcome));
        return answer;
      }};
}

AssignmentService::Write<v1::UpdateUnitResponse> AssignmentService::UpdateUnit(
    const rpc::Call& call, const v1::UpdateUnitRequest& asked) {
  ASSIGN_OR_RETURN(const std::unique_ptr<v1::Unit> before, store_.FindUnit(call, asked.name()));
  if (before == nullptr) return status::NotFound("unit");
  RETURN_IF_ERROR(CheckServes(call.caller, before->region_code(), "name"));
  ASSIGN_OR_RETURN(v1::Unit changed, rules::Changed(*before, asked));
  ASSIGN_OR_RETURN(std::vector<std::string> superiors,
                   store_.FindSuperiors(call, changed.superior()));
  // Those above are locked too: two changes at once could close a circle that neither sees.
  std::vector<store::Lock> locks = {store::LockOf<v1::Unit>(asked.name())};
  for (const std::string& name : superiors) {
    if (name != asked.name()) locks.push_back(store::LockOf<v1::Unit>(name));
  }
  return service::Prepared<v1::UpdateUnitResponse>{
      std::move(locks),
      [changed = std::move(changed), superiors = std::move(superiors)](
          const store::Rows& rows,
          store::Changes& changes) -> absl::StatusOr<v1::UpdateUnitResponse> {
        const v1::Unit* current = rows.Find<v1::Unit>(changed.name());
        if (current == nullptr || current->etag() != changed.etag()) return status::Conflict();
        std::vector<const v1::Unit*> above;
        for (const std::string& name : superiors) {
          const v1::Unit* unit = rows.Find<v1::Unit>(name);
          if (unit == nullptr || (!above.empty() && above.back()->superior() != name)) {
            return status::Conflict();
          }
          above.push_back(unit);
        }
        if (!above.empty() && !above.back()->superior().empty() &&
            std::find(superiors.begin(), superiors.end(), above.back()->superior()) ==
                superiors.end()) {
          return status::Conflict();
        }
        ASSIGN_OR_RETURN(auto outcome, rules::UpdateUnit(changed, above));
        v1::UpdateUnitResponse answer;
        *answer.mutable_unit() = changes.Apply(std::move(outcome));
        return answer;
      }};
}

AssignmentService::Write<v1::CreateOfficialResponse> AssignmentService::CreateOfficial(
    const rpc::Call& call, const v1::CreateOfficialRequest& asked) {
  ASSIGN_OR_RETURN(std::shared_ptr<const v1::Unit> unit,
                   FindServedUnit(call, asked.official().unit(), "official.unit"));
  // Named here, for registry to be told before it is so.
  const std::string id =
      asked.official_id().empty() ? base::NewUuid(absl::Now()) : asked.official_id();
  const std::string name = absl::StrCat("officials/", id);
  // A wall only grows: what will be refused must not be told.
  ASSIGN_OR_RETURN(const rules::Officials known, store_.FindOfficials(call, {name}));
  if (!known.empty()) return status::AlreadyExists("official");
  RETURN_IF_ERROR(
      rules::CreateOfficial(asked.official(), unit.get(), ContextOf(call), id).status());
  RETURN_IF_ERROR(TellMembership(call, name, nullptr, asked.official()));
  return service::Prepared<v1::CreateOfficialResponse>{
      {store::LockOf<v1::Official>(name)},
      [&asked, id, name, unit = std::move(unit)](const store::Rows& rows, store::Changes& changes)
          -> absl::StatusOr<v1::CreateOfficialResponse> {
        if (rows.Find<v1::Official>(name) != nullptr) return status::AlreadyExists("official");
        ASSIGN_OR_RETURN(auto outcome, rules::CreateOfficial(asked.official(), unit.get(),
                                                             changes.rule_context(), id));
        v1::CreateOfficialResponse answer;
        *answer.mutable_official() = changes.Apply(std::move(outcome));
        return answer;
      }};
}

AssignmentService::Write<v1::UpdateOfficialResponse> AssignmentService::UpdateOfficial(
    const rpc::Call& call, const v1::UpdateOfficialRequest& asked) {
  // Nobody takes an official from a region that they do not serve, or gives one to it.
  ASSIGN_OR_RETURN(const rules::Officials known, store_.FindOfficials(call, {asked.name()}));
  if (known.empty()) return status::NotFound("official");
  RETURN_IF_ERROR(FindServedUnit(call, known.begin()->second.unit(), "name").status());
  const v1::Official& before = known.begin()->second;
  if (!asked.etag().empty() && asked.etag() != before.etag()) return status::Conflict();
  ASSIGN_OR_RETURN(v1::Official changed, rules::Changed(before, asked));
  ASSIGN_OR_RETURN(std::shared_ptr<const v1::Unit> unit,
                   FindServedUnit(call, changed.unit(), "official.unit"));
  RETURN_IF_ERROR(rules::UpdateOfficial(before, changed, unit.get(), ContextOf(call)).status());
  RETURN_IF_ERROR(TellMembership(call, asked.name(), &before, changed));
  return service::Prepared<v1::UpdateOfficialResponse>{
      {store::LockOf<v1::Official>(asked.name())},
      [changed = std::move(changed), unit = std::move(unit)](
          const store::Rows& rows,
          store::Changes& changes) -> absl::StatusOr<v1::UpdateOfficialResponse> {
        const v1::Official* current = rows.Find<v1::Official>(changed.name());
        // What registry was told and what the mask leaves as it was rest on the version read.
        if (current == nullptr || current->etag() != changed.etag()) return status::Conflict();
        ASSIGN_OR_RETURN(auto outcome, rules::UpdateOfficial(*current, changed, unit.get(),
                                                             changes.rule_context()));
        v1::UpdateOfficialResponse answer;
        *answer.mutable_official() = changes.Apply(std::move(outcome));
        return answer;
      }};
}

absl::Status AssignmentService::TellMembership(const rpc::Call& call, const std::string& official,
                                               const v1::Official* before,
                                               const v1::Official& after) {
  const bool moved = before == nullptr || before->unit() != after.unit();
  const bool leads = after.principal_leader() && (moved || !before->principal_leader());
  if (!moved && !leads) return absl::OkStatus();
  registry::v1::RecordMembershipRequest request;
  request.set_official(official);
  if (before != nullptr && moved) request.add_units(before->unit());
  request.add_units(after.unit());
  request.set_principal_leader(after.principal_leader());
  ASSIGN_OR_RETURN(const std::vector<std::string> leaders, store_.LeadersOf(call, after.unit()));
  for (const std::string& leader : leaders) request.add_leaders(leader);
  return parts_.peers->RecordMembership(call, std::move(request));
}

absl::StatusOr<v1::ResolveAccusedResponse> AssignmentService::ResolveAccused(
    const rpc::Call& call, const v1::ResolveAccusedRequest& asked) {
  v1::ResolveAccusedResponse answer;
  for (const std::string& who : asked.accused()) {
    v1::ResolvedAccused& resolved = *answer.add_accused();
    resolved.set_name(who);
    if (who.starts_with("units/")) {
      ASSIGN_OR_RETURN(const std::unique_ptr<v1::Unit> unit, store_.FindUnit(call, who));
      if (unit == nullptr) continue;
      resolved.set_registered(true);
      ASSIGN_OR_RETURN(const std::vector<std::string> members,
                       store_.MembersSince(call, who, asked.act_on()));
      resolved.mutable_members()->Add(members.begin(), members.end());
      continue;
    }
    ASSIGN_OR_RETURN(const rules::Officials found, store_.FindOfficials(call, {who}));
    if (found.empty()) continue;
    resolved.set_registered(true);
    resolved.set_unit(found.begin()->second.unit());
    ASSIGN_OR_RETURN(const std::vector<std::string> leaders,
                     store_.LeadersOf(call, resolved.unit()));
    resolved.mutable_leaders()->Add(leaders.begin(), leaders.end());
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> offices,
                   store_.OfficesServing(call, asked.region_code()));
  answer.mutable_offices()->Add(offices.begin(), offices.end());
  return answer;
}

template <class Req, class Resp>
AssignmentService::Write<Resp> AssignmentService::RecordMilestone(const rpc::Call& call,
                                                                  const Req& asked,
                                                                  v1::MilestoneKind kind) {
  ASSIGN_OR_RETURN(std::shared_ptr<const v1::Unit> unit, store_.FindUnit(call, asked.unit()));
  if (unit == nullptr) return status::NotFound("unit");
  RETURN_IF_ERROR(rules::CheckMayActFor(call.caller, *unit, call.permission));
  // What comes after the enrolment is refused without it, so this is asked once.
  registry::v1::Campaign campaign;
  campaign.set_name(asked.campaign());
  if (kind == v1::MILESTONE_KIND_ENROLLED) {
    ASSIGN_OR_RETURN(campaign, parts_.peers->FindCampaign(call, asked.campaign()));
    if (!rules::RegionsMeet(campaign.region_code(), unit->region_code())) {
      return status::InvalidField("campaign", "is of another region than the unit");
    }
  }
  const std::string name = rules::MilestoneName(asked.unit(), asked.campaign(), kind);
  const std::string enrolment =
      rules::MilestoneName(asked.unit(), asked.campaign(), v1::MILESTONE_KIND_ENROLLED);
  std::vector<store::Lock> locks = {store::LockOf<v1::UnitMilestone>(name)};
  if (enrolment != name) locks.push_back(store::LockOf<v1::UnitMilestone>(enrolment));
  return service::Prepared<Resp>{
      std::move(locks),
      [&asked, kind, name, enrolment, unit = std::move(unit), campaign = std::move(campaign)](
          const store::Rows& rows, store::Changes& changes) -> absl::StatusOr<Resp> {
        ASSIGN_OR_RETURN(auto outcome, rules::RecordMilestone(
                                           rows.Find<v1::UnitMilestone>(name),
                                           rows.Find<v1::UnitMilestone>(enrolment), *unit, campaign,
                                           kind, asked.reached_on(), changes.rule_context()));
        Resp answer;
        *answer.mutable_milestone() = changes.Apply(std::move(outcome));
        return answer;
      }};
}

AssignmentService::Write<v1::EnrollUnitResponse> AssignmentService::EnrollUnit(
    const rpc::Call& call, const v1::EnrollUnitRequest& asked) {
  return RecordMilestone<v1::EnrollUnitRequest, v1::EnrollUnitResponse>(
      call, asked, v1::MILESTONE_KIND_ENROLLED);
}

AssignmentService::Write<v1::RecordDeploymentResponse> AssignmentService::RecordDeployment(
    const rpc::Call& call, const v1::RecordDeploymentRequest& asked) {
  return RecordMilestone<v1::RecordDeploymentRequest, v1::RecordDeploymentResponse>(
      call, asked, v1::MILESTONE_KIND_DEPLOYMENT_HELD);
}

AssignmentService::Write<v1::RecordImplementingRulesResponse>
AssignmentService::RecordImplementingRules(const rpc::Call& call,
                                           const v1::RecordImplementingRulesRequest& asked) {
  return RecordMilestone<v1::RecordImplementingRulesRequest, v1::RecordImplementingRulesResponse>(
      call, asked, v1::MILESTONE_KIND_RULES_ISSUED);
}

AssignmentService::Write<v1::SetLeadingGroupResponse> AssignmentService::SetLeadingGroup(
    const rpc::Call& call, const v1::SetLeadingGroupRequest& asked) {
  ASSIGN_OR_RETURN(registry::v1::Campaign campaign,
                   parts_.peers->FindCampaign(call, asked.campaign()));
  RETURN_IF_ERROR(CheckServes(call.caller, campaign.region_code(), "campaign"));
  ASSIGN_OR_RETURN(rules::Officials officials,
                   store_.FindOfficials(call, rules::NamesOf(asked.leading_group())));
  return service::Prepared<v1::SetLeadingGroupResponse>{
      {store::LockOf<v1::LeadingGroup>(absl::StrCat(asked.campaign(), "/leadingGroup"))},
      [&asked, officials = std::move(officials), campaign = std::move(campaign)](
          const store::Rows&,
          store::Changes& changes) -> absl::StatusOr<v1::SetLeadingGroupResponse> {
        ASSIGN_OR_RETURN(auto outcome, rules::SetLeadingGroup(asked, campaign, officials,
                                                              changes.rule_context()));
        v1::SetLeadingGroupResponse answer;
        *answer.mutable_leading_group() = changes.Apply(std::move(outcome));
        return answer;
      }};
}

}  // namespace redress::assignment
