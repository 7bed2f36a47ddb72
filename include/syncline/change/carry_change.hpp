// SPDX-License-Identifier: BSL-1.0
#pragma once
// A change of one version of a record as a change of the version next to it.

#include <syncline/change/change.hpp>
#include <syncline/record/lineage.hpp>

#include <array>
#include <cstddef>
#include <utility>

namespace syncline {

/// The fields of `To` that have the names of `fields` of `From`.
template <class To, class From>
constexpr field_set<To> fields_called(field_set<From> fields) {
  field_set<To> found;
  fields.for_each([&](std::size_t i) {
    if (const std::size_t at = internal::namesakes<From, To>[i]; at != schema<To>::size) found.insert(at);
  });
  return found;
}

/// For each field of `To`, the one of `fields` of `From` that it has its history from: that of its name, if it is in
/// `fields`; else what a step may have made it of: the greatest, by `less(i, j)`, of those whose names `To` does not
/// have, or of all. `field_count<From>` where there is none.
///
/// \pre `fields` holds no key
template <class To, class From, class Less>
constexpr std::array<std::size_t, field_count<To>> origins(field_set<From> fields, Less less) {
  std::size_t latest = field_count<From>, latest_lost = field_count<From>;
  fields.for_each([&](std::size_t i) {
    const auto note = [&](std::size_t& greatest) {
      if (greatest == field_count<From> || less(greatest, i)) greatest = i;
    };
    note(latest);
    if (internal::namesakes<From, To>[i] == schema<To>::size) note(latest_lost);
  });
  std::array<std::size_t, field_count<To>> from{};
  from.fill(!has_step<From, To> ? field_count<From> : latest_lost != field_count<From> ? latest_lost : latest);
  fields.for_each([&](std::size_t i) {
    if (const std::size_t at = internal::namesakes<From, To>[i]; at != schema<To>::size) from[at] = i;
  });
  return from;
}

namespace internal {

/// Where a field called so stands in the struct `S`, or the number of its fields.
template <class S, const std::string_view& Name>
inline constexpr std::size_t place_called = []<std::size_t... I>(std::index_sequence<I...>) {
  std::size_t found = sizeof...(I);
  static_cast<void>(((field_name<S, I> == Name && (found = I, true)) || ...));
  return found;
}(std::make_index_sequence<field_count<S>>{});

/// Whether who made `after` of `before` wrote a part that no client may write where it is a `To`, by the part's name.
template <class To, class From>
constexpr bool writes_withheld(const From& before, const From& after) {
  if constexpr (kind_of<From> != value_kind::structure) {
    return !is_same_value(before, after);
  } else {
    bool any = false;
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      const auto look = [&]<std::size_t J>(std::integral_constant<std::size_t, J>) {
        using P = policy_at<To, J, member_at<To, J>>;
        using T = typename declared<member_at<To, J>>::value_type;
        constexpr std::size_t at = place_called<From, field_name<To, J>>;
        if constexpr (at != field_count<From>) {
          const auto &was = get_field<at>(before), &is = get_field<at>(after);
          if constexpr (is_merged_with_owners<P, T>) any = any || writes_withheld<T>(was, is);
          else if constexpr (!policy::may_edit<P, role::client>) any = any || !is_same_value(was, is);
        }
      };
      (look(std::integral_constant<std::size_t, I>{}), ...);
    }(std::make_index_sequence<field_count<To>>{});
    return any;
  }
}

}  // namespace internal

/// What `made`, a change of `before`, does to `before` in the version `To`: what differs between `before` and the
/// changed record once both are carried over. A field that `made` writes is also written under that name in `To`,
/// changed or not, and an edit stays as it was made where it comes to the same.
///
/// Of an update the fields, and the parts of merged fields, that only a step computed, and that no client may write, are left
/// out: they are the hub's to compute. Times are those of the fields that each comes from.
///
/// Guarantee: apply(carried<To>(before), result.what) == carried<To>(apply(before, made.what)), but for those; fields
/// of `To` that do not depend on what `made` changes are not in the result. \see DECL-6, PROTOCOL 23
template <class To, class From>
change<To> carry_change(const change<From>& made, const From& before) {
  change<To> out{.kind = made.kind, .base = made.base, .at = made.at};
  if (made.kind == change_kind::deleted) return out;
  const bool creates = made.kind == change_kind::created;
  From start = before;
  if (creates) {
    start = From{};
    get_field<schema<From>::key_index>(start) = key_of(before);
  }
  const To old = creates ? To{} : carried<To>(start);
  const From changed = apply(start, made.what);
  const To now = carried<To>(changed);
  diff_into(old, now, out.what);
  const field_set<To> written = fields_called<To>(made.what.fields);
  field_set<To> tries;  // a client wrote what it may not: the hub is to see that, and to refuse it
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    const auto keep = [&]<std::size_t J>(std::integral_constant<std::size_t, J>) {
      constexpr std::size_t at = internal::namesake<From, To, J>;
      if constexpr (J != schema<From>::key_index && at != schema<To>::size) {
        if (!made.what.fields.contains(J)) return;
        using P = typename schema<To>::template policy_type<at>;
        using T = typename schema<To>::template value_type<at>;
        if constexpr (internal::is_merged_with_owners<P, T>) {
          if (internal::writes_withheld<T>(get_field<J>(start), get_field<J>(changed))) tries.insert(at);
        }
        if constexpr (!internal::is_merged<To, at>) {
          get_field<at>(out.what.values) = get_field<at>(now);
          out.what.fields.insert(at);
        } else if constexpr (internal::is_merged<From, J>) {
          using traits = internal::merge_traits_of<To, at>;
          if constexpr (std::is_same_v<traits, internal::merge_traits_of<From, J>>) {
            auto value = get_field<at>(old);
            traits::apply(value, made.what.template edit<J>());
            if (!is_same_value(value, get_field<at>(now))) return;
            out.what.template edit<at>() = made.what.template edit<J>();
            out.what.fields.insert(at);
          }
        }
      }
    };
    (keep(std::integral_constant<std::size_t, I>{}), ...);
  }
  (std::make_index_sequence<field_count<From>>{});
  if (!creates) {
    withhold(out.what, merged<To> - tries, role::client);
    if (const auto kept = editable<To, role::client> | written; !(out.what.fields - kept).empty())
      keep_only(out.what, kept);
  }
  const auto from =
      origins<To>(made.what.fields, [&](std::size_t a, std::size_t b) { return made.times[a] < made.times[b]; });
  out.what.fields.for_each(
      [&](std::size_t i) { out.times[i] = from[i] == field_count<From> ? made.at : made.times[from[i]]; });
  return out;
}

/// A change that was cut in two: what a version of the record can say of it, and what is left.
template <class V, class R>
struct cut_change {
  change<V> said{};        ///< what the version `V` can say
  change<R> covered{};     ///< what that comes to
  change<R> rest{};        ///< what is left to say on top of it; empty if nothing
  bool is_telling = true;  ///< there is a point in saying it: it changes something, or leaves nothing unsaid
};

/// Cuts `made`, a change of `before`, into what the previous version can say and the rest.
///
/// Guarantee: `covered` and then `rest` make of `before` what `made` makes of it.
template <class R>
requires has_previous<R> cut_change<previous_of<R>, R> cut_for_previous(const change<R>& made, const R& before) {
  using V = previous_of<R>;
  cut_change<V, R> cut;
  cut.said = carry_change<V>(made, before);
  cut.rest.at = made.at;
  if (made.kind == change_kind::deleted) {
    cut.covered = made;
    return cut;
  }
  R start = before;
  if (made.kind == change_kind::created) {
    start = R{};
    get_field<schema<R>::key_index>(start) = key_of(before);
  }
  const R wanted = apply(start, made.what);
  // What `carried` loses on the way down and back is in the rest, as is what the previous version does not know.
  cut.covered = carry_change<R>(cut.said, down(start));
  const R reached = apply(start, cut.covered.what);
  diff_into(reached, wanted, cut.rest.what);
  const field_set<R> unsaid = made.what.fields - fields_called<R>(field_set<V>::all());
  for_each_field(
      [&]<std::size_t I>(std::integral_constant<std::size_t, I>, const auto& value, const auto& from, const auto& to) {
        if (!made.what.fields.contains(I)) return;
        if constexpr (internal::is_merged<R, I>) {
          auto again = value_of(from);
          internal::merge_traits_of<R, I>::apply(again, made.what.template edit<I>());
          if (cut.covered.what.fields.contains(I) || !is_same_value(again, value_of(to))) return;
          cut.rest.what.template edit<I>() = made.what.template edit<I>();
          cut.rest.what.fields.insert(I);
        } else if (unsaid.contains(I) && !cut.covered.what.fields.contains(I)) {
          get_field<I>(cut.rest.what.values) = value_of(value);
          cut.rest.what.fields.insert(I);
        }
      },
      made.what.values, reached, wanted);
  cut.is_telling =
      made.kind == change_kind::created || cut.rest.what.empty() || !changed_fields(start, reached).empty();
  cut.rest.what.fields.for_each(
      [&](std::size_t i) { cut.rest.times[i] = made.what.fields.contains(i) ? made.times[i] : made.at; });
  return cut;
}

}  // namespace syncline
