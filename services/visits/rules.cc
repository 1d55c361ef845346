#include "services/visits/rules.h"

#include "absl/strings/str_cat.h"
#include "common/auth/permissions.h"
#include "services/visits/tables.h"

namespace redress::visits::rules {
namespace {

using types::v1::CaseState;
using types::v1::Role;

template <CaseAction action>
constexpr fsm::Transition<CaseState, CaseAction> In(CaseState state) {
  return {state, action, state};
}

// A closed case knows no new visit or hearing; what was promised is still kept, and the
// petitioner's own word still counts.
constexpr fsm::Transition<CaseState, CaseAction> kCaseMoves[] = {
    In<CaseAction::kRecordVisit>(types::v1::CASE_STATE_OPEN),
    In<CaseAction::kCompleteFollowUp>(types::v1::CASE_STATE_OPEN),
    In<CaseAction::kWantVisits>(types::v1::CASE_STATE_OPEN),
    In<CaseAction::kAnnounceHearing>(types::v1::CASE_STATE_OPEN),
    In<CaseAction::kAdjournHearing>(types::v1::CASE_STATE_OPEN),
    In<CaseAction::kRecordHearing>(types::v1::CASE_STATE_OPEN),
    In<CaseAction::kDeclineHearing>(types::v1::CASE_STATE_OPEN),
    In<CaseAction::kRecordVisit>(types::v1::CASE_STATE_CLOSING),
    In<CaseAction::kCompleteFollowUp>(types::v1::CASE_STATE_CLOSING),
    In<CaseAction::kWantVisits>(types::v1::CASE_STATE_CLOSING),
    In<CaseAction::kAnnounceHearing>(types::v1::CASE_STATE_CLOSING),
    In<CaseAction::kAdjournHearing>(types::v1::CASE_STATE_CLOSING),
    In<CaseAction::kRecordHearing>(types::v1::CASE_STATE_CLOSING),
    In<CaseAction::kDeclineHearing>(types::v1::CASE_STATE_CLOSING),
    In<CaseAction::kCompleteFollowUp>(types::v1::CASE_STATE_CLOSED),
    In<CaseAction::kWantVisits>(types::v1::CASE_STATE_CLOSED),
};
constexpr fsm::Table kCases(types::v1::CASE_STATE_OPEN, kCaseMoves);
static_assert(kCases.Deterministic());

const fsm::Names<CaseAction>& CaseActions() {
  static const auto* const names = new fsm::Names<CaseAction>({
      {CaseAction::kRecordVisit, "record visit"},
      {CaseAction::kCompleteFollowUp, "complete follow-up"},
      {CaseAction::kWantVisits, "want visits"},
      {CaseAction::kAnnounceHearing, "announce hearing"},
      {CaseAction::kAdjournHearing, "adjourn hearing"},
      {CaseAction::kRecordHearing, "record hearing"},
      {CaseAction::kDeclineHearing, "decline hearing"},
  });
  return *names;
}

std::string_view PermissionOf(CaseAction action) {
  switch (action) {
    case CaseAction::kRecordVisit:
      return "visits.record";
    case CaseAction::kCompleteFollowUp:
      return "visits.completeFollowUp";
    case CaseAction::kWantVisits:
      return "visits.want";
    case CaseAction::kAnnounceHearing:
      return "hearings.announce";
    case CaseAction::kAdjournHearing:
      return "hearings.adjourn";
    case CaseAction::kRecordHearing:
      return "hearings.record";
    case CaseAction::kDeclineHearing:
      return "hearings.decline";
  }
  return "";
}

std::string_view PermissionOf(internal::WishAction action) {
  return action == internal::WishAction::kWant ? "visits.want" : "visits.record";
}

std::string_view PermissionOf(internal::HearingAction action) {
  switch (action) {
    case internal::HearingAction::kAdjourn:
      return "hearings.adjourn";
    case internal::HearingAction::kRecord:
      return "hearings.record";
    case internal::HearingAction::kDecline:
      return "hearings.decline";
  }
  return "";
}

template <class State, class Action, size_t N>
std::string Print(const fsm::Table<State, Action, N>& table, const fsm::Names<State>& states,
                  const fsm::Names<Action>& actions, bool markdown) {
  const auto roles = fsm::ProtoNames<Role>("ROLE_");
  const std::function<bool(Role, Action)> may = [](Role role, Action action) {
    return auth::Permits(auth::RoleSet{role}, PermissionOf(action));
  };
  return markdown ? fsm::Markdown(table, states, actions, roles, may)
                  : fsm::Text(table, states, actions, roles, may);
}

}  // namespace

namespace internal {

const fsm::Names<v1::HearingState>& HearingStates() {
  static const auto* const names =
      new fsm::Names<v1::HearingState>(fsm::ProtoNames<v1::HearingState>("HEARING_STATE_"));
  return *names;
}

const fsm::Names<HearingAction>& HearingActions() {
  static const auto* const names =
      new fsm::Names<HearingAction>({{HearingAction::kAdjourn, "adjourn"},
                                     {HearingAction::kRecord, "record"},
                                     {HearingAction::kDecline, "decline"}});
  return *names;
}

const fsm::Names<WishState>& WishStates() {
  static const auto* const names = new fsm::Names<WishState>(
      {{WishState::kWanted, "WANTED"}, {WishState::kNotWanted, "NOT_WANTED"}});
  return *names;
}

const fsm::Names<WishAction>& WishActions() {
  static const auto* const names =
      new fsm::Names<WishAction>({{WishAction::kVisit, "visit held outside the office"},
                                  {WishAction::kReceive, "visit held at the office"},
                                  {WishAction::kDecline, "visit declined"},
                                  {WishAction::kMiss, "visit not arranged"},
                                  {WishAction::kWant, "want visits"}});
  return *names;
}

}  // namespace internal

absl::Status CheckCase(const CaseView& of, CaseAction action) {
  if (kCases.Allows(of.state, action)) return absl::OkStatus();
  return ::redress::rules::Refuse(
      "CASE_CLOSED", of.name,
      absl::StrCat("the case is closed; to ", base::AbslView(CaseActions().Of(action)),
                   ", have it reopened first"));
}

std::string StateTables(bool markdown) {
  const std::string_view mark = markdown ? "### " : "# ";
  const std::string_view gap = markdown ? "\n" : "";
  std::string out;
  const auto section = [&](std::string_view title, std::string table) {
    absl::StrAppend(&out, out.empty() ? "" : "\n", base::AbslView(mark), base::AbslView(title),
                    "\n", base::AbslView(gap), table);
  };
  section("By the state of the case",
          Print(kCases, fsm::ProtoNames<CaseState>("CASE_STATE_"), CaseActions(), markdown));
  section("By the petitioner's wish for visits",
          Print(internal::kWishes, internal::WishStates(), internal::WishActions(), markdown));
  section("By the state of the hearing", Print(internal::kHearings, internal::HearingStates(),
                                               internal::HearingActions(), markdown));
  return out;
}

std::string WishName(const std::string& case_name) { return case_name + "/visitWish"; }

}  // namespace redress::visits::rules
