// Registry and supervision, as the integration tests of assignment meet them.
#ifndef REDRESS_TESTS_INTEGRATION_ASSIGNMENT_PEER_H_
#define REDRESS_TESTS_INTEGRATION_ASSIGNMENT_PEER_H_

#include <grpcpp/grpcpp.h>

#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/status/grpc.h"
#include "redress/facts/v1/feed.grpc.pb.h"
#include "redress/registry/v1/access.grpc.pb.h"
#include "redress/registry/v1/registry.grpc.pb.h"
#include "redress/supervision/v1/supervision.grpc.pb.h"
#include "services/registry/rules.h"
#include "tests/integration/record_service.h"

namespace redress::assignment {

// Registry and supervision as this service knows them: registry's own rule on one access row a
// case, idempotent by request_id, and answers that the test sets. It can be away before or after it
// does what it is asked.
class Peer final : public registry::v1::AccessService::Service {
 public:
  enum class Fault { kNone, kAway, kSilent };
  struct Feed final : facts::v1::FactFeedService::Service {
    grpc::Status ListFacts(grpc::ServerContext*, const facts::v1::ListFactsRequest*,
                           facts::v1::ListFactsResponse* response) override {
      *response = answer;
      return grpc::Status::OK;
    }
    facts::v1::ListFactsResponse answer;
  };
  struct Campaigns final : registry::v1::RegistryService::Service {
    grpc::Status GetCampaign(grpc::ServerContext*, const registry::v1::GetCampaignRequest* request,
                             registry::v1::GetCampaignResponse* response) override {
      if (away) return {grpc::StatusCode::UNAVAILABLE, ""};
      const auto it = regions.find(request->name());
      if (it == regions.end()) return status::ToGrpc(status::NotFound("campaign"));
      response->mutable_campaign()->set_name(it->first);
      response->mutable_campaign()->set_region_code(it->second);
      return grpc::Status::OK;
    }
    grpc::Status GetPlanRevision(grpc::ServerContext*,
                                 const registry::v1::GetPlanRevisionRequest* request,
                                 registry::v1::GetPlanRevisionResponse* response) override {
      if (request->name() != "campaigns/1/planRevisions/1") {
        return status::ToGrpc(status::NotFound("plan revision"));
      }
      std::ifstream file(REDRESS_SOURCE_DIR "/seeds/plans/2018-three-in-place.txtpb");
      std::stringstream text;
      text << file.rdbuf();
      response->mutable_plan_revision()->set_text(text.str());
      return grpc::Status::OK;
    }
    std::map<std::string, std::string> regions = {{"campaigns/1", "430626103"},
                                                  {"campaigns/elsewhere", "430725000"}};
    bool away = false;
  };
  struct Supervision final : supervision::v1::SupervisionService::Service {
    grpc::Status ListStatuses(grpc::ServerContext*,
                              const supervision::v1::ListStatusesRequest* request,
                              supervision::v1::ListStatusesResponse* response) override {
      asked = *request;
      if (away) return {grpc::StatusCode::UNAVAILABLE, ""};
      *response = answer;
      return grpc::Status::OK;
    }
    supervision::v1::ListStatusesRequest asked;
    supervision::v1::ListStatusesResponse answer;
    bool away = false;
  };

  explicit Peer(testing::TestGate& gate) : gate_(gate) {
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(this);
    builder.RegisterService(&feed);
    builder.RegisterService(&campaigns);
    builder.RegisterService(&supervision);
    server_ = builder.BuildAndStart();
    channel =
        grpc::CreateChannel(absl::StrCat("127.0.0.1:", port), grpc::InsecureChannelCredentials());
  }
  ~Peer() override { server_->Shutdown(); }

  void Register(const std::string& name) {
    absl::MutexLock lock(&mutex_);
    registry::v1::CaseAccess& access = rows_[name];
    access.set_name(name);
    access.set_region_code("430626103");
    access.set_campaign("campaigns/1");
    access.set_state(types::v1::CASE_STATE_OPEN);
    Publish(access);
  }
  void Wall(const std::string& name, const std::string& who) {
    absl::MutexLock lock(&mutex_);
    rows_[name].add_walled(who);
    Publish(rows_[name]);
  }
  // Wall it without telling the gate: as if it happened between the check and the change.
  void WallUnseen(const std::string& name, const std::string& who) {
    absl::MutexLock lock(&mutex_);
    rows_[name].add_walled(who);
    unseen_.insert(who);
  }
  void Set(Fault fault) {
    absl::MutexLock lock(&mutex_);
    fault_ = fault;
  }
  std::vector<std::string> PartsOf(const std::string& name) {
    absl::MutexLock lock(&mutex_);
    std::vector<std::string> parts;
    for (const auto& each : rows_[name].participants()) {
      parts.push_back(absl::StrCat(each.official().substr(each.official().find('/') + 1), ":",
                                   types::v1::Part_Name(each.part()).substr(5)));
    }
    return parts;
  }
  // How many changes of access it was told, or was to be told.
  int updates() {
    absl::MutexLock lock(&mutex_);
    return updates_;
  }
  std::string UnitOf(const std::string& name) {
    absl::MutexLock lock(&mutex_);
    return rows_[name].responsible_unit();
  }

  grpc::Status UpdateCaseAccess(grpc::ServerContext*,
                                const registry::v1::UpdateCaseAccessRequest* request,
                                registry::v1::UpdateCaseAccessResponse* response) override {
    absl::MutexLock lock(&mutex_);
    ++updates_;
    if (fault_ == Fault::kAway) return {grpc::StatusCode::UNAVAILABLE, ""};
    if (!seen_.contains(request->request_id())) {
      auto next = registry::rules::UpdateAccess(rows_[request->case_name()], *request, Plain);
      if (!next.ok()) return status::ToGrpc(next.status());
      rows_[request->case_name()] = *next;
      seen_.insert(request->request_id());
      Publish(*next);
    }
    if (fault_ == Fault::kSilent) return {grpc::StatusCode::UNAVAILABLE, ""};
    *response->mutable_access() = rows_[request->case_name()];
    return grpc::Status::OK;
  }

  grpc::Status CheckParticipants(grpc::ServerContext*,
                                 const registry::v1::CheckParticipantsRequest* request,
                                 registry::v1::CheckParticipantsResponse* response) override {
    absl::MutexLock lock(&mutex_);
    for (const registry::v1::Candidate& candidate : request->candidates()) {
      if (!unseen_.contains(candidate.official()) &&
          registry::rules::IsBarred(rows_[request->case_name()], candidate, Plain)) {
        response->add_barred(candidate.official().empty() ? candidate.unit()
                                                          : candidate.official());
      }
    }
    return grpc::Status::OK;
  }
  grpc::Status RecordMembership(grpc::ServerContext*,
                                const registry::v1::RecordMembershipRequest* request,
                                registry::v1::RecordMembershipResponse*) override {
    absl::MutexLock lock(&mutex_);
    if (fault_ == Fault::kAway) return {grpc::StatusCode::UNAVAILABLE, ""};
    memberships_.push_back(*request);
    return grpc::Status::OK;
  }
  // What it was told of who belongs where.
  std::vector<registry::v1::RecordMembershipRequest> Memberships() {
    absl::MutexLock lock(&mutex_);
    return memberships_;
  }

  grpc::Status ReconcileCaseAccess(grpc::ServerContext*,
                                   const registry::v1::ReconcileCaseAccessRequest* request,
                                   registry::v1::ReconcileCaseAccessResponse* response) override {
    absl::MutexLock lock(&mutex_);
    if (fault_ == Fault::kAway) return {grpc::StatusCode::UNAVAILABLE, ""};
    registry::v1::CaseAccess& row = rows_[request->case_name()];
    row.clear_etag();
    row.set_etag(absl::StrCat("v", std::hash<std::string>()(row.SerializeAsString())));
    if (!request->etag().empty() && request->etag() != row.etag()) {
      return status::ToGrpc(status::Conflict());
    }
    // The case as the access says it is: what registry knows beside it is not the test's matter.
    registry::v1::Case file;
    file.set_state(row.state());
    const auto reconciled = registry::rules::ReconcileAccess(row, file, *request, Plain);
    *response = reconciled.found;
    if (!request->validate_only()) {
      row = reconciled.access;
      Publish(row);
    }
    if (between) between();
    return grpc::Status::OK;
  }
  // Puts the access of a case back to what it was.
  registry::v1::CaseAccess AccessOf(const std::string& name) {
    absl::MutexLock lock(&mutex_);
    return rows_[name];
  }
  void PutBack(const registry::v1::CaseAccess& access) {
    absl::MutexLock lock(&mutex_);
    rows_[access.name()] = access;
    Publish(access);
  }

  std::function<void()> between;  // after each answer to ReconcileCaseAccess, with the lock held
  Feed feed;
  Campaigns campaigns;
  Supervision supervision;
  std::shared_ptr<grpc::Channel> channel;

 private:
  void Publish(const registry::v1::CaseAccess& access) {
    testing::TestGate::Known known;
    known.context.name = known.access.case_name = access.name();
    known.context.campaign = access.campaign();
    known.context.region_code = known.access.region_code = access.region_code();
    known.context.responsible_unit = known.access.responsible_unit = access.responsible_unit();
    known.context.state = access.state();
    for (const auto& each : access.participants()) {
      known.access.participants.push_back({each.official(), each.part()});
      if (each.part() == types::v1::PART_LEAD) known.context.lead = each.official();
      if (each.part() == types::v1::PART_OFFICER) known.context.officer = each.official();
    }
    known.access.walled.assign(access.walled().begin(), access.walled().end());
    gate_.Set(std::move(known));
  }

  testing::TestGate& gate_;
  absl::Mutex mutex_;
  Fault fault_ = Fault::kNone;
  static std::string Plain(std::string_view key) { return std::string(key); }

  int updates_ = 0;
  std::set<std::string> unseen_;  // walls that rose after the question
  std::vector<registry::v1::RecordMembershipRequest> memberships_;
  std::map<std::string, registry::v1::CaseAccess> rows_;
  std::set<std::string> seen_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace redress::assignment

#endif  // REDRESS_TESTS_INTEGRATION_ASSIGNMENT_PEER_H_
