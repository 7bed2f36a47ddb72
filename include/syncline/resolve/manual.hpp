// SPDX-License-Identifier: BSL-1.0
#pragma once
// A field whose conflicts a person settles: it holds every value that nobody has decided against.

#include <syncline/record/field.hpp>
#include <syncline/record/merge_function.hpp>
#include <syncline/record/value_kind.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace syncline {

/// One value of a `manual` field: who wrote it, and after which others.
template <class T>
struct candidate {
  T value{};
  std::uint64_t order{};  ///< one more than that of every candidate that its writer had seen
  std::string by{};       ///< the device that wrote it, signed by the engine; says nothing about which candidate it is

  friend bool operator==(const candidate&, const candidate&) = default;
};

/// The value of a `manual` field: the one that people see, and those that wait beside it until a person chooses.
///
/// It reads like a `T` and takes what a `T` takes. To assign is to decide: the value takes the place of all candidates,
/// which whoever assigns has seen.
///
/// \snippet examples/resolve.cpp manual
/// \see DECL-2, PROTOCOL 20
template <class T>
struct candidates {
  using value_type = T;

  candidate<T> visible{};
  std::vector<candidate<T>> others{};

  constexpr operator const T&() const noexcept { return visible.value; }
  constexpr const T& operator*() const noexcept { return visible.value; }

  /// Whether a person has to choose.
  constexpr bool in_conflict() const noexcept { return !others.empty(); }

  /// The candidates, the visible one first; none if nobody ever wrote.
  constexpr std::vector<candidate<T>> all() const {
    std::vector<candidate<T>> list;
    if (visible.order != 0 || !is_same_value(visible.value, T{})) list.push_back(visible);
    list.insert(list.end(), others.begin(), others.end());
    return list;
  }

  template <class U = T>
    requires(std::is_assignable_v<T&, U &&> && !std::is_same_v<std::remove_cvref_t<U>, candidates>)
  constexpr candidates& operator=(U&& value) {
    for (const candidate<T>& each : others) visible.order = std::max(visible.order, each.order);
    ++visible.order;
    visible.value = std::forward<U>(value);
    visible.by.clear();
    others.clear();
    return *this;
  }

  friend bool operator==(const candidates&, const candidates&) = default;
};

/// The merge function of `manual` fields: all candidates stay until somebody who has seen them decides.
///
/// A write takes the place of what its writer had seen, and stands beside what its writer had not seen; the value that
/// reached the hub first stays visible. Of two writes that settle one conflict the first to reach the hub counts; the
/// other does nothing, and is told by `rule::settled`. Equal writes after equal candidates are one.
///
/// Algebra: the multi-value register (Shapiro et al., 2011), a list of candidates: an edit takes out those that it has
/// seen and appends its own. Neither commutative (the order of arrival says what is visible and which decision counts)
/// nor idempotent (an edit that changes their order may change it again). The laws hold for any edits that settle
/// nothing, and for those that settle as far as one device made them after each other.
/// Complexity: quadratic in the candidates. \see MERGE-2, PROTOCOL 20, 21, docs/algebra.md
struct keep_candidates {
  static constexpr bool is_commutative = false;
  static constexpr bool is_idempotent = false;

  template <class C>
  struct edit {
    std::vector<candidate<typename C::value_type>> removed{};
    std::vector<candidate<typename C::value_type>> added{};
    bool decides = false;  ///< it ends a conflict: it does nothing where nothing of that is left, but other candidates
  };

  template <class T>
  static edit<candidates<T>> diff(const candidates<T>& before, const candidates<T>& after) {
    const std::vector<candidate<T>> old = before.all(), now = after.all();
    edit<candidates<T>> made{without(old, now), without(now, old), before.in_conflict() && now.size() == 1};
    if (made.decides && made.added.empty()) return {old, now, true};  // for one that was there: it has to say which
    candidates<T> there = before, back = after;
    apply(there, made);
    apply(back, invert<candidates<T>>(made));
    if (is_same_value(there, after) && is_same_value(back, before)) return made;
    return {old, now, made.decides};  // else their order would be another one
  }
  template <class T>
  static merge_outcome apply(candidates<T>& value, const edit<candidates<T>>& change) {
    const std::vector<candidate<T>> present = value.all();
    std::vector<candidate<T>> left = without(present, change.removed);
    if (change.decides && !left.empty() && left.size() == present.size()) {  // another decision was first
      return are_values_of(change.added, present) ? merge_outcome::merged : merge_outcome::too_late;
    }
    left = united(std::move(left), change.added);
    value = made_of(std::move(left));
    return merge_outcome::merged;
  }
  template <class C>
  static C wanted(const edit<C>& change) {
    return made_of(change.added);
  }
  template <class T>
  static void compose(edit<candidates<T>>& first, const edit<candidates<T>>& then) {
    std::vector<candidate<T>> left = without(first.added, then.removed);
    const bool is_over_own = left.size() != first.added.size();
    if (first.decides) left.clear();  // `then` was not made over the decision: it had come too late, and was not there
    first.decides = then.decides && (first.decides || !is_over_own);
    first.added = united(std::move(left), then.added);
    first.removed = united(std::move(first.removed), then.removed);
  }
  template <class C>
  static edit<C> invert(const edit<C>& change) {
    return {change.added, change.removed, false};
  }

  /// Why a field of another type cannot be declared so.
  template <class T>
  static constexpr std::string_view refusal = "a manual field holds candidates: declare it `syncline::manual<T>`";

  /// Signs what was added with the name of the device that wrote it.
  template <class C>
  static void sign(edit<C>& change, std::string_view device) {
    for (auto& each : change.added) {
      if (each.by.empty()) each.by = device;
    }
  }

 private:
  template <class T>
  static bool are_values_of(const std::vector<candidate<T>>& some, const std::vector<candidate<T>>& all) {
    return std::ranges::all_of(some, [&](const candidate<T>& each) {
      return std::ranges::any_of(all, [&](const candidate<T>& other) { return is_same_value(each.value, other.value); });
    });
  }
  template <class T>
  static candidates<T> made_of(std::vector<candidate<T>> list) {
    candidates<T> value;
    if (list.empty()) return value;
    value.visible = std::move(list.front());
    list.erase(list.begin());
    value.others = std::move(list);
    return value;
  }
  template <class T>
  static bool contains(const std::vector<candidate<T>>& list, const candidate<T>& wanted) {
    return std::any_of(list.begin(), list.end(), [&](const candidate<T>& each) {
      return each.order == wanted.order && is_same_value(each.value, wanted.value);
    });
  }
  template <class T>
  static std::vector<candidate<T>> without(std::vector<candidate<T>> list, const std::vector<candidate<T>>& gone) {
    std::erase_if(list, [&](const candidate<T>& each) { return contains(gone, each); });
    return list;
  }
  template <class T>
  static std::vector<candidate<T>> united(std::vector<candidate<T>> list, const std::vector<candidate<T>>& more) {
    for (const candidate<T>& each : more) {
      if (!contains(list, each)) list.push_back(each);
    }
    return list;
  }
};

namespace policy {

/// All candidates stay, and a person settles them.
struct manual {
  static constexpr std::string_view name = "manual";
  static constexpr bool needs_person = true;
  using how = keep_candidates;
};

template <>
inline constexpr bool is_merge<manual> = true;

}  // namespace policy

/// A value whose conflicts are left to a person: see `candidates`.
template <class T>
using manual = field<candidates<T>, policy::manual>;

/// Whether a person has to settle a field of `record`.
template <class R>
constexpr bool in_conflict(const R& record) {
  bool any = false;
  for_each_field(
      [&](auto, const auto& field) {
        if constexpr (requires { value_of(field).in_conflict(); }) any = any || value_of(field).in_conflict();
      },
      record);
  return any;
}

}  // namespace syncline
