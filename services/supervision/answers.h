// What supervision answers: each rpc without its transport. Every answer is within the caller's
// scope; rows about cases are confirmed with registry, which alone knows of walls and recusals, and
// if it cannot answer neither can this. While the projection is rebuilt, nothing but its state is
// answered: half a ledger would mislead.
#ifndef REDRESS_SERVICES_SUPERVISION_ANSWERS_H_
#define REDRESS_SERVICES_SUPERVISION_ANSWERS_H_

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "common/db/pool.h"
#include "common/page/fill.h"
#include "common/page/page.h"
#include "common/rpc/call.h"
#include "common/store/store.h"
#include "redress/supervision/v1/supervision.pb.h"
#include "services/supervision/evaluate.h"
#include "services/supervision/plans.h"
#include "services/supervision/projection.h"
#include "services/supervision/scores.h"

namespace redress::supervision {

// Thread-safe. What the parts name must outlive it.
class Answers {
 public:
  struct Parts {
    db::Pool& pool;
    const base::Clock& clock;
    Plans& plans;
    Projection& projection;
    Reader& reader;
    Scores& scores;
    store::AccessGate& gate;
    const page::PageTokens& tokens;
  };
  explicit Answers(const Parts& parts) : p_(parts) {}

  // answers.cc
  absl::StatusOr<v1::GetOverviewResponse> Overview(const rpc::Call& call,
                                                   const v1::GetOverviewRequest& request);
  absl::StatusOr<v1::ListStatusesResponse> Statuses(const rpc::Call& call,
                                                    const v1::ListStatusesRequest& request);
  absl::StatusOr<v1::GetCaseEvaluationResponse> CaseEvaluation(
      const rpc::Call& call, const v1::GetCaseEvaluationRequest& request);
  absl::StatusOr<v1::GetProjectionResponse> ProjectionState(const rpc::Call& call,
                                                            const v1::GetProjectionRequest&);
  absl::StatusOr<v1::RebuildProjectionResponse> Rebuild(
      const rpc::Call& call, const v1::RebuildProjectionRequest& request);
  absl::StatusOr<v1::ProposeFeedRestoreResponse> ProposeRestore(
      const rpc::Call& call, const v1::ProposeFeedRestoreRequest& request);
  absl::StatusOr<v1::AcceptFeedRestoreResponse> AcceptRestore(
      const rpc::Call& call, const v1::AcceptFeedRestoreRequest& request);
  // The feeds that are not what was followed of them, for every answer.
  absl::Status AddWarnings(const rpc::Call& call,
                           google::protobuf::RepeatedPtrField<v1::FeedContradiction>& warnings);
  // answers_ledger.cc
  absl::StatusOr<v1::GetLedgerResponse> Ledger(const rpc::Call& call,
                                               const v1::GetLedgerRequest& request);
  absl::StatusOr<v1::ListOverdueResponse> Overdue(const rpc::Call& call,
                                                  const v1::ListOverdueRequest& request);
  // answers_score.cc
  absl::StatusOr<v1::GetScorecardResponse> Scorecard(const rpc::Call& call,
                                                     const v1::GetScorecardRequest& request);
  absl::StatusOr<v1::ListScorecardsResponse> Scorecards(const rpc::Call& call,
                                                        const v1::ListScorecardsRequest& request);

 private:
  // What every reading begins with: everything stale is evaluated, as far as time allows.
  // UNAVAILABLE while a rebuild is under way.
  absl::StatusOr<Projection::State> Ready(const rpc::Call& call);
  // The caller's scope. PERMISSION_DENIED where it is empty; NOT_FOUND where the campaign does not
  // exist or lies in no region that the caller has to do with.
  absl::StatusOr<rules::Scope> ScopeIn(const rpc::Call& call, const std::string& campaign);
  // The day that is asked about; today where none is. INVALID_ARGUMENT for no real date, and for
  // one that this caller may not look back to (rules::MayLookBackTo).
  absl::StatusOr<absl::CivilDay> DayAsked(const rpc::Call& call, const google::type::Date& asked,
                                          const std::string& field) const;
  // The first day of a period, where one is asked for. INVALID_ARGUMENT as above
  // (rules::MayCountFrom).
  absl::StatusOr<std::optional<absl::CivilDay>> FirstDayAsked(const rpc::Call& call,
                                                              const google::type::Date& asked,
                                                              const std::string& field) const;
  // Those of the cases that the caller may know of, by registry's decision. REQUIRES: `cases` holds
  // names of cases.
  absl::StatusOr<std::set<std::string>> Confirm(const rpc::Call& call, const rules::Scope& scope,
                                                const std::vector<std::string>& cases);
  // The cases of a campaign that may be accusations and that this caller may count: of whoever
  // looks at a region, those that registry confirms, as in every list; of others none.
  absl::StatusOr<std::vector<std::string>> CountableAccusations(const rpc::Call& call,
                                                                const rules::Scope& scope,
                                                                const std::string& campaign);
  // Leaves out of an explained card what rests on a case that the caller may not know of.
  absl::Status LeaveOutUnconfirmed(const rpc::Call& call, const rules::Scope& scope,
                                   plan::v1::Scorecard& card);
  // Evaluates the roots of a campaign, one page after another, and hands each over; those that
  // cannot be evaluated go to `set_aside`.
  using Visit = absl::FunctionRef<absl::Status(const sql::ListedRoot&, const Evaluated&)>;
  absl::Status Walk(const rpc::Call& call, sql::RootPage page, absl::CivilDay as_of,
                    const plan::AsKnown& as_known, std::vector<sql::SetAside>* set_aside,
                    Visit visit);
  // What of a campaign, or of all where it is empty, could not be evaluated: of that the part that
  // is within the scope, and of cases those that registry confirms. `found`: what this very answer
  // had to leave out.
  absl::StatusOr<v1::SetAside> SetAsideIn(const rpc::Call& call, const rules::Scope& scope,
                                          const std::string& campaign, const std::string& root,
                                          std::vector<sql::SetAside> found);
  // Says so in the answer, where there is anything.
  template <class Response>
  absl::Status TellSetAside(const rpc::Call& call, const rules::Scope& scope,
                            const std::string& campaign, const std::string& root,
                            std::vector<sql::SetAside> found, Response& response) {
    absl::StatusOr<v1::SetAside> told = SetAsideIn(call, scope, campaign, root, std::move(found));
    if (!told.ok()) return told.status();
    if (told->count() > 0) *response.mutable_set_aside() = *std::move(told);
    return absl::OkStatus();
  }
  std::string Predicate(const rpc::Call& call, const google::protobuf::Message& request) const;
  // Which of the statuses are to be shown: those of cases that registry confirms for `caller`,
  // where `confirm` says that it is to be asked, and no damaged ones, whose roots go to `set_aside`
  // and are evaluated anew.
  absl::StatusOr<std::vector<bool>> Confirmed(const rpc::Call& caller, bool confirm,
                                              const rules::Scope& scope,
                                              const std::vector<sql::ListedStatus>& listed,
                                              std::vector<sql::SetAside>* set_aside);
  // A page of statuses behind `after`, filled with those that are to be shown.
  absl::StatusOr<page::Filled<sql::ListedStatus>> FillStatuses(
      const rpc::Call& caller, bool confirm, const rules::Scope& scope, page::Cursor after,
      int page_size, std::vector<sql::SetAside>* set_aside,
      absl::FunctionRef<absl::StatusOr<std::vector<sql::ListedStatus>>(const page::Cursor&, int)>
          fetch);
  // Every overdue duty as of a day other than today, in the order of ListOverdue.
  absl::StatusOr<std::vector<sql::ListedStatus>> OverdueAsOf(
      const rpc::Call& call, const rules::Scope& scope, const v1::ListOverdueRequest& request,
      absl::CivilDay as_of, const plan::AsKnown& as_known, std::vector<sql::SetAside>* set_aside);

  const Parts p_;
};

// The facts below these positions, and nothing recorded later.
absl::StatusOr<plan::AsKnown> KnownAt(const std::vector<sql::FeedState>& feeds);
void FillPositions(const std::vector<sql::FeedState>& feeds,
                   google::protobuf::RepeatedPtrField<v1::FeedPosition>& positions);
bool IsCase(std::string_view root);
bool IsSet(const google::type::Date& date);
// The day that a field holds. INVALID_ARGUMENT for no real date.
absl::StatusOr<absl::CivilDay> RealDay(const google::type::Date& asked, const std::string& field);
// What the caller may be told of persons, and that which they may not left out of a list.
auth::ToldSet ToldOf(const rpc::Call& call);
void LeaveOutDaysFor(const rpc::Call& call, std::vector<sql::ListedStatus>& listed);

}  // namespace redress::supervision

#endif  // REDRESS_SERVICES_SUPERVISION_ANSWERS_H_
