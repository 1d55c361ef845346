// Which role holds which permission. One constant table; whatever it does not name, nobody may do.
// tests/unit/golden/permissions.txt shows it whole. Source: domain.md section 7.
#ifndef REDRESS_COMMON_AUTH_PERMISSIONS_H_
#define REDRESS_COMMON_AUTH_PERMISSIONS_H_

#include <string_view>

#include "absl/types/span.h"
#include "common/auth/identity.h"

namespace redress::auth {

// What a permission is about.
enum class About {
  // Campaigns, units, officials, the installation: no case, so no CaseFilter applies.
  kOrganisation,
  // Cases and the duties in them: subject to the scope of case_scope.h.
  kCase,
  // Cases too, and the call is pointless without personal data. Operators, inspectors, auditors and
  // services never hold such a permission (checked when the table is compiled).
  kPersonalData,
};

// One line of the table.
struct Permission {
  // As in the `permission` of an rpc's policy, for example "cases.close".
  std::string_view name;
  RoleSet roles;
  About about = About::kOrganisation;

  constexpr bool personal() const { return about == About::kPersonalData; }
};

// One permission of one service, which its certificate gives it.
struct ServicePermission {
  std::string_view service;  // "assignment"
  std::string_view permission;
};

// Every permission, sorted by name.
absl::Span<const Permission> AllPermissions();

// The line of a permission; nullptr if there is none.
const Permission* FindPermission(std::string_view name);

// True if the caller may: one of the roles holds the permission and, for a service, this very
// service has it. Thread-safe.
bool Permits(const Identity& caller, std::string_view permission);

// True if one of the roles holds the permission. False for an unknown permission. Thread-safe.
bool Permits(RoleSet roles, std::string_view permission);

}  // namespace redress::auth

#endif  // REDRESS_COMMON_AUTH_PERMISSIONS_H_
