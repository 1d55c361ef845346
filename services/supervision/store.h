// The SQL of supervision, and nothing else. Every function works on the connection that it is
// given, in whatever transaction that is in; failure codes are those of db/errors.h.
#ifndef REDRESS_SERVICES_SUPERVISION_STORE_H_
#define REDRESS_SERVICES_SUPERVISION_STORE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/db/connection.h"
#include "common/facts/merkle.h"
#include "common/plan/evaluator.h"
#include "redress/facts/v1/facts.pb.h"
#include "services/supervision/rules.h"

namespace redress::supervision::sql {

// ---- feeds (store_feed.cc)

enum class Rebuilding : int { kNo = 0, kForgetting = 1, kFollowing = 2 };

struct FeedState {
  std::string service;
  int64_t position = 0;
  int64_t tree_size = 0;
  int64_t rebuild_to = 0;
  std::optional<v1::FeedContradiction> contradiction;
};

// A fact as it came, and what it is about.
struct Followed {
  int64_t position = 0;
  std::string bytes;
  facts::v1::Fact fact;
  std::optional<rules::Root> root;
};
// True if a fact can be stored: it is what it says it is, of a real day.
bool IsReadable(const facts::v1::Fact& fact);

// Makes the rows of feeds that were never followed.
absl::Status AddFeeds(db::Connection& conn, const std::vector<std::string>& services);
absl::StatusOr<std::vector<FeedState>> ReadFeeds(db::Connection& conn);
// Only one writer at a time changes the projection, whatever process it is in.
absl::StatusOr<Rebuilding> LockProjection(db::Connection& conn);
absl::StatusOr<Rebuilding> ReadRebuilding(db::Connection& conn);
absl::Status SetRebuilding(db::Connection& conn, Rebuilding rebuilding);
// The version of the calendar that the stored answers were made with. Another one makes every
// answer stale.
absl::StatusOr<std::string> ReadCalendarVersion(db::Connection& conn);
absl::Status ChangeCalendarVersion(db::Connection& conn, const std::string& version);
// The edge of what was followed of a feed; its size is the next position.
absl::StatusOr<facts::Frontier> ReadFrontier(db::Connection& conn, const std::string& service);
absl::Status WriteFrontier(db::Connection& conn, const std::string& service,
                           const facts::Frontier& frontier, int64_t tree_size);
absl::Status InsertFacts(db::Connection& conn, const std::string& service,
                         const std::vector<Followed>& facts);
// Notes how far each feed was followed, as what a rebuild has to reach.
absl::Status NoteRebuildTarget(db::Connection& conn);
// Deletes a part of what was projected; false when nothing is left.
absl::StatusOr<bool> ForgetSome(db::Connection& conn);
absl::Status ResetPositions(db::Connection& conn);

// ---- feeds that are not what was followed (store_restore.cc)

// True if it was not known before; `since` stays that of the first time.
absl::StatusOr<bool> PutContradiction(db::Connection& conn, const v1::FeedContradiction& found);
// True if there was one.
absl::StatusOr<bool> DropContradiction(db::Connection& conn, const std::string& service);
absl::StatusOr<std::vector<v1::FeedContradiction>> ListContradictions(db::Connection& conn);
absl::Status InsertRestore(db::Connection& conn, const v1::FeedRestore& restore);
// The newest first.
absl::StatusOr<std::vector<v1::FeedRestore>> ListRestores(db::Connection& conn);
absl::Status AcceptRestore(db::Connection& conn, const v1::FeedRestore& restore);
// The next rebuild is over for this feed when it was followed up to `size`.
absl::Status SetRebuildTarget(db::Connection& conn, const std::string& service, int64_t size);

// Facts of one root, parsed, with where they stand.
struct FactSet {
  std::vector<std::unique_ptr<facts::v1::Fact>> facts;
  std::vector<plan::KnownFact> known;
  bool damaged = false;  // a stored fact does not parse, and is left out
};
// By root.
absl::StatusOr<std::map<std::string, FactSet>> LoadFacts(db::Connection& conn,
                                                         const std::vector<std::string>& roots);

// ---- roots (store_root.cc)

// Marks as stale; adds those that are new.
absl::Status MarkStale(db::Connection& conn, const std::vector<rules::Root>& roots);
// Marks every root of a campaign, and lets those that wait be tried at once.
absl::Status MarkCampaignStale(db::Connection& conn, const std::string& campaign);
absl::Status RetryCampaign(db::Connection& conn, const std::string& campaign);
// Roots to evaluate: stale ones that need not wait, then those whose answer can change by `today`.
absl::StatusOr<std::vector<rules::Root>> StaleRoots(db::Connection& conn, absl::CivilDay today,
                                                    absl::Time now, int limit);
// Without what was set aside.
absl::StatusOr<int64_t> CountStale(db::Connection& conn);
absl::StatusOr<int64_t> CountCases(db::Connection& conn);

// A page of roots of a campaign in order of registration and name.
struct RootPage {
  std::string campaign;
  std::optional<rules::RootKind> kind;  // all where it is empty
  std::string region_prefix;            // only regions that begin with it; empty: any
  std::string unit;                     // only roots with a fact of this unit; empty: any
  std::string after_key;                // "<registered_on>|<root>" of the last one; empty: first
  int limit = 200;
};
struct ListedRoot {
  rules::Root root;
  std::string region_code;
  bool accusation = false;
  std::string key;  // for after_key
};
absl::StatusOr<std::vector<ListedRoot>> ListRoots(db::Connection& conn, const RootPage& page);
absl::StatusOr<std::vector<rules::Root>> RootsNamed(db::Connection& conn,
                                                    const std::vector<std::string>& names);
// The campaign of a root; empty where nothing was followed about it.
absl::StatusOr<std::string> CampaignOf(db::Connection& conn, const std::string& root);
absl::StatusOr<std::vector<std::string>> ListCampaigns(db::Connection& conn);
// Cases of a campaign that may be accusations.
absl::StatusOr<std::vector<std::string>> ListAccusations(db::Connection& conn,
                                                         const std::string& campaign);

// ---- what could not be evaluated (store_root.cc)

struct SetAside {
  rules::Root root;
  rules::Cause cause = rules::Cause::kRecordDamaged;
  std::string region_code;
  std::string unit;
  std::string official;
  bool accusation = false;
};
absl::Status WriteSetAside(db::Connection& conn, const std::vector<SetAside>& rows);
// Of one campaign, or of all where it is empty; entries of feeds that could not be read belong to
// each.
absl::StatusOr<std::vector<SetAside>> ListSetAside(db::Connection& conn,
                                                   const std::string& campaign);

// ---- statuses (store_status.cc)

struct StatusRow {
  std::string subject;
  std::string requirement;
  std::string clause;
  plan::v1::RequirementState state = plan::v1::REQUIREMENT_STATE_UNSPECIFIED;
  std::optional<absl::CivilDay> due;
  std::optional<absl::CivilDay> met_on;
  std::optional<absl::CivilDay> overdue_since;
  std::string official;
  std::string unit;
  std::optional<absl::CivilDay> next_change_at;
  bool about_people = false;
  int visits_missed = 0;
  std::string body;
};

// What an evaluation came to.
struct RootResult {
  rules::Root root;
  // Set where it could not be evaluated: when to try again.
  std::optional<absl::Time> retry_after;
  // Set where it can be evaluated only after something was put right: it then has no answer.
  // Otherwise, with `retry_after`, the last answer stays.
  std::optional<SetAside> set_aside;
  absl::CivilDay evaluated_on;
  std::optional<absl::CivilDay> next_change_at;
  std::optional<absl::CivilDay> registered_on;
  types::v1::CaseState state = types::v1::CASE_STATE_UNSPECIFIED;
  std::string region_code;
  bool accusation = false;
  std::string unit;
  std::vector<StatusRow> statuses;
};
absl::Status WriteResults(db::Connection& conn, const std::vector<RootResult>& results);

struct StatusQuery {
  rules::Scope scope;
  std::string campaign;
  std::string official;
  std::string unit;
  std::string case_name;
  std::vector<int> states;
  std::optional<absl::CivilDay> until;
  bool include_unassigned = false;
  bool without_need = false;       // leaves out what is about people
  bool by_overdue = false;         // in order of overdue_since, not of due
  std::vector<std::string> after;  // day, root, subject, requirement of the last one
  int limit = 50;
};
struct ListedStatus {
  std::string root;
  plan::v1::RequirementStatus status;
  std::vector<std::string> key;  // for `after`
  bool damaged = false;          // the stored status does not parse
};
// Oldest first.
absl::StatusOr<std::vector<ListedStatus>> ListStatuses(db::Connection& conn,
                                                       const StatusQuery& query);

// Counts, for the overview and the metrics. `accusations`: those that may be counted; all other
// cases that may be accusations are left out.
struct StatusCount {
  std::string campaign;
  std::string requirement;
  std::string clause;
  plan::v1::RequirementState state = plan::v1::REQUIREMENT_STATE_UNSPECIFIED;
  std::string unit;
  bool about_people = false;
  int64_t statuses = 0;
  int64_t visits_missed = 0;
};
struct CaseCount {
  std::string campaign;
  types::v1::CaseState state = types::v1::CASE_STATE_UNSPECIFIED;
  int64_t cases = 0;
};
// Of one campaign, or of all where it is empty.
absl::StatusOr<std::vector<StatusCount>> CountStatuses(db::Connection& conn,
                                                       const rules::Scope& scope,
                                                       const std::string& campaign,
                                                       const std::vector<std::string>& accusations);
absl::StatusOr<std::vector<CaseCount>> CountCasesByState(
    db::Connection& conn, const rules::Scope& scope, const std::string& campaign,
    const std::vector<std::string>& accusations);

}  // namespace redress::supervision::sql

#endif  // REDRESS_SERVICES_SUPERVISION_STORE_H_
