// Positions: no gap, no duplicate, the order kept, whoever runs and whoever crashes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/db/insert.h"
#include "common/db/transact.h"
#include "common/facts/append.h"
#include "common/facts/feed.h"
#include "common/facts/schema.h"
#include "common/facts/sequencer.h"
#include "tests/integration/testdb/testdb.h"
#include "tests/unit/facts_sample.h"

namespace redress::facts {
namespace {

using testing::Retraction;
using testing::Visit;

absl::Time Soon() { return absl::Now() + absl::Seconds(20); }

class SequencerTest : public ::testing::Test {
 protected:
  db::Pool& pool() { return database_.pool(); }

  void Write(const std::vector<v1::Fact>& facts) {
    const absl::Status status = db::Transact(pool(), Soon(), [&](db::Connection& conn) {
      return Append(conn, facts, testing::SampleMac());
    });
    ASSERT_TRUE(status.ok()) << status;
  }

  std::vector<v1::FeedEntry> Entries() {
    std::vector<v1::FeedEntry> all;
    const FeedReader reader(pool(), testing::SampleMac());
    while (true) {
      const auto page = reader.ListFrom(static_cast<int64_t>(all.size()), 1000, Soon());
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok() || page->empty()) return all;
      all.insert(all.end(), page->begin(), page->end());
    }
  }

  bool WaitForSize(int64_t size) {
    const FeedReader reader(pool(), testing::SampleMac());
    for (const absl::Time end = Soon(); absl::Now() < end; absl::SleepFor(absl::Milliseconds(5))) {
      if (reader.Size(Soon()).value_or(-1) >= size) return true;
    }
    return false;
  }

  // Positions are 0..n-1, each fact stands once, versions and retractions are in order, and the
  // stored head is that of the leaves.
  void CheckFeed(size_t facts) {
    const std::vector<v1::FeedEntry> entries = Entries();
    ASSERT_EQ(entries.size(), facts);
    std::vector<Hash> leaves;
    std::set<std::string> seen;
    std::map<std::string, int64_t> versions;
    for (size_t i = 0; i < entries.size(); ++i) {
      ASSERT_EQ(entries[i].position(), static_cast<int64_t>(i));
      leaves.push_back(*HashFromBytes(entries[i].leaf_hash()));
      ASSERT_EQ(leaves.back(), LeafHash(entries[i].nonce(), entries[i].fact()));
      v1::Fact fact;
      ASSERT_TRUE(fact.ParseFromString(entries[i].fact()));
      ASSERT_TRUE(seen.insert(fact.fact_id()).second);
      ASSERT_TRUE(fact.retracts().empty() || seen.count(fact.retracts()) == 1);
      ASSERT_GE(fact.record_version(), versions[fact.record()]) << fact.record();
      versions[fact.record()] = fact.record_version();
    }
    const auto head = FeedReader(pool(), testing::SampleMac()).Head(Soon());
    ASSERT_TRUE(head.ok());
    EXPECT_EQ(head->size(), static_cast<int64_t>(facts));
    EXPECT_EQ(head->Root(), RootOf(leaves));
  }

  redress::testing::TestDatabase database_{Schema()};
};

TEST_F(SequencerTest, NothingToDo) {
  const auto batch = SequenceBatch(pool(), testing::SampleMac(), Soon());
  ASSERT_TRUE(batch.ok());
  EXPECT_EQ(batch->facts, 0);
  CheckFeed(0);
}

TEST_F(SequencerTest, ACrashBetweenCommitAndSequencingLosesNothing) {
  Write({Visit("cases/1", "a", 1), Visit("cases/1", "a", 2)});
  Write({Visit("cases/2", "b", 1)});
  EXPECT_EQ(Entries().size(), 0u);  // nobody sequenced; the process that wrote is gone
  Sequencer sequencer(pool(), testing::SampleMac(), {});
  sequencer.Start();
  ASSERT_TRUE(WaitForSize(3));
  CheckFeed(3);
}

TEST_F(SequencerTest, TwoAtOnceWhileFourWrite) {
  constexpr int kWriters = 4;
  constexpr int kRounds = 60;
  std::atomic<int64_t> notified{0};
  std::vector<std::unique_ptr<Sequencer>> sequencers;
  std::vector<std::unique_ptr<db::Pool>> pools;
  for (int i = 0; i < 2; ++i) {
    pools.push_back(std::make_unique<db::Pool>(database_.endpoint()));
    Sequencer::Options options;
    options.poll = absl::Milliseconds(1);
    options.gather = absl::ZeroDuration();
    options.batch = 7;  // many batches, so that they meet
    options.advanced = [&](int64_t) { ++notified; };
    sequencers.push_back(std::make_unique<Sequencer>(*pools.back(), testing::SampleMac(), options));
    sequencers.back()->Start();
  }
  std::atomic<int> written{0};
  std::vector<std::thread> writers;
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([&, w] {
      v1::Fact last;
      for (int i = 1; i <= kRounds; ++i) {
        std::vector<v1::Fact> facts = {Visit("cases/1", absl::StrCat(w), i)};
        if (i % 5 == 0) facts.push_back(Retraction(last, i));
        last = facts[0];
        Write(facts);
        written += static_cast<int>(facts.size());
        sequencers[static_cast<size_t>(i) % 2]->Notify();
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  ASSERT_TRUE(WaitForSize(written));
  sequencers.clear();
  CheckFeed(static_cast<size_t>(written));
  EXPECT_GT(notified, 10);
  EXPECT_EQ((*database_.admin().Query("SELECT COUNT(*) FROM fact_pending"))[0].Int(0), 0);
}

TEST_F(SequencerTest, RetractionComesAfterItsTargetAlsoAcrossBatches) {
  const v1::Fact visit = Visit("cases/1", "a", 1);
  const v1::Fact undo = Retraction(visit, 2);
  std::vector<v1::Fact> facts = {visit, undo};
  for (int i = 0; i < 8; ++i) facts.push_back(Visit("cases/2", absl::StrCat("x", i), 1));
  Write(facts);
  // The numbers of the outbox prove nothing: another node may have given them in another order.
  ASSERT_TRUE(database_.admin()
                  .ExecuteText("UPDATE fact_pending SET seq = 1000 - seq ORDER BY seq DESC")
                  .ok());
  // Now the retraction and its record's first version stand at the end of the outbox, reversed.
  for (int i = 0; i < 20; ++i)
    ASSERT_TRUE(SequenceBatch(pool(), testing::SampleMac(), Soon(), 2).ok());
  CheckFeed(facts.size());
}

TEST_F(SequencerTest, AFullBatchTakesPredecessorsAlong) {
  const v1::Fact visit = Visit("cases/1", "a", 1);
  v1::Fact undo = Retraction(visit, 1);
  undo.set_record("cases/1/corrections/9");  // another record, so that only the target binds
  Write({visit});
  Write({undo, Visit("cases/1", "b", 1), Visit("cases/1", "b", 2), Visit("cases/1", "c", 1)});
  ASSERT_TRUE(database_.admin()
                  .ExecuteText("UPDATE fact_pending SET seq = 1000 - seq ORDER BY seq DESC")
                  .ok());
  const auto first = SequenceBatch(pool(), testing::SampleMac(), Soon(), 1);  // c alone
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(first->facts, 1);
  const auto second =
      SequenceBatch(pool(), testing::SampleMac(), Soon(), 1);  // b's second, hence its first
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(second->facts, 2);
  const auto third =
      SequenceBatch(pool(), testing::SampleMac(), Soon(), 1);  // the retraction, hence its target
  ASSERT_TRUE(third.ok());
  EXPECT_EQ(third->facts, 2);
  CheckFeed(5);
}

TEST_F(SequencerTest, TheHeadCannotBeOverwrittenByWhoReadItBefore) {
  Write({Visit("cases/1", "a", 1)});
  ASSERT_TRUE(SequenceBatch(pool(), testing::SampleMac(), Soon()).ok());
  // What a replica would do that read the head without its lock (Galera replicates no row locks).
  const auto updated = database_.admin().Execute(
      "UPDATE fact_head SET size = ?, frontier = ? WHERE id = 1 AND size = ?", {1, "", 0});
  ASSERT_TRUE(updated.ok());
  EXPECT_EQ(*updated, 0u);
  EXPECT_FALSE(db::Insert("fact_position", {"position", "fact_id"})
                   .Row({0, "018f0000-0000-7000-8000-000000000000"})
                   .Run(database_.admin())
                   .ok());
}

TEST_F(SequencerTest, ADamagedHeadStopsItAndIsReported) {
  Write({Visit("cases/1", "a", 1)});
  ASSERT_TRUE(
      database_.admin().ExecuteText("UPDATE fact_head SET frontier = 'x' WHERE id = 1").ok());
  EXPECT_TRUE(absl::IsDataLoss(SequenceBatch(pool(), testing::SampleMac(), Soon()).status()));
  EXPECT_TRUE(absl::IsDataLoss(FeedReader(pool(), testing::SampleMac()).Head(Soon()).status()));
}

TEST_F(SequencerTest, TellsItsGauges) {
  std::atomic<int64_t> size{-1};
  std::atomic<int64_t> pending{-1};
  Sequencer::Options options;
  options.gauges = [&](const Sequencer::Gauges& gauges) {
    pending = gauges.pending;
    size = gauges.tree_size;
  };
  Sequencer sequencer(pool(), testing::SampleMac(), options);
  Write({Visit("cases/1", "a", 1)});
  sequencer.Start();
  sequencer.Notify();
  ASSERT_TRUE(WaitForSize(1));
  for (const absl::Time end = Soon(); absl::Now() < end && size != 1;) {
    absl::SleepFor(absl::Milliseconds(10));
  }
  EXPECT_EQ(size, 1);
  EXPECT_EQ(pending, 0);
}

TEST_F(SequencerTest, ALargeBacklogIsDrained) {
  std::vector<v1::Fact> facts;
  for (int i = 0; i < 3000; ++i) facts.push_back(Visit("cases/1", absl::StrCat(i % 700), i + 1));
  Write(facts);
  const absl::Time start = absl::Now();
  Sequencer sequencer(pool(), testing::SampleMac(), {});
  sequencer.Start();
  ASSERT_TRUE(WaitForSize(3000));
  RecordProperty("facts_per_second",
                 static_cast<int>(3000 / absl::ToDoubleSeconds(absl::Now() - start)));
  CheckFeed(3000);
}

}  // namespace
}  // namespace redress::facts
