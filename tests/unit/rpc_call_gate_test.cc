#include "common/rpc/call_gate.h"

#include <gtest/gtest.h>

#include <thread>

#include "absl/synchronization/notification.h"

namespace redress::rpc {
namespace {

TEST(CallGateTest, NobodyEntersAClosedGate) {
  CallGate gate;
  EXPECT_EQ(gate.Enter(), CallGate::Entry::kEntered);
  gate.Leave();
  EXPECT_TRUE(gate.Close(absl::ZeroDuration()));
  EXPECT_EQ(gate.Enter(), CallGate::Entry::kClosed);
}

TEST(CallGateTest, ClosingWaitsForWhoIsInside) {
  CallGate gate;
  ASSERT_EQ(gate.Enter(), CallGate::Entry::kEntered);
  ASSERT_EQ(gate.Enter(), CallGate::Entry::kEntered);
  EXPECT_FALSE(gate.Close(absl::Milliseconds(20))) << "two are inside";
  EXPECT_EQ(gate.Enter(), CallGate::Entry::kClosed);
  gate.Leave();
  EXPECT_FALSE(gate.Close(absl::Milliseconds(20))) << "one is inside";
  absl::Notification begun;
  std::thread last([&] {
    begun.WaitForNotification();
    gate.Leave();
  });
  begun.Notify();
  EXPECT_TRUE(gate.Close(absl::Seconds(30)));
  last.join();
}

}  // namespace
}  // namespace redress::rpc
