// What a hand in the database did to facts is found without anybody asking for them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/db/transact.h"
#include "common/facts/append.h"
#include "common/facts/guard.h"
#include "common/facts/schema.h"
#include "common/facts/sequencer.h"
#include "tests/integration/testdb/testdb.h"
#include "tests/unit/facts_sample.h"

namespace redress::facts {
namespace {

absl::Time Soon() { return absl::Now() + absl::Seconds(20); }

class FactsGuardTest : public ::testing::Test {
 protected:
  void Write(int count) {
    std::vector<v1::Fact> facts;
    for (int i = 0; i < count; ++i) {
      facts.push_back(testing::Visit("cases/1", absl::StrCat("v", ++written_), 1));
    }
    const absl::Status status = db::Transact(database_.pool(), Soon(), [&](db::Connection& conn) {
      return Append(conn, facts, testing::SampleMac());
    });
    ASSERT_TRUE(status.ok()) << status;
  }
  void WriteAndSequence(int count) {
    Write(count);
    ASSERT_TRUE(SequenceBatch(database_.pool(), testing::SampleMac(), Soon()).ok());
  }
  void Tamper(const std::string& sql) {
    const absl::Status status = database_.admin().ExecuteText(sql);
    ASSERT_TRUE(status.ok()) << sql << ": " << status;
  }
  // A whole round, some entries at a time.
  FeedSweep::Result Sweep() {
    FeedSweep sweep(database_.pool(), testing::SampleMac());
    for (int i = 0; i < 100; ++i) {
      const auto step = sweep.Step(Soon(), 7);
      EXPECT_TRUE(step.ok()) << step.status();
      if (!step.ok() || step->finished) return step.value_or(FeedSweep::Result());
    }
    ADD_FAILURE() << "the round has no end";
    return {};
  }

  redress::testing::TestDatabase database_{Schema()};
  int written_ = 0;
};

TEST_F(FactsGuardTest, AnUntouchedFeedIsWhole) {
  EXPECT_FALSE(Sweep().root_differs);
  WriteAndSequence(20);
  const FeedSweep::Result result = Sweep();
  EXPECT_EQ(result.damaged, 0);
  EXPECT_FALSE(result.root_differs);
}

TEST_F(FactsGuardTest, WhatWasAlteredRemovedOrMovedIsFoundWithItsPosition) {
  WriteAndSequence(20);
  Tamper(
      "UPDATE fact SET body = CONCAT(body, X'00') WHERE fact_id = "
      "(SELECT fact_id FROM fact_position WHERE position = 12)");
  EXPECT_EQ(Sweep().first_damaged, 12);
  Tamper(
      "DELETE FROM fact WHERE fact_id = "
      "(SELECT fact_id FROM fact_position WHERE position = 9)");
  EXPECT_EQ(Sweep().first_damaged, 9);
  Tamper("DELETE FROM fact_position WHERE position = 4");
  EXPECT_EQ(Sweep().first_damaged, 4);
  EXPECT_EQ(Sweep().damaged, 3);
}

TEST_F(FactsGuardTest, FactsThatChangedPlacesGiveAnotherRoot) {
  WriteAndSequence(20);
  Tamper("UPDATE fact_position SET position = 1000 WHERE position = 3");
  Tamper("UPDATE fact_position SET position = 3 WHERE position = 5");
  Tamper("UPDATE fact_position SET position = 5 WHERE position = 1000");
  const FeedSweep::Result result = Sweep();
  EXPECT_EQ(result.damaged, 0);
  EXPECT_TRUE(result.root_differs);
}

TEST_F(FactsGuardTest, AFactWithoutAPositionForAMinuteIsFoundWhateverTheOutboxSays) {
  WriteAndSequence(3);
  Write(1);
  Tamper("DELETE FROM fact_pending");
  Unsequenced unsequenced(database_.pool(), testing::SampleMac());
  const absl::Time now = absl::Now();
  EXPECT_EQ(unsequenced.Step(now, Soon())->stranded, 0);
  EXPECT_EQ(unsequenced.Step(now + absl::Seconds(59), Soon())->stranded, 0);
  const auto found = unsequenced.Step(now + absl::Seconds(60), Soon());
  EXPECT_EQ(found->stranded, 1);
  EXPECT_EQ(found->forged, 0);
  EXPECT_FALSE(found->example.empty());
  // Put back into the outbox it gets its position.
  Tamper(
      "INSERT INTO fact_pending (fact_id, record) SELECT f.fact_id, f.record FROM fact f "
      "LEFT JOIN fact_position p ON p.fact_id = f.fact_id WHERE p.position IS NULL");
  ASSERT_TRUE(SequenceBatch(database_.pool(), testing::SampleMac(), Soon()).ok());
  EXPECT_EQ(unsequenced.Step(now + absl::Seconds(120), Soon())->stranded, 0);
}

TEST_F(FactsGuardTest, AForgedFactIsFoundAtOnce) {
  WriteAndSequence(3);
  Tamper(
      "INSERT INTO fact SELECT UUID(), case_name, campaign, kind, record, record_version, NULL, "
      "event_date, recorded_at, body, nonce, leaf_hash, mac FROM fact LIMIT 1");
  Unsequenced unsequenced(database_.pool(), testing::SampleMac());
  EXPECT_EQ(unsequenced.Step(absl::Now(), Soon())->forged, 1);
}

TEST_F(FactsGuardTest, AWalkInShortStepsFindsTheSame) {
  WriteAndSequence(6);
  Write(2);
  Tamper("DELETE FROM fact_pending");
  Tamper(
      "INSERT INTO fact SELECT UUID(), case_name, campaign, kind, record, record_version, NULL, "
      "event_date, recorded_at, body, nonce, leaf_hash, mac FROM fact LIMIT 1");
  Unsequenced unsequenced(database_.pool(), testing::SampleMac());
  const auto round = [&](absl::Time now) {
    absl::StatusOr<Unsequenced::Result> result;
    int steps = 0;
    do {
      result = unsequenced.Step(now, Soon(), 2);
      ++steps;
    } while (result.ok() && !result->finished && steps < 10);
    EXPECT_EQ(steps, 5);  // nine facts
    return *result;
  };
  const absl::Time now = absl::Now();
  EXPECT_EQ(round(now).stranded, 0);
  const Unsequenced::Result found = round(now + absl::Minutes(1));
  EXPECT_EQ(found.stranded, 2);
  EXPECT_EQ(found.forged, 1);
}

TEST_F(FactsGuardTest, TheGuardReportsWhatChanged) {
  WriteAndSequence(3);
  absl::Mutex mutex;
  FeedGuard::Findings last;
  bool looked = false;
  FeedGuard::Options options;
  options.pause = absl::Milliseconds(10);
  options.look = absl::Milliseconds(10);
  options.found = [&](const FeedGuard::Findings&) {
    absl::MutexLock lock(&mutex);
    looked = true;
  };
  options.changed = [&](const FeedGuard::Findings& found, const std::string&) {
    absl::MutexLock lock(&mutex);
    last = found;
  };
  FeedGuard guard(database_.pool(), testing::SampleMac(), options);
  guard.Start();
  {
    absl::MutexLock lock(&mutex);
    EXPECT_TRUE(mutex.AwaitWithTimeout(absl::Condition(&looked), absl::Seconds(20)));
    EXPECT_EQ(last, FeedGuard::Findings());
  }
  Tamper("UPDATE fact SET mac = REVERSE(mac)");
  const auto damaged = [&] { return last.damaged == 3; };
  absl::MutexLock lock(&mutex);
  EXPECT_TRUE(mutex.AwaitWithTimeout(absl::Condition(&damaged), absl::Seconds(20)));
}

}  // namespace
}  // namespace redress::facts
