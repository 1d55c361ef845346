// A real server over TLS under what it must withstand: bytes that are no request, strangers who
// only connect, answers that nobody takes, calls whose time is over, and its own end.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <atomic>
#include <filesystem>
#include <map>
#include <thread>

#include "absl/synchronization/notification.h"
#include "common/base/files.h"
#include "common/facts/watch_reactor.h"
#include "common/rpc/server.h"
#include "common/status/messages.h"
#include "redress/facts/v1/feed.grpc.pb.h"
#include "tests/integration/probe_service.h"
#include "tests/integration/record_service.h"

namespace redress::rpc {
namespace {

using facts::v1::FactFeedService;
using facts::v1::ListFactsRequest;
using facts::v1::ListFactsResponse;

// Answers with as many bytes as the test wants, after it lets go.
struct Feed {
  std::atomic<int> begun = 0;
  absl::Duration takes = absl::ZeroDuration();
  size_t answer_bytes = 10;

  absl::StatusOr<ListFactsResponse> List(const Call&, const ListFactsRequest&) {
    ++begun;
    absl::SleepFor(takes);
    ListFactsResponse answer;
    answer.add_entries()->set_fact(std::string(answer_bytes, 'x'));
    return answer;
  }
  // Ends each stream at once, as it should be ended.
  static facts::WatchReactor* Watch(const StreamCall& call, const facts::v1::WatchFactsRequest&) {
    const absl::Status end =
        call.admitted.ok() ? absl::UnimplementedError("") : call.admitted.status();
    return facts::RefuseWatch(end, {call.trace_id, call.lang});
  }
};

class ServerTest : public ::testing::Test {
 protected:
  ServerTest() : records_("registry", {}, ""), workers_(2, 256), inner_(2, 256) {
    std::string pattern = std::filesystem::temp_directory_path() / "redress-tls.XXXXXX";
    EXPECT_NE(mkdtemp(pattern.data()), nullptr);
    keys_ = pattern;
    EXPECT_EQ(std::system(absl::StrCat("bash '", REDRESS_SOURCE_DIR, "/deploy/lib/pki.sh' make '",
                                       keys_.string(), "' >/dev/null 2>&1")
                              .c_str()),
              0);
    EXPECT_TRUE(methods_.Add(*ListFactsRequest::descriptor()->file()->service(0)).ok());
  }
  ~ServerTest() override {
    server_.reset();
    std::filesystem::remove_all(keys_);
  }

  void Start() {
    service_ = testing::ProbeService(
        runtime_, FactFeedService::service_full_name(),
        {{"ListFacts",
          ServeBy(std::function([this](const Call& call, const ListFactsRequest& asked) {
            return feed_.List(call, asked);
          }))}},
        {{"WatchFacts", StreamBy(std::function(&Feed::Watch))}});
    const TlsFiles tls{keys_ / "pki/registry/cert.pem", keys_ / "pki/registry/key.pem",
                       keys_ / "pki/ca.pem"};
    server_ = testing::RecordService::Required(
        Server::Start({"127.0.0.1:0", tls, {}}, runtime_, {service_.get()}));
    server_->SetServing(true);
  }

  // `certificate`: the folder of the caller's own; empty for none.
  std::shared_ptr<grpc::Channel> NewChannel(const std::string& certificate = "") {
    const auto read = [this](const std::filesystem::path& file) {
      return testing::RecordService::Required(base::ReadFile(keys_ / file));
    };
    grpc::SslCredentialsOptions tls;
    tls.pem_root_certs = read("pki/ca.pem");
    if (!certificate.empty()) {
      tls.pem_cert_chain = read(certificate + "/cert.pem");
      tls.pem_private_key = read(certificate + "/key.pem");
    }
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetMaxReceiveMessageSize(-1);
    return grpc::CreateCustomChannel(absl::StrCat("localhost:", server_->port()),
                                     grpc::SslCredentials(tls), arguments);
  }

  absl::Status List(const std::shared_ptr<grpc::Channel>& channel,
                    types::v1::Role role = types::v1::ROLE_OFFICE_CLERK,
                    absl::Duration within = absl::Seconds(20)) {
    const auto context = records_.As("officials/clerk", role);
    context->set_deadline(absl::ToChronoTime(absl::Now() + within));
    ListFactsResponse response;
    ListFactsRequest request;
    request.set_case_name("cases/01890a5d-ac96-774b-bcce-b302099a8057");
    return status::FromGrpc(
        FactFeedService::NewStub(channel)->ListFacts(context.get(), request, &response));
  }

  // Any bytes to any method, by a person.
  absl::Status Send(const std::string& path, const std::string& bytes, types::v1::Role role,
                    const std::string& lang = "en") {
    const auto context = records_.As("officials/caller", role);
    context->AddMetadata("accept-language", lang);
    return Send(NewChannel(), *context, path, bytes);
  }
  // The same by the machine that a certificate of the services' CA names.
  absl::Status SendAs(const std::string& service, const std::string& path,
                      const std::string& bytes) {
    grpc::ClientContext context;
    return Send(NewChannel("pki/" + service), context, path, bytes);
  }
  static absl::Status Send(const std::shared_ptr<grpc::Channel>& channel,
                           grpc::ClientContext& context, const std::string& path,
                           const std::string& bytes) {
    grpc::TemplatedGenericStub<grpc::ByteBuffer, grpc::ByteBuffer> stub(channel);
    const grpc::Slice slice(bytes);
    const grpc::ByteBuffer request(&slice, 1);
    grpc::ByteBuffer answer;
    grpc::Status outcome;
    absl::Notification done;
    stub.UnaryCall(&context, path, grpc::StubOptions(), &request, &answer,
                   [&](grpc::Status status) {
                     outcome = std::move(status);
                     done.Notify();
                   });
    done.WaitForNotification();
    return status::FromGrpc(outcome);
  }

  testing::RecordService records_;
  std::filesystem::path keys_;
  metrics::Registry registry_;
  metrics::RpcMetrics rpc_metrics_{registry_};
  MethodTable methods_{rpc_metrics_};
  WorkerPool workers_;
  WorkerPool inner_;
  Runtime runtime_{methods_, records_.runtime().tokens, records_.runtime().clock, workers_,
                   inner_,   records_.runtime().audit};
  Feed feed_;
  std::unique_ptr<grpc::Service> service_;
  std::unique_ptr<Server> server_;
};

constexpr char kWatchFacts[] = "/redress.facts.v1.FactFeedService/WatchFacts";
constexpr char kListFacts[] = "/redress.facts.v1.FactFeedService/ListFacts";

TEST_F(ServerTest, BytesThatAreNoRequestAreAnInvalidArgumentCountedAndLogged) {
  Start();
  ListFactsRequest request;
  request.set_case_name("cases/x");
  std::string not_utf8 = request.SerializeAsString();
  not_utf8.back() = '\xff';
  for (const std::string& bytes : {std::string("\x0a\xff\xff"), not_utf8, std::string("\xff")}) {
    const absl::Status refused = Send(kListFacts, bytes, types::v1::ROLE_OFFICE_CLERK);
    EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument) << refused;
    EXPECT_EQ(status::ReasonOf(refused), "REQUEST_UNREADABLE");
  }
  const absl::Status chinese = Send(kListFacts, "\xff", types::v1::ROLE_OFFICE_CLERK, "zh");
  EXPECT_THAT(status::LocalizedTextOf(chinese), ::testing::HasSubstr("无法读取"));
  EXPECT_THAT(
      registry_.Expose(),
      ::testing::ContainsRegex("grpc_server_handled_total\\{[^}]*InvalidArgument[^}]*\\} 4"));
  EXPECT_EQ(feed_.begun, 0);
  const absl::Status stream = SendAs("supervision", kWatchFacts, "\xff");
  EXPECT_EQ(status::ReasonOf(stream), "REQUEST_UNREADABLE") << stream;
  EXPECT_THAT(registry_.Expose(),
              ::testing::ContainsRegex("grpc_server_handled_total\\{[^}]*InvalidArgument[^}]*"
                                       "WatchFacts[^}]*\\} 1"));
  EXPECT_TRUE(List(NewChannel()).ok()) << "what can be read is served as ever";
}

TEST_F(ServerTest, ChannelzIsTheOperators) {
  Start();
  const std::string path = "/grpc.channelz.v1.Channelz/GetServers";
  EXPECT_TRUE(Send(path, "", types::v1::ROLE_OPERATOR).ok());
  for (const types::v1::Role role : {types::v1::ROLE_OFFICE_HEAD, types::v1::ROLE_AUDITOR}) {
    const absl::Status refused = Send(path, "", role);
    EXPECT_EQ(refused.code(), absl::StatusCode::kPermissionDenied) << refused;
  }
  grpc::ClientContext nobody;
  grpc::TemplatedGenericStub<grpc::ByteBuffer, grpc::ByteBuffer> stub(NewChannel());
  const grpc::Slice empty;
  const grpc::ByteBuffer request(&empty, 1);
  grpc::ByteBuffer answer;
  absl::Notification done;
  grpc::Status outcome;
  stub.UnaryCall(&nobody, path, grpc::StubOptions(), &request, &answer, [&](grpc::Status status) {
    outcome = std::move(status);
    done.Notify();
  });
  done.WaitForNotification();
  EXPECT_EQ(outcome.error_code(), grpc::StatusCode::UNAUTHENTICATED) << outcome.error_message();
}

// Only connects, and says nothing.
int Connect(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  return fd;
}

TEST_F(ServerTest, StrangersWhoOnlyConnectMakeWayForWhoCalls) {
  runtime_.connections = std::make_shared<Connections>(
      Connections::Options{.most = 10, .grace = absl::Milliseconds(200)});
  Start();
  const auto early = NewChannel();
  ASSERT_TRUE(List(early).ok());
  std::vector<int> strangers;
  for (int i = 0; i < 40; ++i) strangers.push_back(Connect(server_->port()));
  absl::SleepFor(absl::Milliseconds(400));
  EXPECT_LE(runtime_.connections->open(), 10u);
  EXPECT_TRUE(List(NewChannel()).ok()) << "there is room for one who calls";
  EXPECT_TRUE(List(early).ok()) << "and whoever was known keeps the connection";
  for (const int fd : strangers) close(fd);
}

TEST_F(ServerTest, WhatWaitedPastItsDeadlineIsNotBegun) {
  feed_.takes = absl::Milliseconds(400);
  Start();
  // Two inner workers are busy, two more calls wait in vain.
  std::vector<std::thread> callers;
  std::atomic<int> late = 0;
  for (int i = 0; i < 4; ++i) {
    callers.emplace_back([&] {
      const absl::Status status =
          List(NewChannel(), types::v1::ROLE_OFFICE_CLERK, absl::Milliseconds(600));
      if (absl::IsDeadlineExceeded(status)) ++late;
    });
  }
  for (std::thread& caller : callers) caller.join();
  absl::SleepFor(absl::Seconds(1));
  const int begun = feed_.begun;
  feed_.takes = absl::ZeroDuration();
  EXPECT_GT(late, 0);
  for (int i = 0; i < 2; ++i) {
    feed_.takes = absl::Seconds(1);
    callers[i] = std::thread([&] { List(NewChannel()).IgnoreError(); });
  }
  absl::SleepFor(absl::Milliseconds(500));
  EXPECT_TRUE(absl::IsDeadlineExceeded(
      List(NewChannel(), types::v1::ROLE_OFFICE_CLERK, absl::Milliseconds(200))));
  for (int i = 0; i < 2; ++i) callers[i].join();
  absl::SleepFor(absl::Milliseconds(300));
  EXPECT_EQ(feed_.begun, begun + 2) << "the third was not begun when the workers were free again";
}

TEST_F(ServerTest, AnswersThatFindNoRoomAreRefusedAndTheRoomComesBack) {
  runtime_.answers = std::make_shared<Answers>(
      Answers::Options{.most_bytes = 3 << 20, .most_bytes_of_caller = 3 << 20});
  feed_.answer_bytes = 1 << 20;
  Start();
  std::atomic<int> ok = 0;
  std::atomic<int> refused = 0;
  std::atomic<int> other = 0;
  std::vector<std::thread> callers;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&] {
      const auto channel = NewChannel();
      for (int n = 0; n < 20; ++n) {
        const absl::Status status = List(channel);
        if (status.ok()) {
          ++ok;
        } else if (absl::IsResourceExhausted(status) && status::RetryAfterOf(status).has_value()) {
          ++refused;
        } else {
          ADD_FAILURE() << status;
          ++other;
        }
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_GT(ok, 0);
  EXPECT_EQ(other, 0);
  EXPECT_EQ(ok + refused, 160);
  for (int i = 0; i < 100 && runtime_.answers->bytes() > 0; ++i) {
    absl::SleepFor(absl::Milliseconds(20));
  }
  EXPECT_EQ(runtime_.answers->bytes(), 0);
  EXPECT_EQ(runtime_.calls->inside(), 0);
  EXPECT_TRUE(List(NewChannel()).ok());
}

TEST_F(ServerTest, DrainingEndsCallsWithAnAnswerOrUnavailableAndWhenToTryAgain) {
  feed_.takes = absl::Milliseconds(5);
  Start();
  absl::Mutex mutex;
  std::map<std::string, int> outcomes;
  std::atomic<bool> stop = false;
  std::vector<std::thread> callers;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&] {
      const auto channel = NewChannel();
      while (!stop) {
        const absl::Status status = List(channel);
        std::string outcome = absl::StatusCodeToString(status.code());
        // Once the server is gone gRPC itself says so.
        if (absl::IsUnavailable(status) && !status::RetryAfterOf(status).has_value()) {
          outcome = "no connection";
        }
        absl::MutexLock lock(&mutex);
        ++outcomes[outcome];
      }
    });
  }
  absl::SleepFor(absl::Milliseconds(300));
  server_->SetServing(false);
  EXPECT_TRUE(runtime_.calls->Close(absl::Seconds(10)));
  absl::SleepFor(absl::Milliseconds(100));
  server_->Drain(absl::Milliseconds(250));
  absl::SleepFor(absl::Milliseconds(100));
  stop = true;
  for (std::thread& caller : callers) caller.join();
  EXPECT_GT(outcomes["OK"], 0);
  EXPECT_GT(outcomes["UNAVAILABLE"], 0) << "while draining, with when to try again";
  outcomes.erase("OK");
  outcomes.erase("UNAVAILABLE");
  outcomes.erase("no connection");
  for (const auto& [outcome, count] : outcomes) ADD_FAILURE() << count << " x " << outcome;
}

}  // namespace
}  // namespace redress::rpc
