// The audit log: every answer waits for its batch, several replicas write one tree, nothing is
// silently lost.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/barrier.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/time/clock.h"
#include "common/audit/audit_log.h"
#include "common/audit/reader.h"
#include "common/audit/schema.h"
#include "common/db/errors.h"
#include "common/status/error.h"
#include "tests/integration/testdb/testdb.h"
#include "tests/unit/facts_sample.h"

namespace redress::audit {
namespace {

absl::Time Soon() { return absl::Now() + absl::Seconds(20); }

v1::AuditEntry Reading(const std::string& official, const std::string& resource) {
  v1::AuditEntry entry;
  entry.set_outcome(v1::AUDIT_OUTCOME_READ);
  entry.set_subject(official);
  entry.set_official(official);
  entry.set_unit("units/office");
  entry.add_roles(types::v1::ROLE_OFFICE_CLERK);
  entry.set_rpc("redress.registry.v1.RegistryService/GetCase");
  entry.add_resources(resource);
  entry.set_purpose("cases.get");
  return entry;
}

v1::AuditEntry Denial(const std::string& subject) {
  v1::AuditEntry entry = Reading(subject, "cases/1");
  entry.set_denial_reason("PERMISSION_DENIED");
  return entry;
}

class AuditTest : public ::testing::Test {
 protected:
  std::vector<v1::AuditLogEntry> Entries() {
    std::vector<v1::AuditLogEntry> all;
    v1::ListAuditEntriesRequest request;
    request.set_page_size(2000);
    while (true) {
      request.set_first_position(static_cast<int64_t>(all.size()));
      const auto page = reader_.ListAuditEntries(request, Soon());
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok() || page->entries().empty()) return all;
      all.insert(all.end(), page->entries().begin(), page->entries().end());
    }
  }

  static v1::AuditEntry Parse(const v1::AuditLogEntry& entry) {
    v1::AuditEntry parsed;
    EXPECT_TRUE(parsed.ParseFromString(entry.entry()));
    return parsed;
  }

  facts::VerifyReport Verify() {
    const auto response = reader_.GetAuditCheckpoint({}, Soon());
    EXPECT_TRUE(response.ok()) << response.status();
    facts::FeedVerifier verifier(response->checkpoint(),
                                 *facts::VerifyingKey::FromPem(keys_.public_pem));
    for (const v1::AuditLogEntry& entry : Entries()) {
      if (!verifier.Add(AsLogEntry(entry))) break;
    }
    return verifier.Finish();
  }

  redress::testing::TestDatabase database_{Schema()};
  facts::testing::KeyPair keys_;
  facts::Checkpointer checkpointer_ =
      *facts::Checkpointer::FromPem("registry.audit", keys_.private_pem);
  base::SystemClock clock_;
  AuditReader reader_{database_.pool(), &checkpointer_, &clock_};
};

TEST_F(AuditTest, AnEntryIsOnDiskWhenItsAnswerComes) {
  AuditLog log(database_.pool());
  ASSERT_TRUE(log.RecordAndWait(Reading("officials/1", "cases/7")).ok());
  const auto entries = Entries();
  ASSERT_EQ(entries.size(), 1u);
  const v1::AuditEntry entry = Parse(entries[0]);
  EXPECT_EQ(entry.official(), "officials/1");
  EXPECT_EQ(entry.resources(0), "cases/7");
  EXPECT_EQ(entry.count(), 1);
  EXPECT_TRUE(entry.has_recorded_at());
  EXPECT_TRUE(Verify().ok());
}

TEST_F(AuditTest, ManyCallersShareBatches) {
  constexpr int kThreads = 8;
  constexpr int kEach = 400;
  std::atomic<int> batches{0};
  AuditLog::Options options;
  options.gauges = [&](const AuditLog::Gauges&) { ++batches; };
  AuditLog log(database_.pool(), options);
  absl::BlockingCounter done(kThreads * kEach);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        log.Record(Reading(absl::StrCat("officials/", t), absl::StrCat("cases/", i)),
                   [&](const absl::Status& status) {
                     EXPECT_TRUE(status.ok()) << status;
                     done.DecrementCount();
                   });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  done.Wait();
  EXPECT_LT(batches, kThreads * kEach / 10);
  const auto entries = Entries();
  ASSERT_EQ(entries.size(), static_cast<size_t>(kThreads * kEach));
  std::map<std::string, int> next;  // of one caller, in the order in which it asked
  for (const v1::AuditLogEntry& entry : entries) {
    const v1::AuditEntry parsed = Parse(entry);
    EXPECT_EQ(parsed.resources(0), absl::StrCat("cases/", next[parsed.official()]++));
  }
  EXPECT_TRUE(Verify().ok());
}

TEST_F(AuditTest, TenThousandASecond) {
  constexpr int kEntries = 20000;
  AuditLog log(database_.pool());
  const absl::Time start = absl::Now();
  absl::BlockingCounter done(kEntries);
  for (int i = 0; i < kEntries; ++i) {
    log.Record(Reading("officials/1", absl::StrCat("cases/", i)), [&](const absl::Status& status) {
      EXPECT_TRUE(status.ok()) << status;
      done.DecrementCount();
    });
  }
  done.Wait();
  const double rate = kEntries / absl::ToDoubleSeconds(absl::Now() - start);
  RecordProperty("entries_per_second", static_cast<int>(rate));
  std::printf("%.0f entries/s\n", rate);
  EXPECT_GT(Verify().entries, kEntries - 1);
}

TEST_F(AuditTest, TwoReplicasWriteOneTree) {
  db::Pool other(database_.endpoint());
  AuditLog first(database_.pool());
  AuditLog second(other);
  absl::BlockingCounter done(800);
  std::thread busy([&] {
    for (int i = 0; i < 400; ++i) {
      second.Record(Reading("officials/2", "cases/1"), [&](const absl::Status& status) {
        EXPECT_TRUE(status.ok()) << status;
        done.DecrementCount();
      });
      absl::SleepFor(absl::Microseconds(100));
    }
  });
  for (int i = 0; i < 400; ++i) {
    first.Record(Reading("officials/1", "cases/1"), [&](const absl::Status& status) {
      EXPECT_TRUE(status.ok()) << status;
      done.DecrementCount();
    });
    absl::SleepFor(absl::Microseconds(100));
  }
  busy.join();
  done.Wait();
  EXPECT_EQ(Entries().size(), 800u);
  const facts::VerifyReport report = Verify();
  EXPECT_TRUE(report.ok()) << report.detail;
}

TEST_F(AuditTest, WithoutADatabaseTheAnswerIsUnavailable) {
  db::Endpoint nowhere = database_.endpoint();
  nowhere.socket = "/nonexistent/socket";
  db::Pool pool(nowhere);
  std::atomic<int> failures{0};
  AuditLog::Options options;
  options.timeout = absl::Seconds(1);
  options.failed = [&](const absl::Status&) { ++failures; };
  AuditLog log(pool, options);
  const absl::Status status = log.RecordAndWait(Reading("officials/1", "cases/1"));
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_EQ(status::ReasonOf(status), status::kUnavailable);
  EXPECT_GE(failures, 1);
}

TEST_F(AuditTest, ABatchThatFailsIsRefusedAndTheNextOneWorks) {
  AuditLog log(database_.pool());
  ASSERT_TRUE(log.RecordAndWait(Reading("officials/1", "cases/1")).ok());
  // The position that is due is taken: the transaction fails after the head was moved.
  ASSERT_TRUE(database_.admin().ExecuteText("INSERT INTO audit_entry VALUES (1, '', '', '')").ok());
  EXPECT_TRUE(absl::IsUnavailable(log.RecordAndWait(Reading("officials/1", "cases/2"))));
  ASSERT_TRUE(database_.admin().ExecuteText("DELETE FROM audit_entry WHERE position = 1").ok());
  ASSERT_TRUE(log.RecordAndWait(Reading("officials/1", "cases/3")).ok());
  const auto entries = Entries();
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(Parse(entries[1]).resources(0), "cases/3");
  EXPECT_TRUE(Verify().ok());
}

TEST_F(AuditTest, DenialsAreCountedPerCaller) {
  AuditLog::Options options;
  options.denial_window = absl::Milliseconds(300);
  AuditLog log(database_.pool(), options);
  for (int i = 0; i < 100; ++i) log.RecordDenial(Denial("officials/1"));
  log.RecordDenial(Denial("officials/2"));
  const auto counted = [&] {
    std::map<std::string, std::vector<int64_t>> counts;
    for (const v1::AuditLogEntry& entry : Entries()) {
      const v1::AuditEntry parsed = Parse(entry);
      EXPECT_EQ(parsed.outcome(), v1::AUDIT_OUTCOME_DENIED);
      counts[parsed.subject()].push_back(parsed.count());
    }
    return counts;
  };
  for (const absl::Time end = Soon(); absl::Now() < end && counted()["officials/1"].size() < 2;) {
    absl::SleepFor(absl::Milliseconds(10));
  }
  const auto counts = counted();
  EXPECT_THAT(counts.at("officials/1"), ::testing::ElementsAre(1, 99));
  EXPECT_THAT(counts.at("officials/2"), ::testing::ElementsAre(1));
  EXPECT_TRUE(Verify().ok());
}

TEST_F(AuditTest, TooManyDeniedCallersAreCountedTogether) {
  AuditLog::Options options;
  options.max_denials = 3;
  AuditLog log(database_.pool(), options);
  for (int i = 0; i < 10; ++i) log.RecordDenial(Denial(absl::StrCat("officials/", i)));
  log.Stop();  // writes what was counted
  int64_t total = 0;
  int64_t nameless = 0;
  for (const v1::AuditLogEntry& entry : Entries()) {
    const v1::AuditEntry parsed = Parse(entry);
    total += parsed.count();
    if (parsed.subject().empty()) nameless += parsed.count();
  }
  EXPECT_EQ(total, 10);
  EXPECT_EQ(nameless, 7);
}

TEST_F(AuditTest, DenialsOutliveADatabaseThatIsAway) {
  AuditLog::Options options;
  options.denial_window = absl::Milliseconds(300);
  options.timeout = absl::Milliseconds(200);
  AuditLog log(database_.pool(), options);
  ASSERT_TRUE(log.RecordAndWait(Reading("officials/1", "cases/1")).ok());
  ASSERT_TRUE(database_.admin().ExecuteText("RENAME TABLE audit_entry TO away").ok());
  log.RecordDenial(Denial("officials/2"));
  log.RecordDenial(Denial("officials/2"));
  absl::SleepFor(absl::Milliseconds(100));
  ASSERT_TRUE(database_.admin().ExecuteText("RENAME TABLE away TO audit_entry").ok());
  int64_t denials = 0;
  for (const absl::Time end = Soon(); absl::Now() < end && denials < 2;) {
    absl::SleepFor(absl::Milliseconds(20));
    denials = 0;
    const auto entries = Entries();
    for (size_t i = 1; i < entries.size(); ++i) denials += Parse(entries[i]).count();
  }
  EXPECT_EQ(denials, 2);
}

TEST_F(AuditTest, StoppingWritesWhatWaitsAndRefusesWhatComesLater) {
  AuditLog log(database_.pool());
  std::atomic<int> written{0};
  for (int i = 0; i < 100; ++i) {
    log.Record(Reading("officials/1", "cases/1"), [&](const absl::Status& status) {
      if (status.ok()) ++written;
    });
  }
  log.Stop();
  EXPECT_EQ(written, 100);
  EXPECT_EQ(Entries().size(), 100u);
  EXPECT_TRUE(absl::IsUnavailable(log.RecordAndWait(Reading("officials/1", "cases/1"))));
}

TEST_F(AuditTest, TheServiceCanWriteAndReadButNotChangeOrDelete) {
  db::Pool pool(database_.RestrictedUser(Grants()));
  {
    AuditLog log(pool);
    ASSERT_TRUE(log.RecordAndWait(Reading("officials/1", "cases/1")).ok());
  }
  constexpr int kTableAccessDenied = 1142;
  auto lease = pool.Acquire(Soon());
  ASSERT_TRUE(lease.ok());
  for (const char* sql : {"UPDATE audit_entry SET bytes = ''", "DELETE FROM audit_entry",
                          "DELETE FROM audit_head", "TRUNCATE TABLE audit_entry"}) {
    EXPECT_EQ(db::ErrnoOf((*lease)->ExecuteText(sql)), kTableAccessDenied) << sql;
  }
}

TEST_F(AuditTest, TamperingIsFound) {
  {
    AuditLog log(database_.pool());
    for (int i = 0; i < 5; ++i) {
      ASSERT_TRUE(log.RecordAndWait(Reading("officials/1", absl::StrCat("cases/", i))).ok());
    }
  }
  ASSERT_TRUE(database_.admin()
                  .ExecuteText("UPDATE audit_entry SET bytes = CONCAT(bytes, X'00') "
                               "WHERE position = 2")
                  .ok());
  const facts::VerifyReport report = Verify();
  EXPECT_EQ(report.fault, facts::Fault::kAltered);
  EXPECT_EQ(report.first_bad_position, 2);
}

}  // namespace
}  // namespace redress::audit
