// SPDX-License-Identifier: BSL-1.0
#pragma once
// Random values and records, from nothing but their declarations: as many edge cases as ordinary values.

#include <syncline/change/field_set.hpp>
#include <syncline/core/enumerators.hpp>
#include <syncline/resolve/manual.hpp>
#include <syncline/testing/random.hpp>

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace syncline {

namespace internal {

template <class T>
inline constexpr bool holds_candidates = false;
template <class T>
inline constexpr bool holds_candidates<candidates<T>> = true;

}  // namespace internal

/// Makes random values of every codable type. Equal seeds give equal values, on every machine and compiler.
///
/// Many values are edge cases (extremes, NaN, -0.0, empty texts, text of several bytes per character, text with zeros)
/// and many come from a few that are made often, so that two sides of a conflict sometimes write the same.
/// \snippet examples/testing.cpp generate
/// \see MERGE-10
struct generator {
  explicit generator(std::uint64_t seed) : random(seed) {}

  /// A random value. An enumeration gets one of its first four enumerators, as far as they can be known.
  template <class T>
  T value();

  /// A value other than `old`, unless the type has no other or chance will not give one; of a set, map, list or
  /// structure mostly one that differs in a few places.
  template <class T>
  T another(const T& old);

  /// A record with every field given a random value, the key included.
  template <class R>
  R record() {
    R made;
    for_each_field([this](auto, auto& field) { this->fill(value_of(field)); }, made);
    return made;
  }

  /// `old` with each of `fields`, but never the key, changed with this probability.
  template <class R>
  R edited(const R& old, double probability, field_set<R> fields = field_set<R>::all()) {
    R made = old;
    fields.erase(schema<R>::key_index);
    for_each_field(
        [&]<std::size_t I>(std::integral_constant<std::size_t, I>, auto& field) {
          if (fields.contains(I) && random.chance(probability)) value_of(field) = another(value_of(field));
        },
        made);
    return made;
  }

  random_source random;

 private:
  template <class T>
  void fill(T& target) {
    target = value<T>();
  }
  template <class T>
  T integer();
  template <class T>
  T number();
  std::string text();
  std::string bytes();
  // How many elements: few.
  std::size_t count() { return static_cast<std::size_t>(random.below(random.chance(0.05) ? 40 : 5)); }
  // What can stand in a set: equal to itself.
  template <class T>
  T element();
};

template <class T>
T generator::integer() {
  using limits = std::numeric_limits<T>;
  switch (random.below(6)) {
    case 0: {
      constexpr T edges[]{limits::min(), limits::max(), static_cast<T>(limits::min() + 1), static_cast<T>(limits::max() - 1)};
      return edges[random.below(4)];
    }
    case 1: {  // where a varint grows by a byte, plain or zigzag
      const std::uint64_t power = std::uint64_t{1} << random.below(64);
      return static_cast<T>(power - random.below(2));
    }
    case 2: return static_cast<T>(random());
    case 3: return static_cast<T>(0 - random.below(3));
    default: return static_cast<T>(random.below(4));
  }
}

template <class T>
T generator::number() {
  using limits = std::numeric_limits<T>;
  switch (random.below(4)) {
    case 0: {
      constexpr T edges[]{T{0},          -T{0},         limits::infinity(), -limits::infinity(), limits::quiet_NaN(),
                          limits::min(), limits::max(), limits::lowest(),   limits::denorm_min(), limits::epsilon()};
      return edges[random.below(10)];
    }
    case 1:
      if constexpr (sizeof(T) == 8) {
        return std::bit_cast<T>(random());
      } else {
        return std::bit_cast<T>(static_cast<std::uint32_t>(random()));
      }
    default: return static_cast<T>(static_cast<std::int64_t>(random.below(2001)) - 1000) / 8;
  }
}

inline std::string generator::text() {
  static constexpr std::string_view often[]{"", "a", "b", "easy", "tempo", "long run", "a\nb", "\"\\/", "0", "null"};
  static constexpr std::string_view characters[]{"x", "\x7F", "\xC2\x80", "\xC3\xA9", "\xDF\xBF", "\xE0\xA0\x80",
                                                 "\xE2\x82\xAC", "\xED\x9F\xBF", "\xEF\xBF\xBF", "\xF0\x90\x80\x80",
                                                 "\xF0\x9F\x9A\xB4", "\xF4\x8F\xBF\xBF"};
  if (random.chance(0.5)) return std::string(often[random.below(std::size(often))]);
  std::string made;
  const std::size_t size = random.chance(0.05) ? static_cast<std::size_t>(random.below(400)) : count() * 3;
  for (std::size_t i = 0; i < size; ++i) {
    if (random.chance(0.7)) {
      made += static_cast<char>('a' + random.below(26));
    } else if (random.chance(0.1)) {
      made += '\0';
    } else {
      made += characters[random.below(std::size(characters))];
    }
  }
  return made;
}

inline std::string generator::bytes() {
  std::string made(random.chance(0.05) ? random.below(400) : random.below(12), '\0');
  for (char& c : made) c = static_cast<char>(random.below(256));
  return made;
}

template <class T>
T generator::element() {
  for (;;) {
    T made = value<T>();
    if constexpr (std::equality_comparable<T>) {
      if (!(made == made)) continue;  // a NaN has no place in an order
    }
    return made;
  }
}

template <class T>
T generator::value() {
  static_assert(codable<T>, "[syncline] generator::value<T>: T cannot be coded, so nothing can be made from its declaration");
  constexpr value_kind kind = kind_of<T>;
  if constexpr (kind == value_kind::boolean) {
    return random.chance(0.5);
  } else if constexpr (kind == value_kind::integer) {
    return integer<T>();
  } else if constexpr (kind == value_kind::number) {
    return number<T>();
  } else if constexpr (kind == value_kind::text) {
    return text();
  } else if constexpr (kind == value_kind::blob) {
    return T{bytes()};
  } else if constexpr (kind == value_kind::enumeration) {
    const std::uint64_t which = random.below(std::is_same_v<std::underlying_type_t<T>, bool> ? 2 : 4);
    return enumerators<T>.empty() ? static_cast<T>(which) : enumerators<T>[which % enumerators<T>.size()];
  } else if constexpr (kind == value_kind::duration) {
    return T{integer<typename T::rep>()};
  } else if constexpr (kind == value_kind::time) {
    return T{value<typename T::duration>()};
  } else if constexpr (kind == value_kind::optional) {
    if (random.chance(0.3)) return T{};
    return T{value<element_of<T>>()};
  } else if constexpr (kind == value_kind::list) {
    T made;
    for (std::size_t i = count(); i > 0; --i) made.push_back(value<element_of<T>>());
    return made;
  } else if constexpr (kind == value_kind::set) {
    T made;
    for (std::size_t i = count(); i > 0; --i) made.insert(element<element_of<T>>());
    return made;
  } else if constexpr (kind == value_kind::map) {
    T made;
    for (std::size_t i = count(); i > 0; --i) {
      made.insert_or_assign(element<typename T::key_type>(), value<typename T::mapped_type>());
    }
    return made;
  } else if constexpr (kind == value_kind::array) {
    T made;
    for (auto& one : made) one = value<element_of<T>>();
    return made;
  } else if constexpr (internal::holds_candidates<T>) {
    T made;
    made = value<typename T::value_type>();
    return made;
  } else {
    T made{};
    for_each_field([this](auto, auto& field) { this->fill(value_of(field)); }, made);
    return made;
  }
}

template <class T>
T generator::another(const T& old) {
  constexpr value_kind kind = kind_of<T>;
  for (int attempt = 0; attempt < 20; ++attempt) {
    T made = old;
    if constexpr (internal::holds_candidates<T>) {  // people decide, and write nothing else
      made = value<typename T::value_type>();
    } else if (random.chance(0.2)) {
      made = value<T>();
    } else if constexpr (kind == value_kind::boolean) {
      made = !old;
    } else if constexpr (kind == value_kind::list) {
      const auto at = made.begin() + static_cast<std::ptrdiff_t>(random.below(made.size() + 1));
      if (at == made.end() || random.chance(0.4)) {
        made.insert(at, value<element_of<T>>());
      } else if (random.chance(0.5)) {
        made.erase(at);
      } else {
        *at = value<element_of<T>>();
      }
    } else if constexpr (kind == value_kind::set || kind == value_kind::map) {
      if (made.empty() || random.chance(0.5)) {
        if constexpr (kind == value_kind::set) {
          made.insert(element<element_of<T>>());
        } else {
          made.insert_or_assign(element<typename T::key_type>(), value<typename T::mapped_type>());
        }
      } else {
        made.erase(std::next(made.begin(), static_cast<std::ptrdiff_t>(random.below(made.size()))));
      }
    } else if constexpr (kind == value_kind::structure) {
      const std::uint64_t which = random.below(field_count<T>);
      for_each_field(
          [&]<std::size_t I>(std::integral_constant<std::size_t, I>, auto& field) {
            if (which == I) value_of(field) = another(value_of(field));
          },
          made);
    } else {
      made = value<T>();
    }
    if (!is_same_value(made, old)) return made;
  }
  return old;
}

namespace internal {

/// Makes values of which most differ from the one before in a few places, as edits do.
template <class T>
auto history_of(generator& from) {
  return [&from, last = from.template value<T>()]() mutable -> T {
    return last = from.random.chance(0.3) ? from.template value<T>() : from.another(last);
  };
}

}  // namespace internal

}  // namespace syncline
