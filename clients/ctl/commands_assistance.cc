// Household surveys and assistance files.
#include "clients/ctl/rpc_command.h"

namespace redress::ctl {
namespace {

const TableSpec kFile = {
    "assistance_file",
    {"case_name", "state", "opened_on", "plan.planned_on", "measures#", "ended_on", "etag"}};
const TableSpec kMeasures = {"assistance_file.measures",
                             {"name", "measure.kind", "measure.department", "measure.due_on",
                              "state", "settled_on", "payments#"}};

}  // namespace

std::vector<RpcCommand> AssistanceCommands() {
  return {
      {.words = "survey record",
       .method = "assistance/RecordSurvey",
       .summary = {"记录入户调查", "Record a household survey"},
       .example = "430626103-2018-00042-X --surveyed-on 2018-05-05 --by-visit --household-size 4 "
                  "--need medical --livelihood @livelihood.txt",
       .tables = {{"survey", {"name", "surveyed_on", "declined", "by_visit", "needs", "etag"}}}},
      {.words = "survey get",
       .method = "assistance/GetSurvey",
       .summary = {"查看入户调查", "Show a survey"},
       .example = "430626103-2018-00042-X/018f…"},
      {.words = "survey list",
       .method = "assistance/ListSurveys",
       .summary = {"列出入户调查", "List the surveys of a case"},
       .example = "430626103-2018-00042-X",
       .tables = {{"surveys",
                   {"name", "surveyed_on", "declined", "by_visit", "household_size", "needs"}}}},
      {.words = "assistance open",
       .method = "assistance/OpenAssistanceFile",
       .summary = {"建立困难帮扶档案", "Open an assistance file"},
       .example = "430626103-2018-00042-X --opened-on 2018-05-06",
       .tables = {kFile}},
      {.words = "assistance get",
       .method = "assistance/GetAssistanceFile",
       .summary = {"查看困难帮扶档案", "Show an assistance file"},
       .example = "430626103-2018-00042-X"},
      {.words = "assistance list",
       .method = "assistance/ListAssistanceFiles",
       .summary = {"列出困难帮扶档案", "List assistance files"},
       .example = "--state planned",
       .tables = {{"assistance_files",
                   {"case_name", "state", "opened_on", "measures#", "ended_on"}}}},
      {.words = "assistance plan",
       .method = "assistance/PlanAssistance",
       .summary = {"与本人商定帮扶计划", "Agree a plan with the person"},
       .example =
           "430626103-2018-00042-X --planned-on 2018-05-10 --agreed-with-person --near-term "
           "@near.txt --long-term @long.txt --legal-aid-offered --measure "
           "kind=medical-relief,department=civil-affairs,funding_source=2082001,policy_basis="
           "国务院令第649号,amount_fen=1200.00元,due_on=2018-06-01,description=医疗救助,near_term="
           "true",
       .tables = {kFile, kMeasures}},
      {.words = "assistance done",
       .method = "assistance/CompleteAssistanceMeasure",
       .summary = {"帮扶措施完成", "An assistance measure is done"},
       .example = "430626103-2018-00042-X/1 --done-on 2018-05-28",
       .tables = {kMeasures}},
      {.words = "assistance fail",
       .method = "assistance/FailAssistanceMeasure",
       .summary = {"帮扶措施未落实", "An assistance measure failed"},
       .example = "430626103-2018-00042-X/1 --failed-on 2018-05-28 --reason @reason.txt",
       .tables = {kMeasures}},
      {.words = "assistance pay",
       .method = "assistance/RecordPayment",
       .summary = {"记录支付（须有政策依据和资金来源）", "Record a payment, with basis and source"},
       .example = "430626103-2018-00042-X/1 --amount-fen 1200.00元 --paid-on 2018-05-28 "
                  "--policy-basis 国务院令第649号 --funding-source 2082001 --voucher 2018-0042",
       .tables = {kMeasures}},
      {.words = "assistance end",
       .method = "assistance/EndAssistance",
       .summary = {"结束帮扶", "End assistance"},
       .example = "430626103-2018-00042-X --ended-on 2018-11-30 --reason goals-reached",
       .tables = {kFile}},
  };
}

}  // namespace redress::ctl
