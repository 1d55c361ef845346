#include "common/fsm/fsm.h"

#include <gmock/gmock.h>
#include <google/protobuf/type.pb.h>
#include <gtest/gtest.h>

#include "common/fsm/print.h"
#include "common/status/error.h"

namespace redress::fsm {
namespace {

using ::testing::ElementsAre;

enum class State { kOpen, kClosing, kClosed, kLost };
enum class Action { kPropose, kApprove, kDecline, kReopen, kDream };
enum class Role { kClerk, kHead };

constexpr Transition<State, Action> kMoves[] = {
    {State::kOpen, Action::kPropose, State::kClosing},
    {State::kClosing, Action::kApprove, State::kClosed},
    {State::kClosing, Action::kDecline, State::kOpen},
    {State::kClosed, Action::kReopen, State::kOpen},
};
constexpr Table kTable(State::kOpen, kMoves);

// The point of the library: a wrong table does not compile.
static_assert(kTable.Deterministic());
static_assert(kTable.Next(State::kOpen, Action::kPropose) == State::kClosing);
static_assert(!kTable.Allows(State::kOpen, Action::kApprove));
static_assert(kTable.Reachable(State::kClosed));
static_assert(!kTable.Reachable(State::kLost));
static_assert(kTable.Uses(Action::kReopen) && !kTable.Uses(Action::kDream));
static_assert(!kTable.Final(State::kClosed) && kTable.Final(State::kLost));
constexpr State kUsed[] = {State::kOpen, State::kClosing, State::kClosed};
constexpr Action kDone[] = {Action::kPropose, Action::kApprove, Action::kDecline, Action::kReopen};
constexpr Action kAll[] = {Action::kPropose, Action::kDream};
static_assert(kTable.Complete(kUsed, kDone));
static_assert(!kTable.Complete(kUsed, kAll));

const Names<State>& States() {
  static const Names<State> names({{State::kOpen, "OPEN"},
                                   {State::kClosing, "CLOSING"},
                                   {State::kClosed, "CLOSED"},
                                   {State::kLost, "LOST"}});
  return names;
}

const Names<Action>& Actions() {
  static const Names<Action> names({{Action::kPropose, "PROPOSE"},
                                    {Action::kApprove, "APPROVE"},
                                    {Action::kDecline, "DECLINE"},
                                    {Action::kReopen, "REOPEN"},
                                    {Action::kDream, "DREAM"}});
  return names;
}

TEST(Table, PrintsStateByAction) {
  EXPECT_EQ(Text(kTable, States(), Actions()),
            "state    PROPOSE  APPROVE  DECLINE  REOPEN  DREAM\n"
            "OPEN *   CLOSING  -        -        -       -\n"
            "CLOSING  -        CLOSED   OPEN     -       -\n"
            "CLOSED   -        -        -        OPEN    -\n"
            "LOST     -        -        -        -       -\n");
  EXPECT_EQ(Markdown(kTable, States(), Names<Action>({{Action::kPropose, "PROPOSE"}})),
            "| state | PROPOSE |\n|---|---|\n| OPEN * | CLOSING |\n| CLOSING | - |\n"
            "| CLOSED | - |\n| LOST | - |\n");
}

TEST(Table, PrintsStateByActionByRole) {
  const Names<Role> roles({{Role::kClerk, "CLERK"}, {Role::kHead, "HEAD"}});
  const auto may = [](Role role, Action action) {
    return role == Role::kHead || action == Action::kPropose;
  };
  EXPECT_EQ(Text(kTable, States(), Actions(), roles, may),
            "state    action   next     CLERK  HEAD\n"
            "OPEN     PROPOSE  CLOSING  yes    yes\n"
            "CLOSING  APPROVE  CLOSED   -      yes\n"
            "CLOSING  DECLINE  OPEN     -      yes\n"
            "CLOSED   REOPEN   OPEN     -      yes\n");
  EXPECT_THAT(
      Markdown(kTable, States(), Actions(), roles, may),
      testing::StartsWith("| state | action | next | CLERK | HEAD |\n|---|---|---|---|---|\n"
                          "| OPEN | PROPOSE | CLOSING | yes | yes |\n"));
}

TEST(Table, ReportsProblems) {
  EXPECT_THAT(Problems(kTable, States(), Actions()),
              ElementsAre("unreachable state LOST", "unused action DREAM"));
  constexpr Transition<State, Action> kTwice[] = {
      {State::kOpen, Action::kPropose, State::kClosing},
      {State::kOpen, Action::kPropose, State::kClosed},
  };
  constexpr Table kWrong(State::kOpen, kTwice);
  static_assert(!kWrong.Deterministic());
  EXPECT_THAT(Problems(kWrong,
                       Names<State>({{State::kOpen, "OPEN"},
                                     {State::kClosing, "CLOSING"},
                                     {State::kClosed, "CLOSED"}}),
                       Names<Action>({{Action::kPropose, "PROPOSE"}})),
              ElementsAre("two answers to one action in one state"));
}

TEST(Table, ReachesThroughCyclesInAnyOrder) {
  constexpr Transition<State, Action> kBackwards[] = {
      {State::kClosed, Action::kDream, State::kLost},
      {State::kClosing, Action::kApprove, State::kClosed},
      {State::kOpen, Action::kPropose, State::kClosing},
      {State::kLost, Action::kReopen, State::kOpen},
  };
  constexpr Table kTurned(State::kOpen, kBackwards);
  static_assert(kTurned.Reachable(State::kLost));
  EXPECT_THAT(kTurned.ActionsIn(State::kClosed), ElementsAre(Action::kDream));
}

TEST(Require, NamesTheStatesThatAllowIt) {
  EXPECT_EQ(*Require(kTable, State::kOpen, Action::kPropose, States(), Actions(), "R", "cases/1"),
            State::kClosing);
  const absl::Status refused = Require(kTable, State::kOpen, Action::kApprove, States(), Actions(),
                                       "CASE_NOT_CLOSING", "cases/1")
                                   .status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(status::ReasonOf(refused), "CASE_NOT_CLOSING");
  const auto violations = status::ViolationsOf(refused);
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_EQ(violations[0].type, "STATE");
  EXPECT_EQ(violations[0].subject, "cases/1");
  EXPECT_EQ(violations[0].description,
            "APPROVE is not allowed in state OPEN; it is allowed in CLOSING");
  EXPECT_THAT(
      std::string(Require(kTable, State::kOpen, Action::kDream, States(), Actions(), "R", "s")
                      .status()
                      .message()),
      testing::EndsWith("allowed in no state"));
}

TEST(ProtoNames, StripsPrefixAndZero) {
  const auto names = ProtoNames<google::protobuf::Field_Cardinality>("CARDINALITY_");
  ASSERT_EQ(names.all().size(), 3u);
  EXPECT_EQ(names.Of(google::protobuf::Field_Cardinality_CARDINALITY_REPEATED), "REPEATED");
  EXPECT_EQ(names.Of(google::protobuf::Field_Cardinality_CARDINALITY_UNKNOWN), "?");
  EXPECT_THAT(names.all()[0].second, "OPTIONAL");
}

}  // namespace
}  // namespace redress::fsm
