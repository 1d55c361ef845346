// Walks the descriptors of .proto files: every message, enum, rpc and field of a schema. Pure.
// Thread-safe.
#ifndef REDRESS_TESTS_UNIT_SCHEMA_WALK_H_
#define REDRESS_TESTS_UNIT_SCHEMA_WALK_H_

#include <vector>

#include "google/protobuf/descriptor.h"

namespace redress::testing {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;

using Files = std::vector<const FileDescriptor*>;

// Every message, enum and method of the files, nested ones too.
std::vector<const Descriptor*> MessagesOf(const Files& files);
std::vector<const EnumDescriptor*> EnumsOf(const Files& files);
std::vector<const MethodDescriptor*> MethodsOf(const Files& files);
// The fields that can be reached from a message, each once; `output_only` ones are left out where
// `sent` is set, since whatever a client sends there is ignored.
std::vector<const FieldDescriptor*> FieldsBelow(const Descriptor* message, bool sent = false);

}  // namespace redress::testing

#endif  // REDRESS_TESTS_UNIT_SCHEMA_WALK_H_
