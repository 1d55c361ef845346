#include "common/auth/case_scope.h"

#include <algorithm>
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

grpc::ServerUnaryReactor* AssignmentService::CreateUnit(grpc::CallbackServerContext* context,
                                                        const v1::CreateUnitRequest* request,
                                                        v1::CreateUnitResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call, const v1::CreateUnitRequest& asked,
             rpc::Done<v1::CreateUnitResponse> done) {
        if (absl::Status served =
                CheckServes(call.caller, asked.unit().region_code(), "unit.region_code");
            !served.ok()) {
          return done(served);
        }
        absl::StatusOr<std::unique_ptr<v1::Unit>> superior =
            store_.FindUnit(call, asked.unit().superior());
        if (!superior.ok()) return done(superior.status());
        std::shared_ptr<const v1::Unit> above = *std::move(superior);
        std::vector<store::Lock> locks;
        if (!asked.unit_id().empty()) {
          locks.push_back(store::LockOf<v1::Unit>(absl::StrCat("units/", asked.unit_id())));
        }
        store_.resources().Submit<v1::CreateUnitRequest, v1::CreateUnitResponse>(
            call, asked, locks,
            [&asked, locks, above](const store::Rows& rows, store::Changes& changes)
                -> absl::StatusOr<v1::CreateUnitResponse> {
              if (!locks.empty() && rows.Find<v1::Unit>(locks[0].name) != nullptr) {
                return status::AlreadyExists("unit");
              }
              ASSIGN_OR_RETURN(auto outcome,
                               rules::CreateUnit(asked.unit(), above.get(), changes.rule_context(),
                                                 asked.unit_id()));
              v1::CreateUnitResponse answer;
              *answer.mutable_unit() = changes.Apply(std::move(outcome));
              return answer;
            },
            done);
      });
}

grpc::ServerUnaryReactor* AssignmentService::GetUnit(grpc::CallbackServerContext* context,
                                                     const v1::GetUnitRequest* request,
                                                     v1::GetUnitResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call,
             const v1::GetUnitRequest& asked) -> absl::StatusOr<v1::GetUnitResponse> {
        v1::GetUnitResponse answer;
        ASSIGN_OR_RETURN(*answer.mutable_unit(),
                         store_.resources().Get<v1::Unit>(call, asked.name()));
        return answer;
      });
}

grpc::ServerUnaryReactor* AssignmentService::ListUnits(grpc::CallbackServerContext* context,
                                                       const v1::ListUnitsRequest* request,
                                                       v1::ListUnitsResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call,
             const v1::ListUnitsRequest& asked) -> absl::StatusOr<v1::ListUnitsResponse> {
        ASSIGN_OR_RETURN(store::Page<v1::Unit> page,
                         store_.resources().List<v1::Unit>(call, store_.UnitQuery(asked)));
        v1::ListUnitsResponse answer;
        for (v1::Unit& unit : page.items) *answer.add_units() = std::move(unit);
        answer.set_next_page_token(page.next_page_token);
        return answer;
      });
}

grpc::ServerUnaryReactor* AssignmentService::UpdateUnit(grpc::CallbackServerContext* context,
                                                        const v1::UpdateUnitRequest* request,
                                                        v1::UpdateUnitResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call, const v1::UpdateUnitRequest& asked,
             rpc::Done<v1::UpdateUnitResponse> done) {
        absl::StatusOr<std::vector<std::string>> superiors =
            store_.FindSuperiors(call, asked.superior());
        if (!superiors.ok()) return done(superiors.status());
        // Those above are locked too: two changes at once could close a circle that neither sees.
        std::vector<store::Lock> locks = {store::LockOf<v1::Unit>(asked.name())};
        for (const std::string& name : *superiors) {
          if (name != asked.name()) locks.push_back(store::LockOf<v1::Unit>(name));
        }
        store_.resources().Submit<v1::UpdateUnitRequest, v1::UpdateUnitResponse>(
            call, asked, std::move(locks),
            [&asked, superiors = *std::move(superiors), caller = call.caller](
                const store::Rows& rows,
                store::Changes& changes) -> absl::StatusOr<v1::UpdateUnitResponse> {
              const v1::Unit* current = rows.Find<v1::Unit>(asked.name());
              if (current == nullptr) return status::NotFound("unit");
              RETURN_IF_ERROR(CheckServes(caller, current->region_code(), "name"));
              std::vector<const v1::Unit*> above;
              for (const std::string& name : superiors) {
                const v1::Unit* unit = rows.Find<v1::Unit>(name);
                if (unit == nullptr || (!above.empty() && above.back()->superior() != name))
                  return status::Conflict();
                above.push_back(unit);
              }
              if (!above.empty() && !above.back()->superior().empty() &&
                  std::find(superiors.begin(), superiors.end(), above.back()->superior()) ==
                      superiors.end()) {
                return status::Conflict();
              }
              ASSIGN_OR_RETURN(auto outcome, rules::UpdateUnit(*current, asked, above));
              v1::UpdateUnitResponse answer;
              *answer.mutable_unit() = changes.Apply(std::move(outcome));
              return answer;
            },
            done);
      });
}

grpc::ServerUnaryReactor* AssignmentService::CreateOfficial(
    grpc::CallbackServerContext* context, const v1::CreateOfficialRequest* request,
    v1::CreateOfficialResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call, const v1::CreateOfficialRequest& asked,
             rpc::Done<v1::CreateOfficialResponse> done) {
        absl::StatusOr<std::shared_ptr<const v1::Unit>> unit =
            FindServedUnit(call, asked.official().unit(), "official.unit");
        if (!unit.ok()) return done(unit.status());
        // Named here, for registry to be told before it is so.
        const std::string id =
            asked.official_id().empty() ? base::NewUuid(absl::Now()) : asked.official_id();
        const std::string name = absl::StrCat("officials/", id);
        if (*unit != nullptr) {
          if (absl::Status told = TellMembership(call, name, nullptr, asked.official());
              !told.ok()) {
            return store_.resources().RefuseUnlessDone<v1::CreateOfficialRequest>(
                call, asked, std::move(told), done);
          }
        }
        store_.resources().Submit<v1::CreateOfficialRequest, v1::CreateOfficialResponse>(
            call, asked, {store::LockOf<v1::Official>(name)},
            [&asked, id, name, unit = *std::move(unit)](
                const store::Rows& rows,
                store::Changes& changes) -> absl::StatusOr<v1::CreateOfficialResponse> {
              if (rows.Find<v1::Official>(name) != nullptr) {
                return status::AlreadyExists("official");
              }
              ASSIGN_OR_RETURN(auto outcome, rules::CreateOfficial(asked.official(), unit.get(),
                                                                   changes.rule_context(), id));
              v1::CreateOfficialResponse answer;
              *answer.mutable_official() = changes.Apply(std::move(outcome));
              return answer;
            },
            done);
      });
}

grpc::ServerUnaryReactor* AssignmentService::GetOfficial(grpc::CallbackServerContext* context,
                                                         const v1::GetOfficialRequest* request,
                                                         v1::GetOfficialResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call,
             const v1::GetOfficialRequest& asked) -> absl::StatusOr<v1::GetOfficialResponse> {
        v1::GetOfficialResponse answer;
        ASSIGN_OR_RETURN(*answer.mutable_official(),
                         store_.resources().Get<v1::Official>(call, asked.name()));
        return answer;
      });
}

grpc::ServerUnaryReactor* AssignmentService::ListOfficials(grpc::CallbackServerContext* context,
                                                           const v1::ListOfficialsRequest* request,
                                                           v1::ListOfficialsResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call,
             const v1::ListOfficialsRequest& asked) -> absl::StatusOr<v1::ListOfficialsResponse> {
        ASSIGN_OR_RETURN(store::Page<v1::Official> page,
                         store_.resources().List<v1::Official>(call, store_.OfficialQuery(asked)));
        v1::ListOfficialsResponse answer;
        for (v1::Official& official : page.items) *answer.add_officials() = std::move(official);
        answer.set_next_page_token(page.next_page_token);
        return answer;
      });
}

grpc::ServerUnaryReactor* AssignmentService::UpdateOfficial(
    grpc::CallbackServerContext* context, const v1::UpdateOfficialRequest* request,
    v1::UpdateOfficialResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call, const v1::UpdateOfficialRequest& asked,
             rpc::Done<v1::UpdateOfficialResponse> done) {
        // Nobody takes an official from a region that they do not serve, or gives one to it.
        absl::StatusOr<rules::Officials> known = store_.FindOfficials(call, {asked.name()});
        if (!known.ok()) return done(known.status());
        if (known->empty()) return done(status::NotFound("official"));
        if (absl::Status served =
                FindServedUnit(call, known->begin()->second.unit(), "name").status();
            !served.ok()) {
          return done(served);
        }
        absl::StatusOr<std::shared_ptr<const v1::Unit>> unit =
            FindServedUnit(call, asked.official().unit(), "official.unit");
        if (!unit.ok()) return done(unit.status());
        if (*unit != nullptr) {
          if (absl::Status told =
                  TellMembership(call, asked.name(), &known->begin()->second, asked.official());
              !told.ok()) {
            return store_.resources().RefuseUnlessDone<v1::UpdateOfficialRequest>(
                call, asked, std::move(told), done);
          }
        }
        store_.resources().Submit<v1::UpdateOfficialRequest, v1::UpdateOfficialResponse>(
            call, asked, {store::LockOf<v1::Official>(asked.name())},
            [&asked, unit = *std::move(unit)](const store::Rows& rows, store::Changes& changes)
                -> absl::StatusOr<v1::UpdateOfficialResponse> {
              const v1::Official* current = rows.Find<v1::Official>(asked.name());
              if (current == nullptr) return status::NotFound("official");
              ASSIGN_OR_RETURN(auto outcome, rules::UpdateOfficial(*current, asked, unit.get(),
                                                                   changes.rule_context()));
              v1::UpdateOfficialResponse answer;
              *answer.mutable_official() = changes.Apply(std::move(outcome));
              return answer;
            },
            done);
      });
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

grpc::ServerUnaryReactor* AssignmentService::ResolveAccused(
    grpc::CallbackServerContext* context, const v1::ResolveAccusedRequest* request,
    v1::ResolveAccusedResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call,
             const v1::ResolveAccusedRequest& asked) -> absl::StatusOr<v1::ResolveAccusedResponse> {
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
      });
}

template <class Req, class Resp>
grpc::ServerUnaryReactor* AssignmentService::RecordMilestone(grpc::CallbackServerContext* context,
                                                             const Req* request, Resp* response,
                                                             v1::MilestoneKind kind) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this, kind](const rpc::Call& call, const Req& asked, rpc::Done<Resp> done) {
        absl::StatusOr<std::unique_ptr<v1::Unit>> unit = store_.FindUnit(call, asked.unit());
        if (!unit.ok()) return done(unit.status());
        if (*unit == nullptr) return done(status::NotFound("unit"));
        if (absl::Status may = rules::CheckMayActFor(call.caller, **unit, call.permission);
            !may.ok()) {
          return done(may);
        }
        // What comes after the enrolment is refused without it, so this is asked once.
        if (kind == v1::MILESTONE_KIND_ENROLLED) {
          const auto region = parts_.peers->RegionOfCampaign(call, asked.campaign());
          if (!region.ok()) return done(region.status());
          if (!rules::RegionsMeet(*region, (*unit)->region_code())) {
            return done(status::InvalidField("campaign", "is of another region than the unit"));
          }
        }
        const std::string name = rules::MilestoneName(asked.unit(), asked.campaign(), kind);
        const std::string enrolment =
            rules::MilestoneName(asked.unit(), asked.campaign(), v1::MILESTONE_KIND_ENROLLED);
        std::vector<store::Lock> locks = {store::LockOf<v1::UnitMilestone>(name)};
        if (enrolment != name) locks.push_back(store::LockOf<v1::UnitMilestone>(enrolment));
        store_.resources().Submit<Req, Resp>(
            call, asked, std::move(locks),
            [&asked, kind, name, enrolment, of = **unit](
                const store::Rows& rows, store::Changes& changes) -> absl::StatusOr<Resp> {
              ASSIGN_OR_RETURN(auto outcome,
                               rules::RecordMilestone(rows.Find<v1::UnitMilestone>(name),
                                                      rows.Find<v1::UnitMilestone>(enrolment), of,
                                                      asked.campaign(), kind, asked.reached_on(),
                                                      changes.rule_context()));
              Resp answer;
              *answer.mutable_milestone() = changes.Apply(std::move(outcome));
              return answer;
            },
            done);
      });
}

grpc::ServerUnaryReactor* AssignmentService::EnrollUnit(grpc::CallbackServerContext* context,
                                                        const v1::EnrollUnitRequest* request,
                                                        v1::EnrollUnitResponse* response) {
  return RecordMilestone(context, request, response, v1::MILESTONE_KIND_ENROLLED);
}

grpc::ServerUnaryReactor* AssignmentService::RecordDeployment(
    grpc::CallbackServerContext* context, const v1::RecordDeploymentRequest* request,
    v1::RecordDeploymentResponse* response) {
  return RecordMilestone(context, request, response, v1::MILESTONE_KIND_DEPLOYMENT_HELD);
}

grpc::ServerUnaryReactor* AssignmentService::RecordImplementingRules(
    grpc::CallbackServerContext* context, const v1::RecordImplementingRulesRequest* request,
    v1::RecordImplementingRulesResponse* response) {
  return RecordMilestone(context, request, response, v1::MILESTONE_KIND_RULES_ISSUED);
}

grpc::ServerUnaryReactor* AssignmentService::SetLeadingGroup(
    grpc::CallbackServerContext* context, const v1::SetLeadingGroupRequest* request,
    v1::SetLeadingGroupResponse* response) {
  return rpc::Handle(
      runtime_, context, request, response,
      [this](const rpc::Call& call, const v1::SetLeadingGroupRequest& asked,
             rpc::Done<v1::SetLeadingGroupResponse> done) {
        const absl::StatusOr<std::string> region =
            parts_.peers->RegionOfCampaign(call, asked.campaign());
        if (!region.ok()) return done(region.status());
        if (absl::Status served = CheckServes(call.caller, *region, "campaign"); !served.ok())
          return done(served);
        absl::StatusOr<rules::Officials> officials =
            store_.FindOfficials(call, rules::NamesOf(asked.leading_group()));
        if (!officials.ok()) return done(officials.status());
        store_.resources().Submit<v1::SetLeadingGroupRequest, v1::SetLeadingGroupResponse>(
            call, asked,
            {store::LockOf<v1::LeadingGroup>(absl::StrCat(asked.campaign(), "/leadingGroup"))},
            [&asked, officials = *std::move(officials)](const store::Rows&, store::Changes& changes)
                -> absl::StatusOr<v1::SetLeadingGroupResponse> {
              ASSIGN_OR_RETURN(auto outcome,
                               rules::SetLeadingGroup(asked, officials, changes.rule_context()));
              v1::SetLeadingGroupResponse answer;
              *answer.mutable_leading_group() = changes.Apply(std::move(outcome));
              return answer;
            },
            done);
      });
}

grpc::ServerUnaryReactor* AssignmentService::GetLeadingGroup(
    grpc::CallbackServerContext* context, const v1::GetLeadingGroupRequest* request,
    v1::GetLeadingGroupResponse* response) {
  return rpc::Handle(runtime_, context, request, response,
                     [this](const rpc::Call& call, const v1::GetLeadingGroupRequest& asked)
                         -> absl::StatusOr<v1::GetLeadingGroupResponse> {
                       v1::GetLeadingGroupResponse answer;
                       ASSIGN_OR_RETURN(*answer.mutable_leading_group(),
                                        store_.resources().Get<v1::LeadingGroup>(
                                            call, absl::StrCat(asked.campaign(), "/leadingGroup")));
                       return answer;
                     });
}

}  // namespace redress::assignment
