// What supervision answers: overview, ledger, overdue, evaluation, scores.
#include <map>

#include "absl/strings/str_cat.h"
#include "clients/ctl/rpc_command.h"
#include "clients/ctl/schema.h"
#include "clients/ctl/session.h"
#include "redress/registry/v1/registry.pb.h"
#include "redress/supervision/v1/supervision.pb.h"

namespace redress::ctl {
namespace {

const std::vector<std::string_view> kStatusColumns = {
    "requirement",   "clause",        "title",
    "subject",       "state",         "due",
    "met_on",        "overdue_since", "bound_official|bound_unit|bound",
    "recorded_late", "unconfirmed"};

const std::vector<std::string_view> kFeedColumns = {"service", "position", "tree_size"};

std::string ShowScorecard(const google::protobuf::Message& response, const View& view) {
  const auto& answer = dynamic_cast<const supervision::v1::GetScorecardResponse&>(response);
  plan::v1::Scorecard head = answer.scorecard();
  head.clear_lines();
  std::string out = absl::StrCat(ShowRecord(head, view), "\n",
                                 ShowTable(answer,
                                           {"scorecard.lines",
                                            {"rule", "clause", "title", "centipoints",
                                             "max_centipoints", "good", "total", "unconfirmed"}},
                                           view));
  // With --explain: each line down to the facts that it counts.
  for (const plan::v1::ScoreLine& line : answer.scorecard().lines()) {
    if (line.traces().empty()) continue;
    absl::StrAppend(
        &out, "\n", Paint(line.rule(), Tone::kHeading, view.color), " ",
        Punctuated(line.clause(), view.lang), "\n",
        ShowTable(line,
                  {"traces", {"good", "requirement", "subject", "date", "recorded_late", "facts"}},
                  {view.lang, view.color, 0, view.titles}));
  }
  return out;
}

// 诉求内容 is personal data and never enters supervision: it is read from registry, case by case,
// as far as the caller may, and each reading is recorded there.
absl::Status JoinClaims(Session& session, google::protobuf::Message& response) {
  auto& ledger = dynamic_cast<supervision::v1::GetLedgerResponse&>(response);
  if (session.profile().addresses.count("registry") == 0) return absl::OkStatus();
  std::map<std::string, registry::v1::GetCaseResponse> files;
  for (supervision::v1::LedgerRow& row : *ledger.mutable_rows()) {
    const auto [file, fresh] = files.try_emplace(row.case_name());
    if (fresh) {
      registry::v1::GetCaseRequest request;
      request.set_name(row.case_name());
      const absl::Status read = session.caller().Unary("registry", *FindMethod("registry/GetCase"),
                                                       request, &file->second);
      // Whose role reads no case reads none of the others.
      if (absl::IsPermissionDenied(read)) return absl::OkStatus();
      if (!read.ok() && !absl::IsNotFound(read)) return read;
    }
    for (const registry::v1::Claim& claim : file->second.case_file().claims()) {
      if (claim.name() == row.claim()) row.set_claim_text(claim.statement());
    }
  }
  return absl::OkStatus();
}

}  // namespace

std::vector<RpcCommand> SupervisionCommands() {
  return {
      {.words = "overview",
       .method = "supervision/GetOverview",
       .summary = {"总览：事项、应办、单位", "Cases, duties and units at a glance"},
       .example = "--as-of 2018-06-20",
       .tables = {{"cases", {"state", "cases"}, {"信访事项", "Cases"}},
                  {"requirements",
                   {"requirement", "clause", "state", "statuses"},
                   {"应办事项", "Duties"}},
                  {"units", {"unit", "pending", "overdue", "met", "met_late"}, {"单位", "Units"}},
                  {"facts", kFeedColumns, {"所据事实", "Facts known"}}}},
      {.words = "ledger",
       .method = "supervision/GetLedger",
       .summary = {"台账（任一日期）", "The ledger as of any date"},
       .example = "--as-of 2018-09-30 --include-closed --limit 0",
       .tables = {{"rows",
                   {"registration_number", "claim_text", "claim_subject", "category", "assist",
                    "measures_done", "measures_planned", "lead", "unit", "officer", "time_limit",
                    "registered_on", "struck_off_on", "standard", "overdue", "recorded_late",
                    "unconfirmed"}}},
       .complete = JoinClaims},
      {.words = "overdue",
       .method = "supervision/ListOverdue",
       .summary = {"逾期事项及责任人", "What is overdue, and who is bound"},
       .example = "--as-of 2018-06-20 --unit land-office",
       .tables = {{"statuses", kStatusColumns}}},
      {.words = "statuses",
       .method = "supervision/ListStatuses",
       .summary = {"按条件列出应办事项", "List duties by campaign, official, unit, case, state"},
       .example = "--case 430626103-2018-00042-X --state overdue --state pending",
       .flags = {{"on_behalf_of.official", "", Form::kHidden},
                 {"on_behalf_of.unit", "", Form::kHidden},
                 {"on_behalf_of.region_code", "", Form::kHidden},
                 {"on_behalf_of.roles", "", Form::kHidden},
                 {"permission", "", Form::kHidden}},
       .tables = {{"statuses", kStatusColumns}}},
      {.words = "evaluate",
       .method = "supervision/GetCaseEvaluation",
       .summary = {"逐条评估一个信访事项", "Evaluate a case against its plan, with reasons"},
       .example = "430626103-2018-00042-X --as-of 2018-06-20",
       .tables = {{"evaluation.statuses",
                   {"requirement", "clause", "title", "subject", "state", "due", "met_on",
                    "overdue_since", "recorded_late", "unconfirmed", "explanation"}}}},
      {.words = "score",
       .method = "supervision/GetScorecard",
       .summary = {"单位考核得分表；--explain 追到每一条事实",
                   "A unit's scorecard; --explain down to facts"},
       .example = "land-office --period-end 2018-12-31 --explain",
       .flags = {{"campaign", "", Form::kFlag}, {"unit", "", Form::kPositional}},
       .show = ShowScorecard},
      {.words = "scorecards",
       .method = "supervision/ListScorecards",
       .summary = {"各单位考核得分表", "The scorecards of all units"},
       .example = "--period-end 2018-12-31",
       .tables = {{"scorecards",
                   {"unit", "band_title", "centipoints", "max_centipoints", "duties_due",
                    "cases_set_aside", "score_version"}}}},
      {.words = "projection get",
       .method = "supervision/GetProjection",
       .summary = {"读模型的进度", "How far the projection has come"},
       .example = "",
       .tables = {{"feeds", kFeedColumns},
                  {"warnings",
                   {"service", "since", "known_size", "feed_size", "feed_root"},
                   {"与所跟踪的不一致", "Contradicted"}},
                  {"restores",
                   {"name", "service", "known_size", "restored_size", "proposed_by", "proposed_at",
                    "accepted_by", "accepted_at"},
                   {"恢复", "Restores"}}}},
      {.words = "restore propose",
       .method = "supervision/ProposeFeedRestore",
       .summary = {"提出接受某服务恢复后的事实（由另一人接受）",
                   "Propose to accept a service's restored feed; another person accepts it"},
       .example = "registry --feed-root 5f0c…",
       .flags = {{"service", "", Form::kPositional}}},
      {.words = "restore accept",
       .method = "supervision/AcceptFeedRestore",
       .summary = {"接受他人提出的恢复，并从零重新跟踪",
                   "Accept a restore that another person proposed, and follow it anew"},
       .example = "feedRestores/018f…",
       .flags = {{"name", "", Form::kPositional}}},
      {.words = "projection rebuild",
       .method = "supervision/RebuildProjection",
       .summary = {"从零重建读模型", "Rebuild the projection from zero"},
       .example = "",
       .tables = {{"feeds", kFeedColumns}}},
  };
}

}  // namespace redress::ctl
