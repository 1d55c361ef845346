#include "common/db/transact.h"
#include "common/status/macros.h"
#include "services/supervision/answers.h"

namespace redress::supervision {
namespace {

constexpr int kMostNames = 20;

}  // namespace

absl::StatusOr<v1::SetAside> Answers::SetAsideIn(const rpc::Call& call, const rules::Scope& scope,
                                                 const std::string& campaign,
                                                 const std::string& root,
                                                 std::vector<sql::SetAside> found) {
  std::vector<sql::SetAside> stored;
  RETURN_IF_ERROR(db::Read(p_.pool, call.deadline, [&](db::Connection& conn) -> absl::Status {
    ASSIGN_OR_RETURN(stored, sql::ListSetAside(conn, campaign));
    return absl::OkStatus();
  }));
  stored.insert(stored.end(), std::make_move_iterator(found.begin()),
                std::make_move_iterator(found.end()));
  std::set<std::string> names;
  std::vector<std::string> cases;
  for (const sql::SetAside& row : stored) {
    // Of an entry that cannot be read nobody knows whom it concerns, so all are told.
    const bool unknown = row.root.kind == rules::RootKind::kUnknown;
    if (!unknown && !root.empty() && row.root.name != root) continue;
    if (!unknown && !rules::Within(scope, row.region_code, row.unit, row.official)) continue;
    if (row.root.kind == rules::RootKind::kCase) {
      cases.push_back(row.root.name);
    } else {
      names.insert(row.root.name);
    }
  }
  if (!cases.empty()) {
    ASSIGN_OR_RETURN(const std::set<std::string> confirmed, Confirm(call, scope, cases));
    names.insert(confirmed.begin(), confirmed.end());
  }
  v1::SetAside out;
  out.set_count(static_cast<int32_t>(names.size()));
  for (const std::string& name : names) {
    if (out.names_size() == kMostNames) break;
    out.add_names(name);
  }
  return out;
}

absl::StatusOr<std::vector<bool>> Answers::Confirmed(const rpc::Call& caller, bool confirm,
                                                     const rules::Scope& scope,
                                                     const std::vector<sql::ListedStatus>& listed,
                                                     std::vector<sql::SetAside>* set_aside) {
  std::set<std::string> damaged, cases;
  for (const sql::ListedStatus& item : listed) {
    if (confirm && IsCase(item.root)) cases.insert(item.root);
    if (item.damaged) damaged.insert(item.root);
  }
  ASSIGN_OR_RETURN(const std::set<std::string> confirmed,
                   Confirm(caller, {}, {cases.begin(), cases.end()}));
  std::vector<bool> seen;
  for (const sql::ListedStatus& item : listed) {
    seen.push_back(!item.damaged && (!cases.contains(item.root) || confirmed.contains(item.root)));
  }
  if (damaged.empty()) return seen;
  // The facts are kept apart from what was made of them: it is made anew.
  ASSIGN_OR_RETURN(const std::vector<rules::Root> roots,
                   p_.projection.EvaluateAnew({damaged.begin(), damaged.end()}, caller.deadline));
  // They were listed, so they are within the scope.
  for (const rules::Root& root : roots) {
    set_aside->push_back({root, rules::Cause::kRecordDamaged, scope.region_prefix, scope.unit,
                          scope.official, false});
  }
  return seen;
}

}  // namespace redress::supervision
