#include <algorithm>

#include "common/base/ids.h"
#include "common/db/transact.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/supervision/answers.h"

namespace redress::supervision {
namespace {

void LeaveOutTraces(plan::v1::Scorecard& card) {
  for (plan::v1::ScoreLine& line : *card.mutable_lines()) line.clear_traces();
}

// For whoever is not told who is in need: the points stay, and what they rest on is named as far as
// it is about no household and tells no day on which somebody was at home.
void Narrow(const plan::v1::Plan& plan, auth::ToldSet told, plan::v1::Scorecard& card) {
  if (told.Has(options::v1::TELLS_HOUSEHOLD)) return;
  std::set<std::string> about_people;
  for (const plan::v1::Requirement& one : plan.requirements()) {
    if (!rules::MayShow(one, told)) about_people.insert(one.id());
  }
  for (plan::v1::ScoreLine& line : *card.mutable_lines()) {
    auto& traces = *line.mutable_traces();
    traces.erase(std::remove_if(traces.begin(), traces.end(),
                                [&](const plan::v1::ScoreTrace& trace) {
                                  return about_people.contains(trace.requirement());
                                }),
                 traces.end());
    for (plan::v1::ScoreTrace& trace : traces) {
      trace.clear_facts();
      if (trace.requirement().empty()) trace.clear_date();
    }
  }
}

}  // namespace

absl::StatusOr<std::optional<absl::CivilDay>> Answers::FirstDayAsked(
    const rpc::Call& call, const google::type::Date& asked, const std::string& field) const {
  if (!IsSet(asked)) return std::nullopt;
  ASSIGN_OR_RETURN(const absl::CivilDay day, RealDay(asked, field));
  if (!rules::MayCountFrom(day, ToldOf(call))) {
    return status::InvalidField(field, "must be the first day of a month");
  }
  return day;
}

absl::Status Answers::LeaveOutUnconfirmed(const rpc::Call& call, const rules::Scope& scope,
                                          plan::v1::Scorecard& card) {
  std::set<std::string> cases;
  for (const plan::v1::ScoreLine& line : card.lines()) {
    for (const plan::v1::ScoreTrace& trace : line.traces()) {
      const std::string root(base::RootName(trace.subject()));
      if (IsCase(root)) cases.insert(root);
    }
  }
  ASSIGN_OR_RETURN(const std::set<std::string> confirmed,
                   Confirm(call, scope, {cases.begin(), cases.end()}));
  for (plan::v1::ScoreLine& line : *card.mutable_lines()) {
    auto& traces = *line.mutable_traces();
    traces.erase(std::remove_if(traces.begin(), traces.end(),
                                [&](const plan::v1::ScoreTrace& trace) {
                                  const std::string root(base::RootName(trace.subject()));
                                  return IsCase(root) && !confirmed.contains(root);
                                }),
                 traces.end());
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::GetScorecardResponse> Answers::Scorecard(
    const rpc::Call& call, const v1::GetScorecardRequest& request) {
  ASSIGN_OR_RETURN(const std::optional<absl::CivilDay> first,
                   FirstDayAsked(call, request.period_start(), "period_start"));
  ASSIGN_OR_RETURN(const absl::CivilDay last, DayAsked(call, request.period_end(), "period_end"));
  RETURN_IF_ERROR(Ready(call).status());
  ASSIGN_OR_RETURN(const rules::Scope scope, ScopeIn(call, request.campaign()));
  ASSIGN_OR_RETURN(const std::string region,
                   p_.plans.EnsureRegion(request.campaign(), call.deadline));
  if (!rules::Within(scope, region, request.unit(), "")) return status::NotFound("unit");
  v1::GetScorecardResponse response;
  ASSIGN_OR_RETURN(*response.mutable_scorecard(),
                   p_.scores.CardOf(request.campaign(), request.unit(), first, last,
                                    p_.clock.Today(), call.deadline));
  if (!request.explain()) {
    LeaveOutTraces(*response.mutable_scorecard());
  } else {
    RETURN_IF_ERROR(LeaveOutUnconfirmed(call, scope, *response.mutable_scorecard()));
  }
  ASSIGN_OR_RETURN(std::shared_ptr<const plan::Plan> plan,
                   p_.scores.PlanOf(request.campaign(), call.deadline));
  Narrow(plan->proto(), ToldOf(call), *response.mutable_scorecard());
  return response;
}

absl::StatusOr<v1::ListScorecardsResponse> Answers::Scorecards(
    const rpc::Call& call, const v1::ListScorecardsRequest& request) {
  ASSIGN_OR_RETURN(const std::optional<absl::CivilDay> first,
                   FirstDayAsked(call, request.period_start(), "period_start"));
  ASSIGN_OR_RETURN(const absl::CivilDay last, DayAsked(call, request.period_end(), "period_end"));
  RETURN_IF_ERROR(Ready(call).status());
  ASSIGN_OR_RETURN(const rules::Scope scope, ScopeIn(call, request.campaign()));
  ASSIGN_OR_RETURN(const std::string region,
                   p_.plans.EnsureRegion(request.campaign(), call.deadline));
  ASSIGN_OR_RETURN(const std::vector<std::string> units,
                   p_.scores.UnitsOf(request.campaign(), call.deadline));
  ASSIGN_OR_RETURN(std::shared_ptr<const plan::Plan> plan,
                   p_.scores.PlanOf(request.campaign(), call.deadline));
  std::vector<plan::v1::Scorecard> cards;
  for (const std::string& unit : units) {
    if (!rules::Within(scope, region, unit, "")) continue;
    ASSIGN_OR_RETURN(
        plan::v1::Scorecard card,
        p_.scores.CardOf(request.campaign(), unit, first, last, p_.clock.Today(), call.deadline));
    LeaveOutTraces(card);
    cards.push_back(std::move(card));
  }
  rules::SortCards(*plan, cards);
  v1::ListScorecardsResponse response;
  for (plan::v1::Scorecard& card : cards) *response.add_scorecards() = std::move(card);
  return response;
}

}  // namespace redress::supervision
