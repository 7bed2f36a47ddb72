// SPDX-License-Identifier: BSL-1.0
#pragma once
// A nested struct that several sides write: an edit is what was done to each of its fields.

#include <syncline/record/field.hpp>
#include <syncline/record/merge_function.hpp>
#include <syncline/record/owners.hpp>
#include <syncline/record/policies_of.hpp>
#include <syncline/resolve/map_edits.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace syncline {

namespace internal {

// The first value stands: an edit of an empty value fills it and nothing else, an edit of one that was there replaces it.
struct first_value {
  static constexpr bool is_idempotent = true;

  template <class T>
  using edit = replaced<T>;

  template <class T>
  static constexpr edit<T> diff(const T& before, const T& after) {
    return {before, after};
  }
  template <class T>
  static constexpr void apply(T& value, const edit<T>& change) {
    if (!fills(change) || is_same_value(value, T{})) value = change.after;
  }
  template <class T>
  static constexpr void compose(edit<T>& first, const edit<T>& then) {
    if (!fills(then)) {
      if (fills(first)) first.before = then.before;
      first.after = then.after;
    } else if (is_same_value(first.after, T{})) {
      first.after = then.after;
    }
  }
  template <class T>
  static constexpr edit<T> invert(const edit<T>& change) {
    return {change.after, change.before};
  }

 private:
  template <class T>
  static constexpr bool fills(const edit<T>& change) {
    return is_same_value(change.before, T{});
  }
};

template <class Policy>
struct nested_how {
  using type = later_value;
};
template <>
struct nested_how<policy::once> {
  using type = first_value;
};
template <class How>
struct nested_how<policy::merge<How>> {
  using type = How;
};

/// What merges field `I` of the nested struct `S`.
template <class S, std::size_t I>
using how_at = typename nested_how<policy_at<S, I, member_at<S, I>>>::type;
template <class S, std::size_t I>
using value_at = typename declared<member_at<S, I>>::value_type;

// clang-format off
inline constexpr std::string_view says_no_struct = "by_field needs a plain struct of codable fields",
    says_of_record = "`key`, `manual` and `chunked` cannot stand in a nested struct: move that field into the record, or declare it "
                     "`server`, `client`, `lww`, `once` or `merge`",
    says_nested_owner = "a nested field holds a struct with a field that is `server` or `client`, which counts in "
                        "merge<T, by_field> only: declare it so, or take the owner out of the struct",
    says_nested_merge = "a nested field is merge<T, How>, and that How cannot serve that T";
// clang-format on

template <class P>
inline constexpr bool is_of_record =
    std::is_same_v<P, policy::key> || policy::is_chunked<P> || requires { requires P::needs_person; };

/// Why a nested field cannot be merged that is `merge<T, How>`.
template <class How, class T>
inline constexpr std::string_view wrong_with_nested = merge_function<How, T> ? std::string_view{} : says_nested_merge;
template <class How, class T>
  requires(!merge_function<How, T> && requires { How::template refusal<T>; })
inline constexpr std::string_view wrong_with_nested<How, T> = How::template refusal<T>;

template <class S, std::size_t... I>
consteval std::string_view find_unmergeable(std::index_sequence<I...>) {
  if constexpr ((is_of_record<policy_at<S, I, member_at<S, I>>> || ...)) {
    return says_of_record;
  } else {
    std::string_view wrong;
    ((wrong = wrong.empty() ? wrong_with_nested<how_at<S, I>, value_at<S, I>> : wrong), ...);
    const bool hides = (hides_owner<policy_at<S, I, member_at<S, I>>, value_at<S, I>> || ...);
    return wrong.empty() && hides ? says_nested_owner : wrong;
  }
}

/// Why the fields of `S` cannot be merged one by one; empty if they can.
template <class S>
inline constexpr std::string_view unmergeable = says_no_struct;
template <codable S>
  requires(kind_of<S> == value_kind::structure)
inline constexpr std::string_view unmergeable<S> = find_unmergeable<S>(std::make_index_sequence<field_count<S>>{});

template <class S, std::size_t... I>
consteval bool have_edits(std::index_sequence<I...>) {
  return (edit_function<how_at<S, I>, value_at<S, I>> && ...);
}

template <class S>
inline constexpr bool has_field_edits = false;
template <class S>
  requires(unmergeable<S>.empty())
inline constexpr bool has_field_edits<S> = have_edits<S>(std::make_index_sequence<field_count<S>>{});

template <class S, std::size_t... I>
consteval bool find_owners(std::index_sequence<I...>) {
  return ((is_owned<policy_at<S, I, member_at<S, I>>> || has_owners<how_at<S, I>, value_at<S, I>>) || ...);
}

template <class S>
inline constexpr bool has_owned_fields = false;
template <class S>
  requires(unmergeable<S>.empty())
inline constexpr bool has_owned_fields<S> = find_owners<S>(std::make_index_sequence<field_count<S>>{});

// Whether field `I` of `S` is one that `who` may write, if it is the field of one side.
template <class S, std::size_t I>
constexpr bool is_open_to(role who) noexcept {
  using P = policy_at<S, I, member_at<S, I>>;
  return who == role::client ? policy::may_edit<P, role::client> : policy::may_edit<P, role::server>;
}

template <class S>
concept merged_by_field_edits = has_field_edits<S>;
template <class S>
concept merged_by_field_values = unmergeable<S>.empty() && !has_field_edits<S>;

template <class S, class Indices>
struct edits_by_field;
template <class S, std::size_t... I>
struct edits_by_field<S, std::index_sequence<I...>> {
  using type = std::tuple<std::optional<typename merge_traits<how_at<S, I>, value_at<S, I>>::edit>...>;
};

}  // namespace internal

/// What was done to a struct: for each of its fields that changed, the edit. It is coded as a struct of its fields'
/// names, so what did not change takes a bit.
template <class S>
struct struct_edit {
  typename internal::edits_by_field<S, std::make_index_sequence<field_count<S>>>::type edits{};
};

/// \name `struct_edit` is looked into as the struct itself
/// @{
template <class S>
inline constexpr std::size_t field_count<struct_edit<S>> = field_count<S>;
template <class S>
inline constexpr std::size_t field_count<const struct_edit<S>> = field_count<S>;
template <class S, std::size_t I>
inline constexpr std::string_view field_name<struct_edit<S>, I> = field_name<S, I>;

template <class S, class Use>
SYNCLINE_INLINE constexpr decltype(auto) with_fields(struct_edit<S>& edit, Use&& use) {
  return std::apply(std::forward<Use>(use), edit.edits);
}
template <class S, class Use>
SYNCLINE_INLINE constexpr decltype(auto) with_fields(const struct_edit<S>& edit, Use&& use) {
  return std::apply(std::forward<Use>(use), edit.edits);
}
/// @}

/// Merges a nested struct field by field, each as it is declared in the struct: `merge<preferences, by_field>`.
///
/// The field of the record has a stamp, and its nested fields have none of their own. So the policy of a nested field
/// says what becomes of two edits of it, in the order in which they reach the hub:
///
/// - plain and `lww`: the later edit of that field decides.
/// - `once`: the first value stands; an edit by who had seen a value replaces it.
/// - `merge<T, How>`: `How` decides.
/// - `server`, `client`: its owner's later edit. Of an edit by the other side that part is withheld, and logged with what
///   the struct would have been; a client may propose it while it creates the record. Where a role may not write all of a
///   struct, an editor opens it field by field: `e[the<&activity::metrics>][the<&metrics::feeling>] = 7`.
/// - `key` and `chunked` do not compile.
///
/// Algebra: a product over the fields, so edits of different fields commute, and of one field they are as its policy has
/// them. An `edit_function` where all of them are, so structs nest, in each other and in `map_edits_of<by_field>`; where
/// one needs three values, so does the struct.
/// Complexity: that of the fields. \snippet examples/nested.cpp declare
/// \see MERGE-4, DELTA-2, docs/algebra.md
struct by_field {
  static constexpr bool is_commutative = false;  // of one field, the later edit decides

  /// Why a field of type `S` cannot be declared so; empty if it can.
  template <class S>
  static constexpr std::string_view refusal = internal::unmergeable<S>;

  /// Whether a field in `S`, however deep, is the server's or the clients' alone.
  template <class S>
  static constexpr bool has_owners = internal::has_owned_fields<S>;

  /// What a fingerprint has to know of the nested policies.
  template <class S, class Hash>
  static constexpr void describe(Hash& hash) {
    for_each_edit<S>([&]<std::size_t I>(std::integral_constant<std::size_t, I>) {
      using member = internal::member_at<S, I>;
      hash.template add_policy<internal::policy_at<S, I, member>, internal::value_at<S, I>>();
    });
  }

  template <internal::merged_by_field_edits S>
  using edit = struct_edit<S>;

  template <internal::merged_by_field_edits S>
  static constexpr struct_edit<S> diff(const S& before, const S& after) {
    struct_edit<S> change;
    for_each_field(
        [&]<std::size_t I>(std::integral_constant<std::size_t, I>, const auto& old, const auto& now) {
          if (is_same_value(value_of(old), value_of(now))) return;
          std::get<I>(change.edits) = internal::how_at<S, I>::diff(value_of(old), value_of(now));
        },
        before, after);
    return change;
  }
  template <class S>
  static constexpr merge_outcome apply(S& value, const struct_edit<S>& change) {
    merge_outcome outcome = merge_outcome::merged;
    for_each_field(
        [&]<std::size_t I>(std::integral_constant<std::size_t, I>, auto& field) {
          using traits = merge_traits<internal::how_at<S, I>, internal::value_at<S, I>>;
          const auto& edit = std::get<I>(change.edits);
          if (edit && traits::apply(value_of(field), *edit) != merge_outcome::merged) outcome = merge_outcome::overlapping;
        },
        value);
    return outcome;
  }
  template <class S>
  static constexpr void compose(struct_edit<S>& first, const struct_edit<S>& then) {
    for_each_edit<S>([&]<std::size_t I>(std::integral_constant<std::size_t, I>) {
      auto& whole = std::get<I>(first.edits);
      const auto& edit = std::get<I>(then.edits);
      if (!edit) return;
      if (whole) internal::how_at<S, I>::compose(*whole, *edit);
      else whole = edit;
    });
  }
  template <class S>
  static constexpr struct_edit<S> invert(struct_edit<S> change) {
    for_each_edit<S>([&]<std::size_t I>(std::integral_constant<std::size_t, I>) {
      auto& edit = std::get<I>(change.edits);
      if (edit) edit = internal::how_at<S, I>::template invert<internal::value_at<S, I>>(*edit);
    });
    return change;
  }

  template <internal::merged_by_field_values S>
  static constexpr S merge(const S& base, const S& local, const S& remote) {
    return merge_counted(base, local, remote).value;
  }
  template <internal::merged_by_field_values S>
  static constexpr counted_merge<S> merge_counted(const S& base, const S& local, const S& remote) {
    counted_merge<S> merged{remote};
    for_each_field(
        [&]<std::size_t I>(std::integral_constant<std::size_t, I>, const auto& old, const auto& now, auto& there) {
          if (is_same_value(value_of(old), value_of(now))) return;
          if (is_same_value(value_of(old), value_of(there))) {
            value_of(there) = value_of(now);
            return;
          }
          if (is_same_value(value_of(now), value_of(there))) return;
          using traits = merge_traits<internal::how_at<S, I>, internal::value_at<S, I>>;
          merged.overlaps += traits::apply(value_of(there), traits::diff(value_of(old), value_of(now))) != merge_outcome::merged;
        },
        base, local, merged.value);
    return merged;
  }

  /// Takes out of `change` what `who` may not write, and gives it back.
  ///
  /// Guarantee: `compose` of the two, in either order, does what `change` did.
  template <class S>
  static constexpr struct_edit<S> withhold(struct_edit<S>& change, role who) {
    struct_edit<S> refused;
    for_each_edit<S>([&]<std::size_t I>(std::integral_constant<std::size_t, I>) {
      auto& edit = std::get<I>(change.edits);
      auto& out = std::get<I>(refused.edits);
      if (!edit) return;
      if constexpr (syncline::has_owners<internal::how_at<S, I>, internal::value_at<S, I>>) {
        out = withhold(*edit, who);
        if (is_nothing(*out)) out.reset();
        if (is_nothing(*edit)) edit.reset();
      } else if (!internal::is_open_to<S, I>(who)) {
        std::swap(edit, out);
      }
    });
    return refused;
  }
  template <class S>
  static constexpr replaced<S> withhold(replaced<S>& change, role who) {
    replaced<S> refused{change.before, change.before};
    withhold_values(change.before, change.after, refused.after, who);
    return refused;
  }

  /// Adds to `names` the parts in which `before` and `after` differ and that `who` may not write, each after `prefix` and a dot.
  template <class S>
  static void name_withheld(const S& before, const S& after, role who, const std::string& prefix, std::vector<std::string>& names) {
    for_each_field(
        [&]<std::size_t I>(std::integral_constant<std::size_t, I>, const auto& old, const auto& now) {
          const std::string name = prefix + '.' + std::string(field_name<S, I>);
          if constexpr (syncline::has_owners<internal::how_at<S, I>, internal::value_at<S, I>>) {
            name_withheld(value_of(old), value_of(now), who, name, names);
          } else if (!internal::is_open_to<S, I>(who) && !is_same_value(value_of(old), value_of(now))) {
            names.push_back(name);
          }
        },
        before, after);
  }

  /// Whether an edit changes nothing, whatever it is applied to.
  template <class S>
  static constexpr bool is_nothing(const struct_edit<S>& change) {
    return std::apply([](const auto&... edits) { return !(edits.has_value() || ...); }, change.edits);
  }
  template <class S>
  static constexpr bool is_nothing(const replaced<S>& change) {
    return is_same_value(change.before, change.after);
  }

 private:
  template <class S>
  static constexpr void withhold_values(const S& before, S& after, S& refused, role who) {
    for_each_field(
        [&]<std::size_t I>(std::integral_constant<std::size_t, I>, const auto& old, auto& now, auto& out) {
          if constexpr (syncline::has_owners<internal::how_at<S, I>, internal::value_at<S, I>>) {
            withhold_values(value_of(old), value_of(now), value_of(out), who);
          } else if (!internal::is_open_to<S, I>(who)) {
            value_of(out) = std::move(value_of(now));
            value_of(now) = value_of(old);
          }
        },
        before, after, refused);
  }

  template <class S, class Use>
  static constexpr void for_each_edit(Use&& use) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (use(std::integral_constant<std::size_t, I>{}), ...);
    }(std::make_index_sequence<field_count<S>>{});
  }
};

}  // namespace syncline
