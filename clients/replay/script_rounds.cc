// The procedure: acceptance, opinion, service, extension, performance; a second round.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "clients/replay/script.h"
#include "redress/assignment/v1/assignment.pb.h"

namespace redress::replay {
namespace {

using registry::v1::EVIDENCE_KIND_DOCUMENT;

const Day kHoliday(2018, 6, 18);  // Dragon Boat

}  // namespace

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
  registry::v1::AcceptRoundRequest request;
  request.set_name(Round());
  registry::v1::Document& notice = *request.mutable_notice();
  notice.set_kind(types::v1::DOCUMENT_KIND_ACCEPTANCE_NOTICE);
  notice.set_document_number(Number("受"));
  *notice.mutable_issued_on() = DateOf(dates_.accepted);
  notice.set_remedy_stated(true);
  *notice.mutable_content() = Evidence("acceptance", EVIDENCE_KIND_DOCUMENT, dates_.accepted);
  Add(dates_.accepted, Slot::kNoon, profile_.head->id, "accept-round", std::move(request));
  Serve(days_.From(dates_.accepted + random_.Between(0, 2)), "serve-notice", 1,
        types::v1::DOCUMENT_KIND_ACCEPTANCE_NOTICE,
        random_.Chance(15) ? types::v1::SERVICE_MODE_POST : types::v1::SERVICE_MODE_IN_PERSON);
}

void Script::RefuseAccusation() {
  const Day day = days_.From(std::max(dates_.sorted, dates_.work_plan) + 1);
  registry::v1::RefuseRoundRequest request;
  request.set_name(Round());
  registry::v1::Document& notice = *request.mutable_notice();
  notice.set_kind(types::v1::DOCUMENT_KIND_NON_ACCEPTANCE_NOTICE);
  notice.set_document_number(Number("不受"));
  *notice.mutable_issued_on() = DateOf(day);
  notice.set_remedy_stated(true);
  *notice.mutable_content() = Evidence("non-acceptance", EVIDENCE_KIND_DOCUMENT, day);
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
  registry::v1::Document& opinion = *request.mutable_opinion();
  opinion.set_kind(types::v1::DOCUMENT_KIND_HANDLING_OPINION);
  opinion.set_document_number(Number("处"));
  *opinion.mutable_issued_on() = DateOf(dates_.opinion);
  opinion.set_remedy_stated(true);
  *opinion.mutable_content() = Evidence("opinion", EVIDENCE_KIND_DOCUMENT, dates_.opinion);
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
  registry::v1::AcceptRoundRequest accept;
  accept.set_name(Round(2));
  registry::v1::Document& notice = *accept.mutable_notice();
  notice.set_kind(types::v1::DOCUMENT_KIND_ACCEPTANCE_NOTICE);
  notice.set_document_number(Number("再受"));
  *notice.mutable_issued_on() = DateOf(accepted);
  notice.set_remedy_stated(true);
  *notice.mutable_content() = Evidence("acceptance", EVIDENCE_KIND_DOCUMENT, accepted);
  Add(accepted, Slot::kNoon, profile_.head->id, "accept-round", std::move(accept));
  Serve(days_.After(accepted), "serve-notice", 2, types::v1::DOCUMENT_KIND_ACCEPTANCE_NOTICE);
}

}  // namespace redress::replay
