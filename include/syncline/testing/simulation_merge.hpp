// SPDX-License-Identifier: BSL-1.0
#pragma once
// What a person's write has to come to where others wrote too, said as plainly as it can be.

#include <syncline/record/merge_function.hpp>
#include <syncline/record/value_kind.hpp>
#include <syncline/resolve/counter.hpp>
#include <syncline/resolve/manual.hpp>
#include <syncline/resolve/set_edits.hpp>
#include <syncline/wire/encode.hpp>

#include <cstdint>
#include <string_view>
#include <type_traits>

namespace syncline::naive {

/// What the merge function `How` has to make of a person's write, `before` to `after`, where the value is `value`.
template <class How, class T>
void merge_step(T& value, const T& before, const T& after) {
  if constexpr (std::is_same_v<How, counter>) {
    using bits = std::make_unsigned_t<T>;
    value = static_cast<T>(static_cast<bits>(static_cast<bits>(value) + static_cast<bits>(after) - static_cast<bits>(before)));
  } else if constexpr (std::is_same_v<How, set_edits>) {
    for (const auto& element : before) {
      if (!after.contains(element)) value.erase(element);
    }
    for (const auto& element : after) {
      if (!before.contains(element)) value.insert(element);
    }
  } else if constexpr (edit_function<How, T>) {
    How::apply(value, How::diff(before, after));
  } else {
    value = How::merge(before, after, T(value));
  }
}

/// Whether a person's write, `before` to `after`, decided a conflict of which nothing is left in `present`: another decision
/// was first, and it was another value.
template <class T>
bool is_late_decision(const candidates<T>& present, const candidates<T>& before, const candidates<T>& after) {
  if (!before.in_conflict() || after.in_conflict()) return false;
  for (const candidate<T>& there : present.all()) {
    if (is_same_value(there.value, after.visible.value)) return false;
    for (const candidate<T>& seen : before.all()) {
      if (there.order == seen.order && is_same_value(there.value, seen.value)) return false;
    }
  }
  return !present.all().empty();
}

/// Whether the first of two writes that had not seen each other stands, as DESIGN.md has it for last write wins: the
/// later one, then the higher device, then the greater value. \see PROTOCOL 15
template <class T>
bool first_stands(std::uint64_t ticks, std::string_view device, const T& value, std::uint64_t other_ticks,
                  std::string_view other_device, const T& other) {
  if (ticks != other_ticks) return ticks > other_ticks;
  if (device != other_device) return device > other_device;
  return encode(value) > encode(other);
}

}  // namespace syncline::naive
