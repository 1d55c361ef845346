// The whole way of a fact: appended to the table of a service, sequenced, streamed over gRPC,
// followed, evaluated; interrupted, resumed, rebuilt.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>

#include <functional>
#include <optional>

#include "absl/strings/escaping.h"
#include "common/facts/append.h"
#include "common/facts/feed.h"
#include "common/facts/schema.h"
#include "common/facts/sequencer.h"
#include "common/facts/watch.h"
#include "common/facts/watch_reactor.h"
#include "common/status/grpc.h"
#include "redress/facts/v1/feed.grpc.pb.h"
#include "services/supervision/following.h"
#include "tests/integration/supervision_world.h"
#include "tests/unit/facts_sample.h"

namespace redress::supervision::testing {
namespace {

class WatchOnly final : public facts::v1::FactFeedService::CallbackService {
 public:
  WatchOnly(facts::WatchHub& hub, const facts::Feed& feed) : hub_(hub), feed_(feed) {}
  facts::WatchReactor* WatchFacts(grpc::CallbackServerContext*,
                                  const facts::v1::WatchFactsRequest* request) override {
    return facts::StartWatch(hub_, *request, {});
  }
  grpc::ServerUnaryReactor* GetConsistencyProof(
      grpc::CallbackServerContext* context, const facts::v1::GetConsistencyProofRequest* request,
      facts::v1::GetConsistencyProofResponse* response) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    const auto proof = feed_.GetConsistencyProof(*request, Soon());
    if (proof.ok()) *response = *proof;
    reactor->Finish(status::ToGrpc(proof.status(), "", "en"));
    return reactor;
  }

 private:
  facts::WatchHub& hub_;
  const facts::Feed& feed_;
};

bool Eventually(const std::function<bool()>& condition) {
  for (const absl::Time end = Soon(); absl::Now() < end; absl::SleepFor(absl::Milliseconds(20))) {
    if (condition()) return true;
  }
  return false;
}

class SupervisionFollowingTest : public World {
 protected:
  SupervisionFollowingTest() {
    facts::WatchHub::Options options;
    options.poll = absl::Milliseconds(20);
    hub_ = std::make_unique<facts::WatchHub>(reader_of_feed_, options);
    service_ = std::make_unique<WatchOnly>(*hub_, feed_of_registry_);
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(service_.get());
    server_ = builder.BuildAndStart();
  }
  ~SupervisionFollowingTest() override {
    following_.reset();
    hub_->Drain();
    server_->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(2));
    server_->Wait();
  }

  // As a new process would begin.
  void Follow() {
    following_.reset();
    projection_ = Open();
    answers_ = std::make_unique<Answers>(
        Answers::Parts{pool_, clock_, plans_, *projection_, reader_, scores_, gate_, tokens_});
    registry_ = std::make_unique<metrics::Registry>();
    oversight_ = std::make_unique<Oversight>(*registry_, pool_, clock_, *projection_, scores_);
    following_ = std::make_unique<Following>(
        *projection_, *oversight_,
        std::map<std::string, std::shared_ptr<grpc::Channel>>{
            {"registry", grpc::CreateChannel(absl::StrCat("127.0.0.1:", port_),
                                             grpc::InsecureChannelCredentials())}});
    following_->Start();
  }
  // What the feeds' helper published for registry and was not appended yet.
  void Append() {
    std::vector<facts::v1::Fact> facts;
    const auto& entries = feeds_.of("registry");
    for (; appended_ < entries.size(); ++appended_) {
      ASSERT_TRUE(facts.emplace_back().ParseFromString(entries[appended_].fact()));
      facts.back().set_record_version(static_cast<int64_t>(appended_) + 1);
    }
    const absl::Status written = db::Transact(feed_.pool(), Soon(), [&](db::Connection& conn) {
      return facts::Append(conn, facts, facts::testing::SampleMac());
    });
    ASSERT_TRUE(written.ok()) << written;
    while (true) {
      const auto batch = facts::SequenceBatch(feed_.pool(), facts::testing::SampleMac(), Soon());
      ASSERT_TRUE(batch.ok()) << batch.status();
      if (batch->facts == 0) return;
    }
  }
  // As if registry's database were that of an earlier day, when it had `size` facts.
  void Restore(size_t size) {
    const std::string later = absl::StrCat("position >= ", size);
    for (const std::string& sql :
         {absl::StrCat(
              "DELETE FROM fact WHERE fact_id IN (SELECT fact_id FROM fact_position WHERE ", later,
              ")"),
          absl::StrCat("DELETE FROM fact_position WHERE ", later)}) {
      ASSERT_TRUE(feed_.admin().ExecuteText(sql).ok());
    }
    facts::Frontier head;
    const auto entries =
        reader_of_feed_.ListFrom(0, static_cast<int64_t>(size), Soon(), {}, facts::Damage::kShow);
    ASSERT_TRUE(entries.ok()) << entries.status();
    for (const auto& entry : *entries) {
      if (entry.position() < static_cast<int64_t>(size)) {
        head.Append(*facts::HashFromBytes(entry.leaf_hash()));
      }
    }
    ASSERT_TRUE(
        feed_.admin()
            .Execute("UPDATE fact_head SET size = ?, frontier = ?", {head.size(), head.Serialize()})
            .ok());
    appended_ = size;
  }
  bool CaughtUp() {
    return Eventually([this] {
      return *projection_->PositionOf("registry", Soon()) == static_cast<int64_t>(appended_);
    });
  }

  redress::testing::TestDatabase feed_{facts::Schema()};
  facts::FeedReader reader_of_feed_{feed_.pool(), facts::testing::SampleMac()};
  const facts::testing::KeyPair keys_;
  const facts::Checkpointer checkpointer_ =
      *facts::Checkpointer::FromPem("registry", keys_.private_pem);
  const facts::Feed feed_of_registry_{&reader_of_feed_, &checkpointer_, &clock_};
  std::unique_ptr<facts::WatchHub> hub_;
  std::unique_ptr<WatchOnly> service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<metrics::Registry> registry_;
  std::unique_ptr<Oversight> oversight_;
  std::unique_ptr<Following> following_;
  int port_ = 0;
  size_t appended_ = 0;
};

TEST_F(SupervisionFollowingTest, FollowsResumesAndRebuilds) {
  feeds_.Publish("registry", "CAMPAIGN_STARTED", D(4, 1), "plan_revision: 1", "");
  feeds_.Register("cases/1", D(4, 10));
  Append();
  Advance(D(4, 12));
  Follow();
  ASSERT_TRUE(CaughtUp());
  // Evaluated after the facts are in, by the same thread.
  EXPECT_TRUE(Eventually([this] { return StateOf("P3") == "PENDING"; })) << StateOf("P3");

  following_.reset();
  for (int i = 2; i <= 40; ++i) feeds_.Register(absl::StrCat("cases/", i), D(4, 11));
  Append();
  Follow();
  ASSERT_TRUE(CaughtUp());
  EXPECT_TRUE(Eventually([this] { return StateOf("P3", "cases/40") == "PENDING"; }));
  // What was followed is what the feed's tree commits to.
  auto edge = [this] {
    auto rows = database_.admin().Query(
        "SELECT position, frontier FROM feed_position WHERE service = 'registry'");
    return facts::Frontier::Parse((*rows)[0].Int(0), (*rows)[0].Bytes(1))->Root();
  };
  EXPECT_EQ(edge(), reader_of_feed_.Head(Soon())->Root());

  // The clock alone: the worker's thread sees it without being asked.
  Advance(D(6, 1));
  EXPECT_TRUE(Eventually([this] {
    auto rows = database_.admin().Query(
        "SELECT COUNT(*) FROM requirement_status WHERE requirement = 'P3' AND state = 4");
    return (*rows)[0].Int(0) == 40;
  }));
  ASSERT_TRUE(projection_->Settle(Soon()).ok());
  const std::string before = Dump();
  ASSERT_TRUE(
      answers_->Rebuild(CallBy(Person(types::v1::ROLE_OPERATOR), "projections.rebuild"), {}).ok());
  EXPECT_TRUE(Eventually([this] { return !projection_->Read(Soon())->rebuilding; }));
  // Compared as a whole, shown in part.
  EXPECT_TRUE(Dump() == before) << Dump().substr(0, 500);
  EXPECT_EQ(edge(), reader_of_feed_.Head(Soon())->Root());
}

TEST_F(SupervisionFollowingTest, ARestoredFeedIsFollowedOnlyOnceTwoPersonsAcceptedIt) {
  feeds_.Publish("registry", "CAMPAIGN_STARTED", D(4, 1), "plan_revision: 1", "");
  for (int i = 1; i <= 9; ++i) feeds_.Register(absl::StrCat("cases/", i), D(4, 10));
  Append();
  const auto followed = static_cast<int64_t>(appended_);
  Advance(D(4, 12));
  Follow();
  ASSERT_TRUE(CaughtUp());
  ASSERT_TRUE(Eventually([this] { return StateOf("P3", "cases/9") == "PENDING"; }));
  const std::string known = Dump();

  following_.reset();
  Restore(10);
  Follow();
  const auto contradiction = [this]() -> std::optional<v1::FeedContradiction> {
    const auto state = projection_->Read(Soon());
    for (const sql::FeedState& feed : state->feeds) {
      if (feed.service == "registry") return feed.contradiction;
    }
    return std::nullopt;
  };
  ASSERT_TRUE(Eventually([&] { return contradiction().has_value(); }));
  EXPECT_EQ(contradiction()->known_size(), followed);
  EXPECT_EQ(contradiction()->feed_size(), 10);
  // What was known is known still, with a warning; a restored feed that grows is followed as
  // little.
  Append();
  ASSERT_TRUE(Eventually([&] { return contradiction()->feed_size() == followed; }));
  EXPECT_TRUE(Dump() == known);
  google::protobuf::RepeatedPtrField<v1::FeedContradiction> warnings;
  const rpc::Call operator_a =
      CallBy(Person(types::v1::ROLE_OPERATOR, "officials/a"), "feedRestores.propose");
  ASSERT_TRUE(answers_->AddWarnings(operator_a, warnings).ok());
  ASSERT_EQ(warnings.size(), 1);
  EXPECT_EQ(warnings[0].service(), "registry");
  EXPECT_EQ(status::ReasonOf(answers_->Rebuild(operator_a, {}).status()), "FEED_CONTRADICTED");
  // The worker refreshes the metrics by itself.
  EXPECT_TRUE(Eventually([this] {
    return registry_->Expose().find("redress_feed_contradicted{feed=\"registry\"} 1") !=
           std::string::npos;
  }));

  v1::ProposeFeedRestoreRequest propose;
  propose.set_service("registry");
  propose.set_feed_root(absl::BytesToHexString(contradiction()->feed_root()));
  const auto proposed = answers_->ProposeRestore(operator_a, propose);
  ASSERT_TRUE(proposed.ok()) << proposed.status();
  v1::AcceptFeedRestoreRequest accept;
  accept.set_name(proposed->restore().name());
  EXPECT_EQ(status::ReasonOf(answers_->AcceptRestore(operator_a, accept).status()),
            "RESTORE_NEEDS_SECOND_PERSON");
  const rpc::Call inspector_b =
      CallBy(Person(types::v1::ROLE_INSPECTOR, "officials/b"), "feedRestores.accept");
  const auto accepted = answers_->AcceptRestore(inspector_b, accept);
  ASSERT_TRUE(accepted.ok()) << accepted.status();
  EXPECT_EQ(accepted->restore().proposed_by(), "officials/a");
  EXPECT_EQ(accepted->restore().accepted_by(), "officials/b");
  EXPECT_FALSE(operator_a.reading->resources().empty());
  EXPECT_TRUE(operator_a.reading->searched()) << "the audit log holds it";

  EXPECT_TRUE(Eventually([this] { return !projection_->Read(Soon())->rebuilding; }));
  EXPECT_FALSE(contradiction().has_value());
  const auto rows = database_.admin().Query(
      "SELECT position, frontier FROM feed_position WHERE service = 'registry'");
  EXPECT_EQ(facts::Frontier::Parse((*rows)[0].Int(0), (*rows)[0].Bytes(1))->Root(),
            reader_of_feed_.Head(Soon())->Root());
  const auto state = answers_->ProjectionState(inspector_b, {});
  ASSERT_EQ(state->restores_size(), 1);
  EXPECT_EQ(state->restores(0).known_size(), followed);
  EXPECT_EQ(state->restores(0).accepted_by(), "officials/b");
}

}  // namespace
}  // namespace redress::supervision::testing
