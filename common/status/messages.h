// The catalogue of error messages in the readers' languages, keyed by the reason of ErrorInfo.
//
// A text may name metadata of the error in braces: "没有权限 {permission}". A reason without an
// entry falls back to the status's own English message. What BadRequest and PreconditionFailure
// say of each field and each duty has its catalogue in descriptions.h.
#ifndef REDRESS_COMMON_STATUS_MESSAGES_H_
#define REDRESS_COMMON_STATUS_MESSAGES_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/types/span.h"

namespace redress::status {

// An entry of the catalogue. The texts must outlive the process (string literals).
struct Message {
  std::string_view reason;
  std::string_view zh;
  std::string_view en;
};

// Adds a service's messages; a later entry replaces an earlier one of the same reason. Thread-safe;
// meant for start-up.
void RegisterMessages(absl::Span<const Message> messages);

// "zh" or "en" (the default) by the first known tag of an accept-language value with the highest
// quality: "zh-CN,zh;q=0.9,en;q=0.8" -> "zh".
std::string_view PickLanguage(std::string_view accept_language);

// The catalogue's text for a reason, metadata filled in; the English message of the status if the
// catalogue has none. Thread-safe.
std::string MessageFor(const absl::Status& status, std::string_view lang);

// Adds (or replaces) the LocalizedMessage detail for `lang` ("zh" or "en", other values mean "en"),
// and puts the descriptions of violations into that language. Does nothing to OK and to statuses
// without a reason. Thread-safe.
void Localize(absl::Status& status, std::string_view lang);

// The text of the LocalizedMessage; the English message if there is none.
std::string LocalizedTextOf(const absl::Status& status);

}  // namespace redress::status

#endif  // REDRESS_COMMON_STATUS_MESSAGES_H_
