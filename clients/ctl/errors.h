// What the caller is told of an error, and the exit code it ends with. Pure functions.
#ifndef REDRESS_CLIENTS_CTL_ERRORS_H_
#define REDRESS_CLIENTS_CTL_ERRORS_H_

#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "clients/ctl/labels.h"

namespace redress::ctl {

// The exit codes; part of the interface (see the README).
enum ExitCode : int {
  kExitOk = 0,
  kExitRefused = 1,      // well formed, but it may not be so: a state, a duty unmet, not found
  kExitUsage = 2,        // the command line, the profile or a field is wrong
  kExitDenied = 3,       // not known, or not allowed
  kExitUnavailable = 4,  // no answer, or not in time; it may be tried again
  kExitInternal = 5,
};

ExitCode ExitCodeOf(const absl::Status& status);

// What ctl knows about the call beyond the status.
struct ErrorContext {
  Lang lang = Lang::kEn;
  bool color = false;
  std::string trace_id;    // shown where the status itself names none
  std::string request_id;  // shown where the same request may be repeated with it
  // Field path of the request -> flag that sets it ("visit.outcome" -> "--outcome").
  std::map<std::string, std::string> flags;
};

// The error for a person: reason, message, every bad field with its flag, every unmet duty with its
// clause and how to meet it, how to repeat it safely, and the trace id. Ends with a line break.
std::string RenderError(const absl::Status& status, const ErrorContext& context);

}  // namespace redress::ctl

#endif  // REDRESS_CLIENTS_CTL_ERRORS_H_
