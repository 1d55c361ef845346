#include "common/status/concealed.h"

#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "common/base/view.h"

namespace redress::status {
namespace {

constexpr absl::string_view kPayloadUrl = "redress/concealed";

}  // namespace

absl::Status Conceal(absl::Status shown, std::string_view reason, std::string_view resource) {
  shown.SetPayload(kPayloadUrl, absl::Cord(absl::StrCat(base::AbslView(reason), "\n",
                                                        base::AbslView(resource))));
  return shown;
}

absl::Status ConcealFor(absl::Status refusal, std::string_view resource) {
  const auto concealed = ConcealedIn(refusal);
  if (!concealed) return refusal;
  return Conceal(std::move(refusal), concealed->reason, resource);
}

std::optional<Concealed> ConcealedIn(const absl::Status& status) {
  const auto payload = status.GetPayload(kPayloadUrl);
  if (!payload) return std::nullopt;
  const std::string text(*payload);
  const size_t end = text.find('\n');
  return Concealed{text.substr(0, end), text.substr(end + 1)};
}

}  // namespace redress::status
