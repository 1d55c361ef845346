// What every record keeps, whatever it is about: read off the request itself, so that no service
// and no new rpc can forget it. Pure and thread-safe. Source: domain.md section 1 (7), section 5.
#ifndef REDRESS_COMMON_RULES_RECORD_CHECKS_H_
#define REDRESS_COMMON_RULES_RECORD_CHECKS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "common/rules/rules.h"
#include "google/protobuf/message.h"
#include "redress/facts/v1/facts.pb.h"
#include "redress/types/v1/evidence.pb.h"

namespace redress::rules {

// INVALID_ARGUMENT naming every field of `request` that
// - dates an act of handling before `received_on`, the day on which the office received the case
//   (where it is known): nothing was handled that had not come in. An act is a date that may not be
//   in the future; the day of an earlier conclusion, or of evidence in a list, is none, but a field
//   for one piece of evidence holds the proof of an act: a receipt, a signed note, a notice;
// - is a picture or a recording without the petitioner's written consent (invariant 7);
// - is evidence whose hash, or whose consent's, is of no file, or of one and the same.
absl::Status CheckRecord(const google::protobuf::Message& request,
                         std::optional<absl::CivilDay> received_on);

// A unit that a request names, and the field that names it: "settlement.witness_unit".
struct NamedUnit {
  std::string field;
  std::string unit;
};
// Every unit that the client names, in the order of the fields.
std::vector<NamedUnit> UnitsNamedIn(const google::protobuf::Message& request);

// Somebody of `unit` is to be from outside the responsible unit, which must be known by then. An
// empty `unit` is not compared.
void CheckOutside(std::string_view field, std::string_view unit, std::string_view responsible_unit,
                  FieldErrors& errors);

// That the petitioner declined is proven by their signed note or by a witness from outside the
// responsible unit (invariant 8); `field` is where the proof stands in the request. What the fact
// says of it.
facts::v1::DeclineProof CheckDecline(const types::v1::ProofOfDecline& decline,
                                     std::string_view responsible_unit, const std::string& field,
                                     FieldErrors& errors);

}  // namespace redress::rules

#endif  // REDRESS_COMMON_RULES_RECORD_CHECKS_H_
