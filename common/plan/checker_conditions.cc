#include "absl/strings/str_join.h"
#include "common/plan/checker.h"
#include "common/plan/fact_kinds.h"
#include "common/plan/program.h"

namespace redress::plan::internal {
namespace {

using google::protobuf::FieldDescriptor;

std::string FieldNames(const google::protobuf::Descriptor& detail) {
  std::vector<std::string> names;
  for (int i = 0; i < detail.field_count(); ++i) names.push_back(detail.field(i)->name());
  return absl::StrJoin(names, ", ");
}

bool IsNumber(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_INT32 ||
         field.cpp_type() == FieldDescriptor::CPPTYPE_INT64;
}

bool IsDate(const FieldDescriptor& field) {
  return field.message_type() != nullptr && !field.is_repeated() &&
         field.message_type()->full_name() == "google.type.Date";
}

std::string ValueNames(const google::protobuf::EnumDescriptor& type) {
  std::vector<std::string> names;
  for (int i = 0; i < type.value_count(); ++i) {
    if (type.value(i)->number() != 0) names.push_back(type.value(i)->name());
  }
  return absl::StrJoin(names, ", ");
}

}  // namespace

void Checker::CheckKind(const Place& at, const Message& message, const std::string& field,
                        v1::SubjectKind subject, facts::v1::FactKind kind, bool required) {
  if (kind == facts::v1::FACT_KIND_UNSPECIFIED) {
    if (required && !field.empty()) Missing(at, message, field, Say::kNoKind);
    return;
  }
  const Place place = field.empty() ? at : at.Of(message, field);
  if (!facts::v1::FactKind_IsValid(kind)) return Wrong(place, Say::kUnknownKind);
  if (gating_ && IsAssistance(kind)) {
    Wrong(place, Say::kAssistanceGates, {ShortName(kind)});
  }
  if (subject != v1::SUBJECT_KIND_UNSPECIFIED && !Sees(subject, kind)) {
    Wrong(place, Say::kNotSeen, {ShortName(kind)});
  }
}

const FieldDescriptor* Checker::CheckField(const Place& at, const Message& message,
                                           const std::string& label, facts::v1::FactKind kind,
                                           const std::string& name) {
  if (name.empty()) {
    Missing(at, message, label);
    return nullptr;
  }
  const auto* detail = DetailOf(kind);
  if (detail == nullptr) return nullptr;  // the kind is reported already
  const FieldDescriptor* field = detail->FindFieldByName(name);
  if (field == nullptr) {
    Wrong(at.Of(message, label), detail->field_count() == 0 ? Say::kNoFields : Say::kNoSuchField,
          {ShortName(kind), name, FieldNames(*detail)});
  } else if (IsPetitionersChoice(name)) {
    Wrong(at.Of(message, label), Say::kPetitionersField, {name});
    return nullptr;
  }
  return field;
}

void Checker::CheckCondition(const Place& at, facts::v1::FactKind kind,
                             const v1::FieldCondition& condition) {
  const FieldDescriptor* field = CheckField(at, condition, "field", kind, condition.field());
  if (condition.condition_case() == v1::FieldCondition::CONDITION_NOT_SET) {
    return Wrong(at, Say::kNoCondition);
  }
  if (field == nullptr) return;
  if (field->message_type() != nullptr) {
    return Wrong(at.Of(condition, "field"), Say::kNotComparable, {field->name()});
  }
  const bool contains = condition.condition_case() == v1::FieldCondition::kContains;
  if (contains != field->is_repeated()) {
    return Wrong(at, field->is_repeated() ? Say::kIsList : Say::kIsNoList, {field->name()});
  }
  std::vector<std::string> values;
  std::string label;
  switch (condition.condition_case()) {
    case v1::FieldCondition::kAtLeast:
    case v1::FieldCondition::kAtMost:
      if (!IsNumber(*field)) {
        Wrong(at, Say::kIsNoNumber, {field->name()});
      }
      return;
    case v1::FieldCondition::kEquals:
      values = {condition.equals()};
      label = "equals";
      break;
    case v1::FieldCondition::kDiffers:
      values = {condition.differs()};
      label = "differs";
      break;
    case v1::FieldCondition::kContains:
      values = {condition.contains()};
      label = "contains";
      break;
    default:
      values.assign(condition.one_of().values().begin(), condition.one_of().values().end());
      label = "one_of";
      if (values.empty()) Wrong(at.Of(condition, "one_of"), Say::kNoValues);
      break;
  }
  for (const std::string& value : values) {
    const Place place = at.Of(condition, label);
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      // Every other text in a fact is the id of an official or a record.
      if (field->name() != "screening_round") {
        Wrong(place, Say::kHoldsId, {field->name()});
      } else if (screening_rounds_.count(value) == 0) {
        Wrong(place, Say::kNoRound, {value});
      }
      continue;
    }
    int64_t number;
    if (ParseValue(*field, value, &number)) continue;
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
      Wrong(place, Say::kNotOneOf, {value, field->name(), ValueNames(*field->enum_type())});
    } else {
      const bool boolean = field->cpp_type() == FieldDescriptor::CPPTYPE_BOOL;
      Wrong(place, boolean ? Say::kNotBoolean : Say::kNotNumber, {value, field->name()});
    }
  }
  CheckTwice(at.Of(condition, "one_of"), condition.one_of(), "values", condition.one_of().values(),
             [](const std::string& value) { return value; });
}

void Checker::CheckFactTest(const Place& at, v1::SubjectKind subject, const v1::FactTest& test) {
  CheckKind(at, test, "kind", subject, test.kind(), true);
  for (int i = 0; i < test.where_size(); ++i) {
    CheckCondition(at.Of(test, "where", i), test.kind(), test.where(i));
  }
  for (int i = 0; i < test.among_size(); ++i) {
    CheckCondition(at.Of(test, "among", i), test.kind(), test.among(i));
  }
  if (!test.latest() && test.among_size() > 0) {
    Wrong(at.Of(test, "among", 0), Say::kAmongWithoutLatest);
  }
  const auto show = [](const v1::FieldCondition& condition) {
    return condition.ShortDebugString();
  };
  CheckTwice(at, test, "where", test.where(), show);
  CheckTwice(at, test, "among", test.among(), show);
  CheckCompatible(at, test);
  for (const auto& [field, kind] :
       {std::pair("not_before", test.not_before()), std::pair("undone_by", test.undone_by())}) {
    const bool self = kind == test.kind() && kind != facts::v1::FACT_KIND_UNSPECIFIED;
    if (self) Wrong(at.Of(test, field), Say::kOfItself, {ShortName(kind)});
  }
  if (test.at_least() < 0) Wrong(at.Of(test, "at_least"), Say::kNegative, {"at_least"});
  if (test.has_at_least_from()) {
    const Place place = at.Of(test, "at_least_from");
    if (test.at_least() != 0) {
      Wrong(place, Say::kTwoCounts);
    }
    CheckKind(place, test.at_least_from(), "kind", subject, test.at_least_from().kind(), true);
    const auto* field = CheckField(place, test.at_least_from(), "field",
                                   test.at_least_from().kind(), test.at_least_from().field());
    if (field != nullptr && (!IsNumber(*field) || field->is_repeated())) {
      Wrong(place, Say::kIsNoNumber, {field->name()});
    }
  }
  CheckKind(at, test, "not_before", subject, test.not_before(), false);
  CheckKind(at, test, "undone_by", subject, test.undone_by(), false);
  const Day before =
      CheckDate(at, test, "on_or_before", test.has_on_or_before(), test.on_or_before(), false);
  const Day after =
      CheckDate(at, test, "on_or_after", test.has_on_or_after(), test.on_or_after(), false);
  if (before && after && *before < *after) {
    Wrong(at.Of(test, "on_or_before"), Say::kNoDayBetween);
  }
}

void Checker::CheckAnchor(const Place& at, v1::SubjectKind subject, const v1::Anchor& anchor,
                          bool needs_date_field) {
  if (!anchor.has_fact()) {
    Missing(at, anchor, "fact", Say::kNoAnchor);
    return;
  }
  CheckFactTest(at.Of(anchor, "fact"), subject, anchor.fact());
  if (anchor.date_field().empty()) {
    if (needs_date_field) Missing(at, anchor, "date_field");
    return;
  }
  const auto* field =
      CheckField(at, anchor, "date_field", anchor.fact().kind(), anchor.date_field());
  if (field != nullptr && !IsDate(*field)) {
    Wrong(at.Of(anchor, "date_field"), Say::kIsNoDate, {field->name()});
  }
}

void Checker::CheckTest(const Place& at, v1::SubjectKind subject, const v1::Test& test) {
  switch (test.test_case()) {
    case v1::Test::kFact:
      return CheckFactTest(at.Of(test, "fact"), subject, test.fact());
    case v1::Test::kAbsent:
      return CheckFactTest(at.Of(test, "absent"), subject, test.absent());
    case v1::Test::kAll:
    case v1::Test::kAny: {
      const bool all = test.test_case() == v1::Test::kAll;
      const v1::TestGroup& group = all ? test.all() : test.any();
      const Place place = at.Of(test, all ? "all" : "any");
      if (group.tests().empty()) Wrong(place, Say::kNoTests);
      CheckGroup(place, group, all);
      for (int i = 0; i < group.tests_size(); ++i) {
        CheckTest(place.Of(group, "tests", i), subject, group.tests(i));
      }
      return;
    }
    case v1::Test::kLapsed: {
      const v1::Lapse& lapse = test.lapsed();
      const Place place = at.Of(test, "lapsed");
      if (!lapse.has_from()) Missing(place, lapse, "from");
      if (lapse.has_from()) CheckAnchor(place.Of(lapse, "from"), subject, lapse.from(), false);
      switch (lapse.length_case()) {
        case v1::Lapse::kClock:
          CheckClockName(place, lapse, "clock", lapse.clock());
          break;
        case v1::Lapse::kDays:
        case v1::Lapse::kWorkingDays: {
          const bool plain = lapse.length_case() == v1::Lapse::kDays;
          const int days = plain ? lapse.days() : lapse.working_days();
          if (days < 1 || days > 3660) {
            Wrong(place.Of(lapse, plain ? "days" : "working_days"), Say::kWindowLength);
          }
          break;
        }
        default:
          Wrong(place, Say::kNoWindowLength);
      }
      if (lapse.unless() == lapse.from().fact().kind() &&
          lapse.unless() != facts::v1::FACT_KIND_UNSPECIFIED) {
        Wrong(place.Of(lapse, "unless"), Say::kWindowNeverLapses, {ShortName(lapse.unless())});
      }
      return CheckKind(place, lapse, "unless", subject, lapse.unless(), true);
    }
    default:
      Wrong(at, Say::kEmptyTest);
  }
}

}  // namespace redress::plan::internal
