#include "common/facts/stamp.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "common/base/ids.h"
#include "common/calendar/calendar.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace redress::facts {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using Violations = std::vector<status::FieldViolation>;

constexpr size_t kMaxName = 160;

bool IsName(std::string_view text) {
  return text.size() <= kMaxName && std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '_' || c == ':' || c == '/' || c == '-';
         });
}

std::string Path(const std::string& parent, const std::string& field) {
  return parent.empty() ? field : absl::StrCat(parent, ".", field);
}

// Free text may name people: whatever a string is for, it must look like an id, name or code.
void CheckStrings(const Message& message, const std::string& parent, Violations& violations) {
  const Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const std::string path = Path(parent, field->name());
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        CheckStrings(field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                          : reflection.GetMessage(message, field),
                     path, violations);
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
        const std::string text = field->is_repeated()
                                     ? reflection.GetRepeatedString(message, field, i)
                                     : reflection.GetString(message, field);
        if (!IsName(text)) violations.push_back({path, "must be an id, a resource name or a code"});
      }
    }
  }
  if (!reflection.GetUnknownFields(message).empty()) {
    violations.push_back({parent, "has fields that this program does not know"});
  }
}

void CheckDetail(const v1::Fact& fact, Violations& violations) {
  const int detail = static_cast<int>(fact.detail_case());
  if (!v1::FactKind_IsValid(fact.kind()) || fact.kind() == v1::FACT_KIND_UNSPECIFIED) {
    violations.push_back({"kind", "must be a known kind"});
  } else if (fact.retracts().empty()) {
    if (detail != fact.kind()) violations.push_back({"kind", "must be the kind of the detail"});
  } else if (detail != 0) {
    const Reflection& reflection = *fact.GetReflection();
    const FieldDescriptor* field = v1::Fact::descriptor()->FindFieldByNumber(detail);
    if (detail != fact.kind() || reflection.GetMessage(fact, field).ByteSizeLong() != 0) {
      violations.push_back({field->name(), "must be empty in a retraction"});
    }
  }
}

void CheckSubject(const v1::Fact& fact, Violations& violations) {
  if (fact.campaign().empty()) violations.push_back({"campaign", "must be set"});
  const auto within_case = [&fact](const std::string& name) {
    return !fact.case_name().empty() && absl::StartsWith(name, absl::StrCat(fact.case_name(), "/"));
  };
  if (!fact.claim().empty() && !within_case(fact.claim())) {
    violations.push_back({"claim", "must lie within the case"});
  }
  if (!fact.round().empty() && !within_case(fact.round())) {
    violations.push_back({"round", "must lie within the case"});
  }
}

absl::Status StampAt(v1::Fact& fact, absl::Time now, const types::v1::Actor& actor) {
  const absl::StatusOr<absl::CivilDay> event = calendar::FromProto(fact.event_date());
  if (!event.ok()) return status::InvalidField("event_date", "must be a real date");
  const absl::CivilDay today = base::DayAt(now);
  if (*event > today) return status::InvalidField("event_date", "must not be in the future");

  if (fact.fact_id().empty()) fact.set_fact_id(base::NewUuid(now));
  const int64_t micros = absl::ToUnixMicros(now);
  fact.mutable_recorded_at()->set_seconds(micros / 1000000);
  fact.mutable_recorded_at()->set_nanos(static_cast<int32_t>(micros % 1000000) * 1000);
  *fact.mutable_actor() = actor;
  return CheckFact(fact);
}

}  // namespace

absl::Status StampAll(std::vector<v1::Fact>& facts, const base::Clock& clock,
                      const types::v1::Actor& actor) {
  const absl::Time now = clock.Now();
  for (v1::Fact& fact : facts) RETURN_IF_ERROR(StampAt(fact, now, actor));
  return absl::OkStatus();
}

absl::Status CheckFact(const v1::Fact& fact) {
  Violations violations;
  if (!base::IsUuid(fact.fact_id())) violations.push_back({"fact_id", "must be a UUID"});
  if (!fact.retracts().empty() && !base::IsUuid(fact.retracts())) {
    violations.push_back({"retracts", "must be a UUID"});
  }
  CheckDetail(fact, violations);
  CheckSubject(fact, violations);
  if (!calendar::FromProto(fact.event_date()).ok()) {
    violations.push_back({"event_date", "must be a real date"});
  }
  if (!fact.has_recorded_at()) violations.push_back({"recorded_at", "must be set"});
  if (fact.record().empty()) violations.push_back({"record", "must be set"});
  if (fact.record_version() <= 0) violations.push_back({"record_version", "must be positive"});
  if (fact.actor().official().empty()) violations.push_back({"actor.official", "must be set"});
  CheckStrings(fact, "", violations);
  if (fact.ByteSizeLong() > kMaxFactBytes) violations.push_back({"detail", "is too large"});
  return violations.empty() ? absl::OkStatus() : status::InvalidFields(violations);
}

}  // namespace redress::facts
