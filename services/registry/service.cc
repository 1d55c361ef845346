#include "services/registry/service.h"

#include "common/base/ids.h"

namespace redress::registry {
namespace {

store::ListQuery CampaignsOf(const v1::ListCampaignsRequest&) { return {}; }  // the newest first

store::ListQuery RoundsOf(const v1::ListRoundsRequest& asked) {
  store::ListQuery query;
  query.where = "t.case_name = ?";
  query.params = {asked.parent()};
  query.order_column = "number";
  query.descending = false;
  return query;
}

}  // namespace

std::vector<store::Lock> CaseLocks(const std::string& case_name) {
  return {store::LockOf<v1::Case>(case_name), store::LockOf<v1::CaseAccess>(case_name)};
}

std::string RevisionName(const v1::Case& file) {
  return absl::StrCat(file.campaign(), "/planRevisions/", file.plan_revision());
}

v1::Case Shown(v1::Case file) {
  file.clear_entry_criterion();
  return file;
}

v1::Petitioner ShownPerson(v1::Petitioner person) {
  person.clear_earlier();
  return person;
}

absl::StatusOr<std::unique_ptr<grpc::Service>> RegistryService::Build() {
  using R = RegistryService;
  // Whoever does that act may have done none that the plan keeps apart from it.
  const auto apart = [this](facts::v1::FactKind kind) {
    return [this, kind](const rpc::Call& call, const auto& asked) {
      return CheckPersons(call, DoingOn(call, kind, asked));
    };
  };
  const auto by = [this](auto read) {
    return [this, read](const rpc::Call& call, const auto& asked) {
      return (this->*read)(call, asked);
    };
  };
  return service::Rpcs(environment_.runtime(), store_.resources(), &units_)
      .Show(Shown)
      .Show(ShownPerson)
      // service_campaign.cc
      .Write(&R::CreateCampaign, *this)
      .Get<v1::GetCampaignRequest>()
      .List(CampaignsOf)
      .Write(&R::CreatePlanRevision, *this)
      .Get<v1::GetPlanRevisionRequest>()
      // service_register.cc, service_person.cc
      .Write(&R::RegisterCase, *this)
      .Serve(&R::GetPetitioner, *this)
      .Write(&R::UpdatePetitioner, *this)
      // cases: service_cases.cc
      .Get<v1::GetCaseRequest>()
      .Serve(&R::GetEntryCriterion, *this)
      .List(&RegistryStore::CasesListed, store_)
      .List(&RegistryStore::CasesFound, store_)
      .Serve(&R::CountCases, *this)
      .Serve(&R::ListCaseNumbers, *this)
      .Write(rules::AddClaim)
      .Write(rules::RecordNeed)
      .Write(rules::RecuseOfficial, by(&R::IsRegistered))
      .Write(rules::EndRecusal)
      // service_accusation.cc
      .Write(&R::IdentifyAccused, *this)
      .Write(&R::ProposeRevocation, *this)
      .Write(rules::DecideRevocation, by(&R::ReplacementOf))
      // claims
      .Write(rules::RecordInvestigation)
      .Write(rules::RecordView)
      .Write(rules::RecordPriorConclusion)
      .Write(rules::RetractRecord)
      .Write(rules::ConfirmRecord, by(&R::LateRecordOf))
      .Write(rules::AppraiseClaim, by(&R::BeforeAppraisal))
      .Write(rules::OfferDate)
      .Write(rules::SignSettlement, apart(facts::v1::FACT_KIND_SETTLEMENT_SIGNED))
      .Write(rules::WithdrawSettlement)
      .Write(rules::PerformSettlement)
      // rounds
      .Write(rules::OpenRound)
      .Get<v1::GetRoundRequest>()
      .List(RoundsOf)
      .Write(rules::SortRound, apart(facts::v1::FACT_KIND_SORTED))
      .Write(rules::AcceptRound, apart(facts::v1::FACT_KIND_ACCEPTED))
      .Write(rules::RefuseRound, apart(facts::v1::FACT_KIND_NOT_ACCEPTED))
      .Write(rules::IssueOpinion, apart(facts::v1::FACT_KIND_OPINION_ISSUED))
      .Write(rules::ServeDocument, apart(facts::v1::FACT_KIND_DOCUMENT_SERVED))
      .Write(rules::PerformOpinion, apart(facts::v1::FACT_KIND_OPINION_PERFORMED))
      // closure: service_gate.cc
      .Write(&R::ProposeClosure, *this)
      .Write(&R::CloseCase, *this)
      .Write<v1::RejectClosureRequest>(rules::RejectClosure)
      .Write(rules::ReopenCase)
      .Build(kRegistryService);
}

}  // namespace redress::registry
