// Campaigns, plans and petitioners: what comes before a case.
#include "clients/ctl/rpc_command.h"

namespace redress::ctl {
namespace {

const TableSpec kCampaigns = {
    "campaigns", {"name", "display_name", "region_code", "plan_revision", "create_time"}};

const TableSpec kWarnings = {"warnings", {"line", "column", "text"}};

}  // namespace

std::vector<RpcCommand> CampaignCommands() {
  return {
      {.words = "campaign create",
       .method = "registry/CreateCampaign",
       .summary = {"按方案文件发起集中行动", "Start a campaign under a plan file"},
       .example = "seeds/plans/2018-three-in-place.txtpb --display-name 三到位一处理 --region-code "
                  "430626103\nplan.txtpb --display-name 试行 --region-code 430626103 --dry-run",
       .flags = {{"plan_text", "plan", Form::kFile}}},
      {.words = "campaign get",
       .method = "registry/GetCampaign",
       .summary = {"查看集中行动", "Show a campaign"},
       .example = "018f3c2e-…"},
      {.words = "campaign list",
       .method = "registry/ListCampaigns",
       .summary = {"列出集中行动", "List campaigns"},
       .example = "",
       .tables = {kCampaigns}},
      {.words = "campaign plan",
       .method = "registry/CreatePlanRevision",
       .summary = {"载入方案新版本；--validate-only 只列出全部错误",
                   "Load a revision of the plan; --validate-only lists every mistake"},
       .example = "plan.txtpb --validate-only\nplan.txtpb --campaign 018f3c2e-…",
       .flags = {{"campaign", "", Form::kFlag}, {"plan_text", "plan", Form::kFile}},
       .tables = {{"plan_revision", {"name", "number", "sha256", "create_time"}}, kWarnings}},
      {.words = "campaign plan-text",
       .method = "registry/GetPlanRevision",
       .summary = {"查看方案文本", "Show a revision of the plan with its text"},
       .example = "018f3c2e-…/1"},
      {.words = "petitioner get",
       .method = "registry/GetPetitioner",
       .summary = {"查看信访人（记入查阅记录）", "Show a petitioner (the reading is recorded)"},
       .example = "018f3c2e-… --case 430626103-2018-00042-X"},
      {.words = "petitioner update",
       .method = "registry/UpdatePetitioner",
       .summary = {"更正信访人身份信息", "Correct a petitioner's identity"},
       .example = "018f3c2e-… --case 430626103-2018-00042-X --full-name 某某 --phone 13800000000",
       .flags = {{"identity.address", "home-address"}}},
  };
}

}  // namespace redress::ctl
