#include "common/auth/permissions.h"

#include <algorithm>
#include <iterator>

namespace redress::auth {
namespace {

namespace t = redress::types::v1;

constexpr RoleSet operator|(RoleSet a, RoleSet b) {
  RoleSet both = a;
  both.Add(b);
  return both;
}

constexpr RoleSet kClerk{t::ROLE_OFFICE_CLERK};
constexpr RoleSet kHead{t::ROLE_OFFICE_HEAD};
constexpr RoleSet kLead{t::ROLE_LEAD};
constexpr RoleSet kOfficer{t::ROLE_CASE_OFFICER};
constexpr RoleSet kUnitHead{t::ROLE_UNIT_HEAD};
constexpr RoleSet kAssistance{t::ROLE_ASSISTANCE_STAFF};
constexpr RoleSet kInspector{t::ROLE_INSPECTOR};
constexpr RoleSet kAuditor{t::ROLE_AUDITOR};
constexpr RoleSet kCounty{t::ROLE_COUNTY_PLATFORM};
constexpr RoleSet kOperator{t::ROLE_OPERATOR};
constexpr RoleSet kService{t::ROLE_SERVICE};

constexpr RoleSet kOffice = kClerk | kHead;
// Those who take part in a case.
constexpr RoleSet kMembers = kLead | kOfficer;
constexpr RoleSet kHandlers = kMembers | kUnitHead;
constexpr RoleSet kStaff = kOffice | kHandlers | kAssistance | kInspector;
// Every person and platform but the auditor, who reads the audit log and nothing else.
constexpr RoleSet kEverybody = kStaff | kCounty | kOperator;

constexpr About kElse = About::kOrganisation;
constexpr About kCase = About::kCase;
constexpr About kPersonal = About::kPersonalData;

// Keep it sorted.
// clang-format off
constexpr Permission kTable[] = {
    {"access.check", kService, kCase},
    {"access.checkParticipants", kService, kCase},
    {"access.recordMembership", kService, kCase},
    {"access.update", kService, kCase},
    {"accusations.identify", kOffice, kPersonal},
    {"accusations.resolve", kService, kElse},
    {"assignments.assign", kOffice, kCase},
    {"assignments.completeMeasure", kMembers, kCase},
    {"assignments.get", kHandlers | kOffice | kInspector, kCase},
    {"assignments.list", kHandlers | kOffice | kInspector, kCase},
    {"assignments.setTaskForce", kLead | kUnitHead, kCase},
    {"assignments.setWorkPlan", kHandlers, kCase},
    {"assistance.completeMeasure", kMembers | kAssistance, kPersonal},
    {"assistance.end", kLead | kUnitHead | kAssistance, kPersonal},
    {"assistance.failMeasure", kMembers | kAssistance, kPersonal},
    {"assistance.get", kHandlers | kOffice | kAssistance, kPersonal},
    {"assistance.list", kHandlers | kOffice | kAssistance, kPersonal},
    {"assistance.open", kHandlers | kAssistance, kPersonal},
    {"assistance.pay", kUnitHead | kAssistance, kPersonal},
    {"assistance.plan", kHandlers | kAssistance, kPersonal},
    {"audit.list", kAuditor, kElse},
    {"audit.verify", kAuditor, kElse},
    {"campaigns.create", kHead | kOperator, kElse},
    {"campaigns.get", kEverybody | kService, kElse},
    {"campaigns.list", kEverybody, kElse},
    {"campaigns.plan", kHead | kOperator, kElse},
    {"cases.addClaim", kOffice | kLead, kPersonal},
    {"cases.count", kHandlers | kOffice | kInspector | kCounty, kCase},
    {"cases.get", kStaff | kCounty, kCase},
    {"cases.list", kHandlers | kOffice | kInspector | kCounty, kCase},
    {"cases.readCriterion", kOffice, kPersonal},
    {"cases.register", kOffice | kCounty, kPersonal},
    {"cases.reopen", kOffice, kCase},
    {"cases.retract", kOffice, kCase},
    {"cases.search", kOffice, kPersonal},
    {"channelz.read", kOperator, kElse},
    {"claims.appraise", kLead, kPersonal},
    {"claims.investigate", kMembers, kPersonal},
    {"claims.offerDate", kLead, kPersonal},
    {"claims.prior", kMembers, kPersonal},
    {"claims.views", kMembers, kPersonal},
    {"closures.approve", kHead, kCase},
    {"closures.propose", kOffice, kCase},
    {"closures.reject", kHead, kCase},
    {"deployments.record", kOffice | kUnitHead | kOperator, kElse},
    {"diaries.get", kHandlers | kOffice, kPersonal},
    {"due.list", kStaff, kCase},
    {"evaluations.get", kHandlers | kOffice | kInspector, kCase},
    {"extensions.grant", kUnitHead, kCase},
    {"facts.checkpoint", kOffice | kInspector | kCounty | kOperator | kService, kElse},
    {"facts.list", kOffice | kLead | kInspector | kCounty | kService, kCase},
    {"facts.retract", kOffice | kLead, kCase},
    {"facts.watch", kCounty | kService, kCase},
    {"feedRestores.accept", kHead | kInspector | kOperator, kElse},
    {"feedRestores.propose", kHead | kOperator, kElse},
    {"handovers.accept", kHandlers, kCase},
    {"handovers.decline", kHandlers, kCase},
    {"handovers.offer", kOffice | kLead | kUnitHead, kCase},
    {"handovers.withdraw", kOffice | kLead | kUnitHead, kCase},
    {"hearings.adjourn", kMembers, kPersonal},
    {"hearings.announce", kMembers, kPersonal},
    {"hearings.decline", kMembers, kPersonal},
    {"hearings.get", kHandlers | kOffice, kPersonal},
    {"hearings.list", kHandlers | kOffice, kPersonal},
    {"hearings.record", kMembers, kPersonal},
    {"leadingGroup.get", kEverybody, kElse},
    {"leadingGroup.set", kHead | kOperator, kElse},
    {"ledger.list", kOffice | kUnitHead | kInspector, kCase},
    {"needs.find", kHandlers | kOffice, kPersonal},
    {"officials.create", kHead | kOperator, kElse},
    {"officials.get", kStaff | kOperator | kService, kElse},
    {"officials.list", kStaff | kOperator, kElse},
    {"officials.update", kHead | kOperator, kElse},
    {"overdue.list", kOffice | kLead | kUnitHead | kInspector, kCase},
    {"overview.get", kOffice | kUnitHead | kInspector | kCounty, kCase},
    {"petitioners.get", kHandlers | kOffice, kPersonal},
    {"petitioners.update", kOffice, kPersonal},
    {"projections.get", kHead | kInspector | kCounty | kOperator, kElse},
    {"projections.rebuild", kOperator, kElse},
    {"records.confirm", kOffice, kCase},
    {"recusals.decide", kHead, kCase},
    {"recusals.end", kHead, kCase},
    {"revocations.decide", kHead, kCase},
    {"revocations.propose", kOffice, kPersonal},
    {"rounds.accept", kOffice | kUnitHead, kCase},
    {"rounds.get", kHandlers | kOffice | kInspector, kCase},
    {"rounds.issueOpinion", kUnitHead | kHead, kPersonal},
    {"rounds.list", kHandlers | kOffice | kInspector, kCase},
    {"rounds.open", kOffice | kUnitHead, kCase},
    {"rounds.perform", kHandlers, kCase},
    {"rounds.refuse", kOffice | kUnitHead, kCase},
    {"rounds.serve", kHandlers, kPersonal},
    {"rounds.sort", kOffice, kCase},
    {"sample.getTime", kEverybody, kElse},
    {"sample.setTime", kOperator, kElse},
    {"scorecards.get", kOffice | kUnitHead | kInspector, kCase},
    {"scorecards.list", kOffice | kUnitHead | kInspector, kCase},
    {"settlements.perform", kHandlers, kPersonal},
    {"settlements.sign", kLead | kUnitHead, kPersonal},
    {"settlements.withdraw", kOffice | kMembers, kPersonal},
    {"statuses.list", kHandlers | kOffice | kInspector | kService, kCase},
    {"surveys.get", kHandlers | kOffice | kAssistance, kPersonal},
    {"surveys.list", kHandlers | kOffice | kAssistance, kPersonal},
    {"surveys.record", kMembers | kAssistance, kPersonal},
    {"units.create", kHead | kOperator, kElse},
    {"units.get", kEverybody | kService, kElse},
    {"units.list", kEverybody, kElse},
    {"units.update", kHead | kOperator, kElse},
    {"visits.completeFollowUp", kMembers, kPersonal},
    {"visits.get", kHandlers | kOffice, kPersonal},
    {"visits.list", kHandlers | kOffice, kPersonal},
    {"visits.record", kMembers, kPersonal},
    {"visits.want", kOffice | kMembers, kPersonal},
};
// clang-format on

// What each service asks of the others. Its certificate allows no more, whatever services may do in
// general: only assignment gives and takes parts in a case. Keep it sorted.
// clang-format off
constexpr ServicePermission kServices[] = {
    {"assignment", "access.check"},       // who may act on a case
    {"assignment", "access.checkParticipants"},  // who may be given a part
    {"assignment", "access.recordMembership"},   // whom walls keep out follows from the register
    {"assignment", "access.update"},      // parts in a case follow from assignments
    {"assignment", "campaigns.get"},      // the plan that an assignment is held to
    {"assignment", "facts.list"},         // what registry knows of a case
    {"assignment", "statuses.list"},      // what is due from somebody who hands over
    {"assistance", "access.check"},       // who may act on a case
    {"assistance", "officials.get"},      // whoever is named exists
    {"assistance", "units.get"},
    {"registry", "accusations.resolve"},  // whom an accusation walls off
    {"registry", "facts.list"},           // the gates read the facts of the other services
    {"registry", "officials.get"},        // whoever is named exists
    {"registry", "units.get"},
    {"supervision", "access.check"},      // who may see a case that is listed
    {"supervision", "campaigns.get"},     // the plans that it evaluates
    {"supervision", "facts.checkpoint"},  // the signed heads of the feeds that it follows
    {"supervision", "facts.list"},
    {"supervision", "facts.watch"},
    {"supervision", "officials.get"},     // whose duties it shows
    {"supervision", "units.get"},
    {"visits", "access.check"},           // who may act on a case
    {"visits", "officials.get"},          // whoever is named exists
    {"visits", "units.get"},
};
// clang-format on

constexpr bool ByName(const Permission& a, const Permission& b) { return a.name < b.name; }

constexpr bool IsStrictlySorted() {
  for (size_t i = 1; i < std::size(kTable); ++i) {
    if (!ByName(kTable[i - 1], kTable[i])) return false;
  }
  return true;
}
static_assert(IsStrictlySorted(), "the permissions are looked up by binary search");

constexpr bool KeepsPersonalDataFrom(RoleSet roles) {
  for (const Permission& permission : kTable) {
    if (permission.personal() && permission.roles.Intersects(roles)) return false;
  }
  return true;
}
static_assert(KeepsPersonalDataFrom(kOperator | kInspector | kAuditor | kService));

// The role of services holds what some service has, and nothing besides.
constexpr bool ServicesHaveWhatTheirRoleHolds() {
  for (const Permission& permission : kTable) {
    bool asked = false;
    for (const ServicePermission& line : kServices) {
      asked = asked || line.permission == permission.name;
    }
    if (asked != permission.roles.Intersects(kService)) return false;
  }
  return true;
}
static_assert(ServicesHaveWhatTheirRoleHolds());

constexpr bool OnlyAssignmentChangesAccess() {
  for (const ServicePermission& line : kServices) {
    if (line.permission == "access.update" && line.service != "assignment") return false;
  }
  return true;
}
static_assert(OnlyAssignmentChangesAccess());

constexpr bool AuditorOnlyAudits() {
  for (const Permission& permission : kTable) {
    const bool audit = permission.name.substr(0, 6) == "audit.";
    if (permission.roles.Intersects(kAuditor) != audit) return false;
    if (audit && !(permission.roles == kAuditor)) return false;
  }
  return true;
}
static_assert(AuditorOnlyAudits());

// What a case officer may do, a lead official may: ReachOf relies on it, since a lead official who
// is a mere member of another case's task force acts there as a case officer.
constexpr bool LeadsMayWhatOfficersMay() {
  for (const Permission& permission : kTable) {
    if (permission.roles.Intersects(kOfficer) && !permission.roles.Intersects(kLead)) return false;
  }
  return true;
}
static_assert(LeadsMayWhatOfficersMay());

}  // namespace

absl::Span<const Permission> AllPermissions() { return kTable; }

const Permission* FindPermission(std::string_view name) {
  const auto* const end = std::end(kTable);
  const auto* const found =
      std::lower_bound(std::begin(kTable), end, Permission{name, {}, kElse}, ByName);
  return found != end && found->name == name ? found : nullptr;
}

bool Permits(const Identity& caller, std::string_view permission) {
  if (!Permits(RoleSet(caller.roles), permission)) return false;
  if (!caller.Has(t::ROLE_SERVICE)) return true;
  return std::any_of(std::begin(kServices), std::end(kServices), [&](const auto& line) {
    return line.service == caller.service && line.permission == permission;
  });
}

bool Permits(RoleSet roles, std::string_view permission) {
  const Permission* const line = FindPermission(permission);
  return line != nullptr && line->roles.Intersects(roles);
}

}  // namespace redress::auth
