#include "clients/replay/script.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace redress::replay {

Script::Script(uint64_t seed, const CaseProfile& profile, const Sample& sample,
               const Workdays& days)
    : seed_(seed),
      profile_(profile),
      sample_(sample),
      days_(days),
      random_(seed, absl::StrCat("script/", profile.number)),
      lead_(profile.lead->id) {}

std::vector<Event> Script::Write() {
  Register();
  Sort();
  if (Tells(Story::kNeverAssigned)) {
    // Months later somebody finds it, and the rest of the year is too short for more.
    dates_.assigned = days_.From(Day(2018, 10, 8));
    dates_.closing = kLastDay + 1;
    Assign();
    CutOff();
    return std::move(events_);
  }
  Assign();
  SetWorkPlan();
  HandOver();
  if (Tells(Story::kAccusation)) {
    RefuseAccusation();
    dates_.closing = kLastDay + 1;
    DrawAppraisal();
    Investigate();
    CutOff();
    return std::move(events_);
  }
  DrawAppraisal();
  HearPetitioner();
  Investigate();
  Appraise();
  OfferDates();
  Accept();
  if (!Tells(Story::kLeftOpen)) {
    IssueOpinion();
    ServeOpinion();
    Perform();
  }
  HoldHearing();
  DrawClosing();
  Visit();
  Assist();
  SettleClaims();
  CompleteMeasures();
  CutOff();
  if (dates_.closes) Close();
  return std::move(events_);
}

Event& Script::AddEvent(Day day, Slot slot, std::string_view caller, std::string_view what,
                        std::shared_ptr<google::protobuf::Message> request) {
  Event event;
  event.day = day;
  event.slot = slot;
  event.case_number = profile_.number;
  event.order = static_cast<int>(events_.size());
  const int count = ++counts_[std::string(what)];
  event.id = absl::StrCat("case/", profile_.number, "/", std::string(what), "/", count);
  event.caller = std::string(caller);
  event.request = std::move(request);
  events_.push_back(std::move(event));
  return events_.back();
}

std::string Script::Claim(size_t index) const {
  return absl::StrCat(Case(), "/claims/", index + 1);
}

std::string Script::Round(int number) const { return absl::StrCat(Case(), "/rounds/", number); }

std::string Script::Text(std::string_view section) {
  return absl::StrReplaceAll(random_.Pick(sample_.Words(section)),
                             {{"{year}", absl::StrCat(random_.Between(2009, 2017))}});
}

types::v1::EvidenceRef Script::Evidence(std::string_view what, types::v1::EvidenceKind kind,
                                        Day dated) {
  types::v1::EvidenceRef evidence;
  evidence.set_sha256(
      Sha256Hex(absl::StrCat(seed_, "/", Case(), "/", std::string(what), "/", events_.size())));
  evidence.set_kind(kind);
  *evidence.mutable_dated() = DateOf(dated);
  return evidence;
}

std::string Script::Number(std::string_view kind) const {
  return absl::StrCat("青信", std::string(kind), "〔2018〕", profile_.number, "号");
}

Day Script::WorkBetween(Day low, Day high) {
  high = std::max(low, high);
  return std::min(days_.From(low + random_.Between(0, static_cast<int>(high - low))),
                  std::max(days_.From(low), days_.UpTo(high)));
}

}  // namespace redress::replay
