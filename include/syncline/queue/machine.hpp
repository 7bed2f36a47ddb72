// SPDX-License-Identifier: BSL-1.0
#pragma once
// Finite state machines as tables: checked while compiling, looked up at run time, printed as a diagram.

#include <syncline/core/enum_name.hpp>
#include <syncline/core/fixed_string.hpp>
#include <syncline/core/ill_formed.hpp>
#include <syncline/record/reflect.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace syncline {

/// One row of a machine's table: in state `from`, `event` leads to state `to`, which may be the same.
template <scoped_enum State, scoped_enum Event>
struct transition {
  State from;
  Event event;
  State to;

  friend constexpr bool operator==(const transition&, const transition&) = default;
};

/// A struct that declares a machine:
///
///   rows        an array of `transition<State, Event>`, in any order
///   initial     the state that it begins in
///   resting     the state in which nothing is left to do; events may lead out of it
///   failures    optional: an array of the states in which something went wrong
///
/// The machine's states are those that this names; an enumeration may have more.
template <class T>
concept machine_table = requires {
  { T::rows[0].from } -> std::convertible_to<std::remove_const_t<decltype(T::initial)>>;
  T::rows[0].event;
  { T::resting } -> std::convertible_to<std::remove_const_t<decltype(T::initial)>>;
} && scoped_enum<std::remove_const_t<decltype(T::initial)>>;

namespace internal {

template <class Table>
using state_of = std::remove_const_t<decltype(Table::initial)>;
template <class Table>
using event_of = std::remove_cvref_t<decltype(Table::rows[0].event)>;

template <class E>
constexpr std::size_t index_in_machine(E value) noexcept {
  return static_cast<std::size_t>(static_cast<std::underlying_type_t<E>>(value));
}

template <class Table>
inline constexpr std::size_t state_slots = [] {
  std::size_t last = std::max(index_in_machine(Table::initial), index_in_machine(Table::resting));
  for (const auto& row : Table::rows) last = std::max({last, index_in_machine(row.from), index_in_machine(row.to)});
  if constexpr (requires { Table::failures; }) {
    for (const auto state : Table::failures) last = std::max(last, index_in_machine(state));
  }
  return last + 1;
}();

template <class Table>
inline constexpr std::size_t event_slots = [] {
  std::size_t last = 0;
  for (const auto& row : Table::rows) last = std::max(last, index_in_machine(row.event));
  return last + 1;
}();

// Marks what can be reached from `start` along the rows, or, backwards, from where `start` can be reached.
template <class Table>
constexpr std::array<bool, state_slots<Table>> reached(state_of<Table> start, bool backwards) {
  std::array<bool, state_slots<Table>> marked{};
  marked[index_in_machine(start)] = true;
  for (bool more = true; more;) {
    more = false;
    for (const auto& row : Table::rows) {
      const std::size_t here = index_in_machine(backwards ? row.to : row.from);
      const std::size_t there = index_in_machine(backwards ? row.from : row.to);
      if (marked[here] && !marked[there]) marked[there] = more = true;
    }
  }
  return marked;
}

enum class machine_flaw : std::uint8_t {
  none,
  ambiguous,          // rows[first] and rows[second] have the same state and event
  unreachable,        // the state that rows[first] leaves
  unreached_failure,  // failures[first], which no row names
  no_exit,            // of the failure that rows[first] leads to
  no_rest,            // after rows[first]
};

struct found_flaw {
  machine_flaw what = machine_flaw::none;
  std::size_t first = 0, second = 0;
};

template <class Table>
consteval found_flaw find_flaw() {
  const auto& rows = Table::rows;
  const std::size_t size = std::size(rows);
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = i + 1; j < size; ++j) {
      if (rows[i].from == rows[j].from && rows[i].event == rows[j].event) return {machine_flaw::ambiguous, i, j};
    }
  }
  const auto reachable = reached<Table>(Table::initial, false);
  for (std::size_t i = 0; i < size; ++i) {
    if (!reachable[index_in_machine(rows[i].from)]) return {machine_flaw::unreachable, i};
  }
  if constexpr (requires { Table::failures; }) {
    for (std::size_t f = 0; f < std::size(Table::failures); ++f) {
      const auto failure = Table::failures[f];
      if (!reachable[index_in_machine(failure)]) return {machine_flaw::unreached_failure, f};
      bool has_exit = false;
      std::size_t into = size;
      for (std::size_t i = 0; i < size; ++i) {
        has_exit = has_exit || (rows[i].from == failure && rows[i].to != failure);
        if (into == size && rows[i].to == failure && rows[i].from != failure) into = i;
      }
      if (!has_exit && into != size) return {machine_flaw::no_exit, into};
    }
  }
  const auto comes_to_rest = reached<Table>(Table::resting, true);
  for (std::size_t i = 0; i < size; ++i) {
    if (!comes_to_rest[index_in_machine(rows[i].to)]) return {machine_flaw::no_rest, i};
  }
  return {};  // the initial state has a row, or another row's state would not be reachable
}

// clang-format off
inline constexpr std::string_view says_machine = "[syncline] machine '", says_event = "': event '",
    says_state = "': state '", says_in_state = "' in state '", says_both = "' leads to both '", says_and = "' and '",
    says_keep_one = "': keep one of the two rows",
    says_no_way = "' is left by event '", says_no_way_from = "', and no event leads to it from '",
    says_add_way = "': add a row into it, or take its rows out",
    says_no_such_failure = "' is declared a failure, and no event leads to it: add a row into it, or take it out of "
                           "`failures`",
    says_into_failure = "' leads to the failure '", says_no_exit = "', and no event leads out of it: add a row for a "
                        "retry, for a person who decides, or for both",
    says_leads_to = "' leads to '", says_no_rest = "', from where no events lead to the resting state '",
    says_add_rest = "': add a row out of it, or declare another `resting`";
// clang-format on

/// Stops compilation at the first rule that `Table` breaks. \see QUEUE-2
template <class Table>
consteval bool check_machine() {
  constexpr found_flaw flaw = find_flaw<Table>();
  constexpr const auto& name = type_name<Table>;
  if constexpr (flaw.what == machine_flaw::ambiguous) {
    constexpr auto a = Table::rows[flaw.first], b = Table::rows[flaw.second];
    ill_formed<concatenated<says_machine, name, says_event, enumerator_name<a.event>, says_in_state,
                            enumerator_name<a.from>, says_both, enumerator_name<a.to>, says_and, enumerator_name<b.to>,
                            says_keep_one>()>();
  } else if constexpr (flaw.what == machine_flaw::unreachable) {
    constexpr auto row = Table::rows[flaw.first];
    ill_formed<concatenated<says_machine, name, says_state, enumerator_name<row.from>, says_no_way,
                            enumerator_name<row.event>, says_no_way_from,
                            enumerator_name<state_of<Table>{Table::initial}>, says_add_way>()>();
  } else if constexpr (flaw.what == machine_flaw::unreached_failure) {
    constexpr auto state = Table::failures[flaw.first];
    ill_formed<concatenated<says_machine, name, says_state, enumerator_name<state>, says_no_such_failure>()>();
  } else if constexpr (flaw.what == machine_flaw::no_exit) {
    constexpr auto row = Table::rows[flaw.first];
    ill_formed<concatenated<says_machine, name, says_event, enumerator_name<row.event>, says_into_failure,
                            enumerator_name<row.to>, says_no_exit>()>();
  } else if constexpr (flaw.what == machine_flaw::no_rest) {
    constexpr auto row = Table::rows[flaw.first];
    ill_formed<concatenated<says_machine, name, says_event, enumerator_name<row.event>, says_leads_to,
                            enumerator_name<row.to>, says_no_rest, enumerator_name<state_of<Table>{Table::resting}>,
                            says_add_rest>()>();
  }
  return true;
}

}  // namespace internal

/// The machine that `Table` declares. It holds nothing: the state is the caller's, to be kept where it belongs.
///
/// Guarantee: every state can be reached from the initial one, every failure has an exit, the resting state can be
/// reached from everywhere, and no two rows answer the same event in the same state; a table that breaks a rule stops
/// compilation with a sentence that names the state and the event.
/// \see QUEUE-2
template <machine_table Table>
struct machine {
  static_assert(internal::check_machine<Table>());

  using table = Table;
  using state = internal::state_of<Table>;
  using event = internal::event_of<Table>;

  static constexpr state initial = Table::initial;
  static constexpr state resting = Table::resting;

  /// Where `happened` leads from `now`, or nothing if it means nothing there: the state stays.
  ///
  /// Takes values that are no enumerators as well, such as bytes may hold. Complexity: one look into a table.
  static constexpr std::optional<state> next(state now, event happened) noexcept {
    const std::size_t s = internal::index_in_machine(now), e = internal::index_in_machine(happened);
    if (s >= states || e >= events) return std::nullopt;
    const std::uint8_t to = targets[s * events + e];
    if (to == nowhere) return std::nullopt;
    return static_cast<state>(to);
  }

  /// Whether `asked` is a state of this machine.
  static constexpr bool contains(state asked) noexcept {
    const std::size_t s = internal::index_in_machine(asked);
    return s < states && known[s];
  }

 private:
  static constexpr std::size_t states = internal::state_slots<Table>, events = internal::event_slots<Table>;
  static constexpr std::uint8_t nowhere = std::numeric_limits<std::uint8_t>::max();
  static_assert(states <= nowhere && events <= nowhere,
                "[syncline] a machine has at most 255 states and events, numbered from 0: renumber the enumerators");

  static constexpr auto known = internal::reached<Table>(Table::initial, false);
  static constexpr auto targets = [] {
    std::array<std::uint8_t, states * events> dense{};
    dense.fill(nowhere);
    for (const auto& row : Table::rows) {
      dense[internal::index_in_machine(row.from) * events + internal::index_in_machine(row.event)] =
          static_cast<std::uint8_t>(internal::index_in_machine(row.to));
    }
    return dense;
  }();
};

/// The machine that `Table` declares as a Mermaid state diagram: one arrow per pair of states, with its events; a
/// resting state that nothing leaves is final.
///
template <machine_table Table>
std::string mermaid() {
  static_assert(internal::check_machine<Table>());
  std::string text = "stateDiagram-v2\n    [*] --> ";
  text.append(name_of(Table::initial)).append("\n");
  bool is_final = true;
  for (auto row = std::begin(Table::rows); row != std::end(Table::rows); ++row) {
    is_final = is_final && row->from != Table::resting;
    const auto same_arrow = [&](const auto& other) { return other.from == row->from && other.to == row->to; };
    if (std::find_if(std::begin(Table::rows), row, same_arrow) != row) continue;
    text.append("    ").append(name_of(row->from)).append(" --> ").append(name_of(row->to)).append(" : ");
    std::string_view separator;
    for (auto other = row; other != std::end(Table::rows); ++other) {
      if (!same_arrow(*other)) continue;
      text.append(separator).append(name_of(other->event));
      separator = ", ";
    }
    text.append("\n");
  }
  if (is_final) text.append("    ").append(name_of(Table::resting)).append(" --> [*]\n");
  return text;
}

}  // namespace syncline
