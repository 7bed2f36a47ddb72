// SPDX-License-Identifier: BSL-1.0
#pragma once
// The versions of a record, and how a value of one becomes a value of the next or of the one before.

#include <syncline/record/schema.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>

namespace syncline {

/// The version of `R` before this one, or void: what the record calls `previous`. A struct that cannot be edited has
/// this specialized.
///
/// Both versions are records of their own with one table, one key type and consecutive numbers. Fields of equal names
/// carry over, where the types are equal or the new one is wider; the rest is for two steps, found by
/// argument-dependent lookup, that run after that, and are declared before an engine is made:
///
///   void carry(const activity_v1& from, activity& to);   // up
///   void carry(const activity& from, activity_v1& to);   // down
///
/// Either can be left out. A step sees one record and must give equal records for equal ones: devices and the hub run
/// it apart, and what they get has to be the same.
///
/// \snippet examples/lineage.cpp declare
/// \see DECL-7, PROTOCOL 23
template <class R>
struct previous_version {
  using type = void;
};
template <class R>
requires requires { typename R::previous; }
struct previous_version<R> {
  using type = typename R::previous;
};

template <class R>
using previous_of = typename previous_version<R>::type;

/// The record says what its version before this one was.
template <class R>
inline constexpr bool has_previous = !std::is_void_v<previous_of<R>>;

/// The user's step from `From` to `To` is there.
template <class From, class To>
concept has_step = requires(const From& from, To& to) {
  carry(from, to);
};

namespace internal {

/// The position in `To` of what is field `I` in `From`, by name, or the number of To's fields if there is none. The
/// keys correspond whatever they are called.
template <class From, class To, std::size_t I>
inline constexpr std::size_t namesake = I == schema<From>::key_index ? schema<To>::key_index
                                        : schema<To>::index_of(schema<From>::names[I]) == schema<To>::key_index
                                            ? schema<To>::size
                                            : schema<To>::index_of(schema<From>::names[I]);

/// `namesake` of each field of `From`.
template <class From, class To>
inline constexpr std::array<std::size_t, schema<From>::size> namesakes = [
]<std::size_t... I>(std::index_sequence<I...>) {
  return std::array<std::size_t, schema<From>::size>{namesake<From, To, I>...};
}
(std::make_index_sequence<schema<From>::size>{});

/// Every value of `From` is one of `To`.
template <class From, class To>
consteval bool widens() {
  constexpr value_kind from = kind_of<From>, to = kind_of<To>;
  if constexpr (std::is_same_v<From, To>) {
    return true;
  } else if constexpr (to == value_kind::optional && from == value_kind::optional) {
    return widens<element_of<From>, element_of<To>>();
  } else if constexpr (to == value_kind::optional) {
    return widens<From, element_of<To>>();
  } else if constexpr (from == value_kind::integer && to == value_kind::integer) {
    return sizeof(From) < sizeof(To) && (std::is_signed_v<To> || std::is_unsigned_v<From>);
  } else if constexpr (to == value_kind::number) {
    return (from == value_kind::number && sizeof(From) < sizeof(To)) ||
           (from == value_kind::integer && 2 * sizeof(From) <= sizeof(To));
  } else {
    return false;
  }
}

template <class From, class To>
void widen(const From& from, To& to) {
  if constexpr (std::is_same_v<From, To>) {
    to = from;
  } else if constexpr (kind_of<From> == value_kind::optional) {
    if (from) {
      widen(*from, to.emplace());
    } else {
      to.reset();
    }
  } else if constexpr (kind_of<To> == value_kind::optional) {
    widen(from, to.emplace());
  } else {
    to = static_cast<To>(from);
  }
}

/// Field `I` of `From` carries over to its namesake by itself.
template <class From, class To, std::size_t I>
consteval bool carries_by_name() {
  constexpr std::size_t at = namesake<From, To, I>;
  if constexpr (at == schema<To>::size) {
    return false;
  } else {
    return widens<typename schema<From>::template value_type<I>, typename schema<To>::template value_type<at>>();
  }
}

// clang-format off
inline constexpr std::string_view says_other_table = "' has another table than its previous version '",
    says_other_table_fix = "': the versions of a record share one table name",
    says_same_number = "' and its previous version '",
    says_same_number_fix = "' have one version number: count up record_info::version by one",
    says_not_next = "' does not follow on its previous version '",
    says_not_next_fix = "': versions count up by one, so declare those between as well, or correct record_info::version",
    says_other_key = "' has another type of key than its previous version '",
    says_other_key_fix = "': a record keeps its name, so give the new one a field of its own",
    says_no_step = "' has another type in version '",
    says_no_step_fix = "', and no step says how it carries over: write `void carry(const From&, To&)` for both directions",
    says_other_samples = "' is a series of other samples in version '",
    says_other_samples_fix = "', and chunks are never rewritten: give the new series another name";
// clang-format on

template <class Policy>
struct sample_of {
  using type = void;
};
template <class Sample, class Split>
struct sample_of<policy::chunked<Sample, Split>> {
  using type = Sample;
};

template <class From, class To, std::size_t I>
consteval void check_carried() {
  constexpr std::size_t at = namesake<From, To, I>;
  if constexpr (at != schema<To>::size) {
    using mine = typename schema<From>::template policy_type<I>;
    using theirs = typename schema<To>::template policy_type<at>;
    if constexpr (policy::is_chunked<mine> &&
                  !std::is_same_v<typename sample_of<mine>::type, typename sample_of<theirs>::type>) {
      ill_formed<concatenated<says_record, type_name<From>, says_field, field_name<From, I>, says_other_samples,
                              type_name<To>, says_other_samples_fix>()>();
    } else if constexpr (!carries_by_name<From, To, I>() && !has_step<From, To>) {
      ill_formed<concatenated<says_record, type_name<From>, says_field, field_name<From, I>, says_no_step,
                              type_name<To>, says_no_step_fix>()>();
    }
  }
}

/// Stops compilation at the first thing that is wrong with the lineage of `R`. \see DECL-5
template <class R>
consteval bool check_lineage() {
  if constexpr (has_previous<R>) {
    using V = previous_of<R>;
    if constexpr (schema<V>::table != schema<R>::table) {
      ill_formed<concatenated<says_record, type_name<R>, says_other_table, type_name<V>, says_other_table_fix>()>();
    } else if constexpr (schema<V>::info.version == schema<R>::info.version) {
      ill_formed<concatenated<says_record, type_name<R>, says_same_number, type_name<V>, says_same_number_fix>()>();
    } else if constexpr (schema<V>::info.version + 1 != schema<R>::info.version) {
      ill_formed<concatenated<says_record, type_name<R>, says_not_next, type_name<V>, says_not_next_fix>()>();
    } else if constexpr (!std::is_same_v<typename schema<V>::key_type, typename schema<R>::key_type>) {
      ill_formed<concatenated<says_record, type_name<R>, says_other_key, type_name<V>, says_other_key_fix>()>();
    } else {
      []<std::size_t... I>(std::index_sequence<I...>) { (check_carried<V, R, I>(), ...); }
      (std::make_index_sequence<schema<V>::size>{});
      []<std::size_t... I>(std::index_sequence<I...>) { (check_carried<R, V, I>(), ...); }
      (std::make_index_sequence<schema<R>::size>{});
    }
    return check_lineage<V>();
  }
  return true;
}

template <class From, class To>
inline constexpr bool are_adjacent = std::is_same_v<previous_of<To>, From> || std::is_same_v<previous_of<From>, To>;

}  // namespace internal

/// `from` as a value of the version after it or before it.
///
/// Complexity: O(fields), plus copying the values, plus the step.
template <class To, class From>
To carried(const From& from) {
  static_assert(internal::are_adjacent<From, To>,
                "[syncline] carried<To>(from) takes a record and its previous version");
  static_assert(internal::check_lineage<To>() && internal::check_lineage<From>());
  To to{};
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    const auto one = [&]<std::size_t J>(std::integral_constant<std::size_t, J>) {
      if constexpr (internal::carries_by_name<From, To, J>()) {
        internal::widen(get_field<J>(from), get_field<internal::namesake<From, To, J>>(to));
      }
    };
    (one(std::integral_constant<std::size_t, I>{}), ...);
  }
  (std::make_index_sequence<schema<From>::size>{});
  if constexpr (has_step<From, To>) {
    carry(from, to);
    get_field<schema<To>::key_index>(to) = key_of(from);
  }
  return to;
}

/// A record of the previous version as one of this version.
///
/// \snippet examples/lineage.cpp carry
template <class R>
requires has_previous<R> R up(const previous_of<R>& older) { return carried<R>(older); }

/// A record as one of the previous version.
template <class R>
requires has_previous<R> previous_of<R> down(const R& newer) { return carried<previous_of<R>>(newer); }

/// Calls `use(std::type_identity<V>{})` for each version before `R`, the latest first.
template <class R, class Use>
constexpr void for_each_older(Use&& use) {
  if constexpr (has_previous<R>) {
    use(std::type_identity<previous_of<R>>{});
    for_each_older<previous_of<R>>(use);
  }
}

}  // namespace syncline
