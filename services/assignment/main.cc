// redress-assignment: who is answerable for which case, and what is due from them.
#include "common/service/main.h"

#include "common/service/remote_gate.h"
#include "services/assignment/access_reconciler.h"
#include "services/assignment/schema.h"
#include "services/assignment/service.h"
#include "services/assignment/store.h"

namespace redress::assignment {
namespace {

class Instance final : public service::Instance {
 public:
  static absl::StatusOr<std::unique_ptr<service::Instance>> Create(
      service::Environment& environment) {
    RegisterMessages();
    auto instance = std::make_unique<Instance>();
    ASSIGN_OR_RETURN(std::shared_ptr<grpc::Channel> registry, environment.Peer("registry"));
    ASSIGN_OR_RETURN(std::shared_ptr<grpc::Channel> supervision, environment.Peer("supervision"));
    ASSIGN_OR_RETURN(instance->rule_sets_,
                     plan::RuleSetTable::LoadFolder(environment.flags().rules));
    instance->gate_ = std::make_unique<service::RemoteGate>(registry);
    instance->peers_ = std::make_unique<Peers>(registry, supervision);

    metrics::Gauge& pending = environment.metrics().AddGauge(
        "redress_access_changes_pending", "Changes of access that registry has yet to confirm.");
    metrics::Counter& refused = environment.metrics().AddCounter(
        "redress_access_changes_refused_total",
        "Changes of access that registry refused: somebody became barred.");
    AccessOutbox::Options outbox;
    outbox.registry = registry;
    outbox.pending = [&pending](int64_t count) { pending.Set(static_cast<double>(count)); };
    outbox.refused = [&refused] { refused.Increment(); };
    store::Store::Options options = environment.StoreOptions();
    options.gate = instance->gate_.get();
    ASSIGN_OR_RETURN(instance->store_,
                     AssignmentStore::Open(std::move(options), std::move(outbox)));

    metrics::Counter& differed = environment.metrics().AddCounter(
        "redress_access_differences_total",
        "Cases whose access at registry was not as recorded here, and was put right.");
    metrics::Counter& behind = environment.metrics().AddCounter(
        "redress_assignments_behind_total",
        "Looks at an assignment that was older than what its facts speak of.");
    AccessReconciler::Options reconciling;
    reconciling.registry = registry;
    reconciling.facts = &environment.feed_reader();
    reconciling.differed = [&differed] { differed.Increment(); };
    reconciling.behind = [&behind] { behind.Increment(); };
    instance->reconciler_ =
        std::make_unique<AccessReconciler>(instance->store_->resources(), std::move(reconciling));

    AssignmentService::Parts parts;
    parts.runtime = &environment.runtime();
    parts.store = instance->store_.get();
    parts.peers = instance->peers_.get();
    parts.clock = &environment.clock();
    parts.calendar = &environment.calendar();
    parts.rule_sets = &instance->rule_sets_;
    instance->service_ = std::make_unique<AssignmentService>(parts);
    ASSIGN_OR_RETURN(instance->rpcs_, instance->service_->Build());
    return instance;
  }

  std::vector<grpc::Service*> services() override { return {rpcs_.get()}; }
  store::AccessGate* gate() override { return gate_.get(); }
  void Start() override {
    store_->outbox().Start();
    reconciler_->Start();
  }
  void Stop() override {
    reconciler_->Stop();
    store_->outbox().Stop();
  }

 private:
  plan::RuleSetTable rule_sets_;
  std::unique_ptr<service::RemoteGate> gate_;
  std::unique_ptr<Peers> peers_;
  std::unique_ptr<AssignmentStore> store_;
  std::unique_ptr<AccessReconciler> reconciler_;
  std::unique_ptr<AssignmentService> service_;
  std::unique_ptr<grpc::Service> rpcs_;
};

}  // namespace
}  // namespace redress::assignment

int main(int argc, char** argv) {
  namespace assignment = redress::assignment;
  redress::service::Spec spec;
  spec.name = "assignment";
  spec.description =
      "Redress assignment: who is answerable for which case, and what is due from them";
  spec.schema = assignment::Schema();
  spec.grants = std::string(assignment::Grants());
  spec.services = {assignment::kServiceName};
  spec.tables = assignment::StoredTypes();
  spec.create = assignment::Instance::Create;
  return redress::service::Main(argc, argv, spec);
}
