// SPDX-License-Identifier: BSL-1.0
#pragma once
// Values for the records that benchmarks/generate_widths declares, and the edits of two sides: 3 fields each, 1 of them
// on both; of a record of 4 fields 2 each.

#include "activity.hpp"
#include "hand_steps.hpp"

#include <syncline/resolve.hpp>

#include <generated_widths.hpp>  // written by the build

#include <concepts>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace bench {

inline void fill(std::string& value, std::uint64_t seed) { value = text("Legs heavy ", seed, 24); }
template <class T>
  requires std::is_arithmetic_v<T>
void fill(T& value, std::uint64_t seed) {
  value = static_cast<T>(seed % 977 + 1);
}
inline void fill(bool& value, std::uint64_t seed) { value = seed % 2 != 0; }
template <class T>
void fill(std::optional<T>& value, std::uint64_t seed) {
  fill(value.emplace(), seed);
}
inline void fill(std::vector<std::string>& value, std::uint64_t) { value = {"commute", "winter"}; }
inline void fill(std::set<std::string>& value, std::uint64_t) { value = {"commute", "hills", "long", "winter"}; }

inline void edit(std::string& value, std::uint64_t seed) { value = text("Rain again ", seed, 24); }
template <class T>
  requires std::is_arithmetic_v<T>
void edit(T& value, std::uint64_t seed) {
  value = static_cast<T>(value + static_cast<T>(seed % 7 + 1));
}
inline void edit(bool& value, std::uint64_t) { value = !value; }
template <class T>
void edit(std::optional<T>& value, std::uint64_t seed) {
  edit(*value, seed);
}
inline void edit(std::vector<std::string>& value, std::uint64_t seed) { value.push_back(text("tag ", seed, 10)); }
inline void edit(std::set<std::string>& value, std::uint64_t seed) {
  value.erase(seed % 2 != 0 ? "hills" : "long");
  value.insert(text("tag ", seed, 10));
}

template <class R>
inline constexpr syncline::field_set<R> edited_here{syncline::field_count<R> > 6 ? 0b0010110u : 0b0110u};
template <class R>
inline constexpr syncline::field_set<R> edited_there{syncline::field_count<R> > 6 ? 0b1001010u : 0b1010u};

/// Record number `i`, as both sides knew it.
template <class R>
R filled(std::uint64_t i) {
  R made;
  syncline::for_each_field([&](auto at, auto& field) { fill(field.value, i + at); }, made);
  made.id = text("5e0f77c2-", i, 36);
  return made;
}

/// Edits `fields`; another `seed` makes other edits.
template <class R>
void edit_fields(R& record, syncline::field_set<R> fields, std::uint64_t seed) {
  syncline::for_each_field(
      [&](auto at, auto& field) {
        if (fields.contains(at)) edit(field.value, seed);
      },
      record);
}

/// Copies `fields` alone.
template <class R>
void copy_fields(R& to, const R& from, syncline::field_set<R> fields) {
  syncline::for_each_field(
      [&](auto at, auto& a, const auto& b) {
        if (fields.contains(at)) a.value = b.value;
      },
      to, from);
}

/// Records that two sides edited, and the way back after a merge.
template <class R>
class edited_records {
 public:
  explicit edited_records(std::size_t count, std::size_t first = 0) {
    for (std::size_t i = 0; i < count; ++i) {
      base.push_back(filled<R>(first + i));
      edited.push_back(base.back()), remote.push_back(base.back());
      edit_fields(edited.back(), edited_here<R>, first + i);
      edit_fields(remote.back(), edited_there<R>, first + i + 3);
    }
    local = edited;
    at_local.assign(count, edited_at), at_remote.assign(count, stamps_of(edited_there<R>, 9500, "phone"));
  }

  /// Puts back what a merge overwrites.
  void restore(std::size_t i) {
    copy_fields(local[i], edited[i], edited_here<R> | edited_there<R>);
    (edited_here<R> | edited_there<R>).for_each([&](std::size_t f) { at_local[i][f] = edited_at[f]; });
  }
  std::size_t size() const { return base.size(); }

  std::vector<R> base, edited, local, remote;
  std::vector<syncline::stamps<R>> at_local, at_remote;
  syncline::decisions<R> how;

 private:
  syncline::stamps<R> edited_at = stamps_of(edited_here<R>, 9000, "watch");
};

}  // namespace bench
