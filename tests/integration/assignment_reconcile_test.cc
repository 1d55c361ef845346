// Access that was put back to an earlier day at registry, or an assignment that was put back here,
// does not last.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "common/facts/feed.h"
#include "services/assignment/access_reconciler.h"
#include "tests/integration/assignment_world.h"

namespace redress::assignment {
namespace {

using ::testing::UnorderedElementsAre;

absl::Time Soon() { return absl::Now() + absl::Seconds(20); }

class AssignmentReconcileTest : public AssignmentTest {
 protected:
  AssignmentReconcileTest() : facts_(store_->resources().pool(), records_.Mac()) {
    AccessReconciler::Options options;
    options.registry = peer_.channel;
    options.facts = &facts_;
    options.at_once = 2;
    options.differed = [this] { ++differed_; };
    options.behind = [this] { ++behind_; };
    reconciler_ = std::make_unique<AccessReconciler>(store_->resources(), std::move(options));
  }
  void Step() {
    ASSERT_TRUE(Sweep().ok());  // nothing of the ordinary way is left over
    const absl::Status status = reconciler_->Step(Soon());
    ASSERT_TRUE(status.ok()) << status;
  }

  facts::FeedReader facts_;
  std::unique_ptr<AccessReconciler> reconciler_;
  int differed_ = 0;
  int behind_ = 0;
};

TEST_F(AssignmentReconcileTest, TheEarlierLeadDoesNotReadAgain) {
  MustAssign();
  Step();
  const registry::v1::CaseAccess earlier = peer_.AccessOf(kCase);
  EXPECT_THAT(peer_.PartsOf(kCase), UnorderedElementsAre("ann:LEAD", "bob:OFFICER"));
  MustOffer();
  ASSERT_TRUE(Accept().ok());
  Step();
  EXPECT_EQ(differed_, 0) << "what the ordinary way did is no difference";
  const auto handed_over = peer_.PartsOf(kCase);

  peer_.PutBack(earlier);
  Step();
  EXPECT_EQ(differed_, 1);
  EXPECT_EQ(behind_, 0);
  EXPECT_THAT(peer_.PartsOf(kCase), ::testing::UnorderedElementsAreArray(handed_over));
  Step();
  EXPECT_EQ(differed_, 1);
}

TEST_F(AssignmentReconcileTest, AChangeUnderWayIsNotUndone) {
  MustAssign();
  MustOffer();
  ASSERT_TRUE(Sweep().ok());
  const registry::v1::CaseAccess offered = peer_.AccessOf(kCase);
  registry::v1::CaseAccess wrong = offered;
  wrong.mutable_participants()->Clear();
  peer_.PutBack(wrong);
  // A change that lies in the outbox: its access is in motion.
  ASSERT_TRUE(records_.database()
                  .admin()
                  .Execute("INSERT INTO access_intent VALUES (?, UNHEX(REPEAT('0', 32)), "
                           "UNHEX(REPEAT('0', 32)), 'x', '', NOW() + INTERVAL 1 HOUR)",
                           {kCase})
                  .ok());
  ASSERT_TRUE(reconciler_->Step(Soon()).ok());
  EXPECT_EQ(differed_, 0);
  ASSERT_TRUE(records_.database().admin().ExecuteText("DELETE FROM access_intent").ok());
  ASSERT_TRUE(reconciler_->Step(Soon()).ok());
  EXPECT_EQ(differed_, 1);
}

// The whole row, version, body and columns, as it was on an earlier day: it opens, and its facts
// speak of a later one. Nobody keeps a part by it; whoever has one by the facts does.
TEST_F(AssignmentReconcileTest, AnAssignmentThatWasPutBackIsNotBelieved) {
  MustAssign();
  const std::string columns = "version, body, lead_official, case_officer, responsible_unit";
  const auto earlier = records_.database().admin().Query("SELECT " + columns + " FROM assignment");
  MustOffer();
  ASSERT_TRUE(Accept().ok());
  Step();
  const db::Row row = (*earlier)[0];
  ASSERT_TRUE(records_.database()
                  .admin()
                  .Execute("UPDATE assignment SET version = ?, body = ?, lead_official = ?, "
                           "case_officer = ?, responsible_unit = ?",
                           {row.Int(0), row.Bytes(1), row.Text(2), row.Text(3), row.Text(4)})
                  .ok());
  EXPECT_EQ(LeadNow(), "officials/ann") << "by itself it cannot be told from a true one";
  Step();
  EXPECT_EQ(behind_, 1);
  EXPECT_THAT(peer_.PartsOf(kCase), UnorderedElementsAre("cao:LEAD", "bob:OFFICER"));
}

TEST_F(AssignmentReconcileTest, RegistryAwayIsTriedAgain) {
  MustAssign();
  ASSERT_TRUE(Sweep().ok());
  peer_.Set(Peer::Fault::kAway);
  EXPECT_TRUE(absl::IsUnavailable(reconciler_->Step(Soon())));
  peer_.Set(Peer::Fault::kNone);
  EXPECT_TRUE(reconciler_->Step(Soon()).ok());
}

}  // namespace
}  // namespace redress::assignment
