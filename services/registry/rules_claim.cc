#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/rules/record_checks.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/registry/claim_change.h"

namespace redress::registry::rules {
namespace {

using internal::ChangeClaim;
using internal::ClaimFact;
using internal::Publish;
using ::redress::rules::DayOf;
using ::redress::rules::FieldErrors;
using ::redress::rules::IsSet;
using ::redress::rules::NewFact;
using ::redress::rules::Refuse;
using ::redress::rules::SetKind;

bool HasFreshEvidence(const v1::Claim& claim) {
  const google::type::Date& prior = claim.prior_conclusion().concluded_on();
  for (const v1::Investigation& investigation : claim.investigations()) {
    if (investigation.retracted()) continue;
    for (const types::v1::EvidenceRef& evidence : investigation.evidence()) {
      if (!IsSet(prior) || DayOf(evidence.dated()) > DayOf(prior)) return true;
    }
  }
  return false;
}

}  // namespace

namespace internal {

absl::StatusOr<std::unique_ptr<ClaimChange>> ChangeClaim(const v1::Case& current,
                                                         std::string_view name) {
  RETURN_IF_ERROR(CheckCaseAction(current, CaseAction::kChange));
  auto change = std::make_unique<ClaimChange>();
  change->outcome.resource = current;
  ASSIGN_OR_RETURN(change->claim, FindClaim(change->outcome.resource, name));
  return change;
}

facts::v1::Fact ClaimFact(const Context& context, const v1::Claim& claim,
                          const google::type::Date& on) {
  facts::v1::Fact fact = NewFact(context, claim.name(), on);
  fact.set_claim(claim.name());
  return fact;
}

std::string Publish(ClaimChange& change, facts::v1::Fact fact) {
  SetKind(fact);
  std::string id = fact.fact_id();
  change.outcome.facts.push_back(std::move(fact));
  return id;
}

}  // namespace internal

absl::StatusOr<v1::Claim*> FindClaim(v1::Case& in, std::string_view name) {
  for (v1::Claim& claim : *in.mutable_claims()) {
    if (claim.name() == name) return &claim;
  }
  return status::NotFound("claim");
}

absl::StatusOr<Outcome<v1::Case>> RecordInvestigation(const v1::Case& current,
                                                      const v1::RecordInvestigationRequest& request,
                                                      const Context& context) {
  const v1::Investigation& asked = request.investigation();
  FieldErrors errors;
  if (!asked.on_site() && !asked.documents() && !asked.consultation()) {
    errors.Add("investigation.on_site",
               "at least one of on_site, documents and consultation must be set");
  }
  RETURN_IF_ERROR(errors.ToStatus());
  ASSIGN_OR_RETURN(auto change, ChangeClaim(current, request.claim()));
  v1::Investigation& added = *change->claim->add_investigations();
  added = asked;
  added.set_retracted(false);
  *added.mutable_recorded_by() = context.actor;
  facts::v1::Fact fact = ClaimFact(context, *change->claim, asked.done_on());
  facts::v1::Investigated& detail = *fact.mutable_investigated();
  detail.set_on_site(asked.on_site());
  detail.set_documents(asked.documents());
  detail.set_consultation(asked.consultation());
  detail.set_evidence_items(asked.evidence_size());
  detail.set_fresh_evidence(HasFreshEvidence(*change->claim));
  added.set_fact_id(Publish(*change, std::move(fact)));
  return std::move(change->outcome);
}

absl::StatusOr<Outcome<v1::Case>> RecordView(const v1::Case& current,
                                             const v1::RecordViewRequest& request,
                                             const Context& context) {
  FieldErrors errors;
  ::redress::rules::CheckOutside("view.from_unit", request.view().from_unit(),
                                 current.responsible_unit(), errors);
  RETURN_IF_ERROR(errors.ToStatus());
  ASSIGN_OR_RETURN(auto change, ChangeClaim(current, request.claim()));
  v1::View& added = *change->claim->add_views();
  added = request.view();
  added.set_retracted(false);
  *added.mutable_recorded_by() = context.actor;
  facts::v1::Fact fact = ClaimFact(context, *change->claim, request.view().given_on());
  fact.mutable_views_obtained()->set_views(
      static_cast<int>(std::count_if(change->claim->views().begin(), change->claim->views().end(),
                                     [](const v1::View& view) { return !view.retracted(); })));
  added.set_fact_id(Publish(*change, std::move(fact)));
  return std::move(change->outcome);
}

absl::StatusOr<Outcome<v1::Case>> RecordPriorConclusion(
    const v1::Case& current, const v1::RecordPriorConclusionRequest& request,
    const Context& context) {
  const v1::PriorConclusion& asked = request.prior_conclusion();
  FieldErrors errors;
  if (asked.exists() && !IsSet(asked.concluded_on())) {
    errors.Add("prior_conclusion.concluded_on", "is required where there is an earlier conclusion");
  }
  if (asked.exists() && asked.summary().empty()) {
    errors.Add("prior_conclusion.summary", "is required where there is an earlier conclusion");
  }
  constexpr std::string_view kOfNone = "must not be set where there is no earlier conclusion";
  if (!asked.exists() && IsSet(asked.concluded_on())) {
    errors.Add("prior_conclusion.concluded_on", kOfNone);
  }
  if (!asked.exists() && !asked.summary().empty()) errors.Add("prior_conclusion.summary", kOfNone);
  RETURN_IF_ERROR(errors.ToStatus());
  ASSIGN_OR_RETURN(auto change, ChangeClaim(current, request.claim()));
  if (change->claim->has_prior_conclusion()) {
    return Refuse("PRIOR_CONCLUSION_RECORDED", request.claim(),
                  "the earlier conclusion is recorded already (P6)");
  }
  v1::PriorConclusion& added = *change->claim->mutable_prior_conclusion();
  added = asked;
  *added.mutable_recorded_by() = context.actor;
  facts::v1::Fact fact =
      ClaimFact(context, *change->claim, ::redress::rules::DateOf(context.today));
  fact.mutable_prior_conclusion_recorded()->set_exists(asked.exists());
  added.set_fact_id(Publish(*change, std::move(fact)));
  return std::move(change->outcome);
}

absl::StatusOr<Outcome<v1::Case>> RetractRecord(const v1::Case& current,
                                                const v1::RetractRecordRequest& request,
                                                const Context& context) {
  if (current.state() == types::v1::CASE_STATE_CLOSING) {
    RETURN_IF_ERROR(CheckCaseAction(current, CaseAction::kChange));
  }
  Outcome<v1::Case> outcome{current, {}};
  ASSIGN_OR_RETURN(v1::Claim * claim, FindClaim(outcome.resource, request.claim()));
  facts::v1::FactKind kind = facts::v1::FACT_KIND_UNSPECIFIED;
  const auto mark = [&](auto& records, facts::v1::FactKind of) {
    for (auto& record : records) {
      if (record.fact_id() != request.fact_id() || record.retracted()) continue;
      record.set_retracted(true);
      kind = of;
    }
  };
  mark(*claim->mutable_investigations(), facts::v1::FACT_KIND_INVESTIGATED);
  mark(*claim->mutable_views(), facts::v1::FACT_KIND_VIEWS_OBTAINED);
  if (kind == facts::v1::FACT_KIND_UNSPECIFIED) return status::NotFound("record");
  const google::type::Date today = ::redress::rules::DateOf(context.today);
  facts::v1::Fact retraction = ClaimFact(context, *claim, today);
  retraction.set_kind(kind);
  retraction.set_retracts(request.fact_id());
  outcome.facts.push_back(std::move(retraction));
  const auto& basis = current.closure().basis();
  if (current.state() == types::v1::CASE_STATE_CLOSED &&
      std::find(basis.begin(), basis.end(), request.fact_id()) != basis.end()) {
    facts::v1::Fact lost = NewFact(context, current.name(), today);
    lost.mutable_closure_basis_lost()->set_lost_fact(request.fact_id());
    SetKind(lost);
    outcome.facts.push_back(std::move(lost));
  }
  return outcome;
}

absl::StatusOr<Outcome<v1::Case>> AppraiseClaim(const v1::Case& current,
                                                const v1::AppraiseClaimRequest& request,
                                                const std::vector<plan::v1::UnmetDuty>& unmet,
                                                const Context& context) {
  const v1::Appraisal& asked = request.appraisal();
  FieldErrors errors;
  if (asked.category() != types::v1::CATEGORY_RESOLVE &&
      asked.category() != types::v1::CATEGORY_EXPLAIN) {
    errors.Add("appraisal.category",
               "must be RESOLVE or EXPLAIN; a household's need is recorded with RecordNeed");
  }
  ASSIGN_OR_RETURN(auto change, ChangeClaim(current, request.claim()));
  // The last one recorded is the one in force, so it is the last one dated, too.
  if (change->claim->appraisals_size() > 0) {
    const v1::Appraisal& last = change->claim->appraisals(change->claim->appraisals_size() - 1);
    errors.NotBefore("appraisal.decided_on", asked.decided_on(), last.decided_on(),
                     "the earlier appraisal");
  }
  RETURN_IF_ERROR(errors.ToStatus());
  const bool fresh = HasFreshEvidence(*change->claim);
  std::vector<plan::v1::UnmetDuty> missing = unmet;
  if (asked.repeats_prior() && !fresh) {
    plan::v1::UnmetDuty duty;
    duty.set_id("P6.fresh_evidence");
    duty.set_clause("三(二)");
    duty.set_subject(request.claim());
    duty.mutable_title()->set_zh("不拘泥于原处理结论：沿用原结论须有新证据");
    duty.mutable_title()->set_en("an earlier conclusion is not repeated without fresh evidence");
    duty.mutable_remedy()->set_zh("登记晚于原结论的证据");
    duty.mutable_remedy()->set_en("record evidence that is newer than the earlier conclusion");
    missing.push_back(std::move(duty));
  }
  RETURN_IF_ERROR(RefuseUnmet(
      context, "CLAIM_NOT_APPRAISABLE",
      "the claim cannot be appraised: duties before the appraisal are not done", missing));
  v1::Appraisal& added = *change->claim->add_appraisals();
  added = asked;
  added.set_revision(change->claim->appraisals_size());
  *added.mutable_decided_by() = context.actor;
  change->claim->set_category(asked.category());
  facts::v1::Fact fact = ClaimFact(context, *change->claim, asked.decided_on());
  facts::v1::ClaimAppraised& detail = *fact.mutable_claim_appraised();
  detail.set_category(asked.category());
  detail.set_revision(added.revision());
  detail.set_repeats_prior(asked.repeats_prior());
  detail.set_fresh_evidence(fresh);
  detail.set_complex(asked.complex());
  detail.set_policy_unclear(asked.policy_unclear());
  added.set_fact_id(Publish(*change, std::move(fact)));
  return std::move(change->outcome);
}

absl::StatusOr<Outcome<v1::Case>> OfferDate(const v1::Case& current,
                                            const v1::OfferDateRequest& request,
                                            const Context& context) {
  const v1::DateOffer& asked = request.date_offer();
  FieldErrors errors;
  errors.NotBefore("date_offer.resolve_by", asked.resolve_by(), asked.offered_on(),
                   "the day on which it was offered");
  RETURN_IF_ERROR(errors.ToStatus());
  ASSIGN_OR_RETURN(auto change, ChangeClaim(current, request.claim()));
  // One that was to be resolved before may be owed an offer still.
  const auto& appraisals = change->claim->appraisals();
  const bool was_to_be_resolved =
      std::any_of(appraisals.begin(), appraisals.end(), [](const v1::Appraisal& appraisal) {
        return appraisal.category() == types::v1::CATEGORY_RESOLVE;
      });
  if (change->claim->category() == types::v1::CATEGORY_EXPLAIN && !was_to_be_resolved) {
    return Refuse(
        "CLAIM_NOT_RESOLVABLE", request.claim(),
        "a date is offered for a claim that is to be resolved; this one is explained (P7)");
  }
  v1::DateOffer& added = *change->claim->add_date_offers();
  added = asked;
  *added.mutable_recorded_by() = context.actor;
  facts::v1::Fact fact = ClaimFact(context, *change->claim, asked.offered_on());
  *fact.mutable_date_offered()->mutable_resolve_by() = asked.resolve_by();
  fact.mutable_date_offered()->set_petitioner_agrees(asked.petitioner_agrees());
  added.set_fact_id(Publish(*change, std::move(fact)));
  return std::move(change->outcome);
}

}  // namespace redress::registry::rules
