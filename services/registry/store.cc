#include "services/registry/store.h"

#include <map>
#include <optional>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "common/auth/case_scope.h"
#include "common/db/marks.h"
#include "common/db/transact.h"
#include "common/log/log.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/registry/rules.h"

namespace redress::registry {
namespace {

auth::AccessRow RowOf(const v1::CaseAccess& access) {
  auth::AccessRow row;
  row.case_name = access.name();
  row.region_code = access.region_code();
  row.responsible_unit = access.responsible_unit();
  for (const v1::Participant& participant : access.participants()) {
    row.participants.push_back({participant.official(), participant.part()});
  }
  row.walled.assign(access.walled().begin(), access.walled().end());
  row.recused.assign(access.recused().begin(), access.recused().end());
  return row;
}

std::optional<absl::CivilDay> MaybeDay(const google::type::Date& date) {
  if (!redress::rules::IsSet(date)) return std::nullopt;
  return redress::rules::DayOf(date);
}

store::CaseContext ContextOf(const v1::CaseAccess& access, auth::RoleSet roles) {
  store::CaseContext context;
  context.name = access.name();
  context.campaign = access.campaign();
  context.region_code = access.region_code();
  context.responsible_unit = access.responsible_unit();
  context.state = access.state();
  context.received_on = MaybeDay(access.received_on());
  context.claims.assign(access.claims().begin(), access.claims().end());
  for (const v1::Participant& participant : access.participants()) {
    if (participant.part() == types::v1::PART_LEAD) context.lead = participant.official();
    if (participant.part() == types::v1::PART_OFFICER) context.officer = participant.official();
  }
  context.roles = roles;
  return context;
}

// Registry does not serve before its indexes are in the form that it looks for.
constexpr absl::Duration kRebuildWithin = absl::Minutes(30);

void And(store::ListQuery& query, std::string_view condition, std::vector<db::Param> params) {
  absl::StrAppend(&query.where, " AND ", std::string(condition));
  for (db::Param& param : params) query.params.push_back(std::move(param));
}

// A keyed hash, in hex. `field` keeps apart what a key is hashed for.
auth::WallHash HashOf(const service::Environment& environment, const char* field) {
  return [indexer = &environment.blind_indexer(), field](std::string_view key) {
    return absl::BytesToHexString(indexer->IndexOfName(field, key));
  };
}

// What a row of case_barred is of.
enum Barred { kRecused = 0, kWalled = 1, kAccused = 2 };

}  // namespace

std::string IndexRegion(std::string_view region_code) {
  return std::string(region_code.substr(0, 6));
}

std::vector<const google::protobuf::Descriptor*> StoredTypes() {
  return {v1::Campaign::descriptor(), v1::PlanRevision::descriptor(), v1::Petitioner::descriptor(),
          v1::Case::descriptor(),     v1::Round::descriptor(),        v1::CaseAccess::descriptor()};
}

absl::StatusOr<std::vector<absl::StatusOr<store::CaseContext>>> LocalGate::Check(
    const rpc::Call& call, std::string_view permission, const std::vector<std::string>& cases) {
  ASSIGN_OR_RETURN(auto rows, store_->ReadEachForGate<v1::CaseAccess>(call, cases));
  std::vector<absl::StatusOr<store::CaseContext>> decisions;
  decisions.reserve(cases.size());
  for (const std::string& name : cases) {
    const auto it = rows.find(name);
    if (it != rows.end() && !it->second.ok()) {
      decisions.emplace_back(it->second.status());
      continue;
    }
    decisions.push_back(DecideOn(call, permission, it == rows.end() ? nullptr : &*it->second));
  }
  return decisions;
}

absl::StatusOr<store::CaseContext> LocalGate::DecideOn(const rpc::Call& call,
                                                       std::string_view permission,
                                                       const google::protobuf::Message* row) {
  if (row == nullptr) return status::NotFound("case");
  const auto& access = static_cast<const v1::CaseAccess&>(*row);
  const auth::Decision decision = auth::Decide(call.caller, permission, RowOf(access), hash_);
  if (!decision.allowed()) return auth::ToStatus(decision, permission);
  if (rules::TakesAnotherPerson(access, permission, call.caller.ToActor())) {
    return auth::ToStatus({auth::AccessReason::kSecondPersonNeeded, {}}, permission);
  }
  return ContextOf(access, decision.roles);
}

RegistryStore::RegistryStore(service::Environment& environment)
    : environment_(environment),
      wall_hashes_{HashOf(environment, "walled"), HashOf(environment, "accused")} {}

absl::StatusOr<std::unique_ptr<RegistryStore>> RegistryStore::Open(
    service::Environment& environment) {
  std::unique_ptr<RegistryStore> opened(new RegistryStore(environment));
  store::Store::Options options = environment.StoreOptions();
  options.gate = &opened->gate_;
  options.derived = opened->DerivedRows();
  // What other services are told of a case is in line with it; its rounds are parts of it.
  options.follows = {store::FollowsBy(rules::InLine)};
  options.guards = {store::GuardedBy<v1::Round>(rules::CheckRoundsChange)};
  ASSIGN_OR_RETURN(opened->store_, store::Store::Open(std::move(options)));
  opened->gate_.Bind(*opened->store_, opened->wall_hashes_.key);
  ASSIGN_OR_RETURN(const int64_t rebuilt,
                   opened->store_->RebuildDerived(absl::Now() + kRebuildWithin));
  if (rebuilt > 0) {
    log::Event(log::Level::kInfo, "indexes_rebuilt",
               {{"table", "petitioner_index"}, {"resources", rebuilt}});
  }
  return opened;
}

std::vector<store::Derived> RegistryStore::DerivedRows() const {
  const vault::BlindIndexer* indexer = &environment_.blind_indexer();
  store::Derived participants{
      &store::Table::Of(v1::CaseAccess::descriptor()),
      "case_participant",
      {"official", "part"},
      [](const google::protobuf::Message& message) {
        const auto& access = static_cast<const v1::CaseAccess&>(message);
        std::vector<std::vector<db::Param>> rows;
        for (const v1::Participant& participant : access.participants()) {
          rows.push_back({participant.official(), static_cast<int>(participant.part())});
        }
        return rows;
      }};
  store::Derived barred{&store::Table::Of(v1::CaseAccess::descriptor()),
                        "case_barred",
                        {"who", "walled"},
                        [](const google::protobuf::Message& message) {
                          const auto& access = static_cast<const v1::CaseAccess&>(message);
                          std::map<std::string, int> kinds;
                          // Recusals by name, which is no key's hash: both may hold at once.
                          for (const std::string& who : access.recused()) kinds[who] = kRecused;
                          for (const std::string& key : access.walled()) kinds[key] = kWalled;
                          for (const std::string& who : access.accused()) kinds[who] = kAccused;
                          std::vector<std::vector<db::Param>> rows;
                          for (const auto& [who, kind] : kinds) rows.push_back({who, kind});
                          return rows;
                        }};
  store::Derived persons{&store::Table::Of(v1::Case::descriptor()),
                         "case_person",
                         {"petitioner"},
                         [](const google::protobuf::Message& message) {
                           const auto& file = static_cast<const v1::Case&>(message);
                           std::set<std::string> all(file.representatives().begin(),
                                                     file.representatives().end());
                           all.insert(file.petitioner());
                           std::vector<std::vector<db::Param>> rows;
                           for (const std::string& person : all) rows.push_back({person});
                           return rows;
                         }};
  store::Derived hashes{&store::Table::Of(v1::Petitioner::descriptor()),
                        "petitioner_index",
                        {"field", "hash"},
                        [indexer](const google::protobuf::Message& message) {
                          const auto& person = static_cast<const v1::Petitioner&>(message);
                          std::vector<std::vector<db::Param>> rows;
                          const std::string region = IndexRegion(person.region_code());
                          const auto add = [&](const char* field, vault::ValueKind kind,
                                               const std::string& value) {
                            const std::string hash = indexer->Index(region, field, kind, value);
                            if (!hash.empty()) rows.push_back({field, hash});
                          };
                          const v1::PersonIdentity& identity = person.identity();
                          add("full_name", vault::ValueKind::kName, identity.full_name());
                          add("national_id", vault::ValueKind::kNationalId, identity.national_id());
                          add("phone", vault::ValueKind::kPhone, identity.phone());
                          return rows;
                        },
                        vault::kNormalForm};
  return {participants, barred, persons, hashes};
}

absl::StatusOr<store::ListQuery> RegistryStore::CasePredicate(const rpc::Call& call,
                                                              const v1::CaseFilter& filter) const {
  const auth::CaseFilter reach = auth::FilterFor(call.caller, call.permission, wall_hashes_.key);
  if (reach.none()) return status::Denied(call.permission);
  store::ListQuery query;
  query.order_column = "create_time";

  // What the caller reaches: the same table as auth::Decide, as SQL.
  std::vector<std::string> any;
  if (reach.all) any.emplace_back("TRUE");
  if (!reach.region_prefix.empty()) {
    any.emplace_back("t.region_code LIKE ?");
    query.params.emplace_back(absl::StrCat(reach.region_prefix, "%"));
  }
  if (!reach.responsible_unit.empty()) {
    any.emplace_back("t.responsible_unit = ?");
    query.params.emplace_back(reach.responsible_unit);
  }
  if (!reach.parts.empty()) {
    any.push_back(absl::StrCat(
        "EXISTS (SELECT 1 FROM case_participant p WHERE p.name = t.name AND p.official = ?"
        " AND p.part IN ",
        db::Marks(reach.parts.size()), ")"));
    query.params.emplace_back(reach.official);
    for (const types::v1::Part part : reach.parts)
      query.params.emplace_back(static_cast<int>(part));
  }
  if (!reach.offered_unit.empty()) {
    any.emplace_back(
        "EXISTS (SELECT 1 FROM case_participant p WHERE p.name = t.name AND p.official = ? AND "
        "p.part = ?)");
    query.params.emplace_back(reach.offered_unit);
    query.params.emplace_back(static_cast<int>(types::v1::PART_OFFERED));
  }
  query.where = absl::StrCat("(", absl::StrJoin(any, " OR "), ")");
  std::vector<db::Param> keys = {reach.official};
  for (const std::string& key : reach.wall_keys) keys.emplace_back(key);
  And(query,
      absl::StrCat("NOT EXISTS (SELECT 1 FROM case_barred b WHERE b.name = t.name AND ((b.walled = "
                   "0 AND b.who = ?)",
                   reach.wall_keys.empty() ? ""
                                           : absl::StrCat(" OR (b.walled = 1 AND b.who IN ",
                                                          db::Marks(reach.wall_keys.size()), ")"),
                   "))"),
      std::move(keys));

  if (!filter.campaign().empty()) And(query, "t.campaign = ?", {filter.campaign()});
  if (filter.state() != 0) And(query, "t.state = ?", {static_cast<int>(filter.state())});
  if (!filter.region_prefix().empty())
    And(query, "t.region_code LIKE ?", {absl::StrCat(filter.region_prefix(), "%")});
  if (!filter.responsible_unit().empty())
    And(query, "t.responsible_unit = ?", {filter.responsible_unit()});
  if (filter.unassigned()) And(query, "t.responsible_unit IS NULL", {});
  if (filter.source() != 0) And(query, "t.source = ?", {static_cast<int>(filter.source())});
  if (auto from = MaybeDay(filter.received_from())) And(query, "t.received_on >= ?", {*from});
  if (auto to = MaybeDay(filter.received_to())) And(query, "t.received_on <= ?", {*to});
  if (!filter.participant().empty()) {
    And(query, "EXISTS (SELECT 1 FROM case_participant p WHERE p.name = t.name AND p.official = ?)",
        {filter.participant()});
  }
  return query;
}

absl::StatusOr<std::vector<std::string>> RegistryStore::CasesTouchedBy(
    const rpc::Call& call, const v1::RecordMembershipRequest& request) const {
  std::vector<db::Param> who = {wall_hashes_.accused(request.official())};
  for (const std::string& unit : request.units()) who.emplace_back(wall_hashes_.accused(unit));
  if (request.principal_leader()) {
    who.emplace_back(wall_hashes_.key(auth::HeadsKey(*request.units().rbegin())));
  }
  std::vector<std::string> cases;
  RETURN_IF_ERROR(
      db::Read(environment_.pool(), call.deadline, [&](db::Connection& connection) -> absl::Status {
        cases.clear();
        ASSIGN_OR_RETURN(
            const db::Rows rows,
            connection.Query(absl::StrCat("SELECT DISTINCT name FROM case_barred WHERE who IN ",
                                          db::Marks(who.size()), " ORDER BY name"),
                             who));
        for (const db::Row row : rows) cases.push_back(row.Text(0));
        return absl::OkStatus();
      }));
  return cases;
}

absl::StatusOr<store::ListQuery> RegistryStore::CasesFound(
    const rpc::Call& call, const v1::SearchCasesRequest& request) const {
  if (request.registration_number().empty() && request.full_name().empty() &&
      request.national_id().empty() && request.phone().empty()) {
    return status::InvalidField(
        "registration_number",
        "at least one of registration_number, full_name, national_id and phone must be set");
  }
  call.reading->Searched();
  ASSIGN_OR_RETURN(store::ListQuery query, CasePredicate(call, request.filter()));
  if (!request.registration_number().empty()) {
    And(query, "t.registration_number = ?", {absl::AsciiStrToUpper(request.registration_number())});
  }
  const auto by_person = [&](const char* field, vault::ValueKind kind, const std::string& value) {
    if (value.empty()) return;
    And(query,
        "t.name IN (SELECT c.name FROM petitioner_index i JOIN case_person c ON c.petitioner = "
        "i.name"
        " WHERE i.hash = ? AND i.field = ?)",
        {environment_.blind_indexer().Index(IndexRegion(call.caller.region), field, kind, value),
         field});
  };
  by_person("full_name", vault::ValueKind::kName, request.full_name());
  by_person("national_id", vault::ValueKind::kNationalId, request.national_id());
  by_person("phone", vault::ValueKind::kPhone, request.phone());
  return query;
}

}  // namespace redress::registry
