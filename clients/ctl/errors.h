// What the caller is told of an error, and the exit code it ends with. Pure functions.
#ifndef REDRESS_CLIENTS_CTL_ERRORS_H_
#define REDRESS_CLIENTS_CTL_ERRORS_H_

#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "clients/ctl/labels.h"
#include "clients/ctl/titles.h"

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

// An error that arises here, in both languages.
absl::Status Bilingual(absl::StatusCode code, std::string_view zh, std::string_view en);

// INVALID_ARGUMENT of what arises here: the command line, the profile, a file or a value is wrong.
absl::Status Usage(Text text);
absl::Status Usage(std::string_view zh, std::string_view en);

// The same of a file that the command line or the profile names, as whoever read it put it.
absl::Status FileUsage(const absl::Status& status);

absl::Status CannotRead(const std::string& path);
absl::Status CannotWrite(const std::string& path);

// What a status says in a language: both texts of Bilingual; of others the localized message.
std::string TextIn(const absl::Status& status, Lang lang);

// What ctl knows about the call beyond the status.
struct ErrorContext {
  Lang lang = Lang::kEn;
  bool color = false;
  std::string trace_id;    // shown where the status itself names none
  std::string remedy;      // shown below the error; may be empty
  std::string request_id;  // shown where the same request may be repeated with it
  // What the cases that the caller named by their numbers are called; may be null.
  const Titles* titles = nullptr;
  // Field path of the request -> flag that sets it ("visit.outcome" -> "--outcome").
  std::map<std::string, std::string> flags;
};

// The error for a person: reason, message, every bad field with its flag, every unmet duty with its
// clause and how to meet it, how to repeat it safely, and the trace id. Ends with a line break.
std::string RenderError(const absl::Status& status, const ErrorContext& context);

}  // namespace redress::ctl

#endif  // REDRESS_CLIENTS_CTL_ERRORS_H_
