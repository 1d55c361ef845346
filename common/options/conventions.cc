#include "common/options/conventions.h"

#include <limits>
#include <map>
#include <string>

namespace redress::options {
namespace {

using google::protobuf::FieldDescriptor;

constexpr int kDeadlineMs = 5000;

struct Convention {
  FieldDescriptor::Type type;
  v1::FieldRule rule;
};

const std::map<std::string, Convention>& Conventions() {
  static const auto* const conventions = [] {
    auto* all = new std::map<std::string, Convention>;
    const auto add = [&](const char* name, FieldDescriptor::Type type) {
      Convention& convention = (*all)[name];
      convention.type = type;
      return &convention.rule;
    };
    v1::FieldRule* request_id = add("request_id", FieldDescriptor::TYPE_STRING);
    request_id->set_required(true);
    request_id->set_uuid(true);
    add("etag", FieldDescriptor::TYPE_STRING)->set_max_runes(64);
    add("page_size", FieldDescriptor::TYPE_INT32)->set_max(std::numeric_limits<int32_t>::max());
    add("page_token", FieldDescriptor::TYPE_STRING)->set_max_runes(512);
    return all;
  }();
  return *conventions;
}

}  // namespace

const v1::FieldRule& RuleOf(const FieldDescriptor& field) {
  if (!field.options().HasExtension(v1::rule) && !field.is_repeated()) {
    const auto found = Conventions().find(field.name());
    if (found != Conventions().end() && found->second.type == field.type()) {
      return found->second.rule;
    }
  }
  return field.options().GetExtension(v1::rule);
}

int DeadlineMs(const google::protobuf::MethodDescriptor& method) {
  if (method.client_streaming() || method.server_streaming()) return 0;
  const int own = method.options().GetExtension(v1::policy).deadline_ms();
  return own != 0 ? own : kDeadlineMs;
}

}  // namespace redress::options
