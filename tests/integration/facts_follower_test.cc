// WatchFacts over a real server: in order, without gaps, resumed after every kind of interruption.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "common/db/transact.h"
#include "common/facts/append.h"
#include "common/facts/feed.h"
#include "common/facts/follower.h"
#include "common/facts/schema.h"
#include "common/facts/sequencer.h"
#include "common/facts/watch.h"
#include "common/facts/watch_reactor.h"
#include "common/status/error.h"
#include "common/status/grpc.h"
#include "redress/facts/v1/feed.grpc.pb.h"
#include "tests/integration/facts_consumer.h"
#include "tests/integration/testdb/testdb.h"
#include "tests/unit/facts_sample.h"

namespace redress::facts {
namespace {

using testing::Consumer;
using testing::Visit;

absl::Time Soon() { return absl::Now() + absl::Seconds(20); }

bool Eventually(const std::function<bool()>& condition) {
  for (const absl::Time end = Soon(); absl::Now() < end; absl::SleepFor(absl::Milliseconds(5))) {
    if (condition()) return true;
  }
  return false;
}

// Watching with a token that the test gives, and proofs; the rest of the service is not concerned.
class WatchOnly final : public v1::FactFeedService::CallbackService {
 public:
  WatchOnly(WatchHub& hub, const Feed& feed) : hub_(hub), feed_(feed) {}
  WatchReactor* WatchFacts(grpc::CallbackServerContext* context,
                           const v1::WatchFactsRequest* request) override {
    if (context->client_metadata().count("test-token") == 0) {
      return RefuseWatch(status::Denied("facts.watch"));
    }
    return StartWatch(hub_, *request, {});
  }
  grpc::ServerUnaryReactor* GetConsistencyProof(
      grpc::CallbackServerContext* context, const v1::GetConsistencyProofRequest* request,
      v1::GetConsistencyProofResponse* response) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    const auto proof = feed_.GetConsistencyProof(*request, Soon());
    if (proof.ok()) *response = *proof;
    reactor->Finish(status::ToGrpc(proof.status(), "", "en"));
    return reactor;
  }

 private:
  WatchHub& hub_;
  const Feed& feed_;
};

// A feed on a port of this machine, which can be stopped and started again.
class Server {
 public:
  Server(const FeedReader& reader, WatchHub::Options options) : reader_(reader), options_(options) {
    Start();
  }
  ~Server() { Stop(); }

  void Start() {
    hub_ = std::make_unique<WatchHub>(reader_, options_);
    service_ = std::make_unique<WatchOnly>(*hub_, feed_);
    grpc::ServerBuilder builder;
    builder.AddListeningPort(absl::StrCat("127.0.0.1:", port_), grpc::InsecureServerCredentials(),
                             &port_);
    builder.RegisterService(service_.get());
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
    ASSERT_NE(port_, 0);
  }

  void Stop() {
    if (server_ == nullptr) return;
    hub_->Drain();
    server_->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(2));
    server_->Wait();
    server_.reset();
    service_.reset();
    hub_.reset();
  }

  WatchHub& hub() { return *hub_; }
  VerifyingKey key() const { return *VerifyingKey::FromPem(keys_.public_pem); }

  std::shared_ptr<grpc::Channel> Connect() const {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
    arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 50);
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 200);
    return grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", port_),
                                     grpc::InsecureChannelCredentials(), arguments);
  }

 private:
  const FeedReader& reader_;
  const base::SimulatedClock clock_{testing::Instant(2018, 6, 1)};
  const testing::KeyPair keys_;
  const Checkpointer checkpointer_ = *Checkpointer::FromPem("visits", keys_.private_pem);
  const Feed feed_{&reader_, &checkpointer_, &clock_};
  const WatchHub::Options options_;
  int port_ = 0;
  std::unique_ptr<WatchHub> hub_;
  std::unique_ptr<WatchOnly> service_;
  std::unique_ptr<grpc::Server> server_;
};

class FactsFollowerTest : public ::testing::Test {
 protected:
  void Write(int count) {
    std::vector<v1::Fact> facts;
    for (int i = 0; i < count; ++i) facts.push_back(Visit("cases/1", absl::StrCat(++written_), 1));
    ASSERT_TRUE(db::Transact(database_.pool(), Soon(), [&](db::Connection& conn) {
                  return Append(conn, facts, testing::SampleMac());
                }).ok());
    while (true) {
      const auto batch = SequenceBatch(database_.pool(), testing::SampleMac(), Soon());
      ASSERT_TRUE(batch.ok()) << batch.status();
      if (batch->facts == 0) return;
    }
  }

  // As if the database were that of an earlier day, when it had `size` facts.
  void Restore(int64_t size) {
    for (const std::string& sql :
         {absl::StrCat("DELETE FROM fact WHERE fact_id IN (SELECT fact_id FROM fact_position "
                       "WHERE position >= ",
                       size, ")"),
          absl::StrCat("DELETE FROM fact_position WHERE position >= ", size)}) {
      ASSERT_TRUE(database_.admin().ExecuteText(sql).ok());
    }
    const auto entries = reader_.ListFrom(0, size, Soon());
    Frontier head;
    for (const v1::FeedEntry& entry : *entries) head.Append(*HashFromBytes(entry.leaf_hash()));
    ASSERT_TRUE(
        database_.admin()
            .Execute("UPDATE fact_head SET size = ?, frontier = ?", {head.size(), head.Serialize()})
            .ok());
  }

  void ExpectSameTree() {
    const auto head = reader_.Head(Soon());
    ASSERT_TRUE(head.ok());
    EXPECT_EQ(consumer_.position(), head->size());
    EXPECT_EQ(consumer_.root(), head->Root());
  }

  static WatchHub::Options Quick() {
    WatchHub::Options options;
    options.poll = absl::Milliseconds(20);
    options.heartbeat = absl::Milliseconds(100);
    options.batch = 50;
    return options;
  }

  int written_ = 0;
  redress::testing::TestDatabase database_{Schema()};
  FeedReader reader_{database_.pool(), testing::SampleMac()};
  Server server_{reader_, Quick()};
  Consumer consumer_;
};

TEST_F(FactsFollowerTest, CatchesUpInBoundedBatchesAndThenFollows) {
  Write(230);
  Follower follower(server_.Connect(), consumer_.Options());
  follower.Start();
  ASSERT_TRUE(Eventually([&] { return consumer_.position() == 230; }));
  EXPECT_LE(consumer_.largest(), 50u);
  Write(3);
  server_.hub().Notify();
  ASSERT_TRUE(Eventually([&] { return consumer_.position() == 233; }));
  Write(3);  // found by polling
  ASSERT_TRUE(Eventually([&] { return consumer_.position() == 236; }));
  ExpectSameTree();
  ASSERT_TRUE(Eventually([&] { return follower.lag().next_position == 236; }));
  EXPECT_TRUE(follower.lag().connected);
  EXPECT_EQ(follower.lag().tree_size, 236);
  const int reports = consumer_.reports();
  EXPECT_TRUE(Eventually([&] { return consumer_.reports() > reports + 2; }));  // heartbeats
  const absl::Time stop = absl::Now();
  follower.Stop();
  EXPECT_LT(absl::Now() - stop, absl::Seconds(1));
  EXPECT_TRUE(Eventually([&] { return server_.hub().streams() == 0; }));
}

TEST_F(FactsFollowerTest, ResumesAfterTheServerRestarts) {
  Write(60);
  Follower follower(server_.Connect(), consumer_.Options());
  follower.Start();
  ASSERT_TRUE(Eventually([&] { return consumer_.position() == 60; }));
  for (int i = 0; i < 3; ++i) {
    server_.Stop();
    ASSERT_TRUE(Eventually([&] { return !follower.lag().connected; }));
    EXPECT_EQ(consumer_.last_failure(), absl::StatusCode::kUnavailable);
    Write(70);
    server_.Start();
    ASSERT_TRUE(Eventually([&] { return consumer_.position() == written_; }));
  }
  ExpectSameTree();
}

TEST_F(FactsFollowerTest, AsksAgainForABatchThatCouldNotBeApplied) {
  Follower follower(server_.Connect(), consumer_.Options());
  follower.Start();
  Write(10);
  ASSERT_TRUE(Eventually([&] { return consumer_.position() == 10; }));
  consumer_.FailNext();
  Write(10);
  ASSERT_TRUE(Eventually([&] { return consumer_.position() == 20; }));
  EXPECT_EQ(consumer_.failures(), 1u);
  ExpectSameTree();
}

TEST_F(FactsFollowerTest, ARestartedConsumerGoesOnWhereItsStoreEnds) {
  Write(30);
  {
    Follower follower(server_.Connect(), consumer_.Options());
    follower.Start();
    ASSERT_TRUE(Eventually([&] { return consumer_.position() == 30; }));
  }
  Write(30);
  Follower follower(server_.Connect(), consumer_.Options());
  follower.Start();
  ASSERT_TRUE(Eventually([&] { return consumer_.position() == 60; }));
  ExpectSameTree();
}

TEST_F(FactsFollowerTest, ManyStreamsAtOnce) {
  Write(100);
  std::vector<std::unique_ptr<Consumer>> consumers;
  std::vector<std::unique_ptr<Follower>> followers;
  for (int i = 0; i < 20; ++i) {
    consumers.push_back(std::make_unique<Consumer>());
    followers.push_back(std::make_unique<Follower>(server_.Connect(), consumers.back()->Options()));
    followers.back()->Start();
  }
  Write(100);
  for (const auto& consumer : consumers) {
    EXPECT_TRUE(Eventually([&] { return consumer->position() == 200; }));
  }
  followers.clear();
  EXPECT_TRUE(Eventually([&] { return server_.hub().streams() == 0; }));
}

TEST_F(FactsFollowerTest, IsToldThatItMayNot) {
  Follower::Options options = consumer_.Options();
  options.prepare = {};
  Follower follower(server_.Connect(), options);
  follower.Start();
  ASSERT_TRUE(Eventually([&] { return consumer_.failures() > 0; }));
  EXPECT_EQ(consumer_.last_failure(), absl::StatusCode::kPermissionDenied);
}

TEST_F(FactsFollowerTest, NoticesAFeedThatLostItsPast) {
  Write(5);
  Follower::Options options = consumer_.Options();
  options.from = [] { return absl::StatusOr<int64_t>(9); };
  Follower follower(server_.Connect(), options);
  follower.Start();
  ASSERT_TRUE(Eventually([&] { return consumer_.failures() > 0; }));
  EXPECT_EQ(consumer_.last_failure(), absl::StatusCode::kDataLoss);
}

TEST_F(FactsFollowerTest, NoticesAGapAndAlteredBytes) {
  Write(10);
  ASSERT_TRUE(database_.admin()
                  .ExecuteText("UPDATE fact SET body = CONCAT(body, X'00') WHERE fact_id = "
                               "(SELECT fact_id FROM fact_position WHERE position = 4)")
                  .ok());
  Follower follower(server_.Connect(), consumer_.Options());
  follower.Start();
  ASSERT_TRUE(Eventually([&] { return consumer_.failures() > 0; }));
  EXPECT_EQ(consumer_.last_failure(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(consumer_.position(), 4) << "what stands before it is as it was";
}

TEST_F(FactsFollowerTest, StopsWhileNobodyAnswers) {
  server_.Stop();
  Follower follower(server_.Connect(), consumer_.Options());
  follower.Start();
  ASSERT_TRUE(Eventually([&] { return consumer_.failures() > 1; }));
  const absl::Time stop = absl::Now();
  follower.Stop();
  EXPECT_LT(absl::Now() - stop, absl::Seconds(1));
  server_.Start();
}

TEST_F(FactsFollowerTest, AHubRefusesTooManyAndWhileDraining) {
  WatchHub::Options options = Quick();
  options.max_streams = 1;
  WatchHub hub(reader_, options);
  class Ignore final : public WatchSink {
    void OnBatch(v1::WatchFactsResponse) override {}
    void OnEnd(absl::Status status) override { ended = true; }

   public:
    std::atomic<bool> ended{false};
  };
  const auto sink = std::make_shared<Ignore>();
  EXPECT_TRUE(absl::IsInvalidArgument(hub.Start(-1, {}, sink).status()));
  ASSERT_TRUE(hub.Start(0, {}, sink).ok());
  EXPECT_TRUE(absl::IsResourceExhausted(hub.Start(0, {}, sink).status()));
  hub.Drain();
  EXPECT_TRUE(sink->ended);
  EXPECT_TRUE(absl::IsUnavailable(hub.Start(0, {}, sink).status()));

  options = Quick();
  options.max_streams_of_reader = 1;
  options.max_age = absl::Milliseconds(300);
  WatchHub fair(reader_, options);
  for (const char* who : {"one", "", ""}) EXPECT_TRUE(fair.Start(0, {}, sink, who).ok()) << who;
  EXPECT_TRUE(absl::IsResourceExhausted(fair.Start(0, {}, sink, "one").status()));
  EXPECT_TRUE(Eventually([&] { return fair.streams() == 0; })) << "each lasts its time";
}

TEST_F(FactsFollowerTest, AFeedThatOnlyGrewIsFollowedAndVerifiedAgain) {
  Write(30);
  Server server(reader_, Quick());
  Follower follower(server.Connect(), consumer_.Verifying(server.key()));
  follower.Start();
  ASSERT_TRUE(Eventually([&] { return consumer_.position() == 30 && consumer_.verified() > 2; }));
  Write(12);
  ASSERT_TRUE(Eventually([&] { return consumer_.position() == 42; }));
  follower.Stop();
  ExpectSameTree();
  EXPECT_EQ(consumer_.contradictions(), 0u);
}

// What a restore from an old backup leaves: fewer facts, then other ones at their positions.
TEST_F(FactsFollowerTest, ARestoredFeedIsNotFollowedEvenWhenItHasGrownAgain) {
  Write(30);
  Server server(reader_, Quick());
  {
    Follower follower(server.Connect(), consumer_.Verifying(server.key()));
    follower.Start();
    ASSERT_TRUE(Eventually([&] { return consumer_.position() == 30; }));
  }
  Restore(20);
  Follower follower(server.Connect(), consumer_.Verifying(server.key()));
  follower.Start();
  ASSERT_TRUE(Eventually([&] { return consumer_.contradictions() > 0; }));
  EXPECT_TRUE(absl::IsDataLoss(consumer_.last_contradiction().status));
  EXPECT_EQ(consumer_.last_contradiction().known_size, 30);
  EXPECT_EQ(consumer_.last_contradiction().checkpoint.tree_size(), 20);
  EXPECT_EQ(consumer_.last_contradiction().known_root, AsBytes(consumer_.root()));
  Write(40);
  const size_t found = consumer_.contradictions();
  ASSERT_TRUE(Eventually([&] { return consumer_.contradictions() > found + 1; }));
  EXPECT_EQ(consumer_.last_contradiction().checkpoint.tree_size(), 60);
  EXPECT_EQ(consumer_.position(), 30) << "nothing of it was taken";
}

TEST_F(FactsFollowerTest, ARestoreIsNoticedWhileTheStreamIsOpen) {
  Write(30);
  Server server(reader_, Quick());
  Follower follower(server.Connect(), consumer_.Verifying(server.key()));
  follower.Start();
  ASSERT_TRUE(Eventually([&] { return consumer_.position() == 30; }));
  Restore(20);
  EXPECT_TRUE(Eventually([&] { return consumer_.contradictions() > 0; }));
  EXPECT_EQ(consumer_.position(), 30);
}

TEST_F(FactsFollowerTest, OnlyTheFeedsOwnKeyCounts) {
  Write(5);
  Server server(reader_, Quick());
  Follower::Options options = consumer_.Verifying(server.key());
  options.key = *VerifyingKey::FromPem(testing::KeyPair().public_pem);
  Follower follower(server.Connect(), std::move(options));
  follower.Start();
  EXPECT_TRUE(Eventually([&] { return consumer_.contradictions() > 0; }));
  EXPECT_EQ(consumer_.position(), 0);
}

TEST_F(FactsFollowerTest, AFeedThatSaysItIsDamagedIsTold) {
  Write(30);
  ASSERT_TRUE(database_.admin()
                  .ExecuteText("DELETE FROM fact WHERE fact_id = "
                               "(SELECT fact_id FROM fact_position WHERE position = 11)")
                  .ok());
  Server server(reader_, Quick());
  Follower::Options options = consumer_.Verifying(server.key());
  options.edge = nullptr;  // one that keeps no edge learns of it as well
  Follower follower(server.Connect(), std::move(options));
  follower.Start();
  EXPECT_TRUE(Eventually([&] { return consumer_.contradictions() > 0; }));
  EXPECT_EQ(consumer_.position(), 11);
}

}  // namespace
}  // namespace redress::facts
