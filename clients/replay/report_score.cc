// The scorecards of all units, and one of them explained down to its facts.
#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/replay/reading.h"
#include "common/base/ids.h"
#include "common/status/macros.h"
#include "redress/supervision/v1/supervision.pb.h"

namespace redress::replay {
namespace {

using plan::v1::Scorecard;
using plan::v1::ScoreLine;
using plan::v1::ScoreTrace;

}  // namespace

absl::StatusOr<Scores> ScorecardsUntil(Reading& reading, Day day) {
  supervision::v1::ListScorecardsRequest request;
  request.set_campaign(reading.campaign());
  *request.mutable_period_end() = DateOf(day);
  supervision::v1::ListScorecardsResponse answer;
  RETURN_IF_ERROR(reading.people().Call(kReader, request, answer));
  Scores scores;
  scores.all.id = "scorecards";
  scores.all.title =
      reading.In({"各单位评分，截至 ", "Scorecards until "}) + absl::FormatCivilTime(day);
  scores.all.digested = true;
  for (const ctl::Text heading : std::initializer_list<ctl::Text>{{"单位", "unit"},
                                                                  {"档", "band"},
                                                                  {"应尽职责", "duties due"},
                                                                  {"得分", "points"},
                                                                  {"满分", "of"},
                                                                  {"得分率", "share"}}) {
    scores.all.columns.push_back(reading.In(heading));
  }
  scores.all.right = {false, false, true, true, true, true};
  std::vector<Scorecard> cards(answer.scorecards().begin(), answer.scorecards().end());
  std::sort(cards.begin(), cards.end(), [](const Scorecard& a, const Scorecard& b) {
    return a.duties_due() != b.duties_due() ? a.duties_due() > b.duties_due() : a.unit() < b.unit();
  });
  for (const Scorecard& card : cards) {
    const int share = card.max_centipoints() == 0
                          ? 0
                          : static_cast<int>(int64_t{10000} * std::max(card.centipoints(), 0) /
                                             card.max_centipoints());
    scores.all.rows.push_back({reading.Title(card.unit()), reading.In(card.band_title()),
                               absl::StrCat(card.duties_due()), Reading::Points(card.centipoints()),
                               Reading::Points(card.max_centipoints()),
                               card.max_centipoints() == 0 ? "-" : Reading::Points(share) + "%"});
  }
  if (!cards.empty()) scores.explained_unit = cards.front().unit();
  return scores;
}

absl::StatusOr<std::vector<Section>> ExplainScorecard(
    Reading& reading, const std::string& unit, Day day,
    std::map<std::string, facts::v1::Fact> facts) {
  supervision::v1::GetScorecardRequest request;
  request.set_campaign(reading.campaign());
  request.set_unit(unit);
  *request.mutable_period_end() = DateOf(day);
  request.set_explain(true);
  supervision::v1::GetScorecardResponse answer;
  RETURN_IF_ERROR(reading.people().Call(kReader, request, answer));

  Section lines;
  lines.id = "scorecard-lines";
  lines.title = reading.In({"逐条评分：", "Rule by rule: "}) + reading.Title(unit);
  lines.digested = true;
  lines.columns = {reading.In({"规则", "rule"}),   reading.In({"条款", "clause"}),
                   reading.In({"良好", "good"}),   reading.In({"总数", "total"}),
                   reading.In({"得分", "points"}), reading.In({"满分", "of"}),
                   reading.In({"内容", "what"})};
  lines.right = {false, false, true, true, true, true, false};
  Section traces;
  traces.id = "scorecard-traces";
  traces.title = reading.In({"逐项依据（规则、职责、对象、事实）：", "Down to the facts: "}) +
                 reading.Title(unit);
  traces.digested = true;
  traces.columns = {reading.In({"规则", "rule"}),   reading.In({"职责", "duty"}),
                    reading.In({"日期", "date"}),   reading.In({"对象", "subject"}),
                    reading.In({"计为", "counts"}), reading.In({"事实", "facts"})};

  std::set<std::string> known_cases;
  for (const ScoreLine& line : answer.scorecard().lines()) {
    lines.rows.push_back({line.rule(), line.clause(), absl::StrCat(line.good()),
                          absl::StrCat(line.total()), Reading::Points(line.centipoints()),
                          Reading::Points(line.max_centipoints()), reading.In(line.title())});
    for (const ScoreTrace& trace : line.traces()) {
      const std::string root(base::RootName(trace.subject()));
      if (root.starts_with("cases/") && known_cases.insert(root).second) {
        ASSIGN_OR_RETURN(auto of_case, reading.FactsOf(root));
        facts.merge(of_case);
      }
      std::vector<std::string> used;
      for (const std::string& id : trace.facts()) {
        const auto found = facts.find(id);
        if (found != facts.end()) used.push_back(reading.Describe(found->second));
      }
      std::sort(used.begin(), used.end());
      traces.rows.push_back(
          {line.rule(), trace.requirement(), reading.Date(trace.date()),
           reading.Title(trace.subject()),
           trace.good() ? reading.In({"良好", "good"}) : reading.In({"失分", "not good"}),
           used.empty() ? reading.NoRecord() : absl::StrJoin(used, "; ")});
    }
  }
  std::sort(traces.rows.begin(), traces.rows.end());
  return std::vector<Section>{std::move(lines), std::move(traces)};
}

}  // namespace redress::replay
