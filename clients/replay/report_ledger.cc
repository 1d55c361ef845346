// The ledger, what is overdue, and what was refused.
#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "clients/replay/reading.h"
#include "common/status/macros.h"
#include "redress/registry/v1/registry.pb.h"
#include "redress/supervision/v1/supervision.pb.h"

namespace redress::replay {
namespace {

constexpr int kPageSize = 200;

std::string Fraction(int done, int planned) { return absl::StrCat(done, "/", planned); }

}  // namespace

absl::StatusOr<Section> LedgerAsOf(Reading& reading, Day day) {
  const std::string date = absl::FormatCivilTime(day);
  Section section;
  section.id = "ledger-" + date;
  section.title = reading.In({"台账，截至 ", "Ledger as of "}) + date;
  section.digested = true;
  for (const ctl::Text heading : std::initializer_list<ctl::Text>{{"登记号", "number"},
                                                                  {"诉求内容", "claim"},
                                                                  {"分类", "category"},
                                                                  {"帮扶", "assist"},
                                                                  {"措施", "measures"},
                                                                  {"包案领导", "lead"},
                                                                  {"责任单位", "unit"},
                                                                  {"具体责任人", "officer"},
                                                                  {"处理时限", "time limit"},
                                                                  {"挂号", "registered"},
                                                                  {"销号", "struck off"},
                                                                  {"结案标准", "standard"},
                                                                  {"逾期", "overdue"}}) {
    section.columns.push_back(reading.In(heading));
  }
  section.right.assign(section.columns.size(), false);
  section.right[4] = section.right[12] = true;

  supervision::v1::GetLedgerRequest request;
  request.set_campaign(reading.campaign());
  *request.mutable_as_of() = DateOf(day);
  request.set_include_closed(true);
  request.set_page_size(kPageSize);
  int open = 0;
  do {
    supervision::v1::GetLedgerResponse answer;
    RETURN_IF_ERROR(reading.people().Call(kReader, request, answer));
    for (const supervision::v1::LedgerRow& row : answer.rows()) {
      open += row.has_struck_off_on() ? 0 : 1;
      section.rows.push_back(
          {reading.Title(row.claim()), reading.Label(row.claim_subject()),
           row.category() == 0 ? "-" : reading.Label(row.category()),
           row.assist() ? reading.In({"是", "yes"}) : "",
           Fraction(row.measures_done(), row.measures_planned()), reading.Title(row.lead()),
           reading.Title(row.unit()), reading.Title(row.officer()), reading.Date(row.time_limit()),
           reading.Date(row.registered_on()), reading.Date(row.struck_off_on()),
           row.standard() == 0 ? "" : reading.Label(row.standard()), absl::StrCat(row.overdue())});
    }
    request.set_page_token(answer.next_page_token());
  } while (!request.page_token().empty());
  std::sort(section.rows.begin(), section.rows.end());
  section.note = absl::StrCat(
      section.rows.size(), reading.In({" 项诉求，其中未销号 ", " claims, not struck off: "}), open);
  return section;
}

absl::StatusOr<Section> OverdueAsOf(Reading& reading, Day day) {
  const std::string date = absl::FormatCivilTime(day);
  Section section;
  section.id = "overdue-" + date;
  section.title = reading.In({"逾期事项，截至 ", "Overdue as of "}) + date;
  section.digested = true;
  for (const ctl::Text heading : std::initializer_list<ctl::Text>{{"逾期自", "overdue since"},
                                                                  {"要求", "duty"},
                                                                  {"条款", "clause"},
                                                                  {"对象", "subject"},
                                                                  {"责任单位", "unit"},
                                                                  {"责任人", "official"},
                                                                  {"内容", "what"}}) {
    section.columns.push_back(reading.In(heading));
  }
  supervision::v1::ListOverdueRequest request;
  request.set_campaign(reading.campaign());
  *request.mutable_as_of() = DateOf(day);
  request.set_page_size(kPageSize);
  do {
    supervision::v1::ListOverdueResponse answer;
    RETURN_IF_ERROR(reading.people().Call(kReader, request, answer));
    for (const plan::v1::RequirementStatus& status : answer.statuses()) {
      section.rows.push_back({reading.Date(status.overdue_since()), status.requirement(),
                              status.clause(), reading.Title(status.subject()),
                              reading.Title(status.bound_unit()),
                              reading.Title(status.bound_official()), reading.In(status.title())});
    }
    request.set_page_token(answer.next_page_token());
  } while (!request.page_token().empty());
  // Longest overdue first; what became overdue on one day in an order that no id decides.
  std::sort(section.rows.begin(), section.rows.end());
  std::map<std::string, int> by_duty;
  for (const auto& row : section.rows) ++by_duty[row[1]];
  section.note = absl::StrCat(section.rows.size(), reading.In({" 项", " in all"}));
  for (const auto& [duty, count] : by_duty) absl::StrAppend(&section.note, "  ", duty, "×", count);
  return section;
}

Section RefusalsOf(Reading& reading, const std::vector<Refusal>& refusals) {
  Section section;
  section.id = "refusals";
  section.title =
      reading.In({"未准许的操作及尚缺事项", "What was refused, and what stood in the way"});
  for (const ctl::Text heading : std::initializer_list<ctl::Text>{{"日期", "date"},
                                                                  {"信访事项", "case"},
                                                                  {"操作", "act"},
                                                                  {"缺项与条款", "duty and clause"},
                                                                  {"补救", "remedy"}}) {
    section.columns.push_back(reading.In(heading));
  }
  std::vector<Refusal> sorted = refusals;
  std::sort(sorted.begin(), sorted.end(),
            [](const Refusal& a, const Refusal& b) { return Before(*a.event, *b.event); });
  for (const Refusal& refusal : sorted) {
    const auto first = static_cast<std::ptrdiff_t>(section.rows.size());
    for (const status::Violation& violation : refusal.violations) {
      const bool is_duty = !violation.duty.empty();
      const std::string what =
          is_duty ? absl::StrCat(violation.duty, " (", violation.clause, ")") : violation.subject;
      const std::string subject = is_duty ? reading.Title(violation.subject) : "-";
      // "title — remedy", in the language that the replay asked for.
      const std::string_view dash = " — ";
      const size_t before = violation.description.rfind(dash);
      const std::string remedy = before == std::string::npos
                                     ? violation.description
                                     : violation.description.substr(before + dash.size());
      section.rows.push_back({absl::FormatCivilTime(refusal.event->day), subject,
                              reading.ActOf(*refusal.event), what, remedy});
    }
    std::sort(section.rows.begin() + first, section.rows.end());
  }
  return section;
}

}  // namespace redress::replay
