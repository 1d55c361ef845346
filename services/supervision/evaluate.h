// Evaluates roots from the facts that were followed: as of today for what is stored, as of any day
// for what is asked.
#ifndef REDRESS_SERVICES_SUPERVISION_EVALUATE_H_
#define REDRESS_SERVICES_SUPERVISION_EVALUATE_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/calendar/source.h"
#include "common/db/pool.h"
#include "common/plan/evaluator.h"
#include "services/supervision/plans.h"
#include "services/supervision/rules.h"
#include "services/supervision/store.h"

namespace redress::supervision {

// A root with its facts and what they come to. The evaluation refers to the facts, which live as
// long as this.
struct Evaluated {
  rules::Root root;
  int revision = 0;
  sql::FactSet own;
  std::shared_ptr<const sql::FactSet> of_campaign;
  std::vector<plan::KnownFact> known;
  plan::Evaluation evaluation;
  // Why it could not be evaluated; it then has no status.
  std::optional<rules::Cause> set_aside;
};

// Keeps compiled evaluators. Not thread-safe: one for each thread at a time.
class Judge {
 public:
  Judge(Plans& plans, std::shared_ptr<const calendar::Calendar> calendar)
      : plans_(plans), calendar_(std::move(calendar)) {}

  // Evaluates by this calendar from now on.
  void Use(std::shared_ptr<const calendar::Calendar> calendar);

  // The facts of some roots, and of their campaigns, ready to be evaluated.
  static absl::StatusOr<std::vector<std::unique_ptr<Evaluated>>> Load(
      db::Connection& conn, const std::vector<rules::Root>& roots);

  // Evaluates one. OK with no plan and no status where its registration, or the start of its
  // campaign, is not known yet. NOT_FOUND where its plan is not here (see KeyOf); DATA_LOSS where a
  // fact of its own is damaged; others as plan::Evaluator.
  absl::Status Evaluate(Evaluated& evaluated, absl::CivilDay as_of, const plan::AsKnown& as_known);

  // The plan that a loaded root is held to; revision 0 where none is named yet.
  static PlanKey KeyOf(const Evaluated& evaluated) {
    return {evaluated.root.campaign, evaluated.revision};
  }

 private:
  Plans& plans_;
  std::shared_ptr<const calendar::Calendar> calendar_;
  std::map<PlanKey, std::unique_ptr<plan::Evaluator>> evaluators_;
};

// What is stored of an evaluation.
sql::RootResult ResultOf(const Evaluated& evaluated, absl::CivilDay today,
                         const std::string& campaign_region);

// What is stored of one that could not be evaluated.
sql::SetAside SetAsideOf(const Evaluated& evaluated, rules::Cause cause,
                         const std::string& campaign_region);

// Answers as of any day. Thread-safe. What is given must outlive it.
class Reader {
 public:
  Reader(db::Pool& pool, Plans& plans, const calendar::Current& calendar)
      : pool_(pool), plans_(plans), calendar_(calendar) {}

  const calendar::Current& calendar() const { return calendar_; }

  // Evaluates roots, in the order given, on the facts that `as_known` knows. Asks registry for
  // plans that are not here. One that cannot be evaluated is set aside, and the others are
  // answered. UNAVAILABLE where registry cannot answer.
  absl::StatusOr<std::vector<std::unique_ptr<Evaluated>>> Evaluate(
      const std::vector<rules::Root>& roots, absl::CivilDay as_of, const plan::AsKnown& as_known,
      absl::Time deadline);

 private:
  db::Pool& pool_;
  Plans& plans_;
  const calendar::Current& calendar_;
};

}  // namespace redress::supervision

#endif  // REDRESS_SERVICES_SUPERVISION_EVALUATE_H_
