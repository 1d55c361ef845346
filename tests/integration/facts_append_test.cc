// Facts are written with their record, once, and nobody can change them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "common/db/errors.h"
#include "common/db/transact.h"
#include "common/facts/append.h"
#include "common/facts/feed.h"
#include "common/facts/schema.h"
#include "common/facts/sequencer.h"
#include "common/facts/stamp.h"
#include "common/status/error.h"
#include "tests/integration/testdb/testdb.h"
#include "tests/unit/facts_sample.h"

namespace redress::facts {
namespace {

using testing::Retraction;
using testing::Visit;

absl::Time Soon() { return absl::Now() + absl::Seconds(20); }

class FactsAppendTest : public ::testing::Test {
 protected:
  absl::Status Write(const std::vector<v1::Fact>& facts) {
    return db::Transact(database_.pool(), Soon(), [&](db::Connection& conn) {
      return Append(conn, facts, testing::SampleMac());
    });
  }

  int64_t Count(const std::string& table) {
    return (*database_.admin().Query("SELECT COUNT(*) FROM " + table))[0].Int(0);
  }

  redress::testing::TestDatabase database_{Schema()};
};

TEST_F(FactsAppendTest, StoresTheExactBytesAndTheirHash) {
  const std::vector<v1::Fact> facts = {Visit("cases/1", "a", 1), Visit("cases/1", "b", 1)};
  ASSERT_TRUE(Write(facts).ok());
  const FeedReader reader(database_.pool(), testing::SampleMac());
  const auto entries = reader.ListCase("cases/1", Soon());
  ASSERT_TRUE(entries.ok()) << entries.status();
  ASSERT_EQ(entries->size(), 2u);
  for (const v1::FeedEntry& entry : *entries) {
    EXPECT_EQ(entry.position(), -1);
    EXPECT_EQ(entry.nonce().size(), kNonceBytes);
    EXPECT_EQ(entry.leaf_hash(), AsBytes(LeafHash(entry.nonce(), entry.fact())));
    v1::Fact fact;
    ASSERT_TRUE(fact.ParseFromString(entry.fact()));
    EXPECT_TRUE(fact.fact_id() == facts[0].fact_id() || fact.fact_id() == facts[1].fact_id());
  }
  EXPECT_NE((*entries)[0].nonce(), (*entries)[1].nonce());
  const auto rows = database_.admin().Query("SELECT kind, event_date, recorded_at FROM fact");
  EXPECT_EQ((*rows)[0].Int(0), v1::FACT_KIND_VISIT_HELD);
  EXPECT_EQ((*rows)[0].Day(1), absl::CivilDay(2018, 5, 14));
  EXPECT_EQ((*rows)[0].Instant(2), testing::Instant(2018, 5, 14));
  EXPECT_EQ(Count("fact_pending"), 2);
}

TEST_F(FactsAppendTest, GoesWithItsTransaction) {
  const absl::Status status =
      db::Transact(database_.pool(), Soon(), [](db::Connection& conn) -> absl::Status {
        const std::vector<v1::Fact> facts = {Visit("cases/1", "a", 1)};
        EXPECT_TRUE(Append(conn, facts, testing::SampleMac()).ok());
        return absl::CancelledError("changed my mind");
      });
  EXPECT_TRUE(absl::IsCancelled(status));
  EXPECT_EQ(Count("fact"), 0);
  EXPECT_EQ(Count("fact_pending"), 0);
  const auto conn = database_.Connect();
  const std::vector<v1::Fact> facts = {Visit("cases/1", "a", 1)};
  EXPECT_TRUE(absl::IsFailedPrecondition(Append(*conn, facts, testing::SampleMac())));
  EXPECT_TRUE(Write({}).ok());
}

TEST_F(FactsAppendTest, RefusesWhatIsNoFactAndWhatExists) {
  v1::Fact bad = Visit("cases/1", "a", 1);
  bad.set_unit("free text");
  EXPECT_TRUE(absl::IsInvalidArgument(Write({Visit("cases/1", "b", 1), bad})));
  EXPECT_EQ(Count("fact"), 0);
  const v1::Fact visit = Visit("cases/1", "a", 1);
  ASSERT_TRUE(Write({visit}).ok());
  const absl::Status twice = Write({visit});
  EXPECT_TRUE(absl::IsAlreadyExists(twice));
  EXPECT_EQ(status::ReasonOf(twice), "FACT_EXISTS");
}

TEST_F(FactsAppendTest, RetractsOneFactOfTheSameSubjectOnce) {
  const v1::Fact visit = Visit("cases/1", "a", 1);
  ASSERT_TRUE(Write({visit}).ok());

  v1::Fact elsewhere = Retraction(visit, 2);
  elsewhere.set_case_name("cases/2");
  EXPECT_TRUE(absl::IsInvalidArgument(Write({elsewhere})));
  v1::Fact otherwise = Retraction(visit, 2);
  otherwise.set_kind(v1::FACT_KIND_VISIT_DECLINED);
  EXPECT_TRUE(absl::IsInvalidArgument(Write({otherwise})));
  v1::Fact nothing = Retraction(visit, 2);
  nothing.set_retracts("f" + nothing.fact_id().substr(1));
  EXPECT_TRUE(absl::IsInvalidArgument(Write({nothing})));

  const v1::Fact good = Retraction(visit, 2);
  ASSERT_TRUE(Write({good}).ok());
  const absl::Status again = Write({Retraction(visit, 3)});
  EXPECT_TRUE(absl::IsAlreadyExists(again));
  EXPECT_EQ(status::ReasonOf(again), "FACT_RETRACTED_ALREADY");
  EXPECT_TRUE(absl::IsInvalidArgument(Write({Retraction(good, 3)})));

  // Recorded and taken back in one transaction.
  const v1::Fact fresh = Visit("cases/1", "b", 1);
  EXPECT_TRUE(Write({fresh, Retraction(fresh, 2)}).ok());
}

TEST_F(FactsAppendTest, TheServiceCanWriteAndReadButNotChangeOrDelete) {
  db::Pool pool(database_.RestrictedUser(Grants()));
  const std::vector<v1::Fact> facts = {Visit("cases/1", "a", 1)};
  ASSERT_TRUE(db::Transact(pool, Soon(), [&](db::Connection& conn) {
                return Append(conn, facts, testing::SampleMac());
              }).ok());
  const auto batch = SequenceBatch(pool, testing::SampleMac(), Soon());
  ASSERT_TRUE(batch.ok()) << batch.status();
  EXPECT_EQ(batch->facts, 1);
  EXPECT_TRUE(FeedReader(pool, testing::SampleMac()).ListFrom(0, 10, Soon()).ok());

  constexpr int kTableAccessDenied = 1142;
  auto lease = pool.Acquire(Soon());
  ASSERT_TRUE(lease.ok());
  for (const char* sql :
       {"UPDATE fact SET kind = 1", "DELETE FROM fact", "UPDATE fact_position SET position = 7",
        "DELETE FROM fact_position", "UPDATE fact_pending SET record = ''", "DELETE FROM fact_head",
        "INSERT INTO fact_head VALUES (1, 0, '')", "TRUNCATE TABLE fact", "DROP TABLE fact"}) {
    const absl::Status refused = (*lease)->ExecuteText(sql);
    EXPECT_EQ(db::ErrnoOf(refused), kTableAccessDenied) << sql;
  }
}

TEST_F(FactsAppendTest, MigratesAgainWithoutHarm) {
  EXPECT_TRUE(db::Migrate(database_.admin(), Schema()).ok());
  EXPECT_TRUE(db::CheckSchema(database_.admin(), Schema(), "migrate").ok());
}

}  // namespace
}  // namespace redress::facts
