#include "common/auth/case_scope.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/ascii.h"
#include "common/auth/permissions.h"
#include "common/status/concealed.h"
#include "common/status/error.h"

namespace redress::auth {
namespace {

namespace t = redress::types::v1;

// Whoever has been offered a handover may answer it, and nothing else.
bool AnswersHandover(std::string_view permission) {
  return permission == "handovers.accept" || permission == "handovers.decline";
}

// Assistance staff see the household, not the accusation (domain.md section 7).
bool IsAssistance(std::string_view permission) {
  return permission.starts_with("assistance.") || permission.starts_with("surveys.") ||
         permission == "cases.get";
}

bool Contains(const std::vector<std::string>& names, std::string_view name) {
  return !name.empty() && std::find(names.begin(), names.end(), name) != names.end();
}

bool HasPart(const AccessRow& row, std::string_view name, const std::vector<Part>& parts) {
  if (name.empty()) return false;
  return std::any_of(row.participants.begin(), row.participants.end(), [&](const auto& member) {
    return member.official == name &&
           std::find(parts.begin(), parts.end(), member.part) != parts.end();
  });
}

bool TakesPart(const AccessRow& row, std::string_view official) {
  return !official.empty() &&
         std::any_of(row.participants.begin(), row.participants.end(),
                     [&](const auto& member) { return member.official == official; });
}

bool IsWalled(const CaseFilter& filter, const AccessRow& row) {
  return std::any_of(filter.wall_keys.begin(), filter.wall_keys.end(),
                     [&](const std::string& key) { return Contains(row.walled, key); });
}

void AddReach(const Reach& reach, const Identity& identity, CaseFilter* filter) {
  filter->all |= reach.all;
  if (reach.region) filter->region_prefix = RegionPrefix(identity.region);
  if (reach.unit) filter->responsible_unit = identity.unit;
  if (reach.offered_unit) filter->offered_unit = identity.unit;
  if (identity.official.empty()) return;
  for (Part part : reach.parts) {
    if (std::find(filter->parts.begin(), filter->parts.end(), part) == filter->parts.end()) {
      filter->parts.push_back(part);
    }
  }
}

// The filter's grants without wall and recusal.
bool Covers(const CaseFilter& filter, const AccessRow& row) {
  return filter.all ||
         (!filter.region_prefix.empty() && row.region_code.starts_with(filter.region_prefix)) ||
         (!filter.responsible_unit.empty() && row.responsible_unit == filter.responsible_unit) ||
         HasPart(row, filter.official, filter.parts) ||
         HasPart(row, filter.offered_unit, {t::PART_OFFERED});
}

CaseFilter EmptyFilter(const Identity& identity, const WallHash& hash) {
  CaseFilter filter;
  filter.official = identity.official;
  filter.wall_keys = WallKeys(identity, hash);
  return filter;
}

}  // namespace

bool CaseFilter::none() const {
  return !all && region_prefix.empty() && responsible_unit.empty() && parts.empty() &&
         offered_unit.empty();
}

Reach ReachOf(Role role, std::string_view permission) {
  Reach reach;
  const Permission* const line = FindPermission(permission);
  if (line == nullptr || line->about == About::kOrganisation || !line->roles.Has(role)) {
    return reach;
  }
  switch (role) {
    case t::ROLE_OFFICE_CLERK:
    case t::ROLE_OFFICE_HEAD:
    case t::ROLE_INSPECTOR:
    case t::ROLE_COUNTY_PLATFORM:
      reach.region = true;
      break;
    case t::ROLE_LEAD:
      reach.parts = {t::PART_LEAD};
      // In a case that somebody else leads, a lead official is a member like any other.
      if (Permits(RoleSet{t::ROLE_CASE_OFFICER}, permission)) {
        reach.parts.push_back(t::PART_OFFICER);
        reach.parts.push_back(t::PART_TASK_FORCE);
      }
      if (AnswersHandover(permission)) reach.parts = {t::PART_OFFERED};
      break;
    case t::ROLE_CASE_OFFICER:
      reach.parts = {t::PART_OFFICER, t::PART_TASK_FORCE};
      if (AnswersHandover(permission)) reach.parts = {t::PART_OFFERED};
      break;
    case t::ROLE_UNIT_HEAD:
      if (AnswersHandover(permission)) {
        reach.parts = {t::PART_OFFERED};
        reach.offered_unit = true;
      } else {
        reach.unit = true;
      }
      break;
    case t::ROLE_ASSISTANCE_STAFF:
      if (IsAssistance(permission)) reach.parts = {t::PART_ASSISTANCE, t::PART_TASK_FORCE};
      break;
    case t::ROLE_SERVICE:
      reach.all = true;
      break;
    default:
      // Auditors and operators reach no case.
      break;
  }
  return reach;
}

CaseFilter FilterFor(const Identity& identity, std::string_view permission, const WallHash& hash) {
  CaseFilter filter = EmptyFilter(identity, hash);
  for (Role role : identity.roles) AddReach(ReachOf(role, permission), identity, &filter);
  return filter;
}

bool Matches(const CaseFilter& filter, const AccessRow& row) {
  return Covers(filter, row) && !IsWalled(filter, row) && !Contains(row.recused, filter.official);
}

Decision Decide(const Identity& identity, std::string_view permission, const AccessRow& row,
                const WallHash& hash) {
  Decision decision;
  if (!Permits(identity.roles, permission)) return decision;
  // Keys are made only where there is a wall: most cases have none.
  if (!row.walled.empty() && IsWalled(EmptyFilter(identity, hash), row)) {
    decision.reason = AccessReason::kWalled;
    return decision;
  }
  for (Role role : identity.roles) {
    CaseFilter filter;
    filter.official = identity.official;
    AddReach(ReachOf(role, permission), identity, &filter);
    if (Covers(filter, row)) decision.roles.Add(role);
  }
  if (decision.roles.empty()) {
    decision.reason = TakesPart(row, identity.official) ? AccessReason::kPartInsufficient
                                                        : AccessReason::kNotFound;
  } else if (Contains(row.recused, identity.official)) {
    decision.reason = AccessReason::kRecused;
    decision.roles = {};
  } else {
    decision.reason = AccessReason::kAllowed;
  }
  return decision;
}

absl::Status ToStatus(const Decision& decision, std::string_view permission,
                      std::string_view resource_type) {
  switch (decision.reason) {
    case AccessReason::kAllowed:
      return absl::OkStatus();
    case AccessReason::kNotFound:
      return status::Conceal(status::NotFound(resource_type), "OUT_OF_REACH");
    case AccessReason::kWalled:
      return status::Conceal(status::NotFound(resource_type), "WALLED");
    case AccessReason::kRecused:
      return status::Error(absl::StatusCode::kPermissionDenied, "RECUSED",
                           "the caller is recused from this case",
                           {{"permission", std::string(permission)}});
    case AccessReason::kPartInsufficient:
      return status::Error(absl::StatusCode::kPermissionDenied, "PART_INSUFFICIENT",
                           "the caller's part in this case does not allow this",
                           {{"permission", std::string(permission)}});
    case AccessReason::kSecondPersonNeeded:
      return status::Error(absl::StatusCode::kPermissionDenied, "SECOND_PERSON_NEEDED",
                           "the caller did an act on this case that takes another person",
                           {{"permission", std::string(permission)}});
    case AccessReason::kPermissionDenied:
      break;
  }
  return status::Denied(permission);
}

std::string RegionPrefix(std::string_view region_code) {
  for (char c : region_code) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return "";
  }
  constexpr size_t kLevels[] = {12, 9, 6, 4, 2};
  const auto* level = std::find(std::begin(kLevels), std::end(kLevels), region_code.size());
  if (level == std::end(kLevels)) return "";
  // Drop the levels that are all zeros, from the lowest up.
  std::string_view prefix = region_code;
  for (++level; level != std::end(kLevels); ++level) {
    const std::string_view tail = prefix.substr(*level);
    if (tail.find_first_not_of('0') != std::string_view::npos) break;
    prefix = prefix.substr(0, *level);
  }
  return prefix == "00" ? std::string() : std::string(prefix);
}

bool RegionCovers(std::string_view region_code, std::string_view other) {
  const std::string prefix = RegionPrefix(region_code);
  return !prefix.empty() && other.starts_with(prefix);
}

}  // namespace redress::auth
