#include "clients/ctl/token_claims.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_split.h"
#include "common/base/view.h"

namespace redress::ctl {

std::string OfficialOf(std::string_view token) {
  const std::vector<std::string> parts = absl::StrSplit(base::AbslView(token), '.');
  std::string payload;
  google::protobuf::Struct claims;
  if (parts.size() != 3 || !absl::WebSafeBase64Unescape(parts[1], &payload) ||
      !google::protobuf::util::JsonStringToMessage(payload, &claims).ok()) {
    return "";
  }
  const auto official = claims.fields().find("official");
  return official == claims.fields().end() ? "" : official->second.string_value();
}

}  // namespace redress::ctl
