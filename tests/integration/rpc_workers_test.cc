// Rpcs that other services wait for have threads of their own: two services whose workers all wait
// for each other still answer each other.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <memory>

#include "absl/synchronization/notification.h"
#include "redress/assignment/v1/assignment.grpc.pb.h"
#include "redress/facts/v1/feed.grpc.pb.h"
#include "tests/integration/record_service.h"

namespace redress::rpc {
namespace {

class Feed final : public facts::v1::FactFeedService::CallbackService {
 public:
  explicit Feed(const Runtime& runtime) : runtime_(runtime) {}
  grpc::ServerUnaryReactor* ListFacts(grpc::CallbackServerContext* context,
                                      const facts::v1::ListFactsRequest* request,
                                      facts::v1::ListFactsResponse* response) override {
    return Handle(
        runtime_, context, request, response,
        [](const Call&,
           const facts::v1::ListFactsRequest&) -> absl::StatusOr<facts::v1::ListFactsResponse> {
          return facts::v1::ListFactsResponse();
        });
  }

 private:
  const Runtime& runtime_;
};

class Units final : public assignment::v1::AssignmentService::CallbackService {
 public:
  explicit Units(const Runtime& runtime) : runtime_(runtime) {}
  grpc::ServerUnaryReactor* GetOfficial(grpc::CallbackServerContext* context,
                                        const assignment::v1::GetOfficialRequest* request,
                                        assignment::v1::GetOfficialResponse* response) override {
    return Handle(runtime_, context, request, response,
                  [](const Call&, const assignment::v1::GetOfficialRequest&)
                      -> absl::StatusOr<assignment::v1::GetOfficialResponse> {
                    return assignment::v1::GetOfficialResponse();
                  });
  }

 private:
  const Runtime& runtime_;
};

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
  Feed feed(runtime);
  Units units(runtime);
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&feed);
  builder.RegisterService(&units);
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
