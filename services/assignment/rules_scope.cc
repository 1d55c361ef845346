#include "common/auth/case_scope.h"
#include "common/status/error.h"
#include "services/assignment/rules.h"

namespace redress::assignment::rules {
namespace {

namespace t = redress::types::v1;

bool ServesRegionOf(const auth::Identity& caller, const v1::Unit& unit) {
  return auth::RegionCovers(caller.region, unit.region_code());
}

}  // namespace

bool RegionsMeet(std::string_view one, std::string_view other) {
  return auth::RegionCovers(one, other) || auth::RegionCovers(other, one);
}

absl::Status CheckMayActFor(const auth::Identity& caller, const v1::Unit& unit,
                            std::string_view permission) {
  if (caller.Has(t::ROLE_OPERATOR)) return absl::OkStatus();
  const bool office = caller.Has(t::ROLE_OFFICE_CLERK) || caller.Has(t::ROLE_OFFICE_HEAD);
  if (office && ServesRegionOf(caller, unit)) return absl::OkStatus();
  if (caller.Has(t::ROLE_UNIT_HEAD) && caller.unit == unit.name()) return absl::OkStatus();
  return status::Denied(permission);
}

absl::Status CheckMayAskDue(const auth::Identity& caller, std::string_view official,
                            const v1::Unit& unit, std::string_view permission) {
  const bool overseer = caller.Has(t::ROLE_OFFICE_CLERK) || caller.Has(t::ROLE_OFFICE_HEAD) ||
                        caller.Has(t::ROLE_INSPECTOR);
  if (overseer && ServesRegionOf(caller, unit)) return absl::OkStatus();
  if (caller.Has(t::ROLE_UNIT_HEAD) && !caller.unit.empty() && caller.unit == unit.name())
    return absl::OkStatus();
  if (!official.empty() && caller.official == official) return absl::OkStatus();
  return status::Denied(permission);
}

}  // namespace redress::assignment::rules
