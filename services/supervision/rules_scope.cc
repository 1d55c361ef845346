#include "common/auth/case_scope.h"
#include "services/supervision/rules.h"

namespace redress::supervision::rules {

Scope ScopeOf(const auth::Identity& caller, std::string_view permission) {
  const auth::CaseFilter filter = auth::FilterFor(caller, permission);
  Scope scope;
  scope.all = filter.all;
  scope.region_prefix = filter.region_prefix;
  scope.unit = filter.responsible_unit;
  if (!filter.parts.empty()) scope.official = caller.official;
  return scope;
}

bool Within(const Scope& scope, std::string_view region_code, std::string_view unit,
            std::string_view official) {
  return scope.CoversRegion(region_code) || (!scope.unit.empty() && scope.unit == unit) ||
         (!scope.official.empty() && scope.official == official);
}

}  // namespace redress::supervision::rules
