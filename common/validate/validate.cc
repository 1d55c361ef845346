#include "common/validate/validate.h"

#include <google/protobuf/descriptor.pb.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/base/view.h"
#include "common/status/error.h"
#include "common/validate/program.h"
#include "common/validate/text.h"

namespace redress::validate {
namespace {

using base::AbslView;

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using internal::FieldCheck;
using internal::Kind;
using internal::Program;

constexpr int kMaxDepth = 32;
constexpr size_t kMaxViolations = 200;
// How far ahead a date may lie that may lie ahead at all: nobody plans, promises or asks further.
constexpr int kHorizonYears = 10;
// Seconds of 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z; the bound of a Duration.
constexpr int64_t kMinTimestamp = -62135596800;
constexpr int64_t kMaxTimestamp = 253402300799;
constexpr int64_t kMaxDuration = 315576000000;

// Where the walk is. Lives on the stack; becomes text only when there is something to report.
struct Place {
  const Place* parent = nullptr;
  const FieldDescriptor* field = nullptr;
  int index = -1;                    // item of a list
  const std::string* key = nullptr;  // entry of a map

  std::string Text() const {
    std::string text = parent == nullptr ? "" : parent->Text();
    // The key and value of a map's entry are named by the entry: "labels["k"]".
    if (!field->containing_type()->options().map_entry()) {
      absl::StrAppend(&text, text.empty() ? "" : ".", field->name());
    }
    if (index >= 0) absl::StrAppend(&text, "[", index, "]");
    if (key != nullptr) absl::StrAppend(&text, "[\"", *key, "\"]");
    return text;
  }
};

std::string Count(uint64_t n, std::string_view one) {
  return absl::StrCat(n, " ", AbslView(one), n == 1 ? "" : "s");
}

// The key of a map's entry as it stands in a path: short, and valid UTF-8 whatever was sent.
std::string KeyText(const Message& entry, const FieldDescriptor* key) {
  const Reflection& reflection = *entry.GetReflection();
  switch (key->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      constexpr size_t kMaxKey = 64;
      const std::string text = reflection.GetString(entry, key);
      if (text.size() > kMaxKey) return absl::CHexEscape(text.substr(0, kMaxKey)) + "...";
      return CountRunes(text) < 0 ? absl::CHexEscape(text) : absl::Utf8SafeCHexEscape(text);
    }
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(reflection.GetInt32(entry, key));
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(reflection.GetInt64(entry, key));
    case FieldDescriptor::CPPTYPE_UINT32:
      return absl::StrCat(reflection.GetUInt32(entry, key));
    case FieldDescriptor::CPPTYPE_UINT64:
      return absl::StrCat(reflection.GetUInt64(entry, key));
    default:
      return reflection.GetBool(entry, key) ? "true" : "false";
  }
}

// Reads one value: of the field itself, or of an item of the list.
struct Reader {
  const Message& message;
  const Reflection& reflection;
  const FieldDescriptor* field;
  int index;  // -1: not a list

#define REDRESS_READ(name, type)                                            \
  type name() const {                                                       \
    return index < 0 ? reflection.Get##name(message, field)                 \
                     : reflection.GetRepeated##name(message, field, index); \
  }
  REDRESS_READ(Int32, int32_t)
  REDRESS_READ(Int64, int64_t)
  REDRESS_READ(UInt32, uint32_t)
  REDRESS_READ(UInt64, uint64_t)
  REDRESS_READ(Float, float)
  REDRESS_READ(Double, double)
  REDRESS_READ(EnumValue, int)
#undef REDRESS_READ

  const std::string& Text(std::string* scratch) const {
    return index < 0 ? reflection.GetStringReference(message, field, scratch)
                     : reflection.GetRepeatedStringReference(message, field, index, scratch);
  }
  const Message& Sub() const {
    return index < 0 ? reflection.GetMessage(message, field)
                     : reflection.GetRepeatedMessage(message, field, index);
  }
};

// The part of a resource that an update is about.
struct Part {
  std::vector<std::string> named;  // the paths of the mask
  std::string path;  // from the resource, with a dot at its end; empty for the resource itself

  std::string PathOf(const FieldDescriptor* field) const {
    return absl::StrCat(path, field->name());
  }
  // True where parts of the field are meant.
  bool LeadsInto(const FieldDescriptor* field) const {
    const std::string within = absl::StrCat(PathOf(field), ".");
    return std::any_of(named.begin(), named.end(),
                       [&](const std::string& one) { return absl::StartsWith(one, within); });
  }
  // True where the whole of the field is meant.
  bool Names(const FieldDescriptor* field) const {
    const std::string asked = PathOf(field);
    return std::any_of(named.begin(), named.end(),
                       [&](const std::string& one) { return one == "*" || one == asked; });
  }
};

bool NamesOneOf(const Part& part, const google::protobuf::OneofDescriptor& oneof) {
  for (int i = 0; i < oneof.field_count(); ++i) {
    if (part.Names(oneof.field(i))) return true;
  }
  return false;
}

bool IsSet(const Message& message, const FieldDescriptor* field) {
  const Reflection& reflection = *message.GetReflection();
  return field->is_repeated() ? reflection.FieldSize(message, field) > 0
                              : reflection.HasField(message, field);
}

// Set for a request that updates by mask; its messages are the resource.
std::optional<Part> UpdateOf(const Message& request, const Program& program) {
  if (program.mask == nullptr) return std::nullopt;
  const Message& mask = request.GetReflection()->GetMessage(request, program.mask);
  const FieldDescriptor* paths = program.mask->message_type()->FindFieldByName("paths");
  Part part;
  for (int i = 0; i < mask.GetReflection()->FieldSize(mask, paths); ++i) {
    part.named.push_back(mask.GetReflection()->GetRepeatedString(mask, paths, i));
  }
  return part;
}

class Walk {
 public:
  explicit Walk(absl::CivilDay today) : today_(today) {}

  // `part` is set in the resource of a partial update: what the mask leaves out may be left out.
  void Check(const Message& message, const Program& program, const Place* parent, int depth,
             const Part* part = nullptr);

  std::vector<status::FieldViolation>& violations() { return violations_; }

 private:
  void Report(const Place& place, std::string description) {
    if (!Full()) violations_.push_back({place.Text(), std::move(description)});
  }
  bool Full() const { return violations_.size() >= kMaxViolations; }

  void CheckList(const Message& message, const FieldCheck& check, const Place* parent, int depth);
  void CheckMap(const Message& message, const FieldCheck& check, const Place* parent, int depth);
  void CheckValue(const Reader& value, const FieldCheck& check, const Place& place, int depth,
                  const Part* part = nullptr);
  void CheckString(const std::string& text, const FieldCheck& check, const Place& place);
  void CheckDate(const Message& date, const FieldCheck& check, const Place& place);
  void CheckInstant(const Message& instant, const FieldCheck& check, const Place& place);
  void CheckInteger(int64_t value, const FieldCheck& check, const Place& place);
  void CheckFloat(double value, const FieldCheck& check, const Place& place);
  // What is promised, planned or asked about lies within a working life.
  void CheckHorizon(absl::CivilDay day, const Place& place);
  void CheckNotFuture(absl::CivilDay day, const FieldCheck& check, const Place& place);

  const absl::CivilDay today_;
  std::vector<status::FieldViolation> violations_;
};

void Walk::Check(const Message& message, const Program& program, const Place* parent, int depth,
                 const Part* part) {
  const Reflection& reflection = *message.GetReflection();
  const std::optional<Part> update =
      depth == 0 ? UpdateOf(message, program) : std::optional<Part>();
  for (const FieldCheck& check : program.fields) {
    if (Full()) return;
    const bool set = IsSet(message, check.field);
    if (!set && part != nullptr && (check.immutable || !part->Names(check.field))) continue;
    if (check.kind == Kind::kMap) {
      CheckMap(message, check, parent, depth);
    } else if (check.repeated) {
      CheckList(message, check, parent, depth);
    } else if (set) {
      const Reader value{message, reflection, check.field, -1};
      const Place place{parent, check.field};
      if (update) {
        CheckValue(value, check, place, depth, &*update);
      } else if (part != nullptr && part->LeadsInto(check.field)) {
        const Part inner{part->named, absl::StrCat(part->PathOf(check.field), ".")};
        CheckValue(value, check, place, depth, &inner);
      } else {
        CheckValue(value, check, place, depth);
      }
    } else if (check.required) {
      Report(Place{parent, check.field}, "must be set");
    }
  }
  for (const auto* oneof : program.oneofs) {
    if (reflection.HasOneof(message, oneof)) continue;
    if (part != nullptr && !NamesOneOf(*part, *oneof)) continue;
    std::string names;
    for (int i = 0; i < oneof->field_count(); ++i) {
      absl::StrAppend(&names, i == 0 ? "" : ", ", oneof->field(i)->name());
    }
    const std::string path = parent == nullptr ? "" : parent->Text() + ".";
    if (!Full()) {
      violations_.push_back({path + oneof->name(), absl::StrCat("must have one of ", names)});
    }
  }
}

void Walk::CheckList(const Message& message, const FieldCheck& check, const Place* parent,
                     int depth) {
  const Reflection& reflection = *message.GetReflection();
  const int size = reflection.FieldSize(message, check.field);
  const Place list{parent, check.field};
  if (size == 0 && (check.required || check.min_items > 0)) {
    Report(list, check.min_items > 1
                     ? absl::StrCat("must have at least ", Count(check.min_items, "item"))
                     : "must be set");
    return;
  }
  if (static_cast<uint32_t>(size) < check.min_items) {
    Report(list, absl::StrCat("must have at least ", Count(check.min_items, "item")));
  }
  if (static_cast<uint32_t>(size) > check.max_items) {
    // Looking at the items of a list that is refused anyway would only cost time.
    Report(list, absl::StrCat("must have at most ", Count(check.max_items, "item")));
    return;
  }
  for (int i = 0; i < size && !Full(); ++i) {
    const Reader value{message, reflection, check.field, i};
    CheckValue(value, check, Place{parent, check.field, i}, depth);
  }
}

void Walk::CheckMap(const Message& message, const FieldCheck& check, const Place* parent,
                    int depth) {
  const Reflection& reflection = *message.GetReflection();
  const int size = reflection.FieldSize(message, check.field);
  const Place map{parent, check.field};
  if (size == 0) {
    if (check.required || check.min_items > 0) {
      Report(map, check.min_items > 1
                      ? absl::StrCat("must have at least ", Count(check.min_items, "item"))
                      : "must be set");
    }
    return;
  }
  if (static_cast<uint32_t>(size) < check.min_items) {
    Report(map, absl::StrCat("must have at least ", Count(check.min_items, "item")));
  }
  if (static_cast<uint32_t>(size) > check.max_items) {
    Report(map, absl::StrCat("must have at most ", Count(check.max_items, "item")));
    return;
  }
  for (int i = 0; i < size && !Full(); ++i) {
    const Message& entry = reflection.GetRepeatedMessage(message, check.field, i);
    const std::string key = KeyText(entry, check.field->message_type()->map_key());
    const Place place{parent, check.field, -1, &key};
    if (check.sub != nullptr) Check(entry, *check.sub, &place, depth + 1);
  }
}

void Walk::CheckValue(const Reader& value, const FieldCheck& check, const Place& place, int depth,
                      const Part* part) {
  switch (check.kind) {
    case Kind::kString: {
      std::string scratch;
      CheckString(value.Text(&scratch), check, place);
      return;
    }
    case Kind::kBytes: {
      std::string scratch;
      const std::string& bytes = value.Text(&scratch);
      if (bytes.empty() && check.required && !check.repeated) Report(place, "must be set");
      if (bytes.size() > check.max_bytes) {
        Report(place, absl::StrCat("must have at most ", Count(check.max_bytes, "byte")));
      }
      return;
    }
    case Kind::kBool:
      return;
    case Kind::kInt32:
      return CheckInteger(value.Int32(), check, place);
    case Kind::kInt64:
      return CheckInteger(value.Int64(), check, place);
    case Kind::kUint32:
      return CheckInteger(value.UInt32(), check, place);
    case Kind::kUint64: {
      const uint64_t number = value.UInt64();
      constexpr uint64_t kMax = std::numeric_limits<int64_t>::max();
      if (number > kMax && check.range) {
        Report(place, absl::StrCat("must be between ", check.min, " and ", check.max));
      } else {
        CheckInteger(static_cast<int64_t>(number), check, place);
      }
      return;
    }
    case Kind::kFloat:
      return CheckFloat(value.Float(), check, place);
    case Kind::kDouble:
      return CheckFloat(value.Double(), check, place);
    case Kind::kEnum: {
      const int number = value.EnumValue();
      const bool known = check.dense_enum
                             ? number >= 0 && number <= check.max
                             : check.field->enum_type()->FindValueByNumber(number) != nullptr;
      if (!known) {
        Report(place, absl::StrCat("must be a known value of ", check.field->enum_type()->name()));
      } else if (number == 0 && (check.required || check.repeated)) {
        Report(place, "must be set");
      }
      return;
    }
    case Kind::kDate:
      return CheckDate(value.Sub(), check, place);
    case Kind::kTimestamp:
    case Kind::kDuration:
      return CheckInstant(value.Sub(), check, place);
    case Kind::kMessage:
      if (depth + 1 > kMaxDepth) {
        Report(place, absl::StrCat("must not be nested more than ", kMaxDepth, " deep"));
        return;
      }
      return Check(value.Sub(), *check.sub, &place, depth + 1, part);
    case Kind::kMap:
      return;  // CheckMap
  }
}

void Walk::CheckString(const std::string& text, const FieldCheck& check, const Place& place) {
  if (text.empty()) {
    // An item of a list that says nothing would only count.
    if (check.required || check.repeated) Report(place, "must be set");
    return;
  }
  const internal::TextFacts facts = internal::Inspect(text);
  if (facts.runes < 0) {
    Report(place, "must be valid UTF-8");
    return;
  }
  if (facts.control) {
    Report(place, "must not contain control characters other than newline and tab");
  }
  if ((check.required || check.repeated) && !facts.visible) {
    Report(place, "must have something that can be seen");
    return;
  }
  if (check.name && (facts.hidden || facts.lines || facts.padded || !facts.visible)) {
    Report(place,
           "must not begin or end with a blank, nor have line breaks or characters that cannot be "
           "seen");
  }
  if (facts.runes > check.max_runes) {
    Report(place, absl::StrCat("must have at most ", Count(check.max_runes, "character")));
    return;  // patterns are not tried on what is too long
  }
  if (check.uuid && !base::IsUuid(text)) Report(place, "must be a UUID in its canonical form");
  if (!check.resource.empty() && !MatchesResource(text, check.resource)) {
    Report(place, absl::StrCat("must be a resource name of the form ", check.resource));
  }
  if (check.pattern != nullptr && !RE2::FullMatch(text, *check.pattern)) {
    Report(place, absl::StrCat("must match the pattern ", check.pattern->pattern()));
  }
}

void Walk::CheckInteger(int64_t value, const FieldCheck& check, const Place& place) {
  if (check.range && (value < check.min || value > check.max)) {
    Report(place, absl::StrCat("must be between ", check.min, " and ", check.max));
  }
}

void Walk::CheckFloat(double value, const FieldCheck& check, const Place& place) {
  if (!std::isfinite(value)) {
    Report(place, "must be a finite number");
  } else if (check.range &&
             (value < static_cast<double>(check.min) || value > static_cast<double>(check.max))) {
    Report(place, absl::StrCat("must be between ", check.min, " and ", check.max));
  }
}

void Walk::CheckHorizon(absl::CivilDay day, const Place& place) {
  const absl::CivilDay horizon(today_.year() + kHorizonYears, today_.month(), today_.day());
  if (day > horizon) {
    Report(place, absl::StrCat("must be within ten years from today, until ",
                               absl::FormatCivilTime(horizon)));
  }
}

void Walk::CheckNotFuture(absl::CivilDay day, const FieldCheck& check, const Place& place) {
  if (check.not_future && day > today_) {
    Report(place, absl::StrCat("must not be after today, ", absl::FormatCivilTime(today_)));
  }
}

void Walk::CheckDate(const Message& date, const FieldCheck& check, const Place& place) {
  const Reflection& reflection = *date.GetReflection();
  const int year = reflection.GetInt32(date, check.parts[0]);
  const int month = reflection.GetInt32(date, check.parts[1]);
  const int day = reflection.GetInt32(date, check.parts[2]);
  const absl::CivilDay civil(year, month, day);  // normalises: 02-30 becomes 03-02
  if (year < 1900 || year > 9999 || civil.month() != month || civil.day() != day) {
    Report(place, "must be a real date with year, month and day, from 1900-01-01 to 9999-12-31");
    return;
  }
  if (check.not_future) {
    CheckNotFuture(civil, check, place);
  } else {
    CheckHorizon(civil, place);
  }
}

void Walk::CheckInstant(const Message& instant, const FieldCheck& check, const Place& place) {
  const Reflection& reflection = *instant.GetReflection();
  const int64_t seconds = reflection.GetInt64(instant, check.parts[0]);
  const int32_t nanos = reflection.GetInt32(instant, check.parts[1]);
  constexpr int32_t kNanos = 1000000000;
  if (check.kind == Kind::kDuration) {
    if (seconds < -kMaxDuration || seconds > kMaxDuration || nanos <= -kNanos || nanos >= kNanos ||
        (seconds > 0 && nanos < 0) || (seconds < 0 && nanos > 0)) {
      Report(place, "must be a valid duration");
    }
    return;
  }
  if (seconds < kMinTimestamp || seconds > kMaxTimestamp || nanos < 0 || nanos >= kNanos) {
    Report(place, "must be an instant from 0001-01-01T00:00:00Z to 9999-12-31T23:59:59Z");
    return;
  }
  CheckNotFuture(base::DayAt(absl::FromUnixSeconds(seconds)), check, place);
}

}  // namespace

absl::Status Validate(const Message& request, absl::CivilDay today) {
  const Program& program = internal::Programs::Get().For(request.GetDescriptor());
  if (program.broken) {
    return absl::InternalError(
        absl::StrCat("the rules of ", request.GetDescriptor()->full_name(), " have mistakes"));
  }
  Walk walk(today);
  walk.Check(request, program, nullptr, 0);
  if (walk.violations().empty()) return absl::OkStatus();
  return status::InvalidFields(walk.violations());
}

}  // namespace redress::validate
