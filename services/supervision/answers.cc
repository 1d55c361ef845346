#include "services/supervision/answers.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/auth/case_scope.h"
#include "common/calendar/calendar.h"
#include "common/db/transact.h"
#include "common/service/caller.h"
#include "common/status/concealed.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace redress::supervision {
namespace {

// How long a reader waits for what is stale to be evaluated, before being told what is known.
constexpr absl::Duration kSettle = absl::Seconds(2);
// What is left of a call's time for answering.
constexpr absl::Duration kReserve = absl::Milliseconds(500);
// The most cases that registry decides on at once.
constexpr size_t kCheckAtOnce = 1000;

// The audit log holds who proposed and who accepted a restore, though the answer shows nothing
// personal: it is recorded as a search is, whatever was found.
void RecordInAudit(const rpc::Call& call, const v1::FeedRestore& restore) {
  call.reading->Add(restore.name(), auth::RoleSet(call.caller.roles), call.permission);
  call.reading->Searched();
}

// Leaves out of an evaluation what is not told.
void Narrow(const plan::v1::Plan& plan, auth::ToldSet told, plan::v1::Evaluation& evaluation) {
  std::map<std::string, const plan::v1::Requirement*> by_id;
  for (const plan::v1::Requirement& one : plan.requirements()) by_id[one.id()] = &one;
  auto& statuses = *evaluation.mutable_statuses();
  statuses.erase(std::remove_if(statuses.begin(), statuses.end(),
                                [&](const plan::v1::RequirementStatus& status) {
                                  const auto at = by_id.find(status.requirement());
                                  return at != by_id.end() && !rules::MayShow(*at->second, told);
                                }),
                 statuses.end());
  if (told.Has(options::v1::TELLS_PERSON)) return;
  for (plan::v1::RequirementStatus& status : statuses) {
    const auto at = by_id.find(status.requirement());
    if (at == by_id.end() || rules::TellsOfVisits(*at->second)) rules::LeaveOutDays(status);
  }
}

}  // namespace

absl::StatusOr<plan::AsKnown> KnownAt(const std::vector<sql::FeedState>& feeds) {
  std::map<std::string, int64_t> limits;
  for (const sql::FeedState& feed : feeds) limits[feed.service] = feed.position;
  return plan::AsKnown::At(limits);
}

void FillPositions(const std::vector<sql::FeedState>& feeds,
                   google::protobuf::RepeatedPtrField<v1::FeedPosition>& positions) {
  for (const sql::FeedState& feed : feeds) {
    v1::FeedPosition& position = *positions.Add();
    position.set_service(feed.service);
    position.set_position(feed.position);
    position.set_tree_size(feed.tree_size);
  }
}

auth::ToldSet ToldOf(const rpc::Call& call) {
  return auth::ToldTo(call.caller.roles, call.permission);
}

void LeaveOutDaysFor(const rpc::Call& call, std::vector<sql::ListedStatus>& listed) {
  if (ToldOf(call).Has(options::v1::TELLS_PERSON)) return;
  for (sql::ListedStatus& item : listed) {
    if (IsCase(item.root)) rules::LeaveOutDays(item.status);
  }
}

absl::StatusOr<absl::CivilDay> RealDay(const google::type::Date& asked, const std::string& field) {
  absl::StatusOr<absl::CivilDay> day = calendar::FromProto(asked);
  if (!day.ok()) return status::InvalidField(field, "must be a whole, real date");
  return day;
}

bool IsSet(const google::type::Date& date) {
  return date.year() != 0 || date.month() != 0 || date.day() != 0;
}

bool IsCase(std::string_view root) { return root.starts_with("cases/"); }

absl::StatusOr<Projection::State> Answers::Ready(const rpc::Call& call) {
  RETURN_IF_ERROR(p_.projection.Settle(std::min(call.deadline - kReserve, absl::Now() + kSettle)));
  ASSIGN_OR_RETURN(Projection::State state, p_.projection.Read(call.deadline));
  if (state.rebuilding) return status::Unavailable("projection", absl::Seconds(2));
  return state;
}

absl::StatusOr<rules::Scope> Answers::ScopeIn(const rpc::Call& call, const std::string& campaign) {
  rules::Scope scope = rules::ScopeOf(call.caller, call.permission);
  if (scope.none()) return status::Denied(call.permission);
  if (campaign.empty()) return scope;
  ASSIGN_OR_RETURN(const std::string region, p_.plans.EnsureRegion(campaign, call.deadline));
  const bool meets = scope.CoversRegion(region) || !scope.unit.empty() || !scope.official.empty() ||
                     auth::RegionCovers(region, call.caller.region);
  if (!meets) return status::NotFound("campaign");
  return scope;
}

absl::StatusOr<absl::CivilDay> Answers::DayAsked(const rpc::Call& call,
                                                 const google::type::Date& asked,
                                                 const std::string& field) const {
  const absl::CivilDay today = p_.clock.Today();
  if (!IsSet(asked)) return today;
  ASSIGN_OR_RETURN(const absl::CivilDay day, RealDay(asked, field));
  if (!rules::MayLookBackTo(day, today, ToldOf(call))) {
    return status::InvalidField(field, "must be today, a later day or the last day of a month");
  }
  return day;
}

absl::StatusOr<std::set<std::string>> Answers::Confirm(const rpc::Call& call,
                                                       const rules::Scope& scope,
                                                       const std::vector<std::string>& cases) {
  if (scope.all) return std::set<std::string>(cases.begin(), cases.end());
  std::set<std::string> confirmed;
  for (size_t begin = 0; begin < cases.size(); begin += kCheckAtOnce) {
    const auto end = cases.begin() + std::min(begin + kCheckAtOnce, cases.size());
    const std::vector<std::string> part(cases.begin() + begin, end);
    ASSIGN_OR_RETURN(auto decisions, p_.gate.Check(call, call.permission, part));
    for (size_t i = 0; i < part.size(); ++i) {
      if (decisions[i].ok()) confirmed.insert(part[i]);
    }
  }
  return confirmed;
}

absl::StatusOr<std::vector<std::string>> Answers::CountableAccusations(
    const rpc::Call& call, const rules::Scope& scope, const std::string& campaign) {
  if (scope.region_prefix.empty() && !scope.all) return std::vector<std::string>();
  std::vector<std::string> cases;
  RETURN_IF_ERROR(db::Read(p_.pool, call.deadline, [&](db::Connection& conn) -> absl::Status {
    ASSIGN_OR_RETURN(cases, sql::ListAccusations(conn, campaign));
    return absl::OkStatus();
  }));
  ASSIGN_OR_RETURN(const std::set<std::string> confirmed, Confirm(call, scope, cases));
  return std::vector<std::string>(confirmed.begin(), confirmed.end());
}

absl::Status Answers::Walk(const rpc::Call& call, sql::RootPage page, absl::CivilDay as_of,
                           const plan::AsKnown& as_known, std::vector<sql::SetAside>* set_aside,
                           Visit visit) {
  while (true) {
    std::vector<sql::ListedRoot> listed;
    RETURN_IF_ERROR(db::Read(p_.pool, call.deadline, [&](db::Connection& conn) -> absl::Status {
      ASSIGN_OR_RETURN(listed, sql::ListRoots(conn, page));
      return absl::OkStatus();
    }));
    std::vector<rules::Root> roots;
    for (const sql::ListedRoot& item : listed) roots.push_back(item.root);
    ASSIGN_OR_RETURN(auto evaluated, p_.reader.Evaluate(roots, as_of, as_known, call.deadline));
    for (size_t i = 0; i < listed.size(); ++i) {
      if (evaluated[i]->set_aside) {
        set_aside->push_back(SetAsideOf(*evaluated[i], *evaluated[i]->set_aside,
                                        p_.plans.FindRegion(page.campaign)));
      } else {
        RETURN_IF_ERROR(visit(listed[i], *evaluated[i]));
      }
    }
    if (static_cast<int>(listed.size()) < page.limit) return absl::OkStatus();
    page.after_key = listed.back().key;
  }
}

std::string Answers::Predicate(const rpc::Call& call,
                               const google::protobuf::Message& request) const {
  return page::PredicateHash(
      request, absl::StrCat(call.caller.subject, "|", call.caller.region, "|", call.caller.unit));
}

absl::StatusOr<page::Filled<sql::ListedStatus>> Answers::FillStatuses(
    const rpc::Call& caller, bool confirm, const rules::Scope& scope, page::Cursor after,
    int page_size, std::vector<sql::SetAside>* set_aside,
    absl::FunctionRef<absl::StatusOr<std::vector<sql::ListedStatus>>(const page::Cursor&, int)>
        fetch) {
  if (!after.empty() && after.size() != 4) {
    return status::InvalidField("page_token", "is not of this list");
  }
  return page::Fill<sql::ListedStatus>(
      p_.tokens, std::move(after), page::ClampPageSize(page_size), fetch,
      [](const sql::ListedStatus& item) { return item.key; },
      [&](std::vector<sql::ListedStatus>& listed) {
        return Confirmed(caller, confirm, scope, listed, set_aside);
      });
}

absl::StatusOr<v1::GetOverviewResponse> Answers::Overview(const rpc::Call& call,
                                                          const v1::GetOverviewRequest& request) {
  ASSIGN_OR_RETURN(const absl::CivilDay as_of, DayAsked(call, request.as_of(), "as_of"));
  ASSIGN_OR_RETURN(const Projection::State state, Ready(call));
  ASSIGN_OR_RETURN(const rules::Scope scope, ScopeIn(call, request.campaign()));
  ASSIGN_OR_RETURN(const std::vector<std::string> accusations,
                   CountableAccusations(call, scope, request.campaign()));
  std::vector<sql::SetAside> set_aside;
  rules::Tally tally(/*one_unit=*/!scope.all && scope.region_prefix.empty());
  if (as_of == p_.clock.Today()) {
    std::vector<sql::StatusCount> statuses;
    std::vector<sql::CaseCount> cases;
    RETURN_IF_ERROR(db::Read(p_.pool, call.deadline, [&](db::Connection& conn) -> absl::Status {
      ASSIGN_OR_RETURN(statuses, sql::CountStatuses(conn, scope, request.campaign(), accusations));
      ASSIGN_OR_RETURN(cases, sql::CountCasesByState(conn, scope, request.campaign(), accusations));
      return absl::OkStatus();
    }));
    for (const sql::StatusCount& s : statuses) {
      tally.AddStatuses(s.requirement, s.clause, s.state, s.unit, s.about_people, s.statuses);
    }
    for (const sql::CaseCount& c : cases) tally.AddCase(c.state, c.cases);
  } else {
    ASSIGN_OR_RETURN(const plan::AsKnown as_known, KnownAt(state.feeds));
    ASSIGN_OR_RETURN(const std::string region,
                     p_.plans.EnsureRegion(request.campaign(), call.deadline));
    const auto count = [&](const sql::ListedRoot& listed,
                           const Evaluated& evaluated) -> absl::Status {
      const sql::RootResult result = ResultOf(evaluated, as_of, region);
      if (result.accusation &&
          !std::binary_search(accusations.begin(), accusations.end(), listed.root.name)) {
        return absl::OkStatus();
      }
      if (result.registered_on && rules::Within(scope, result.region_code, result.unit, "")) {
        tally.AddCase(result.state, 1);
      }
      for (const sql::StatusRow& s : result.statuses) {
        if (!rules::Within(scope, result.region_code, s.unit, s.official)) continue;
        tally.AddStatuses(s.requirement, s.clause, s.state, s.unit, s.about_people, 1);
      }
      return absl::OkStatus();
    };
    RETURN_IF_ERROR(
        Walk(call, {.campaign = request.campaign()}, as_of, as_known, &set_aside, count));
  }
  v1::GetOverviewResponse response;
  *response.mutable_as_of() = calendar::ToProto(as_of);
  tally.Fill(response);
  FillPositions(state.feeds, *response.mutable_facts());
  response.set_calendar_version(state.calendar->version());
  RETURN_IF_ERROR(
      TellSetAside(call, scope, request.campaign(), "", std::move(set_aside), response));
  return response;
}

absl::StatusOr<v1::ListStatusesResponse> Answers::Statuses(const rpc::Call& call,
                                                           const v1::ListStatusesRequest& request) {
  ASSIGN_OR_RETURN(const Projection::State state, Ready(call));
  sql::StatusQuery query;
  ASSIGN_OR_RETURN(query.scope, ScopeIn(call, request.campaign()));
  query.campaign = request.campaign();
  query.official = request.official();
  query.unit = request.unit();
  query.case_name = request.case_name();
  query.states.assign(request.states().begin(), request.states().end());
  query.include_unassigned = request.include_unassigned();
  if (request.has_until()) {
    ASSIGN_OR_RETURN(query.until, RealDay(request.until(), "until"));
  }
  // For whom a service asks is confirmed as they would be, and nobody else names another.
  const bool for_another = request.has_on_behalf_of();
  if (for_another && !call.caller.Has(types::v1::ROLE_SERVICE)) {
    return status::InvalidField("on_behalf_of", "is for services only");
  }
  rpc::Call asker = call;
  if (for_another) {
    asker.caller = service::IdentityOf(request.on_behalf_of());
    asker.permission = request.permission();
  }
  query.without_need = request.without_need() || !ToldOf(asker).Has(options::v1::TELLS_HOUSEHOLD);
  const std::string predicate = Predicate(call, request);
  ASSIGN_OR_RETURN(page::Cursor after, p_.tokens.Decode(predicate, request.page_token()));
  std::vector<sql::SetAside> set_aside;
  ASSIGN_OR_RETURN(
      auto page,
      FillStatuses(asker, for_another || !query.scope.all, query.scope, std::move(after),
                   request.page_size(), &set_aside,
                   [&](const page::Cursor& from,
                       int limit) -> absl::StatusOr<std::vector<sql::ListedStatus>> {
                     query.after = from;
                     query.limit = limit;
                     std::vector<sql::ListedStatus> listed;
                     RETURN_IF_ERROR(db::Read(
                         p_.pool, call.deadline, [&](db::Connection& conn) -> absl::Status {
                           ASSIGN_OR_RETURN(listed, sql::ListStatuses(conn, query));
                           return absl::OkStatus();
                         }));
                     return listed;
                   }));
  v1::ListStatusesResponse response;
  *response.mutable_as_of() = calendar::ToProto(p_.clock.Today());
  if (!page.next.empty()) response.set_next_page_token(p_.tokens.Encode(predicate, page.next));
  LeaveOutDaysFor(asker, page.rows);
  for (sql::ListedStatus& item : page.rows) *response.add_statuses() = std::move(item.status);
  response.set_calendar_version(state.calendar->version());
  // Within a service's scope lies more than whom it asks for may know of.
  if (for_another) return response;
  RETURN_IF_ERROR(TellSetAside(call, query.scope, request.campaign(), request.case_name(),
                               std::move(set_aside), response));
  return response;
}

absl::StatusOr<v1::GetCaseEvaluationResponse> Answers::CaseEvaluation(
    const rpc::Call& call, const v1::GetCaseEvaluationRequest& request) {
  ASSIGN_OR_RETURN(const absl::CivilDay as_of, DayAsked(call, request.as_of(), "as_of"));
  ASSIGN_OR_RETURN(const Projection::State state, Ready(call));
  ASSIGN_OR_RETURN(const rules::Scope scope, ScopeIn(call, ""));
  auth::ToldSet told = ToldOf(call);
  if (!scope.all) {
    ASSIGN_OR_RETURN(auto decisions, p_.gate.Check(call, call.permission, {request.case_name()}));
    if (!decisions[0].ok()) {
      return status::ConcealFor(decisions[0].status(), request.case_name());
    }
    told = auth::ToldTo(decisions[0]->roles);
  }
  std::string campaign;
  RETURN_IF_ERROR(db::Read(p_.pool, call.deadline, [&](db::Connection& conn) -> absl::Status {
    ASSIGN_OR_RETURN(campaign, sql::CampaignOf(conn, request.case_name()));
    return absl::OkStatus();
  }));
  if (campaign.empty()) return status::NotFound("case");
  ASSIGN_OR_RETURN(const plan::AsKnown as_known, KnownAt(state.feeds));
  ASSIGN_OR_RETURN(auto evaluated,
                   p_.reader.Evaluate({{request.case_name(), campaign, rules::RootKind::kCase}},
                                      as_of, as_known, call.deadline));
  if (evaluated[0]->set_aside) {
    return status::Error(absl::StatusCode::kFailedPrecondition, "CASE_SET_ASIDE",
                         "the case could not be evaluated",
                         {{"cause", std::string(rules::CauseName(*evaluated[0]->set_aside))}});
  }
  // Not registered as of that day: then there was no such case.
  if (evaluated[0]->evaluation.subjects.empty()) return status::NotFound("case");
  v1::GetCaseEvaluationResponse response;
  *response.mutable_evaluation() = plan::ToProto(evaluated[0]->evaluation);
  Narrow(evaluated[0]->evaluation.plan->proto(), told, *response.mutable_evaluation());
  return response;
}

absl::StatusOr<v1::GetProjectionResponse> Answers::ProjectionState(
    const rpc::Call& call, const v1::GetProjectionRequest&) {
  ASSIGN_OR_RETURN(const Projection::State state, p_.projection.Read(call.deadline));
  v1::GetProjectionResponse response;
  FillPositions(state.feeds, *response.mutable_feeds());
  response.set_rebuilding(state.rebuilding);
  response.set_cases(state.cases);
  for (const v1::FeedRestore& restore : state.restores) *response.add_restores() = restore;
  response.set_set_aside(state.set_aside);
  response.set_calendar_version(state.calendar->version());
  *response.mutable_calendar_last_day() = calendar::ToProto(state.calendar->last_day());
  return response;
}

absl::StatusOr<v1::ProposeFeedRestoreResponse> Answers::ProposeRestore(
    const rpc::Call& call, const v1::ProposeFeedRestoreRequest& request) {
  v1::ProposeFeedRestoreResponse response;
  ASSIGN_OR_RETURN(
      *response.mutable_restore(),
      p_.projection.ProposeRestore(request.service(), absl::HexStringToBytes(request.feed_root()),
                                   call.caller.subject, call.deadline));
  RecordInAudit(call, response.restore());
  return response;
}

absl::StatusOr<v1::AcceptFeedRestoreResponse> Answers::AcceptRestore(
    const rpc::Call& call, const v1::AcceptFeedRestoreRequest& request) {
  v1::AcceptFeedRestoreResponse response;
  ASSIGN_OR_RETURN(*response.mutable_restore(),
                   p_.projection.AcceptRestore(request.name(), call.caller.subject, call.deadline));
  RecordInAudit(call, response.restore());
  return response;
}

absl::Status Answers::AddWarnings(
    const rpc::Call& call, google::protobuf::RepeatedPtrField<v1::FeedContradiction>& warnings) {
  return db::Read(p_.pool, call.deadline, [&](db::Connection& conn) -> absl::Status {
    ASSIGN_OR_RETURN(const std::vector<v1::FeedContradiction> found, sql::ListContradictions(conn));
    warnings.Clear();
    for (const v1::FeedContradiction& one : found) *warnings.Add() = one;
    return absl::OkStatus();
  });
}

absl::StatusOr<v1::RebuildProjectionResponse> Answers::Rebuild(
    const rpc::Call& call, const v1::RebuildProjectionRequest&) {
  ASSIGN_OR_RETURN(const std::vector<sql::FeedState> feeds,
                   p_.projection.BeginRebuild(call.deadline));
  v1::RebuildProjectionResponse response;
  FillPositions(feeds, *response.mutable_feeds());
  return response;
}

}  // namespace redress::supervision
