#include "services/supervision/scores.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "common/db/transact.h"
#include "common/plan/score.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace redress::supervision {

absl::StatusOr<std::shared_ptr<const plan::Plan>> Scores::PlanOf(const std::string& campaign,
                                                                 absl::Time deadline) {
  int revision = 0;
  RETURN_IF_ERROR(db::Read(pool_, deadline, [&](db::Connection& conn) -> absl::Status {
    ASSIGN_OR_RETURN(auto facts, sql::LoadFacts(conn, {campaign}));
    revision = rules::CampaignRevision(facts[campaign].known);
    return absl::OkStatus();
  }));
  if (revision == 0) return status::NotFound("campaign");
  const PlanKey key{campaign, revision};
  RETURN_IF_ERROR(plans_.Ensure(key, deadline));
  return plans_.Find(key);
}

absl::StatusOr<std::vector<std::string>> Scores::UnitsOf(const std::string& campaign,
                                                         absl::Time deadline) {
  std::vector<std::string> units;
  RETURN_IF_ERROR(db::Read(pool_, deadline, [&](db::Connection& conn) -> absl::Status {
    units.clear();
    sql::RootPage page{.campaign = campaign, .kind = rules::RootKind::kUnit, .limit = 1000};
    while (true) {
      ASSIGN_OR_RETURN(std::vector<sql::ListedRoot> roots, sql::ListRoots(conn, page));
      for (const sql::ListedRoot& listed : roots) {
        units.emplace_back(rules::UnitOfRoot(listed.root.name));
      }
      if (static_cast<int>(roots.size()) < page.limit) return absl::OkStatus();
      page.after_key = roots.back().key;
    }
  }));
  std::sort(units.begin(), units.end());
  return units;
}

absl::StatusOr<plan::v1::Scorecard> Scores::CardOf(const std::string& campaign,
                                                   const std::string& unit,
                                                   std::optional<absl::CivilDay> first,
                                                   absl::CivilDay last, absl::CivilDay today,
                                                   absl::Time deadline) {
  ASSIGN_OR_RETURN(std::shared_ptr<const plan::Plan> newest, PlanOf(campaign, deadline));
  if (!first) {
    ASSIGN_OR_RETURN(first, calendar::FromProto(newest->proto().starts_on()));
  }
  if (last < *first) return status::InvalidField("period_end", "must not be before period_start");

  std::vector<rules::Root> roots;
  bool bound = false;
  const std::string unit_root = absl::StrCat(campaign, "/", unit);
  RETURN_IF_ERROR(db::Read(pool_, deadline, [&](db::Connection& conn) -> absl::Status {
    roots.clear();
    sql::RootPage page{.campaign = campaign, .unit = unit, .limit = 1000};
    while (true) {
      ASSIGN_OR_RETURN(std::vector<sql::ListedRoot> listed, sql::ListRoots(conn, page));
      for (const sql::ListedRoot& item : listed) {
        bound |= item.root.name == unit_root;
        if (!item.accusation) roots.push_back(item.root);
      }
      if (static_cast<int>(listed.size()) < page.limit) return absl::OkStatus();
      page.after_key = listed.back().key;
    }
  }));
  if (!bound) {
    return status::Error(absl::StatusCode::kFailedPrecondition, "UNIT_NOT_ENROLLED",
                         "the unit is not enrolled in this campaign");
  }

  ASSIGN_OR_RETURN(
      std::vector<std::unique_ptr<Evaluated>> evaluated,
      reader_.Evaluate(roots, std::min(last, today), plan::AsKnown::Everything(), deadline));
  std::map<int, std::vector<const plan::Evaluation*>> by_revision;
  std::map<int, std::shared_ptr<const plan::Plan>> plans;
  by_revision[newest->revision()];
  plans[newest->revision()] = newest;
  int set_aside = 0;
  for (const auto& item : evaluated) {
    set_aside += item->set_aside ? 1 : 0;
    if (item->evaluation.plan == nullptr) continue;
    by_revision[item->evaluation.plan->revision()].push_back(&item->evaluation);
    plans[item->evaluation.plan->revision()] = item->evaluation.plan;
  }
  std::vector<plan::v1::Scorecard> cards;
  for (auto it = by_revision.rbegin(); it != by_revision.rend(); ++it) {
    // A revision without score rules adds nothing.
    if (it->first != newest->revision() && !plans[it->first]->proto().has_score()) continue;
    absl::StatusOr<plan::v1::Scorecard> card =
        plan::Score(*plans[it->first], it->second, unit, {*first, last}, std::nullopt);
    if (absl::IsFailedPrecondition(card.status())) {
      return status::Error(absl::StatusCode::kFailedPrecondition, "NO_SCORE_RULES",
                           "the campaign's plan has no score rules");
    }
    RETURN_IF_ERROR(card.status());
    if (it->first == newest->revision()) {
      cards.insert(cards.begin(), *std::move(card));
    } else {
      cards.push_back(*std::move(card));
    }
  }
  plan::v1::Scorecard card = rules::Merge(*newest, std::move(cards));
  card.set_cases_set_aside(set_aside);
  card.set_calendar_version(reader_.calendar().Get()->version());
  return card;
}

}  // namespace redress::supervision
