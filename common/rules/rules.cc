#include "common/rules/rules.h"

#include "absl/strings/str_cat.h"
#include "common/base/ids.h"
#include "common/status/error.h"

namespace redress::rules {

std::string In(const Context& context, const types::v1::LocalizedText& text) {
  return context.lang == "zh" || text.en().empty() ? text.zh() : text.en();
}

facts::v1::Fact NewFact(const Context& context, std::string_view record,
                        const google::type::Date& on) {
  facts::v1::Fact fact;
  fact.set_fact_id(context.new_id());
  fact.set_record(std::string(record));
  if (record.substr(0, 6) == "cases/") fact.set_case_name(std::string(base::RootName(record)));
  *fact.mutable_event_date() = on;
  return fact;
}

void SetKind(facts::v1::Fact& fact) {
  fact.set_kind(static_cast<facts::v1::FactKind>(fact.detail_case()));
}

absl::Status Refuse(std::string_view reason, std::string_view subject, std::string_view remedy) {
  return status::Unmet(reason, remedy, {{"STATE", std::string(subject), std::string(remedy)}});
}

bool IsSet(const google::type::Date& day) { return day.year() != 0; }

absl::CivilDay DayOf(const google::type::Date& day) {
  return absl::CivilDay(day.year(), day.month(), day.day());
}

google::type::Date DateOf(absl::CivilDay day) {
  google::type::Date date;
  date.set_year(static_cast<int32_t>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

void FieldErrors::Add(std::string_view field, std::string_view description) {
  errors_.emplace_back(field, description);
}

void FieldErrors::NotBefore(std::string_view field, const google::type::Date& event,
                            const google::type::Date& earlier, std::string_view what) {
  if (!IsSet(event) || !IsSet(earlier) || DayOf(event) >= DayOf(earlier)) return;
  Add(field, absl::StrCat("must not be before ", std::string(what), " (",
                          absl::FormatCivilTime(DayOf(earlier)), ")"));
}

absl::Status FieldErrors::ToStatus() const {
  if (errors_.empty()) return absl::OkStatus();
  std::vector<status::FieldViolation> violations;
  for (const auto& [field, description] : errors_) violations.push_back({field, description});
  return status::InvalidFields(violations);
}

}  // namespace redress::rules
