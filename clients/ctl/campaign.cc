#include "clients/ctl/campaign.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/ctl/show.h"
#include "common/base/ids.h"
#include "common/base/view.h"
#include "common/status/error.h"

namespace redress::ctl {
namespace {

constexpr Text kNone = {"还没有集中行动（用 campaign create 发起）",
                        "there is no campaign yet (campaign create starts one)"};
constexpr Text kSeveral = {"集中行动不止一个，请指明其一：",
                           "there are several campaigns, name one: "};

}  // namespace

absl::StatusOr<std::string> TheOnlyCampaign(const registry::v1::ListCampaignsResponse& first_page,
                                            std::string_view field, Lang lang) {
  if (first_page.campaigns().empty()) return status::InvalidField(field, kNone.In(lang));
  const bool more = !first_page.next_page_token().empty();
  if (first_page.campaigns_size() == 1 && !more) return first_page.campaigns(0).name();
  const auto& title = *registry::v1::Campaign::descriptor()->FindFieldByName("display_name");
  std::vector<std::string> names;
  for (const registry::v1::Campaign& campaign : first_page.campaigns()) {
    names.push_back(absl::StrCat(base::AbslView(base::LastSegment(campaign.name())),
                                 Bracketed(FieldText(campaign, title, lang), lang)));
  }
  if (more) names.emplace_back("…");
  return status::InvalidField(field,
                              absl::StrCat(base::AbslView(kSeveral.In(lang)),
                                           absl::StrJoin(names, lang == Lang::kZh ? "、" : ", ")));
}

}  // namespace redress::ctl
