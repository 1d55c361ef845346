// Reading facts back: a case, the feed, checkpoints, filtered views, and tampering in the database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/db/transact.h"
#include "common/facts/append.h"
#include "common/facts/feed.h"
#include "common/facts/schema.h"
#include "common/facts/sequencer.h"
#include "common/facts/verify.h"
#include "tests/integration/testdb/testdb.h"
#include "tests/unit/facts_sample.h"

namespace redress::facts {
namespace {

using testing::Visit;

absl::Time Soon() { return absl::Now() + absl::Seconds(20); }

class FactsFeedTest : public ::testing::Test {
 protected:
  void Write(int count, const std::string& case_name) {
    std::vector<v1::Fact> facts;
    for (int i = 0; i < count; ++i) facts.push_back(Visit(case_name, absl::StrCat(i), i + 1));
    const absl::Status status = db::Transact(
        database_.pool(), Soon(), [&](db::Connection& conn) { return Append(conn, facts); });
    ASSERT_TRUE(status.ok()) << status;
  }

  v1::ListFactsResponse List(const v1::ListFactsRequest& request, const Visible& visible = {}) {
    auto response = feed_.ListFacts(request, Soon(), visible);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : v1::ListFactsResponse();
  }

  VerifyReport Verify(const Visible& visible = {}) {
    const auto checkpoint = feed_.GetCheckpoint({}, Soon());
    EXPECT_TRUE(checkpoint.ok()) << checkpoint.status();
    FeedVerifier verifier(checkpoint->checkpoint(), *VerifyingKey::FromPem(keys_.public_pem));
    v1::ListFactsRequest request;
    request.set_page_size(4);
    while (true) {
      const v1::ListFactsResponse page = List(request, visible);
      for (const v1::FeedEntry& entry : page.entries()) {
        if (!verifier.Add(entry)) return verifier.Finish();
      }
      if (page.entries().empty()) return verifier.Finish();
      request.set_first_position(request.first_position() + page.entries_size());
    }
  }

  void Tamper(const std::string& sql) {
    const absl::Status status = database_.admin().ExecuteText(sql);
    ASSERT_TRUE(status.ok()) << status;
  }

  redress::testing::TestDatabase database_{Schema()};
  base::SimulatedClock clock_{testing::Instant(2018, 6, 1)};
  testing::KeyPair keys_;
  Checkpointer checkpointer_ = *Checkpointer::FromPem("visits", keys_.private_pem);
  FeedReader reader_{database_.pool()};
  Feed feed_{&reader_, &checkpointer_, &clock_};
};

TEST_F(FactsFeedTest, ACaseIsListedWithWhatHasNoPositionYet) {
  Write(3, "cases/1");
  Write(2, "cases/2");
  ASSERT_TRUE(SequenceBatch(database_.pool(), Soon()).ok());
  std::vector<v1::Fact> late = {Visit("cases/1", "late", 1)};
  ASSERT_TRUE(db::Transact(database_.pool(), Soon(), [&](db::Connection& conn) {
                return Append(conn, late);
              }).ok());
  v1::ListFactsRequest request;
  request.set_case_name("cases/1");
  const v1::ListFactsResponse response = List(request);
  ASSERT_EQ(response.entries_size(), 4);
  EXPECT_EQ(response.tree_size(), 5);
  EXPECT_EQ(response.entries(0).position(), 0);
  EXPECT_EQ(response.entries(2).position(), 2);
  EXPECT_EQ(response.entries(3).position(), -1);
  request.set_case_name("cases/none");
  EXPECT_EQ(List(request).entries_size(), 0);
}

TEST_F(FactsFeedTest, PagesByPosition) {
  Write(10, "cases/1");
  ASSERT_TRUE(SequenceBatch(database_.pool(), Soon()).ok());
  v1::ListFactsRequest request;
  request.set_first_position(7);
  request.set_page_size(2);
  const v1::ListFactsResponse response = List(request);
  ASSERT_EQ(response.entries_size(), 2);
  EXPECT_EQ(response.entries(0).position(), 7);
  EXPECT_EQ(response.tree_size(), 10);
  request.set_first_position(10);
  EXPECT_EQ(List(request).entries_size(), 0);
  request.set_first_position(-1);
  EXPECT_TRUE(absl::IsInvalidArgument(feed_.ListFacts(request, Soon()).status()));
  request.set_first_position(1);
  request.set_case_name("cases/1");
  EXPECT_TRUE(absl::IsInvalidArgument(feed_.ListFacts(request, Soon()).status()));
}

TEST_F(FactsFeedTest, APageIsBoundedInBytes) {
  std::vector<v1::Fact> facts;
  for (int i = 0; i < 10; ++i) {
    v1::Fact fact = Visit("cases/1", absl::StrCat(i), 1);
    fact.set_kind(v1::FACT_KIND_CASE_CLOSED);
    for (int j = 0; j < 5000; ++j) fact.mutable_case_closed()->add_basis(fact.fact_id());
    facts.push_back(fact);
  }
  ASSERT_TRUE(db::Transact(database_.pool(), Soon(), [&](db::Connection& conn) {
                return Append(conn, facts);
              }).ok());
  ASSERT_TRUE(SequenceBatch(database_.pool(), Soon()).ok());
  const auto page = reader_.ListFrom(0, 100, Soon());
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->size(), 5u);  // of about 190 KB each
  EXPECT_TRUE(Verify().ok());
}

TEST_F(FactsFeedTest, WhatMayNotBeSeenIsAHashAndTheFeedStillVerifies) {
  Write(3, "cases/1");
  Write(3, "cases/2");
  ASSERT_TRUE(SequenceBatch(database_.pool(), Soon()).ok());
  const Visible visible = [](const v1::Fact& fact) { return fact.case_name() == "cases/2"; };
  const v1::ListFactsResponse response = List({}, visible);
  ASSERT_EQ(response.entries_size(), 6);
  EXPECT_TRUE(response.entries(0).fact().empty());
  EXPECT_TRUE(response.entries(0).nonce().empty());
  EXPECT_EQ(response.entries(0).leaf_hash().size(), kHashBytes);
  EXPECT_FALSE(response.entries(3).fact().empty());
  const VerifyReport report = Verify(visible);
  EXPECT_TRUE(report.ok()) << report.detail;
  EXPECT_EQ(report.hidden, 3);
}

TEST_F(FactsFeedTest, CheckpointSpeaksOfTheWholeFeed) {
  Write(5, "cases/1");
  ASSERT_TRUE(SequenceBatch(database_.pool(), Soon()).ok());
  const auto response = feed_.GetCheckpoint({}, Soon());
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(response->checkpoint().service(), "visits");
  EXPECT_EQ(response->checkpoint().tree_size(), 5);
  EXPECT_EQ(response->checkpoint().signed_at().seconds(), absl::ToUnixSeconds(clock_.Now()));
  const Feed without_key(&reader_, nullptr, &clock_);
  EXPECT_TRUE(absl::IsFailedPrecondition(without_key.GetCheckpoint({}, Soon()).status()));
}

TEST_F(FactsFeedTest, TamperingByTheAdministratorIsFound) {
  Write(10, "cases/1");
  ASSERT_TRUE(SequenceBatch(database_.pool(), Soon()).ok());
  ASSERT_TRUE(Verify().ok());
  const std::string at6 = " WHERE fact_id = (SELECT fact_id FROM fact_position WHERE position = 6)";

  Tamper("UPDATE fact SET body = CONCAT(body, X'00')" + at6);
  VerifyReport report = Verify();
  EXPECT_EQ(report.fault, Fault::kAltered);
  EXPECT_EQ(report.first_bad_position, 6);

  // Hash and bytes changed together: the signed root does not fit any more.
  Tamper("UPDATE fact SET leaf_hash = UNHEX(SHA2(CONCAT(X'00', nonce, body), 256))" + at6);
  EXPECT_EQ(Verify().fault, Fault::kWrongRoot);
}

TEST_F(FactsFeedTest, AFactThatWasRemovedIsFound) {
  Write(10, "cases/1");
  ASSERT_TRUE(SequenceBatch(database_.pool(), Soon()).ok());
  Tamper("DELETE FROM fact WHERE fact_id = (SELECT fact_id FROM fact_position WHERE position = 3)");
  EXPECT_TRUE(absl::IsDataLoss(reader_.ListFrom(0, 10, Soon()).status()));
  Tamper("DELETE FROM fact_position WHERE position = 3");
  EXPECT_TRUE(absl::IsDataLoss(reader_.ListFrom(0, 10, Soon()).status()));
  Tamper("UPDATE fact_position SET position = position - 1 WHERE position > 3 ORDER BY position");
  const VerifyReport report = Verify();
  EXPECT_EQ(report.fault, Fault::kTooShort);
  EXPECT_EQ(report.first_bad_position, 9);
}

}  // namespace
}  // namespace redress::facts
