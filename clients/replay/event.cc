#include "clients/replay/event.h"

#include <tuple>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/base/clock.h"
#include "common/status/macros.h"
#include "redress/registry/v1/registry.pb.h"

namespace redress::replay {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Calls `visit` with every text of the message, to be changed in place.
absl::Status ForEachText(Message& message,
                         const std::function<absl::Status(std::string& text)>& visit) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        Message& inner = field->is_repeated()
                             ? *reflection.MutableRepeatedMessage(&message, field, i)
                             : *reflection.MutableMessage(&message, field);
        RETURN_IF_ERROR(ForEachText(inner, visit));
      } else if (field->type() == FieldDescriptor::TYPE_STRING) {
        std::string text = field->is_repeated() ? reflection.GetRepeatedString(message, field, i)
                                                : reflection.GetString(message, field);
        RETURN_IF_ERROR(visit(text));
        if (field->is_repeated()) {
          reflection.SetRepeatedString(&message, field, i, text);
        } else {
          reflection.SetString(&message, field, text);
        }
      }
    }
  }
  return absl::OkStatus();
}

bool IsRegistration(const Event& event) {
  return event.request->GetDescriptor() == registry::v1::RegisterCaseRequest::descriptor();
}

}  // namespace

bool Before(const Event& a, const Event& b) {
  const auto key = [](const Event& event) {
    return std::make_tuple(event.day, event.slot, event.case_number > 0 && !IsRegistration(event),
                           event.case_number, event.order);
  };
  return key(a) < key(b);
}

absl::Time InstantOf(Day day, Slot slot) {
  constexpr int kHours[] = {9, 10, 12, 15, 17};
  return absl::FromCivil(absl::CivilHour(day) + kHours[static_cast<int>(slot)], base::Shanghai());
}

google::type::Date DateOf(Day day) {
  google::type::Date date;
  date.set_year(static_cast<int>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

Day DayOf(const google::type::Date& date) { return Day(date.year(), date.month(), date.day()); }

std::string CasePlaceholder(int case_number) { return absl::StrCat("cases/@", case_number); }

absl::Status Resolve(const Lookup& lookup, Message& message) {
  return ForEachText(message, [&](std::string& text) -> absl::Status {
    if (!absl::StrContains(text, "/@")) return absl::OkStatus();
    // The longest beginning that ends with a placeholder is what was bound.
    std::vector<std::string> parts = absl::StrSplit(text, '/');
    size_t bound = parts.size();
    while (bound > 0 && !absl::StartsWith(parts[bound - 1], "@")) --bound;
    const std::string placeholder =
        absl::StrJoin(parts.begin(), parts.begin() + static_cast<long>(bound), "/");
    const std::string name = lookup(placeholder);
    if (name.empty()) {
      return absl::FailedPreconditionError(absl::StrCat("nothing is known of ", placeholder));
    }
    text = name + text.substr(placeholder.size());
    return absl::OkStatus();
  });
}

std::string NameIn(const Message& answer) {
  const google::protobuf::Reflection& reflection = *answer.GetReflection();
  const google::protobuf::Descriptor& type = *answer.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    if (field->is_repeated() || field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const FieldDescriptor* name = field->message_type()->FindFieldByName("name");
    if (name == nullptr) continue;
    const Message& resource = reflection.GetMessage(answer, field);
    return resource.GetReflection()->GetString(resource, name);
  }
  return "";
}

std::vector<std::string> TextsOf(const Message& message) {
  std::unique_ptr<Message> copy(message.New());
  copy->CopyFrom(message);
  std::vector<std::string> texts;
  const absl::Status always = ForEachText(*copy, [&](std::string& text) {
    texts.push_back(text);
    return absl::OkStatus();
  });
  return always.ok() ? texts : std::vector<std::string>();
}

}  // namespace redress::replay
