#include "services/assistance/rules.h"

#include "absl/strings/str_cat.h"
#include "common/auth/permissions.h"
#include "services/assistance/tables.h"

namespace redress::assistance::rules {
namespace {

using internal::FileAction;
using internal::MeasureAction;
using types::v1::Role;

constexpr std::string_view kFileSegment = "/assistanceFile";
constexpr std::string_view kMeasureSegment = "/measures/";

const fsm::Names<v1::AssistanceState>& FileStates() {
  static const auto* const names = new fsm::Names<v1::AssistanceState>(
      fsm::ProtoNames<v1::AssistanceState>("ASSISTANCE_STATE_"));
  return *names;
}

const fsm::Names<FileAction>& FileActions() {
  static const auto* const names =
      new fsm::Names<FileAction>({{FileAction::kOpen, "open"},
                                  {FileAction::kPlan, "plan"},
                                  {FileAction::kComplete, "complete measure"},
                                  {FileAction::kFail, "fail measure"},
                                  {FileAction::kPay, "pay"},
                                  {FileAction::kEnd, "end"}});
  return *names;
}

const fsm::Names<v1::MeasureState>& MeasureStates() {
  static const auto* const names =
      new fsm::Names<v1::MeasureState>(fsm::ProtoNames<v1::MeasureState>("MEASURE_STATE_"));
  return *names;
}

const fsm::Names<MeasureAction>& MeasureActions() {
  static const auto* const names =
      new fsm::Names<MeasureAction>({{MeasureAction::kComplete, "complete"},
                                     {MeasureAction::kFail, "fail"},
                                     {MeasureAction::kPay, "pay"},
                                     {MeasureAction::kSupersede, "plan anew or end"}});
  return *names;
}

bool May(Role role, std::string_view permission) {
  return auth::Permits(auth::RoleSet{role}, permission);
}

bool MayFile(Role role, FileAction action) {
  switch (action) {
    case FileAction::kOpen:
      return May(role, "assistance.open");
    case FileAction::kPlan:
      return May(role, "assistance.plan");
    case FileAction::kComplete:
      return May(role, "assistance.completeMeasure");
    case FileAction::kFail:
      return May(role, "assistance.failMeasure");
    case FileAction::kPay:
      return May(role, "assistance.pay");
    case FileAction::kEnd:
      return May(role, "assistance.end");
  }
  return false;
}

bool MayMeasure(Role role, MeasureAction action) {
  switch (action) {
    case MeasureAction::kComplete:
      return May(role, "assistance.completeMeasure");
    case MeasureAction::kFail:
      return May(role, "assistance.failMeasure");
    case MeasureAction::kPay:
      return May(role, "assistance.pay");
    case MeasureAction::kSupersede:
      return May(role, "assistance.plan") || May(role, "assistance.end");
  }
  return false;
}

template <class State, class Action, size_t N>
std::string Print(const fsm::Table<State, Action, N>& table, const fsm::Names<State>& states,
                  const fsm::Names<Action>& actions, bool (*may)(Role, Action), bool markdown) {
  const auto roles = fsm::ProtoNames<Role>("ROLE_");
  const std::function<bool(Role, Action)> allowed = may;
  return markdown ? fsm::Markdown(table, states, actions, roles, allowed)
                  : fsm::Text(table, states, actions, roles, allowed);
}

}  // namespace

namespace internal {

absl::StatusOr<v1::AssistanceState> Next(const v1::AssistanceFile& file, FileAction action) {
  return fsm::Require(kFiles, file.state(), action, FileStates(), FileActions(), "ASSISTANCE_STATE",
                      file.name());
}

absl::StatusOr<v1::MeasureState> Next(const v1::AssistanceMeasure& measure, MeasureAction action) {
  return fsm::Require(kMeasures, measure.state(), action, MeasureStates(), MeasureActions(),
                      "MEASURE_STATE", measure.name());
}

void SupersedeOpen(v1::AssistanceFile& file, const google::type::Date& on) {
  for (v1::AssistanceMeasure& measure : *file.mutable_measures()) {
    const auto next = kMeasures.Next(measure.state(), MeasureAction::kSupersede);
    if (!next.has_value()) continue;
    measure.set_state(*next);
    *measure.mutable_settled_on() = on;
  }
}

Outcome<v1::AssistanceFile> With(v1::AssistanceFile file, facts::v1::Fact fact) {
  ::redress::rules::SetKind(fact);
  Outcome<v1::AssistanceFile> outcome;
  outcome.resource = std::move(file);
  outcome.facts.push_back(std::move(fact));
  return outcome;
}

}  // namespace internal

std::string StateTables(bool markdown) {
  const std::string_view mark = markdown ? "### " : "# ";
  const std::string_view gap = markdown ? "\n" : "";
  return absl::StrCat(
      base::AbslView(mark), "By the state of the file\n", base::AbslView(gap),
      Print(internal::kFiles, FileStates(), FileActions(), MayFile, markdown), "\n",
      base::AbslView(mark), "By the state of the measure\n", base::AbslView(gap),
      Print(internal::kMeasures, MeasureStates(), MeasureActions(), MayMeasure, markdown));
}

std::string FileName(const std::string& case_name) { return case_name + std::string(kFileSegment); }

}  // namespace redress::assistance::rules
