#include "services/registry/case_facts.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "common/base/ids.h"
#include "common/rpc/channel.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace redress::registry {
namespace {

bool IsOpen(const plan::Status& status) {
  return status.state == plan::v1::REQUIREMENT_STATE_PENDING ||
         status.state == plan::v1::REQUIREMENT_STATE_OVERDUE;
}

}  // namespace

void CaseFacts::Add(plan::Feed feed, const std::vector<facts::v1::FeedEntry>& entries) {
  for (const facts::v1::FeedEntry& entry : entries) {
    auto fact = std::make_unique<facts::v1::Fact>();
    if (entry.fact().empty() || !fact->ParseFromString(entry.fact())) continue;
    known_.push_back({fact.get(), feed, entry.position()});
    owned_.push_back(std::move(fact));
  }
}

absl::StatusOr<std::unique_ptr<CaseEvaluator>> CaseEvaluator::Create(
    service::Environment& environment) {
  std::unique_ptr<CaseEvaluator> evaluator(new CaseEvaluator(environment));
  ASSIGN_OR_RETURN(evaluator->rules_, plan::RuleSetTable::LoadFolder(environment.flags().rules));
  for (plan::Feed feed : {plan::Feed::kAssignment, plan::Feed::kVisits, plan::Feed::kAssistance}) {
    ASSIGN_OR_RETURN(auto channel, environment.Peer(std::string(plan::FeedName(feed))));
    evaluator->peers_.emplace_back(feed, facts::v1::FactFeedService::NewStub(channel));
  }
  return evaluator;
}

absl::StatusOr<std::shared_ptr<const plan::Plan>> CaseEvaluator::ReadPlan(
    const std::string& text) const {
  std::vector<plan::Mistake> mistakes;
  absl::StatusOr<std::shared_ptr<const plan::Plan>> loaded = plan::Load(text, rules_, &mistakes);
  if (loaded.ok()) return loaded;
  std::vector<status::FieldViolation> violations;
  for (const plan::Mistake& mistake : mistakes) {
    violations.push_back({"plan_text", plan::Describe(mistake)});
  }
  if (violations.empty()) return loaded;
  return status::InvalidFields(violations);
}

absl::StatusOr<rules::Admission> CaseEvaluator::Admits(const v1::PlanRevision& revision,
                                                       absl::CivilDay received) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const plan::Plan> plan, PlanOf(revision));
  return rules::AdmissionOf(plan->proto(), rules_.sets(), received);
}

absl::StatusOr<CaseFacts> CaseEvaluator::Gather(const rpc::Call& call,
                                                const std::string& case_name) const {
  struct Asked {
    grpc::ClientContext context;
    facts::v1::ListFactsRequest request;
    facts::v1::ListFactsResponse response;
    grpc::Status status;
  };
  std::vector<std::unique_ptr<Asked>> asked;
  absl::BlockingCounter open(static_cast<int>(peers_.size()));
  for (const auto& [feed, stub] : peers_) {
    auto one = std::make_unique<Asked>();
    rpc::Continue(call, one->context);
    one->request.set_case_name(case_name);
    Asked* raw = one.get();
    stub->async()->ListFacts(&raw->context, &raw->request, &raw->response,
                             [raw, &open](grpc::Status status) {
                               raw->status = std::move(status);
                               open.DecrementCount();
                             });
    asked.push_back(std::move(one));
  }
  absl::StatusOr<std::vector<facts::v1::FeedEntry>> own =
      environment_.feed_reader().ListCase(case_name, call.deadline);
  open.Wait();

  CaseFacts facts;
  for (size_t i = 0; i < asked.size(); ++i) {
    RETURN_IF_ERROR(rpc::PeerStatus(plan::FeedName(peers_[i].first), asked[i]->status));
    facts.Add(peers_[i].first,
              {asked[i]->response.entries().begin(), asked[i]->response.entries().end()});
  }
  if (!own.ok()) return status::Unavailable("database");
  facts.Add(plan::Feed::kRegistry, *own);
  return facts;
}

absl::StatusOr<std::shared_ptr<const plan::Plan>> CaseEvaluator::PlanOf(
    const v1::PlanRevision& revision) {
  {
    absl::MutexLock lock(&mutex_);
    if (const auto it = plans_.find(revision.name()); it != plans_.end()) return it->second;
  }
  ASSIGN_OR_RETURN(std::shared_ptr<const plan::Plan> loaded,
                   plan::Load(revision.text(), rules_, nullptr, plan::Duties::kRecorded));
  absl::MutexLock lock(&mutex_);
  return plans_.emplace(revision.name(), std::move(loaded)).first->second;
}

absl::StatusOr<std::vector<plan::v1::UnmetDuty>> CaseEvaluator::BeforeAppraisal(
    const v1::PlanRevision& revision, const CaseFacts& facts, const std::string& claim,
    const google::type::Date& decided_on) {
  ASSIGN_OR_RETURN(std::shared_ptr<const plan::Plan> plan, PlanOf(revision));
  const std::vector<plan::KnownFact> counting = floor::CountingFacts(facts.known());
  const auto on = [&](absl::CivilDay day) {
    return plan::Evaluate(plan, environment_.calendar().Get(), counting, day,
                          plan::AsKnown::Everything());
  };
  const absl::CivilDay today = environment_.clock().Today();
  ASSIGN_OR_RETURN(plan::Evaluation evaluation, on(today));
  // What was done after the appraisal was dated came too late for it, though it is done today.
  std::set<int> done_by_then;
  const absl::CivilDay decided = std::min(redress::rules::DayOf(decided_on), today);
  ASSIGN_OR_RETURN(const plan::Evaluation then, on(decided));
  for (const plan::Status& status : then.statuses) {
    if (then.SubjectName(status) == claim && !IsOpen(status)) {
      done_by_then.insert(status.requirement);
    }
  }
  std::vector<plan::v1::UnmetDuty> unmet;
  for (const plan::Status& status : evaluation.statuses) {
    const plan::v1::Requirement& requirement = evaluation.RequirementOf(status);
    const bool before_appraisal = std::any_of(
        requirement.due().begin(), requirement.due().end(), [](const plan::v1::DueRule& due) {
          return due.before().fact().kind() == facts::v1::FACT_KIND_CLAIM_APPRAISED;
        });
    if (!before_appraisal || evaluation.SubjectName(status) != claim) continue;
    if (!IsOpen(status) && !status.not_for_gates && done_by_then.contains(status.requirement)) {
      continue;
    }
    plan::v1::UnmetDuty duty;
    duty.set_id(requirement.id());
    duty.set_clause(requirement.clause());
    duty.set_subject(claim);
    *duty.mutable_title() = requirement.title();
    *duty.mutable_remedy() = status.not_for_gates       ? plan::ConfirmRemedy()
                             : requirement.has_remedy() ? requirement.remedy()
                                                        : requirement.title();
    unmet.push_back(std::move(duty));
  }
  return unmet;
}

absl::StatusOr<rules::LateRecord> CaseEvaluator::Record(const v1::PlanRevision& revision,
                                                        const CaseFacts& facts,
                                                        const std::string& fact_id) {
  ASSIGN_OR_RETURN(std::shared_ptr<const plan::Plan> plan, PlanOf(revision));
  ASSIGN_OR_RETURN(plan::Evaluation evaluation,
                   plan::Evaluate(plan, environment_.calendar().Get(), facts.known(),
                                  environment_.clock().Today(), plan::AsKnown::Everything()));
  rules::LateRecord record;
  for (const plan::SeenFact& seen : evaluation.seen) {
    const facts::v1::Fact& fact = *evaluation.facts[static_cast<size_t>(seen.fact)].fact;
    if (fact.fact_id() != fact_id) continue;
    record.known = true;
    record.late = seen.recorded_late;
    record.confirmed = seen.recorded_late && !seen.unconfirmed;
    record.recorded_by = fact.actor();
  }
  return record;
}

absl::StatusOr<plan::v1::ClosingEvaluation> CaseEvaluator::Closing(
    const v1::PlanRevision& revision, const CaseFacts& facts, const v1::Case& file,
    const std::vector<v1::Round>& rounds, const v1::Closure& closure,
    const facts::v1::Fact& doing) {
  ASSIGN_OR_RETURN(std::shared_ptr<const plan::Plan> plan, PlanOf(revision));
  const std::map<std::string, types::v1::ClosingStandard> standards =
      floor::StandardsOf(file, closure);
  const std::vector<plan::KnownFact> counting = floor::CountingFacts(facts.known());
  std::set<types::v1::ClosingStandard> distinct;
  for (const auto& [claim, standard] : standards) distinct.insert(standard);
  plan::v1::ClosingEvaluation closing;
  closing.set_standard(closure.standard());
  const std::shared_ptr<const calendar::Calendar> calendar = environment_.calendar().Get();
  for (const types::v1::ClosingStandard standard : distinct) {
    plan::Evaluator evaluator(plan, calendar);
    absl::StatusOr<plan::v1::ClosingEvaluation> one = evaluator.EvaluateClosing(
        counting, standard, environment_.clock().Today(), plan::AsKnown::Everything());
    if (absl::IsNotFound(one.status())) {
      return status::InvalidField("standard",
                                  "is no closing standard of the plan that the case is held to");
    }
    RETURN_IF_ERROR(one.status());
    floor::Merge(*one, standards, closing);
  }

  const floor::Record record(facts.known());
  floor::Basis basis;
  basis.file = &file;
  basis.rounds = rounds;
  basis.record = &record;
  basis.today = environment_.clock().Today();
  basis.calendar = calendar.get();
  for (const plan::v1::RuleSet& set : rules_.sets()) {
    if (!floor::AppliesTo(set, plan->proto(), file)) continue;
    for (const plan::v1::RuleClock& clock : set.clocks()) {
      if (clock.name() == "review_request") basis.review_days = clock.days();
      if (clock.name() == "reexamination_request") basis.reexamination_days = clock.days();
    }
  }
  floor::AddUnmet(floor::Unmet(basis, standards), closing);
  floor::AddUnmet(floor::UnmetPersons(record, plan->proto().separate_acts(), &doing), closing);
  return closing;
}

absl::StatusOr<bool> CaseEvaluator::KeepsApart(const v1::PlanRevision& revision,
                                               facts::v1::FactKind kind) {
  ASSIGN_OR_RETURN(std::shared_ptr<const plan::Plan> plan, PlanOf(revision));
  return floor::KeepsApart(plan->proto().separate_acts(), kind);
}

absl::StatusOr<std::vector<plan::v1::UnmetDuty>> CaseEvaluator::Persons(
    const v1::PlanRevision& revision, const CaseFacts& facts, const facts::v1::Fact& doing) {
  ASSIGN_OR_RETURN(std::shared_ptr<const plan::Plan> plan, PlanOf(revision));
  return floor::UnmetPersons(floor::Record(facts.known()), plan->proto().separate_acts(), &doing);
}

}  // namespace redress::registry
