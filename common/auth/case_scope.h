// Who may do what in one case: role permission × region or unit or participation − recusal −
// accusation wall; default deny. Pure; a store that lists cases turns the same CaseFilter into SQL,
// so that list, count, search and get cannot disagree. Source: domain.md section 1 (6), section 7;
// Reg. 28 (recusal), Reg. 30 (accusation).
#ifndef REDRESS_COMMON_AUTH_CASE_SCOPE_H_
#define REDRESS_COMMON_AUTH_CASE_SCOPE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "common/auth/identity.h"
#include "common/auth/wall.h"
#include "redress/types/v1/types.pb.h"

namespace redress::auth {

using types::v1::Part;

// Somebody with a part in a case.
struct Participant {
  // `officials/…`. With PART_OFFERED it may be `units/…`: then that unit's head answers.
  std::string official;
  Part part = types::v1::PART_UNSPECIFIED;
};

// What is known about access to one case: a row of `case_access`.
struct AccessRow {
  std::string case_name;  // `cases/…`
  std::string region_code;
  std::string responsible_unit;  // `units/…`, empty while unassigned
  std::vector<Participant> participants;
  // The keys (wall.h) of those for whom the case does not exist, hashed as those of callers are.
  std::vector<std::string> walled;
  // Officials with an interest of their own.
  std::vector<std::string> recused;
  int64_t version = 0;
};

// The cases that an identity reaches with one permission: the union of the parts below, minus the
// cases where one of `wall_keys` is walled, minus those where `official` is recused.
struct CaseFilter {
  // Every case (machines of our own). The wall and recusal still apply.
  bool all = false;
  // Cases whose region code starts with this; empty: no such grant.
  std::string region_prefix;
  // Cases of this responsible unit; empty: no such grant.
  std::string responsible_unit;
  // Cases where `official` has one of these parts; empty: no such grant.
  std::vector<Part> parts;
  // Cases where this unit has PART_OFFERED; empty: no such grant.
  std::string offered_unit;
  // For whom the recusals and the parts are looked up. May be empty.
  std::string official;
  // By which the wall is looked up.
  std::vector<std::string> wall_keys;

  // True if nothing can match: the caller gets PERMISSION_DENIED without a query.
  bool none() const;
};

// Why a decision came out as it did. The numbers are those of redress.registry.v1.AccessRefusal.
enum class AccessReason {
  kAllowed = 0,
  kPermissionDenied = 1,    // no role of the caller holds the permission
  kNotFound = 2,            // out of reach: as if there were no such case
  kRecused = 3,             // the caller has an interest in the case
  kPartInsufficient = 4,    // the caller takes part in the case, but not in a part that allows this
  kWalled = 5,              // the caller is walled off: told as kNotFound is
  kSecondPersonNeeded = 6,  // the caller did an act on the case that takes another than this one
};

struct Decision {
  AccessReason reason = AccessReason::kPermissionDenied;
  // The roles through which it is allowed; MaskFor takes these, so that a role held elsewhere
  // unmasks nothing here.
  RoleSet roles;

  bool allowed() const { return reason == AccessReason::kAllowed; }
};

// What `role` reaches with `permission`; the table behind everything here.
struct Reach {
  bool all = false;
  bool region = false;
  bool unit = false;
  std::vector<Part> parts;
  bool offered_unit = false;
};
Reach ReachOf(Role role, std::string_view permission);

// The filter of an identity for one permission, to compile into a query. Empty (none()) for a
// permission that is not about cases. `hash`: as the rows' keys are hashed.
CaseFilter FilterFor(const Identity& identity, std::string_view permission,
                     const WallHash& hash = {});

// The decision about one case. Allowed exactly if Matches(FilterFor(identity, permission), row).
Decision Decide(const Identity& identity, std::string_view permission, const AccessRow& row,
                const WallHash& hash = {});
bool Matches(const CaseFilter& filter, const AccessRow& row);

// The status to answer with: OK; PERMISSION_DENIED with reason PERMISSION_DENIED, RECUSED,
// PART_INSUFFICIENT or SECOND_PERSON_NEEDED; or what a caller cannot tell from
// status::NotFound(resource_type), the answer for a row that does not exist, so stores must use the
// same type there. That one carries the true reason, WALLED or OUT_OF_REACH, for the audit log
// alone (status/concealed.h).
absl::Status ToStatus(const Decision& decision, std::string_view permission,
                      std::string_view resource_type = "case");

// The prefix that a region code stands for: trailing zero groups of the GB/T 2260 levels (2, 4, 6,
// 9 and 12 digits) dropped, so that "411600" covers the whole city. Empty for a malformed code, and
// an empty prefix covers nothing.
std::string RegionPrefix(std::string_view region_code);
bool RegionCovers(std::string_view region_code, std::string_view other);

}  // namespace redress::auth

#endif  // REDRESS_COMMON_AUTH_CASE_SCOPE_H_
