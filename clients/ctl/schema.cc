#include "clients/ctl/schema.h"

#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "clients/ctl/profile.h"
#include "common/base/view.h"
#include "common/options/conventions.h"
#include "grpc/health/v1/health.pb.h"
#include "redress/assignment/v1/assignment.pb.h"
#include "redress/assistance/v1/assistance.pb.h"
#include "redress/audit/v1/audit.pb.h"
#include "redress/facts/v1/feed.pb.h"
#include "redress/options/v1/options.pb.h"
#include "redress/registry/v1/access.pb.h"
#include "redress/registry/v1/registry.pb.h"
#include "redress/sample/v1/sample.pb.h"
#include "redress/supervision/v1/supervision.pb.h"
#include "redress/visits/v1/visits.pb.h"

namespace redress::ctl {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::Message;
using google::protobuf::MessageFactory;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

const std::vector<const ServiceDescriptor*>& AllServices() {
  // Naming one message of each file also makes the linker keep the file.
  static const auto* const services = [] {
    auto* found = new std::vector<const ServiceDescriptor*>;
    for (const Descriptor* type :
         {registry::v1::GetCaseRequest::descriptor(), assignment::v1::GetUnitRequest::descriptor(),
          visits::v1::GetVisitRequest::descriptor(), assistance::v1::GetSurveyRequest::descriptor(),
          supervision::v1::GetOverviewRequest::descriptor(),
          registry::v1::CheckAccessRequest::descriptor(), facts::v1::ListFactsRequest::descriptor(),
          audit::v1::ListAuditEntriesRequest::descriptor(),
          sample::v1::GetTimeRequest::descriptor(),
          grpc::health::v1::HealthCheckRequest::descriptor()}) {
      const FileDescriptor* file = type->file();
      for (int i = 0; i < file->service_count(); ++i) found->push_back(file->service(i));
    }
    return found;
  }();
  return *services;
}

const MethodDescriptor* FindMethod(std::string_view name) {
  const size_t cut = name.find_last_of("./");
  if (cut == std::string_view::npos) return nullptr;
  std::string service(name.substr(0, cut));
  if (!service.empty() && service.front() == '/') service.erase(0, 1);
  if (IsService(service)) {
    service[0] = absl::ascii_toupper(static_cast<unsigned char>(service[0]));
    service.append("Service");
  }
  const std::string method(name.substr(cut + 1));
  for (const ServiceDescriptor* candidate : AllServices()) {
    if (service == candidate->name() || service == candidate->full_name()) {
      return candidate->FindMethodByName(method);
    }
  }
  return nullptr;
}

std::string HomeOf(const MethodDescriptor& method) {
  const std::vector<std::string> package = absl::StrSplit(method.file()->package(), '.');
  return package.size() > 1 && IsService(package[1]) ? package[1] : "";
}

std::string WireName(const MethodDescriptor& method) {
  return absl::StrCat("/", method.service()->full_name(), "/", method.name());
}

absl::Duration DeadlineOf(const MethodDescriptor& method) {
  return absl::Milliseconds(options::DeadlineMs(method));
}

std::unique_ptr<Message> NewMessage(const Descriptor& type) {
  return std::unique_ptr<Message>(MessageFactory::generated_factory()->GetPrototype(&type)->New());
}

std::vector<const FieldDescriptor*> FieldPath(const Descriptor& type, std::string_view path) {
  std::vector<const FieldDescriptor*> fields;
  const Descriptor* at = &type;
  for (absl::string_view part : absl::StrSplit(base::AbslView(path), '.')) {
    const FieldDescriptor* field = at == nullptr ? nullptr : at->FindFieldByName(std::string(part));
    // A path is a literal of a command's declaration; a test walks them all.
    if (field == nullptr) std::abort();
    fields.push_back(field);
    at = field->message_type();
  }
  return fields;
}

std::string ResourcePattern(const FieldDescriptor& field) {
  return options::RuleOf(field).resource();
}

bool IsRequired(const FieldDescriptor& field) { return options::RuleOf(field).required(); }

bool IsOutputOnly(const FieldDescriptor& field) { return options::RuleOf(field).output_only(); }

bool IsImmutable(const FieldDescriptor& field) { return options::RuleOf(field).immutable(); }

bool IsDigest(const FieldDescriptor& field) { return absl::EndsWith(field.name(), "sha256"); }

bool IsLongText(const FieldDescriptor& field) {
  return field.type() == FieldDescriptor::TYPE_STRING && ResourcePattern(field).empty() &&
         options::RuleOf(field).max_runes() >= 500 && !absl::EndsWith(field.name(), "page_token");
}

}  // namespace redress::ctl
