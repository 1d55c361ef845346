#include "common/service/main.h"
#include "common/base/files.h"
#include "common/facts/checkpoint.h"
#include "common/plan/plan.h"
#include "common/rpc/channel.h"
#include "common/service/remote_gate.h"
#include "common/status/macros.h"
#include "redress/registry/v1/registry.grpc.pb.h"
#include "services/supervision/following.h"
#include "services/supervision/schema.h"
#include "services/supervision/service.h"

namespace redress::supervision {
namespace {

// Whose facts are followed. Supervision publishes none yet that it would have to follow itself.
constexpr const char* kFeeds[] = {"registry", "assignment", "visits", "assistance"};

// Asks registry as what this is, a service: campaigns and plans are no secret to one.
Plans::Source AskRegistry(const std::shared_ptr<grpc::Channel>& channel) {
  std::shared_ptr<registry::v1::RegistryService::Stub> stub =
      registry::v1::RegistryService::NewStub(channel);
  Plans::Source source;
  source.plan_text = [stub](const PlanKey& key,
                            absl::Time deadline) -> absl::StatusOr<std::string> {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(deadline));
    registry::v1::GetPlanRevisionRequest request;
    request.set_name(absl::StrCat(key.campaign, "/planRevisions/", key.revision));
    registry::v1::GetPlanRevisionResponse response;
    const grpc::Status asked = stub->GetPlanRevision(&context, request, &response);
    if (!asked.ok()) return rpc::PeerStatus("registry", asked);
    return response.plan_revision().text();
  };
  source.region = [stub](const std::string& campaign,
                         absl::Time deadline) -> absl::StatusOr<std::string> {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(deadline));
    registry::v1::GetCampaignRequest request;
    request.set_name(campaign);
    registry::v1::GetCampaignResponse response;
    const grpc::Status asked = stub->GetCampaign(&context, request, &response);
    if (!asked.ok()) return rpc::PeerStatus("registry", asked);
    return response.campaign().region_code();
  };
  return source;
}

// The keys that sign the feeds' checkpoints; none where no folder is given.
absl::StatusOr<std::map<std::string, facts::VerifyingKey>> ReadFeedKeys(const std::string& folder) {
  std::map<std::string, facts::VerifyingKey> keys;
  if (folder.empty()) return keys;
  for (const char* feed : kFeeds) {
    ASSIGN_OR_RETURN(const std::string pem,
                     base::ReadFile(absl::StrCat(folder, "/", feed, "/feed-signing.pub.pem")));
    ASSIGN_OR_RETURN(facts::VerifyingKey key, facts::VerifyingKey::FromPem(pem));
    keys.emplace(feed, std::move(key));
  }
  return keys;
}

class SupervisionInstance final : public service::Instance {
 public:
  static absl::StatusOr<std::unique_ptr<service::Instance>> Create(
      service::Environment& environment) {
    RegisterMessages();
    auto instance = std::make_unique<SupervisionInstance>();
    std::map<std::string, std::shared_ptr<grpc::Channel>> channels;
    for (const char* feed : kFeeds) {
      ASSIGN_OR_RETURN(channels[feed], environment.Peer(feed));
    }
    ASSIGN_OR_RETURN(plan::RuleSetTable rules,
                     plan::RuleSetTable::LoadFolder(environment.flags().rules));
    instance->gate_ = std::make_unique<service::RemoteGate>(channels["registry"]);
    instance->plans_ = std::make_unique<Plans>(environment.pool(), std::move(rules),
                                               AskRegistry(channels["registry"]));
    ASSIGN_OR_RETURN(instance->projection_,
                     Projection::Open({&environment.pool(),
                                       &environment.clock(),
                                       &environment.calendar(),
                                       instance->plans_.get(),
                                       {std::begin(kFeeds), std::end(kFeeds)}},
                                      absl::Now() + absl::Seconds(30)));
    instance->reader_ =
        std::make_unique<Reader>(environment.pool(), *instance->plans_, environment.calendar());
    instance->scores_ =
        std::make_unique<Scores>(environment.pool(), *instance->reader_, *instance->plans_);
    store::Store::Options options = environment.StoreOptions();
    options.gate = instance->gate_.get();
    ASSIGN_OR_RETURN(instance->store_, store::Store::Open(std::move(options)));
    instance->answers_ = std::make_unique<Answers>(Answers::Parts{
        environment.pool(), environment.clock(), *instance->plans_, *instance->projection_,
        *instance->reader_, *instance->scores_, *instance->gate_, environment.page_tokens()});
    ASSIGN_OR_RETURN(instance->service_,
                     MakeService(environment.runtime(), *instance->answers_, *instance->store_));
    instance->oversight_ =
        std::make_unique<Oversight>(environment.metrics(), environment.pool(), environment.clock(),
                                    *instance->projection_, *instance->scores_);
    ASSIGN_OR_RETURN(auto keys, ReadFeedKeys(environment.flags().feed_public_keys));
    instance->following_ = std::make_unique<Following>(
        *instance->projection_, *instance->oversight_, std::move(channels), std::move(keys));
    return instance;
  }

  std::vector<grpc::Service*> services() override { return {service_.get()}; }
  store::AccessGate* gate() override { return gate_.get(); }
  void Start() override { following_->Start(); }
  void Stop() override { following_->Stop(); }

 private:
  std::unique_ptr<service::RemoteGate> gate_;
  std::unique_ptr<Plans> plans_;
  std::unique_ptr<Projection> projection_;
  std::unique_ptr<Reader> reader_;
  std::unique_ptr<Scores> scores_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Answers> answers_;
  std::unique_ptr<grpc::Service> service_;
  std::unique_ptr<Oversight> oversight_;
  std::unique_ptr<Following> following_;
};

}  // namespace
}  // namespace redress::supervision

int main(int argc, char** argv) {
  using namespace redress;  // NOLINT: a main is one screen
  service::Spec spec;
  spec.name = "supervision";
  spec.description = "Follows the facts of all services and shows how units keep their duties.";
  spec.schema = supervision::Schema();
  spec.grants = std::string(supervision::Grants());
  spec.services = {supervision::kServiceName};
  spec.create = supervision::SupervisionInstance::Create;
  return service::Main(argc, argv, spec);
}
