#include "tests/e2e/world.h"

#include <atomic>

#include <cstdlib>
#include <iostream>
#include <utility>

#include "absl/time/clock.h"
#include "common/base/files.h"
#include "common/base/ids.h"
#include "common/calendar/calendar.h"
#include "common/status/macros.h"
#include "redress/assignment/v1/assignment.grpc.pb.h"
#include "redress/registry/v1/registry.grpc.pb.h"
#include "redress/visits/v1/visits.grpc.pb.h"

namespace redress::testing {
namespace {

using AssignmentStub = assignment::v1::AssignmentService::Stub;
using RegistryStub = registry::v1::RegistryService::Stub;
using VisitsStub = visits::v1::VisitsService::Stub;

template <class T>
T Must(absl::StatusOr<T> result) {
  if (!result.ok()) {
    std::cerr << "the world could not be set up: " << result.status() << std::endl;
    std::exit(1);
  }
  return *std::move(result);
}

types::v1::EvidenceRef Evidence(types::v1::EvidenceKind kind, const google::type::Date& dated) {
  types::v1::EvidenceRef evidence;
  evidence.set_sha256(std::string(64, 'a'));
  evidence.set_kind(kind);
  *evidence.mutable_dated() = dated;
  return evidence;
}

registry::v1::Document Paper(types::v1::DocumentKind kind, const google::type::Date& on) {
  registry::v1::Document document;
  document.set_kind(kind);
  document.set_document_number("2018-1");
  *document.mutable_issued_on() = on;
  document.set_remedy_stated(true);
  *document.mutable_content() = Evidence(types::v1::EVIDENCE_KIND_DOCUMENT, on);
  return document;
}

}  // namespace

google::type::Date On(int month, int day) {
  google::type::Date date;
  date.set_year(2018);
  date.set_month(month);
  date.set_day(day);
  return date;
}

World::World(Cluster& cluster)
    : cluster_(cluster),
      operator_(cluster.Person({.official = "officials/operator",
                                .region = kTownship,
                                .roles = {types::v1::ROLE_OPERATOR}})),
      clerk_(cluster.Person({.official = "officials/clerk",
                             .unit = kOffice,
                             .region = kTownship,
                             .roles = {types::v1::ROLE_OFFICE_CLERK}})),
      head_(cluster.Person({.official = "officials/office-head",
                            .unit = kOffice,
                            .region = kTownship,
                            .roles = {types::v1::ROLE_OFFICE_HEAD}})),
      lead_(cluster.Person({.official = kLead,
                            .unit = kResponsibleUnit,
                            .region = kTownship,
                            .roles = {types::v1::ROLE_LEAD}})),
      unit_head_(cluster.Person({.official = "officials/unit-head",
                                 .unit = kResponsibleUnit,
                                 .region = kTownship,
                                 .roles = {types::v1::ROLE_UNIT_HEAD}})) {
  cluster.SetTime(today_);
  for (const auto& [id, kind] :
       {std::pair{"land-station", types::v1::UNIT_KIND_DEPARTMENT},
        std::pair{"justice-station", types::v1::UNIT_KIND_DEPARTMENT},
        std::pair{"petition-office", types::v1::UNIT_KIND_PETITION_OFFICE}}) {
    assignment::v1::CreateUnitRequest unit;
    unit.set_unit_id(id);
    unit.mutable_unit()->mutable_display_name()->set_zh("站所");
    unit.mutable_unit()->set_kind(kind);
    unit.mutable_unit()->set_region_code(kTownship);
    Must(operator_.Call(&AssignmentStub::CreateUnit, unit));
  }
  for (const char* id : {"lead", "next-lead", "officer"}) {
    assignment::v1::CreateOfficialRequest official;
    official.set_official_id(id);
    official.mutable_official()->mutable_title()->set_zh("干部");
    official.mutable_official()->set_unit(kResponsibleUnit);
    official.mutable_official()->set_principal_leader(true);
    official.mutable_official()->set_active(true);
    Must(operator_.Call(&AssignmentStub::CreateOfficial, official));
  }
  registry::v1::CreateCampaignRequest campaign;
  campaign.mutable_campaign()->mutable_display_name()->set_zh("集中行动");
  campaign.mutable_campaign()->set_region_code(kTownship);
  campaign.set_plan_text(
      Must(base::ReadFile(REDRESS_SOURCE_DIR "/seeds/plans/2018-three-in-place.txtpb")));
  campaign_ = Must(operator_.Call(&RegistryStub::CreateCampaign, campaign)).campaign().name();
  assignment::v1::EnrollUnitRequest enrol;
  enrol.set_unit(kResponsibleUnit);
  enrol.set_campaign(campaign_);
  *enrol.mutable_reached_on() = Today();
  Must(operator_.Call(&AssignmentStub::EnrollUnit, enrol));
}

google::type::Date World::Today(int days_later) const {
  return calendar::ToProto(today_ + days_later);
}

registry::v1::RegisterCaseRequest World::NewCase() const {
  registry::v1::RegisterCaseRequest request;
  request.set_campaign(campaign_);
  request.set_region_code(kTownship);
  request.set_source(types::v1::CASE_SOURCE_IN_PERSON);
  *request.mutable_received_on() = Today(-1);
  registry::v1::PersonIdentity& person = *request.mutable_new_petitioner();
  person.set_full_name("甲乙丙");
  // Each is somebody else: whom the office knows it asks about.
  static std::atomic<int> persons = 1000000;
  person.set_phone(absl::StrCat("000-", ++persons));
  person.set_address("某村某组");
  registry::v1::NewClaim& claim = *request.add_claims();
  claim.set_kind(types::v1::CLAIM_KIND_GRIEVANCE);
  claim.set_subject(types::v1::CLAIM_SUBJECT_LAND);
  claim.set_statement("承包地被占用后补偿款没有足额发放,请求核查面积、标准和发放记录,并书面答复。");
  request.set_entry_criterion(types::v1::ENTRY_CRITERION_OTHER);
  request.set_request_id(base::NewUuid(absl::Now()));
  return request;
}

visits::v1::RecordVisitRequest World::NewVisit(const std::string& case_name) const {
  visits::v1::RecordVisitRequest request;
  request.set_parent(case_name);
  visits::v1::Visit& visit = *request.mutable_visit();
  visit.set_outcome(visits::v1::VISIT_OUTCOME_HELD);
  *visit.mutable_visited_on() = Today();
  visit.set_place(facts::v1::VISIT_PLACE_OFFICE);
  visit.set_official(kLead);
  visit.set_account("听取陈述,核对了面积和发放记录,说明了下一步的安排。");
  visit.set_petitioner_asked("请求书面答复。");
  visit.add_heard_claims(case_name + "/claims/1");
  visit.set_transcript_kept(true);
  *visit.add_evidence() = Evidence(types::v1::EVIDENCE_KIND_TRANSCRIPT, Today());
  request.set_request_id(base::NewUuid(absl::Now()));
  return request;
}

absl::StatusOr<std::string> World::Register() const {
  ASSIGN_OR_RETURN(auto registered, clerk_.Call(&RegistryStub::RegisterCase, NewCase()));
  return registered.case_file().name();
}

absl::Status World::Assign(const std::string& case_name) const {
  assignment::v1::AssignCaseRequest request;
  request.set_case_name(case_name);
  request.set_lead(kLead);
  request.set_unit(kResponsibleUnit);
  request.set_officer(kOfficer);
  *request.mutable_assigned_on() = Today();
  return clerk_.Call(&AssignmentStub::AssignCase, request).status();
}

absl::Status World::Equip(const std::string& name) const {
  assignment::v1::SetTaskForceRequest force;
  force.set_case_name(name);
  force.mutable_task_force()->add_members()->set_official(kOfficer);
  *force.mutable_task_force()->mutable_set_on() = Today();
  RETURN_IF_ERROR(lead_.Call(&AssignmentStub::SetTaskForce, force).status());
  assignment::v1::SetWorkPlanRequest plan;
  plan.set_case_name(name);
  assignment::v1::PlannedMeasure& measure = *plan.mutable_work_plan()->add_measures();
  measure.set_description("核对发放记录");
  *measure.mutable_due_on() = Today(30);
  plan.mutable_work_plan()->add_goals("书面答复");
  *plan.mutable_work_plan()->mutable_set_on() = Today();
  return lead_.Call(&AssignmentStub::SetWorkPlan, plan).status();
}

absl::Status World::Visit(const std::string& name) const {
  return lead_.Call(&VisitsStub::RecordVisit, NewVisit(name)).status();
}

absl::Status World::Investigate(const std::string& name, int days_ago) const {
  const std::string claim = name + "/claims/1";
  registry::v1::RecordInvestigationRequest investigation;
  investigation.set_claim(claim);
  *investigation.mutable_investigation()->mutable_done_on() = Today(-days_ago);
  investigation.mutable_investigation()->set_on_site(true);
  investigation.mutable_investigation()->set_documents(true);
  investigation.mutable_investigation()->set_findings("面积属实,有一笔补偿款没有发放。");
  *investigation.mutable_investigation()->add_evidence() =
      Evidence(types::v1::EVIDENCE_KIND_DOCUMENT, Today());
  return lead_.Call(&RegistryStub::RecordInvestigation, investigation).status();
}

absl::Status World::ObtainViews(const std::string& name) const {
  const std::string claim = name + "/claims/1";
  registry::v1::RecordViewRequest view;
  view.set_claim(claim);
  *view.mutable_view()->mutable_given_on() = Today();
  view.mutable_view()->set_from_unit(kOutsideUnit);
  view.mutable_view()->set_question("补偿标准如何确定?");
  view.mutable_view()->set_answer("按公告的标准确定。");
  return lead_.Call(&RegistryStub::RecordView, view).status();
}

absl::Status World::RecordPrior(const std::string& name) const {
  const std::string claim = name + "/claims/1";
  registry::v1::RecordPriorConclusionRequest prior;
  prior.set_claim(claim);
  prior.mutable_prior_conclusion()->set_exists(false);
  return lead_.Call(&RegistryStub::RecordPriorConclusion, prior).status();
}

absl::Status World::Appraise(const std::string& name) const {
  const std::string claim = name + "/claims/1";
  registry::v1::AppraiseClaimRequest appraise;
  appraise.set_claim(claim);
  appraise.mutable_appraisal()->set_category(types::v1::CATEGORY_RESOLVE);
  *appraise.mutable_appraisal()->mutable_decided_on() = Today();
  appraise.mutable_appraisal()->set_reasons("补偿款应当足额发放。");
  return lead_.Call(&RegistryStub::AppraiseClaim, appraise).status();
}

absl::Status World::OfferDate(const std::string& name) const {
  const std::string claim = name + "/claims/1";
  registry::v1::OfferDateRequest offer;
  offer.set_claim(claim);
  *offer.mutable_date_offer()->mutable_offered_on() = Today();
  *offer.mutable_date_offer()->mutable_resolve_by() = Today(50);
  offer.mutable_date_offer()->set_petitioner_agrees(true);
  return lead_.Call(&RegistryStub::OfferDate, offer).status();
}

absl::Status World::Answer(const std::string& name) const {
  const std::string round = name + "/rounds/1";
  registry::v1::SortRoundRequest sort;
  sort.set_name(round);
  sort.set_route(types::v1::ROUTE_PETITION_PROCEDURE);
  *sort.mutable_sorted_on() = Today();
  RETURN_IF_ERROR(clerk_.Call(&RegistryStub::SortRound, sort).status());
  registry::v1::AcceptRoundRequest accept;
  accept.set_name(round);
  *accept.mutable_notice() = Paper(types::v1::DOCUMENT_KIND_ACCEPTANCE_NOTICE, Today());
  RETURN_IF_ERROR(clerk_.Call(&RegistryStub::AcceptRound, accept).status());
  registry::v1::IssueOpinionRequest opinion;
  opinion.set_name(round);
  *opinion.mutable_opinion() = Paper(types::v1::DOCUMENT_KIND_HANDLING_OPINION, Today());
  opinion.set_outcome(types::v1::CLAIM_OUTCOME_SUPPORTED);
  RETURN_IF_ERROR(unit_head_.Call(&RegistryStub::IssueOpinion, opinion).status());
  for (auto kind :
       {types::v1::DOCUMENT_KIND_ACCEPTANCE_NOTICE, types::v1::DOCUMENT_KIND_HANDLING_OPINION}) {
    registry::v1::ServeDocumentRequest serve;
    serve.set_name(round);
    serve.set_document_kind(kind);
    *serve.mutable_receipt()->mutable_served_on() = Today();
    serve.mutable_receipt()->set_mode(types::v1::SERVICE_MODE_IN_PERSON);
    *serve.mutable_receipt()->mutable_proof() =
        Evidence(types::v1::EVIDENCE_KIND_DOCUMENT, Today());
    RETURN_IF_ERROR(lead_.Call(&RegistryStub::ServeDocument, serve).status());
  }
  return absl::OkStatus();
}

absl::Status World::Settle(const std::string& name) const {
  const std::string claim = name + "/claims/1";
  registry::v1::SignSettlementRequest sign;
  sign.set_claim(claim);
  *sign.mutable_settlement()->mutable_signed_on() = Today();
  sign.mutable_settlement()->set_petitioner_signed(true);
  sign.mutable_settlement()->set_unit_signed(true);
  sign.mutable_settlement()->set_witness_unit(kOutsideUnit);
  *sign.mutable_settlement()->mutable_document() =
      Evidence(types::v1::EVIDENCE_KIND_DOCUMENT, Today());
  sign.mutable_settlement()->set_terms("补发差额。");
  registry::v1::Undertaking& undertaking = *sign.mutable_settlement()->add_undertakings();
  undertaking.set_kind(registry::v1::UNDERTAKING_KIND_PAYMENT);
  undertaking.set_amount_fen(120000);
  *undertaking.mutable_due_on() = Today(7);
  RETURN_IF_ERROR(lead_.Call(&RegistryStub::SignSettlement, sign).status());
  registry::v1::PerformSettlementRequest perform;
  perform.set_claim(claim);
  *perform.mutable_performed_on() = Today();
  return unit_head_.Call(&RegistryStub::PerformSettlement, perform).status();
}

void World::LetWithdrawalsLapse() {
  // Seven days after the recording, and one more until the last of them is over.
  today_ += 8;
  cluster_.SetTime(today_);
}

absl::Status World::Propose(const std::string& name) const {
  registry::v1::ProposeClosureRequest propose;
  propose.set_name(name);
  propose.set_standard(types::v1::CLOSING_STANDARD_SETTLEMENT);
  return clerk_.Call(&RegistryStub::ProposeClosure, propose).status();
}

absl::Status World::Close(const std::string& name) const {
  registry::v1::CloseCaseRequest close;
  close.set_name(name);
  return head_.Call(&RegistryStub::CloseCase, close).status();
}

absl::Status World::DoAllDuties(const std::string& name) const {
  RETURN_IF_ERROR(Assign(name));
  RETURN_IF_ERROR(Equip(name));
  RETURN_IF_ERROR(Visit(name));
  RETURN_IF_ERROR(Investigate(name));
  RETURN_IF_ERROR(ObtainViews(name));
  RETURN_IF_ERROR(RecordPrior(name));
  RETURN_IF_ERROR(Appraise(name));
  RETURN_IF_ERROR(OfferDate(name));
  RETURN_IF_ERROR(Answer(name));
  return Settle(name);
}

absl::Status World::UpToClosing() const {
  ASSIGN_OR_RETURN(std::string name, Register());
  RETURN_IF_ERROR(DoAllDuties(name));
  registry::v1::ProposeClosureRequest gate;
  gate.set_name(name);
  gate.set_standard(types::v1::CLOSING_STANDARD_SETTLEMENT);
  gate.set_validate_only(true);
  RETURN_IF_ERROR(clerk_.Call(&RegistryStub::ProposeClosure, gate).status());
  registry::v1::ListCasesRequest list;
  list.mutable_filter()->set_state(types::v1::CASE_STATE_OPEN);
  list.set_page_size(10);
  return clerk_.Call(&RegistryStub::ListCases, list).status();
}

}  // namespace redress::testing
