#include "services/supervision/oversight.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "common/db/transact.h"
#include "common/log/log.h"
#include "common/status/macros.h"

namespace redress::supervision {
namespace {

constexpr size_t kManySeries = 5000;
constexpr size_t kFewSeries = 200;
constexpr char kUnassigned[] = "unassigned";
constexpr char kNotByUnit[] = "";

// "overdue" of REQUIREMENT_STATE_OVERDUE.
std::string Word(std::string_view name, std::string_view prefix) {
  return absl::AsciiStrToLower(std::string(name.substr(prefix.size())));
}

std::string StateWord(plan::v1::RequirementState state) {
  return Word(plan::v1::RequirementState_Name(state), "REQUIREMENT_STATE_");
}

}  // namespace

Oversight::Oversight(metrics::Registry& registry, db::Pool& pool, const base::Clock& clock,
                     Projection& projection, Scores& scores)
    : pool_(pool),
      clock_(clock),
      projection_(projection),
      scores_(scores),
      cases_(registry, "redress_cases", "Cases by state.", {"campaign", "state"}, kFewSeries),
      requirements_(registry, "redress_requirements",
                    "Duties by the unit bound, the requirement and its state.",
                    {"campaign", "unit", "requirement", "state"}, kManySeries),
      overdue_(registry, "redress_overdue", "Duties that are overdue.",
               {"campaign", "unit", "requirement"}, kManySeries),
      visits_missed_(registry, "redress_visits_missed",
                     "Periods in which a visit was owed and not held.", {"campaign", "unit"},
                     kManySeries),
      score_(registry, "redress_score",
             "Share of the points that the unit could have had so far, 0 to 1.",
             {"campaign", "unit"}, kManySeries),
      unconfirmed_(registry, "redress_unconfirmed",
                   "Duties counted in the score that a record made late shows as done in time, and"
                   " that nobody has confirmed.",
                   {"campaign", "unit"}, kManySeries),
      lag_(registry, "redress_feed_lag_entries", "Entries of a feed that were not followed yet.",
           {"feed"}, kFewSeries),
      position_(registry, "redress_feed_position", "Entries of a feed that were followed.",
                {"feed"}, kFewSeries),
      contradicted_(registry, "redress_feed_contradicted",
                    "1 if a feed is not the one that was followed, and so is not followed on.",
                    {"feed"}, kFewSeries),
      set_aside_(registry, "redress_cases_set_aside",
                 "Cases, units, campaigns and entries of feeds that could not be evaluated.",
                 {"campaign", "cause"}, kFewSeries),
      stale_(registry.AddGauge("redress_projection_stale",
                               "Cases, units and campaigns that wait to be evaluated again.")) {}

absl::Status Oversight::RefreshCounts(absl::Time deadline) {
  ASSIGN_OR_RETURN(const Projection::State state, projection_.Read(deadline));
  for (const sql::FeedState& feed : state.feeds) {
    lag_.Set({feed.service}, static_cast<double>(feed.tree_size - feed.position));
    position_.Set({feed.service}, static_cast<double>(feed.position));
    contradicted_.Set({feed.service}, feed.contradiction ? 1 : 0);
  }
  stale_.Set(static_cast<double>(state.stale));
  // While all is followed again, the last counts are closer to the truth than half of the new ones.
  if (state.rebuilding) return absl::OkStatus();

  rules::Scope everything;
  everything.all = true;
  std::vector<sql::StatusCount> statuses;
  std::vector<sql::CaseCount> cases;
  std::vector<sql::SetAside> set_aside;
  RETURN_IF_ERROR(db::Read(pool_, deadline, [&](db::Connection& conn) -> absl::Status {
    ASSIGN_OR_RETURN(statuses, sql::CountStatuses(conn, everything, "", {}));
    ASSIGN_OR_RETURN(cases, sql::CountCasesByState(conn, everything, "", {}));
    ASSIGN_OR_RETURN(set_aside, sql::ListSetAside(conn, ""));
    return absl::OkStatus();
  }));
  for (const sql::CaseCount& count : cases) {
    cases_.Set({count.campaign, Word(types::v1::CaseState_Name(count.state), "CASE_STATE_")},
               static_cast<double>(count.cases));
  }
  std::map<std::vector<std::string>, int64_t> by_cause;
  for (const sql::SetAside& row : set_aside) {
    if (row.accusation) continue;
    ++by_cause[{row.root.campaign, std::string(rules::CauseName(row.cause))}];
  }
  for (const auto& [labels, count] : by_cause) set_aside_.Set(labels, static_cast<double>(count));
  set_aside_.DropStale();
  std::map<std::vector<std::string>, int64_t> totals, overdue, visits;
  std::map<std::pair<std::string, std::string>, std::map<int, int64_t>> people;
  for (const sql::StatusCount& count : statuses) {
    if (count.about_people) {
      people[{count.campaign, count.requirement}][count.state] += count.statuses;
      continue;
    }
    const std::string unit = count.unit.empty() ? kUnassigned : count.unit;
    totals[{count.campaign, unit, count.requirement, StateWord(count.state)}] += count.statuses;
    if (count.state == plan::v1::REQUIREMENT_STATE_OVERDUE) {
      overdue[{count.campaign, unit, count.requirement}] += count.statuses;
    }
    if (count.visits_missed > 0) visits[{count.campaign, unit}] += count.visits_missed;
  }
  for (const auto& [of, by_state] : people) {
    const auto& [campaign, requirement] = of;
    for (const auto& [number, value] : rules::ToldCells(by_state)) {
      const auto told = static_cast<plan::v1::RequirementState>(number);
      totals[{campaign, kNotByUnit, requirement, StateWord(told)}] = value;
      if (told == plan::v1::REQUIREMENT_STATE_OVERDUE) {
        overdue[{campaign, kNotByUnit, requirement}] = value;
      }
    }
  }
  const auto set = [](const auto& counts, metrics::BoundedGauges& gauges) {
    for (const auto& [labels, value] : counts) gauges.Set(labels, static_cast<double>(value));
    gauges.DropStale();
  };
  set(totals, requirements_);
  set(overdue, overdue_);
  set(visits, visits_missed_);
  cases_.DropStale();
  return absl::OkStatus();
}

absl::Status Oversight::RefreshScores(absl::Time deadline) {
  ASSIGN_OR_RETURN(const Projection::State state, projection_.Read(deadline));
  if (state.rebuilding) return absl::OkStatus();
  std::vector<std::string> campaigns;
  RETURN_IF_ERROR(db::Read(pool_, deadline, [&](db::Connection& conn) -> absl::Status {
    ASSIGN_OR_RETURN(campaigns, sql::ListCampaigns(conn));
    return absl::OkStatus();
  }));
  for (const std::string& campaign : campaigns) {
    const absl::Status scored = ScoreCampaign(campaign, deadline);
    if (absl::IsDeadlineExceeded(scored) || absl::IsUnavailable(scored)) return scored;
    if (scored.ok()) continue;
    log::Event(log::Level::kWarning, "campaign_not_scored",
               {{"campaign", campaign}, {"code", absl::StatusCodeToString(scored.code())}});
  }
  score_.DropStale();
  unconfirmed_.DropStale();
  return absl::OkStatus();
}

absl::Status Oversight::ScoreCampaign(const std::string& campaign, absl::Time deadline) {
  const absl::CivilDay today = clock_.Today();
  const absl::StatusOr<std::shared_ptr<const plan::Plan>> plan = scores_.PlanOf(campaign, deadline);
  if (!plan.ok() || !(*plan)->proto().has_score()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const absl::CivilDay first, calendar::FromProto((*plan)->proto().starts_on()));
  if (today < first) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<std::string> units, scores_.UnitsOf(campaign, deadline));
  for (const std::string& unit : units) {
    ASSIGN_OR_RETURN(const plan::v1::Scorecard card,
                     scores_.CardOf(campaign, unit, first, today, today, deadline));
    int unconfirmed = 0;
    for (const plan::v1::ScoreLine& line : card.lines()) unconfirmed += line.unconfirmed();
    if (unconfirmed > 0) unconfirmed_.Set({campaign, unit}, unconfirmed);
    // A unit with nothing to measure has no score, rather than a bad one.
    if (card.max_centipoints() == 0) continue;
    score_.Set({campaign, unit}, static_cast<double>(card.centipoints()) /
                                     static_cast<double>(card.max_centipoints()));
  }
  return absl::OkStatus();
}

}  // namespace redress::supervision
