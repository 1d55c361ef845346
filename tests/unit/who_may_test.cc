// Who may make each record, and what each service may ask of the others, as tables: the README of a
// service shows the first, tests/unit/golden/services.txt the second. Both follow from the
// descriptors and the permissions alone, so that an rpc that is added later is in them.
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/auth/permissions.h"
#include "common/base/view.h"
#include "redress/options/v1/options.pb.h"

namespace redress {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;
using types::v1::Role;

constexpr std::string_view kBegin = "<!-- who may make each record: begin -->\n";
constexpr std::string_view kEnd = "<!-- who may make each record: end -->\n";

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

bool Updates() { return std::getenv("UPDATE_GOLDEN") != nullptr; }

std::vector<Role> AllRoles() {
  std::vector<Role> roles;
  for (int number = 1; number <= types::v1::Role_MAX; ++number) {
    if (types::v1::Role_IsValid(number)) roles.push_back(static_cast<Role>(number));
  }
  return roles;
}

const std::string& PermissionOf(const MethodDescriptor& method) {
  return method.options().GetExtension(options::v1::policy).permission();
}

// One row for each rpc of a service that changes something.
std::string RecordTable(const ServiceDescriptor& service) {
  std::string head = "| record by | permission |";
  std::string line = "|---|---|";
  for (const Role role : AllRoles()) {
    absl::StrAppend(&head, " ", types::v1::Role_Name(role).substr(sizeof("ROLE_") - 1), " |");
    absl::StrAppend(&line, "---|");
  }
  std::string table = absl::StrCat(head, "\n", line, "\n");
  for (int i = 0; i < service.method_count(); ++i) {
    const MethodDescriptor& method = *service.method(i);
    if (method.input_type()->FindFieldByName("request_id") == nullptr) continue;
    absl::StrAppend(&table, "| ", method.name(), " | ", PermissionOf(method), " |");
    for (const Role role : AllRoles()) {
      absl::StrAppend(&table,
                      auth::Permits(auth::RoleSet{role}, PermissionOf(method)) ? " yes |" : " - |");
    }
    table += "\n";
  }
  return table;
}

TEST(WhoMayTest, TheReadmeOfEachServiceShowsWhoMayMakeEachRecord) {
  const std::map<std::string, std::string> services = {
      {"registry", "redress.registry.v1.RegistryService"},
      {"assignment", "redress.assignment.v1.AssignmentService"},
      {"visits", "redress.visits.v1.VisitsService"},
      {"assistance", "redress.assistance.v1.AssistanceService"}};
  for (const auto& [folder, name] : services) {
    SCOPED_TRACE(folder);
    const ServiceDescriptor* service = DescriptorPool::generated_pool()->FindServiceByName(name);
    ASSERT_NE(service, nullptr) << name;
    const std::string path = absl::StrCat(REDRESS_SOURCE_DIR, "/services/", folder, "/README.md");
    std::string readme = ReadFile(path);
    const size_t begin = readme.find(kBegin);
    const size_t end = readme.find(kEnd);
    ASSERT_TRUE(begin != std::string::npos && end != std::string::npos && begin < end) << path;
    const size_t from = begin + kBegin.size();
    const std::string table = RecordTable(*service);
    if (Updates()) {
      readme.replace(from, end - from, table);
      std::ofstream(path) << readme;
    } else {
      EXPECT_EQ(readme.substr(from, end - from), table)
          << "if this is meant, run the test with UPDATE_GOLDEN=1 and review";
    }
  }
}

TEST(WhoMayTest, EachServiceAsksWhatItsRoleNeedsAndNoMore) {
  std::ostringstream out;
  out << "# Which rpcs each service may call, by its certificate. Whoever is not here may call "
         "none "
         "of them.\n";
  std::vector<const ServiceDescriptor*> all;
  for (const char* file :
       {"registry/v1/registry", "registry/v1/access", "assignment/v1/assignment",
        "visits/v1/visits", "assistance/v1/assistance", "supervision/v1/supervision",
        "facts/v1/feed", "audit/v1/audit", "sample/v1/sample"}) {
    const auto* found =
        DescriptorPool::generated_pool()->FindFileByName(absl::StrCat("redress/", file, ".proto"));
    ASSERT_NE(found, nullptr) << file;
    for (int i = 0; i < found->service_count(); ++i) all.push_back(found->service(i));
  }
  for (const char* name : {"registry", "assignment", "visits", "assistance", "supervision"}) {
    auth::Identity caller;
    caller.service = name;
    caller.roles = {types::v1::ROLE_SERVICE};
    out << "\n" << name << "\n";
    for (const ServiceDescriptor* service : all) {
      for (int i = 0; i < service->method_count(); ++i) {
        const MethodDescriptor& method = *service->method(i);
        if (!auth::Permits(caller, PermissionOf(method))) continue;
        out << "  " << service->full_name() << "/" << method.name() << "\n";
        // What a service may do changes nothing, but for what assignment tells about access.
        const bool tells = PermissionOf(method) == "access.update" ||
                           PermissionOf(method) == "access.recordMembership";
        EXPECT_TRUE(method.input_type()->FindFieldByName("request_id") == nullptr || tells)
            << name << " may call " << method.full_name();
      }
    }
  }
  const std::string path = REDRESS_SOURCE_DIR "/tests/unit/golden/services.txt";
  if (Updates()) std::ofstream(path) << out.str();
  EXPECT_EQ(out.str(), ReadFile(path)) << "if this is meant, run the test with UPDATE_GOLDEN=1";
}

}  // namespace
}  // namespace redress
