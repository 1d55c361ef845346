// Assignment served over a real database beside a stand-in for registry and supervision, with one
// unit, one petition office, four officials and one case.
#ifndef REDRESS_TESTS_INTEGRATION_ASSIGNMENT_WORLD_H_
#define REDRESS_TESTS_INTEGRATION_ASSIGNMENT_WORLD_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "redress/assignment/v1/assignment.grpc.pb.h"
#include "services/assignment/schema.h"
#include "services/assignment/service.h"
#include "tests/integration/assignment_peer.h"
#include "tests/integration/record_service.h"

namespace redress::assignment {

inline constexpr char kCase[] = "cases/1";
inline constexpr char kClerk[] = "officials/clerk";

class AssignmentTest : public ::testing::Test {
 protected:
  using Stub = v1::AssignmentService::Stub;
  using RecordService = testing::RecordService;

  AssignmentTest() : records_("assignment", Schema(), Grants()), peer_(records_.gate()) {
    RegisterMessages();
    AccessOutbox::Options outbox;
    outbox.registry = peer_.channel;
    outbox.lease = absl::Milliseconds(1500);
    outbox.refused = [this] { ++refused_; };
    store_ =
        RecordService::Required(AssignmentStore::Open(records_.store_options(), std::move(outbox)));
    peers_ = std::make_unique<Peers>(peer_.channel, peer_.channel);
    calendar_ = std::make_unique<calendar::Current>(RecordService::Required(
        calendar::Calendar::Load(REDRESS_SOURCE_DIR "/seeds/calendar/holidays.txt")));
    rule_sets_ =
        RecordService::Required(plan::RuleSetTable::LoadFolder(REDRESS_SOURCE_DIR "/seeds/rules"));
    AssignmentService::Parts parts;
    parts.runtime = &records_.runtime();
    parts.store = store_.get();
    parts.peers = peers_.get();
    parts.clock = &records_.clock();
    parts.calendar = calendar_.get();
    parts.rule_sets = &rule_sets_;
    service_ = std::make_unique<AssignmentService>(parts);
    rpcs_ = RecordService::Required(service_->Build());
    records_.Serve(*rpcs_, v1::AssignmentService::service_full_name());
    stub_ = v1::AssignmentService::NewStub(records_.channel());
    AddUnit("town", types::v1::UNIT_KIND_DEPARTMENT);
    AddUnit("office", types::v1::UNIT_KIND_PETITION_OFFICE);
    for (const char* id : {"ann", "bob", "cao", "dai"}) AddOfficial(id, "town");
    peer_.Register(kCase);
  }
  ~AssignmentTest() override {
    records_.StopServing();
    store_->outbox().Stop();
  }

  template <class Req, class Resp>
  absl::StatusOr<Resp> Do(grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&, Resp*),
                          const Req& request, const std::string& official, types::v1::Role role) {
    return testing::Invoke(records_, *stub_, method, request, official, role);
  }
  void AddUnit(const std::string& id, types::v1::UnitKind kind,
               const std::string& region = "430626103") {
    v1::CreateUnitRequest request;
    request.set_unit_id(id);
    request.mutable_unit()->mutable_display_name()->set_zh("单位");
    request.mutable_unit()->set_kind(kind);
    request.mutable_unit()->set_region_code(region);
    const auto made = Do(&Stub::CreateUnit, request, "officials/root", types::v1::ROLE_OPERATOR);
    ASSERT_TRUE(made.ok()) << made.status();
  }
  void AddOfficial(const std::string& id, const std::string& unit) {
    v1::CreateOfficialRequest request;
    request.set_official_id(id);
    request.mutable_official()->mutable_title()->set_zh("干部");
    request.mutable_official()->set_unit("units/" + unit);
    request.mutable_official()->set_active(true);
    const auto made =
        Do(&Stub::CreateOfficial, request, "officials/root", types::v1::ROLE_OPERATOR);
    ASSERT_TRUE(made.ok()) << made.status();
  }
  v1::AssignCaseRequest Assign() {
    v1::AssignCaseRequest request;
    request.set_case_name(kCase);
    request.set_lead("officials/ann");
    request.set_officer("officials/bob");
    request.set_unit("units/town");
    *request.mutable_assigned_on() = testing::Day(6, 19);
    return request;
  }
  void MustAssign() {
    const auto made = Do(&Stub::AssignCase, Assign(), kClerk, types::v1::ROLE_OFFICE_CLERK);
    ASSERT_TRUE(made.ok()) << made.status();
  }
  void MustOffer(const std::string& to = "officials/cao") {
    v1::OfferHandoverRequest request;
    request.set_case_name(kCase);
    request.set_part(types::v1::PART_LEAD);
    request.set_to_official(to);
    request.set_reason("调任");
    const auto made = Do(&Stub::OfferHandover, request, "officials/ann", types::v1::ROLE_LEAD);
    ASSERT_TRUE(made.ok()) << made.status();
  }
  absl::StatusOr<v1::AcceptHandoverResponse> Accept(
      const std::string& request_id = RecordService::NewRequestId()) {
    v1::AcceptHandoverRequest request;
    request.set_case_name(kCase);
    request.set_request_id(request_id);
    return Do(&Stub::AcceptHandover, request, "officials/cao", types::v1::ROLE_LEAD);
  }
  int64_t RowsOf(const std::string& table) {
    return (*records_.database().admin().Query(absl::StrCat("SELECT COUNT(*) FROM ", table)))[0]
        .Int(0);
  }
  absl::Status Sweep() { return store_->outbox().Sweep(absl::Now() + absl::Seconds(5)); }
  std::string LeadNow() {
    v1::GetAssignmentRequest request;
    request.set_case_name(kCase);
    const auto got = Do(&Stub::GetAssignment, request, kClerk, types::v1::ROLE_OFFICE_CLERK);
    EXPECT_TRUE(got.ok()) << got.status();
    return got.ok() ? got->assignment().lead() : "";
  }

  int refused_ = 0;
  RecordService records_;
  Peer peer_;
  std::unique_ptr<AssignmentStore> store_;
  std::unique_ptr<Peers> peers_;
  std::unique_ptr<calendar::Current> calendar_;
  plan::RuleSetTable rule_sets_;
  std::unique_ptr<AssignmentService> service_;
  std::unique_ptr<grpc::Service> rpcs_;
  std::unique_ptr<Stub> stub_;
};

}  // namespace redress::assignment

#endif  // REDRESS_TESTS_INTEGRATION_ASSIGNMENT_WORLD_H_
