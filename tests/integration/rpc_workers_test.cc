// Rpcs that other services wait for have threads of their own: two services whose workers all wait
// for each other still answer each other.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <memory>

#include "absl/synchronization/notification.h"
#include "redress/assignment/v1/assignment.grpc.pb.h"
#include "redress/facts/v1/feed.grpc.pb.h"
#include "tests/integration/probe_service.h"
#include "tests/integration/record_service.h"

namespace redress::rpc {
namespace {

// Serves an rpc with an answer that says nothing.
template <class Req, class Resp>
Serve Nothing() {
  return ServeBy(
      std::function([](const Call&, const Req&) -> absl::StatusOr<Resp> { return Resp(); }));
}

// What an rpc ends with for a caller without credentials, who is refused by a worker.
template <class Stub, class Req, class Resp>
grpc::StatusCode CodeOf(Stub& stub,
                        grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&, Resp*),
                        absl::Duration within) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + within));
  Resp response;
  return (stub.*method)(&context, Req(), &response).error_code();
}

TEST(WorkersTest, WhatOtherServicesWaitForIsAnsweredWhileAllOthersWait) {
  testing::RecordService records("assignment", {}, "");
  metrics::Registry registry;
  metrics::RpcMetrics rpc_metrics(registry);
  MethodTable methods(rpc_metrics);
  ASSERT_TRUE(methods.Add(*facts::v1::ListFactsRequest::descriptor()->file()->service(0)).ok());
  ASSERT_TRUE(
      methods.Add(*assignment::v1::GetOfficialRequest::descriptor()->file()->service(0)).ok());
  WorkerPool workers(1, 16);
  WorkerPool inner(1, 16);
  const Runtime runtime{methods, records.runtime().tokens, records.runtime().clock, workers,
                        inner,   records.runtime().audit};
  const auto feed = testing::ProbeService(
      runtime, facts::v1::FactFeedService::service_full_name(),
      {{"ListFacts", Nothing<facts::v1::ListFactsRequest, facts::v1::ListFactsResponse>()}});
  const auto units = testing::ProbeService(
      runtime, assignment::v1::AssignmentService::service_full_name(),
      {{"GetOfficial",
        Nothing<assignment::v1::GetOfficialRequest, assignment::v1::GetOfficialResponse>()}});
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(feed.get());
  builder.RegisterService(units.get());
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  const auto channel =
      grpc::CreateChannel(absl::StrCat("127.0.0.1:", port), grpc::InsecureChannelCredentials());
  const auto feed_stub = facts::v1::FactFeedService::NewStub(channel);
  const auto unit_stub = assignment::v1::AssignmentService::NewStub(channel);
  using FeedStub = facts::v1::FactFeedService::Stub;
  using UnitStub = assignment::v1::AssignmentService::Stub;

  absl::Notification answered;
  ASSERT_TRUE(workers.TrySubmit([&answered] { answered.WaitForNotification(); }));
  EXPECT_EQ(CodeOf(*unit_stub, &UnitStub::GetOfficial, absl::Milliseconds(300)),
            grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_EQ(CodeOf(*feed_stub, &FeedStub::ListFacts, absl::Seconds(20)),
            grpc::StatusCode::UNAUTHENTICATED);
  answered.Notify();
  EXPECT_EQ(CodeOf(*unit_stub, &UnitStub::GetOfficial, absl::Seconds(20)),
            grpc::StatusCode::UNAUTHENTICATED);
  server->Shutdown();
}

}  // namespace
}  // namespace redress::rpc
