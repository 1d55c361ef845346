// A refusal that does not say its true reason: the caller is told that there is no such thing, and
// the audit log why. What is concealed is no part of what a client gets (ToGrpc). Thread-safe.
#ifndef REDRESS_COMMON_STATUS_CONCEALED_H_
#define REDRESS_COMMON_STATUS_CONCEALED_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace redress::status {

struct Concealed {
  std::string reason;    // "WALLED"
  std::string resource;  // what was asked for, "cases/…"; may be empty
};

// `shown`, with its true reason; a reason that it has already is replaced.
absl::Status Conceal(absl::Status shown, std::string_view reason, std::string_view resource = "");

// A refusal that conceals its reason, with what it is about; any other as it is.
absl::Status ConcealFor(absl::Status refusal, std::string_view resource);

// What a refusal conceals, if it does.
std::optional<Concealed> ConcealedIn(const absl::Status& status);

}  // namespace redress::status

#endif  // REDRESS_COMMON_STATUS_CONCEALED_H_
