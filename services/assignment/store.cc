#include "services/assignment/store.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/auth/case_scope.h"
#include "common/db/transact.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace redress::assignment {
namespace {

void And(store::ListQuery& query, std::string_view condition, std::vector<db::Param> params) {
  absl::StrAppend(&query.where, " AND ", std::string(condition));
  for (db::Param& param : params) query.params.push_back(std::move(param));
}

// Everybody who has a part, for the question which cases somebody takes part in.
std::vector<std::vector<db::Param>> MembersOf(const google::protobuf::Message& message) {
  const registry::v1::UpdateCaseAccessRequest all =
      rules::AccessChangeBetween(nullptr, static_cast<const v1::Assignment&>(message));
  std::vector<std::vector<db::Param>> rows;
  for (const registry::v1::Participant& participant : all.add()) {
    rows.push_back({participant.official(), static_cast<int>(participant.part())});
  }
  return rows;
}

// The last day in each unit that an official has left.
std::vector<std::vector<db::Param>> PastUnitsOf(const google::protobuf::Message& message) {
  std::map<std::string, absl::CivilDay> last;
  for (const v1::PastUnit& past : static_cast<const v1::Official&>(message).past_units()) {
    last[past.unit()] = ::redress::rules::DayOf(past.until());  // oldest first
  }
  std::vector<std::vector<db::Param>> rows;
  for (const auto& [unit, until] : last) rows.push_back({unit, until});
  return rows;
}

}  // namespace

std::vector<const google::protobuf::Descriptor*> StoredTypes() {
  return {v1::Unit::descriptor(),         v1::Official::descriptor(),
          v1::LeadingGroup::descriptor(), v1::Assignment::descriptor(),
          v1::Extension::descriptor(),    v1::UnitMilestone::descriptor(),
          v1::AccessChange::descriptor()};
}

absl::StatusOr<std::unique_ptr<AssignmentStore>> AssignmentStore::Open(
    store::Store::Options options, AccessOutbox::Options outbox) {
  std::unique_ptr<AssignmentStore> opened(new AssignmentStore());
  opened->outbox_ = std::make_unique<AccessOutbox>(std::move(outbox));
  options.derived = {{&store::Table::Of(v1::Assignment::descriptor()),
                      "assignment_member",
                      {"official", "part"},
                      MembersOf},
                     {&store::Table::Of(v1::Official::descriptor()),
                      "official_past_unit",
                      {"unit", "until_date"},
                      PastUnitsOf}};
  options.committed = [raw = opened->outbox_.get(),
                       sequence = options.committed](const std::vector<store::Effect>& effects) {
    sequence(effects);
    raw->Committed(effects);
  };
  ASSIGN_OR_RETURN(opened->store_, store::Store::Open(std::move(options)));
  opened->outbox_->Bind(*opened->store_);
  return opened;
}

absl::StatusOr<rules::Officials> AssignmentStore::FindOfficials(
    const rpc::Call& call, const std::vector<std::string>& names) {
  std::set<std::string> wanted(names.begin(), names.end());
  wanted.erase("");
  return store_->ReadForGate<v1::Official>(call, {wanted.begin(), wanted.end()});
}

absl::StatusOr<std::unique_ptr<v1::Unit>> AssignmentStore::FindUnit(const rpc::Call& call,
                                                                    const std::string& name) {
  if (name.empty()) return nullptr;
  ASSIGN_OR_RETURN(auto found, store_->ReadForGate<v1::Unit>(call, {name}));
  if (found.empty()) return nullptr;
  return std::make_unique<v1::Unit>(std::move(found.begin()->second));
}

absl::StatusOr<std::vector<std::string>> AssignmentStore::FindSuperiors(const rpc::Call& call,
                                                                        std::string name) {
  std::vector<std::string> chain;
  while (!name.empty() && std::find(chain.begin(), chain.end(), name) == chain.end()) {
    ASSIGN_OR_RETURN(const std::unique_ptr<v1::Unit> unit, FindUnit(call, name));
    if (unit == nullptr) break;
    chain.push_back(name);
    name = unit->superior();
  }
  return chain;
}

absl::StatusOr<std::vector<std::string>> AssignmentStore::MembersSince(
    const rpc::Call& call, const std::string& unit, const google::type::Date& since) {
  const bool ever = !::redress::rules::IsSet(since);
  std::string sql =
      "SELECT name FROM official WHERE unit = ?"
      " UNION SELECT name FROM official_past_unit WHERE unit = ?";
  std::vector<db::Param> params = {unit, unit};
  if (!ever) {
    sql += " AND until_date >= ?";
    params.emplace_back(::redress::rules::DayOf(since));
  }
  std::vector<std::string> members;
  RETURN_IF_ERROR(
      db::Read(store_->pool(), call.deadline, [&](db::Connection& connection) -> absl::Status {
        members.clear();
        ASSIGN_OR_RETURN(const db::Rows rows, connection.Query(sql, params));
        for (const db::Row row : rows) members.push_back(row.Text(0));
        return absl::OkStatus();
      }));
  return members;
}

absl::StatusOr<std::vector<std::string>> AssignmentStore::LeadersOf(const rpc::Call& call,
                                                                    const std::string& unit) {
  std::vector<std::string> members;
  RETURN_IF_ERROR(
      db::Read(store_->pool(), call.deadline, [&](db::Connection& connection) -> absl::Status {
        members.clear();
        ASSIGN_OR_RETURN(const db::Rows rows,
                         connection.Query("SELECT name FROM official WHERE unit = ?", {unit}));
        for (const db::Row row : rows) members.push_back(row.Text(0));
        return absl::OkStatus();
      }));
  ASSIGN_OR_RETURN(const rules::Officials officials, FindOfficials(call, members));
  std::vector<std::string> leaders;
  for (const auto& [name, official] : officials) {
    if (official.principal_leader()) leaders.push_back(name);
  }
  return leaders;
}

absl::StatusOr<std::vector<std::string>> AssignmentStore::OfficesServing(
    const rpc::Call& call, const std::string& region_code) {
  std::vector<std::string> offices;
  RETURN_IF_ERROR(
      db::Read(store_->pool(), call.deadline, [&](db::Connection& connection) -> absl::Status {
        offices.clear();
        ASSIGN_OR_RETURN(
            const db::Rows rows,
            connection.Query("SELECT name, region_code FROM unit WHERE kind IN (?, ?)",
                             {static_cast<int>(types::v1::UNIT_KIND_PETITION_OFFICE),
                              static_cast<int>(types::v1::UNIT_KIND_JOINT_CONFERENCE_OFFICE)}));
        for (const db::Row row : rows) {
          if (auth::RegionCovers(row.Text(1), region_code)) offices.push_back(row.Text(0));
        }
        return absl::OkStatus();
      }));
  return offices;
}

store::ListQuery UnitsOf(const v1::ListUnitsRequest& request) {
  store::ListQuery query;
  query.descending = false;
  if (!request.region_prefix().empty()) {
    And(query, "t.region_code LIKE ?", {absl::StrCat(request.region_prefix(), "%")});
  }
  if (request.kind() != 0) And(query, "t.kind = ?", {static_cast<int>(request.kind())});
  return query;
}

store::ListQuery OfficialsOf(const v1::ListOfficialsRequest& request) {
  store::ListQuery query;
  query.descending = false;
  if (!request.unit().empty()) And(query, "t.unit = ?", {request.unit()});
  return query;
}

absl::StatusOr<store::ListQuery> AssignmentStore::AssignmentsOf(
    const rpc::Call& call, const v1::ListAssignmentsRequest& request) const {
  const auth::CaseFilter reach = auth::FilterFor(call.caller, call.permission);
  if (reach.none()) return status::Denied(call.permission);
  // By name, descending: ids are made in the order of time, so newest first.
  store::ListQuery query;
  // Which region a case is of, registry alone knows: what is reached by region the gate confirms.
  if (!reach.all && reach.region_prefix.empty()) {
    std::vector<std::string> any;
    if (!reach.responsible_unit.empty()) {
      any.emplace_back("t.responsible_unit = ?");
      query.params.emplace_back(reach.responsible_unit);
    }
    if (!reach.parts.empty()) {
      any.push_back(absl::StrCat(
          "EXISTS (SELECT 1 FROM assignment_member m WHERE m.official = ? AND m.name = t.name"
          " AND m.part IN (",
          absl::StrJoin(std::vector<std::string>(reach.parts.size(), "?"), ", "), "))"));
      query.params.emplace_back(reach.official);
      for (const types::v1::Part part : reach.parts)
        query.params.emplace_back(static_cast<int>(part));
    }
    query.where = any.empty() ? "FALSE" : absl::StrCat("(", absl::StrJoin(any, " OR "), ")");
  }
  if (!request.official().empty()) {
    And(query, "(t.lead_official = ? OR t.case_officer = ?)",
        {request.official(), request.official()});
  }
  if (!request.unit().empty()) And(query, "t.responsible_unit = ?", {request.unit()});
  return query;
}

}  // namespace redress::assignment
