// The order of positions: versions of a record, retractions, and otherwise as written.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/facts/order.h"

namespace redress::facts {
namespace {

using ::testing::ElementsAre;

PendingFact Pending(uint64_t seq, std::string id, std::string record, int64_t version,
                    std::string retracts = "") {
  return {seq, std::move(id), std::move(record), version, std::move(retracts), {}};
}

std::vector<std::string> Ids(std::vector<PendingFact> facts) {
  std::vector<std::string> ids;
  for (const PendingFact& fact : InOrder(std::move(facts))) ids.push_back(fact.fact_id);
  return ids;
}

TEST(FactsOrderTest, AsWrittenWhereNothingElseIsAsked) {
  EXPECT_THAT(Ids({Pending(3, "c", "r3", 1), Pending(1, "a", "r1", 9), Pending(2, "b", "r2", 5)}),
              ElementsAre("a", "b", "c"));
  EXPECT_TRUE(InOrder({}).empty());
}

TEST(FactsOrderTest, VersionsOfARecordRise) {
  EXPECT_THAT(Ids({Pending(1, "v3", "r", 3), Pending(2, "x", "q", 1), Pending(3, "v1", "r", 1),
                   Pending(4, "v2", "r", 2)}),
              ElementsAre("x", "v1", "v2", "v3"));
}

TEST(FactsOrderTest, RetractionStandsAfterItsTarget) {
  EXPECT_THAT(Ids({Pending(1, "undo", "q", 7, "done"), Pending(2, "done", "r", 1),
                   Pending(3, "next", "r", 2)}),
              ElementsAre("done", "undo", "next"));
  // The target has its position already.
  EXPECT_THAT(Ids({Pending(1, "undo", "q", 7, "old"), Pending(2, "other", "r", 1)}),
              ElementsAre("undo", "other"));
  // One transaction may take back and record anew, all under one version.
  EXPECT_THAT(Ids({Pending(1, "undo", "r", 2, "done"), Pending(2, "done", "r", 2)}),
              ElementsAre("done", "undo"));
}

TEST(FactsOrderTest, ContradictionsLoseNothing) {
  EXPECT_THAT(Ids({Pending(1, "undo", "r", 1, "done"), Pending(2, "done", "r", 2)}),
              ElementsAre("done", "undo"));
  EXPECT_THAT(Ids({Pending(1, "a", "q", 1, "b"), Pending(2, "b", "r", 1, "a")}),
              ElementsAre("a", "b"));
  EXPECT_THAT(Ids({Pending(1, "a", "q", 1, "a")}), ElementsAre("a"));
}

TEST(FactsOrderTest, KeepsEveryDemandOnRandomInput) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    // As the writers made them: versions rise, targets come first; then seq is shuffled.
    std::map<std::string, int64_t> versions;
    std::vector<PendingFact> facts;
    for (int i = 0; i < 60; ++i) {
      const std::string record = absl::StrCat("r", random() % 8);
      std::string retracts;
      if (!facts.empty() && random() % 4 == 0) retracts = facts[random() % facts.size()].fact_id;
      facts.push_back(
          Pending(0, absl::StrCat("f", i), record, ++versions[record], std::move(retracts)));
    }
    std::vector<uint64_t> seqs(facts.size());
    for (size_t i = 0; i < seqs.size(); ++i) seqs[i] = i + 1;
    std::shuffle(seqs.begin(), seqs.end(), random);
    for (size_t i = 0; i < facts.size(); ++i) facts[i].seq = seqs[i];

    std::set<std::string> seen;
    std::map<std::string, int64_t> last;
    for (const PendingFact& fact : InOrder(facts)) {
      ASSERT_TRUE(fact.retracts.empty() || seen.count(fact.retracts) == 1);
      ASSERT_GT(fact.record_version, last[fact.record]);
      last[fact.record] = fact.record_version;
      ASSERT_TRUE(seen.insert(fact.fact_id).second);
    }
    ASSERT_EQ(seen.size(), facts.size());
  }
}

}  // namespace
}  // namespace redress::facts
