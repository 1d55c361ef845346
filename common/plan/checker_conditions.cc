#include "absl/strings/str_cat.h"
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
  return names.empty() ? "it has none" : absl::StrCat("it has ", absl::StrJoin(names, ", "));
}

bool IsNumber(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_INT32 ||
         field.cpp_type() == FieldDescriptor::CPPTYPE_INT64;
}

bool IsDate(const FieldDescriptor& field) {
  return field.message_type() != nullptr && !field.is_repeated() &&
         field.message_type()->full_name() == "google.type.Date";
}

std::string Expected(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return "`true` or `false`";
    case FieldDescriptor::CPPTYPE_ENUM: {
      std::vector<std::string> names;
      for (int i = 0; i < field.enum_type()->value_count(); ++i) {
        if (field.enum_type()->value(i)->number() != 0) {
          names.push_back(field.enum_type()->value(i)->name());
        }
      }
      return absl::StrCat("one of ", absl::StrJoin(names, ", "));
    }
    default:
      return "a number";
  }
}

}  // namespace

void Checker::CheckKind(const Place& at, const Message& message, const std::string& field,
                        v1::SubjectKind subject, facts::v1::FactKind kind, bool required) {
  if (kind == facts::v1::FACT_KIND_UNSPECIFIED) {
    if (required && !field.empty()) Missing(at, message, field, "the kind of fact is missing");
    return;
  }
  const Place place = field.empty() ? at : at.Of(message, field);
  if (!facts::v1::FactKind_IsValid(kind)) return Wrong(place, "there is no such kind of fact");
  if (gating_ && IsAssistance(kind)) {
    Wrong(place, absl::StrCat(facts::v1::FactKind_Name(kind),
                              ": assistance never decides whether a case may be closed"));
  }
  if (subject != v1::SUBJECT_KIND_UNSPECIFIED && !Sees(subject, kind)) {
    Wrong(place, absl::StrCat("facts of kind ", facts::v1::FactKind_Name(kind),
                              " are not about such a subject"));
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
    Wrong(at.Of(message, label),
          absl::StrCat("facts of kind ", facts::v1::FactKind_Name(kind), " have no field `", name,
                       "`; ", FieldNames(*detail)));
  } else if (IsPetitionersChoice(name)) {
    Wrong(at.Of(message, label),
          absl::StrCat("no duty may depend on what a petitioner agrees to (`", name, "`)"));
    return nullptr;
  }
  return field;
}

void Checker::CheckCondition(const Place& at, facts::v1::FactKind kind,
                             const v1::FieldCondition& condition) {
  const FieldDescriptor* field = CheckField(at, condition, "field", kind, condition.field());
  if (condition.condition_case() == v1::FieldCondition::CONDITION_NOT_SET) {
    return Wrong(at,
                 "what is asked of the field is missing (`equals`, `differs`, `at_least`, "
                 "`at_most`, `one_of` or `contains`)");
  }
  if (field == nullptr) return;
  if (field->message_type() != nullptr) {
    return Wrong(at.Of(condition, "field"),
                 absl::StrCat("`", field->name(), "` cannot be compared"));
  }
  const bool contains = condition.condition_case() == v1::FieldCondition::kContains;
  if (contains != field->is_repeated()) {
    return Wrong(at, field->is_repeated()
                         ? absl::StrCat("`", field->name(), "` is a list: ask for `contains`")
                         : absl::StrCat("`", field->name(),
                                        "` is no list: `contains` cannot be "
                                        "asked of it"));
  }
  std::vector<std::string> values;
  std::string label;
  switch (condition.condition_case()) {
    case v1::FieldCondition::kAtLeast:
    case v1::FieldCondition::kAtMost:
      if (!IsNumber(*field)) {
        Wrong(at, absl::StrCat("`", field->name(), "` is no number"));
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
      if (values.empty()) Wrong(at.Of(condition, "one_of"), "`one_of` has no values");
      break;
  }
  for (const std::string& value : values) {
    const Place place = at.Of(condition, label);
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      // Every other text in a fact is the id of an official or a record.
      if (field->name() != "screening_round") {
        Wrong(place, absl::StrCat("`", field->name(),
                                  "` holds an id: a plan is about no single "
                                  "person or record"));
      } else if (screening_rounds_.count(value) == 0) {
        Wrong(place, absl::StrCat("there is no screening round `", value, "`"));
      }
      continue;
    }
    int64_t number;
    if (!ParseValue(*field, value, &number)) {
      Wrong(place, absl::StrCat("`", value, "` is no value of `", field->name(), "`: expected ",
                                Expected(*field)));
    }
  }
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
    Wrong(at.Of(test, "among", 0), "`among` belongs to `latest`");
  }
  if (test.at_least() < 0) Wrong(at.Of(test, "at_least"), "`at_least` is not negative");
  if (test.has_at_least_from()) {
    const Place place = at.Of(test, "at_least_from");
    if (test.at_least() != 0) {
      Wrong(place, "`at_least` and `at_least_from` contradict each other");
    }
    CheckKind(place, test.at_least_from(), "kind", subject, test.at_least_from().kind(), true);
    const auto* field = CheckField(place, test.at_least_from(), "field",
                                   test.at_least_from().kind(), test.at_least_from().field());
    if (field != nullptr && (!IsNumber(*field) || field->is_repeated())) {
      Wrong(place, absl::StrCat("`", field->name(), "` is no number"));
    }
  }
  CheckKind(at, test, "not_before", subject, test.not_before(), false);
  CheckKind(at, test, "undone_by", subject, test.undone_by(), false);
  const Day before =
      CheckDate(at, test, "on_or_before", test.has_on_or_before(), test.on_or_before(), false);
  const Day after =
      CheckDate(at, test, "on_or_after", test.has_on_or_after(), test.on_or_after(), false);
  if (before && after && *before < *after) {
    Wrong(at.Of(test, "on_or_before"), "no day is both on or before and on or after these");
  }
}

void Checker::CheckAnchor(const Place& at, v1::SubjectKind subject, const v1::Anchor& anchor,
                          bool needs_date_field) {
  if (!anchor.has_fact()) {
    Missing(at, anchor, "fact", "the fact that it starts from is missing (`fact`)");
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
    Wrong(at.Of(anchor, "date_field"), absl::StrCat("`", field->name(), "` is no date"));
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
      if (group.tests().empty()) Wrong(place, "the group has no tests");
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
            Wrong(place.Of(lapse, plain ? "days" : "working_days"), "it is from 1 to 3660 days");
          }
          break;
        }
        default:
          Wrong(place, "the length of the window is missing (`clock`, `days` or `working_days`)");
      }
      return CheckKind(place, lapse, "unless", subject, lapse.unless(), true);
    }
    default:
      Wrong(at, "the test is empty (`fact`, `absent`, `all`, `any` or `lapsed`)");
  }
}

}  // namespace redress::plan::internal
