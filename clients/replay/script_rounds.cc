// The procedure: acceptance, opinion, service, extension, performance; a second round.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "clients/replay/script.h"
#include "redress/assignment/v1/assignment.pb.h"

namespace redress::replay {
namespace {

using types::v1::EVIDENCE_KIND_DOCUMENT;

const Day kHoliday(2018, 6, 18);  // Dragon Boat

}  // namespace

registry::v1::Document Script::Paper(types::v1::DocumentKind kind, std::string_view number,
                                     std::string_view what, Day issued) {
  registry::v1::Document paper;
  paper.set_kind(kind);
  paper.set_document_number(Number(number));
  *paper.mutable_issued_on() = DateOf(issued);
  paper.set_remedy_stated(true);
  *paper.mutable_content() = Evidence(what, EVIDENCE_KIND_DOCUMENT, issued);
  return paper;
}

void Script::AcceptRound(Day day, int round, std::string_view number) {
  registry::v1::AcceptRoundRequest request;
  request.set_name(Round(round));
  *request.mutable_notice() =
      Paper(types::v1::DOCUMENT_KIND_ACCEPTANCE_NOTICE, number, "acceptance", day);
  Add(day, Slot::kNoon, profile_.head->id, "accept-round", std::move(request));
}

Event& Script::Serve(Day day, std::string_view what, int round, types::v1::DocumentKind kind,
                     types::v1::ServiceMode mode) {
  registry::v1::ServeDocumentRequest request;
  request.set_name(Round(round));
  request.set_document_kind(kind);
  registry::v1::ServiceReceipt& receipt = *request.mutable_receipt();
  *receipt.mutable_served_on() = DateOf(day);
  receipt.set_mode(mode);
  *receipt.mutable_proof() = Evidence(what, EVIDENCE_KIND_DOCUMENT, day);
  if (mode == types::v1::SERVICE_MODE_REFUSAL_WITNESSED) {
    receipt.add_witness_units(profile_.committee->name());
    receipt.add_witness_units("units/petition-office");
  }
  return Add(day, Slot::kAfternoon, profile_.officer->id, what, std::move(request));
}

void Script::Accept() {
  const Day first = std::max(dates_.sorted, dates_.assigned);
  dates_.accepted =
      profile_.late_acceptance
          ? days_.From(std::max(first, profile_.received + 16) + random_.Between(1, 8))
          : std::max(days_.From(first + 1), WorkBetween(first + 1, profile_.received + 12));
  AcceptRound(dates_.accepted, 1, "受");
  Serve(days_.From(dates_.accepted + random_.Between(0, 2)), "serve-notice", 1,
        types::v1::DOCUMENT_KIND_ACCEPTANCE_NOTICE,
        random_.Chance(15) ? types::v1::SERVICE_MODE_POST : types::v1::SERVICE_MODE_IN_PERSON);
}

void Script::RefuseAccusation() {
  const Day day = days_.From(std::max(dates_.sorted, dates_.work_plan) + 1);
  registry::v1::RefuseRoundRequest request;
  request.set_name(Round());
  *request.mutable_notice() =
      Paper(types::v1::DOCUMENT_KIND_NON_ACCEPTANCE_NOTICE, "不受", "non-acceptance", day);
  request.set_reason(facts::v1::NOT_ACCEPTED_REASON_STATUTORY_CHANNEL);
  Add(day, Slot::kNoon, "petition-office-clerk", "refuse-round", std::move(request)).story =
      story();
  Serve(days_.From(day + 2), "serve-notice", 1, types::v1::DOCUMENT_KIND_NON_ACCEPTANCE_NOTICE);
}

void Script::IssueOpinion() {
  const Day earliest = days_.After(std::max(dates_.appraised, dates_.accepted));
  if (Tells(Story::kHolidayService)) {
    dates_.opinion = std::max(earliest, days_.UpTo(kHoliday - 4));
  } else if (Tells(Story::kExtension)) {
    const Day granted = days_.UpTo(dates_.accepted + 52);
    assignment::v1::GrantExtensionRequest request;
    request.set_round(Round());
    request.set_days(30);
    *request.mutable_granted_on() = DateOf(granted);
    *request.mutable_petitioner_told_on() = DateOf(granted);
    request.set_reason("需要上级测绘机构出具面积鉴定。");
    Add(granted, Slot::kMorning, profile_.head->id, "extend", std::move(request)).story = story();
    dates_.opinion = days_.UpTo(dates_.accepted + random_.Between(74, 86));
  } else if (profile_.late_opinion) {
    dates_.opinion = days_.From(dates_.accepted + random_.Between(66, 95));
  } else {
    dates_.opinion = std::max(
        earliest, days_.UpTo(dates_.accepted +
                             random_.Between(20, profile_.story == Story::kNone ? 57 : 40)));
  }
  registry::v1::IssueOpinionRequest request;
  request.set_name(Round());
  *request.mutable_opinion() =
      Paper(types::v1::DOCUMENT_KIND_HANDLING_OPINION, "处", "opinion", dates_.opinion);
  const bool resolves = profile_.categories[0] == types::v1::CATEGORY_RESOLVE;
  request.set_outcome(resolves             ? types::v1::CLAIM_OUTCOME_SUPPORTED
                      : random_.Chance(40) ? types::v1::CLAIM_OUTCOME_REASONABLE_WITHOUT_BASIS
                                           : types::v1::CLAIM_OUTCOME_NOT_SUPPORTED);
  request.set_performance_due(resolves);
  Add(dates_.opinion, Slot::kNoon, profile_.head->id, "opinion", std::move(request));
}

void Script::ServeOpinion() {
  dates_.served = days_.From(dates_.opinion + random_.Between(1, 8));
  types::v1::ServiceMode mode =
      random_.Chance(12) ? types::v1::SERVICE_MODE_POST : types::v1::SERVICE_MODE_IN_PERSON;
  if (Tells(Story::kHolidayService)) {
    dates_.served = std::max(kHoliday, dates_.opinion);
    mode = types::v1::SERVICE_MODE_IN_PERSON;
  }
  if (Tells(Story::kRefusalWitnessed)) mode = types::v1::SERVICE_MODE_REFUSAL_WITNESSED;
  Event& event =
      Serve(dates_.served, "serve-opinion", 1, types::v1::DOCUMENT_KIND_HANDLING_OPINION, mode);
  if (Tells(Story::kHolidayService) || Tells(Story::kRefusalWitnessed)) event.story = story();
}

void Script::Perform() {
  dates_.performed = dates_.served;
  if (profile_.categories[0] != types::v1::CATEGORY_RESOLVE) return;
  const int longest = Tells(Story::kClosingRefused) ? 20 : 28;
  dates_.performed = days_.From(dates_.served + random_.Between(8, longest));
  registry::v1::PerformOpinionRequest request;
  request.set_name(Round());
  *request.mutable_performed_on() = DateOf(dates_.performed);
  Add(dates_.performed, Slot::kAfternoon, profile_.officer->id, "perform-opinion",
      std::move(request));
}

void Script::SecondRound(Day opened) {
  registry::v1::OpenRoundRequest request;
  request.set_name(Case());
  request.set_kind(types::v1::ROUND_KIND_HANDLING);
  *request.mutable_received_on() = DateOf(opened);
  Add(opened, Slot::kNoon, "petition-office-clerk", "open-round", std::move(request)).story =
      story();
  const Day sorted = days_.From(opened + 4);
  registry::v1::SortRoundRequest sort;
  sort.set_name(Round(2));
  sort.set_route(types::v1::ROUTE_PETITION_PROCEDURE);
  *sort.mutable_sorted_on() = DateOf(sorted);
  Add(sorted, Slot::kMorning, "petition-office-clerk", "sort", std::move(sort));
  const Day accepted = days_.From(sorted + 4);
  AcceptRound(accepted, 2, "再受");
  Serve(days_.After(accepted), "serve-notice", 2, types::v1::DOCUMENT_KIND_ACCEPTANCE_NOTICE);
}

}  // namespace redress::replay
