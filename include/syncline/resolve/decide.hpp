// SPDX-License-Identifier: BSL-1.0
#pragma once
// Which of two writes to one field stands, and by which rule.

#include <syncline/change/stamp.hpp>
#include <syncline/core/planted.hpp>
#include <syncline/record/policy.hpp>
#include <syncline/record/value_kind.hpp>

#include <compare>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace syncline {

/// The two sides of a resolution: `local` is the change that arrives, `remote` is what is there.
enum class side : std::uint8_t { local, remote, both };

/// Why a field has the value that it has. \see MERGE-8
enum class rule : std::uint8_t {
  alone,          ///< nobody else changed the field
  same_value,     ///< both sides wrote the same
  seen,           ///< the writer had seen the value that it replaced
  later_write,    ///< the later stamp
  higher_device,  ///< equal times: the higher device id
  greater_value,  ///< equal stamps: the greater value
  server_owned,   ///< the field is the server's
  first_value,    ///< the field takes its first value only
  fixed_key,      ///< a key never changes
  merged,         ///< the field's merge function
  deleted,        ///< the record was deleted, and deletion wins
  client_owned,   ///< the field is the client's
  updated,        ///< the record was changed, and an update wins over a deletion
  undone,         ///< a person took a decision back
  undecided,      ///< the record was changed and deleted, and a person has to decide; until then it stays
  overlapping,    ///< the field's merge function, which kept what both sides wrote to one place
  made_anew,      ///< the record was made again after its deletion, without a value for the field
  duplicate,      ///< two records were the same thing, and became one
  settled,        ///< a person had settled the conflict before
  superseded,     ///< it was asked for, and the server wrote otherwise
};

constexpr std::string_view to_string(side s) noexcept {
  constexpr std::string_view names[]{"local", "remote", "both"};
  return static_cast<std::size_t>(s) < std::size(names) ? names[static_cast<std::size_t>(s)] : "unknown";
}

constexpr std::string_view to_string(rule r) noexcept {
  constexpr std::string_view names[]{"alone",         "same value",   "seen",        "later write", "higher device",
                                     "greater value", "server owned", "first value", "fixed key",   "merged",
                                     "deleted",       "client owned", "updated",    "undone",       "undecided",
                                     "overlapping",   "made anew",    "duplicate",   "settled",     "superseded"};
  return static_cast<std::size_t>(r) < std::size(names) ? names[static_cast<std::size_t>(r)] : "unknown";
}

/// Whether a byte that came from outside names a rule.
constexpr bool is_rule(std::uint8_t byte) noexcept { return byte <= static_cast<std::uint8_t>(rule::superseded); }

/// Whether a merge function made the value of both sides'.
constexpr bool is_made_of_both(rule r) noexcept { return r == rule::merged || r == rule::overlapping; }

/// Whether the rule decided between two values, so that one of them did not stand.
constexpr bool drops_a_value(rule r) noexcept {
  return r != rule::alone && r != rule::same_value && r != rule::seen && r != rule::made_anew && !is_made_of_both(r);
}

/// Who won, and why.
struct verdict {
  side winner;
  rule why;

  friend constexpr bool operator==(const verdict&, const verdict&) = default;
};

/// An order of values that is the same on every device: numbers by value (by bits where floating), texts by bytes,
/// structures and containers element by element. The last resort where two stamps are equal.
template <codable T>
constexpr std::strong_ordering compare_values(const T& a, const T& b) {
  constexpr value_kind kind = kind_of<T>;
  if constexpr (kind == value_kind::number) {
    using bits = std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>;
    return std::bit_cast<bits>(a) <=> std::bit_cast<bits>(b);
  } else if constexpr (kind == value_kind::optional) {
    if (!a || !b) return a.has_value() <=> b.has_value();
    return compare_values(*a, *b);
  } else if constexpr (kind == value_kind::map) {
    auto i = a.begin();
    auto j = b.begin();
    for (; i != a.end() && j != b.end(); ++i, ++j) {
      if (const auto order = compare_values(i->first, j->first); order != 0) return order;
      if (const auto order = compare_values(i->second, j->second); order != 0) return order;
    }
    return a.size() <=> b.size();
  } else if constexpr (kind == value_kind::list || kind == value_kind::set || kind == value_kind::array) {
    auto i = a.begin();
    auto j = b.begin();
    for (; i != a.end() && j != b.end(); ++i, ++j) {
      const element_of<T>& x = *i;
      const element_of<T>& y = *j;
      if (const auto order = compare_values(x, y); order != 0) return order;
    }
    return a.size() <=> b.size();
  } else if constexpr (kind == value_kind::structure) {
    std::strong_ordering order = std::strong_ordering::equal;
    for_each_field([&](auto, const auto& x, const auto& y) { if (order == 0) order = compare_values(x, y); }, a, b);
    return order;
  } else {
    return a <=> b;
  }
}

/// That order, for containers and algorithms.
struct less_value {
  template <codable T>
  constexpr bool operator()(const T& a, const T& b) const {
    return compare_values(a, b) < 0;
  }
};

namespace internal {

// Which of two writes stands by its stamp; `side::both` where the stamps are equal.
SYNCLINE_NOINLINE constexpr verdict decide_by_stamps(const stamp& local, const stamp& remote) noexcept {
  if (!std::is_constant_evaluated() && is_planted(flaw::first_to_arrive_wins)) return {side::remote, rule::later_write};
  if (local.time != remote.time) {
    return {local.time > remote.time ? side::local : side::remote, rule::later_write};
  }
  if (local.device != remote.device) {
    return {local.device > remote.device ? side::local : side::remote, rule::higher_device};
  }
  return {side::both, rule::greater_value};
}

}  // namespace internal

/// Which of two different values of one field stands when neither writer had seen the other's.
///
/// Guarantee: for `lww`, `client` and `chunked` fields the same value wins whichever side it stands on; a `server`
/// or `key` field keeps what is there, since it is the hub's word, and so does a `once` field unless it is empty.
/// \see MERGE-3, PROTOCOL 15
template <class Policy, class T>
constexpr verdict decide(const T& local, const stamp& local_stamp, const T& remote, const stamp& remote_stamp) {
  if constexpr (std::is_same_v<Policy, policy::server>) {
    return {side::remote, rule::server_owned};
  } else if constexpr (std::is_same_v<Policy, policy::once>) {
    return {is_same_value(remote, T{}) ? side::local : side::remote, rule::first_value};
  } else if constexpr (std::is_same_v<Policy, policy::key>) {
    return {side::remote, rule::fixed_key};
  } else {
    const verdict by_stamps = internal::decide_by_stamps(local_stamp, remote_stamp);
    if (by_stamps.winner != side::both) return by_stamps;
    return {compare_values(local, remote) > 0 ? side::local : side::remote, rule::greater_value};
  }
}

}  // namespace syncline
