#include <algorithm>

#include "common/calendar/calendar.h"
#include "common/db/transact.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/supervision/answers.h"

namespace redress::supervision {
namespace {

// True if a row of the ledger is asked for.
bool IsWanted(const v1::GetLedgerRequest& request, const rules::Scope& scope,
              const rules::CaseSummary& summary) {
  if (!summary.registered_on) return false;
  if (!request.unit().empty() && request.unit() != summary.unit) return false;
  if (summary.struck_off_on && !request.include_closed()) return false;
  return rules::Within(scope, summary.region_code, summary.unit, summary.lead);
}

}  // namespace

absl::StatusOr<v1::GetLedgerResponse> Answers::Ledger(const rpc::Call& call,
                                                      const v1::GetLedgerRequest& request) {
  ASSIGN_OR_RETURN(const absl::CivilDay as_of, DayAsked(call, request.as_of(), "as_of"));
  ASSIGN_OR_RETURN(const Projection::State state, Ready(call));
  ASSIGN_OR_RETURN(const rules::Scope scope, ScopeIn(call, request.campaign()));
  ASSIGN_OR_RETURN(const plan::AsKnown as_known, KnownAt(state.feeds));
  const std::string predicate = Predicate(call, request);
  ASSIGN_OR_RETURN(const page::Cursor cursor, p_.tokens.Decode(predicate, request.page_token()));
  const int size = page::ClampPageSize(request.page_size());

  v1::GetLedgerResponse response;
  *response.mutable_as_of() = calendar::ToProto(as_of);
  FillPositions(state.feeds, *response.mutable_as_known());
  response.set_calendar_version(state.calendar->version());
  RETURN_IF_ERROR(TellSetAside(call, scope, request.campaign(), "", {}, response));
  sql::RootPage page{.campaign = request.campaign(), .kind = rules::RootKind::kCase};
  if (scope.unit.empty() && scope.official.empty()) page.region_prefix = scope.region_prefix;
  if (!cursor.empty()) page.after_key = cursor[0];
  while (true) {
    std::vector<sql::ListedRoot> listed;
    RETURN_IF_ERROR(db::Read(p_.pool, call.deadline, [&](db::Connection& conn) -> absl::Status {
      ASSIGN_OR_RETURN(listed, sql::ListRoots(conn, page));
      return absl::OkStatus();
    }));
    std::vector<rules::Root> roots;
    for (const sql::ListedRoot& item : listed) roots.push_back(item.root);
    ASSIGN_OR_RETURN(auto evaluated, p_.reader.Evaluate(roots, as_of, as_known, call.deadline));
    std::vector<rules::CaseSummary> summaries;
    std::vector<std::string> cases;
    for (const auto& item : evaluated) {
      summaries.push_back(rules::Summarise(item->evaluation));
      if (IsWanted(request, scope, summaries.back())) cases.push_back(item->root.name);
    }
    ASSIGN_OR_RETURN(const std::set<std::string> confirmed, Confirm(call, scope, cases));
    for (size_t i = 0; i < listed.size(); ++i) {
      const std::string& name = listed[i].root.name;
      if (!IsWanted(request, scope, summaries[i]) || !confirmed.contains(name)) continue;
      // A case's rows stay on one page.
      if (response.rows_size() >= size) {
        response.set_next_page_token(p_.tokens.Encode(predicate, {page.after_key}));
        return response;
      }
      for (v1::LedgerRow& row :
           rules::LedgerRows(name, summaries[i], evaluated[i]->evaluation, ToldOf(call))) {
        *response.add_rows() = std::move(row);
      }
      page.after_key = listed[i].key;
    }
    if (static_cast<int>(listed.size()) < page.limit) return response;
    page.after_key = listed.back().key;
  }
}

absl::StatusOr<std::vector<sql::ListedStatus>> Answers::OverdueAsOf(
    const rpc::Call& call, const rules::Scope& scope, const v1::ListOverdueRequest& request,
    absl::CivilDay as_of, const plan::AsKnown& as_known, std::vector<sql::SetAside>* set_aside) {
  ASSIGN_OR_RETURN(const std::string region,
                   p_.plans.EnsureRegion(request.campaign(), call.deadline));
  std::vector<sql::ListedStatus> overdue;
  const auto collect = [&](const sql::ListedRoot& listed,
                           const Evaluated& evaluated) -> absl::Status {
    const sql::RootResult result = ResultOf(evaluated, as_of, region);
    for (const sql::StatusRow& s : result.statuses) {
      if (s.state != plan::v1::REQUIREMENT_STATE_OVERDUE || !s.overdue_since) continue;
      if (!request.unit().empty() && request.unit() != s.unit) continue;
      if (!rules::Within(scope, result.region_code, s.unit, s.official)) continue;
      if (s.about_people && !ToldOf(call).Has(options::v1::TELLS_HOUSEHOLD)) continue;
      sql::ListedStatus& item = overdue.emplace_back();
      item.root = listed.root.name;
      item.key = {calendar::ToText(*s.overdue_since), listed.root.name, s.subject, s.requirement};
      if (!item.status.ParseFromString(s.body)) return absl::InternalError("a status is damaged");
    }
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(
      Walk(call, {.campaign = request.campaign()}, as_of, as_known, set_aside, collect));
  std::sort(overdue.begin(), overdue.end(),
            [](const auto& a, const auto& b) { return a.key < b.key; });
  return overdue;
}

absl::StatusOr<v1::ListOverdueResponse> Answers::Overdue(const rpc::Call& call,
                                                         const v1::ListOverdueRequest& request) {
  ASSIGN_OR_RETURN(const absl::CivilDay as_of, DayAsked(call, request.as_of(), "as_of"));
  ASSIGN_OR_RETURN(const Projection::State state, Ready(call));
  ASSIGN_OR_RETURN(const rules::Scope scope, ScopeIn(call, request.campaign()));
  const std::string predicate = Predicate(call, request);
  ASSIGN_OR_RETURN(page::Cursor after, p_.tokens.Decode(predicate, request.page_token()));

  const bool today = as_of == p_.clock.Today();
  sql::StatusQuery query;
  query.scope = scope;
  query.campaign = request.campaign();
  query.unit = request.unit();
  query.states = {plan::v1::REQUIREMENT_STATE_OVERDUE};
  query.by_overdue = true;
  query.without_need = !ToldOf(call).Has(options::v1::TELLS_HOUSEHOLD);
  std::vector<sql::ListedStatus> then;
  std::vector<sql::SetAside> set_aside;
  if (!today) {
    ASSIGN_OR_RETURN(const plan::AsKnown as_known, KnownAt(state.feeds));
    ASSIGN_OR_RETURN(then, OverdueAsOf(call, scope, request, as_of, as_known, &set_aside));
  }
  const auto fetch = [&](const page::Cursor& from,
                         int limit) -> absl::StatusOr<std::vector<sql::ListedStatus>> {
    std::vector<sql::ListedStatus> listed;
    if (!today) {
      const auto begin = std::find_if(then.begin(), then.end(), [&](const auto& item) {
        return from.empty() || item.key > from;
      });
      const auto end = begin + std::min<std::ptrdiff_t>(limit, then.end() - begin);
      listed.assign(begin, end);
      return listed;
    }
    query.after = from;
    query.limit = limit;
    RETURN_IF_ERROR(db::Read(p_.pool, call.deadline, [&](db::Connection& conn) -> absl::Status {
      ASSIGN_OR_RETURN(listed, sql::ListStatuses(conn, query));
      return absl::OkStatus();
    }));
    return listed;
  };
  ASSIGN_OR_RETURN(auto page, FillStatuses(call, !scope.all, scope, std::move(after),
                                           request.page_size(), &set_aside, fetch));
  v1::ListOverdueResponse response;
  *response.mutable_as_of() = calendar::ToProto(as_of);
  if (!page.next.empty()) response.set_next_page_token(p_.tokens.Encode(predicate, page.next));
  LeaveOutDaysFor(call, page.rows);
  for (sql::ListedStatus& item : page.rows) *response.add_statuses() = std::move(item.status);
  response.set_calendar_version(state.calendar->version());
  RETURN_IF_ERROR(
      TellSetAside(call, scope, request.campaign(), "", std::move(set_aside), response));
  return response;
}

}  // namespace redress::supervision
