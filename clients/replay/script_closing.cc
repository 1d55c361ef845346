// Closing by the plan's standards, with four eyes; reopening.
#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "clients/replay/script.h"

namespace redress::replay {
namespace {

constexpr int kReviewWindow = 30;  // days within which a review may be asked for (2005: art. 34)

bool BySettlement(const CaseProfile& profile) {
  return profile.story == Story::kSettlement || profile.story == Story::kSettlementTwice;
}

// What goes on although a case is closed: help, which never depends on it.
bool SurvivesClosing(const Event& event) {
  const auto& package = event.request->GetDescriptor()->file()->package();
  return package == "redress.assistance.v1";
}

}  // namespace

void Script::DrawClosing() {
  dates_.closing = kLastDay + 1;
  if (!profile_.closes || Tells(Story::kLeftOpen)) return;
  Day first = std::max(dates_.served, dates_.performed) + 1;
  if (dates_.has_hearing) first = std::max(first, dates_.hearing + 1);
  if (BySettlement(profile_)) {
    first = std::max(first, dates_.served + random_.Between(14, 30));
    if (Tells(Story::kSettlementTwice)) first = std::max(first, dates_.served + 32);
  } else {
    // A last day that is no working day rolls to the next one, so the day after that is safe.
    first = std::max(first, days_.From(dates_.served + kReviewWindow) + 1);
  }
  const bool told = profile_.story != Story::kNone;
  const Day closing = days_.From(first + random_.Between(told ? 0 : 1, told ? 3 : 18));
  if (closing > Day(2018, 12, 14)) return;
  dates_.closing = closing;
  dates_.closes = true;
}

void Script::CutOff() {
  const auto falls_out = [&](const Event& event) {
    return event.day > kLastDay || (event.day >= dates_.closing && !SurvivesClosing(event));
  };
  events_.erase(std::remove_if(events_.begin(), events_.end(), falls_out), events_.end());
}

void Script::Close() {
  const types::v1::ClosingStandard standard = BySettlement(profile_)
                                                  ? types::v1::CLOSING_STANDARD_SETTLEMENT
                                                  : types::v1::CLOSING_STANDARD_ANSWERED;
  const auto propose = [&](Day day, std::string_view who) -> Event& {
    registry::v1::ProposeClosureRequest request;
    request.set_name(Case());
    request.set_standard(standard);
    return Add(day, Slot::kMorning, who, "propose-closure", std::move(request));
  };
  const auto approve = [&](Day day, std::string_view who) -> Event& {
    registry::v1::CloseCaseRequest request;
    request.set_name(Case());
    return Add(day, Slot::kAfternoon, who, "close", std::move(request));
  };
  Day proposed = dates_.closing;
  if (Tells(Story::kClosingRefused)) {
    Event& refused = propose(days_.From(dates_.served + 4), "petition-office-clerk");
    refused.refusal = "CASE_NOT_CLOSABLE";
    refused.story = story();
  }
  const bool four_eyes = Tells(Story::kFourEyes);
  Event& first = propose(proposed, four_eyes ? "petition-office-head" : "petition-office-clerk");
  if (BySettlement(profile_) || Tells(Story::kClosingRefused)) first.story = story();
  if (four_eyes) {
    Event& refused = approve(proposed, "petition-office-head");
    refused.refusal = "CASE_NOT_CLOSABLE";
    refused.story = story();
  }
  if (Tells(Story::kClosureRejected)) {
    registry::v1::RejectClosureRequest reject;
    reject.set_name(Case());
    reject.set_reason("卷内送达回执复印件不清，补齐后再报。");
    Add(days_.After(proposed), Slot::kAfternoon, "general-office-head", "reject-closure",
        std::move(reject))
        .story = story();
    proposed = days_.From(proposed + 6);
    propose(proposed, "petition-office-clerk");
  }
  const Day closed = days_.From(proposed + random_.Between(1, 3));
  approve(closed, "general-office-head").story = four_eyes ? story() : "";
  if (Tells(Story::kReopened)) {
    registry::v1::ReopenCaseRequest reopen;
    reopen.set_name(Case());
    reopen.set_reason(facts::v1::REOPEN_REASON_NEW_EVIDENCE);
    const Day reopened = days_.From(closed + 24);
    Add(reopened, Slot::kMorning, "petition-office-clerk", "reopen", std::move(reopen)).story =
        story();
    SecondRound(reopened);
  }
}

}  // namespace redress::replay
