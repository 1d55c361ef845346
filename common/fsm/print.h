// Prints a transition table as text for golden files and as Markdown for a service's README, and
// turns a refused action into an error that names the states in which it is allowed.
#ifndef REDRESS_COMMON_FSM_PRINT_H_
#define REDRESS_COMMON_FSM_PRINT_H_

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/generated_enum_reflection.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/view.h"
#include "common/fsm/fsm.h"
#include "common/status/error.h"

namespace redress::fsm {

// The values of an enum in the order in which they are printed, with their names.
template <class Enum>
class Names {
 public:
  Names(std::vector<std::pair<Enum, std::string>> names) : names_(std::move(names)) {}

  const std::vector<std::pair<Enum, std::string>>& all() const { return names_; }

  // The name of a value; "?" if it has none.
  std::string_view Of(Enum value) const {
    for (const auto& [v, name] : names_) {
      if (v == value) return name;
    }
    return "?";
  }

 private:
  std::vector<std::pair<Enum, std::string>> names_;
};

// The names of a proto enum without `prefix` ("CASE_STATE_") and without its zero value.
template <class Enum>
Names<Enum> ProtoNames(std::string_view prefix) {
  const google::protobuf::EnumDescriptor* type = google::protobuf::GetEnumDescriptor<Enum>();
  std::vector<std::pair<Enum, std::string>> names;
  for (int i = 0; i < type->value_count(); ++i) {
    const auto* value = type->value(i);
    if (value->number() == 0) continue;
    std::string_view name = value->name();
    if (name.substr(0, prefix.size()) == prefix) name.remove_prefix(prefix.size());
    names.emplace_back(static_cast<Enum>(value->number()), std::string(name));
  }
  return Names<Enum>(std::move(names));
}

namespace internal {

using Cells = std::vector<std::vector<std::string>>;

// Columns padded with spaces; cells are ASCII.
inline std::string Aligned(const Cells& rows) {
  std::vector<size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string out;
  for (const auto& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      if (i > 0) line += "  ";
      line += row[i] + std::string(widths[i] - row[i].size(), ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    absl::StrAppend(&out, line, "\n");
  }
  return out;
}

inline std::string Markdown(const Cells& rows) {
  std::string out;
  for (size_t r = 0; r < rows.size(); ++r) {
    absl::StrAppend(&out, "| ", absl::StrJoin(rows[r], " | "), " |\n");
    if (r == 0) {
      for (size_t i = 0; i < rows[r].size(); ++i) out += "|---";
      out += "|\n";
    }
  }
  return out;
}

// One row per state, one column per action; the cell is the next state or "-".
template <class State, class Action, size_t N>
Cells Grid(const Table<State, Action, N>& table, const Names<State>& states,
           const Names<Action>& actions) {
  Cells rows(1, {"state"});
  for (const auto& [action, name] : actions.all()) rows[0].push_back(name);
  for (const auto& [state, state_name] : states.all()) {
    std::vector<std::string> row = {state == table.initial() ? state_name + " *" : state_name};
    for (const auto& [action, name] : actions.all()) {
      const auto next = table.Next(state, action);
      row.emplace_back(next ? states.Of(*next) : "-");
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

// One row per state and action that is allowed there, one column per role.
template <class State, class Action, class Role, size_t N>
Cells RoleGrid(const Table<State, Action, N>& table, const Names<State>& states,
               const Names<Action>& actions, const Names<Role>& roles,
               const std::function<bool(Role, Action)>& may) {
  Cells rows(1, {"state", "action", "next"});
  for (const auto& [role, name] : roles.all()) rows[0].push_back(name);
  for (const auto& [state, state_name] : states.all()) {
    for (const auto& [action, action_name] : actions.all()) {
      const auto next = table.Next(state, action);
      if (!next) continue;
      std::vector<std::string> row = {state_name, action_name, std::string(states.Of(*next))};
      for (const auto& [role, name] : roles.all()) row.push_back(may(role, action) ? "yes" : "-");
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

}  // namespace internal

// State × action. The initial state is marked "*".
template <class State, class Action, size_t N>
std::string Text(const Table<State, Action, N>& table, const Names<State>& states,
                 const Names<Action>& actions) {
  return internal::Aligned(internal::Grid(table, states, actions));
}
template <class State, class Action, size_t N>
std::string Markdown(const Table<State, Action, N>& table, const Names<State>& states,
                     const Names<Action>& actions) {
  return internal::Markdown(internal::Grid(table, states, actions));
}

// State × action × role: `may` says whether a role has the permission for an action.
template <class State, class Action, class Role, size_t N>
std::string Text(const Table<State, Action, N>& table, const Names<State>& states,
                 const Names<Action>& actions, const Names<Role>& roles,
                 const std::type_identity_t<std::function<bool(Role, Action)>>& may) {
  return internal::Aligned(internal::RoleGrid(table, states, actions, roles, may));
}
template <class State, class Action, class Role, size_t N>
std::string Markdown(const Table<State, Action, N>& table, const Names<State>& states,
                     const Names<Action>& actions, const Names<Role>& roles,
                     const std::type_identity_t<std::function<bool(Role, Action)>>& may) {
  return internal::Markdown(internal::RoleGrid(table, states, actions, roles, may));
}

// What the table forgot: unreachable states, unused actions, two answers to one action. Empty if it
// is sound.
template <class State, class Action, size_t N>
std::vector<std::string> Problems(const Table<State, Action, N>& table, const Names<State>& states,
                                  const Names<Action>& actions) {
  std::vector<std::string> problems;
  if (!table.Deterministic()) problems.emplace_back("two answers to one action in one state");
  for (const auto& [state, name] : states.all()) {
    if (!table.Reachable(state)) problems.push_back(absl::StrCat("unreachable state ", name));
  }
  for (const auto& [action, name] : actions.all()) {
    if (!table.Uses(action)) problems.push_back(absl::StrCat("unused action ", name));
  }
  for (const auto& t : table.transitions()) {
    if (states.Of(t.from) == "?" || states.Of(t.to) == "?" || actions.Of(t.action) == "?") {
      problems.emplace_back("a transition names a state or action without a name");
    }
  }
  return problems;
}

// The next state, or FAILED_PRECONDITION with `reason` and one violation of type STATE about
// `subject` that says in which states the action is allowed.
template <class State, class Action, size_t N>
absl::StatusOr<State> Require(const Table<State, Action, N>& table, State state, Action action,
                              const Names<State>& states, const Names<Action>& actions,
                              std::string_view reason, std::string_view subject) {
  if (auto next = table.Next(state, action)) return *next;
  std::vector<std::string> allowed;
  for (State s : table.StatesFor(action)) allowed.emplace_back(states.Of(s));
  const std::string text =
      absl::StrCat(base::AbslView(actions.Of(action)), " is not allowed in state ",
                   base::AbslView(states.Of(state)), "; it is allowed in ",
                   allowed.empty() ? "no state" : absl::StrJoin(allowed, ", "));
  return status::Unmet(reason, text, {{"STATE", std::string(subject), text}},
                       {{"state", std::string(states.Of(state))}});
}

}  // namespace redress::fsm

#endif  // REDRESS_COMMON_FSM_PRINT_H_
