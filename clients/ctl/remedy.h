// What a caller may do about an error, beyond what the service says. Pure.
#ifndef REDRESS_CLIENTS_CTL_REMEDY_H_
#define REDRESS_CLIENTS_CTL_REMEDY_H_

#include <string>

#include "absl/status/status.h"
#include "clients/ctl/labels.h"

namespace redress::ctl {

// One line, without a break: the roles that hold a permission that was refused, where a token comes
// from, how to give a call more time. Empty where there is nothing to add.
std::string RemedyFor(const absl::Status& status, Lang lang);

}  // namespace redress::ctl

#endif  // REDRESS_CLIENTS_CTL_REMEDY_H_
