// A caller as one service tells another of them, and as the other takes them. Pure.
#ifndef REDRESS_COMMON_SERVICE_CALLER_H_
#define REDRESS_COMMON_SERVICE_CALLER_H_

#include "common/auth/identity.h"
#include "redress/registry/v1/access.pb.h"

namespace redress::service {

inline registry::v1::Caller CallerOf(const auth::Identity& identity) {
  registry::v1::Caller caller;
  caller.set_official(identity.official);
  caller.set_person(identity.person);
  caller.set_unit(identity.unit);
  caller.set_region_code(identity.region);
  for (types::v1::Role role : identity.roles) caller.add_roles(role);
  return caller;
}

inline auth::Identity IdentityOf(const registry::v1::Caller& caller) {
  auth::Identity identity;
  identity.subject = identity.official = caller.official();
  identity.person = caller.person();
  identity.unit = caller.unit();
  identity.region = caller.region_code();
  for (int role : caller.roles()) identity.roles.push_back(static_cast<types::v1::Role>(role));
  return identity;
}

}  // namespace redress::service

#endif  // REDRESS_COMMON_SERVICE_CALLER_H_
