// Cases and claims: registration, the three musts, appraisal, settlement, closing.
#include "clients/ctl/rpc_command.h"

namespace redress::ctl {
namespace {

const TableSpec kCase = {
    "case_file",
    {"registration_number", "name", "state", "source", "received_on", "claims#", "rounds", "etag"}};

const TableSpec kCases = {"cases",
                          {"registration_number", "name", "state", "source", "received_on",
                           "region_code", "responsible_unit", "claims.subject", "claims.category"}};

const TableSpec kClaims = {"case_file.claims",
                           {"name", "kind", "subject", "category", "investigations#", "views#",
                            "appraisals#", "date_offers#"}};

const TableSpec kRecusals = {"case_file.recusals",
                             {"official", "ground", "recused_on", "ended_on"}};

}  // namespace

std::vector<RpcCommand> CaseCommands() {
  return {
      {.words = "case register",
       .method = "registry/RegisterCase",
       .summary = {"登记信访事项", "Register a case"},
       .example = "--region-code 430626103 --source in-person --received-on "
                  "2018-04-10 --full-name 某某 --entry-criterion other --claim "
                  "kind=grievance,subject=land,statement=征地补偿未到位\n--from case.json",
       .flags = {{"campaign", "", Form::kFlag}, {"new_petitioner.address", "home-address"}},
       .tables = {kCase, {"round", {"name", "number", "kind", "state", "received_on"}}}},
      {.words = "case get",
       .method = "registry/GetCase",
       .summary = {"查看信访事项（记入查阅记录）", "Show a case (the reading is recorded)"},
       .example = "430626103-2018-00042-X"},
      {.words = "case list",
       .method = "registry/ListCases",
       .summary = {"列出信访事项", "List cases"},
       .example = "--state open --responsible-unit land-office --limit 50",
       .tables = {kCases}},
      {.words = "case count",
       .method = "registry/CountCases",
       .summary = {"统计信访事项", "Count cases"},
       .example = "--state open --unassigned"},
      {.words = "case number",
       .method = "registry/ListCaseNumbers",
       .summary = {"登记号与事项编号互查", "Find numbers by cases, and cases by numbers"},
       .example = "--registration-number 430626103-2018-00042-X --registration-number "
                  "430626103-2018-00043-K\n--name 018f3c2e-…",
       .tables = {{"numbers", {"registration_number", "name"}}}},
      {.words = "case search",
       .method = "registry/SearchCases",
       .summary = {"按登记号、姓名、身份证号或电话查找",
                   "Find cases by registration number, name, identity number or phone"},
       .example = "--registration-number 430626103-2018-00042-X",
       .tables = {kCases}},
      {.words = "case add-claim",
       .method = "registry/AddClaim",
       .summary = {"增加诉求", "Add a claim to a case"},
       .example = "430626103-2018-00042-X --kind grievance --subject labour --statement @claim.txt",
       .tables = {kClaims}},
      {.words = "case need",
       .method = "registry/RecordNeed",
       .summary = {"记录发现家庭困难", "Record that the household needs assistance"},
       .example = "430626103-2018-00042-X --found-on 2018-05-03",
       .tables = {kCase}},
      {.words = "case identify-accused",
       .method = "registry/IdentifyAccused",
       .summary =
           {"对被检举控告的单位或人员设置回避（条例第三十条）",
            "Wall off whom an accusation is against, once they are in the register (Reg. 30)"},
       .example = "430626103-2018-00042-X --accused officials/town-clerk --act-on 2018-03-02",
       .tables = {kCase}},
      {.words = "case propose-revocation",
       .method = "registry/ProposeRevocation",
       .summary = {"提请撤销检举控告的错误登记",
                   "Propose to take a wrong registration of an accusation back"},
       .example = "430626103-2018-00042-X --replaced-by cases/018f3c2e-… --reason @reason.txt",
       .tables = {kCase}},
      {.words = "case decide-revocation",
       .method = "registry/DecideRevocation",
       .summary = {"决定是否撤销登记（提请人、登记人不得决定）",
                   "Decide on it (not by whoever proposed it or registered the case)"},
       .example = "430626103-2018-00042-X --approve",
       .tables = {kCase}},
      {.words = "case recuse",
       .method = "registry/RecuseOfficial",
       .summary = {"决定人员回避（条例第二十八条）：此后不得承担职责，也不得查阅",
                   "Keep an official with an interest out of a case (Reg. 28)"},
       .example = "430626103-2018-00042-X --official town-clerk --ground matter --recused-on "
                  "2018-05-03",
       .tables = {kCase, kRecusals}},
      {.words = "case end-recusal",
       .method = "registry/EndRecusal",
       .summary = {"结束回避", "End a recusal whose ground has fallen away"},
       .example = "430626103-2018-00042-X --official town-clerk --ended-on 2018-06-01",
       .tables = {kCase, kRecusals}},
      {.words = "case entry-criterion",
       .method = "registry/GetEntryCriterion",
       .summary = {"查看纳入情形（密封，仅信访办可见，记入查阅记录）",
                   "Show the sealed entry criterion (petition office only; recorded)"},
       .example = "430626103-2018-00042-X"},
      {.words = "claim investigate",
       .method = "registry/RecordInvestigation",
       .summary = {"记录调查", "Record an investigation of a claim"},
       .example = "430626103-2018-00042-X/1 --done-on 2018-05-12 --on-site --documents --findings "
                  "@findings.txt --evidence file=site.pdf,kind=document,dated=2018-05-12",
       .tables = {kClaims}},
      {.words = "claim view",
       .method = "registry/RecordView",
       .summary = {"记录有关单位意见", "Record the view of a unit concerned"},
       .example =
           "430626103-2018-00042-X/1 --given-on 2018-05-14 --from-unit land-office --question "
           "@question.txt --answer @answer.txt",
       .tables = {kClaims}},
      {.words = "claim prior",
       .method = "registry/RecordPriorConclusion",
       .summary = {"记录原调查结论（不受其约束）",
                   "Record the earlier conclusion (it does not bind)"},
       .example =
           "430626103-2018-00042-X/1 --exists --concluded-on 2016-09-01 --summary @prior.txt",
       .tables = {kClaims}},
      {.words = "claim appraise",
       .method = "registry/AppraiseClaim",
       .summary = {"甄别归类；--dry-run 列出缺少的前提",
                   "Appraise a claim; --dry-run lists what is missing"},
       .example = "430626103-2018-00042-X/1 --category resolve --decided-on 2018-05-18 --reasons "
                  "@reasons.txt --dry-run",
       .tables = {kClaims}},
      {.words = "claim offer-date",
       .method = "registry/OfferDate",
       .summary = {"提出限期化解日期", "Offer a date of resolution"},
       .example = "430626103-2018-00042-X/1 --offered-on 2018-05-18 --resolve-by 2018-08-31 "
                  "--petitioner-agrees",
       .tables = {kClaims}},
      {.words = "claim retract",
       .method = "registry/RetractRecord",
       .summary = {"撤回有误的记录（原记录保留）", "Retract a wrong record (it stays visible)"},
       .example = "430626103-2018-00042-X/1 018f3c2e-…",
       .flags = {{"fact_id", "", Form::kPositional}},
       .tables = {kClaims}},
      {.words = "record confirm",
       .method = "registry/ConfirmRecord",
       .summary =
           {"确认他人补录的记录（已核对原始材料）",
            "Confirm a record that somebody else made late, having compared it with the paper"},
       .example = "430626103-2018-00042-X 018f3c2e-…",
       .flags = {{"fact_id", "", Form::kPositional}},
       .tables = {kCase}},
      {.words = "settlement sign",
       .method = "registry/SignSettlement",
       .summary = {"签订调解和解协议", "Record a signed settlement agreement"},
       .example =
           "430626103-2018-00042-X/1 --signed-on 2018-07-02 --petitioner-signed --unit-signed "
           "--witness-unit justice-office --terms @terms.txt --document "
           "file=agreement.pdf,kind=document,dated=2018-07-02 --undertaking "
           "kind=payment,amount_fen=120000,due_on=2018-07-15",
       .tables = {kCase}},
      {.words = "settlement withdraw",
       .method = "registry/WithdrawSettlement",
       .summary = {"撤回协议（签订并登记后七日内）",
                   "Withdraw a settlement (within 7 days of signing and recording)"},
       .example = "430626103-2018-00042-X/1 --withdrawn-on 2018-07-05",
       .tables = {kCase}},
      {.words = "settlement perform",
       .method = "registry/PerformSettlement",
       .summary = {"记录协议履行", "Record that a settlement was performed"},
       .example = "430626103-2018-00042-X/1 --performed-on 2018-07-20",
       .tables = {kCase}},
      {.words = "close propose",
       .method = "registry/ProposeClosure",
       .summary = {"提请结案；--dry-run 逐条列出未完成事项及条款",
                   "Propose closing; --dry-run lists every unmet duty with its clause"},
       .example = "430626103-2018-00042-X --standard answered --dry-run",
       .tables = {kCase}},
      {.words = "close approve",
       .method = "registry/CloseCase",
       .summary = {"批准结案销号（提请人不得批准）", "Approve closing (not by the proposer)"},
       .example = "430626103-2018-00042-X --dry-run",
       .tables = {kCase}},
      {.words = "close reject",
       .method = "registry/RejectClosure",
       .summary = {"退回结案提请", "Reject a proposal to close"},
       .example = "430626103-2018-00042-X --reason @reason.txt",
       .tables = {kCase}},
      {.words = "reopen",
       .method = "registry/ReopenCase",
       .summary = {"恢复办理", "Reopen a closed case"},
       .example = "430626103-2018-00042-X --reason new-evidence",
       .tables = {kCase}},
  };
}

}  // namespace redress::ctl
