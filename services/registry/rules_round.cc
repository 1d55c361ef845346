#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/auth/permissions.h"
#include "common/base/ids.h"
#include "common/fsm/fsm.h"
#include "common/fsm/print.h"
#include "common/rules/record_checks.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/registry/rules.h"

namespace redress::registry::rules {
namespace {

using ::redress::rules::DateOf;
using ::redress::rules::FieldErrors;
using ::redress::rules::IsSet;
using ::redress::rules::NewFact;
using ::redress::rules::Refuse;
using ::redress::rules::SetKind;
using v1::RoundState;

constexpr fsm::Transition<RoundState, RoundAction> kRoundMoves[] = {
    {v1::ROUND_STATE_OPENED, RoundAction::kSort, v1::ROUND_STATE_SORTED},
    {v1::ROUND_STATE_SORTED, RoundAction::kAccept, v1::ROUND_STATE_ACCEPTED},
    {v1::ROUND_STATE_SORTED, RoundAction::kRefuse, v1::ROUND_STATE_NOT_ACCEPTED},
    // The acceptance and the non-acceptance notice are served while the round stays where it is.
    {v1::ROUND_STATE_ACCEPTED, RoundAction::kServe, v1::ROUND_STATE_ACCEPTED},
    {v1::ROUND_STATE_NOT_ACCEPTED, RoundAction::kServe, v1::ROUND_STATE_NOT_ACCEPTED},
    {v1::ROUND_STATE_ACCEPTED, RoundAction::kIssue, v1::ROUND_STATE_DECIDED},
    {v1::ROUND_STATE_DECIDED, RoundAction::kServe, v1::ROUND_STATE_SERVED},
    {v1::ROUND_STATE_SERVED, RoundAction::kPerform, v1::ROUND_STATE_SERVED},
};
constexpr fsm::Table kRounds(v1::ROUND_STATE_OPENED, kRoundMoves);
static_assert(kRounds.Deterministic());

const fsm::Names<RoundAction>& ActionNames() {
  static const auto* const names =
      new fsm::Names<RoundAction>({{RoundAction::kSort, "sort"},
                                   {RoundAction::kAccept, "accept"},
                                   {RoundAction::kRefuse, "refuse"},
                                   {RoundAction::kIssue, "issue opinion"},
                                   {RoundAction::kServe, "serve document"},
                                   {RoundAction::kPerform, "perform"}});
  return *names;
}

facts::v1::Fact RoundFact(const Context& context, const v1::Round& round,
                          const google::type::Date& on) {
  facts::v1::Fact fact = NewFact(context, round.name(), on);
  fact.set_round(round.name());
  return fact;
}

Outcome<v1::Round> With(v1::Round round, facts::v1::Fact fact) {
  SetKind(fact);
  Outcome<v1::Round> outcome;
  outcome.resource = std::move(round);
  outcome.facts.push_back(std::move(fact));
  return outcome;
}

v1::Document* FindDocument(v1::Round& round, types::v1::DocumentKind kind) {
  for (v1::Document& document : *round.mutable_documents()) {
    if (document.kind() == kind) return &document;
  }
  return nullptr;
}

v1::Document& AddDocument(v1::Round& round, const v1::Document& asked, const Context& context) {
  v1::Document& added = *round.add_documents();
  added = asked;
  added.clear_receipt();
  *added.mutable_signed_by() = context.actor;
  return added;
}

bool IsOpinion(types::v1::DocumentKind kind) {
  return kind == types::v1::DOCUMENT_KIND_HANDLING_OPINION ||
         kind == types::v1::DOCUMENT_KIND_REVIEW_OPINION ||
         kind == types::v1::DOCUMENT_KIND_REEXAMINATION_OPINION;
}

types::v1::DocumentKind OpinionOf(types::v1::RoundKind kind) {
  switch (kind) {
    case types::v1::ROUND_KIND_REVIEW:
      return types::v1::DOCUMENT_KIND_REVIEW_OPINION;
    case types::v1::ROUND_KIND_REEXAMINATION:
      return types::v1::DOCUMENT_KIND_REEXAMINATION_OPINION;
    default:
      return types::v1::DOCUMENT_KIND_HANDLING_OPINION;
  }
}

// The unit whose opinion is asked about has no part in the answer.
absl::Status CheckReviewer(const v1::Round& round, const v1::Case& of, const Context& context) {
  if (round.kind() == types::v1::ROUND_KIND_HANDLING ||
      context.actor.unit() != of.responsible_unit()) {
    return absl::OkStatus();
  }
  return Refuse("ROUND_OF_SUPERIOR", round.name(),
                "a review or re-examination is the superior organ's; the unit whose opinion is "
                "asked about has no part in its answer (Reg. 35, 36)");
}

// The opinion is that of the organ that the round is before: of a handling the responsible unit's.
// What a superior organ decided is recorded by the petition office.
absl::Status CheckOrgan(const v1::Round& round, const v1::Case& of, const Context& context) {
  if (round.kind() != types::v1::ROUND_KIND_HANDLING) return CheckReviewer(round, of, context);
  if (context.actor.role() != types::v1::ROLE_OFFICE_HEAD ||
      context.actor.unit() == of.responsible_unit()) {
    return absl::OkStatus();
  }
  return Refuse("ROUND_OF_UNIT", round.name(),
                "the handling opinion is the responsible unit's; the petition office records those "
                "of a review or re-examination (Reg. 31)");
}

}  // namespace

absl::Status CheckRoundAction(const v1::Round& current, RoundAction action) {
  if (kRounds.Allows(current.state(), action)) return absl::OkStatus();
  std::string states;
  for (RoundState state : kRounds.StatesFor(action)) {
    absl::StrAppend(&states, states.empty() ? "" : " or ", v1::RoundState_Name(state));
  }
  return Refuse("ROUND_STATE", current.name(),
                absl::StrCat("the round is ", v1::RoundState_Name(current.state()),
                             "; this needs it to be ", states));
}

std::string RoundStateTable() {
  const auto may = [](types::v1::Role role, RoundAction action) {
    constexpr std::string_view kPermissions[] = {"rounds.sort",   "rounds.accept",
                                                 "rounds.refuse", "rounds.issueOpinion",
                                                 "rounds.serve",  "rounds.perform"};
    return auth::Permits(auth::RoleSet{role}, kPermissions[static_cast<int>(action)]);
  };
  return fsm::Markdown(kRounds, fsm::ProtoNames<RoundState>("ROUND_STATE_"), ActionNames(),
                       fsm::ProtoNames<types::v1::Role>("ROLE_"), may);
}

absl::Status CheckRoundsChange(const v1::Case& of) {
  return CheckCaseAction(of, CaseAction::kChange);
}

absl::StatusOr<Outcome<v1::Round>> OpenRound(const v1::Case& of,
                                             const v1::OpenRoundRequest& request,
                                             const Context& context) {
  // What the petitioner asked for in time is taken down while a closure is proposed, too: the
  // closing is then refused over it.
  const bool asks_superior = request.kind() != types::v1::ROUND_KIND_HANDLING;
  if (!asks_superior || of.state() != types::v1::CASE_STATE_CLOSING) {
    RETURN_IF_ERROR(CheckCaseAction(of, CaseAction::kChange));
  }
  FieldErrors errors;
  std::set<std::string> known, asked;
  for (const v1::Claim& claim : of.claims()) known.insert(claim.name());
  for (int i = 0; i < request.claims_size(); ++i) {
    const std::string field = absl::StrCat("claims[", i, "]");
    if (!known.contains(request.claims(i))) errors.Add(field, "is no claim of this case");
    if (!asked.insert(request.claims(i)).second) errors.Add(field, "is named twice");
  }
  errors.NotBefore("received_on", request.received_on(), of.received_on(),
                   "the receipt of the case");
  RETURN_IF_ERROR(errors.ToStatus());
  v1::Round round;
  round.set_number(of.rounds() + 1);
  round.set_name(absl::StrCat(of.name(), "/rounds/", round.number()));
  round.set_case_name(of.name());
  round.set_kind(request.kind());
  *round.mutable_received_on() = request.received_on();
  round.set_state(v1::ROUND_STATE_OPENED);
  if (request.claims().empty()) {
    for (const v1::Claim& claim : of.claims()) round.add_claims(claim.name());
  } else {
    *round.mutable_claims() = request.claims();
  }
  facts::v1::Fact fact = RoundFact(context, round, DateOf(context.today));
  if (round.claims_size() < of.claims_size()) {
    *fact.mutable_round_opened()->mutable_claims() = round.claims();
  }
  fact.mutable_round_opened()->set_round_kind(request.kind());
  *fact.mutable_round_opened()->mutable_received_on() = request.received_on();
  auto counted = std::make_shared<v1::Case>(of);
  counted->set_rounds(round.number());
  Outcome<v1::Round> outcome = With(std::move(round), std::move(fact));
  outcome.others.push_back(std::move(counted));
  return outcome;
}

absl::StatusOr<Outcome<v1::Round>> SortRound(const v1::Round& current,
                                             const v1::SortRoundRequest& request,
                                             const Context& context) {
  FieldErrors errors;
  errors.NotBefore("sorted_on", request.sorted_on(), current.received_on(), "the receipt");
  RETURN_IF_ERROR(errors.ToStatus());
  RETURN_IF_ERROR(CheckRoundAction(current, RoundAction::kSort));
  v1::Round round = current;
  round.set_state(v1::ROUND_STATE_SORTED);
  round.set_route(request.route());
  facts::v1::Fact fact = RoundFact(context, round, request.sorted_on());
  fact.mutable_sorted()->set_route(request.route());
  return With(std::move(round), std::move(fact));
}

absl::StatusOr<Outcome<v1::Round>> AcceptRound(const v1::Round& current,
                                               const v1::AcceptRoundRequest& request,
                                               const v1::Case& of, const Context& context) {
  FieldErrors errors;
  if (request.notice().kind() != types::v1::DOCUMENT_KIND_ACCEPTANCE_NOTICE) {
    errors.Add("notice.kind", "must be ACCEPTANCE_NOTICE");
  }
  errors.NotBefore("notice.issued_on", request.notice().issued_on(), current.received_on(),
                   "the receipt");
  RETURN_IF_ERROR(errors.ToStatus());
  RETURN_IF_ERROR(CheckRoundAction(current, RoundAction::kAccept));
  RETURN_IF_ERROR(CheckReviewer(current, of, context));
  if (current.route() != types::v1::ROUTE_PETITION_PROCEDURE) {
    return Refuse(
        "ROUTE_NOT_PETITION", current.name(),
        "the round was sorted into another statutory channel, which answers with a document "
        "of its own (Reg. 31)");
  }
  v1::Round round = current;
  round.set_state(v1::ROUND_STATE_ACCEPTED);
  *round.mutable_accepted_on() = request.notice().issued_on();
  AddDocument(round, request.notice(), context);
  facts::v1::Fact fact = RoundFact(context, round, request.notice().issued_on());
  fact.mutable_accepted();
  return With(std::move(round), std::move(fact));
}

absl::StatusOr<Outcome<v1::Round>> RefuseRound(const v1::Round& current,
                                               const v1::RefuseRoundRequest& request,
                                               const v1::Case& of, const Context& context) {
  FieldErrors errors;
  if (request.notice().kind() != types::v1::DOCUMENT_KIND_NON_ACCEPTANCE_NOTICE) {
    errors.Add("notice.kind", "must be NON_ACCEPTANCE_NOTICE");
  }
  errors.NotBefore("notice.issued_on", request.notice().issued_on(), current.received_on(),
                   "the receipt");
  RETURN_IF_ERROR(errors.ToStatus());
  RETURN_IF_ERROR(CheckRoundAction(current, RoundAction::kRefuse));
  RETURN_IF_ERROR(CheckReviewer(current, of, context));
  v1::Round round = current;
  round.set_state(v1::ROUND_STATE_NOT_ACCEPTED);
  AddDocument(round, request.notice(), context);
  facts::v1::Fact fact = RoundFact(context, round, request.notice().issued_on());
  fact.mutable_not_accepted()->set_reason(request.reason());
  return With(std::move(round), std::move(fact));
}

absl::StatusOr<Outcome<v1::Round>> IssueOpinion(const v1::Round& current,
                                                const v1::IssueOpinionRequest& request,
                                                const v1::Case& of, const Context& context) {
  const v1::Document& opinion = request.opinion();
  FieldErrors errors;
  if (opinion.kind() != OpinionOf(current.kind())) {
    errors.Add("opinion.kind",
               absl::StrCat("must be ", types::v1::DocumentKind_Name(OpinionOf(current.kind()))));
  }
  errors.NotBefore("opinion.issued_on", opinion.issued_on(), current.accepted_on(),
                   "the acceptance");
  const bool last_level = current.kind() == types::v1::ROUND_KIND_REEXAMINATION;
  if (!opinion.remedy_stated() && !last_level) {
    errors.Add("opinion.remedy_stated", "the opinion must state how it can be reviewed (Reg. 32)");
  }
  RETURN_IF_ERROR(errors.ToStatus());
  RETURN_IF_ERROR(CheckRoundAction(current, RoundAction::kIssue));
  RETURN_IF_ERROR(CheckOrgan(current, of, context));
  v1::Round round = current;
  round.set_state(v1::ROUND_STATE_DECIDED);
  round.set_outcome(request.outcome());
  round.set_performance_due(request.performance_due());
  AddDocument(round, opinion, context);
  facts::v1::Fact fact = RoundFact(context, round, opinion.issued_on());
  facts::v1::OpinionIssued& detail = *fact.mutable_opinion_issued();
  detail.set_outcome(request.outcome());
  detail.set_remedy_stated(opinion.remedy_stated());
  detail.set_performance_due(request.performance_due());
  return With(std::move(round), std::move(fact));
}

absl::StatusOr<Outcome<v1::Round>> ServeDocument(const v1::Round& current,
                                                 const v1::ServeDocumentRequest& request,
                                                 const v1::Case& of, const Context& context) {
  const v1::ServiceReceipt& receipt = request.receipt();
  FieldErrors errors;
  if (receipt.mode() == types::v1::SERVICE_MODE_REFUSAL_WITNESSED) {
    if (receipt.witness_units().empty()) {
      errors.Add("receipt.witness_units", "a refusal must be witnessed by outsiders");
    }
    for (int i = 0; i < receipt.witness_units_size(); ++i) {
      ::redress::rules::CheckOutside(absl::StrCat("receipt.witness_units[", i, "]"),
                                     receipt.witness_units(i), of.responsible_unit(), errors);
    }
  }
  RETURN_IF_ERROR(errors.ToStatus());
  v1::Round round = current;
  v1::Document* document = FindDocument(round, request.document_kind());
  if (document == nullptr) {
    return Refuse("DOCUMENT_NOT_ISSUED", current.name(),
                  "the document was not issued in this round; issue it first");
  }
  if (document->has_receipt()) {
    return Refuse("DOCUMENT_SERVED", current.name(), "its service is recorded already");
  }
  errors.NotBefore("receipt.served_on", receipt.served_on(), document->issued_on(),
                   "the day that the document bears");
  RETURN_IF_ERROR(errors.ToStatus());
  // An opinion moves the round on; a notice may be served late, whatever came since.
  if (IsOpinion(request.document_kind())) {
    RETURN_IF_ERROR(CheckRoundAction(current, RoundAction::kServe));
    round.set_state(v1::ROUND_STATE_SERVED);
  }
  *document->mutable_receipt() = receipt;
  *document->mutable_receipt()->mutable_recorded_by() = context.actor;
  facts::v1::Fact fact = RoundFact(context, round, receipt.served_on());
  facts::v1::DocumentServed& detail = *fact.mutable_document_served();
  detail.set_document_kind(request.document_kind());
  detail.set_mode(receipt.mode());
  detail.set_receipt_kept(!receipt.proof().sha256().empty());
  detail.set_remedy_stated(document->remedy_stated());
  return With(std::move(round), std::move(fact));
}

absl::StatusOr<Outcome<v1::Round>> PerformOpinion(const v1::Round& current,
                                                  const v1::PerformOpinionRequest& request,
                                                  const v1::Case& of, const Context& context) {
  RETURN_IF_ERROR(CheckRoundAction(current, RoundAction::kPerform));
  if (!current.performance_due()) {
    return Refuse("NOTHING_TO_PERFORM", current.name(), "the opinion promises nothing");
  }
  const google::type::Date anew = PerformAnewFrom(of, current.performed_on());
  if (IsSet(current.performed_on()) && !IsSet(anew)) {
    return Refuse("OPINION_PERFORMED", current.name(), "its performance is recorded already");
  }
  v1::Round round = current;
  const v1::Document* opinion = FindDocument(round, OpinionOf(round.kind()));
  FieldErrors errors;
  if (opinion != nullptr) {
    errors.NotBefore("performed_on", request.performed_on(), opinion->issued_on(), "the opinion");
  }
  errors.NotBefore("performed_on", request.performed_on(), anew, "the reopening");
  RETURN_IF_ERROR(errors.ToStatus());
  *round.mutable_performed_on() = request.performed_on();
  facts::v1::Fact fact = RoundFact(context, round, request.performed_on());
  fact.mutable_opinion_performed();
  return With(std::move(round), std::move(fact));
}

}  // namespace redress::registry::rules
