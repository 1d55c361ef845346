// How fast common/db is on this machine:
//
//   tests/with-mariadb build/release/bin/db_bench [seconds per figure]
//
// Prints operations per second and the time of one for: a read by key (through the pool, with and
// without a deadline), and a transaction of two inserts, by number of threads.
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/functional/function_ref.h"
#include "absl/time/clock.h"
#include "common/base/ids.h"
#include "common/db/connection.h"
#include "common/db/insert.h"
#include "common/db/transact.h"
#include "common/status/macros.h"
#include "tests/integration/testdb/testdb.h"

namespace redress::db {
namespace {

constexpr int kRows = 10000;
constexpr char kSchema[] = R"(
CREATE TABLE cases (id BINARY(16) NOT NULL PRIMARY KEY, version BIGINT NOT NULL, body BLOB NOT NULL);
CREATE TABLE fact (id BINARY(16) NOT NULL PRIMARY KEY, case_id BINARY(16) NOT NULL,
                   body BLOB NOT NULL, KEY by_case (case_id));
)";

std::string NewId() { return base::UuidBytes(base::NewUuid(absl::Now())); }

void Measure(const char* name, int threads, absl::Duration duration,
             absl::FunctionRef<absl::Status(int)> operation) {
  const absl::Time end = absl::Now() + duration;
  std::vector<std::vector<double>> micros(threads);
  std::atomic<int> failed{0};
  std::vector<std::thread> running;
  for (int t = 0; t < threads; ++t) {
    running.emplace_back([&, t] {
      for (absl::Time start = absl::Now(); start < end;) {
        if (!operation(t).ok()) ++failed;
        const absl::Time now = absl::Now();
        micros[t].push_back(absl::ToDoubleMicroseconds(now - start));
        start = now;
      }
    });
  }
  for (std::thread& thread : running) thread.join();
  std::vector<double> all;
  for (const auto& some : micros) all.insert(all.end(), some.begin(), some.end());
  absl::c_sort(all);
  std::printf("%-34s %2d threads  %8.0f/s  p50 %7.0f us  p99 %7.0f us  failed %d\n", name, threads,
              all.size() / absl::ToDoubleSeconds(duration), all[all.size() / 2],
              all[all.size() * 99 / 100], failed.load());
  std::fflush(stdout);
}

absl::Status Fill(Connection& conn, std::vector<std::string>& ids) {
  InsertBuilder insert = Insert("cases", {"id", "version", "body"});
  for (int i = 0; i < kRows; ++i) {
    ids.push_back(NewId());
    insert.Row({ids.back(), 1, base::RandomBytes(600)});
  }
  return insert.Run(conn);
}

int Main(absl::Duration duration) {
  Pool::Options options;
  options.max_connections = 64;
  redress::testing::TestDatabase database({Migration{1, "bench", kSchema}}, options);
  Pool& pool = database.pool();
  std::vector<std::string> ids;
  if (!Fill(database.admin(), ids).ok()) return 1;

  for (const bool limited : {false, true}) {
    for (const int threads : {1, 4, 8}) {
      std::vector<size_t> at(threads);
      Measure(limited ? "select by key, with deadline" : "select by key, no deadline", threads,
              duration, [&](int t) {
                const std::string& id = ids[(at[t]++ * 7919 + t * 13) % ids.size()];
                const absl::Time deadline =
                    limited ? absl::Now() + absl::Seconds(5) : absl::InfiniteFuture();
                return Read(pool, deadline, [&](Connection& conn) {
                  return conn.Query("SELECT version, body FROM cases WHERE id = ?", {id}).status();
                });
              });
    }
  }
  const std::string body = base::RandomBytes(600);
  for (const bool limited : {false, true}) {
    for (const int threads : {1, 8, 16, 32}) {
      Measure(
          limited ? "two inserts + commit, with deadline" : "two inserts + commit, no deadline",
          threads, duration, [&](int) {
            const std::string id = NewId();
            const absl::Time deadline =
                limited ? absl::Now() + absl::Seconds(5) : absl::InfiniteFuture();
            return Transact(pool, deadline, [&](Connection& conn) -> absl::Status {
              RETURN_IF_ERROR(
                  Insert("cases", {"id", "version", "body"}).Row({id, 1, body}).Run(conn));
              return Insert("fact", {"id", "case_id", "body"}).Row({NewId(), id, body}).Run(conn);
            });
          });
    }
  }
  return 0;
}

}  // namespace
}  // namespace redress::db

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::atof(argv[1]) : 3;
  return redress::db::Main(absl::Seconds(seconds > 0 ? seconds : 3));
}
