// The half-monthly visits, and the hearing or mediation.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "clients/replay/script.h"
#include "common/calendar/calendar.h"

namespace redress::replay {
namespace {

namespace v = visits::v1;

const Day kVisitsUntil(2018, 12, 15);

void AddParticipant(v::ParticipantKind kind, v::RecordHearingRequest& request,
                    bool consent = false) {
  v::HearingParticipant& participant = *request.add_participants();
  participant.set_kind(kind);
  participant.set_consent_given(consent);
  // Third parties are roles too, as officials are.
  if (kind == v::PARTICIPANT_KIND_LAWYER) participant.set_full_name("法律援助中心值班律师");
  if (kind == v::PARTICIPANT_KIND_COUNSELLOR) participant.set_full_name("心理咨询值班人员");
}

}  // namespace

v::RecordVisitRequest Script::VisitOn(Day day) {
  v::RecordVisitRequest request;
  request.set_parent(Case());
  v::Visit& visit = *request.mutable_visit();
  visit.set_outcome(v::VISIT_OUTCOME_HELD);
  *visit.mutable_visited_on() = DateOf(day);
  visit.set_place(random_.Pick<facts::v1::VisitPlace>(
      {facts::v1::VISIT_PLACE_HOME, facts::v1::VISIT_PLACE_HOME, facts::v1::VISIT_PLACE_OFFICE,
       facts::v1::VISIT_PLACE_AGREED}));
  visit.set_official("officials/" + lead_);
  visit.set_account(Text("account"));
  if (random_.Chance(60)) visit.set_petitioner_asked(Text("asked"));
  return request;
}

void Script::Visit() {
  if (!profile_.explains()) return;
  const Day until = std::min(dates_.closing, kVisitsUntil);
  bool wanted = true;
  int period = 0;
  for (Day day = calendar::HalfMonthOf(dates_.appraised).last + 1; day < until;) {
    const calendar::Span half = calendar::HalfMonthOf(day);
    day = half.last + 1;
    ++period;
    const Day visited = WorkBetween(half.first, half.last - 1);
    if (visited >= until) break;
    if (Tells(Story::kVisitDeclined) && period == 2) {
      v::RecordVisitRequest declined;
      declined.set_parent(Case());
      declined.mutable_visit()->set_outcome(v::VISIT_OUTCOME_DECLINED);
      *declined.mutable_visit()->mutable_visited_on() = DateOf(visited);
      declined.mutable_visit()->set_official("officials/" + lead_);
      *declined.mutable_visit()->mutable_decline()->mutable_signed_note() =
          Evidence("note", types::v1::EVIDENCE_KIND_SIGNED_NOTE, visited);
      Add(visited, Slot::kAfternoon, lead_, "visit-declined", std::move(declined)).story = story();
      wanted = false;
      continue;
    }
    if (Tells(Story::kVisitDeclined) && period == 7) {
      v::WantVisitsRequest want;
      want.set_parent(Case());
      const Day asked = days_.From(half.first);
      *want.mutable_asked_on() = DateOf(asked);
      Add(asked, Slot::kMorning, "petition-office-receptionist", "visits-wanted", std::move(want))
          .story = story();
      wanted = true;
    }
    if (!wanted) continue;
    if (random_.Chance(profile_.visit_misses)) {
      if (random_.Chance(50)) continue;  // nobody even noted it
      v::RecordVisitRequest missed;
      missed.set_parent(Case());
      missed.mutable_visit()->set_outcome(v::VISIT_OUTCOME_NOT_ARRANGED);
      *missed.mutable_visit()->mutable_visited_on() = DateOf(visited);
      missed.mutable_visit()->set_official("officials/" + lead_);
      Add(visited, Slot::kEvening, profile_.officer->id, "visit-missed", std::move(missed));
      continue;
    }
    v::RecordVisitRequest request = VisitOn(visited);
    // Some write it down a week later.
    const bool late = random_.Chance(5) && !Tells(Story::kVisitDeclined);
    Add(late ? days_.From(visited + random_.Between(6, 9)) : visited, Slot::kAfternoon, lead_,
        "visit", std::move(request));
  }
}

void Script::HoldHearing() {
  if (!profile_.explains() || Tells(Story::kLeftOpen)) return;
  if (!profile_.closes && random_.Chance(50)) return;
  Day first = std::max(days_.From(dates_.appraised + 10), days_.From(Day(2018, 6, 4)));
  if (Tells(Story::kClosingRefused)) first = std::max(first, days_.From(dates_.served + 7));
  const Day announced = WorkBetween(first, first + 30);
  Day planned = days_.From(announced + random_.Between(7, 14));
  const bool mediation = random_.Chance(40);
  const std::string placeholder = absl::StrCat(Case(), "/hearings/@1");
  v::AnnounceHearingRequest announce;
  announce.set_parent(Case());
  v::Hearing& hearing = *announce.mutable_hearing();
  hearing.set_kind(mediation ? facts::v1::HEARING_KIND_MEDIATION
                             : facts::v1::HEARING_KIND_PUBLIC_HEARING);
  *hearing.mutable_planned_on() = DateOf(planned);
  *hearing.mutable_announced_on() = DateOf(announced);
  hearing.set_topic("就信访事项的事实认定和政策依据听取各方意见。");
  Event& event =
      Add(announced, Slot::kMorning, profile_.officer->id, "announce", std::move(announce));
  event.binds = placeholder;
  dates_.has_hearing = true;

  if (Tells(Story::kHearingDeclined)) {
    v::DeclineHearingRequest decline;
    decline.set_name(placeholder);
    dates_.hearing = days_.From(announced + 3);
    *decline.mutable_declined_on() = DateOf(dates_.hearing);
    decline.mutable_decline()->set_witness_unit(profile_.committee->name());
    Add(dates_.hearing, Slot::kMorning, lead_, "hearing-declined", std::move(decline)).story =
        story();
    return;
  }
  if (Tells(Story::kHearingAdjourned)) {
    v::AdjournHearingRequest adjourn;
    adjourn.set_name(placeholder);
    const Day adjourned = days_.UpTo(planned - 2);
    planned = days_.From(planned + 9);
    *adjourn.mutable_planned_on() = DateOf(planned);
    *adjourn.mutable_adjourned_on() = DateOf(adjourned);
    adjourn.set_reason("律师当日出庭，改期举行。");
    Add(adjourned, Slot::kAfternoon, profile_.officer->id, "adjourn", std::move(adjourn)).story =
        story();
  }
  v::RecordHearingRequest record;
  record.set_name(placeholder);
  dates_.hearing = planned;
  *record.mutable_held_on() = DateOf(planned);
  AddParticipant(v::PARTICIPANT_KIND_CHAIR, record);
  AddParticipant(v::PARTICIPANT_KIND_PETITIONER, record);
  AddParticipant(v::PARTICIPANT_KIND_UNIT, record);
  AddParticipant(v::PARTICIPANT_KIND_LAWYER, record);
  AddParticipant(v::PARTICIPANT_KIND_FIVE_ELDERS, record);
  if (random_.Chance(40)) AddParticipant(v::PARTICIPANT_KIND_COUNSELLOR, record);
  if (random_.Chance(30)) AddParticipant(v::PARTICIPANT_KIND_NEIGHBOUR, record, true);
  record.set_minutes(
      "主持人宣布议程；诉求人陈述；责任单位说明事实和依据；律师释明法律规定；各方提问；宣读记录。");
  *record.mutable_signed_minutes() =
      Evidence("minutes", types::v1::EVIDENCE_KIND_TRANSCRIPT, planned);
  record.set_result(mediation ? "各方就可以办理的部分形成一致意见，其余部分书面答复。"
                              : "评议意见：责任单位的事实认定清楚，应当面逐条解释。");
  Add(planned, Slot::kAfternoon, profile_.officer->id, "hearing", std::move(record)).story =
      Tells(Story::kHearingAdjourned) ? story() : "public hearing";
}

}  // namespace redress::replay
