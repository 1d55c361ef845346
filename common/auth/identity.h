// Who calls: a person known by a signed token, or a machine known by its client certificate.
#ifndef REDRESS_COMMON_AUTH_IDENTITY_H_
#define REDRESS_COMMON_AUTH_IDENTITY_H_

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "redress/types/v1/types.pb.h"

namespace redress::auth {

using types::v1::Role;

// A set of roles. A value type; constexpr throughout, so that tables of roles are constants.
class RoleSet {
 public:
  constexpr RoleSet() = default;
  constexpr RoleSet(std::initializer_list<Role> roles) {
    for (Role role : roles) Add(role);
  }
  // Implicit, so that Identity::roles passes wherever a set is asked for.
  RoleSet(const std::vector<Role>& roles) {
    for (Role role : roles) Add(role);
  }
  // ROLE_UNSPECIFIED and values out of range are never members.
  constexpr void Add(Role role) { bits_ |= Bit(role); }
  constexpr void Add(RoleSet other) { bits_ |= other.bits_; }
  constexpr bool Has(Role role) const { return (bits_ & Bit(role)) != 0; }
  constexpr bool Intersects(RoleSet other) const { return (bits_ & other.bits_) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr bool operator==(const RoleSet& other) const = default;

 private:
  static constexpr uint32_t Bit(Role role) {
    return role > 0 && role < 32 ? uint32_t{1} << role : 0;
  }
  uint32_t bits_ = 0;
};

// By what the person of a token's subject is told apart in records: 32 hexadecimal digits, the same
// in every service, which do not show the account.
std::string PersonOf(std::string_view subject);

// Who calls. A plain value.
struct Identity {
  enum class Kind { kPerson, kMachine };

  Kind kind = Kind::kPerson;
  // A stable name of the caller: the token's subject, or "service/registry", "county/411600".
  std::string subject;
  // Which natural person it is (PersonOf); empty for a machine.
  std::string person;
  // `officials/…` of a person; empty for a machine.
  std::string official;
  // `units/…` of a person; empty for a machine.
  std::string unit;
  // The region code that the caller serves; empty covers no region.
  std::string region;
  std::vector<Role> roles;
  // The name of one of the five services; empty otherwise.
  std::string service;

  bool Has(Role role) const;
  // Who to name in a fact: official and unit, or the machine's subject, with the first role that is
  // in `permitting` (the first role at all if that is empty).
  types::v1::Actor ToActor(RoleSet permitting = {}) const;
};

}  // namespace redress::auth

#endif  // REDRESS_COMMON_AUTH_IDENTITY_H_
