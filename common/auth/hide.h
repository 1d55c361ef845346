// Leaving out what a coded field tells of a person (options.v1.tells), for roles that do not need
// it: which person a case is about, what a claim asks for, whether a household is in need. Masking
// (mask.h) is for personal data itself. Both are driven by the .proto alone.
//
// The table, from domain.md section 1 (invariants 4 and 7) and section 7:
//   PERSON     the petition office and those who handle the case
//   CLAIM      everybody who sees the case but assistance staff
//   HOUSEHOLD  the petition office, those who handle the case, assistance staff
// The five services see everything among themselves: what leaves them is hidden where it leaves.
#ifndef REDRESS_COMMON_AUTH_HIDE_H_
#define REDRESS_COMMON_AUTH_HIDE_H_

#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "common/auth/identity.h"
#include "google/protobuf/message.h"
#include "redress/facts/v1/facts.pb.h"
#include "redress/options/v1/tells.pb.h"

namespace redress::auth {

using options::v1::Tells;

// What somebody may be told. A constexpr value type.
class ToldSet {
 public:
  constexpr ToldSet() = default;
  constexpr ToldSet(std::initializer_list<Tells> tells) {
    for (Tells one : tells) bits_ |= uint32_t{1} << one;
  }
  constexpr bool Has(Tells tells) const { return (bits_ & uint32_t{1} << tells) != 0; }
  constexpr void Add(ToldSet other) { bits_ |= other.bits_; }
  constexpr void Keep(ToldSet other) { bits_ &= other.bits_; }
  constexpr bool operator==(const ToldSet& other) const = default;

 private:
  uint32_t bits_ = 0;
};

// What the roles together may be told. Pass Decision::roles where there is a case.
ToldSet ToldTo(RoleSet roles);
// The same for those of the roles that hold the permission, where no case decides.
ToldSet ToldTo(RoleSet roles, std::string_view permission);

// Clears, in place and at any depth, every field of `message` that tells what is not in `told`.
// Thread-safe on different messages.
void HideFrom(google::protobuf::Message* message, ToldSet told);

// Whether a fact of this kind may be shown, on its own case, to those who are told so much: that a
// household is in need or is helped, and on which day somebody was at home or was visited, is for
// those who handle the case.
bool MaySeeFact(ToldSet told, facts::v1::FactKind kind);

}  // namespace redress::auth

#endif  // REDRESS_COMMON_AUTH_HIDE_H_
