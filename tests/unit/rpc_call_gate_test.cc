#include "common/rpc/call_gate.h"

#include <gtest/gtest.h>

#include <thread>

#include "absl/synchronization/notification.h"

namespace redress::rpc {
namespace {

TEST(CallGateTest, NobodyEntersAClosedGate) {
  CallGate gate;
  EXPECT_TRUE(gate.Enter());
  gate.Leave();
  EXPECT_TRUE(gate.Close(absl::ZeroDuration()));
  EXPECT_FALSE(gate.Enter());
}

TEST(CallGateTest, ClosingWaitsForWhoIsInside) {
  CallGate gate;
  ASSERT_TRUE(gate.Enter());
  ASSERT_TRUE(gate.Enter());
  EXPECT_FALSE(gate.Close(absl::Milliseconds(20))) << "two are inside";
  EXPECT_FALSE(gate.Enter());
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
