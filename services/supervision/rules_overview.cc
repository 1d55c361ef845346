#include <algorithm>
#include <utility>
#include <vector>

#include "services/supervision/rules.h"

namespace redress::supervision::rules {

std::map<int, int64_t> ToldCells(const std::map<int, int64_t>& counts) {
  std::vector<std::pair<int64_t, int>> cells;
  for (const auto& [state, count] : counts) {
    if (count > 0) cells.emplace_back(count, state);
  }
  std::sort(cells.begin(), cells.end());
  std::map<int, int64_t> told;
  int64_t kept_back = 0;
  for (const auto& [count, state] : cells) {
    const bool gives_away = kept_back > 0 && kept_back < kSuppressBelow;
    if (count < kSuppressBelow || gives_away) {
      kept_back += count;
    } else {
      told[state] = count;
    }
  }
  return told;
}

void Tally::AddStatuses(const std::string& requirement, const std::string& clause,
                        plan::v1::RequirementState state, const std::string& unit,
                        bool about_people, int64_t count) {
  if (state == plan::v1::REQUIREMENT_STATE_NOT_APPLICABLE) return;
  if (about_people && one_unit_) return;
  Requirement& entry = requirements_[requirement];
  entry.clause = clause;
  entry.about_people |= about_people;
  entry.by_state[state] += count;
  if (!about_people && !unit.empty()) units_[unit][state] += count;
}

void Tally::Fill(v1::GetOverviewResponse& overview) const {
  for (const auto& [state, count] : cases_) {
    v1::StateCount& entry = *overview.add_cases();
    entry.set_state(static_cast<types::v1::CaseState>(state));
    entry.set_cases(count);
  }
  for (const auto& [id, requirement] : requirements_) {
    for (const auto& [state, count] :
         requirement.about_people ? ToldCells(requirement.by_state) : requirement.by_state) {
      v1::RequirementCount& entry = *overview.add_requirements();
      entry.set_requirement(id);
      entry.set_clause(requirement.clause);
      entry.set_state(static_cast<plan::v1::RequirementState>(state));
      entry.set_statuses(count);
    }
  }
  for (const auto& [unit, by_state] : units_) {
    const auto count = [&states = by_state](plan::v1::RequirementState state) {
      const auto found = states.find(state);
      return found == states.end() ? int64_t{0} : found->second;
    };
    v1::UnitCount& entry = *overview.add_units();
    entry.set_unit(unit);
    entry.set_pending(count(plan::v1::REQUIREMENT_STATE_PENDING));
    entry.set_overdue(count(plan::v1::REQUIREMENT_STATE_OVERDUE));
    entry.set_met(count(plan::v1::REQUIREMENT_STATE_MET));
    entry.set_met_late(count(plan::v1::REQUIREMENT_STATE_MET_LATE));
  }
}

}  // namespace redress::supervision::rules
