// The services' methods and messages by name. Everything ctl does is driven by these descriptors,
// so a new field of a request is a new flag without a line here. Thread-safe.
#ifndef REDRESS_CLIENTS_CTL_SCHEMA_H_
#define REDRESS_CLIENTS_CTL_SCHEMA_H_

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"

namespace redress::ctl {

// All services of Redress, and the health service.
const std::vector<const google::protobuf::ServiceDescriptor*>& AllServices();

// "RegistryService.GetCase", "registry/GetCase", "redress.registry.v1.RegistryService/GetCase".
// Null if there is no such method. A bare name of one of the five stands for its main service.
const google::protobuf::MethodDescriptor* FindMethod(std::string_view name);

// Which of the five answers a method; empty for those that every service has (facts, audit, …).
std::string HomeOf(const google::protobuf::MethodDescriptor& method);

// "/redress.registry.v1.RegistryService/GetCase".
std::string WireName(const google::protobuf::MethodDescriptor& method);

// The time that the .proto allows a call; zero if it names none.
absl::Duration DeadlineOf(const google::protobuf::MethodDescriptor& method);

// An empty message of a generated type.
std::unique_ptr<google::protobuf::Message> NewMessage(const google::protobuf::Descriptor& type);

// A field by its path, "visit.place"; the path must exist in `type`.
std::vector<const google::protobuf::FieldDescriptor*> FieldPath(
    const google::protobuf::Descriptor& type, std::string_view path);

// What the name of a resource must look like, "cases/*/rounds/*"; empty if the field is no name.
std::string ResourcePattern(const google::protobuf::FieldDescriptor& field);

bool IsRequired(const google::protobuf::FieldDescriptor& field);
bool IsOutputOnly(const google::protobuf::FieldDescriptor& field);
bool IsImmutable(const google::protobuf::FieldDescriptor& field);

// A SHA-256 in hex: may be given as file=PATH.
bool IsDigest(const google::protobuf::FieldDescriptor& field);

// Long free text: may be given as @FILE.
bool IsLongText(const google::protobuf::FieldDescriptor& field);

}  // namespace redress::ctl

#endif  // REDRESS_CLIENTS_CTL_SCHEMA_H_
