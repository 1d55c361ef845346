#include "clients/ctl/remedy.h"

#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/auth/permissions.h"
#include "common/base/view.h"
#include "common/status/error.h"
#include "redress/types/v1/types.pb.h"

namespace redress::ctl {
namespace {

constexpr Text kRoles = {"有此权限的角色：", "Roles that hold it: "};
constexpr Text kToken = {"新令牌：redress-ctl token issue；deploy/up 也会更新它写的令牌。",
                         "A new token: redress-ctl token issue; deploy/up renews those it wrote."};
constexpr Text kTime = {"多给些时间：--timeout 秒数", "More time: --timeout SECONDS"};

// The roles that hold the permission of which an error speaks.
std::vector<std::string> RolesFor(const absl::Status& status, Lang lang) {
  std::vector<std::string> roles;
  const std::optional<google::rpc::ErrorInfo> info = status::ErrorInfoOf(status);
  if (!info) return roles;
  const auto named = info->metadata().find("permission");
  if (named == info->metadata().end()) return roles;
  const auth::Permission* permission = auth::FindPermission(named->second);
  if (permission == nullptr) return roles;
  const auto& type = *types::v1::Role_descriptor();
  for (int i = 1; i < type.value_count(); ++i) {
    if (permission->roles.Has(static_cast<types::v1::Role>(type.value(i)->number()))) {
      roles.push_back(EnumLabel(*type.value(i), lang));
    }
  }
  return roles;
}

}  // namespace

std::string RemedyFor(const absl::Status& status, Lang lang) {
  switch (status.code()) {
    case absl::StatusCode::kPermissionDenied: {
      const std::vector<std::string> roles = RolesFor(status, lang);
      if (roles.empty()) return "";
      return absl::StrCat(base::AbslView(kRoles.In(lang)),
                          absl::StrJoin(roles, lang == Lang::kZh ? "、" : ", "));
    }
    case absl::StatusCode::kUnauthenticated:
      return std::string(kToken.In(lang));
    case absl::StatusCode::kDeadlineExceeded:
      return std::string(kTime.In(lang));
    default:
      return "";
  }
}

}  // namespace redress::ctl
