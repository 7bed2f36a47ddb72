// SPDX-License-Identifier: BSL-1.0
#pragma once
// How each field of a resolved record was decided, and what collects it field by field.

#include <syncline/change/field_set.hpp>
#include <syncline/change/stamp.hpp>
#include <syncline/record/merge_function.hpp>
#include <syncline/record/role.hpp>
#include <syncline/resolve/decide.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace syncline {

/// How each field of a record came to its value when two sides had changed it. Nothing is dropped that is not in here.
///
/// \see MERGE-1, MERGE-8
template <class R>
struct decisions {
  field_set<R> local{};    ///< fields whose value is the local side's
  field_set<R> remote{};   ///< fields that the remote side changed and whose value is the remote side's
  field_set<R> both{};     ///< fields whose value a merge function made of both
  field_set<R> dropped{};  ///< fields of which something is in `lost`
  R lost{};  ///< values that did not win; of a merged field what it would be with the part of the local edit that was
             ///< withheld, or what a local decision wanted that came too late; fields outside `dropped` are unspecified
  std::array<rule, field_count<R>> rules{};  ///< of the fields in `local`, `remote` and `both`; others unspecified
  rule withheld = rule::server_owned;  ///< why parts of local edits were, of those merged fields that have owners

  /// Whose write of a field in `dropped` is in `lost`, and why it does not stand.
  constexpr side loser(std::size_t field) const noexcept {
    return local.contains(field) ? side::remote : side::local;
  }
  constexpr rule why_lost(std::size_t field) const noexcept {
    return merged<R>.contains(field) && rules[field] != rule::settled ? withheld : rules[field];
  }
};

namespace internal {

/// What a resolution knows so far, and where it writes.
struct outcomes {
  stamp* stamps;
  rule* rules;
  std::uint64_t local = 0, remote = 0, both = 0, dropped = 0;

  constexpr void set_local(std::size_t index, rule why) noexcept {
    rules[index] = why;
    local |= std::uint64_t{1} << index;
  }
  constexpr void set_remote(std::size_t index, rule why) noexcept {
    rules[index] = why;
    remote |= std::uint64_t{1} << index;
  }
  constexpr void set_dropped(std::size_t index) noexcept { dropped |= std::uint64_t{1} << index; }

  /// What came of an edit of a field with a merge function.
  constexpr void set_merged(std::size_t index, merge_outcome outcome) {
    rules[index] = outcome == merge_outcome::overlapping ? rule::overlapping : rule::merged;
    both |= std::uint64_t{1} << index;
  }
  /// The same; an edit that came too late is lost.
  template <class How, class Edit, class T>
  constexpr void set_merged(std::size_t index, merge_outcome outcome, const Edit& edit, T& lost_value) {
    if constexpr (requires { How::wanted(edit); }) {
      if (outcome == merge_outcome::too_late) {
        lost_value = How::wanted(edit);
        set_dropped(index);
        return set_remote(index, rule::settled);
      }
    }
    set_merged(index, outcome);
  }

  /// Puts of an edit what `who` may write into a value with owners; what that would be with all of it goes to `lost`.
  template <class How, class T>
  SYNCLINE_NOINLINE constexpr void put_allowed(std::size_t index, typename merge_traits<How, T>::edit edit, role who,
                                               bool unseen, T& present, T& lost_value) {
    using traits = merge_traits<How, T>;
    const auto refused = How::withhold(edit, who);
    const bool is_part = !How::is_nothing(refused);
    const merge_outcome outcome = traits::apply(present, edit);
    bool is_lost = false;
    if (is_part) {
      T wanted = present;
      traits::apply(wanted, refused);
      is_lost = !is_same_value(wanted, present);
      if (is_lost) {
        lost_value = std::move(wanted);
        set_dropped(index);
      }
    }
    if (is_part && How::is_nothing(edit)) {
      const rule why = who == role::client ? rule::server_owned : rule::client_owned;
      return set_remote(index, is_lost ? why : rule::same_value);
    }
    if (!unseen && !is_part) return set_local(index, rule::alone);
    set_merged(index, outcome);
  }

  template <class R>
  SYNCLINE_INLINE constexpr void store(decisions<R>& how) const noexcept {
    how.local = field_set<R>{local};
    how.remote = field_set<R>{remote};
    how.both = field_set<R>{both};
    how.dropped = field_set<R>{dropped};
  }
};

}  // namespace internal

}  // namespace syncline
