// The harness of the end-to-end tests itself: five services start, die, come back and drain.
#include "tests/e2e/cluster.h"

#include "absl/time/clock.h"
#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "redress/registry/v1/registry.grpc.pb.h"
#include "redress/sample/v1/sample.grpc.pb.h"

namespace redress::testing {
namespace {

using registry::v1::RegistryService;

TEST(ClusterTest, FiveServicesStartDieComeBackAndDrain) {
  Cluster cluster;
  cluster.SetTime(absl::CivilDay(2018, 4, 20));
  const Client clerk = cluster.Person({.official = "officials/clerk",
                                       .unit = "units/petition-office",
                                       .region = "430626103",
                                       .roles = {types::v1::ROLE_OFFICE_CLERK}});
  for (const std::string& service : AllServices()) {
    const auto time = clerk.Call(&sample::v1::SampleClockService::Stub::GetTime,
                                 sample::v1::GetTimeRequest(), service);
    ASSERT_TRUE(time.ok()) << service << ": " << time.status();
    EXPECT_THAT(cluster.Metrics(service), ::testing::HasSubstr("grpc_server_handled_total"));
  }
  const registry::v1::ListCampaignsRequest list;
  EXPECT_TRUE(clerk.Call(&RegistryService::Stub::ListCampaigns, list).ok());

  const auto nobody = cluster.Stranger().Call(&RegistryService::Stub::ListCampaigns, list);
  EXPECT_EQ(nobody.status().code(), absl::StatusCode::kUnauthenticated) << nobody.status();
  const auto forged = cluster.WithToken("a.b.c").Call(&RegistryService::Stub::ListCampaigns, list);
  EXPECT_EQ(forged.status().code(), absl::StatusCode::kUnauthenticated) << forged.status();
  const Client auditor =
      cluster.Person({.official = "officials/auditor", .roles = {types::v1::ROLE_AUDITOR}});
  const auto denied = auditor.Call(&RegistryService::Stub::ListCampaigns, list);
  EXPECT_EQ(denied.status().code(), absl::StatusCode::kPermissionDenied) << denied.status();
  EXPECT_TRUE(cluster.County().Call(&RegistryService::Stub::ListCampaigns, list).ok());
  // A service asks for what its work needs, and visits needs no campaigns.
  EXPECT_EQ(
      cluster.Service("visits").Call(&RegistryService::Stub::ListCampaigns, list).status().code(),
      absl::StatusCode::kPermissionDenied);

  cluster.Kill("registry");
  EXPECT_FALSE(cluster.Running("registry"));
  EXPECT_EQ(clerk.Call(&RegistryService::Stub::ListCampaigns, list).status().code(),
            absl::StatusCode::kUnavailable);
  cluster.Start("registry");
  EXPECT_TRUE(clerk.Call(&RegistryService::Stub::ListCampaigns, list).ok());
  // Clients that hold an idle connection, like this one, do not keep a service from stopping.
  const absl::Time begun = absl::Now();
  for (const std::string& service : AllServices()) EXPECT_EQ(cluster.Terminate(service), 0);
  EXPECT_LT(absl::Now() - begun, absl::Seconds(15));
}

}  // namespace
}  // namespace redress::testing
