// Masking of personal data in answers, by the kinds that the caller's roles need, and redaction for
// debug logs. Driven by the field option (redress.options.v1.pii) alone: a field is masked because
// the .proto says that it is personal, not because a handler remembered.
#ifndef REDRESS_COMMON_AUTH_MASK_H_
#define REDRESS_COMMON_AUTH_MASK_H_

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "common/auth/identity.h"
#include "google/protobuf/message.h"
#include "redress/options/v1/options.pb.h"

namespace redress::auth {

using options::v1::PiiKind;

// A set of kinds of personal data. A constexpr value type.
class PiiKinds {
 public:
  constexpr PiiKinds() = default;
  constexpr PiiKinds(std::initializer_list<PiiKind> kinds) {
    for (PiiKind kind : kinds) Add(kind);
  }
  constexpr void Add(PiiKind kind) { bits_ |= Bit(kind); }
  constexpr void Add(PiiKinds other) { bits_ |= other.bits_; }
  constexpr bool Has(PiiKind kind) const { return (bits_ & Bit(kind)) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr bool operator==(const PiiKinds& other) const = default;

 private:
  static constexpr uint32_t Bit(PiiKind kind) {
    return kind > 0 && kind < 32 ? uint32_t{1} << kind : 0;
  }
  uint32_t bits_ = 0;
};

// The kinds that the roles see unmasked. The entry criterion is among them only for the petition
// office and only with the permission "cases.readCriterion" (domain.md section 1, invariant 1).
// Pass Decision::roles where there is a case.
PiiKinds MaskFor(RoleSet roles, std::string_view permission = {});

// Masks, in place, every personal field of `message` (at any depth) whose kind is not in `visible`:
// names keep their first character, identity numbers and contacts their last four, addresses,
// narratives and household texts become "…"; anything that is not text is cleared, and so is a
// google.protobuf.Any, which cannot be looked into. Empty fields stay empty. Safe to call from any
// number of threads on different messages. Returns true if a personal field with content was left
// unmasked, which is what the audit log must record.
bool MaskMessage(google::protobuf::Message* message, PiiKinds visible);

// True if `message` holds personal data anywhere.
bool HasPii(const google::protobuf::Message& message);

// One line of text for debug logs, every personal field replaced whatever the role. Thread-safe.
std::string Redacted(const google::protobuf::Message& message);

}  // namespace redress::auth

#endif  // REDRESS_COMMON_AUTH_MASK_H_
