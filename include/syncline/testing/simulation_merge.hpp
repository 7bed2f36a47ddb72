// SPDX-License-Identifier: BSL-1.0
#pragma once
// How the naive model looks at fields, and what a person's write has to come to where others wrote too: step by step, and of
// the parts that the writer may write.

#include <syncline/change/field_set.hpp>
#include <syncline/record/merge_function.hpp>
#include <syncline/record/owners.hpp>
#include <syncline/record/value_kind.hpp>
#include <syncline/resolve/counter.hpp>
#include <syncline/resolve/manual.hpp>
#include <syncline/resolve/set_edits.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

namespace syncline::naive {

template <class R, std::size_t I>
using policy_at = typename schema<R>::template policy_type<I>;
template <class R, std::size_t I>
using value_at = typename schema<R>::template value_type<I>;

template <class R, std::size_t I>
inline constexpr bool is_merge = policy::is_merge<policy_at<R, I>>;

template <class R, std::size_t I>
consteval bool needs_three() {
  if constexpr (is_merge<R, I>) {
    return !edit_function<typename policy_at<R, I>::how, value_at<R, I>>;
  } else {
    return false;
  }
}

/// Calls use(integral_constant<I>) for every field but the key.
template <class R, class Use>
void for_fields(Use&& use) {
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    const auto one = [&]<std::size_t J>(std::integral_constant<std::size_t, J> at) {
      if constexpr (J != schema<R>::key_index) use(at);
    };
    (one(std::integral_constant<std::size_t, I>{}), ...);
  }(std::make_index_sequence<field_count<R>>{});
}

template <class R>
R empty_record(const typename schema<R>::key_type& key) {
  R empty{};
  get_field<schema<R>::key_index>(empty) = key;
  return empty;
}

template <class R>
field_set<R> differing(const R& a, const R& b) {
  field_set<R> fields;
  for_fields<R>([&](auto at) {
    if (!is_same_value(get_field<at>(a), get_field<at>(b))) fields.insert(at);
  });
  return fields;
}

/// What the merge function `How` has to make of a person's write, `before` to `after`, where the value is `value`.
template <class How, class T>
void merge_step(T& value, const T& before, const T& after) {
  if constexpr (std::is_same_v<How, counter>) {
    using bits = std::make_unsigned_t<T>;
    value = static_cast<T>(static_cast<bits>(static_cast<bits>(value) + static_cast<bits>(after) - static_cast<bits>(before)));
  } else if constexpr (std::is_same_v<How, set_edits>) {
    for (const auto& element : before) {
      if (!after.contains(element)) value.erase(element);
    }
    for (const auto& element : after) {
      if (!before.contains(element)) value.insert(element);
    }
  } else if constexpr (edit_function<How, T>) {
    How::apply(value, How::diff(before, after));
  } else {
    value = How::merge(before, after, T(value));
  }
}

/// Whether a person's write, `before` to `after`, decided a conflict of which nothing is left in `present`: another decision
/// was first, and it was another value.
template <class T>
bool is_late_decision(const candidates<T>& present, const candidates<T>& before, const candidates<T>& after) {
  if (!before.in_conflict() || after.in_conflict()) return false;
  for (const candidate<T>& there : present.all()) {
    if (is_same_value(there.value, after.visible.value)) return false;
    for (const candidate<T>& seen : before.all()) {
      if (there.order == seen.order && is_same_value(there.value, seen.value)) return false;
    }
  }
  return !present.all().empty();
}

/// Makes every part of `after` that `Who` may not write what it is in `before`. \see DECL-6
template <role Who, class Policy, class T>
void restrict_to(const T& before, T& after) {
  if constexpr (!policy::may_edit<Policy, Who>) {
    after = before;
  } else if constexpr (internal::is_merged_with_owners<Policy, T>) {
    for_each_field(
        [&]<std::size_t I>(std::integral_constant<std::size_t, I>, const auto& old, auto& now) {
          restrict_to<Who, internal::policy_at<T, I, internal::member_at<T, I>>>(value_of(old), value_of(now));
        },
        before, after);
  }
}

/// Writes into an open struct, or a field, every part that `Who` may write.
template <role Who, class Policy, class T, class Open>
void assign_parts(Open&& open, const T& after) {
  if constexpr (std::is_same_v<std::remove_cvref_t<Open>, T>) {
    open = after;
  } else {
    for_each_field(
        [&]<std::size_t I>(std::integral_constant<std::size_t, I>, const auto& now) {
          using P = internal::policy_at<T, I, internal::member_at<T, I>>;
          if constexpr (policy::may_edit<P, Who>) assign_parts<Who, P>(open[internal::field_tag<T, I>{}], value_of(now));
        },
        after);
  }
}

}  // namespace syncline::naive
