// SPDX-License-Identifier: BSL-1.0
#pragma once
// Which parts of a field's value one side alone may write.

#include <syncline/record/field.hpp>
#include <syncline/record/policies_of.hpp>
#include <syncline/record/value_kind.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

namespace syncline {

/// Whether a `T` that `How` merges has parts that one side alone may write. Then `How::template has_owners<T>` is true,
/// `How::withhold(edit, who)` takes out of an edit what `who` may not write and gives it back as an edit of its own,
/// `How::is_nothing(edit)` says whether anything is left, and `How::name_withheld` which parts it was. \see DECL-6
template <class How, class T>
inline constexpr bool has_owners = false;
template <class How, class T>
  requires requires { How::template has_owners<T>; }
inline constexpr bool has_owners<How, T> = How::template has_owners<T>;

namespace internal {

template <class Policy>
inline constexpr bool is_owned = std::is_same_v<Policy, policy::server> || std::is_same_v<Policy, policy::client>;

template <class Policy, class T>
inline constexpr bool is_merged_with_owners = false;
template <class How, class T>
inline constexpr bool is_merged_with_owners<policy::merge<How>, T> = has_owners<How, T>;

template <class T>
consteval bool find_declared_owner();

/// Whether a struct in `T` declares a field as one side's.
template <class T>
inline constexpr bool declares_owner = find_declared_owner<T>();

template <class S, std::size_t... I>
consteval bool find_owned_field(std::index_sequence<I...>) {
  return ((is_owned<policy_at<S, I, member_at<S, I>>> || declares_owner<typename declared<member_at<S, I>>::value_type>) ||
          ...);
}

template <class T>
consteval bool find_declared_owner() {
  constexpr value_kind kind = kind_of<T>;
  if constexpr (!std::is_void_v<typename declared<T>::policy_type>) {
    return is_owned<typename declared<T>::policy_type> || declares_owner<typename declared<T>::value_type>;
  } else if constexpr (kind == value_kind::structure) {
    if constexpr (!plain_aggregate<T> || (field_count<T> > max_fields)) return false;  // refused elsewhere, in words
    else return find_owned_field<T>(std::make_index_sequence<field_count<T>>{});
  } else if constexpr (requires { typename shape<T>::element; }) {
    return declares_owner<element_of<T>>;
  } else {
    return false;
  }
}

/// Whether a field of policy `P` holds a struct whose owners nobody would keep.
template <class P, class T>
inline constexpr bool hides_owner = !is_merged_with_owners<P, T> && declares_owner<T>;

}  // namespace internal

}  // namespace syncline
