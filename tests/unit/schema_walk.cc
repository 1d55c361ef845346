#include "tests/unit/schema_walk.h"

#include <set>

#include "common/options/conventions.h"
#include "redress/options/v1/options.pb.h"

namespace redress::testing {
namespace {

void AddMessages(const Descriptor* message, std::vector<const Descriptor*>& all) {
  all.push_back(message);
  for (int i = 0; i < message->nested_type_count(); ++i) AddMessages(message->nested_type(i), all);
}

void AddFields(const Descriptor* message, bool sent, std::set<const Descriptor*>& seen,
               std::vector<const FieldDescriptor*>& all) {
  if (!seen.insert(message).second) return;
  for (int i = 0; i < message->field_count(); ++i) {
    const FieldDescriptor* field = message->field(i);
    if (sent && options::RuleOf(*field).output_only()) continue;
    all.push_back(field);
    if (field->message_type() != nullptr) AddFields(field->message_type(), sent, seen, all);
  }
}
}  // namespace

std::vector<const Descriptor*> MessagesOf(const Files& files) {
  std::vector<const Descriptor*> all;
  for (const FileDescriptor* file : files) {
    for (int i = 0; i < file->message_type_count(); ++i) AddMessages(file->message_type(i), all);
  }
  return all;
}

std::vector<const EnumDescriptor*> EnumsOf(const Files& files) {
  std::vector<const EnumDescriptor*> all;
  for (const FileDescriptor* file : files) {
    for (int i = 0; i < file->enum_type_count(); ++i) all.push_back(file->enum_type(i));
  }
  for (const Descriptor* message : MessagesOf(files)) {
    for (int i = 0; i < message->enum_type_count(); ++i) all.push_back(message->enum_type(i));
  }
  return all;
}

std::vector<const MethodDescriptor*> MethodsOf(const Files& files) {
  std::vector<const MethodDescriptor*> all;
  for (const FileDescriptor* file : files) {
    for (int i = 0; i < file->service_count(); ++i) {
      for (int k = 0; k < file->service(i)->method_count(); ++k) {
        all.push_back(file->service(i)->method(k));
      }
    }
  }
  return all;
}

std::vector<const FieldDescriptor*> FieldsBelow(const Descriptor* message, bool sent) {
  std::set<const Descriptor*> seen;
  std::vector<const FieldDescriptor*> all;
  AddFields(message, sent, seen, all);
  return all;
}
}  // namespace redress::testing
