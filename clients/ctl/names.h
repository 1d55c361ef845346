// Resource names as people type them.
//
// Where a field wants `units/*`, "petition-office" stands for "units/petition-office"; where it
// wants `cases/*/rounds/*`, "CASE/1" stands for "cases/CASE/rounds/1", and "1" alone does where the
// case is given otherwise. A case is given by its id or by its registration number, which is looked
// up.
#ifndef REDRESS_CLIENTS_CTL_NAMES_H_
#define REDRESS_CLIENTS_CTL_NAMES_H_

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace redress::ctl {

// The name of the case ("cases/…") with a registration number.
using CaseLookup = std::function<absl::StatusOr<std::string>(const std::string& number)>;

// True for what can only be a registration number: "430626103-2018-00042-X".
bool LooksLikeRegistrationNumber(std::string_view text);

// The full name that `text` stands for. `case_name` is the case given otherwise, or empty. A text
// that fits no form is returned as it is: the service says what is wrong with it. Fails only as
// `lookup` fails.
absl::StatusOr<std::string> ExpandName(std::string_view pattern, std::string_view text,
                                       std::string_view case_name, const CaseLookup& lookup);

// The singular of the last collection of a pattern, as a flag is called: "cases/*/rounds/*" ->
// "round", "cases/*/assistanceFile/measures/*" -> "measure".
std::string ResourceNoun(std::string_view pattern);

// "representatives" -> "representative", "deputies" -> "deputy".
std::string Singular(std::string_view plural);

}  // namespace redress::ctl

#endif  // REDRESS_CLIENTS_CTL_NAMES_H_
