// The completion script for bash.
#ifndef REDRESS_CLIENTS_CTL_COMPLETION_H_
#define REDRESS_CLIENTS_CTL_COMPLETION_H_

#include <string>

#include "clients/ctl/session.h"

namespace redress::ctl {

// Completes nouns, verbs, flags, and the values of flags that have a fixed set.
std::string BashCompletion(Session& session);

}  // namespace redress::ctl

#endif  // REDRESS_CLIENTS_CTL_COMPLETION_H_
