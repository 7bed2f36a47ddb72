// SPDX-License-Identifier: BSL-1.0
#pragma once
// What one version of a record has that another has not, as a value: `diff`, `apply`, `compose`, `invert`.

#include <syncline/change/field_set.hpp>
#include <syncline/record/steps.hpp>

#include <cstddef>
#include <utility>

namespace syncline {

namespace internal {

template <class R, std::size_t I>
using merge_traits_of =
    merge_traits<typename schema<R>::template policy_type<I>::how, typename schema<R>::template value_type<I>>;

template <class R, std::size_t I>
struct edit_slot {
  typename merge_traits_of<R, I>::edit edit{};

  friend constexpr bool operator==(const edit_slot& a, const edit_slot& b) { return is_same_value(a.edit, b.edit); }
};

template <class R, class Indices>
struct edit_slots;
template <class R, std::size_t... I>
struct edit_slots<R, std::index_sequence<I...>> : edit_slot<R, I>... {
  constexpr edit_slots() = default;  // no aggregate: a delta is coded by its own function

  friend bool operator==(const edit_slots&, const edit_slots&) = default;
};

// The indices of R's merge fields, as an index_sequence.
template <class R>
consteval auto merged_indices() {
  constexpr std::size_t count = merged<R>.size();
  constexpr auto indices = [] {
    std::array<std::size_t, count + 1> found{};
    std::size_t at = 0;
    merged<R>.for_each([&](std::size_t index) { found[at++] = index; });
    return found;
  }();
  return [&]<std::size_t... J>(std::index_sequence<J...>) {
    return std::index_sequence<indices[J]...>{};
  }(std::make_index_sequence<count>{});
}

}  // namespace internal

/// What changed between two versions of a record: for each field in `fields` its new value, or for a `merge` field the
/// edit. What is in neither is default-constructed, so that equal deltas compare equal.
///
/// \snippet examples/change.cpp diff
/// \see DELTA-1, docs/algebra.md
template <class R>
struct delta {
  field_set<R> fields{};
  R values{};
  internal::edit_slots<R, decltype(internal::merged_indices<R>())> edits{};

  constexpr bool empty() const noexcept { return fields.empty(); }

  /// The edit of merge field `I`.
  template <std::size_t I>
  constexpr auto& edit() noexcept {
    return static_cast<internal::edit_slot<R, I>&>(edits).edit;
  }
  template <std::size_t I>
  constexpr const auto& edit() const noexcept {
    return static_cast<const internal::edit_slot<R, I>&>(edits).edit;
  }

  friend constexpr bool operator==(const delta& a, const delta& b) {
    return a.fields == b.fields && is_same_value(a.values, b.values) && a.edits == b.edits;
  }
};

namespace internal {

template <class R, std::size_t I>
inline constexpr bool is_merged = policy::is_merge<typename schema<R>::template policy_type<I>>;

template <class R, std::size_t I>
inline constexpr bool is_key = std::is_same_v<typename schema<R>::template policy_type<I>, policy::key>;

// The steps below are chosen by the type of a field, `field<T, Policy>`, and not by record and index: one step serves
// the fields of that type in all records, and that is most of what a build pays.

template <class F>
inline constexpr bool is_key_field = std::is_same_v<policy_or_default<F>, policy::key>;

template <class F>
inline constexpr bool is_merge_field = policy::is_merge<policy_or_default<F>>;

template <class F>
using traits_of_field = merge_traits<typename policy_or_default<F>::how, typename declared<F>::value_type>;

// Assignments that are more than a few moves stay out of the loops over fields.
template <class T>
SYNCLINE_NOINLINE constexpr void assign_elsewhere(T& to, const T& from) {
  to = from;
}
template <class T>
SYNCLINE_INLINE constexpr void assign(T& to, const T& from) {
  if constexpr (std::is_trivially_copyable_v<T>) {
    to = from;
  } else {
    assign_elsewhere(to, from);
  }
}

struct mask_step {
  std::uint64_t bits = 0;

  template <class F>
  SYNCLINE_INLINE constexpr void operator()(std::size_t index, const F& before, const F& after) {
    if constexpr (!is_key_field<F>) {
      bits |= std::uint64_t{!is_same_value(value_of(before), value_of(after))} << index;
    }
  }
};

struct diff_step {
  std::uint64_t bits = 0;

  template <class F>
  SYNCLINE_INLINE constexpr void operator()(std::size_t index, const F& before, const F& after, F& change) {
    if constexpr (!is_key_field<F>) {
      if (is_same_value(value_of(before), value_of(after))) return;
      bits |= std::uint64_t{1} << index;
      if constexpr (!is_merge_field<F>) assign(value_of(change), value_of(after));
    }
  }
};

struct copy_step {
  template <class F>
  SYNCLINE_INLINE constexpr void operator()(std::size_t, F& to, const F& from) const {
    if constexpr (!is_key_field<F> && !is_merge_field<F>) assign(value_of(to), value_of(from));
  }
};

// Calls `use(std::integral_constant<std::size_t, I>)` for each merge field of `R` that is in `fields`.
template <class R, class Use>
SYNCLINE_INLINE constexpr void for_each_merged(field_set<R> fields, Use&& use) {
  if constexpr (!merged<R>.empty()) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      ((fields.contains(I) ? use(std::integral_constant<std::size_t, I>{}) : void()), ...);
    }(merged_indices<R>());
  }
}

}  // namespace internal

/// The fields whose values differ between `base` and `now`; the key is not compared.
///
/// Complexity: O(fields), plus what comparing the values costs. Does not allocate.
template <class R>
constexpr field_set<R> changed_fields(const R& base, const R& now) {
  return field_set<R>{internal::step_through(internal::mask_step{}, base, now).bits};
}

/// Sets `out` to what changed from `base` to `now`, reusing the memory that `out` holds.
///
/// \pre `out` is empty, or holds a delta between the same two kinds of values (what is not in `fields` is left as it is)
template <class R>
constexpr void diff_into(const R& base, const R& now, delta<R>& out) {
  out.fields = field_set<R>{internal::step_through(internal::diff_step{}, base, now, out.values).bits};
  internal::for_each_merged(out.fields, [&]<std::size_t I>(std::integral_constant<std::size_t, I>) {
    out.template edit<I>() = internal::merge_traits_of<R, I>::diff(get_field<I>(base), get_field<I>(now));
  });
}

/// What changed from `base` to `now`.
///
/// Guarantee: apply(base, diff(base, now)) == now but for the key; diff(a, a) is empty.
/// Complexity: O(fields), plus comparing and copying the values.
template <class R>
constexpr delta<R> diff(const R& base, const R& now) {
  delta<R> change;
  diff_into(base, now, change);
  return change;
}

/// Puts the changed fields of `change` into `target`.
///
/// Complexity: O(fields), plus copying the changed values.
template <class R>
SYNCLINE_INLINE constexpr void apply_to(R& target, const delta<R>& change) {
  internal::step_through_some(change.fields.bits(), internal::copy_step{}, target, change.values);
  internal::for_each_merged(change.fields, [&]<std::size_t I>(std::integral_constant<std::size_t, I>) {
    internal::merge_traits_of<R, I>::apply(get_field<I>(target), change.template edit<I>());
  });
}

// Here and below what comes back is made inside: g++ 12 cannot copy a short text into a parameter while compiling.

/// `base` with `change` put into it.
template <class R>
constexpr R apply(const R& base, const delta<R>& change) {
  R changed = base;
  apply_to(changed, change);
  return changed;
}

/// Makes `first` the change that `first` and then `then` make together.
///
/// Guarantee: apply(r, compose(a, b)) == apply(apply(r, a), b); associative, with the empty delta as its unit.
template <class R>
constexpr void compose_into(delta<R>& first, const delta<R>& then) {
  for_each_field(
      [&]<std::size_t I>(std::integral_constant<std::size_t, I>, auto& value, const auto& changed) {
        if constexpr (!internal::is_key<R, I>) {
          if (!then.fields.contains(I)) return;
          if constexpr (internal::is_merged<R, I>) {
            if (first.fields.contains(I)) {
              internal::merge_traits_of<R, I>::compose(first.template edit<I>(), then.template edit<I>());
            } else {
              first.template edit<I>() = then.template edit<I>();
            }
          } else {
            value_of(value) = value_of(changed);
          }
        }
      },
      first.values, then.values);
  first.fields |= then.fields;
}

template <class R>
constexpr delta<R> compose(const delta<R>& first, const delta<R>& then) {
  delta<R> both = first;
  compose_into(both, then);
  return both;
}

/// The change that takes back `change`, which was made on `base`.
///
/// Guarantee: apply(apply(base, change), invert(change, base)) == base.
template <class R>
constexpr delta<R> invert(const delta<R>& change, const R& base) {
  delta<R> inverse;
  inverse.fields = change.fields;
  for_each_field(
      [&]<std::size_t I>(std::integral_constant<std::size_t, I>, auto& value, const auto& before) {
        if constexpr (!internal::is_key<R, I>) {
          if (!change.fields.contains(I)) return;
          if constexpr (internal::is_merged<R, I>) {
            // not the edit's own inverse: a composed edit may add what was there
            auto after = value_of(before);
            internal::merge_traits_of<R, I>::apply(after, change.template edit<I>());
            inverse.template edit<I>() = internal::merge_traits_of<R, I>::diff(after, value_of(before));
          } else {
            value_of(value) = value_of(before);
          }
        }
      },
      inverse.values, base);
  return inverse;
}

/// Takes out of `fields` of `change` the parts that `who` may not write, as their merge functions have them, and fields
/// of which nothing is left.
///
/// \return the fields that had such parts. Complexity: O(`fields`). \see DECL-6
template <class R>
constexpr field_set<R> withhold(delta<R>& change, field_set<R> fields, role who) {
  field_set<R> refused;
  internal::for_each_merged(change.fields & fields, [&]<std::size_t I>(std::integral_constant<std::size_t, I>) {
    using P = typename schema<R>::template policy_type<I>;
    if constexpr (internal::is_merged_with_owners<P, typename schema<R>::template value_type<I>>) {
      using how = typename P::how;
      auto& edit = change.template edit<I>();
      if (how::is_nothing(how::withhold(edit, who))) return;
      refused.insert(I);
      if (!how::is_nothing(edit)) return;
      edit = {};
      change.fields.erase(I);
    }
  });
  return refused;
}

/// `change` without the fields that are not in `kept`.
template <class R>
constexpr void keep_only(delta<R>& change, field_set<R> kept) {
  const R empty{};
  for_each_field(
      [&]<std::size_t I>(std::integral_constant<std::size_t, I>, auto& value, const auto& unset) {
        if (!change.fields.contains(I) || kept.contains(I)) return;
        if constexpr (internal::is_merged<R, I>) {
          change.template edit<I>() = {};
        } else {
          value_of(value) = value_of(unset);
        }
      },
      change.values, empty);
  change.fields = change.fields & kept;
}

}  // namespace syncline
