// A service as a table of rpcs, served to a real client: what is declared is checked at the start,
// and what cannot be read is refused like any other bad request.
#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>

#include "common/service/rpcs.h"
#include "redress/visits/v1/visits.grpc.pb.h"
#include "services/visits/schema.h"
#include "services/visits/service.h"
#include "services/visits/store.h"
#include "tests/integration/record_service.h"

namespace redress::service {
namespace {

using ::testing::HasSubstr;
using types::v1::ROLE_LEAD;

class ServiceRpcsTest
    : public testing::RecordServiceTest<visits::MakeService, visits::v1::VisitsService> {
 protected:
  ServiceRpcsTest() : RecordServiceTest("visits", visits::Schema(), visits::Grants()) {}

  // Sends these bytes as a request.
  absl::Status Send(const std::string& method, const std::string& bytes,
                    std::unique_ptr<grpc::ClientContext> context) {
    grpc::TemplatedGenericStub<grpc::ByteBuffer, grpc::ByteBuffer> stub(records_.channel());
    const grpc::Slice slice(bytes);
    const grpc::ByteBuffer request(&slice, 1);
    grpc::ByteBuffer response;
    std::promise<grpc::Status> done;
    stub.UnaryCall(context.get(), "/redress.visits.v1.VisitsService/" + method, {}, &request,
                   &response, [&done](grpc::Status status) { done.set_value(std::move(status)); });
    return status::FromGrpc(done.get_future().get());
  }
};

TEST_F(ServiceRpcsTest, WhatIsNotARequestIsRefusedOnceItIsKnownWhoCalls) {
  visits::v1::GetVisitRequest named;
  named.set_name("cases/1/visits/1");
  const std::string not_text = std::string("\x0a\x02\xff\xfe", 4);
  for (const std::string& bytes : {std::string("\xff\xff\xff"), not_text}) {
    const absl::Status refused = Send("GetVisit", bytes, records_.As("officials/lead", ROLE_LEAD));
    EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument) << refused;
    EXPECT_EQ(status::ReasonOf(refused), rpc::kRequestUnreadable);
    EXPECT_EQ(Send("GetVisit", bytes, std::make_unique<grpc::ClientContext>()).code(),
              absl::StatusCode::kUnauthenticated);
  }
  EXPECT_EQ(
      Send("GetVisit", named.SerializeAsString(), records_.As("officials/lead", ROLE_LEAD)).code(),
      absl::StatusCode::kNotFound);
}

TEST_F(ServiceRpcsTest, AServiceServesItsRpcsAndNoOthers) {
  const auto few = Rpcs(records_.runtime(), records_.store())
                       .Get<visits::v1::GetVisitRequest>()
                       .Build(visits::kServiceName);
  ASSERT_EQ(few.status().code(), absl::StatusCode::kInternal);
  EXPECT_THAT(few.status().message(),
              HasSubstr("redress.visits.v1.VisitsService.RecordVisit is not served"));
  const auto other = Rpcs(records_.runtime(), records_.store())
                         .Get<visits::v1::GetVisitRequest>()
                         .Build("redress.audit.v1.AuditService");
  EXPECT_THAT(other.status().message(),
              HasSubstr("GetVisit is no method of redress.audit.v1.AuditService"));
  EXPECT_FALSE(Rpcs(records_.runtime(), records_.store()).Build("redress.visits.v1.None").ok());
}

TEST_F(ServiceRpcsTest, AnRpcIsDeclaredOnce) {
  EXPECT_DEATH(Rpcs(records_.runtime(), records_.store())
                   .Get<visits::v1::GetVisitRequest>()
                   .Get<visits::v1::GetVisitRequest>(),
               "");
}

TEST_F(ServiceRpcsTest, TheResourceOfARequestIsFoundByItsPattern) {
  visits::v1::RecordVisitRequest request;
  request.set_parent("cases/7");
  const internal::NameInRequest wish(*visits::v1::RecordVisitRequest::descriptor(),
                                     store::Table::Of(visits::v1::VisitWish::descriptor()));
  EXPECT_EQ(wish.In(request), "cases/7/visitWish") << "one for each case";
  visits::v1::CompleteFollowUpRequest follow_up;
  follow_up.set_name("cases/7/visits/3");
  const internal::NameInRequest visit(*visits::v1::CompleteFollowUpRequest::descriptor(),
                                      store::Table::Of(visits::v1::Visit::descriptor()));
  EXPECT_EQ(visit.In(follow_up), "cases/7/visits/3");
  EXPECT_DEATH(internal::NameInRequest(*visits::v1::RecordVisitRequest::descriptor(),
                                       store::Table::Of(visits::v1::Visit::descriptor())),
               "");
}

}  // namespace
}  // namespace redress::service
