// What a service's memory does when very many large lists are asked for at once, by several callers
// on connections of their own: before, at its highest, and afterwards.
//
//   tests/with-mariadb build/release/bin/list_burst [--lists N] [--cases N] [--callers N]
#include <atomic>
#include <cstdio>
#include <iostream>
#include <map>
#include <memory>
#include <thread>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "common/db/endpoint.h"
#include "redress/registry/v1/registry.grpc.pb.h"
#include "tests/e2e/world.h"

namespace redress::load {
namespace {

using registry::v1::ListCasesRequest;
using registry::v1::ListCasesResponse;
using registry::v1::RegistryService;

constexpr absl::Duration kPatience = absl::Seconds(60);

bool RegisterCases(const testing::World& world, int count) {
  std::atomic<int> left = count;
  std::atomic<bool> failed = false;
  std::vector<std::thread> clerks;
  for (int i = 0; i < 8; ++i) {
    clerks.emplace_back([&] {
      while (!failed && left-- > 0) {
        if (!world.Register().ok()) failed = true;
      }
    });
  }
  for (std::thread& clerk : clerks) clerk.join();
  return !failed;
}

struct Caller {
  testing::Client client;
  std::unique_ptr<RegistryService::Stub> stub;
};

struct List {
  grpc::ClientContext context;
  ListCasesRequest request;
  ListCasesResponse response;
};

void Print(const char* when, int64_t kilobytes) {
  std::printf("%-24s %6.0f MB\n", when, static_cast<double>(kilobytes) / 1024);
}

int Run(int lists, int cases, int callers) {
  db::OpenDriver();
  testing::Cluster cluster(testing::AllServices(), "info");
  const testing::World world(cluster);
  if (!RegisterCases(world, cases)) {
    std::cerr << "a case could not be registered" << std::endl;
    return 1;
  }
  grpc::SslCredentialsOptions tls;
  tls.pem_root_certs = cluster.ReadPem("ca.pem");
  std::vector<Caller> who;
  for (int i = 0; i < callers; ++i) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // a connection of its own
    arguments.SetMaxReceiveMessageSize(64 << 20);
    who.push_back({cluster
                       .Person({.subject = absl::StrCat("clerk-", i),
                                .official = absl::StrCat("officials/clerk-", i),
                                .unit = testing::kOffice,
                                .region = testing::kTownship,
                                .roles = {types::v1::ROLE_OFFICE_CLERK}})
                       .WithTimeout(kPatience),
                   RegistryService::NewStub(grpc::CreateCustomChannel(
                       cluster.AddressOf("registry"), grpc::SslCredentials(tls), arguments))});
  }

  const int64_t before = cluster.ResidentKilobytes("registry");
  std::atomic<bool> over = false;
  std::atomic<int64_t> highest = before;
  std::thread watcher([&] {
    while (!over) {
      highest = std::max(highest.load(), cluster.ResidentKilobytes("registry"));
      absl::SleepFor(absl::Milliseconds(20));
    }
  });
  absl::Mutex mutex;
  std::map<grpc::StatusCode, int> outcomes;
  std::vector<std::unique_ptr<List>> asked;
  for (int i = 0; i < lists; ++i) {
    List& list = *asked.emplace_back(std::make_unique<List>());
    who[static_cast<size_t>(i % callers)].client.Prepare(list.context);
    list.request.mutable_filter()->set_campaign(world.campaign());
    list.request.set_page_size(1000);
  }
  absl::BlockingCounter left(lists);
  const absl::Time begun = absl::Now();
  for (int i = 0; i < lists; ++i) {
    List& list = *asked[static_cast<size_t>(i)];
    who[static_cast<size_t>(i % callers)].stub->async()->ListCases(
        &list.context, &list.request, &list.response, [&](grpc::Status status) {
          list.response.Clear();
          {
            absl::MutexLock lock(&mutex);
            ++outcomes[status.error_code()];
          }
          left.DecrementCount();
        });
  }
  left.Wait();
  const absl::Duration took = absl::Now() - begun;
  std::printf("%d lists of up to 1000 of %d cases by %d callers, answered in %.1f s:", lists, cases,
              callers, absl::ToDoubleSeconds(took));
  for (const auto& [code, count] : outcomes) std::printf(" code %d x %d", code, count);
  std::printf("\n");
  Print("registry before", before);
  Print("at its highest", highest);
  for (const int seconds : {1, 5, 15}) {
    absl::SleepFor(begun + took + absl::Seconds(seconds) - absl::Now());
    Print(absl::StrCat(seconds, " s after").c_str(), cluster.ResidentKilobytes("registry"));
  }
  over = true;
  watcher.join();
  return 0;
}

}  // namespace
}  // namespace redress::load

int main(int argc, char** argv) {
  // As the services do.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  CLI::App app("Measures memory while very many large lists are asked for at once.");
  int lists = 6000;
  int cases = 1000;
  int callers = 12;
  app.add_option("--lists", lists, "How many at once")
      ->capture_default_str()
      ->check(CLI::Range(1, 100000));
  app.add_option("--cases", cases, "How many cases are there to be listed")
      ->capture_default_str()
      ->check(CLI::Range(1, 100000));
  app.add_option("--callers", callers, "Persons, each on a connection of their own")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  CLI11_PARSE(app, argc, argv);
  return redress::load::Run(lists, cases, callers);
}
