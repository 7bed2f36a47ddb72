// SPDX-License-Identifier: BSL-1.0
#pragma once
// Policies that do not stand at their fields: those declared beside a struct that cannot be edited, and the one that a
// record has for the fields that declare none.

#include <syncline/record/field.hpp>
#include <syncline/record/reflect.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

namespace syncline {

/// The declaration of a struct that cannot be edited. Specialize it beside the struct: `sync` as in a record, and a
/// member for each field that has a policy, of the field's name and of the policy's type.
///
/// \snippet examples/declare_beside.cpp beside
///
/// Guarantee: the record is what it would be with its fields wrapped: the same schema, fingerprint, deltas and bytes.
/// Fields that are not named take the default policy: `using default_policy = policy::server;`, here or in a record of
/// one's own, else last write wins. Nothing of this is ever made: names and types are all that counts.
/// \see DECL-2, DECL-4
template <class R>
struct policies_of {
  using nothing = R;  ///< what only this, the general case, has
};

namespace internal {

template <class R>
concept declared_beside = !requires { typename policies_of<R>::nothing; };

template <class R>
concept has_own_default = requires { typename R::default_policy; };
template <class R>
concept has_default_beside = requires { typename policies_of<R>::default_policy; };

template <class R>
struct default_policy_of {
  using type = policy::lww;
};
template <has_own_default R>
struct default_policy_of<R> {
  using type = typename R::default_policy;
};
template <has_default_beside R>
  requires(!has_own_default<R>)
struct default_policy_of<R> {
  using type = typename policies_of<R>::default_policy;
};

/// Whether a field's type is not all that there is to know of its policy.
template <class R>
inline constexpr bool has_policies_elsewhere = declared_beside<R> || has_own_default<R>;

template <class R>
inline constexpr std::size_t count_beside = declared_beside<R> ? field_count<policies_of<R>> : 0;

template <bool HasFields>
struct member_finder {
  template <class R, std::size_t I>
  using member = std::remove_cv_t<typename decltype(type_at<I>(std::declval<references<R>>()))::type>;
};
template <>
struct member_finder<false> {  // what has no fields is refused, in words; more errors would only hide them
  template <class R, std::size_t I>
  using member = field<int, policy::key>;
};

/// The type of member `I` of `R`.
template <class R, std::size_t I>
using member_at = typename member_finder<field_count<R> != 0>::template member<R, I>;

/// Where the policy of field `I` stands in `policies_of<R>`, or the number of its members.
template <class R, std::size_t I>
inline constexpr std::size_t place_beside = []<std::size_t... J>(std::index_sequence<J...>) {
  std::size_t found = sizeof...(J);
  static_cast<void>(((field_name<policies_of<R>, J> == field_name<R, I> && (found = J, true)) || ...));
  return found;
}(std::make_index_sequence<count_beside<R>>{});

template <class R, std::size_t I, class F>
consteval auto find_policy() {
  if constexpr (!std::is_void_v<typename declared<F>::policy_type>) {
    return std::type_identity<typename declared<F>::policy_type>{};
  } else if constexpr (!declared_beside<R>) {
    return std::type_identity<typename default_policy_of<R>::type>{};
  } else if constexpr (constexpr std::size_t at = place_beside<R, I>; at < count_beside<R>) {
    return std::type_identity<member_at<policies_of<R>, at>>{};
  } else {
    return std::type_identity<typename default_policy_of<R>::type>{};
  }
}

template <class F>
using policy_or_default = std::conditional_t<std::is_void_v<typename declared<F>::policy_type>, policy::lww,
                                             typename declared<F>::policy_type>;

template <bool Elsewhere>
struct policy_finder {
  template <class R, std::size_t I, class F>
  using policy_of = policy_or_default<F>;
};
template <>
struct policy_finder<true> {
  template <class R, std::size_t I, class F>
  using policy_of = typename decltype(find_policy<R, I, F>())::type;
};

/// The policy of field `I` of `R`, whose member type is `F`.
template <class R, std::size_t I, class F>
using policy_at = typename policy_finder<has_policies_elsewhere<R>>::template policy_of<R, I, F>;

/// A plain member together with the policy that was declared for it elsewhere: what a step is given in place of a
/// `field<T, Policy>`, so that steps need not know of records.
template <class T, class Policy>
struct plain_member {
  T& value;
};
template <class T, class Policy>
struct declared<plain_member<T, Policy>> {
  using value_type = T;
  using policy_type = Policy;
};
template <std::size_t I, class T, class Policy>
struct field_reference<I, plain_member<T, Policy>> {
  plain_member<T, Policy> field;
};

template <class R, std::size_t I, class F>
using member_with_policy = std::conditional_t<std::is_void_v<typename declared<F>::policy_type>,
                                              plain_member<F, policy_at<R, I, F>>, F>;

/// `references_to(record)`, with the policies that were declared elsewhere.
template <class R>
SYNCLINE_INLINE constexpr auto references_with_policies(R& record) {
  return with_fields(record, []<class... Fields>(Fields&... fields) SYNCLINE_INLINE_LAMBDA {
    return [&]<std::size_t... I>(std::index_sequence<I...> indices) SYNCLINE_INLINE_LAMBDA {
      return field_references<decltype(indices), member_with_policy<R, I, Fields>...>{{fields}...};
    }(std::index_sequence_for<Fields...>{});
  });
}

}  // namespace internal

}  // namespace syncline
