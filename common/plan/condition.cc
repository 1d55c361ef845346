#include <algorithm>

#include "common/plan/program.h"
#include "google/protobuf/message.h"

namespace redress::plan::internal {

using google::protobuf::FieldDescriptor;

int64_t Number(const FieldDescriptor& field, const google::protobuf::Message& detail) {
  const auto* reflection = detail.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection->GetBool(detail, &field) ? 1 : 0;
    case FieldDescriptor::CPPTYPE_ENUM:
      return reflection->GetEnumValue(detail, &field);
    case FieldDescriptor::CPPTYPE_INT64:
      return reflection->GetInt64(detail, &field);
    default:
      return reflection->GetInt32(detail, &field);
  }
}

bool Holds(const Condition& c, const google::protobuf::Message* detail) {
  if (detail == nullptr) return false;
  const auto* reflection = detail->GetReflection();
  if (c.compare == Compare::kContains) {
    const int size = reflection->FieldSize(*detail, c.field);
    for (int i = 0; i < size; ++i) {
      if (c.field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM &&
          reflection->GetRepeatedEnumValue(*detail, c.field, i) == c.number) {
        return true;
      }
    }
    return false;
  }
  if (c.field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    std::string unused;
    const std::string& value = reflection->GetStringReference(*detail, c.field, &unused);
    switch (c.compare) {
      case Compare::kEquals:
        return value == c.text;
      case Compare::kDiffers:
        return value != c.text;
      default:
        return std::find(c.texts.begin(), c.texts.end(), value) != c.texts.end();
    }
  }
  const int64_t value = Number(*c.field, *detail);
  switch (c.compare) {
    case Compare::kEquals:
      return value == c.number;
    case Compare::kDiffers:
      return value != c.number;
    case Compare::kAtLeast:
      return value >= c.number;
    case Compare::kAtMost:
      return value <= c.number;
    default:
      return std::find(c.numbers.begin(), c.numbers.end(), value) != c.numbers.end();
  }
}

}  // namespace redress::plan::internal
