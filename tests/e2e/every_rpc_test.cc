// Every rpc of every server, as each role and with requests that break every rule: who calls is
// asked first, whether they may call next, and only then whether the request is valid. What is
// expected follows from the descriptors and the table of permissions alone, so that an rpc that is
// added later is covered without being mentioned here. tests/unit/golden/rpcs.txt shows the result.
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/unknown_field_set.h>
#include <grpcpp/generic/generic_stub.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/notification.h"
#include "common/auth/permissions.h"
#include "common/options/conventions.h"
#include "common/status/error.h"
#include "common/status/grpc.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "redress/options/v1/options.pb.h"
#include "tests/e2e/cluster.h"
#include "tests/e2e/malformed.h"

namespace redress::testing {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;
using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
using types::v1::Role;

// ---- calls without stubs

grpc::ByteBuffer BufferOf(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

// Calls any rpc with bytes. A stream that fails ends like a single answer, and reflection gives one
// answer to one question, so this does for streams too.
absl::StatusOr<std::string> CallBytes(const Client& client, const std::string& at,
                                      const std::string& path, const std::string& request) {
  grpc::TemplatedGenericStub<grpc::ByteBuffer, grpc::ByteBuffer> stub(client.ChannelTo(at));
  grpc::ClientContext context;
  context.AddMetadata("accept-language", "zh-CN,en;q=0.5");
  client.Prepare(context);
  const grpc::ByteBuffer sent = BufferOf(request);
  grpc::ByteBuffer answer;
  grpc::Status status;
  absl::Notification done;
  stub.UnaryCall(&context, path, grpc::StubOptions(), &sent, &answer, [&](grpc::Status outcome) {
    status = std::move(outcome);
    done.Notify();
  });
  done.WaitForNotification();
  if (!status.ok()) return status::FromGrpc(status);
  std::vector<grpc::Slice> slices;
  (void)answer.Dump(&slices);
  std::string bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

std::string PathOf(const MethodDescriptor& method) {
  return absl::StrCat("/", method.service()->full_name(), "/", method.name());
}

// ---- reflection: grpc.reflection.v1alpha, whose messages are read by field number

// The length-delimited fields with `number` of a message.
std::vector<std::string> Parts(const std::string& message, int number) {
  UnknownFieldSet fields;
  std::vector<std::string> parts;
  if (!fields.ParseFromString(message)) return parts;
  for (int i = 0; i < fields.field_count(); ++i) {
    const UnknownField& field = fields.field(i);
    if (field.number() == number && field.type() == UnknownField::TYPE_LENGTH_DELIMITED) {
      parts.push_back(field.length_delimited());
    }
  }
  return parts;
}

std::string Ask(const Cluster& cluster, const std::string& at, int question,
                const std::string& text) {
  UnknownFieldSet request;
  request.AddLengthDelimited(question, text);
  std::string bytes;
  request.SerializeToString(&bytes);
  const auto answer =
      CallBytes(cluster.Stranger(), at,
                "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", bytes);
  EXPECT_TRUE(answer.ok()) << at << ": " << answer.status();
  return answer.value_or("");
}

// The full names of the services of a server.
std::vector<std::string> ServicesAt(const Cluster& cluster, const std::string& at) {
  constexpr int kListServices = 7;
  constexpr int kListServicesResponse = 6;
  std::vector<std::string> names;
  for (const std::string& list :
       Parts(Ask(cluster, at, kListServices, "*"), kListServicesResponse)) {
    for (const std::string& service : Parts(list, 1)) {
      for (const std::string& name : Parts(service, 1)) names.push_back(name);
    }
  }
  return names;
}

// The names of the rpcs that a server's own descriptor of the service has.
std::vector<std::string> MethodsAt(const Cluster& cluster, const std::string& at,
                                   const std::string& service) {
  constexpr int kFileContainingSymbol = 4;
  constexpr int kFileDescriptorResponse = 4;
  std::vector<std::string> names;
  for (const std::string& response :
       Parts(Ask(cluster, at, kFileContainingSymbol, service), kFileDescriptorResponse)) {
    for (const std::string& bytes : Parts(response, 1)) {
      google::protobuf::FileDescriptorProto file;
      EXPECT_TRUE(file.ParseFromString(bytes));
      for (const auto& offered : file.service()) {
        if (absl::StrCat(file.package(), ".", offered.name()) != service) continue;
        for (const auto& method : offered.method()) names.push_back(method.name());
      }
    }
  }
  return names;
}

// ---- who calls

std::vector<Role> AllRoles() {
  std::vector<Role> roles;
  for (int number = 1; number <= types::v1::Role_MAX; ++number) {
    if (types::v1::Role_IsValid(number)) roles.push_back(static_cast<Role>(number));
  }
  return roles;
}

std::string ShortName(Role role) { return types::v1::Role_Name(role).substr(sizeof("ROLE_") - 1); }

struct Caller {
  std::string name;
  auth::Identity identity;
  Client client;
};

// One caller of each role, and each of the five services.
std::vector<Caller> AllCallers(const Cluster& cluster) {
  std::vector<Caller> callers;
  for (const Role role : AllRoles()) {
    auth::Identity identity{.official = "officials/caller",
                            .unit = "units/caller",
                            .region = "430626103",
                            .roles = {role}};
    if (role == types::v1::ROLE_SERVICE) {
      for (const std::string& service : AllServices()) {
        identity.service = service;
        callers.push_back({"SERVICE " + service, identity, cluster.Service(service)});
      }
    } else if (role == types::v1::ROLE_COUNTY_PLATFORM) {
      callers.push_back({ShortName(role), identity, cluster.County()});
    } else {
      callers.push_back({ShortName(role), identity, cluster.Person(identity)});
    }
  }
  return callers;
}

const std::string& PermissionOf(const MethodDescriptor& method) {
  return method.options().GetExtension(options::v1::policy).permission();
}

// ---- the test

class EveryRpcTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    cluster_ = new Cluster();
    cluster_->SetTime(absl::CivilDay(2018, 4, 20));
  }
  static void TearDownTestSuite() {
    delete cluster_;
    cluster_ = nullptr;
  }

  void SetUp() override {
    for (const std::string& server : AllServices()) {
      std::vector<std::string> others;
      for (const std::string& name : ServicesAt(*cluster_, server)) {
        const ServiceDescriptor* service =
            DescriptorPool::generated_pool()->FindServiceByName(name);
        if (!absl::StartsWith(name, "redress.")) {
          others.push_back(name);
          continue;
        }
        ASSERT_NE(service, nullptr) << name;
        std::vector<std::string> linked;
        for (int i = 0; i < service->method_count(); ++i) {
          linked.push_back(service->method(i)->name());
          servers_[service->method(i)].push_back(server);
        }
        EXPECT_EQ(MethodsAt(*cluster_, server, name), linked) << server << " " << name;
      }
      EXPECT_THAT(others, UnorderedElementsAre("grpc.channelz.v1.Channelz", "grpc.health.v1.Health",
                                               "grpc.reflection.v1alpha.ServerReflection"))
          << server;
    }
    ASSERT_GT(servers_.size(), 95u);
  }

  struct ByName {
    bool operator()(const MethodDescriptor* a, const MethodDescriptor* b) const {
      return a->full_name() < b->full_name();
    }
  };

  static Cluster* cluster_;
  std::map<const MethodDescriptor*, std::vector<std::string>, ByName> servers_;
};

Cluster* EveryRpcTest::cluster_ = nullptr;

// The most inviting request: whoever is refused must not learn what is wrong with it.
std::string Inviting(const MethodDescriptor& method) {
  const std::vector<Malformed> malformed = MalformedRequests(*method.input_type());
  return malformed.empty() ? "" : malformed.back().request->SerializeAsString();
}

TEST_F(EveryRpcTest, WhoIsNotKnownIsUnauthenticated) {
  size_t calls = 0;
  for (const auto& [method, servers] : servers_) {
    for (const std::string& server : servers) {
      SCOPED_TRACE(absl::StrCat(method->full_name(), " at ", server));
      for (const Client& client : {cluster_->Stranger(), cluster_->WithToken("a.b.c")}) {
        const absl::Status status =
            CallBytes(client, server, PathOf(*method), Inviting(*method)).status();
        EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated) << status;
        EXPECT_THAT(status::FieldViolationsOf(status), IsEmpty());
        EXPECT_FALSE(status::ReasonOf(status).empty());
        ++calls;
      }
    }
  }
  EXPECT_GT(calls, 2 * 95u);
}

TEST_F(EveryRpcTest, ARoleWithoutThePermissionIsDeniedBeforeTheRequestIsLookedAt) {
  const std::vector<Caller> callers = AllCallers(*cluster_);
  std::set<const MethodDescriptor*> denied;
  for (const auto& [method, servers] : servers_) {
    const auth::Permission* permission = auth::FindPermission(PermissionOf(*method));
    ASSERT_NE(permission, nullptr) << method->full_name();
    for (const auto& [who, identity, client] : callers) {
      if (auth::Permits(identity, permission->name)) continue;
      for (const std::string& server : servers) {
        SCOPED_TRACE(absl::StrCat(method->full_name(), " at ", server, " as ", who));
        const absl::Status status =
            CallBytes(client, server, PathOf(*method), Inviting(*method)).status();
        EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied) << status;
        EXPECT_THAT(status::FieldViolationsOf(status), IsEmpty());
        const auto info = status::ErrorInfoOf(status);
        ASSERT_TRUE(info.has_value()) << status;
        EXPECT_EQ(info->reason(), status::kPermissionDenied);
        EXPECT_EQ(info->metadata().at("permission"), permission->name);
        denied.insert(method);
      }
    }
  }
  // There is no rpc that every role may call.
  EXPECT_EQ(denied.size(), servers_.size());
}

// Has a character from U+3000 on, as every Chinese sentence does.
bool IsChinese(const std::string& text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) >= 0xe3; });
}

// The paths of the answer are those expected, and it speaks the caller's language. Of very long
// lists the end may be left out; then as many are counted as are missing.
void ExpectViolations(const absl::Status& status, const std::set<std::string>& expected) {
  constexpr size_t kMostListed = 200;
  ASSERT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  EXPECT_EQ(status::ReasonOf(status), status::kInvalidFields);
  std::set<std::string> told;
  for (const status::FieldViolation& violation : status::FieldViolationsOf(status)) {
    EXPECT_TRUE(IsChinese(violation.description))
        << violation.field << ": " << violation.description;
    EXPECT_EQ(expected.count(violation.field), 1u) << violation.field << " is told, but is right";
    told.insert(violation.field);
  }
  EXPECT_FALSE(told.empty());
  const auto info = status::ErrorInfoOf(status);
  size_t omitted = 0;
  if (info.has_value() && info->metadata().count("omitted_violations") > 0) {
    ASSERT_TRUE(absl::SimpleAtoi(info->metadata().at("omitted_violations"), &omitted));
  }
  if (omitted == 0 && expected.size() <= kMostListed) {
    EXPECT_EQ(told, expected);
  } else {
    EXPECT_GE(told.size() + omitted, std::min(expected.size(), kMostListed));
  }
}

TEST_F(EveryRpcTest, EveryRuleThatARequestBreaksIsToldToWhoeverMayCall) {
  const std::vector<Caller> callers = AllCallers(*cluster_);
  size_t called = 0;
  for (const auto& [method, servers] : servers_) {
    const auth::Permission* permission = auth::FindPermission(PermissionOf(*method));
    ASSERT_NE(permission, nullptr) << method->full_name();
    const std::vector<Malformed> requests = MalformedRequests(*method->input_type());
    bool held = false;
    for (const auto& [who, identity, client] : callers) {
      if (!auth::Permits(identity, permission->name)) continue;
      held = true;
      for (const std::string& server : servers) {
        for (const Malformed& malformed : requests) {
          SCOPED_TRACE(absl::StrCat(method->full_name(), " at ", server, " as ", who, ": ",
                                    malformed.request->ShortDebugString().substr(0, 200)));
          ExpectViolations(
              CallBytes(client, server, PathOf(*method), malformed.request->SerializeAsString())
                  .status(),
              malformed.paths);
        }
        if (!requests.empty()) continue;
        // Nothing can be wrong with it, so it is answered.
        SCOPED_TRACE(absl::StrCat(method->full_name(), " at ", server, " as ", who));
        const auto answer = CallBytes(client, server, PathOf(*method), "");
        EXPECT_TRUE(answer.ok()) << answer.status();
      }
    }
    EXPECT_TRUE(held) << method->full_name() << ": nobody may call it";
    if (!requests.empty()) ++called;
  }
  EXPECT_GT(called, 95u);
}

// The table that tests/unit/golden/rpcs.txt holds.
TEST_F(EveryRpcTest, Golden) {
  std::ostringstream out;
  out << "# Every rpc: where it is served (* stands for all five), the permission it asks for, "
         "its\n"
         "# deadline (none for streams), and who holds the permission.\n";
  std::vector<std::string> faultless;
  const ServiceDescriptor* service = nullptr;
  for (const auto& [method, servers] : servers_) {
    if (method->service() != service) {
      service = method->service();
      out << "\n"
          << service->full_name() << " at "
          << (servers.size() == AllServices().size() ? "*" : absl::StrJoin(servers, ", ")) << "\n";
    }
    const options::v1::MethodPolicy& policy = method->options().GetExtension(options::v1::policy);
    const auth::Permission* permission = auth::FindPermission(policy.permission());
    ASSERT_NE(permission, nullptr) << method->full_name();
    std::vector<std::string> roles;
    for (const Role role : AllRoles()) {
      if (permission->roles.Has(role)) roles.push_back(ShortName(role));
    }
    out << "  " << method->name() << "  " << policy.permission() << "  "
        << (method->server_streaming() ? "stream"
                                       : absl::StrCat(options::DeadlineMs(*method), "ms"))
        << "\n    " << absl::StrJoin(roles, " ") << "\n";
    if (MalformedRequests(*method->input_type()).empty()) faultless.push_back(method->full_name());
  }
  out << "\n# Rpcs with an empty request: there is nothing in it that could be wrong.\n";
  for (const std::string& name : faultless) out << name << "\n";

  const std::string path = REDRESS_SOURCE_DIR "/tests/unit/golden/rpcs.txt";
  if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(path) << out.str();
  std::ifstream file(path);
  const std::string expected((std::istreambuf_iterator<char>(file)),
                             std::istreambuf_iterator<char>());
  EXPECT_EQ(out.str(), expected) << "if this is meant, run the test with UPDATE_GOLDEN=1";
}

}  // namespace
}  // namespace redress::testing
