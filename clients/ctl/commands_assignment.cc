// Units, officials, the leading group; five-ones assignment and handover.
#include "clients/ctl/rpc_command.h"
#include "clients/ctl/session.h"

namespace redress::ctl {
namespace {

const TableSpec kAssignment = {
    "assignment",
    {"case_name", "lead", "unit", "officer", "assigned_on", "task_force.members#",
     "work_plan.measures#", "open_handover.to_official", "etag"}};

const std::vector<std::string_view> kDutyColumns = {
    "requirement",   "clause",     "title",         "subject",
    "state",         "due",        "overdue_since", "bound_official|bound_unit|bound",
    "recorded_late", "unconfirmed"};

void OwnDuties(Session& session, GivenFlags& given) {
  if (given.count("official") > 0 || given.count("unit") > 0) return;
  const std::string own = session.OwnOfficial();
  if (!own.empty()) given["official"] = {own};
}

RpcCommand Deployment(std::string_view words, std::string_view method, Text summary) {
  return {.words = words,
          .method = method,
          .summary = summary,
          .example = "land-office --reached-on 2018-04-12",
          .tables = {{"milestone", {"unit", "campaign", "kind", "reached_on"}}}};
}

}  // namespace

std::vector<RpcCommand> AssignmentCommands() {
  return {
      {.words = "unit create",
       .method = "assignment/CreateUnit",
       .summary = {"建立单位", "Create a unit"},
       .example =
           "land-office --display-name 国土所 --display-name-en 'Land office' --kind department "
           "--region-code 430626103",
       .flags = {{"unit_id", "", Form::kPositional}}},
      {.words = "unit get",
       .method = "assignment/GetUnit",
       .summary = {"查看单位", "Show a unit"},
       .example = "land-office"},
      {.words = "unit list",
       .method = "assignment/ListUnits",
       .summary = {"列出单位", "List units"},
       .example = "--kind committee",
       .tables = {{"units", {"name", "display_name", "kind", "region_code", "superior"}}}},
      {.words = "unit update",
       .method = "assignment/UpdateUnit",
       .summary = {"更改单位名称或上级", "Change a unit's name or superior"},
       .example = "land-office --superior township"},
      {.words = "official create",
       .method = "assignment/CreateOfficial",
       .summary = {"建立干部（只记职务）", "Create an official (by title, not by name)"},
       .example = "party-secretary --title 党委书记 --unit township --principal-leader --active",
       .flags = {{"official_id", "", Form::kPositional}}},
      {.words = "official get",
       .method = "assignment/GetOfficial",
       .summary = {"查看干部", "Show an official"},
       .example = "party-secretary"},
      {.words = "official list",
       .method = "assignment/ListOfficials",
       .summary = {"列出干部", "List officials"},
       .example = "--unit township",
       .tables = {{"officials", {"name", "title", "unit", "principal_leader", "active"}}}},
      {.words = "official update",
       .method = "assignment/UpdateOfficial",
       .summary = {"更改干部", "Change an official"},
       .example = "party-secretary --active=false"},
      {.words = "leading-group set",
       .method = "assignment/SetLeadingGroup",
       .summary = {"成立领导小组", "Set the leading group of a campaign"},
       .example = "--leader party-secretary --deputy mayor --office-head petition-head "
                  "--liaison petition-clerk --set-on 2018-04-10"},
      {.words = "leading-group get",
       .method = "assignment/GetLeadingGroup",
       .summary = {"查看领导小组", "Show the leading group"},
       .example = ""},
      Deployment("deployment enroll", "assignment/EnrollUnit",
                 {"单位纳入集中行动", "A unit takes part in a campaign"}),
      Deployment("deployment held", "assignment/RecordDeployment",
                 {"已召开动员部署会", "A unit held its deployment meeting"}),
      Deployment("deployment rules", "assignment/RecordImplementingRules",
                 {"已制定实施细则", "A unit issued its implementing rules"}),
      {.words = "assign",
       .method = "assignment/AssignCase",
       .summary = {"五个一包案：一案一领导、责任单位和责任人",
                   "Assign a case: lead, unit and officer"},
       .example = "430626103-2018-00042-X --lead party-secretary --unit land-office --officer "
                  "land-clerk --assigned-on 2018-04-20",
       .tables = {kAssignment}},
      {.words = "assignment get",
       .method = "assignment/GetAssignment",
       .summary = {"查看包案", "Show the assignment of a case"},
       .example = "430626103-2018-00042-X"},
      {.words = "assignment list",
       .method = "assignment/ListAssignments",
       .summary = {"列出包案", "List assignments"},
       .example = "--official party-secretary",
       .tables = {{"assignments",
                   {"case_name", "lead", "unit", "officer", "assigned_on", "task_force.members#",
                    "work_plan.measures#", "open_handover.to_official"}}}},
      {.words = "assignment task-force",
       .method = "assignment/SetTaskForce",
       .summary = {"成立工作专班", "Set the task force"},
       .example = "430626103-2018-00042-X --set-on 2018-04-22 --member "
                  "official=civil-clerk,department=civil-affairs,assistance=true",
       .tables = {kAssignment}},
      {.words = "assignment work-plan",
       .method = "assignment/SetWorkPlan",
       .summary = {"制定工作方案", "Set the work plan"},
       .example = "430626103-2018-00042-X --set-on 2018-04-25 --goal 按期答复 --measure "
                  "description=核对补偿清单,due_on=2018-05-20",
       .tables = {kAssignment}},
      {.words = "assignment measure-done",
       .method = "assignment/CompleteMeasure",
       .summary = {"工作方案措施完成", "A measure of the work plan is done"},
       .example = "430626103-2018-00042-X 1 --done-on 2018-05-18",
       .flags = {{"measure", "", Form::kPositional}},
       .tables = {kAssignment}},
      {.words = "handover offer",
       .method = "assignment/OfferHandover",
       .summary = {"提出移交", "Offer a handover"},
       .example = "430626103-2018-00042-X --part lead --to-official mayor --reason @reason.txt",
       .tables = {kAssignment}},
      {.words = "handover accept",
       .method = "assignment/AcceptHandover",
       .summary = {"接受移交", "Accept a handover"},
       .example = "430626103-2018-00042-X",
       .tables = {kAssignment}},
      {.words = "handover decline",
       .method = "assignment/DeclineHandover",
       .summary = {"退回移交", "Decline a handover"},
       .example = "430626103-2018-00042-X --reason @reason.txt",
       .tables = {kAssignment}},
      {.words = "handover withdraw",
       .method = "assignment/WithdrawHandover",
       .summary = {"撤回尚未答复的移交", "Withdraw a handover that is not answered yet"},
       .example = "430626103-2018-00042-X --reason @reason.txt",
       .tables = {kAssignment}},
      {.words = "extension grant",
       .method = "assignment/GrantExtension",
       .summary = {"批准延期（须在到期前，至多一次）",
                   "Grant the one extension, before the due date"},
       .example = "430626103-2018-00042-X/1 --days 30 --granted-on 2018-06-10 --petitioner-told-on "
                  "2018-06-11 --reason @reason.txt",
       .tables = {{"extension",
                   {"name", "days", "granted_on", "petitioner_told_on", "granted_by"}}}},
      {.words = "due",
       .method = "assignment/ListDue",
       .summary = {"待办事项，最早到期在前；不指明干部或单位即为本人的",
                   "What is due, the oldest first; one's own where nobody is named"},
       .example = "--until 2018-06-30\n--official party-secretary\n--unit land-office",
       .tables = {{"duties", kDutyColumns}},
       .prepare = OwnDuties},
  };
}

}  // namespace redress::ctl
