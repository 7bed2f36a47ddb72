// SPDX-License-Identifier: BSL-1.0
#pragma once
// What a merge function has to offer so that a field can be declared `merge<T, How>`.

#include <syncline/record/value_kind.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace syncline {

/// What came of an edit that met what is there.
enum class merge_outcome : std::uint8_t {
  merged,
  overlapping,  ///< both sides wrote to one place, and it holds both
  too_late,     ///< it did nothing: it decided what had been decided before
};

/// A merge function whose edits are values of their own, so that an edit can be sent without the value that it was made
/// on and be applied to whatever is there.
///
/// Laws, for values a, b and edits e, f of T (checked by `check_edit_laws`):
///   apply(a, diff(a, b)) == b;   apply(a, compose(e, f)) == apply(apply(a, e), f);
///   apply(apply(a, diff(a, b)), invert(diff(a, b))) == a.
/// Where edits of two devices meet, they are applied in commit order. An `apply` that returns a `merge_outcome` says what
/// came of the edit; then `How::wanted(edit)` is the value that one which came too late was to make.
/// \see docs/algebra.md
template <class How, class T>
concept edit_function = codable<T> && requires(const T& before, T& value, typename How::template edit<T>& edit,
                                               const typename How::template edit<T>& other) {
  requires codable<typename How::template edit<T>>;
  { How::diff(before, before) } -> std::same_as<typename How::template edit<T>>;
  How::apply(value, other);
  How::compose(edit, other);
  { How::template invert<T>(other) } -> std::same_as<typename How::template edit<T>>;
};

/// An edit function that can also merge three values without making an edit: `merge_in_place(base, local, remote)`.
///
/// Law (checked by `check_edit_laws`): `local` becomes apply(remote, diff(base, local)).
template <class How, class T>
concept merges_in_place = edit_function<How, T> && requires(const T& before, T& value) {
  How::merge_in_place(before, value, before);
};

/// A merge function that needs all three values; an edit then carries the value that it was made on.
///
/// Laws (checked by `check_merge_laws`): merge(a, a, b) == b, merge(a, b, a) == b, merge(a, b, b) == b.
template <class How, class T>
concept three_way_function = codable<T> && requires(const T& value) {
  { How::merge(value, value, value) } -> std::convertible_to<T>;
};

/// A merged value, and how often both sides changed the same part of it, differently, so that it holds both.
template <class T>
struct counted_merge {
  T value{};
  std::size_t overlaps = 0;
};

/// A three-way merge function that also says where it kept both: `merge_counted(base, local, remote)`. Whoever resolves
/// then finds `rule::overlapping` for the field, and can have somebody look.
template <class How, class T>
concept counting_function = three_way_function<How, T> && requires(const T& value) {
  { How::merge_counted(value, value, value) } -> std::same_as<counted_merge<T>>;
};

template <class How, class T>
concept merge_function = edit_function<How, T> || three_way_function<How, T>;

/// Whether `How` claims that no order shows in what it makes: two edits can be applied either way round, or the two
/// sides of a three-way merge swapped. It claims so with a `static constexpr bool is_commutative = true`; no claim is
/// no. The law checkers hold it to that.
template <class How>
inline constexpr bool is_commutative = false;
template <class How>
  requires requires { How::is_commutative; }
inline constexpr bool is_commutative<How> = How::is_commutative;

/// Whether `How` claims that an edit that is made twice does what it does once: apply(apply(x, e), e) == apply(x, e),
/// or merge(base, a, merge(base, a, b)) == merge(base, a, b). It claims so with `is_idempotent`, likewise.
template <class How>
inline constexpr bool is_idempotent = false;
template <class How>
  requires requires { How::is_idempotent; }
inline constexpr bool is_idempotent<How> = How::is_idempotent;

/// Whether the three-way function `How` claims that it does not matter which sides are merged first:
/// merge(base, a, merge(base, b, c)) == merge(base, merge(base, a, b), c). It claims so with `is_associative`, likewise.
/// With `is_commutative` it then claims to converge: any number of sides give one value, in whatever order they arrive.
template <class How>
inline constexpr bool is_associative = false;
template <class How>
  requires requires { How::is_associative; }
inline constexpr bool is_associative<How> = How::is_associative;

/// The edit of a three-way merge function: the value before, and the value after.
template <class T>
struct replaced {
  T before{};
  T after{};

  friend bool operator==(const replaced&, const replaced&) = default;
};

/// One interface to both kinds of merge function.
template <class How, class T>
struct merge_traits {
  using edit = replaced<T>;

  static constexpr edit diff(const T& before, const T& after) { return {before, after}; }
  static constexpr merge_outcome apply(T& value, const edit& e) { return merge_to(value, e.before, e.after, value); }
  /// Makes of `local` what its edit of `base` and `remote` come to.
  static constexpr merge_outcome merge(const T& base, T& local, const T& remote) { return merge_to(local, base, local, remote); }
  static constexpr void compose(edit& first, const edit& then) { first.after = then.after; }
  static constexpr edit invert(const edit& e) { return {e.after, e.before}; }

 private:
  static constexpr merge_outcome merge_to(T& merged, const T& base, const T& local, const T& remote) {
    if constexpr (counting_function<How, T>) {
      counted_merge<T> made = How::merge_counted(base, local, remote);
      merged = std::move(made.value);
      return made.overlaps != 0 ? merge_outcome::overlapping : merge_outcome::merged;
    } else {
      merged = How::merge(base, local, remote);
      return merge_outcome::merged;
    }
  }
};

template <class How, class T>
  requires edit_function<How, T>
struct merge_traits<How, T> {
  using edit = typename How::template edit<T>;

  static constexpr edit diff(const T& before, const T& after) { return How::diff(before, after); }
  static constexpr merge_outcome apply(T& value, const edit& e) {
    if constexpr (std::is_void_v<decltype(How::apply(value, e))>) {
      How::apply(value, e);
      return merge_outcome::merged;
    } else {
      return How::apply(value, e);
    }
  }
  static constexpr merge_outcome merge(const T& base, T& local, const T& remote) {
    if constexpr (merges_in_place<How, T>) {
      How::merge_in_place(base, local, remote);
      return merge_outcome::merged;
    } else {
      const edit e = diff(base, local);
      local = remote;
      return apply(local, e);
    }
  }
  static constexpr void compose(edit& first, const edit& then) { How::compose(first, then); }
  static constexpr edit invert(const edit& e) { return How::template invert<T>(e); }
};

}  // namespace syncline
