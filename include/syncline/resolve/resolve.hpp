// SPDX-License-Identifier: BSL-1.0
#pragma once
// What two changes of one record become.

#include <syncline/change/change.hpp>
#include <syncline/resolve/decide.hpp>
#include <syncline/resolve/decisions.hpp>

namespace syncline {

/// A merged record, the stamps of its fields, and how each field was decided.
template <class R>
struct resolution {
  R value{};
  syncline::stamps<R> stamps{};
  decisions<R> how{};
};

namespace internal {

/// What a policy comes to when two writes meet. The steps below take it as a value, so that one copy of each serves all
/// policies of a type.
enum class authority : std::uint8_t { latest, client, server, once, key };

template <class Policy>
inline constexpr authority authority_of = std::is_same_v<Policy, policy::server> ? authority::server
                                          : std::is_same_v<Policy, policy::once> ? authority::once
                                          : std::is_same_v<Policy, policy::key>  ? authority::key
                                          : policy::may_edit<Policy, role::server> ? authority::latest
                                                                                   : authority::client;

/// Whether a field of `R` is merged part by part, some of them one side's.
template <class R>
inline constexpr bool has_owned_parts = []<std::size_t... I>(std::index_sequence<I...>) {
  return (is_merged_with_owners<typename schema<R>::template policy_type<I>, typename schema<R>::template value_type<I>> ||
          ...);
}(std::make_index_sequence<field_count<R>>{});

/// A field: its position, and who decides it.
struct place {
  std::uint32_t index;
  authority by;
};

/// Writes are ordered by their stamps, so a field's stamp moves with its value; others keep the one that they have.
constexpr bool is_stamped(authority by) noexcept { return by == authority::latest || by == authority::client; }

/// The fields that keep a value which is there, whatever a change says: a client cannot touch a server field after the
/// creation, and a `once` field that has a value takes no other.
template <class T>
SYNCLINE_INLINE constexpr bool is_closed(authority by, const T& present) {
  return by == authority::server || (by == authority::once && !is_same_value(present, T{}));
}

/// `decide`, of the policy that `by` stands for, as far as it needs no values: where they have to be compared, the winner
/// is `both`. `is_there` is `is_closed(by, remote)`.
SYNCLINE_INLINE constexpr verdict decide_by(authority by, bool is_there, const stamp& local, const stamp& remote) {
  if (by == authority::server) return {side::remote, rule::server_owned};
  if (by == authority::once) return {is_there ? side::remote : side::local, rule::first_value};
  return decide_by_stamps(local, remote);
}

template <class T>
SYNCLINE_INLINE constexpr bool is_local(side winner, const T& local, const T& remote) {
  return winner == side::local || (winner == side::both && compare_values(local, remote) > 0);
}

/// Compared in a few instructions; for other types a loop over fields makes one call.
template <class T>
inline constexpr bool is_quickly_compared = std::is_trivially_copyable_v<T> && kind_of<T> != value_kind::array &&
                                            kind_of<T> != value_kind::structure;

/// Neither side changed a field that is quickly compared: few branches, and one for a number.
template <class T>
SYNCLINE_INLINE constexpr bool is_untouched(const T& before, const T& mine, const T& theirs) {
  if constexpr (kind_of<T> == value_kind::optional) {
    const bool is_there = before.has_value();
    if (int{is_there == mine.has_value()} & int{is_there == theirs.has_value()}) {
      return !is_there || is_untouched(*before, *mine, *theirs);
    }
    return false;
  } else {
    return (int{is_same_value(before, mine)} & int{is_same_value(before, theirs)}) != 0;
  }
}

struct three_way : outcomes {
  const stamp* their_stamps;

  /// Settles a field: `mine` becomes the merged value.
  template <class T>
  SYNCLINE_INLINE constexpr void settle(place at, const T& before, T& mine, const T& theirs, T& lost) {
    if (is_same_value(before, mine)) {
      if (is_same_value(before, theirs)) return;
      assign(mine, theirs);
      return take_theirs(at, rule::alone);
    }
    const bool closed = is_closed(at.by, theirs);
    if (!closed && is_same_value(before, theirs)) return set_local(at.index, rule::alone);
    settle_both(at, closed, mine, theirs, lost);
  }
  template <class T>
  SYNCLINE_NOINLINE constexpr void settle_elsewhere(place at, const T& before, T& mine, const T& theirs, T& lost) {
    settle(at, before, mine, theirs, lost);
  }

  /// The same where both sides changed it: apart, since it needs all registers, and saving them is most of what the
  /// other cases would cost.
  template <class T>
  SYNCLINE_NOINLINE constexpr void settle_both(place at, bool closed, T& mine, const T& theirs, T& lost) {
    if (is_same_value(mine, theirs)) return take_later(at);
    const side winner = decide_apart(at, closed);
    const bool is_mine = is_local(winner, mine, theirs);
    if (winner == side::both) take({is_mine ? side::local : side::remote, rule::greater_value}, at);
    if (is_mine) return assign(lost, theirs);
    std::swap(lost, mine);
    assign(mine, theirs);
  }

  // What needs no values serves all types.
  SYNCLINE_INLINE constexpr void take_theirs(place at, rule why) noexcept {
    if (is_stamped(at.by)) stamps[at.index] = their_stamps[at.index];
    set_remote(at.index, why);
  }
  SYNCLINE_NOINLINE constexpr void take(verdict decision, place at) noexcept {
    if (decision.winner == side::local) return set_local(at.index, decision.why);
    take_theirs(at, decision.why);
  }
  /// Who wins, if that can be told without the values; else `side::both`.
  SYNCLINE_NOINLINE constexpr side decide_apart(place at, bool closed) noexcept {
    const verdict decision = decide_by(at.by, closed, stamps[at.index], their_stamps[at.index]);
    set_dropped(at.index);
    if (decision.winner != side::both) take(decision, at);
    return decision.winner;
  }
  SYNCLINE_NOINLINE constexpr void take_later(place at) noexcept {
    if (is_stamped(at.by) && stamps[at.index] < their_stamps[at.index]) stamps[at.index] = their_stamps[at.index];
    set_remote(at.index, rule::same_value);
  }

  /// The same for a field with a merge function.
  template <class How, class T>
  SYNCLINE_INLINE constexpr void settle_merged(std::size_t index, const T& before, T& mine, const T& theirs, T& lost) {
    if (is_same_value(before, mine)) {
      if (is_same_value(before, theirs)) return;
      mine = theirs;
      return set_remote(index, rule::alone);
    }
    if (is_same_value(before, theirs)) return set_local(index, rule::alone);
    using traits = merge_traits<How, T>;
    if constexpr (requires(const typename traits::edit& edit) { How::wanted(edit); }) {
      const auto edit = traits::diff(before, mine);
      mine = theirs;
      set_merged<How>(index, traits::apply(mine, edit), edit, lost);
    } else {
      set_merged(index, traits::merge(before, mine, theirs));
    }
  }
  template <class How, class T>
  SYNCLINE_NOINLINE constexpr void settle_merged_elsewhere(std::size_t index, const T& before, T& mine, const T& theirs, T& lost) {
    settle_merged<How>(index, before, mine, theirs, lost);
  }
  /// The same where parts of the value are one side's.
  template <class How, class T>
  SYNCLINE_NOINLINE constexpr void settle_owned(std::size_t index, const T& before, T& mine, const T& theirs, T& lost) {
    if (is_same_value(before, mine)) return settle_merged<How>(index, before, mine, theirs, lost);
    auto edit = merge_traits<How, T>::diff(before, mine);
    mine = theirs;
    put_allowed<How>(index, std::move(edit), role::client, !is_same_value(before, theirs), mine, lost);
  }
};

/// The walk over a record of so many fields. One copy of what settles a field serves all fields of a type; where fields
/// are few it is copied into each, which takes no more room and saves the calls.
template <std::size_t Fields>
struct three_way_step : three_way {
  template <class F>
  SYNCLINE_INLINE constexpr void operator()(std::size_t index, const F& before, F& mine, const F& theirs, F& lost) {
    using T = typename declared<F>::value_type;
    using P = policy_or_default<F>;
    if constexpr (!is_key_field<F>) {
      if constexpr (is_quickly_compared<T>) {
        if (is_untouched(value_of(before), value_of(mine), value_of(theirs))) return;
      }
      if constexpr (is_merged_with_owners<P, T>) {
        settle_owned<typename P::how>(index, value_of(before), value_of(mine), value_of(theirs), value_of(lost));
      } else if constexpr (policy::is_merge<P>) {
        if constexpr (is_quickly_compared<T> && Fields <= 16) {
          settle_merged<typename P::how>(index, value_of(before), value_of(mine), value_of(theirs), value_of(lost));
        } else {
          settle_merged_elsewhere<typename P::how>(index, value_of(before), value_of(mine), value_of(theirs), value_of(lost));
        }
      } else {
        const place at{static_cast<std::uint32_t>(index), authority_of<P>};
        if constexpr (Fields <= 8) {
          settle(at, value_of(before), value_of(mine), value_of(theirs), value_of(lost));
        } else {
          settle_elsewhere(at, value_of(before), value_of(mine), value_of(theirs), value_of(lost));
        }
      }
    }
  }
};

struct arrival : outcomes {
  const hybrid_time* times;
  const device_id* device;
  role who;
  std::uint64_t unseen;

  template <class T>
  SYNCLINE_INLINE constexpr void take(place at, const T& value, T& present, rule reason) {
    assign(present, value);
    set_taken(at, reason);
  }
  SYNCLINE_NOINLINE constexpr void set_taken(place at, rule reason) noexcept {
    set_local(at.index, reason);
    if (!is_stamped(at.by)) return;  // else: a stored stamp is greater than the one it replaced (PROTOCOL 15)
    stamp& present_stamp = stamps[at.index];
    const stamp written{times[at.index], *device};
    present_stamp = written > present_stamp ? written : stamp{present_stamp.time.after(), *device};
  }

  SYNCLINE_NOINLINE constexpr bool is_later(place at) const noexcept {
    return is_stamped(at.by) && stamps[at.index] < stamp{times[at.index], *device};
  }

  /// Puts an arriving value into a field. One copy per type.
  template <class T>
  SYNCLINE_NOINLINE constexpr void settle(place at, const T& value, T& present, T& lost) {
    const auto keep_present = [&](rule reason) {
      set_remote(at.index, reason);
      if (reason == rule::same_value) return;
      assign(lost, value);
      set_dropped(at.index);
    };
    if (who == role::server && at.by == authority::server) return take(at, value, present, rule::alone);
    const bool is_kept = (who == role::server && at.by == authority::client) || is_closed(at.by, present);
    if (!is_kept && (unseen >> at.index & 1) == 0) return take(at, value, present, rule::seen);
    if (is_same_value(value, present)) {
      // The later of two equal writes counts against a third: what arrives then stands, with its stamp.
      if (!is_kept && is_later(at)) return take(at, value, present, rule::same_value);
      return keep_present(rule::same_value);
    }
    if (is_kept) {
      return keep_present(at.by == authority::client   ? rule::client_owned
                          : at.by == authority::server ? rule::server_owned
                                                       : rule::first_value);
    }
    const verdict decision = decide_by(at.by, false, stamp{times[at.index], *device}, stamps[at.index]);
    if (!is_local(decision.winner, value, present)) return keep_present(decision.why);
    std::swap(lost, present);
    set_dropped(at.index);
    take(at, value, present, decision.why);
  }

  template <class F>
  SYNCLINE_INLINE constexpr void operator()(std::size_t index, F& present, const F& value, F& lost) {
    if constexpr (!is_key_field<F> && !is_merge_field<F>) {
      constexpr authority by = authority_of<policy_or_default<F>>;
      const place at{static_cast<std::uint32_t>(index), by};
      if constexpr (by == authority::latest) {  // the common case by far
        if ((unseen >> index & 1) == 0) return take(at, value_of(value), value_of(present), rule::seen);
      }
      settle(at, value_of(value), value_of(present), value_of(lost));
    }
  }
};

/// The same for a walk, which copies its step.
struct arrival_step {
  arrival& state;

  template <class F>
  SYNCLINE_INLINE constexpr void operator()(std::size_t index, F& present, const F& value, F& lost) const {
    state(index, present, value, lost);
  }
};

}  // namespace internal

/// Merges what a device and the hub did to one record since they last agreed, in place: `local` becomes the merged
/// record, and `local_stamps` its stamps.
///
/// \param base           the value that both sides started from
/// \param local          the device's value; fields that it changed have a stamp in `local_stamps`
/// \param remote         the hub's value, with its stamps
/// \param how            is overwritten with which side won each field, by which rule, and what was dropped
///
/// The device acts as a client, the hub for all others.
///
/// Guarantee: a field that one side changed has that side's value, unless that side may not write it; nothing is
/// dropped that is not in `how.lost`. Deterministic. For `lww` and `client` fields commutative in its sides. Stamps of
/// fields that no policy stamps are neither read nor written.
/// Complexity: O(fields) comparisons; copies and allocates only where the remote side wins or a value is lost.
/// \snippet examples/resolve.cpp in-place
/// \see MERGE-1, MERGE-3, docs/algebra.md
template <record R>
constexpr void resolve_onto(const R& base, R& local, stamps<R>& local_stamps, const R& remote,
                            const stamps<R>& remote_stamps, decisions<R>& how) {
  const internal::three_way_step<field_count<R>> step{{{local_stamps.data(), how.rules.data()}, remote_stamps.data()}};
  internal::step_through(step, base, local, remote, how.lost).store(how);
  if constexpr (internal::has_owned_parts<R>) how.withheld = rule::server_owned;
}

/// The same, of values. A constant expression where copying and comparing the fields is one.
///
/// \snippet examples/resolve.cpp both-changed
/// \snippet examples/constant.cpp policy-table
template <record R>
constexpr resolution<R> resolve(const R& base, const R& local, const stamps<R>& local_stamps, const R& remote,
                                const stamps<R>& remote_stamps) {
  resolution<R> merged{local, local_stamps, {}};
  resolve_onto(base, merged.value, merged.stamps, remote, remote_stamps, merged.how);
  return merged;
}

/// Puts an arriving change into a record that may have moved on since the change's base.
///
/// \param arriving  the change; its device wrote as `who`
/// \param by        the device that wrote it
/// \param unseen    the fields of `present` that changed after the change's base: what its writer had not seen
/// \param present   the record as it is; becomes the merged record
/// \param how       is overwritten: `local` is the arriving side
///
/// Guarantee: where `unseen` is empty, `present` becomes apply(present, arriving.what), but for fields that `who` may
/// not write. The same change applied to equal records gives equal records, on a device and on the hub.
/// Complexity: O(fields); copies changed fields only. \see MERGE-1, PROTOCOL 13, 15
template <record R>
constexpr void resolve_change(const change<R>& arriving, const device_id& by, role who, field_set<R> unseen, R& present,
                              stamps<R>& present_stamps, decisions<R>& how) {
  internal::arrival step{{present_stamps.data(), how.rules.data()}, arriving.times.data(), &by, who, unseen.bits()};
  internal::step_through_some(arriving.what.fields.bits(), internal::arrival_step{step}, present, arriving.what.values, how.lost);
  internal::for_each_merged(arriving.what.fields, [&]<std::size_t I>(std::integral_constant<std::size_t, I>) {
    using traits = internal::merge_traits_of<R, I>;
    using P = typename schema<R>::template policy_type<I>;
    const auto& edit = arriving.what.template edit<I>();
    if constexpr (internal::is_merged_with_owners<P, typename schema<R>::template value_type<I>>) {
      step.template put_allowed<typename P::how>(I, edit, who, unseen.contains(I), get_field<I>(present), get_field<I>(how.lost));
    } else {
      const merge_outcome outcome = traits::apply(get_field<I>(present), edit);
      if (!unseen.contains(I)) return step.set_local(I, rule::alone);
      step.template set_merged<typename P::how>(I, outcome, edit, get_field<I>(how.lost));
    }
  });
  step.store(how);
  if constexpr (internal::has_owned_parts<R>) how.withheld = who == role::client ? rule::server_owned : rule::client_owned;
}

}  // namespace syncline
