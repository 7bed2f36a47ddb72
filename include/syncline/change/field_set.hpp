// SPDX-License-Identifier: BSL-1.0
#pragma once
// A set of a record's fields, in one machine word.

#include <syncline/record/schema.hpp>

#include <bit>
#include <cstdint>

namespace syncline {

/// A set of fields of `R`: bit I stands for field I.
///
/// \snippet examples/change.cpp field-set
template <class R>
class field_set {
 public:
  constexpr field_set() = default;
  constexpr explicit field_set(std::uint64_t bits) noexcept : bits_(bits) {}

  template <std::size_t... I>
  static constexpr field_set of(internal::field_tag<R, I>...) noexcept {
    return field_set{((std::uint64_t{1} << I) | ... | std::uint64_t{0})};
  }
  static constexpr field_set all() noexcept { return field_set{~std::uint64_t{0} >> (64 - schema<R>::size)}; }

  constexpr bool contains(std::size_t index) const noexcept { return (bits_ >> index & 1) != 0; }
  constexpr bool empty() const noexcept { return bits_ == 0; }
  constexpr std::size_t size() const noexcept { return static_cast<std::size_t>(std::popcount(bits_)); }
  constexpr std::uint64_t bits() const noexcept { return bits_; }
  /// \pre !empty()
  constexpr std::size_t first() const noexcept { return static_cast<std::size_t>(std::countr_zero(bits_)); }

  constexpr void insert(std::size_t index) noexcept { bits_ |= std::uint64_t{1} << index; }
  constexpr void erase(std::size_t index) noexcept { bits_ &= ~(std::uint64_t{1} << index); }

  friend constexpr field_set operator|(field_set a, field_set b) noexcept { return field_set{a.bits_ | b.bits_}; }
  friend constexpr field_set operator&(field_set a, field_set b) noexcept { return field_set{a.bits_ & b.bits_}; }
  friend constexpr field_set operator-(field_set a, field_set b) noexcept { return field_set{a.bits_ & ~b.bits_}; }
  constexpr field_set& operator|=(field_set other) noexcept { return *this = *this | other; }
  constexpr field_set& operator-=(field_set other) noexcept { return *this = *this - other; }
  friend constexpr bool operator==(field_set, field_set) = default;

  /// Calls `use(index)` for each field in the set, in order of declaration.
  template <class Use>
  constexpr void for_each(Use&& use) const {
    for (std::uint64_t rest = bits_; rest != 0; rest &= rest - 1) use(static_cast<std::size_t>(std::countr_zero(rest)));
  }

 private:
  std::uint64_t bits_ = 0;
};

/// The fields that code acting for `Who` may change in a record that exists.
template <class R, role Who>
inline constexpr field_set<R> editable{
    schema<R>::fields_where([]<class P>() { return policy::may_edit<P, Who>; })};

/// The fields that code acting for `Who` may give a value when it creates a record, the key included.
template <class R, role Who>
inline constexpr field_set<R> creatable{
    schema<R>::fields_where([]<class P>() { return policy::may_create<P, Who>; })};

namespace internal {

// One of each for all records.
inline constexpr auto is_stamped_policy = []<class P>() { return policy::is_stamped<P>; };
inline constexpr auto is_series_policy = []<class P>() { return policy::is_chunked<P>; };
inline constexpr auto is_merge_policy = []<class P>() { return policy::is_merge<P>; };

}  // namespace internal

/// The fields whose stamps decide.
template <class R>
inline constexpr field_set<R> stamped{schema<R>::fields_where(internal::is_stamped_policy)};

/// The fields that hold a series.
template <class R>
inline constexpr field_set<R> series_fields{schema<R>::fields_where(internal::is_series_policy)};

/// The fields that are merged by a function.
template <class R>
inline constexpr field_set<R> merged{schema<R>::fields_where(internal::is_merge_policy)};

}  // namespace syncline
