// The claims: hearing the petitioner, the musts, the appraisal, dates and agreements.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "clients/replay/script.h"

namespace redress::replay {
namespace {

using types::v1::EVIDENCE_KIND_DOCUMENT;
using types::v1::EVIDENCE_KIND_TRANSCRIPT;

const Day kHearDue(2018, 5, 20);
const Day kInvestigateDue(2018, 6, 20);

}  // namespace

void Script::DrawAppraisal() {
  dates_.heard_due = profile_.registered <= Day(2018, 5, 10) ? kHearDue : profile_.registered + 15;
  Day first = days_.After(dates_.work_plan);
  // Whoever takes a case over hears the petitioner anew.
  if (Tells(Story::kHandoverAccepted) || Tells(Story::kHandoverDeclined)) {
    first = days_.From(dates_.work_plan + 10);
  }
  const Day last = profile_.late_hearing_of_petitioner
                       ? days_.From(dates_.heard_due + random_.Between(4, 16))
                       : days_.UpTo(dates_.heard_due - random_.Between(0, 2));
  dates_.appraised = std::max(days_.After(first), last);
  dates_.heard = WorkBetween(std::max(first, dates_.appraised - 8), dates_.appraised - 1);
}

void Script::HearPetitioner() {
  visits::v1::RecordVisitRequest request = VisitOn(dates_.heard);
  for (size_t i = 0; i < profile_.claims.size(); ++i) {
    request.mutable_visit()->add_heard_claims(Claim(i));
  }
  request.mutable_visit()->set_transcript_kept(true);
  *request.mutable_visit()->add_evidence() =
      Evidence("transcript", EVIDENCE_KIND_TRANSCRIPT, dates_.heard);
  Add(dates_.heard, Slot::kNoon, lead_, "hear", std::move(request));
}

void Script::Investigate() {
  const Day first = days_.After(dates_.work_plan);
  const Day reinvestigate_due =
      profile_.registered <= Day(2018, 5, 20) ? kInvestigateDue : profile_.registered + 30;
  for (size_t i = 0; i < profile_.claims.size(); ++i) {
    const Day on_site = WorkBetween(first, dates_.appraised - 1);
    registry::v1::RecordInvestigationRequest site;
    site.set_claim(Claim(i));
    registry::v1::Investigation& visit = *site.mutable_investigation();
    *visit.mutable_done_on() = DateOf(on_site);
    visit.set_on_site(true);
    visit.set_findings(Text("finding"));
    Add(on_site, Slot::kNoon, profile_.officer->id, "investigate", std::move(site));

    registry::v1::RecordPriorConclusionRequest prior;
    prior.set_claim(Claim(i));
    prior.mutable_prior_conclusion();  // set, though it says that there is none
    if (random_.Chance(55)) {
      prior.mutable_prior_conclusion()->set_exists(true);
      *prior.mutable_prior_conclusion()->mutable_concluded_on() =
          DateOf(Day(random_.Between(2012, 2017), random_.Between(1, 12), random_.Between(1, 28)));
      prior.mutable_prior_conclusion()->set_summary(Text("prior"));
    }
    Add(WorkBetween(first, dates_.appraised - 1), Slot::kAfternoon, profile_.officer->id, "prior",
        std::move(prior));

    registry::v1::RecordInvestigationRequest again;
    again.set_claim(Claim(i));
    registry::v1::Investigation& study = *again.mutable_investigation();
    const Day studied = profile_.late_investigation
                            ? days_.From(reinvestigate_due + random_.Between(3, 20))
                            : std::max(days_.After(dates_.appraised),
                                       WorkBetween(reinvestigate_due - 15, reinvestigate_due));
    *study.mutable_done_on() = DateOf(studied);
    study.set_documents(true);
    study.set_findings(Text("document-study"));
    for (int n = random_.Between(1, 3); n > 0; --n) {
      *study.add_evidence() =
          Evidence(absl::StrCat("document", n), EVIDENCE_KIND_DOCUMENT, studied);
    }
    Add(studied, Slot::kAfternoon, profile_.officer->id, "investigate", std::move(again));
  }
}

void Script::Appraise() {
  const auto views = [&](size_t claim, Day day) {
    registry::v1::RecordViewRequest request;
    request.set_claim(Claim(claim));
    registry::v1::View& view = *request.mutable_view();
    *view.mutable_given_on() = DateOf(day);
    view.set_from_unit(profile_.committee->name());
    view.set_question(Text("question"));
    view.set_answer(Text("answer"));
    Add(day, Slot::kNoon, profile_.officer->id, "view", std::move(request));
  };
  for (size_t i = 0; i < profile_.claims.size(); ++i) {
    const types::v1::Category category = profile_.categories[i];
    registry::v1::AppraiseClaimRequest request;
    request.set_claim(Claim(i));
    registry::v1::Appraisal& appraisal = *request.mutable_appraisal();
    appraisal.set_category(category);
    appraisal.set_reasons(
        Text(category == types::v1::CATEGORY_RESOLVE ? "reason.resolve" : "reason.explain"));
    // A few difficult matters, whose consultation is still owed, stay open.
    appraisal.set_complex(Tells(Story::kLeftOpen));
    *appraisal.mutable_decided_on() = DateOf(dates_.appraised);
    if (Tells(Story::kAppraisalRefused) && i == 0) {
      const Day tried = dates_.appraised;
      Event& refused = Add(tried, Slot::kMorning, lead_, "appraise-too-early", request);
      refused.refusal = "CLAIM_NOT_APPRAISABLE";
      refused.story = story();
      dates_.appraised = days_.After(tried + 2);
      *request.mutable_appraisal()->mutable_decided_on() = DateOf(dates_.appraised);
      views(i, days_.After(tried));
    } else {
      views(i, WorkBetween(days_.After(dates_.work_plan), dates_.appraised - 1));
    }
    Add(dates_.appraised, Slot::kAfternoon, lead_, "appraise", std::move(request));
  }
}

void Script::OfferDates() {
  for (size_t i = 0; i < profile_.claims.size(); ++i) {
    if (profile_.categories[i] != types::v1::CATEGORY_RESOLVE) continue;
    if (profile_.forgets_date_offer) continue;
    const Day offered = random_.Chance(10) ? days_.From(dates_.appraised + 4) : dates_.appraised;
    registry::v1::OfferDateRequest request;
    request.set_claim(Claim(i));
    registry::v1::DateOffer& offer = *request.mutable_date_offer();
    *offer.mutable_offered_on() = DateOf(offered);
    *offer.mutable_resolve_by() = DateOf(days_.UpTo(offered + random_.Between(60, 110)));
    offer.set_petitioner_agrees(random_.Chance(80));
    Add(offered, Slot::kEvening, lead_, "offer-date", std::move(request));
  }
}

void Script::SettleClaims() {
  if (!Tells(Story::kSettlement) && !Tells(Story::kSettlementTwice)) return;
  if (!dates_.closes) return;
  const auto sign = [&](size_t claim, Day day) {
    registry::v1::SignSettlementRequest request;
    request.set_claim(Claim(claim));
    registry::v1::Settlement& settlement = *request.mutable_settlement();
    *settlement.mutable_signed_on() = DateOf(day);
    settlement.set_petitioner_signed(true);
    settlement.set_unit_signed(true);
    settlement.set_witness_unit(profile_.committee->name());
    *settlement.mutable_document() = Evidence("settlement", EVIDENCE_KIND_DOCUMENT, day);
    settlement.set_terms("按处理意见书办理更正和补发手续，双方对数额没有异议。");
    const auto undertake = [&](registry::v1::UndertakingKind kind, int64_t amount_fen) {
      registry::v1::Undertaking& undertaking = *settlement.add_undertakings();
      undertaking.set_kind(kind);
      undertaking.set_amount_fen(amount_fen);
      *undertaking.mutable_due_on() = DateOf(days_.From(day + 12));
    };
    undertake(registry::v1::UNDERTAKING_KIND_CORRECTION, 0);
    undertake(registry::v1::UNDERTAKING_KIND_PAYMENT, 100 * random_.Between(800, 36000));
    Add(day, Slot::kAfternoon, profile_.head->id, "sign", std::move(request)).story = story();
  };
  // DrawClosing left the room: signed, seven days, performed, closed.
  const Day performed = days_.UpTo(dates_.closing - 1);
  const Day signed_on = days_.UpTo(performed - 9);
  for (size_t i = 0; i < profile_.claims.size(); ++i) {
    if (Tells(Story::kSettlementTwice)) {
      const Day before = days_.UpTo(signed_on - 10);
      sign(i, before);
      registry::v1::WithdrawSettlementRequest withdraw;
      withdraw.set_claim(Claim(i));
      const Day withdrawn = days_.From(before + 3);
      *withdraw.mutable_withdrawn_on() = DateOf(withdrawn);
      Add(withdrawn, Slot::kAfternoon, "petition-office-receptionist", "withdraw",
          std::move(withdraw))
          .story = story();
    }
    sign(i, signed_on);
    registry::v1::PerformSettlementRequest perform;
    perform.set_claim(Claim(i));
    *perform.mutable_performed_on() = DateOf(performed);
    Add(performed, Slot::kAfternoon, profile_.officer->id, "perform-settlement",
        std::move(perform));
  }
}

}  // namespace redress::replay
