// The catalogue of what field violations and unmet preconditions say, in Chinese, keyed by the
// English text as it stands where it is reported.
//
// A text with values has numbered slots: "must be between {0} and {1}". A value that has an entry
// of its own is put into Chinese as well. A text without an entry stays English, which a test over
// the sources does not let happen.
#ifndef REDRESS_COMMON_STATUS_DESCRIPTIONS_H_
#define REDRESS_COMMON_STATUS_DESCRIPTIONS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"

namespace redress::status {

// An entry of the catalogue. The texts must outlive the process (string literals).
struct Description {
  std::string_view en;
  std::string_view zh;
};

// Adds a service's descriptions; a later entry replaces an earlier one of the same English text.
// Thread-safe; meant for start-up.
void RegisterDescriptions(absl::Span<const Description> descriptions);

// The Chinese text of a description; the description itself where the catalogue has none.
// Thread-safe.
std::string InChinese(std::string_view description);

// Every entry, for the test that compares them with the sources.
std::vector<Description> AllDescriptions();

}  // namespace redress::status

#endif  // REDRESS_COMMON_STATUS_DESCRIPTIONS_H_
