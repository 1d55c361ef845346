#include "tests/e2e/cluster.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <set>

#include "absl/base/thread_annotations.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "common/base/clock.h"
#include "common/db/admin.h"
#include "google/protobuf/util/time_util.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "gtest/gtest.h"
#include "redress/sample/v1/sample.grpc.pb.h"
#include "tests/e2e/keys.h"
#include "tests/integration/testdb/testdb.h"

namespace redress::testing {
namespace {

constexpr absl::Duration kStartTimeout = absl::Seconds(20);
constexpr int kLinesShown = 40;

// A port that nothing listens on, below those that the system gives to outgoing connections. Never
// the same twice: whoever was given it may not listen yet.
int FreePort() {
  static absl::Mutex mutex;
  static auto* const given = new std::set<int>();
  static auto* const random = new std::mt19937(std::random_device{}());
  absl::MutexLock lock(&mutex);
  for (int tries = 0; tries < 200; ++tries) {
    const int port = std::uniform_int_distribution<int>(20000, 32000)(*random);
    if (!given->insert(port).second) continue;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<uint16_t>(port));
    const bool free = bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
    close(fd);
    if (free) return port;
  }
  Die("no free port");
}

int Reap(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

const std::vector<std::string>& AllServices() {
  static const auto* const all = new std::vector<std::string>(
      {"registry", "assignment", "visits", "assistance", "supervision"});
  return *all;
}

// ---- Client

void Client::FillRequestId(google::protobuf::Message& request) {
  const auto* field = request.GetDescriptor()->FindFieldByName("request_id");
  if (field == nullptr || !request.GetReflection()->GetString(request, field).empty()) return;
  request.GetReflection()->SetString(&request, field, base::NewUuid(absl::Now()));
}

std::string Client::ServiceOf(const google::protobuf::Descriptor& request) {
  const std::vector<std::string> parts = absl::StrSplit(request.full_name(), '.');
  return parts.at(1);
}

void Client::Prepare(grpc::ClientContext& context) const {
  if (!token_.empty()) context.AddMetadata("authorization", absl::StrCat("Bearer ", token_));
  if (!language_.empty()) context.AddMetadata("accept-language", language_);
  context.set_deadline(absl::ToChronoTime(absl::Now() + timeout_));
}

std::shared_ptr<grpc::Channel> Client::ChannelTo(const std::string& service) const {
  return cluster_->ChannelTo(service, certificate_);
}

Client Client::WithTimeout(absl::Duration timeout) const {
  Client other = *this;
  other.timeout_ = timeout;
  return other;
}

Client Client::Speaking(std::string language) const {
  Client other = *this;
  other.language_ = std::move(language);
  return other;
}

// ---- Cluster

Cluster::Cluster(std::vector<std::string> services, std::string log_level, int calendar_until)
    : log_level_(std::move(log_level)),
      server_(TestServer()),
      folder_(TemporaryFolder("e2e")),
      suffix_(absl::BytesToHexString(base::RandomBytes(5))) {
  UseCalendar(calendar_until);
  const Keys& keys = Keys::Get();
  absl::StatusOr<std::unique_ptr<const auth::TokenIssuer>> issuer =
      auth::TokenIssuer::Load(keys.Pki("issuer/private.pem"), keys.TokenKeyId(), "redress");
  Must(issuer.status(), "loading the token key");
  issuer_ = *std::move(issuer);

  absl::StatusOr<std::unique_ptr<db::Connection>> admin = db::Connection::Open(server_);
  Must(admin.status(), "connecting to the test server");
  std::map<std::string, pid_t> migrations;
  for (const std::string& service : AllServices()) {
    Process& process = processes_[service];
    process.port = FreePort();
    process.metrics_port = FreePort();
    process.database = absl::StrCat("redress_e2e_", service, "_", suffix_);
    process.user = process.database;
  }
  for (const std::string& service : services) {
    const Process& process = processes_.at(service);
    std::string password = MustRead(keys.Key(absl::StrCat(service, "/db-password")));
    absl::StripTrailingAsciiWhitespace(&password);
    Must(db::CreateDatabase(**admin, process.database), "creating a database");
    Must(db::CreateUser(**admin, process.user, password), "creating a database user");
    migrations[service] = Spawn(service, MigrateCommand(service));
  }
  for (const auto& [service, pid] : migrations) {
    if (Reap(pid) != 0) Fail(service, "its database could not be migrated");
    Launch(service);
  }
  for (const std::string& service : services) AwaitServing(service);
}

void Cluster::UseCalendar(int last_year) {
  std::string text = MustRead(absl::StrCat(REDRESS_SOURCE_DIR, "/seeds/calendar/holidays.txt"));
  const size_t end =
      last_year == 0 ? std::string::npos : text.find(absl::StrCat("year ", last_year + 1, "\n"));
  if (end != std::string::npos) text.resize(end);
  const std::string path = absl::StrCat(folder_, "/holidays.txt");
  std::ofstream(path + ".new") << text;
  if (std::rename((path + ".new").c_str(), path.c_str()) != 0) Fail("calendar", "not written");
}

Cluster::~Cluster() {
  for (const auto& [service, process] : processes_) {
    if (process.pid > 0) kill(process.pid, SIGTERM);
  }
  const absl::Time deadline = absl::Now() + absl::Seconds(20);
  for (auto& [service, process] : processes_) {
    while (process.pid > 0) {
      int status = 0;
      if (waitpid(process.pid, &status, WNOHANG) == process.pid) {
        process.pid = -1;
      } else if (absl::Now() > deadline) {
        ADD_FAILURE() << service << " did not drain within 20 s";
        Kill(service);
      } else {
        absl::SleepFor(absl::Milliseconds(5));
      }
    }
  }
  if (::testing::UnitTest::GetInstance()->Failed()) DumpLogs();
  if (auto admin = db::Connection::Open(server_); admin.ok()) {
    for (const auto& [service, process] : processes_) {
      Must(db::DropDatabase(**admin, process.database), "dropping a database");
      Must(db::DropUser(**admin, process.user), "dropping a database user");
    }
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string Cluster::TokenOf(auth::Identity identity) const {
  if (identity.subject.empty()) identity.subject = identity.official;
  absl::StatusOr<std::string> token = issuer_->Issue(identity, absl::Now(), absl::Hours(1));
  Must(token.status(), "issuing a token");
  return *std::move(token);
}

Client Cluster::Person(auth::Identity identity) const {
  return WithToken(TokenOf(std::move(identity)));
}

Client Cluster::Stranger() const { return WithToken(""); }

Client Cluster::WithToken(std::string token) const {
  Client client;
  client.cluster_ = this;
  client.token_ = std::move(token);
  return client;
}

Client Cluster::County() const {
  Client client = Stranger();
  client.certificate_ = "clients/county-430626";
  return client;
}

Client Cluster::Service(const std::string& name) const {
  Client client = Stranger();
  client.certificate_ = name;
  return client;
}

void Cluster::SetTime(absl::CivilDay day) {
  SetTime(absl::FromCivil(absl::CivilHour(day) + 9, base::Shanghai()));
}

void Cluster::SetTime(absl::Time time) {
  const Client operator_client =
      Person({.official = "officials/operator", .roles = {types::v1::ROLE_OPERATOR}});
  sample::v1::SetTimeRequest request;
  *request.mutable_now() =
      google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time));
  for (const auto& [service, process] : processes_) {
    if (process.pid <= 0) continue;
    const auto set =
        operator_client.Call(&sample::v1::SampleClockService::Stub::SetTime, request, service);
    if (!set.ok()) Fail(service, absl::StrCat("its clock was not set: ", set.status().ToString()));
  }
}

void Cluster::Start(const std::string& service) {
  Launch(service);
  AwaitServing(service);
}

void Cluster::Kill(const std::string& service) {
  Process& process = processes_.at(service);
  if (process.pid <= 0) return;
  kill(process.pid, SIGKILL);
  Reap(process.pid);
  process.pid = -1;
}

int Cluster::Terminate(const std::string& service) {
  Process& process = processes_.at(service);
  if (process.pid <= 0) return -1;
  kill(process.pid, SIGTERM);
  const int code = Reap(process.pid);
  process.pid = -1;
  return code;
}

bool Cluster::Running(const std::string& service) const { return processes_.at(service).pid > 0; }

std::unique_ptr<db::Connection> Cluster::Database(const std::string& service) const {
  db::Endpoint endpoint = server_;
  endpoint.database = processes_.at(service).database;
  absl::StatusOr<std::unique_ptr<db::Connection>> opened = db::Connection::Open(endpoint);
  Must(opened.status(), "connecting to a database");
  return *std::move(opened);
}

std::string Cluster::Log(const std::string& service) const {
  const std::string path = absl::StrCat(folder_, "/", service, ".log");
  return std::filesystem::exists(path) ? MustRead(path) : "";
}

std::string Cluster::FeedKey(const std::string& service) const {
  return MustRead(Keys::Get().Key(absl::StrCat(service, "/feed-signing.pub.pem")));
}

std::string Cluster::WriteProfiles() const {
  const Keys& keys = Keys::Get();
  std::string common =
      absl::StrCat("ca = \"", keys.Pki("ca.pem"), "\"\n", "public_keys = \"", keys.Key(""), "\"\n");
  for (const std::string& service : AllServices()) {
    absl::StrAppend(&common, service, " = \"", AddressOf(service), "\"\n");
  }
  const std::string county = keys.Pki("clients/county-430626");
  std::ofstream(folder_ + "/operator.toml")
      << common << "issuer_key = \"" << keys.Pki("issuer/private.pem") << "\"\n";
  std::ofstream(folder_ + "/county.toml")
      << common << "client_cert = \"" << county << "/cert.pem\"\nclient_key = \"" << county
      << "/key.pem\"\n";
  return folder_;
}

std::string Cluster::BinaryOf(const std::string& service) const {
  return absl::StrCat(REDRESS_BINARY_DIR, "/bin/redress-", service);
}

std::string Cluster::AddressOf(const std::string& service) const {
  return absl::StrCat("127.0.0.1:", processes_.at(service).port);
}

std::string Cluster::DatabaseName(const std::string& service) const {
  return processes_.at(service).database;
}

std::string Cluster::ReadPem(const std::string& path) const {
  return MustRead(Keys::Get().Pki(path));
}

int64_t Cluster::ResidentKilobytes(const std::string& service) const {
  std::ifstream status(absl::StrCat("/proc/", processes_.at(service).pid, "/status"));
  for (std::string line; std::getline(status, line);) {
    int64_t kilobytes = 0;
    if (std::sscanf(line.c_str(), "VmRSS: %ld kB", &kilobytes) == 1) return kilobytes;
  }
  return 0;
}

std::string Cluster::Metrics(const std::string& service) const {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(processes_.at(service).metrics_port));
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
    close(fd);
    Fail(service, "its metrics are not served");
  }
  constexpr std::string_view kRequest =
      "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  if (write(fd, kRequest.data(), kRequest.size()) != static_cast<ssize_t>(kRequest.size())) {
    close(fd);
    Fail(service, "its metrics cannot be asked for");
  }
  std::string answer;
  char buffer[8192];
  for (ssize_t got = 0; (got = read(fd, buffer, sizeof(buffer))) > 0;) answer.append(buffer, got);
  close(fd);
  return answer;
}

std::vector<std::string> Cluster::MigrateCommand(const std::string& service) const {
  const Process& process = processes_.at(service);
  return {BinaryOf(service),
          "migrate",
          absl::StrCat("--db-socket=", server_.socket),
          absl::StrCat("--db-user=", server_.user),
          absl::StrCat("--db-name=", process.database),
          absl::StrCat("--grant-to=", process.user),
          "--mode=sample"};
}

std::vector<std::string> Cluster::ServeCommand(const std::string& service) const {
  const Keys& keys = Keys::Get();
  const Process& process = processes_.at(service);
  std::string peers;
  for (const auto& [name, peer] : processes_) {
    absl::StrAppend(&peers, peers.empty() ? "" : ",", name, "=", AddressOf(name));
  }
  return {BinaryOf(service),
          "serve",
          absl::StrCat("--listen=", AddressOf(service)),
          absl::StrCat("--metrics=127.0.0.1:", process.metrics_port),
          absl::StrCat("--tls-cert=", keys.Pki(service), "/cert.pem"),
          absl::StrCat("--tls-key=", keys.Pki(service), "/key.pem"),
          absl::StrCat("--tls-ca=", keys.Pki("ca.pem")),
          absl::StrCat("--token-keys=", keys.Pki("issuer/public")),
          absl::StrCat("--master-keys=", keys.Key(service)),
          absl::StrCat("--blind-index-key=", keys.Key("blind-index.key")),
          absl::StrCat("--page-key=", keys.Key("page.key")),
          absl::StrCat("--feed-key=", keys.Key(service), "/feed-signing.pem"),
          absl::StrCat("--feed-public-keys=", keys.Pki("feeds")),
          absl::StrCat("--db-socket=", server_.socket),
          absl::StrCat("--db-user=", process.user),
          absl::StrCat("--db-password-file=", keys.Key(service), "/db-password"),
          absl::StrCat("--db-name=", process.database),
          absl::StrCat("--peers=", peers),
          absl::StrCat("--calendar=", folder_, "/holidays.txt"),
          absl::StrCat("--rules=", REDRESS_SOURCE_DIR, "/seeds/rules"),
          "--mode=sample",
          absl::StrCat("--log-level=", log_level_)};
}

pid_t Cluster::Spawn(const std::string& service, const std::vector<std::string>& command) const {
  std::vector<char*> arguments;
  for (const std::string& argument : command)
    arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  const std::string log = absl::StrCat(folder_, "/", service, ".log");
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid < 0) Die("cannot fork");
  if (pid > 0) return pid;
  // Between fork and exec only what is safe after a fork of a process with threads.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);
  const int fd = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  dup2(fd, STDOUT_FILENO);
  dup2(fd, STDERR_FILENO);
  execv(arguments[0], arguments.data());
  _exit(127);
}

void Cluster::Launch(const std::string& service) {
  Process& process = processes_.at(service);
  if (process.pid > 0) Die(absl::StrCat(service, " runs already"));
  process.pid = Spawn(service, ServeCommand(service));
}

void Cluster::AwaitServing(const std::string& service) const {
  const Process& process = processes_.at(service);
  const absl::Time deadline = absl::Now() + kStartTimeout;
  auto health = grpc::health::v1::Health::NewStub(ChannelTo(service, ""));
  while (true) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(1)));
    // A call that fails at once drives no connection attempt, so a loop of such calls would hardly
    // ever connect.
    context.set_wait_for_ready(true);
    grpc::health::v1::HealthCheckResponse answer;
    const grpc::Status status = health->Check(&context, {}, &answer);
    if (status.ok() && answer.status() == grpc::health::v1::HealthCheckResponse::SERVING) return;
    int ended = 0;
    if (waitpid(process.pid, &ended, WNOHANG) == process.pid) Fail(service, "ended while starting");
    if (absl::Now() > deadline) {
      Fail(service, absl::StrCat("does not serve: ", status.error_message()));
    }
    absl::SleepFor(absl::Milliseconds(10));
  }
}

std::shared_ptr<grpc::Channel> Cluster::ChannelTo(const std::string& service,
                                                  const std::string& certificate) const {
  static absl::Mutex mutex;
  static auto* const channels = new std::map<std::string, std::shared_ptr<grpc::Channel>>();
  const std::string address = AddressOf(service);
  absl::MutexLock lock(&mutex);
  std::shared_ptr<grpc::Channel>& channel =
      (*channels)[absl::StrCat(address, "|", service, "|", certificate, "|", suffix_)];
  if (channel != nullptr) return channel;
  const Keys& keys = Keys::Get();
  grpc::SslCredentialsOptions tls;
  tls.pem_root_certs = MustRead(keys.Pki("ca.pem"));
  if (!certificate.empty()) {
    tls.pem_cert_chain = MustRead(keys.Pki(absl::StrCat(certificate, "/cert.pem")));
    tls.pem_private_key = MustRead(keys.Pki(absl::StrCat(certificate, "/key.pem")));
  }
  grpc::ChannelArguments arguments;
  arguments.SetSslTargetNameOverride(service);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 5000);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 20);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 100);
  channel = grpc::CreateCustomChannel(address, grpc::SslCredentials(tls), arguments);
  return channel;
}

void Cluster::Fail(const std::string& service, const std::string& what) const {
  DumpLogs();
  Die(absl::StrCat(service, ": ", what));
}

void Cluster::DumpLogs() const {
  for (const auto& [service, process] : processes_) {
    const std::vector<std::string> lines = absl::StrSplit(Log(service), '\n');
    const size_t from = lines.size() > kLinesShown ? lines.size() - kLinesShown : 0;
    std::cerr << "---- the last lines of " << service << "\n";
    for (size_t i = from; i < lines.size(); ++i) std::cerr << lines[i] << "\n";
  }
  std::cerr << std::flush;
}

}  // namespace redress::testing
