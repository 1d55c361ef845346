// Transition tables known at compile time: which action is allowed in which state, and what
// follows.
//
//   constexpr fsm::Transition<State, Action> kMoves[] = {
//       {State::kOpen, Action::kPropose, State::kClosing},
//       {State::kClosing, Action::kApprove, State::kClosed},
//   };
//   constexpr fsm::Table kCase(State::kOpen, kMoves);
//   static_assert(kCase.Deterministic());
//   std::optional<State> next = kCase.Next(state, action);  // nullopt: not allowed
//
// State and Action are enums (proto enums too). The table is a value; all functions are pure.
#ifndef REDRESS_COMMON_FSM_FSM_H_
#define REDRESS_COMMON_FSM_FSM_H_

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

namespace redress::fsm {

template <class State, class Action>
struct Transition {
  State from;
  Action action;
  State to;
};

template <class State, class Action, size_t N>
class Table {
 public:
  using StateType = State;
  using ActionType = Action;

  constexpr Table(State initial, const Transition<State, Action> (&transitions)[N])
      : initial_(initial), transitions_{} {
    for (size_t i = 0; i < N; ++i) transitions_[i] = transitions[i];
  }

  constexpr State initial() const { return initial_; }
  constexpr const std::array<Transition<State, Action>, N>& transitions() const {
    return transitions_;
  }

  // The state after `action` in `state`; nullopt if the action is not allowed there.
  constexpr std::optional<State> Next(State state, Action action) const {
    for (const auto& t : transitions_) {
      if (t.from == state && t.action == action) return t.to;
    }
    return std::nullopt;
  }

  constexpr bool Allows(State state, Action action) const {
    return Next(state, action).has_value();
  }

  // False if some state has two answers to one action.
  constexpr bool Deterministic() const {
    for (size_t i = 0; i < N; ++i) {
      for (size_t j = i + 1; j < N; ++j) {
        if (transitions_[i].from == transitions_[j].from &&
            transitions_[i].action == transitions_[j].action) {
          return false;
        }
      }
    }
    return true;
  }

  // True if some sequence of actions leads from the initial state to `state`.
  constexpr bool Reachable(State state) const {
    if (state == initial_) return true;
    std::array<bool, N> reached = {};  // by the transition that leads there
    for (bool grew = true; grew;) {
      grew = false;
      for (size_t i = 0; i < N; ++i) {
        if (reached[i]) continue;
        bool from_reached = transitions_[i].from == initial_;
        for (size_t j = 0; j < N && !from_reached; ++j) {
          from_reached = reached[j] && transitions_[j].to == transitions_[i].from;
        }
        if (from_reached) {
          if (transitions_[i].to == state) return true;
          reached[i] = true;
          grew = true;
        }
      }
    }
    return false;
  }

  // True if no action leads out of `state`.
  constexpr bool Final(State state) const {
    for (const auto& t : transitions_) {
      if (t.from == state && t.to != state) return false;
    }
    return true;
  }

  // True if some state allows `action`.
  constexpr bool Uses(Action action) const {
    for (const auto& t : transitions_) {
      if (t.action == action) return true;
    }
    return false;
  }

  // True if every one of `states` is reachable and every one of `actions` is allowed somewhere,
  // that is if the table forgot none of them.
  template <class States, class Actions>
  constexpr bool Complete(const States& states, const Actions& actions) const {
    for (State s : states) {
      if (!Reachable(s)) return false;
    }
    for (Action a : actions) {
      if (!Uses(a)) return false;
    }
    return true;
  }

  // The states in which `action` is allowed, in table order: what a refusal tells the caller.
  std::vector<State> StatesFor(Action action) const {
    std::vector<State> states;
    for (const auto& t : transitions_) {
      if (t.action == action) states.push_back(t.from);
    }
    return states;
  }

  // The actions allowed in `state`, in table order.
  std::vector<Action> ActionsIn(State state) const {
    std::vector<Action> actions;
    for (const auto& t : transitions_) {
      if (t.from == state) actions.push_back(t.action);
    }
    return actions;
  }

 private:
  State initial_;
  std::array<Transition<State, Action>, N> transitions_;
};

template <class State, class Action, size_t N>
Table(State, const Transition<State, Action> (&)[N]) -> Table<State, Action, N>;

}  // namespace redress::fsm

#endif  // REDRESS_COMMON_FSM_FSM_H_
