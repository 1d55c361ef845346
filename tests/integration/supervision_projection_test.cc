// The projection on a real database: once and in order, resumed, rebuilt, retracted, and moved by
// the clock alone.
#include <gmock/gmock.h>

#include "common/facts/merkle.h"
#include "tests/integration/supervision_world.h"

namespace redress::supervision::testing {
namespace {

class SupervisionProjectionTest : public World {
 protected:
  // Ten cases over the four feeds, a retraction among them.
  void PublishMuch() {
    feeds_.Start();
    for (int i = 0; i < 10; ++i) {
      const std::string name = absl::StrCat("cases/", i);
      feeds_.Register(name, D(4, 10));
      feeds_.Assign(name, D(4, 12), i % 2 == 0 ? kUnitA : kUnitB);
      feeds_.Equip(name, D(4, 14), i % 2 == 0 ? kUnitA : kUnitB);
      feeds_.Publish("visits", "VISIT_HELD", D(4, 20), "place: VISIT_PLACE_HOME by_lead: true",
                     name, kUnitA);
      feeds_.Publish("registry", "CLAIM_APPRAISED", D(4, 22), "category: CATEGORY_EXPLAIN", name);
      feeds_.Publish("assistance", "SURVEYED", D(4, 23), "by_visit: true", name);
    }
    const auto wrong = feeds_.Publish("visits", "VISIT_HELD", D(5, 3), "by_lead: true", "cases/3");
    feeds_.Retract("visits", wrong, D(5, 4));
  }
};

TEST_F(SupervisionProjectionTest, ADutyFallsOverdueByTheClockAlone) {
  feeds_.Start();
  feeds_.Register("cases/1", D(4, 10));
  DeliverAll();
  Advance(D(4, 12));
  EXPECT_EQ(StateOf("P3"), "PENDING");
  // The simulated clock jumps; no fact comes.
  Advance(D(4, 20));
  EXPECT_EQ(StateOf("P3"), "PENDING");
  Advance(D(6, 1));
  EXPECT_EQ(StateOf("P3"), "OVERDUE 2018-04-21");
}

TEST_F(SupervisionProjectionTest, FactsOfDifferentFeedsMeetInOneCase) {
  feeds_.Start();
  feeds_.Register("cases/1", D(4, 10));
  feeds_.Assign("cases/1", D(4, 12));
  feeds_.Equip("cases/1", D(4, 14));
  Advance(D(4, 15));
  // Assignment's facts come before registry's: nothing can be said yet, and nothing is lost.
  Deliver("assignment");
  Settle();
  EXPECT_EQ(StateOf("P3"), "");
  Deliver("registry");
  EXPECT_EQ(StateOf("P3"), "MET");
}

TEST_F(SupervisionProjectionTest, BeforeItsRegistrationACaseHasNoStatus) {
  feeds_.Start();
  feeds_.Register("cases/1", D(4, 10));
  Advance(D(4, 5));  // this service's clock is behind registry's
  DeliverAll();
  Settle();
  auto rows =
      database_.admin().Query("SELECT COUNT(*) FROM requirement_status WHERE root = 'cases/1'");
  EXPECT_EQ((*rows)[0].Int(0), 0) << "not the campaign's either";
  Advance(D(4, 10));
  EXPECT_EQ(StateOf("P3"), "PENDING");
}

TEST_F(SupervisionProjectionTest, WhatIsRetractedIsAsIfNeverRecorded) {
  feeds_.Start();
  feeds_.Register("cases/1", D(4, 10));
  feeds_.Assign("cases/1", D(4, 12));
  feeds_.Equip("cases/1", D(4, 14));
  const auto force = feeds_.Publish("assignment", "TASK_FORCE_SET", D(4, 15), "members: 3");
  Advance(D(4, 16));
  DeliverAll();
  EXPECT_EQ(StateOf("P3"), "MET");
  for (const auto& entry : feeds_.of("assignment")) {
    facts::v1::Fact fact;
    ASSERT_TRUE(fact.ParseFromString(entry.fact()));
    if (fact.kind() == facts::v1::FACT_KIND_TASK_FORCE_SET) {
      feeds_.Retract("assignment", fact, D(4, 16));
      break;
    }
  }
  DeliverAll();
  EXPECT_EQ(StateOf("P3"), "MET") << "the other task force stands";
  feeds_.Retract("assignment", force, D(4, 16));
  DeliverAll();
  EXPECT_EQ(StateOf("P3"), "PENDING");
  Advance(D(5, 1));
  EXPECT_EQ(StateOf("P3"), "OVERDUE 2018-04-21");
}

TEST_F(SupervisionProjectionTest, TakesEveryEntryOnceAndRefusesAGap) {
  feeds_.Start();
  feeds_.Register("cases/1", D(4, 10));
  DeliverAll();
  Settle();
  const std::string before = Dump();
  facts::FollowedBatch batch;
  batch.entries = feeds_.of("registry");
  batch.tree_size = static_cast<int64_t>(batch.entries.size());
  ASSERT_TRUE(projection_->Apply("registry", batch, Soon()).ok());
  EXPECT_EQ(Dump(), before);

  feeds_.Register("cases/2", D(4, 11));
  // Half known, half new.
  batch.entries.assign(feeds_.of("registry").begin() + 2, feeds_.of("registry").end());
  ASSERT_TRUE(projection_->Apply("registry", batch, Soon()).ok());
  EXPECT_EQ(*projection_->PositionOf("registry", Soon()), 7);

  feeds_.Register("cases/3", D(4, 12));
  batch.entries.assign(feeds_.of("registry").end() - 1, feeds_.of("registry").end());
  EXPECT_EQ(projection_->Apply("registry", batch, Soon()).code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(*projection_->PositionOf("registry", Soon()), 7);
}

TEST_F(SupervisionProjectionTest, GoesOnWhereItStoppedAfterARestart) {
  PublishMuch();
  Advance(D(5, 10));
  Deliver("registry", 7);
  Deliver("visits");
  projection_->EvaluateSome(Soon(), std::make_unique<bool>().get()).IgnoreError();
  // As after a kill: what was committed is there, nothing else is.
  projection_ = Open();
  EXPECT_EQ(*projection_->PositionOf("visits", Soon()), 12);
  EXPECT_EQ(*projection_->PositionOf("assignment", Soon()), 0);
  DeliverAll(3);
  Settle();
  const std::string resumed = Dump();

  // The same at once, in another database.
  facts::Frontier tree;
  for (const auto& entry : feeds_.of("registry")) {
    tree.Append(*facts::HashFromBytes(entry.leaf_hash()));
  }
  auto rows =
      database_.admin().Query("SELECT frontier FROM feed_position WHERE service = 'registry'");
  EXPECT_EQ(facts::Frontier::Parse(tree.size(), (*rows)[0].Bytes(0))->Root(), tree.Root());
  EXPECT_THAT(resumed, ::testing::HasSubstr("cases/9"));
}

TEST_F(SupervisionProjectionTest, ARebuildEqualsWhatWasFollowedBitByBit) {
  PublishMuch();
  // Bit by bit, the clock moving in between.
  for (int day = 10; day < 30; day += 3) {
    Advance(D(4, day));
    for (const char* service : kServices) {
      const auto& entries = feeds_.of(service);
      const int64_t from = *projection_->PositionOf(service, Soon());
      const int64_t end = std::min<int64_t>(from + 5, static_cast<int64_t>(entries.size()));
      if (from == end) continue;
      facts::FollowedBatch batch;
      batch.entries.assign(entries.begin() + from, entries.begin() + end);
      batch.tree_size = static_cast<int64_t>(entries.size());
      ASSERT_TRUE(projection_->Apply(service, batch, Soon()).ok());
    }
    Settle();
  }
  DeliverAll();
  Advance(D(5, 20));
  Settle();
  const std::string incremental = Dump();

  auto begun =
      answers_->Rebuild(CallBy(Person(types::v1::ROLE_OPERATOR), "projections.rebuild"), {});
  ASSERT_TRUE(begun.ok()) << begun.status();
  EXPECT_EQ(begun->feeds(0).position(), 0);
  const rpc::Call call = Clerk("statuses.list");
  EXPECT_EQ(answers_->Statuses(call, {}).status().code(), absl::StatusCode::kUnavailable);
  auto state = answers_->ProjectionState(call, {});
  EXPECT_TRUE(state->rebuilding());
  // Nothing is taken while it is forgotten, in another process either.
  facts::FollowedBatch batch;
  batch.entries = feeds_.of("visits");
  EXPECT_EQ(projection_->Apply("visits", batch, Soon()).code(), absl::StatusCode::kAborted);
  // A kill in the middle: the next process goes on with it.
  projection_ = Open();
  answers_ = std::make_unique<Answers>(
      Answers::Parts{pool_, clock_, plans_, *projection_, reader_, scores_, gate_, tokens_});
  bool more = true;
  while (more) ASSERT_TRUE(projection_->ContinueRebuild(Soon(), &more).ok());
  EXPECT_EQ(answers_->ProjectionState(call, {})->cases(), 0);
  DeliverAll(4);
  Settle();
  ASSERT_TRUE(projection_->ContinueRebuild(Soon(), &more).ok());
  EXPECT_FALSE(answers_->ProjectionState(call, {})->rebuilding());
  EXPECT_EQ(Dump(), incremental);
}

TEST_F(SupervisionProjectionTest, WaitsForAPlanThatRegistryCannotGiveYet) {
  registry_away_ = true;
  feeds_.Start();
  feeds_.Register("cases/1", D(4, 10));
  Advance(D(4, 15));
  DeliverAll();
  ASSERT_TRUE(projection_->Settle(absl::Now() + absl::Milliseconds(200)).ok());
  EXPECT_GT(projection_->Read(Soon())->stale, 0) << "the facts are kept, the answer waits";
  registry_away_ = false;
  for (const absl::Time end = Soon(); absl::Now() < end && projection_->Read(Soon())->stale > 0;
       absl::SleepFor(absl::Milliseconds(50))) {
    Settle();
  }
  EXPECT_EQ(StateOf("P3"), "PENDING");
}

TEST_F(SupervisionProjectionTest, ManyFactsAreFollowedFast) {
  feeds_.Start();
  for (int i = 0; i < 500; ++i) {
    const std::string name = absl::StrCat("cases/", i);
    feeds_.Register(name, D(4, 10));
    feeds_.Assign(name, D(4, 12));
    feeds_.Equip(name, D(4, 14));
    for (int v = 0; v < 14; ++v) {
      feeds_.Publish("visits", "VISIT_HELD", D(4, 15), "by_lead: true", name, kUnitA);
    }
  }
  Advance(D(5, 1));
  const absl::Time start = absl::Now();
  DeliverAll(500);
  const absl::Duration followed = absl::Now() - start;
  Settle();
  const absl::Duration all = absl::Now() - start;
  RecordProperty("facts", 10003);
  RecordProperty("followed_ms", static_cast<int>(absl::ToInt64Milliseconds(followed)));
  RecordProperty("all_ms", static_cast<int>(absl::ToInt64Milliseconds(all)));
  // Generous: a slow machine must not fail, one evaluation for each fact must.
  EXPECT_LT(all, absl::Seconds(20));
  EXPECT_EQ(projection_->Read(Soon())->cases, 500);
}

}  // namespace
}  // namespace redress::supervision::testing
