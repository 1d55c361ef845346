// Invariant 8: that the petitioner declined is never the handler's word.
#include "redress/visits/v1/visits.grpc.pb.h"
#include "tests/e2e/misuse/misuse.h"

namespace redress::testing {
namespace {

using VisitsStub = visits::v1::VisitsService::Stub;
constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

class Invariant8 : public MisuseTest {
 protected:
  static std::string Assigned() {
    const std::string name = world().Register().value_or("cases/none");
    EXPECT_TRUE(world().Assign(name).ok());
    return name;
  }
  static Who Officer() {
    return Somebody("the case officer", kOfficer, kResponsibleUnit, {types::v1::ROLE_CASE_OFFICER});
  }
  static visits::v1::RecordVisitRequest Declined(const std::string& name) {
    visits::v1::RecordVisitRequest request;
    request.set_parent(name);
    request.mutable_visit()->set_outcome(visits::v1::VISIT_OUTCOME_DECLINED);
    *request.mutable_visit()->mutable_visited_on() = world().Today();
    request.mutable_visit()->set_official(kLead);
    return request;
  }
  static types::v1::EvidenceRef Evidence(types::v1::EvidenceKind kind) {
    types::v1::EvidenceRef evidence;
    evidence.set_sha256(std::string(64, 'a'));
    evidence.set_kind(kind);
    *evidence.mutable_dated() = world().Today();
    return evidence;
  }
};

TEST_F(Invariant8, AVisitIsDeclinedWithProofAlone) {
  const std::string name = Assigned();
  visits::v1::RecordVisitRequest request = Declined(name);
  Lead()
      .Tries("says that the petitioner declined", &VisitsStub::RecordVisit, request)
      .IsRefused(kInvalid)
      .Naming("visit.decline");
  for (const char* unit : {kResponsibleUnit, "units/does-not-exist"}) {
    request.mutable_visit()->mutable_decline()->set_witness_unit(unit);
    Lead()
        .Tries("names a witness from " + std::string(unit), &VisitsStub::RecordVisit, request)
        .IsRefused(kInvalid)
        .Naming("visit.decline.witness_unit");
  }
  request.mutable_visit()->mutable_decline()->clear_witness_unit();
  *request.mutable_visit()->mutable_decline()->mutable_signed_note() =
      Evidence(types::v1::EVIDENCE_KIND_SIGNED_NOTE);
  Officer()
      .Tries("ends the lead's visits for them", &VisitsStub::RecordVisit, request)
      .IsRefused(kInvalid)
      .Naming("visit.official");
  visits::v1::RecordVisitRequest held = world().NewVisit(name);
  Officer()
      .Tries("records a visit of the lead", &VisitsStub::RecordVisit, held)
      .IsRefused(kInvalid)
      .Naming("visit.official");
  held.mutable_visit()->clear_evidence();
  *held.mutable_visit()->add_evidence() = Evidence(types::v1::EVIDENCE_KIND_PICTURE);
  Lead()
      .Tries("gives one picture for a transcript", &VisitsStub::RecordVisit, held)
      .IsRefused(kInvalid);
  Lead()
      .Tries("records the note that the petitioner signed", &VisitsStub::RecordVisit, request)
      .Succeeds();
}

TEST_F(Invariant8, AHearingIsAnnouncedBeforeItsDayAndHeldWithThePetitioner) {
  const std::string name = Assigned();
  visits::v1::AnnounceHearingRequest announce;
  announce.set_parent(name);
  announce.mutable_hearing()->set_kind(facts::v1::HEARING_KIND_MEDIATION);
  *announce.mutable_hearing()->mutable_announced_on() = world().Today();
  *announce.mutable_hearing()->mutable_planned_on() = world().Today();
  Lead()
      .Tries("announces a mediation for the same day", &VisitsStub::AnnounceHearing, announce)
      .IsRefused(kInvalid)
      .Naming("hearing.planned_on");
  *announce.mutable_hearing()->mutable_announced_on() = world().Today(-1);
  Lead()
      .Tries("enters an announcement of yesterday without the notice", &VisitsStub::AnnounceHearing,
             announce)
      .IsRefused(kInvalid)
      .Naming("hearing.announcement_proof");
  *announce.mutable_hearing()->mutable_announcement_proof() =
      Evidence(types::v1::EVIDENCE_KIND_DOCUMENT);
  *announce.mutable_hearing()->mutable_announcement_proof()->mutable_dated() = world().Today();
  Lead()
      .Tries("enters it with a notice of the day itself", &VisitsStub::AnnounceHearing, announce)
      .IsRefused(kInvalid)
      .Naming("hearing.announcement_proof.dated");
  *announce.mutable_hearing()->mutable_announcement_proof()->mutable_dated() = world().Today(-1);
  const std::string hearing =
      Lead()
          .Tries("enters it with the notice", &VisitsStub::AnnounceHearing, announce)
          .Succeeds()
          .hearing()
          .name();
  visits::v1::RecordHearingRequest record;
  record.set_name(hearing);
  *record.mutable_held_on() = world().Today();
  record.add_participants()->set_kind(visits::v1::PARTICIPANT_KIND_LAWYER);
  record.mutable_participants(0)->set_full_name("某律师");
  record.set_minutes("双方陈述。");
  record.set_result("书面答复。");
  Lead()
      .Tries("holds it without the petitioner", &VisitsStub::RecordHearing, record)
      .IsRefused(kInvalid)
      .Naming("absence_note");
  visits::v1::DeclineHearingRequest decline;
  decline.set_name(hearing);
  *decline.mutable_declined_on() = world().Today();
  decline.mutable_decline()->set_witness_unit(kOutsideUnit);
  Officer()
      .Tries("says that the petitioner declined it", &VisitsStub::DeclineHearing, decline)
      .IsRefused(kInvalid)
      .Naming("decline");
  Lead()
      .Tries("records it with a witness from outside", &VisitsStub::DeclineHearing, decline)
      .Succeeds();
}

}  // namespace
}  // namespace redress::testing
