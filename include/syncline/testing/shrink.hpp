// SPDX-License-Identifier: BSL-1.0
#pragma once
// Simpler values than one that showed a fault, for any codable type: what a person wants to read of it.

#include <syncline/core/enumerators.hpp>
#include <syncline/record/field.hpp>
#include <syncline/record/value_kind.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace syncline {

/// Values that are one step simpler than `value`, the simplest first: numbers closer to 0, positive ones, whole ones;
/// texts, lists, sets and maps with less in them, or with one simpler part; an empty optional; structures with one
/// simpler field.
///
/// Guarantee: deterministic; no chain of steps goes on for ever, and none leads away from UTF-8.
/// \see MERGE-10
template <codable T>
std::vector<T> simpler_values(const T& value);

namespace internal {

template <class T>
void add_simpler_integers(T value, std::vector<T>& simpler) {
  if (value == 0) return;
  if constexpr (std::is_signed_v<T>) {
    if (value < 0 && value != std::numeric_limits<T>::min()) simpler.push_back(static_cast<T>(-value));
  }
  for (T least = 0; value > 2 && least <= 2; ++least) simpler.push_back(least);
  for (T step = value; step != 0; step = static_cast<T>(step / 2)) simpler.push_back(static_cast<T>(value - step));
  if (value > 2) simpler.push_back(static_cast<T>(value - 2));  // odd stays odd
}

// From NaN over the infinities, fractions and halves to whole numbers.
template <class T>
void add_simpler_numbers(T value, std::vector<T>& simpler) {
  const auto add = [&](T number) {
    if (!is_same_value(number, value)) simpler.push_back(number);
  };
  if (is_same_value(value, T{0})) return;
  add(0);
  if (std::isnan(value)) return add(std::numeric_limits<T>::quiet_NaN());
  if (std::signbit(value)) add(-value);
  if (std::isinf(value)) return add(std::copysign(std::numeric_limits<T>::max(), value));
  const T whole = std::trunc(value), large = 1 << 20, half = std::copysign(static_cast<T>(0.5), value);
  const T fraction = whole == value ? T{0} : half;
  if (fraction != 0) add(1), add(whole);
  if (std::abs(value) < large) {
    std::vector<std::int32_t> integers;
    add_simpler_integers(static_cast<std::int32_t>(whole), integers);
    for (const std::int32_t integer : integers) add(static_cast<T>(integer) + fraction);
  } else {
    add(std::copysign(large / 2, value));
    add(std::trunc(value / 2) + fraction);
  }
  add(whole + fraction);
}

// `whole` without a stretch: without all, without a half, a quarter, ..., without one element.
template <class Range>
void add_shorter(const Range& whole, std::vector<Range>& simpler) {
  const std::size_t count = whole.size();
  for (std::size_t size = count; size > 0; size /= 2) {
    for (std::size_t begin = 0; begin < count; begin += size) {
      Range rest = whole;
      const auto first = std::next(rest.begin(), static_cast<std::ptrdiff_t>(begin));
      rest.erase(first, std::next(first, static_cast<std::ptrdiff_t>(std::min(size, count - begin))));
      simpler.push_back(std::move(rest));
    }
  }
}

// `parts` are its characters, or its bytes; the part at `plain[0]` is the simplest.
inline void add_simpler_texts(const std::vector<std::string>& parts, const std::vector<std::string>& plain,
                              std::vector<std::string>& simpler) {
  const auto add = [&](const std::vector<std::string>& made) {
    std::string& text = simpler.emplace_back();
    for (const std::string& part : made) text += part;
  };
  std::vector<std::vector<std::string>> shorter;
  add_shorter(parts, shorter);
  for (const auto& made : shorter) add(made);
  if (parts.size() > 64) return;  // first it gets short
  for (std::size_t i = 0; i < parts.size(); ++i) {
    for (const std::string& part : plain) {
      if (part == parts[i]) break;
      auto made = parts;
      made[i] = part;
      add(made);
    }
  }
}

inline std::vector<std::string> characters_of(std::string_view text) {
  std::vector<std::string> characters;
  for (const char c : text) {
    const bool is_within = (static_cast<unsigned char>(c) & 0xC0) == 0x80 && !characters.empty();
    if (!is_within) characters.emplace_back();
    characters.back() += c;
  }
  return characters;
}

}  // namespace internal

template <codable T>
std::vector<T> simpler_values(const T& value) {
  constexpr value_kind kind = kind_of<T>;
  std::vector<T> simpler;
  if constexpr (kind == value_kind::boolean) {
    if (value) simpler.push_back(false);
  } else if constexpr (kind == value_kind::integer) {
    internal::add_simpler_integers(value, simpler);
  } else if constexpr (kind == value_kind::number) {
    internal::add_simpler_numbers(value, simpler);
  } else if constexpr (kind == value_kind::text) {
    internal::add_simpler_texts(internal::characters_of(value), {"a", "b", "c", " ", "\n"}, simpler);
  } else if constexpr (kind == value_kind::blob) {
    std::vector<std::string> parts, texts;
    for (const char c : value.bytes) parts.emplace_back(1, c);
    internal::add_simpler_texts(parts, {std::string(1, '\0'), "\1"}, texts);
    for (std::string& text : texts) simpler.push_back({std::move(text)});
  } else if constexpr (kind == value_kind::enumeration) {
    for (const T each : enumerators<T>) {
      if (each == value) return simpler;
      simpler.push_back(each);
    }
    if (!simpler.empty()) return simpler;
    for (const auto number : simpler_values(static_cast<std::underlying_type_t<T>>(value))) {
      simpler.push_back(static_cast<T>(number));
    }
  } else if constexpr (kind == value_kind::duration) {
    for (const auto count : simpler_values(value.count())) simpler.push_back(T{count});
  } else if constexpr (kind == value_kind::time) {
    for (const auto since : simpler_values(value.time_since_epoch())) simpler.push_back(T{since});
  } else if constexpr (kind == value_kind::optional) {
    if (!value) return simpler;
    simpler.push_back(T{});
    for (auto&& part : simpler_values(*value)) simpler.push_back(T{std::move(part)});
  } else if constexpr (kind == value_kind::list || kind == value_kind::array) {
    if constexpr (kind == value_kind::list) internal::add_shorter(value, simpler);
    for (std::size_t i = 0; i < value.size(); ++i) {
      for (auto&& part : simpler_values<element_of<T>>(value[i])) {
        T made = value;
        made[i] = std::move(part);
        simpler.push_back(std::move(made));
      }
    }
  } else if constexpr (kind == value_kind::set) {
    internal::add_shorter(value, simpler);
    for (const auto& element : value) {
      for (auto&& part : simpler_values(element)) {
        T made = value;
        made.erase(element);
        if (made.insert(std::move(part)).second) simpler.push_back(std::move(made));
      }
    }
  } else if constexpr (kind == value_kind::map) {
    internal::add_shorter(value, simpler);
    for (const auto& [name, element] : value) {
      for (auto&& part : simpler_values(element)) {
        T made = value;
        made.find(name)->second = std::move(part);
        simpler.push_back(std::move(made));
      }
      for (auto&& part : simpler_values(name)) {
        T made = value;
        made.erase(name);
        if (made.emplace(std::move(part), element).second) simpler.push_back(std::move(made));
      }
    }
  } else {
    for_each_field(
        [&]<std::size_t I>(std::integral_constant<std::size_t, I>, const auto& field) {
          for (auto&& part : simpler_values(value_of(field))) {
            T made = value;
            value_of(internal::at<I>(internal::references_to(made))) = std::move(part);
            simpler.push_back(std::move(made));
          }
        },
        value);
  }
  return simpler;
}

/// The simplest values that can be reached from `values`, one step after the other, with `is_wanted` true of each: a
/// counterexample that a person can read. Equal values get simpler together where that goes.
///
/// Guarantee: deterministic where `is_wanted` is; it is asked at most `most_tries` times, and no single step from the
/// result is wanted if that was enough.
/// \snippet examples/testing.cpp shrink
template <codable T, std::size_t N, class IsWanted>
std::array<T, N> shrunk(std::array<T, N> values, IsWanted&& is_wanted, std::size_t most_tries = 20'000) {
  const auto take = [&](const std::array<T, N>& made) {
    if (most_tries == 0) return false;
    --most_tries;
    if (!is_wanted(made)) return false;
    values = made;
    return true;
  };
  const auto simplify = [&](std::size_t i) {
    for (const T& part : simpler_values(values[i])) {
      std::array<T, N> alone = values, alike = values;
      std::size_t replaced = 0;
      for (T& value : alike) {
        if (!is_same_value(value, values[i])) continue;
        value = part;
        ++replaced;
      }
      alone[i] = part;
      if (take(alike) || (replaced > 1 && take(alone))) return true;
      if (most_tries == 0) return false;
    }
    return false;
  };
  for (bool is_done = false; !is_done;) {
    is_done = true;
    for (std::size_t i = 0; i < N; ++i) {
      while (simplify(i)) is_done = false;
      for (std::size_t j = i + 1; j < N && !is_same_value(values[i], T{}); ++j) {  // empty values rather come first
        if (!is_same_value(values[j], T{})) continue;
        std::array<T, N> turned = values;
        std::swap(turned[i], turned[j]);
        if (take(turned)) is_done = false;
      }
    }
  }
  return values;
}

}  // namespace syncline
