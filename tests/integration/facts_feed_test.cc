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
#include "common/facts/proof.h"
#include "common/facts/schema.h"
#include "common/facts/sequencer.h"
#include "common/facts/verify.h"
#include "common/status/error.h"
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
    const absl::Status status = db::Transact(database_.pool(), Soon(), [&](db::Connection& conn) {
      return Append(conn, facts, testing::SampleMac());
    });
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
  FeedReader reader_{database_.pool(), testing::SampleMac()};
  Feed feed_{&reader_, &checkpointer_, &clock_};
};

TEST_F(FactsFeedTest, ACaseIsListedWithWhatHasNoPositionYet) {
  Write(3, "cases/1");
  Write(2, "cases/2");
  ASSERT_TRUE(SequenceBatch(database_.pool(), testing::SampleMac(), Soon()).ok());
  std::vector<v1::Fact> late = {Visit("cases/1", "late", 1)};
  ASSERT_TRUE(db::Transact(database_.pool(), Soon(), [&](db::Connection& conn) {
                return Append(conn, late, testing::SampleMac());
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
  ASSERT_TRUE(SequenceBatch(database_.pool(), testing::SampleMac(), Soon()).ok());
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
                return Append(conn, facts, testing::SampleMac());
              }).ok());
  ASSERT_TRUE(SequenceBatch(database_.pool(), testing::SampleMac(), Soon()).ok());
  const auto page = reader_.ListFrom(0, 100, Soon());
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->size(), 5u);  // of about 190 KB each
  EXPECT_TRUE(Verify().ok());
}

TEST_F(FactsFeedTest, WhatMayNotBeSeenIsAHashAndTheFeedStillVerifies) {
  Write(3, "cases/1");
  Write(3, "cases/2");
  ASSERT_TRUE(SequenceBatch(database_.pool(), testing::SampleMac(), Soon()).ok());
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
  // Of one case, even how many facts may not be seen would tell.
  v1::ListFactsRequest of_case;
  of_case.set_case_name("cases/1");
  EXPECT_EQ(List(of_case, visible).entries_size(), 0);
  EXPECT_EQ(List(of_case).entries_size(), 3);
}

TEST_F(FactsFeedTest, CheckpointSpeaksOfTheWholeFeed) {
  Write(5, "cases/1");
  ASSERT_TRUE(SequenceBatch(database_.pool(), testing::SampleMac(), Soon()).ok());
  const auto response = feed_.GetCheckpoint({}, Soon());
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(response->checkpoint().service(), "visits");
  EXPECT_EQ(response->checkpoint().tree_size(), 5);
  EXPECT_EQ(response->checkpoint().signed_at().seconds(), absl::ToUnixSeconds(clock_.Now()));
  const Feed without_key(&reader_, nullptr, &clock_);
  EXPECT_TRUE(absl::IsFailedPrecondition(without_key.GetCheckpoint({}, Soon()).status()));
}

constexpr char kAt6[] = " WHERE fact_id = (SELECT fact_id FROM fact_position WHERE position = 6)";

TEST_F(FactsFeedTest, TamperingByTheAdministratorIsFound) {
  Write(10, "cases/1");
  ASSERT_TRUE(SequenceBatch(database_.pool(), testing::SampleMac(), Soon()).ok());
  ASSERT_TRUE(Verify().ok());
  const Visible nothing = [](const v1::Fact&) { return false; };

  Tamper(absl::StrCat("UPDATE fact SET body = CONCAT(body, X'00')", kAt6));
  VerifyReport report = Verify();
  EXPECT_EQ(report.fault, Fault::kDamaged);
  EXPECT_EQ(report.first_bad_position, 6);
  // Whoever sees hashes alone finds it as well: the service looks before it hides.
  EXPECT_EQ(Verify(nothing).first_bad_position, 6);

  // Hash and bytes changed together: the service's own tag does not fit any more.
  Tamper(absl::StrCat("UPDATE fact SET leaf_hash = UNHEX(SHA2(CONCAT(X'00', nonce, body), 256))",
                      kAt6));
  EXPECT_EQ(Verify().first_bad_position, 6);
  EXPECT_EQ(Verify(nothing).first_bad_position, 6);
  // Nothing is decided on such a fact, nor on the rest of its case; other cases go on.
  const absl::Status gate = reader_.ListCase("cases/1", Soon()).status();
  EXPECT_TRUE(absl::IsDataLoss(gate)) << gate;
  EXPECT_EQ(status::ReasonOf(gate), "FACT_DAMAGED");
  EXPECT_TRUE(reader_.ListCase("cases/2", Soon()).ok());
  // A follower gets what stands before it, and then is told.
  EXPECT_EQ(reader_.ListFrom(0, 10, Soon())->size(), 6u);
  EXPECT_TRUE(absl::IsDataLoss(reader_.ListFrom(6, 10, Soon()).status()));
}

// Each column by which a fact is found or ordered.
TEST_F(FactsFeedTest, AFactIsNotMovedToAnotherCaseOrRecord) {
  for (const char* change :
       {"case_name = 'cases/2'", "record = 'cases/1/visits/x'", "record_version = 77",
        "retracts = UUID()", "nonce = REVERSE(nonce)", "mac = REVERSE(mac)"}) {
    SCOPED_TRACE(change);
    ASSERT_TRUE(database_.admin().ExecuteText("DELETE FROM fact").ok());
    Write(2, "cases/1");
    Tamper(absl::StrCat("UPDATE fact SET ", change, " WHERE record_version = 2"));
    EXPECT_FALSE(reader_.ListCase("cases/1", Soon()).ok() &&
                 reader_.ListCase("cases/2", Soon()).ok());
  }
}

TEST_F(FactsFeedTest, AForgedFactGetsNoPositionAndHoldsNothingUp) {
  Write(1, "cases/1");
  // As its neighbour, with an id of its own, and with and without a place in the outbox.
  const auto copy = [](const char* last) {
    return absl::StrCat("INSERT INTO fact SELECT '018f0000-0000-7000-8000-00000000000", last,
                        "', case_name, campaign, kind, record, record_version, NULL, event_date, "
                        "recorded_at, body, nonce, leaf_hash, mac FROM fact "
                        "WHERE fact_id NOT LIKE '018f0000-%'");
  };
  Tamper(copy("a"));
  Tamper(copy("b"));
  Tamper("UPDATE fact_pending SET seq = 100");
  Tamper(
      "INSERT INTO fact_pending (seq, fact_id, record) "
      "VALUES (1, '018f0000-0000-7000-8000-00000000000a', 'x')");
  const auto batch = SequenceBatch(database_.pool(), testing::SampleMac(), Soon(), 1);
  ASSERT_TRUE(batch.ok()) << batch.status();
  EXPECT_EQ(batch->facts, 1);
  EXPECT_EQ(SequenceBatch(database_.pool(), testing::SampleMac(), Soon(), 1)->facts, 0);
  EXPECT_TRUE(absl::IsDataLoss(reader_.ListCase("cases/1", Soon()).status()));
}

TEST_F(FactsFeedTest, WhatHasAPositionAndIsPutInTheOutboxAgainHoldsNothingUp) {
  Write(1, "cases/1");
  ASSERT_TRUE(SequenceBatch(database_.pool(), testing::SampleMac(), Soon()).ok());
  Tamper("INSERT INTO fact_pending (fact_id, record) SELECT fact_id, record FROM fact");
  Write(1, "cases/2");
  const auto batch = SequenceBatch(database_.pool(), testing::SampleMac(), Soon());
  ASSERT_TRUE(batch.ok()) << batch.status();
  EXPECT_EQ(batch->facts, 1);
}

TEST_F(FactsFeedTest, AFactThatWasRemovedIsFound) {
  Write(10, "cases/1");
  ASSERT_TRUE(SequenceBatch(database_.pool(), testing::SampleMac(), Soon()).ok());
  for (const char* removal :
       {"DELETE FROM fact WHERE fact_id = (SELECT fact_id FROM fact_position WHERE position = 3)",
        "DELETE FROM fact_position WHERE position = 3"}) {
    Tamper(removal);
    EXPECT_TRUE(absl::IsDataLoss(reader_.ListFrom(3, 10, Soon()).status()));
    const VerifyReport report = Verify();
    EXPECT_EQ(report.fault, Fault::kDamaged) << report.detail;
    EXPECT_EQ(report.first_bad_position, 3);
  }
  Tamper("UPDATE fact_position SET position = position - 1 WHERE position > 3 ORDER BY position");
  EXPECT_EQ(Verify().first_bad_position, 9) << "the last place is empty now";
}

TEST_F(FactsFeedTest, AProofNeedsNoOtherEntry) {
  const VerifyingKey key = *VerifyingKey::FromPem(keys_.public_pem);
  Write(37, "cases/1");
  ASSERT_TRUE(SequenceBatch(database_.pool(), testing::SampleMac(), Soon()).ok());
  const auto early = feed_.GetCheckpoint({}, Soon());
  Write(20, "cases/2");
  ASSERT_TRUE(SequenceBatch(database_.pool(), testing::SampleMac(), Soon()).ok());

  v1::GetInclusionProofRequest where;
  where.set_position(11);
  const auto inclusion = feed_.GetInclusionProof(where, Soon());
  ASSERT_TRUE(inclusion.ok()) << inclusion.status();
  ASSERT_TRUE(VerifyCheckpoint(inclusion->checkpoint(), key).ok());
  EXPECT_EQ(inclusion->checkpoint().tree_size(), 57);
  EXPECT_TRUE(VerifyInclusion(*HashFromBytes(inclusion->leaf_hash()), 11, 57,
                              *HashesFromBytes(inclusion->path()),
                              *HashFromBytes(inclusion->checkpoint().root()))
                  .ok());

  v1::GetConsistencyProofRequest since;
  since.set_first_size(37);
  const auto consistency = feed_.GetConsistencyProof(since, Soon());
  ASSERT_TRUE(consistency.ok()) << consistency.status();
  EXPECT_TRUE(VerifyConsistency(37, *HashFromBytes(early->checkpoint().root()), 57,
                                *HashFromBytes(consistency->checkpoint().root()),
                                *HashesFromBytes(consistency->path()))
                  .ok());
  // A feed that is shorter than what is known says so, signed.
  since.set_first_size(1000);
  EXPECT_EQ(feed_.GetConsistencyProof(since, Soon())->checkpoint().tree_size(), 57);
  where.set_position(57);
  EXPECT_TRUE(absl::IsInvalidArgument(feed_.GetInclusionProof(where, Soon()).status()));
  // One whose entries are not those of its head proves nothing.
  Tamper(absl::StrCat("UPDATE fact SET leaf_hash = REVERSE(leaf_hash)", kAt6));
  where.set_position(11);
  EXPECT_TRUE(absl::IsDataLoss(feed_.GetInclusionProof(where, Soon()).status()));
}

// Of 20 000 facts: the first proof reads every leaf hash once, a later one those of the last
// thousand or so and of one subtree.
TEST_F(FactsFeedTest, AProofOfALargeFeedIsCheap) {
  static constexpr int kFacts = 20000;
  for (int i = 0; i < kFacts / 2000; ++i) {
    Write(2000, absl::StrCat("cases/", i));
    for (int j = 0; j < 2; ++j) {
      ASSERT_TRUE(SequenceBatch(database_.pool(), testing::SampleMac(), Soon(), 1000).ok());
    }
  }
  const auto timed = [this](int64_t position) {
    v1::GetInclusionProofRequest where;
    where.set_position(position);
    const absl::Time began = absl::Now();
    const auto proof = feed_.GetInclusionProof(where, Soon());
    EXPECT_TRUE(proof.ok()) << proof.status();
    EXPECT_EQ(proof->checkpoint().tree_size(), kFacts);
    EXPECT_EQ(proof->path_size(), 15);
    return absl::Now() - began;
  };
  const absl::Duration first = timed(3);
  const absl::Duration later = timed(7777);
  RecordProperty("first_ms", static_cast<int>(absl::ToInt64Milliseconds(first)));
  RecordProperty("later_ms", static_cast<int>(absl::ToInt64Milliseconds(later)));
  // Generous: a busy machine must pass; a proof that reads the whole feed each time must not.
  EXPECT_LT(later, absl::Milliseconds(300));
}

}  // namespace
}  // namespace redress::facts
