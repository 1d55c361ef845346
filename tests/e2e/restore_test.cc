// The database of one service is put back from a backup, as deploy/README.md says, while the other
// four run: who follows it notices, says so and goes on answering; two persons accept the restore;
// then all is followed again, and no registration number is given twice.
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "redress/registry/v1/registry.grpc.pb.h"
#include "redress/supervision/v1/supervision.grpc.pb.h"
#include "tests/e2e/program.h"
#include "tests/e2e/world.h"
#include "tests/integration/testdb/testdb.h"

namespace redress::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using RegistryStub = registry::v1::RegistryService::Stub;
using SupervisionStub = supervision::v1::SupervisionService::Stub;

constexpr absl::Duration kPatience = absl::Seconds(30);

class RestoreTest : public ::testing::Test {
 protected:
  RestoreTest()
      : operator_(cluster_.Person(
            {.official = "officials/operator", .roles = {types::v1::ROLE_OPERATOR}})),
        inspector_(cluster_.Person({.official = "officials/inspector",
                                    .region = kTownship,
                                    .roles = {types::v1::ROLE_INSPECTOR}})) {}

  static void MustRun(std::vector<std::string> command) {
    const std::string name = command.front();
    Program program(std::move(command));
    const int code = program.Wait();
    ASSERT_EQ(code, 0) << name << ": " << program.output() << program.errors();
  }
  std::string BackupFile() const { return cluster_.Folder() + "/registry.sql"; }
  void BackUpRegistry() {
    const db::Endpoint server = TestServer();
    MustRun({"/usr/bin/mariadb-dump", "--no-defaults", "--single-transaction",
             absl::StrCat("--socket=", server.socket), absl::StrCat("--user=", server.user),
             absl::StrCat("--result-file=", BackupFile()), cluster_.DatabaseName("registry")});
  }
  void RestoreRegistry() {
    const db::Endpoint server = TestServer();
    MustRun({"/usr/bin/mariadb", "--no-defaults", absl::StrCat("--socket=", server.socket),
             absl::StrCat("--user=", server.user),
             absl::StrCat("--database=", cluster_.DatabaseName("registry")),
             absl::StrCat("--execute=SOURCE ", BackupFile())});
  }
  void SkipNumbers(int by) {
    const db::Endpoint server = TestServer();
    MustRun({cluster_.BinaryOf("registry"), "skip-numbers",
             absl::StrCat("--db-socket=", server.socket), absl::StrCat("--db-user=", server.user),
             absl::StrCat("--db-name=", cluster_.DatabaseName("registry")),
             absl::StrCat("--by=", by), "--reason=put back from the backup of today"});
  }

  supervision::v1::GetProjectionResponse Projection() {
    const auto answer =
        operator_.Call(&SupervisionStub::GetProjection, supervision::v1::GetProjectionRequest());
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.value_or(supervision::v1::GetProjectionResponse());
  }
  static bool Await(const std::function<bool()>& there) {
    const absl::Time give_up = absl::Now() + kPatience;
    while (!there()) {
      if (absl::Now() > give_up) return false;
      absl::SleepFor(absl::Milliseconds(100));
    }
    return true;
  }
  absl::StatusOr<supervision::v1::GetCaseEvaluationResponse> Evaluation(const std::string& name) {
    supervision::v1::GetCaseEvaluationRequest request;
    request.set_case_name(name);
    return world_.clerk().Call(&SupervisionStub::GetCaseEvaluation, request);
  }
  bool Followed(const std::string& name) { return Evaluation(name).ok(); }
  absl::StatusOr<supervision::v1::GetLedgerResponse> Ledger() {
    supervision::v1::GetLedgerRequest request;
    request.set_campaign(world_.campaign());
    return world_.clerk().Call(&SupervisionStub::GetLedger, request);
  }
  std::string Register(std::string* number) {
    const auto made = world_.clerk().Call(&RegistryStub::RegisterCase, world_.NewCase());
    EXPECT_TRUE(made.ok()) << made.status();
    if (!made.ok()) return "";
    *number = made->case_file().registration_number();
    return made->case_file().name();
  }
  absl::StatusOr<supervision::v1::ProposeFeedRestoreResponse> Propose(const Client& who,
                                                                      const std::string& root) {
    supervision::v1::ProposeFeedRestoreRequest request;
    request.set_service("registry");
    request.set_feed_root(root);
    return who.Call(&SupervisionStub::ProposeFeedRestore, request);
  }
  absl::StatusOr<supervision::v1::AcceptFeedRestoreResponse> Accept(const Client& who,
                                                                    const std::string& name) {
    supervision::v1::AcceptFeedRestoreRequest request;
    request.set_name(name);
    return who.Call(&SupervisionStub::AcceptFeedRestore, request);
  }

  Cluster cluster_;
  World world_{cluster_};
  const Client operator_;
  const Client inspector_;
};

TEST_F(RestoreTest, IsNoticedAcceptedByTwoAndFollowedAgain) {
  std::string kept_number, lost_number, next_number;
  const std::string kept = Register(&kept_number);
  ASSERT_TRUE(world_.Assign(kept).ok());
  BackUpRegistry();
  const std::string lost = Register(&lost_number);
  ASSERT_TRUE(Await([&] { return Followed(kept) && Followed(lost); }));

  ASSERT_EQ(cluster_.Terminate("registry"), 0);
  RestoreRegistry();
  SkipNumbers(100);
  cluster_.Start("registry");

  // Noticed, said in every answer, and what was known is still told.
  ASSERT_TRUE(Await([&] { return Projection().warnings_size() == 1; }));
  const supervision::v1::FeedContradiction found = Projection().warnings(0);
  EXPECT_EQ(found.service(), "registry");
  // The lost case was registered with one claim and its first round.
  EXPECT_EQ(found.known_size(), found.feed_size() + 3) << found.ShortDebugString();
  EXPECT_THAT(cluster_.Log("supervision"), HasSubstr("feed_contradicted"));
  EXPECT_TRUE(Await([&] {
    return cluster_.Metrics("supervision").find("redress_feed_contradicted{feed=\"registry\"} 1") !=
           std::string::npos;
  }));
  const auto ledger = Ledger();
  ASSERT_TRUE(ledger.ok()) << ledger.status();
  ASSERT_EQ(ledger->rows_size(), 1) << "the lost case is one that registry cannot confirm";
  EXPECT_EQ(ledger->rows(0).case_name(), kept);
  EXPECT_EQ(ledger->warnings_size(), 1);

  // Work goes on; the number on the paper of the lost case is not given to another one.
  const std::string next = Register(&next_number);
  EXPECT_NE(next_number, lost_number);
  EXPECT_TRUE(world_.Assign(next).ok());
  EXPECT_FALSE(Followed(next)) << "nothing of a contradicted feed is taken";

  // What is proposed is the feed as it is now, by one person; another one accepts it.
  EXPECT_EQ(status::ReasonOf(Propose(operator_, std::string(64, '0')).status()),
            "RESTORE_OUTDATED");
  EXPECT_TRUE(absl::IsPermissionDenied(Propose(world_.clerk(), std::string(64, '0')).status()));
  absl::StatusOr<supervision::v1::ProposeFeedRestoreResponse> proposed;
  ASSERT_TRUE(Await([&] {
    const auto warnings = Projection().warnings();
    if (warnings.empty()) return false;
    proposed = Propose(operator_, absl::BytesToHexString(warnings[0].feed_root()));
    return proposed.ok();
  })) << proposed.status();
  const std::string restore = proposed->restore().name();
  EXPECT_EQ(status::ReasonOf(Accept(operator_, restore).status()), "RESTORE_NEEDS_SECOND_PERSON");
  const auto accepted = Accept(inspector_, restore);
  ASSERT_TRUE(accepted.ok()) << accepted.status();

  // All is followed anew: what is in the restored feed is known, what is not is gone.
  ASSERT_TRUE(Await([&] { return Followed(kept) && Followed(next); }));
  EXPECT_THAT(Projection().warnings(), IsEmpty());
  ASSERT_EQ(Projection().restores_size(), 1);
  EXPECT_THAT(Projection().restores(0).proposed_by(), Not(IsEmpty()));
  EXPECT_THAT(Projection().restores(0).accepted_by(), Not(IsEmpty()));
  EXPECT_TRUE(absl::IsNotFound(Evaluation(lost).status())) << Evaluation(lost).status();
  EXPECT_TRUE(Await([&] {
    return cluster_.Metrics("supervision").find("redress_feed_contradicted{feed=\"registry\"} 0") !=
           std::string::npos;
  }));

  // The whole house works on what was restored.
  for (const std::string& name : {kept, next}) {
    const absl::Status equipped = world_.Equip(name);
    EXPECT_TRUE(equipped.ok()) << name << ": " << equipped;
    const absl::Status visited = world_.Visit(name);
    EXPECT_TRUE(visited.ok()) << name << ": " << visited;
  }
}

}  // namespace
}  // namespace redress::testing
