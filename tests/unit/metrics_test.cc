#include "common/metrics/metrics.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "absl/strings/str_cat.h"
#include "common/metrics/exposer.h"
#include "common/metrics/rpc.h"

namespace redress::metrics {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(RpcMetrics, NamesArePinned) {
  Registry registry;
  RpcMetrics rpc(registry);
  MethodMetrics& get =
      rpc.Method(RpcType::kUnary, "redress.registry.v1.RegistryService", "GetCase");
  get.Started();
  get.Handled(absl::StatusCode::kOk, absl::Milliseconds(3));
  // Ready-made dashboards and our alerts depend on every word of this.
  EXPECT_THAT(
      registry.Describe(),
      ElementsAre("grpc_server_handled_total counter grpc_code,grpc_method,grpc_service,grpc_type",
                  "grpc_server_handling_seconds histogram grpc_method,grpc_service,grpc_type",
                  "grpc_server_started_total counter grpc_method,grpc_service,grpc_type"));
}

TEST(RpcMetrics, CountsByCode) {
  Registry registry;
  RpcMetrics rpc(registry);
  MethodMetrics& get = rpc.Method(RpcType::kUnary, "S", "Get");
  EXPECT_EQ(&get, &rpc.Method(RpcType::kUnary, "S", "Get"));
  EXPECT_NE(&get, &rpc.Method(RpcType::kServerStream, "S", "Watch"));
  for (int i = 0; i < 3; ++i) {
    get.Started();
    get.Handled(absl::StatusCode::kNotFound, absl::Milliseconds(1));
  }
  get.Handled(static_cast<absl::StatusCode>(99), absl::ZeroDuration());
  const std::string text = registry.Expose();
  EXPECT_THAT(text, HasSubstr("grpc_server_started_total{grpc_method=\"Get\",grpc_service=\"S\","
                              "grpc_type=\"unary\"} 3"));
  EXPECT_THAT(text,
              HasSubstr("grpc_server_handled_total{grpc_code=\"NotFound\",grpc_method=\"Get\","
                        "grpc_service=\"S\",grpc_type=\"unary\"} 3"));
  EXPECT_THAT(text, HasSubstr("grpc_code=\"Unknown\",grpc_method=\"Get\",grpc_service=\"S\","
                              "grpc_type=\"unary\"} 1"));
  EXPECT_THAT(text, HasSubstr("grpc_type=\"server_stream\""));
}

TEST(RpcMetrics, SurvivesConcurrentUse) {
  Registry registry;
  RpcMetrics rpc(registry);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) {
        rpc.Method(RpcType::kUnary, "S", absl::StrCat("M", i % 7)).Started();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_THAT(registry.Expose(),
              HasSubstr("grpc_method=\"M6\",grpc_service=\"S\",grpc_type=\"unary\"} 568"));
}

TEST(Registry, GivesTheSameMetricAgain) {
  Registry registry;
  Gauge& gauge = registry.AddGauge("redress_pool_connections", "Connections.", {{"state", "idle"}});
  EXPECT_EQ(&gauge,
            &registry.AddGauge("redress_pool_connections", "Connections.", {{"state", "idle"}}));
  registry.AddHistogram("redress_batch_size", "Writes per transaction.", {}, {1, 16, 256})
      .Observe(16);
  EXPECT_THAT(registry.Describe(),
              ElementsAre("redress_batch_size histogram", "redress_pool_connections gauge state"));
}

TEST(RegistryDeathTest, RefusesMistakes) {
  Registry registry;
  EXPECT_DEATH(registry.AddCounter("redress_things", "x"), "_total");
  EXPECT_DEATH(registry.AddGauge("redress_things_total", "x"), "_total");
  EXPECT_DEATH(registry.AddGauge("redress-things", "x"), "snake_case");
  registry.AddGauge("redress_things", "x");
  EXPECT_DEATH(registry.AddHistogram("redress_things", "x"), "redress_things");
}

TEST(BoundedGauges, StopsAtItsBound) {
  Registry registry;
  BoundedGauges gauges(registry, "redress_overdue", "Overdue duties.", {"unit"}, 3);
  for (int i = 0; i < 1000; ++i) gauges.Set({absl::StrCat("u", i)}, i);
  EXPECT_EQ(gauges.size(), 4u);
  const std::string text = registry.Expose();
  EXPECT_THAT(text, HasSubstr("redress_overdue{unit=\"u2\"} 2"));
  EXPECT_THAT(text, HasSubstr("redress_overdue{unit=\"other\"} 999"));
  EXPECT_THAT(text, Not(HasSubstr("u3")));
}

TEST(BoundedGauges, DropsWhatIsNotSetAnyMore) {
  Registry registry;
  BoundedGauges gauges(registry, "redress_score", "Scores.", {"unit", "period"}, 10);
  gauges.Set({"a", "2018"}, 1);
  gauges.Set({"b", "2018"}, 2);
  gauges.DropStale();
  EXPECT_EQ(gauges.size(), 2u);
  gauges.Set({"b", "2018"}, 3);
  gauges.DropStale();
  EXPECT_EQ(gauges.size(), 1u);
  EXPECT_THAT(registry.Expose(), Not(HasSubstr("unit=\"a\"")));
  EXPECT_THAT(registry.Expose(), HasSubstr("redress_score{period=\"2018\",unit=\"b\"} 3"));
}

TEST(Exposer, KnowsLoopback) {
  for (const char* good : {"127.0.0.1:9464", "127.1.2.3:1", "localhost:0", "[::1]:80"}) {
    EXPECT_TRUE(IsLoopback(good)) << good;
  }
  for (const char* bad : {"0.0.0.0:9464", "10.0.0.1:80", "[::]:80", ":9464", "127.0.0.1", "",
                          "127.0.0.1:x", "127.0.0.1:70000", "127.0.0.1.evil.example:80",
                          "127.0.0.999:80", "localhost.example:80", "[::1]"}) {
    EXPECT_FALSE(IsLoopback(bad)) << bad;
  }
}

TEST(Exposer, RefusesOtherAddresses) {
  Registry registry;
  const auto open = Exposer::Start("0.0.0.0:0", registry);
  EXPECT_EQ(open.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(open.status().message()), HasSubstr("0.0.0.0:0"));
  EXPECT_EQ(Exposer::Start("9464", registry).status().code(), absl::StatusCode::kInvalidArgument);
}

std::string Get(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  const std::string request = "GET /metrics HTTP/1.0\r\nHost: localhost\r\n\r\n";
  EXPECT_EQ(write(fd, request.data(), request.size()), static_cast<ssize_t>(request.size()));
  std::string answer;
  char buffer[4096];
  for (ssize_t n; (n = read(fd, buffer, sizeof(buffer))) > 0;) answer.append(buffer, n);
  close(fd);
  return answer;
}

TEST(Exposer, ServesMetrics) {
  Registry registry;
  registry.AddGauge("redress_up", "One while the service runs.").Set(1);
  const auto exposer = Exposer::Start("127.0.0.1:0", registry);
  ASSERT_TRUE(exposer.ok()) << exposer.status();
  ASSERT_GT((*exposer)->port(), 0);
  const std::string answer = Get((*exposer)->port());
  EXPECT_THAT(answer, HasSubstr("200 OK"));
  EXPECT_THAT(answer, HasSubstr("redress_up 1"));
  const auto second = Exposer::Start(absl::StrCat("127.0.0.1:", (*exposer)->port()), registry);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace redress::metrics
