// What a server bounds: calls, answers on their way, connections.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/rpc/answers.h"
#include "common/rpc/call.h"
#include "common/rpc/call_gate.h"
#include "common/rpc/connections.h"

namespace redress::rpc {
namespace {

const absl::Time kNow = absl::UnixEpoch() + absl::Hours(1);

TEST(CallGateTest, OneMoreThanTheMostIsRefusedUntilOneLeaves) {
  CallGate gate(2);
  EXPECT_EQ(gate.Enter(), CallGate::Entry::kEntered);
  EXPECT_EQ(gate.Enter(), CallGate::Entry::kEntered);
  EXPECT_EQ(gate.Enter(), CallGate::Entry::kFull);
  EXPECT_EQ(gate.inside(), 2);
  gate.Leave();
  EXPECT_EQ(gate.Enter(), CallGate::Entry::kEntered);
  EXPECT_FALSE(gate.Close(absl::ZeroDuration()));
  EXPECT_EQ(gate.Enter(), CallGate::Entry::kClosed) << "closed is said before full";
}

TEST(CallTest, IsWantedUntilItsDeadlineAndWhileTheCallerIsThere) {
  Call call;
  call.deadline = kNow;
  EXPECT_TRUE(call.Wanted(kNow - absl::Milliseconds(1)));
  EXPECT_FALSE(call.Wanted(kNow));
  auto gone = std::make_shared<std::atomic<bool>>(false);
  call.gone = gone;
  EXPECT_TRUE(call.Wanted(kNow - absl::Milliseconds(1)));
  *gone = true;
  EXPECT_FALSE(call.Wanted(kNow - absl::Milliseconds(1)));
}

Answers::Options SmallAnswers() {
  Answers::Options options;
  options.most_bytes = 1000;
  options.most_bytes_of_caller = 600;
  options.counted_from = 10;
  options.patience = absl::Seconds(20);
  return options;
}

TEST(AnswersTest, TogetherAndPerCallerTheyAreBounded) {
  Answers answers(SmallAnswers());
  const std::array<int, 8> a = {};
  EXPECT_TRUE(answers.Take(&a[0], "one", 9, kNow, nullptr)) << "small ones are not counted";
  EXPECT_EQ(answers.bytes(), 0);
  EXPECT_TRUE(answers.Take(&a[1], "one", 400, kNow, nullptr));
  EXPECT_FALSE(answers.Take(&a[2], "one", 300, kNow, nullptr)) << "too much for one caller";
  EXPECT_TRUE(answers.Take(&a[3], "two", 500, kNow, nullptr));
  EXPECT_FALSE(answers.Take(&a[4], "three", 200, kNow, nullptr)) << "too much for all";
  EXPECT_EQ(answers.bytes(), 900);
  answers.Return(&a[2]);  // was never taken
  EXPECT_EQ(answers.bytes(), 900);
  answers.Return(&a[1]);
  EXPECT_TRUE(answers.Take(&a[4], "three", 200, kNow, nullptr));
  EXPECT_EQ(answers.bytes(), 700);
}

TEST(AnswersTest, OneLargeAnswerIsGivenToWhoeverHasNoOther) {
  Answers answers(SmallAnswers());
  const std::array<int, 2> a = {};
  EXPECT_TRUE(answers.Take(&a[0], "one", 900, kNow, nullptr));
  EXPECT_FALSE(answers.Take(&a[1], "one", 50, kNow, nullptr));
}

TEST(AnswersTest, WhoTakesAnAnswerTooSlowlyIsCutOffWhenItsRoomIsNeeded) {
  Answers answers(SmallAnswers());
  const std::array<int, 3> a = {};
  int cut = 0;
  EXPECT_TRUE(answers.Take(&a[0], "slow", 600, kNow, [&cut] { ++cut; }));
  EXPECT_FALSE(answers.Take(&a[1], "other", 500, kNow + absl::Seconds(19), nullptr));
  EXPECT_EQ(cut, 0) << "within its patience";
  EXPECT_FALSE(answers.Take(&a[1], "other", 500, kNow + absl::Seconds(21), nullptr));
  EXPECT_FALSE(answers.Take(&a[1], "other", 500, kNow + absl::Seconds(22), nullptr));
  EXPECT_EQ(cut, 1) << "once";
  answers.Return(&a[0]);
  EXPECT_TRUE(answers.Take(&a[1], "other", 500, kNow + absl::Seconds(23), nullptr));
}

// Our end and the client's of a connection.
struct Pair {
  Pair() { EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0); }
  ~Pair() {
    close(ends[0]);
    close(ends[1]);
  }
  // Whether our end was shut down.
  bool Shut() const {
    char byte = 0;
    return recv(ends[1], &byte, 1, MSG_DONTWAIT) == 0;
  }
  std::array<int, 2> ends = {};
};

class ConnectionsTest : public ::testing::Test {
 protected:
  bool Add(int i, absl::Duration after = absl::ZeroDuration()) {
    return connections_.Add(pairs_[i].ends[0], absl::StrCat("ipv4:127.0.0.1:", i), kNow + after);
  }
  void Known(int i) { connections_.Known(absl::StrCat("ipv4:127.0.0.1:", i)); }

  Connections connections_{{.most = 3, .grace = absl::Seconds(2)}};
  std::array<Pair, 6> pairs_;
};

TEST_F(ConnectionsTest, TheOldestWhoNeverSaidWhoTheyAreMakesWay) {
  for (int i : {0, 1, 2}) EXPECT_TRUE(Add(i));
  Known(0);
  EXPECT_FALSE(Add(3, absl::Seconds(1))) << "all are within their grace";
  EXPECT_TRUE(Add(4, absl::Seconds(3)));
  EXPECT_FALSE(pairs_[0].Shut()) << "its caller is known";
  EXPECT_TRUE(pairs_[1].Shut());
  EXPECT_FALSE(pairs_[2].Shut());
  EXPECT_EQ(connections_.open(), 3u);
}

TEST_F(ConnectionsTest, KnownCallersAreNeverBrokenOff) {
  for (int i : {0, 1, 2}) EXPECT_TRUE(Add(i));
  for (int i : {0, 1, 2}) Known(i);
  Known(5);  // not among them
  EXPECT_FALSE(Add(3, absl::Hours(1)));
  for (int i : {0, 1, 2}) EXPECT_FALSE(pairs_[i].Shut());
}

TEST_F(ConnectionsTest, WhatIsClosedCountsNoMoreEvenWhereItsNumberIsUsedAgain) {
  for (int i : {0, 1, 2}) EXPECT_TRUE(Add(i));
  for (int i : {0, 1, 2}) Known(i);
  // gRPC closes the socket, and the number goes to another one, which is nobody's connection.
  ASSERT_EQ(dup2(pairs_[5].ends[0], pairs_[1].ends[0]), pairs_[1].ends[0]);
  EXPECT_TRUE(Add(3, absl::Seconds(1)));
  EXPECT_EQ(connections_.open(), 3u);
  EXPECT_FALSE(pairs_[5].Shut());
}

}  // namespace
}  // namespace redress::rpc
