#include "tests/e2e/malformed.h"

#include <re2/re2.h>

#include <algorithm>
#include <cstdint>
#include <limits>

#include "common/options/conventions.h"
#include "gtest/gtest.h"
#include "redress/options/v1/options.pb.h"

namespace redress::testing {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MessageFactory;
using google::protobuf::Reflection;
using options::v1::FieldRule;

// How every field of a request is made wrong.
enum class Wrong {
  kLeftOut,   // nothing is set at all
  kTooMuch,   // too long, too many, too large
  kMisshapen  // of the wrong form, too small, in the future
};

constexpr int kUnknownEnum = 999983;

class Breaker {
 public:
  Breaker(Wrong wrong, std::set<std::string>* paths) : wrong_(wrong), paths_(*paths) {}

  void Break(Message* message, const std::string& prefix);

 private:
  // True if a wrong value was set; the paths that it is reported under are noted.
  bool BreakField(Message* message, const FieldDescriptor* field, const FieldRule& rule,
                  const std::string& path);
  bool BreakList(Message* message, const FieldDescriptor* field, const FieldRule& rule,
                 const std::string& path);
  bool BreakNumber(Message* message, const FieldDescriptor* field, const FieldRule& rule);
  bool BreakMessage(Message* message, const FieldRule& rule, const std::string& path);
  std::string WrongText(const FieldRule& rule) const;

  const Wrong wrong_;
  std::set<std::string>& paths_;
  std::vector<const Descriptor*> within_;  // types that contain themselves are broken once
};

void Breaker::Break(Message* message, const std::string& prefix) {
  const Descriptor* type = message->GetDescriptor();
  within_.push_back(type);
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    const FieldRule& rule = options::RuleOf(*field);
    if (rule.output_only()) continue;
    const std::string path = prefix + field->name();
    const auto* oneof = field->real_containing_oneof();
    // Only one member can be set: the first that can be wrong.
    if (oneof != nullptr && message->GetReflection()->HasOneof(*message, oneof)) continue;
    if (wrong_ != Wrong::kLeftOut && BreakField(message, field, rule, path)) continue;
    const bool wanted = rule.required() || rule.min_items() > 0;
    if (wanted && oneof == nullptr) paths_.insert(path);
  }
  for (int i = 0; i < type->real_oneof_decl_count(); ++i) {
    const auto* oneof = type->oneof_decl(i);
    bool wanted = false;
    for (int k = 0; k < oneof->field_count(); ++k) {
      wanted = wanted || options::RuleOf(*oneof->field(k)).required();
    }
    if (wanted && !message->GetReflection()->HasOneof(*message, oneof)) {
      paths_.insert(prefix + oneof->name());
    }
  }
  within_.pop_back();
}

std::string Breaker::WrongText(const FieldRule& rule) const {
  if (wrong_ == Wrong::kTooMuch) {
    return std::string((rule.max_runes() == 0 ? 256 : rule.max_runes()) + 1, 'x');
  }
  const bool shaped = rule.uuid() || !rule.resource().empty() ||
                      (!rule.pattern().empty() && !RE2::FullMatch("!", rule.pattern()));
  return shaped ? "!" : "\x01";  // a control character is in no text
}

bool Breaker::BreakField(Message* message, const FieldDescriptor* field, const FieldRule& rule,
                         const std::string& path) {
  if (field->is_repeated()) return BreakList(message, field, rule, path);
  const Reflection& reflection = *message->GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      if (field->type() == FieldDescriptor::TYPE_BYTES) {
        if (wrong_ != Wrong::kTooMuch) return false;
        const uint32_t most = rule.max_bytes() == 0 ? 4096 : rule.max_bytes();
        reflection.SetString(message, field, std::string(most + 1, 'x'));
      } else {
        reflection.SetString(message, field, WrongText(rule));
      }
      break;
    case FieldDescriptor::CPPTYPE_ENUM:
      reflection.SetEnumValue(message, field, kUnknownEnum);
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      return false;
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      const Descriptor* type = field->message_type();
      if (std::find(within_.begin(), within_.end(), type) != within_.end()) return false;
      return BreakMessage(reflection.MutableMessage(message, field), rule, path);
    }
    default:
      if (!BreakNumber(message, field, rule)) return false;
  }
  paths_.insert(path);
  return true;
}

bool Breaker::BreakNumber(Message* message, const FieldDescriptor* field, const FieldRule& rule) {
  const Reflection& reflection = *message->GetReflection();
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE) {
    reflection.SetDouble(message, field, std::numeric_limits<double>::infinity());
    return true;
  }
  if (rule.max() == 0) return false;
  const bool narrow = field->cpp_type() == FieldDescriptor::CPPTYPE_INT32;
  const int64_t largest =
      narrow ? std::numeric_limits<int32_t>::max() : std::numeric_limits<int64_t>::max();
  // Zero is the same as nothing in a field without presence.
  const bool below_is_nothing = rule.min() == 1 && !field->has_presence();
  const bool above = rule.max() < largest && (wrong_ == Wrong::kTooMuch || below_is_nothing);
  const int64_t value = above ? rule.max() + 1 : rule.min() - 1;
  if (value == 0 && !field->has_presence()) return false;
  if (narrow) {
    reflection.SetInt32(message, field, static_cast<int32_t>(value));
  } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_INT64) {
    reflection.SetInt64(message, field, value);
  } else {
    ADD_FAILURE() << field->full_name() << " is of a type that this test cannot break";
    return false;
  }
  return true;
}

bool Breaker::BreakMessage(Message* message, const FieldRule& rule, const std::string& path) {
  const std::string& type = message->GetDescriptor()->full_name();
  const auto set = [&](const char* field, int64_t value) {
    const FieldDescriptor* descriptor = message->GetDescriptor()->FindFieldByName(field);
    if (descriptor->cpp_type() == FieldDescriptor::CPPTYPE_INT32) {
      message->GetReflection()->SetInt32(message, descriptor, static_cast<int32_t>(value));
    } else {
      message->GetReflection()->SetInt64(message, descriptor, value);
    }
  };
  if (type == "google.type.Date") {
    const bool future = wrong_ == Wrong::kMisshapen && rule.not_future();
    set("year", future ? 2999 : 2018);
    set("month", wrong_ == Wrong::kTooMuch ? 13 : 2);
    set("day", future ? 1 : 30);
  } else if (type == "google.protobuf.Timestamp" || type == "google.protobuf.Duration") {
    set("seconds", 1);
    set("nanos", wrong_ == Wrong::kTooMuch ? 1000000000 : -1);
  } else {
    Break(message, path + ".");
    return true;
  }
  paths_.insert(path);
  return true;
}

bool Breaker::BreakList(Message* message, const FieldDescriptor* field, const FieldRule& rule,
                        const std::string& path) {
  const Reflection& reflection = *message->GetReflection();
  if (field->is_map()) {
    ADD_FAILURE() << field->full_name() << " is a map: this test cannot break maps";
    return false;
  }
  const bool texts = field->type() == FieldDescriptor::TYPE_STRING;
  const bool enums = field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM;
  const bool messages = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  const bool numbers = field->cpp_type() == FieldDescriptor::CPPTYPE_INT32;
  if (!texts && !enums && !messages && !numbers) {
    ADD_FAILURE() << field->full_name() << " is a list that this test cannot break";
    return false;
  }
  if (wrong_ == Wrong::kTooMuch) {
    const uint32_t most = rule.max_items() == 0 ? 100 : rule.max_items();
    for (uint32_t i = 0; i <= most; ++i) {
      if (texts) reflection.AddString(message, field, "");
      if (enums) reflection.AddEnumValue(message, field, 1);
      if (numbers) reflection.AddInt32(message, field, 1);
      if (messages) reflection.AddMessage(message, field);
    }
    paths_.insert(path);  // its items are not looked at
    return true;
  }
  const Descriptor* type = field->message_type();
  if (messages && std::find(within_.begin(), within_.end(), type) != within_.end()) return false;
  if (rule.min_items() > 1) paths_.insert(path);
  if (messages) return BreakMessage(reflection.AddMessage(message, field), rule, path + "[0]");
  if (texts) reflection.AddString(message, field, WrongText(rule));
  if (enums) reflection.AddEnumValue(message, field, kUnknownEnum);
  if (numbers) {
    if (rule.max() == 0) return false;  // any number will do
    reflection.AddInt32(message, field, static_cast<int32_t>(rule.max() + 1));
  }
  paths_.insert(path + "[0]");
  return true;
}

}  // namespace

std::vector<Malformed> MalformedRequests(const Descriptor& type) {
  std::vector<Malformed> all;
  for (const Wrong wrong : {Wrong::kLeftOut, Wrong::kTooMuch, Wrong::kMisshapen}) {
    Malformed malformed;
    malformed.request.reset(MessageFactory::generated_factory()->GetPrototype(&type)->New());
    Breaker(wrong, &malformed.paths).Break(malformed.request.get(), "");
    if (!malformed.paths.empty()) all.push_back(std::move(malformed));
  }
  return all;
}

}  // namespace redress::testing
