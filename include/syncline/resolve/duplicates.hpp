// SPDX-License-Identifier: BSL-1.0
#pragma once
// Records that are the same thing twice: how they are declared and found, and what their values become.

#include <syncline/core/chrono.hpp>
#include <syncline/resolve/resolve.hpp>
#include <syncline/resolve/set_edits.hpp>
#include <syncline/resolve/set_union.hpp>

#include <cstdint>
#include <tuple>
#include <utility>
#include <vector>

namespace syncline {

/// Which records of a table are the same thing: their times are at most `span` apart, and the fields `Same` are equal.
template <auto Start, auto... Same>
struct duplicate_rule {
  std::chrono::nanoseconds span{};

  /// The same, and these fields have to be equal too.
  template <auto... More>
  constexpr duplicate_rule<Start, Same..., More...> and_same() const noexcept {
    return {span};
  }
};

/// Declares duplicates, as a static member of the record, below the fields that it names:
/// `static constexpr auto duplicates = within<&ride::started_at>(10min).and_same<&ride::sport>();`
///
/// A record whose time is not set (its type's own zero) is nobody's duplicate.
/// \snippet examples/duplicates.cpp declare
/// \see MERGE-6
template <auto Start>
constexpr duplicate_rule<Start> within(std::chrono::nanoseconds span) noexcept {
  return {span};
}

namespace internal {

inline constexpr std::string_view
    says_no_match_time = "' is no time, and duplicates are found within a span of time: name a field of std::chrono time, such "
                   "as syncline::timestamp",
    says_other_record = "' declares its duplicates by a field of another record: name fields of its own",
    says_negative_span = "' declares duplicates within a negative span: write within<&R::field>(10min)";

template <class T>
inline constexpr bool is_duplicate_rule = false;
template <auto Start, auto... Same>
inline constexpr bool is_duplicate_rule<duplicate_rule<Start, Same...>> = true;

template <class R, class Rule>
struct duplicate_fields;
template <class R, auto Start, auto... Same>
struct duplicate_fields<R, duplicate_rule<Start, Same...>> {
  static consteval bool check() {
    if constexpr (!(std::is_same_v<typename member_of<decltype(Start)>::record, R> && ... &&
                    std::is_same_v<typename member_of<decltype(Same)>::record, R>)) {
      ill_formed<concatenated<says_record, type_name<R>, says_other_record>()>();
    } else if constexpr (kind_of<typename schema<R>::template value_type<the<Start>.index>> != value_kind::time) {
      ill_formed<concatenated<says_record, type_name<R>, says_field, field_name<R, the<Start>.index>, says_no_match_time>()>();
    } else if constexpr (R::duplicates.span.count() < 0) {
      ill_formed<concatenated<says_record, type_name<R>, says_negative_span>()>();
    }
    return true;
  }

  static constexpr std::size_t start = the<Start>.index;
  static constexpr field_set<R> all = field_set<R>::of(the<Start>, the<Same>...);

  /// Calls use(value) for each field that has to be the same.
  template <class Use>
  static constexpr void for_each_same(const R& record, Use&& use) {
    (use(get_field<the<Same>.index>(record)), ...);
  }
  static constexpr bool is_same(const R& a, const R& b) {
    return (is_same_value(get_field<the<Same>.index>(a), get_field<the<Same>.index>(b)) && ...);
  }
};

/// What is wrong with the declaration is said where this is first asked for.
template <class R>
struct duplicates_of : duplicate_fields<R, std::remove_cvref_t<decltype(R::duplicates)>> {
  static_assert(duplicates_of::check());
};

}  // namespace internal

/// Whether `R` declares duplicates.
template <class R>
inline constexpr bool has_duplicates = [] {
  if constexpr (requires { R::duplicates; }) {
    return internal::is_duplicate_rule<std::remove_cvref_t<decltype(R::duplicates)>>;
  } else {
    return false;
  }
}();

/// The time by which duplicates are found, and their span, counted in the field's own unit.
template <class R>
constexpr std::int64_t start_of(const R& record) {
  return static_cast<std::int64_t>(get_field<internal::duplicates_of<R>::start>(record).time_since_epoch().count());
}
template <class R>
inline constexpr std::uint64_t start_span = [] {
  using time = typename schema<R>::template value_type<internal::duplicates_of<R>::start>;
  return static_cast<std::uint64_t>(std::chrono::floor<typename time::duration>(R::duplicates.span).count());
}();

/// Whether `a` and `b` are one thing, as `R` declares it.
///
/// Guarantee: symmetric. Not transitive: the group of a record is the connected component of its matches.
template <class R>
  requires has_duplicates<R>
constexpr bool matches(const R& a, const R& b) {
  const std::int64_t from = std::min(start_of(a), start_of(b)), to = std::max(start_of(a), start_of(b));
  return from != 0 && to != 0 && internal::duplicates_of<R>::is_same(a, b) &&
         static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from) <= start_span<R>;
}

/// How much a record's measured values are worth against those of its duplicates: by a function `int evidence(const R&)`
/// that argument-dependent lookup finds; without one all are worth the same.
template <class R>
constexpr int evidence_of(const R& record) {
  if constexpr (requires { { evidence(record) } -> std::convertible_to<int>; }) {
    return evidence(record);
  } else {
    return 0;
  }
}

/// A record as it was when it joined its group.
template <class R>
struct duplicate_member {
  typename schema<R>::key_type key{};
  std::int64_t start{};
  std::int32_t evidence{};

  /// Which of several survives: the least start, then the least key.
  friend bool operator<(const duplicate_member& a, const duplicate_member& b) {
    return std::tie(a.start, a.key) < std::tie(b.start, b.key);
  }
};

/// The records that one record stands for, itself first, and which of them its measured values are of.
template <class R>
struct duplicate_group {
  std::vector<duplicate_member<R>> members{};
  std::array<std::uint32_t, field_count<R>> from{};  ///< of `server` fields: positions in `members`
  std::uint32_t recording{};  ///< of all `once` and `chunked` fields, which belong together

  /// That of a record which is alone.
  static duplicate_group of(const R& record) { return {{{key_of(record), start_of(record), evidence_of(record)}}, {}, 0}; }
};

/// Whether duplicates of a `merge` field are combined, since the order in which values are added to one another does not
/// show. Of the others the later value stands.
template <class How, class T>
inline constexpr bool combines_duplicates = is_commutative<How> && (is_idempotent<How> || edit_function<How, T>);
template <class T>
inline constexpr bool combines_duplicates<set_edits, T> = true;  // what is added commutes
template <class T>
inline constexpr bool combines_duplicates<set_union, T> = true;

namespace internal {

template <class R>
struct duplicate_join {
  R& value;
  stamps<R>& value_stamps;
  duplicate_group<R>& group;
  const R& other;
  const stamps<R>& other_stamps;
  const duplicate_group<R>& other_group;
  decisions<R>& how;
  bool takes_recording = false;

  static bool is_better(const duplicate_member<R>& a, const duplicate_member<R>& b) {
    return a.evidence != b.evidence ? a.evidence > b.evidence : a < b;
  }
  static bool has_points(const R& record) {
    bool any = false;
    for_each_field([&]<std::size_t I>(std::integral_constant<std::size_t, I>, const auto& field) {
      if constexpr (policy::is_chunked<typename schema<R>::template policy_type<I>>) any = any || !value_of(field).empty();
    }, record);
    return any;
  }

  void run() {
    const auto offset = static_cast<std::uint32_t>(group.members.size());
    const bool mine = has_points(value), theirs = has_points(other);
    takes_recording = mine != theirs ? theirs
                                     : is_better(other_group.members[other_group.recording], group.members[group.recording]);
    if (takes_recording) group.recording = offset + other_group.recording;
    how.local = how.remote = how.both = how.dropped = {};
    for_each_field([&]<std::size_t I>(std::integral_constant<std::size_t, I>, auto& kept, const auto& joining, auto& lost) {
      using P = typename schema<R>::template policy_type<I>;
      if constexpr (!std::is_same_v<P, policy::key>) join<I, P>(value_of(kept), value_of(joining), value_of(lost), offset);
    }, value, other, how.lost);
    group.members.insert(group.members.end(), other_group.members.begin(), other_group.members.end());
  }

  template <std::size_t I, class P, class T>
  void join(T& kept, const T& joining, T& lost, std::uint32_t offset) {
    if constexpr (std::is_same_v<P, policy::once> || policy::is_chunked<P>) {
      settle<I>(takes_recording, kept, joining, lost);
    } else if constexpr (std::is_same_v<P, policy::server>) {
      if (is_same_value(joining, T{})) return settle<I>(false, kept, joining, lost);
      const bool takes = is_same_value(kept, T{}) ||
                         is_better(other_group.members[other_group.from[I]], group.members[group.from[I]]);
      if (takes) group.from[I] = offset + other_group.from[I];
      settle<I>(takes, kept, joining, lost);
    } else {
      if constexpr (policy::is_merge<P>) {
        if constexpr (combines_duplicates<typename P::how, T>) return combine<I>(kept, joining);
      }
      const bool mine = !is_same_value(kept, T{}), theirs = !is_same_value(joining, T{});
      settle<I>(mine != theirs ? theirs : is_later<I>(kept, joining), kept, joining, lost);
    }
  }

  template <std::size_t I, class T>
  bool is_later(const T& kept, const T& joining) const {
    if (other_stamps[I] != value_stamps[I]) return other_stamps[I] > value_stamps[I];
    return compare_values(joining, kept) > 0;
  }

  template <std::size_t I, class T>
  void settle(bool takes, T& kept, const T& joining, T& lost) {
    const bool differ = !is_same_value(kept, joining);
    if (takes) {
      if (differ && !is_same_value(kept, T{})) drop<I>(lost, kept);
      if (differ || value_stamps[I] != other_stamps[I]) how.local.insert(I);
      how.rules[I] = differ ? rule::duplicate : rule::same_value;
      kept = joining;
      value_stamps[I] = other_stamps[I];
    } else if (differ && !is_same_value(joining, T{})) {
      how.remote.insert(I);
      how.rules[I] = rule::duplicate;
      drop<I>(lost, joining);
    }
  }

  template <std::size_t I, class T>
  void drop(T& lost, const T& value_lost) {
    lost = value_lost;
    how.dropped.insert(I);
  }

  template <std::size_t I, class T>
  void combine(T& kept, const T& joining) {
    if (is_same_value(joining, T{})) return;
    merge_traits_of<R, I>::apply(kept, merge_traits_of<R, I>::diff(T{}, joining));
    value_stamps[I] = std::max(value_stamps[I], other_stamps[I]);
    how.both.insert(I);
    how.rules[I] = rule::merged;
  }
};

}  // namespace internal

/// Makes one record of two that are the same thing: `value`, which survives, takes in `other`.
///
/// What was measured comes from the better evidence (`evidence_of`, then the least start and key): each `server` field
/// from the best record that has it; the `once` and `chunked` fields, which belong together, all from one record, the
/// best of those that have points if any has. What people said comes from whoever has it, of two values the later;
/// `merge` fields are combined where the order cannot show.
///
/// \param how  is overwritten: `local` are the fields that `value` now has of `other`, `remote` those of which `value`
///             kept its own against another, `both` the combined ones; `lost` has what did not stand
/// Guarantee: a join. Whatever the order in which the same records are joined, the values, the stamps of what people said
/// and the origins are the same. Complexity: O(fields), and the members of both groups.
/// \snippet examples/duplicates.cpp join
/// \see MERGE-6, PROTOCOL 22, docs/algebra.md
template <class R>
  requires has_duplicates<R>
void join_duplicates(R& value, stamps<R>& value_stamps, duplicate_group<R>& group, const R& other,
                     const stamps<R>& other_stamps, const duplicate_group<R>& other_group, decisions<R>& how) {
  internal::duplicate_join<R>{value, value_stamps, group, other, other_stamps, other_group, how}.run();
}

}  // namespace syncline
