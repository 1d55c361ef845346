#include "services/supervision/evaluate.h"

#include <set>

#include "absl/status/status.h"
#include "common/db/transact.h"
#include "common/status/macros.h"

namespace redress::supervision {
namespace {

plan::v1::SubjectKind SubjectOf(const rules::Root& root) {
  switch (root.kind) {
    case rules::RootKind::kCampaign:
      return plan::v1::SUBJECT_KIND_CAMPAIGN;
    case rules::RootKind::kUnit:
      return plan::v1::SUBJECT_KIND_UNIT;
    default:
      return plan::v1::SUBJECT_KIND_CASE;
  }
}

}  // namespace

absl::StatusOr<std::vector<std::unique_ptr<Evaluated>>> Judge::Load(
    db::Connection& conn, const std::vector<rules::Root>& roots) {
  std::vector<std::string> names;
  std::set<std::string> campaigns;
  for (const rules::Root& root : roots) {
    names.push_back(root.name);
    campaigns.insert(root.campaign);
  }
  ASSIGN_OR_RETURN(auto of_campaigns, sql::LoadFacts(conn, {campaigns.begin(), campaigns.end()}));
  std::map<std::string, std::shared_ptr<const sql::FactSet>> shared;
  for (auto& [campaign, facts] : of_campaigns) {
    shared[campaign] = std::make_shared<const sql::FactSet>(std::move(facts));
  }
  ASSIGN_OR_RETURN(auto facts, sql::LoadFacts(conn, names));
  std::vector<std::unique_ptr<Evaluated>> loaded;
  for (const rules::Root& root : roots) {
    auto& evaluated = *loaded.emplace_back(std::make_unique<Evaluated>());
    evaluated.root = root;
    evaluated.of_campaign = shared[root.campaign];
    if (root.kind != rules::RootKind::kCampaign) evaluated.own = std::move(facts[root.name]);
    evaluated.known = evaluated.own.known;
    evaluated.known.insert(evaluated.known.end(), evaluated.of_campaign->known.begin(),
                           evaluated.of_campaign->known.end());
    evaluated.revision =
        rules::RevisionOf(root.kind, evaluated.own.known, evaluated.of_campaign->known);
  }
  return loaded;
}

void Judge::Use(std::shared_ptr<const calendar::Calendar> calendar) {
  if (calendar == calendar_) return;
  calendar_ = std::move(calendar);
  evaluators_.clear();
}

absl::Status Judge::Evaluate(Evaluated& evaluated, absl::CivilDay as_of,
                             const plan::AsKnown& as_known) {
  // A damaged fact about a campaign keeps its campaign from being judged, not every case of it.
  const bool damaged = evaluated.root.kind == rules::RootKind::kCampaign
                           ? evaluated.of_campaign->damaged
                           : evaluated.own.damaged;
  if (damaged) return absl::DataLossError("a fact is damaged");
  // A bulletin of a past day is said again under the revision that was in force then.
  const int then = rules::RevisionOf(evaluated.root.kind, evaluated.own.known,
                                     rules::AsOf(evaluated.of_campaign->known, as_of, as_known));
  if (then > 0) evaluated.revision = then;
  const PlanKey key = KeyOf(evaluated);
  if (key.revision == 0) return absl::OkStatus();
  std::unique_ptr<plan::Evaluator>& evaluator = evaluators_[key];
  if (evaluator == nullptr) {
    std::shared_ptr<const plan::Plan> plan = plans_.Find(key);
    if (plan == nullptr) return absl::NotFoundError("the plan is not here");
    evaluator = std::make_unique<plan::Evaluator>(std::move(plan), calendar_);
  }
  plan::Evaluation& evaluation = evaluated.evaluation;
  RETURN_IF_ERROR(evaluator->Evaluate(evaluated.known, as_of, as_known, &evaluation));
  // Where a case is not registered, or a unit not enrolled, as of the day, what remains is its
  // campaign: that is answered for by itself, not once more here.
  if (!evaluation.subjects.empty() && evaluation.subjects[0].kind != SubjectOf(evaluated.root)) {
    evaluation.subjects.clear();
    evaluation.statuses.clear();
  }
  return absl::OkStatus();
}

sql::SetAside SetAsideOf(const Evaluated& evaluated, rules::Cause cause,
                         const std::string& campaign_region) {
  const rules::Place place = rules::PlaceOf(evaluated.own.known);
  sql::SetAside row;
  row.root = evaluated.root;
  row.cause = cause;
  row.region_code = place.region_code.empty() ? campaign_region : place.region_code;
  row.unit = evaluated.root.kind == rules::RootKind::kUnit
                 ? std::string(rules::UnitOfRoot(evaluated.root.name))
                 : place.unit;
  row.official = place.lead;
  row.accusation = rules::MayBeAccusation(evaluated.own.known);
  return row;
}

sql::RootResult ResultOf(const Evaluated& evaluated, absl::CivilDay today,
                         const std::string& campaign_region) {
  const plan::Evaluation& evaluation = evaluated.evaluation;
  sql::RootResult result;
  result.root = evaluated.root;
  result.evaluated_on = today;
  result.region_code = campaign_region;
  result.next_change_at = plan::DayOrNone(evaluation.next_change_at);
  if (evaluated.root.kind == rules::RootKind::kCase) {
    rules::CaseSummary summary = rules::Summarise(evaluation);
    result.registered_on = summary.registered_on;
    result.state = summary.state;
    result.region_code = std::move(summary.region_code);
    result.unit = std::move(summary.unit);
    result.accusation = rules::MayBeAccusation(evaluated.own.known);
  } else if (evaluated.root.kind == rules::RootKind::kUnit) {
    result.unit = std::string(rules::UnitOfRoot(evaluated.root.name));
  }
  std::set<int16_t> about_people, visits;
  for (int16_t i = 0; evaluation.plan && i < evaluation.plan->proto().requirements_size(); ++i) {
    const plan::v1::Requirement& requirement = evaluation.plan->proto().requirements(i);
    if (rules::IsAboutPeople(requirement)) about_people.insert(i);
    if (rules::IsVisitCadence(requirement)) visits.insert(i);
  }
  for (const plan::Status& status : evaluation.statuses) {
    if (status.state == plan::v1::REQUIREMENT_STATE_NOT_APPLICABLE) continue;
    const plan::v1::Requirement& requirement = evaluation.RequirementOf(status);
    sql::StatusRow& row = result.statuses.emplace_back();
    row.subject = std::string(evaluation.SubjectName(status));
    row.requirement = requirement.id();
    row.clause = requirement.clause();
    row.state = status.state;
    row.due = plan::DayOrNone(status.due);
    row.met_on = plan::DayOrNone(status.met_on);
    row.overdue_since = plan::DayOrNone(status.overdue_since);
    row.official = std::string(evaluation.BoundOfficial(status));
    row.unit = std::string(evaluation.BoundUnit(status));
    row.next_change_at = plan::DayOrNone(status.next_change_at);
    row.about_people = about_people.contains(status.requirement);
    if (visits.contains(status.requirement)) row.visits_missed = status.cadence.missed_count;
    row.body = plan::ToProto(evaluation, status).SerializeAsString();
  }
  return result;
}

absl::StatusOr<std::vector<std::unique_ptr<Evaluated>>> Reader::Evaluate(
    const std::vector<rules::Root>& roots, absl::CivilDay as_of, const plan::AsKnown& as_known,
    absl::Time deadline) {
  std::vector<std::unique_ptr<Evaluated>> loaded;
  RETURN_IF_ERROR(db::Read(pool_, deadline, [&](db::Connection& conn) -> absl::Status {
    ASSIGN_OR_RETURN(loaded, Judge::Load(conn, roots));
    return absl::OkStatus();
  }));
  Judge judge(plans_, calendar_.Get());
  for (auto& evaluated : loaded) {
    absl::Status status = judge.Evaluate(*evaluated, as_of, as_known);
    if (absl::IsNotFound(status)) {
      const absl::Status known = plans_.Ensure(Judge::KeyOf(*evaluated), deadline);
      if (IsPassing(known)) return known;
      if (known.ok()) status = judge.Evaluate(*evaluated, as_of, as_known);
    }
    if (status.ok()) continue;
    evaluated->set_aside = rules::CauseOf(status);
    evaluated->evaluation = plan::Evaluation();
  }
  return loaded;
}

}  // namespace redress::supervision
