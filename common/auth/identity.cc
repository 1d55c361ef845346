#include "common/auth/identity.h"

#include <algorithm>

#include "common/base/digest.h"

namespace redress::auth {

bool Identity::Has(Role role) const {
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

std::string PersonOf(std::string_view subject) {
  return base::Sha256Hex("redress person " + std::string(subject)).substr(0, 32);
}

types::v1::Actor Identity::ToActor(RoleSet permitting) const {
  types::v1::Actor actor;
  actor.set_official(kind == Kind::kPerson ? official : subject);
  actor.set_unit(unit);
  actor.set_person(person);
  for (Role role : roles) {
    if (permitting.empty() || permitting.Has(role)) {
      actor.set_role(role);
      break;
    }
  }
  return actor;
}

}  // namespace redress::auth
