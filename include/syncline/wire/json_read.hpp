// SPDX-License-Identifier: BSL-1.0
#pragma once
// Values, records and deltas out of JSON that may be anything, and out of what a person types for a field.

#include <syncline/wire/json_cursor.hpp>
#include <syncline/wire/json_write.hpp>

#include <charconv>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace syncline {

/// How JSON is read.
struct json_options {
  bool ignore_unknown = false;  ///< members that a structure has no field for are left out instead of refused
};

namespace internal {

template <class T>
std::string expected_name();

SYNCLINE_NOINLINE inline std::string whole_number_between(std::int64_t least, std::uint64_t most) {
  return "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
}

/// What a value of `T` looks like, for messages.
template <class T>
std::string expected_name() {
  constexpr value_kind kind = kind_of<T>;
  if constexpr (std::is_same_v<T, chunk_digest>) {
    return "a digest of 32 hexadecimal digits";
  } else if constexpr (kind == value_kind::boolean) {
    return "true or false";
  } else if constexpr (kind == value_kind::integer) {
    return whole_number_between(static_cast<std::int64_t>(std::numeric_limits<T>::min()),
                                static_cast<std::uint64_t>(std::numeric_limits<T>::max()));
  } else if constexpr (kind == value_kind::number) {
    return "a number";
  } else if constexpr (kind == value_kind::text) {
    return "a text";
  } else if constexpr (kind == value_kind::enumeration) {
    std::string names;
    for (const std::string_view name : names_of<T>) {
      if (!name.empty()) names.append(names.empty() ? "" : ", ").append(name);
    }
    if (names.empty()) {
      for (const T each : enumerators<T>) {
        names.append(names.empty() ? "" : ", ").append(std::to_string(static_cast<std::underlying_type_t<T>>(each)));
      }
    }
    return names.empty() ? expected_name<std::underlying_type_t<T>>() : "one of " + names;
  } else if constexpr (kind == value_kind::duration) {
    return expected_name<typename T::rep>();
  } else if constexpr (kind == value_kind::time) {
    return "a time such as 2026-11-21T08:00:00Z";
  } else if constexpr (kind == value_kind::blob) {
    return "a text in base64";
  } else if constexpr (kind == value_kind::optional) {
    return expected_name<element_of<T>>() + " or null";
  } else if constexpr (kind == value_kind::array) {
    return "a list of " + std::to_string(std::tuple_size_v<T>) + " values";
  } else if constexpr (kind == value_kind::structure || is_text_map<T>) {
    return "an object such as {\"name\": value}";
  } else if constexpr (kind == value_kind::map) {
    return "a list of pairs such as [[key, value]]";
  } else {
    return "a list such as [value, value]";
  }
}

/// The number that `written` is, or nothing; 7.0 and 7e0 are the whole number 7.
template <class Number>
SYNCLINE_NOINLINE std::optional<Number> number_in(std::string_view written) {
  Number number{};
  const char* const end = written.data() + written.size();
  const auto plain = std::from_chars(written.data(), end, number);
  if (plain.ec == std::errc{} && plain.ptr == end) return number;
  if constexpr (std::is_integral_v<Number>) {
    if (plain.ec == std::errc::result_out_of_range || written.find_first_of(".eE") == std::string_view::npos) return {};
    const std::optional<double> real = number_in<double>(written);
    if (!real || std::abs(*real) > 9007199254740992.0 || std::trunc(*real) != *real) return {};  // exact up to 2^53
    const auto whole = static_cast<std::int64_t>(*real);
    if (std::in_range<Number>(whole)) return static_cast<Number>(whole);
  }
  return {};
}

template <std::integral T>
void read_integer(json_cursor& in, T& value, std::string (*expected)()) {
  using wide_number = std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>;
  const std::string_view written = in.skip();
  const std::optional<wide_number> number = number_in<wide_number>(written);
  if (!number || *number < wide_number{std::numeric_limits<T>::min()} ||
      *number > wide_number{std::numeric_limits<T>::max()}) {
    in.refuse(written, expected());
    return;
  }
  value = static_cast<T>(*number);
}

template <class T>
SYNCLINE_NOINLINE void read_real(json_cursor& in, T& value) {
  const std::string_view written = in.skip();
  if (written == "\"NaN\"") {
    value = std::numeric_limits<T>::quiet_NaN();
  } else if (written == "\"Infinity\"") {
    value = std::numeric_limits<T>::infinity();
  } else if (written == "\"-Infinity\"") {
    value = -std::numeric_limits<T>::infinity();
  } else if (const std::optional<T> number = number_in<T>(written)) {
    value = *number;
  } else {
    in.refuse(written, sizeof(T) == 8 ? "a number of at most 1.8e308" : "a number of at most 3.4e38");
  }
}

/// Steps over a text and gives it, or refuses another value.
SYNCLINE_NOINLINE inline bool read_text(json_cursor& in, std::string& text, std::string (*expected)()) {
  if (in.peek() == '"') {
    in.read_text(text);
    return true;
  }
  in.refuse(in.skip(), expected());
  return false;
}

SYNCLINE_NOINLINE inline bool take_base64(std::string_view text, std::string& bytes) {
  bytes.clear();
  if (text.size() % 4 != 0) return false;
  for (std::size_t i = 0; i < text.size(); i += 4) {
    std::uint32_t group = 0;
    const std::size_t used = !text.ends_with('=') || i + 4 != text.size() ? 4 : text.ends_with("==") ? 2 : 3;
    for (std::size_t j = 0; j < 4; ++j) {
      const char c = text[i + j];
      const int digit = c >= 'A' && c <= 'Z'   ? c - 'A'
                        : c >= 'a' && c <= 'z' ? c - 'a' + 26
                        : c >= '0' && c <= '9' ? c - '0' + 52
                        : c == '+'             ? 62
                        : c == '/'             ? 63
                        : j >= used            ? 0
                                               : -1;
      if (digit < 0) return false;
      group = group << 6 | static_cast<std::uint32_t>(digit);
    }
    for (std::size_t j = 0; j < 3; ++j) {
      const auto byte = static_cast<unsigned char>(group >> (16 - 8 * j));
      if (j + 1 < used) {
        bytes += static_cast<char>(byte);
      } else if (byte != 0) {
        return false;  // bits that no byte holds: another text for the same bytes
      }
    }
  }
  return true;
}

SYNCLINE_NOINLINE inline bool take_digest(std::string_view text, chunk_digest& digest) {
  if (text.size() != 2 * digest.bytes.size()) return false;
  for (std::size_t i = 0; i < digest.bytes.size(); ++i) {
    const auto [end, wrong] = std::from_chars(text.data() + 2 * i, text.data() + 2 * i + 2, digest.bytes[i], 16);
    if (wrong != std::errc{} || end != text.data() + 2 * i + 2) return false;
  }
  return true;
}

template <class T>
void read_value(json_cursor& in, T& value);

/// Calls `read(name)` before the value of each member of an object.
template <class Read>
void read_members(json_cursor& in, std::string (*expected)(), Read read) {
  if (!in.take('{')) return in.refuse(in.skip(), expected());
  std::string name;
  while (!in.failed() && !in.take('}')) {
    in.read_text(name);
    json_cursor::inside member(in, name);
    read(name);
  }
}

/// Calls `read(index)` before each element of an array.
template <class Read>
void read_elements(json_cursor& in, std::string (*expected)(), Read read) {
  if (!in.take('[')) return in.refuse(in.skip(), expected());
  for (std::size_t i = 0; !in.failed() && !in.take(']'); ++i) {
    json_cursor::inside element(in, i);
    read(i);
  }
}

/// Which field of `S` is called `name`, looking from `hint` on since members mostly come in order; the number of fields
/// where none is.
template <class S>
SYNCLINE_NOINLINE std::size_t index_of_field(std::string_view name, std::size_t hint) {
  constexpr std::size_t count = field_count<S>;
  static constexpr std::array<std::string_view, count> names = []<std::size_t... I>(std::index_sequence<I...>) {
    return std::array<std::string_view, count>{field_name<S, I>...};
  }
  (std::make_index_sequence<count>{});
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = (hint + i) % count;
    if (names[at] == name) return at;
  }
  return count;
}

/// Reads an object whose members are fields of `S`, by `read(index)`.
template <class S, class Read>
void read_fields(json_cursor& in, Read read) {
  std::uint64_t seen = 0;
  std::size_t next = 0;
  read_members(in, &expected_name<S>, [&](const std::string& name) {
    const std::size_t index = index_of_field<S>(name, next);
    if (index == field_count<S>) {
      if (in.ignores_unknown()) return void(in.skip());
      return in.fail(error_code::invalid_value, "is not a field of '" + std::string(type_name<S>) + "'");
    }
    if ((seen >> index & 1) != 0) return in.fail(error_code::invalid_value, "is given twice");
    seen |= std::uint64_t{1} << index;
    next = index + 1;
    read(index);
  });
}

template <class T>
void read_structure(json_cursor& in, T& value) {
  read_fields<T>(in, [&](std::size_t index) {
    for_each_field(
        [&]<std::size_t I>(std::integral_constant<std::size_t, I>, auto& field) {
          if (index == I) read_value(in, value_of(field));
        },
        value);
  });
}

template <class T>
void read_map(json_cursor& in, T& value) {
  value.clear();
  const auto add = [&](typename T::key_type&& name) -> typename T::mapped_type* {
    if (!in.afford(sizeof(typename T::value_type) + 32)) return nullptr;
    const auto [at, is_new] = value.try_emplace(std::move(name));
    if (!is_new) in.fail(error_code::invalid_value, "is given twice");
    return is_new ? &at->second : nullptr;
  };
  if constexpr (is_text_map<T>) {
    read_members(in, &expected_name<T>, [&](const std::string& name) {
      if (auto* element = add(std::string(name))) read_value(in, *element);
    });
  } else {
    read_elements(in, &expected_name<T>, [&](std::size_t) {
      if (!in.take('[')) return in.refuse(in.skip(), "a pair such as [key, value]");
      typename T::key_type name{};
      if (in.peek() != ']') read_value(in, name);
      if (in.failed()) return;
      if (in.peek() == ']') return in.refuse("too short", "a pair such as [key, value]");
      if (auto* element = add(std::move(name))) read_value(in, *element);
      if (!in.failed() && !in.take(']')) in.refuse("too long", "a pair such as [key, value]");
    });
  }
}

template <class T>
void read_range(json_cursor& in, T& value) {
  constexpr value_kind kind = kind_of<T>;
  using element_type = element_of<T>;
  if constexpr (kind == value_kind::array) {
    std::size_t count = 0;
    read_elements(in, &expected_name<T>, [&](std::size_t i) {
      if (i >= value.size()) return in.refuse("one too many", expected_name<T>());
      read_value(in, value[i]);
      count = i + 1;
    });
    if (count < value.size()) in.refuse("too short", expected_name<T>());
  } else {
    value.clear();
    read_elements(in, &expected_name<T>, [&](std::size_t) {
      if (!in.afford(sizeof(element_type) + (kind == value_kind::set ? 32 : 0))) return;
      element_type element{};
      read_value(in, element);
      if (in.failed()) return;
      if constexpr (kind == value_kind::set) {
        if (!value.insert(std::move(element)).second) in.fail(error_code::invalid_value, "is in the set twice");
      } else {
        value.push_back(std::move(element));
      }
    });
  }
}

template <class T>
void read_enumeration(json_cursor& in, T& value) {
  if (!has_names<T> || in.peek() != '"') {
    std::underlying_type_t<T> number{};
    if constexpr (std::is_same_v<decltype(number), bool>) {
      read_value(in, number);
    } else {
      read_integer(in, number, &expected_name<T>);
      if (in.failed()) return;
      const bool is_empty = number == 0;  // what a record that nobody filled in has
      if (!is_empty && !may_be_enumerator(static_cast<T>(number))) {
        return in.refuse(std::to_string(number), expected_name<T>());
      }
    }
    value = static_cast<T>(number);
    return;
  }
  std::string name;
  in.read_text(name);
  for (std::size_t i = 0; i < most_names; ++i) {
    if (!name.empty() && names_of<T>[i] == name) {
      value = static_cast<T>(static_cast<std::underlying_type_t<T>>(i));
      return;
    }
  }
  in.refuse('"' + name + '"', expected_name<T>());
}

template <class T>
SYNCLINE_NOINLINE void read_value(json_cursor& in, T& value) {
  constexpr value_kind kind = kind_of<T>;
  if constexpr (std::is_same_v<T, json_fragment>) {
    value.text = in.skip();
  } else if constexpr (std::is_same_v<T, chunk_digest>) {
    std::string text;
    if (read_text(in, text, &expected_name<T>) && !take_digest(text, value))
      in.refuse('"' + text + '"', expected_name<T>());
  } else if constexpr (kind == value_kind::boolean) {
    const std::string_view written = in.skip();
    if (written != "true" && written != "false") in.refuse(written, expected_name<T>());
    value = written == "true";
  } else if constexpr (kind == value_kind::integer) {
    read_integer(in, value, &expected_name<T>);
  } else if constexpr (kind == value_kind::number) {
    read_real(in, value);
  } else if constexpr (kind == value_kind::text) {
    read_text(in, value, &expected_name<T>);
  } else if constexpr (kind == value_kind::enumeration) {
    read_enumeration(in, value);
  } else if constexpr (kind == value_kind::duration) {
    typename T::rep count{};
    read_integer(in, count, &expected_name<T>);
    value = T{count};
  } else if constexpr (kind == value_kind::time) {
    std::string text;
    if (!read_text(in, text, &expected_name<T>)) return;
    const result<T> time = parse_time<T>(text);
    if (!time) return in.fail(error_code::invalid_value, "is wrong: " + time.error().message);
    value = *time;
  } else if constexpr (kind == value_kind::blob) {
    std::string text;
    if (read_text(in, text, &expected_name<T>) && !take_base64(text, value.bytes)) {
      in.refuse('"' + text + '"', expected_name<T>());
    }
  } else if constexpr (kind == value_kind::optional) {
    if (in.peek() == 'n') {
      in.skip();
      value.reset();
    } else {
      if (!value) value.emplace();
      read_value(in, *value);
    }
  } else if constexpr (kind == value_kind::structure) {
    read_structure(in, value);
  } else if constexpr (kind == value_kind::map) {
    read_map(in, value);
  } else {
    read_range(in, value);
  }
}

template <class R>
void read_delta(json_cursor& in, delta<R>& change) {
  change = {};
  read_fields<R>(in, [&](std::size_t index) {
    if (index == schema<R>::key_index) {
      return in.fail(error_code::invalid_value, "is the key, which no change may touch");
    }
    change.fields.insert(index);
    for_each_field(
        [&]<std::size_t I>(std::integral_constant<std::size_t, I>, auto& field) {
          if (index != I) return;
          if constexpr (is_merged<R, I>) {
            read_value(in, change.template edit<I>());
          } else {
            read_value(in, value_of(field));
          }
        },
        change.values);
  });
}

}  // namespace internal

/// Reads a value, a record or a delta out of JSON, as `write_json` writes it. Fields of a structure that the text does
/// not mention keep what `value` has; a delta begins empty. On an error `value` holds anything valid.
///
/// It also takes: members in any order, 7.0 where 7 is meant, the elements of a set in any order, times with an offset,
/// numbers for enumerators. It refuses an element or a key that is given twice, and a number but 0 that is no
/// enumerator, as far as `may_be_enumerator` knows; bytes may hold such a number, from a newer writer.
///
/// \return nothing, or one sentence: which field, what was found and what was expected; a text over 10 MiB, nested more
/// than 64 deep, or whose elements would take over 64 times its size (and 1 MiB) in memory, is too_large
/// Guarantee: reads every text without undefined behaviour. Complexity: linear. \see WIRE-2, SEC-4
template <class T>
result<void> from_json_into(std::string_view text, T& value, json_options options = {}) {
  if (auto is_json = internal::judge_json(text); !is_json) return is_json;
  internal::json_cursor in(text, options.ignore_unknown);
  if constexpr (internal::is_delta<T>) {
    internal::read_delta(in, value);
    return in.finish("a delta");
  } else {
    static_assert(codable<T>, "[syncline] this type cannot be read from JSON: use codable values, records and deltas");
    internal::read_value(in, value_of(value));
    return in.finish(type_name<T>);
  }
}

/// Reads a value, a record or a delta out of JSON: see `from_json_into`.
///
/// \snippet examples/json.cpp read
template <class T>
result<T> from_json(std::string_view text, json_options options = {}) {
  T value{};
  if (auto done = from_json_into(text, value, options); !done) return done.error();
  return value;
}

/// Reads what a person typed for a field of type `T`: JSON where it parses as `T`, its plain text otherwise, and `null`
/// for an empty value. So `Ride`, `7`, `2026-01-01T00:00:00Z` and `["a","b"]` are read without further quotes, and a
/// text field takes `7` and `"7"` alike.
///
/// \return the value, or one sentence: what was found and what is expected
template <codable T>
result<T> parse_value(std::string_view text) {
  constexpr value_kind kind = kind_of<T>;
  if constexpr (kind == value_kind::optional) {
    if (text == "null") return T{};
    result<element_of<T>> inner = parse_value<element_of<T>>(text);
    if (!inner) return inner.error();
    return T{std::move(*inner)};
  } else {
    if constexpr (kind == value_kind::text || kind == value_kind::list || kind == value_kind::set ||
                  kind == value_kind::map || kind == value_kind::blob) {
      if (text == "null") return T{};
    }
    result<T> value = from_json<T>(text);
    if (value) return value;
    if (text.size() > max_message_size || !is_utf8(text)) return value;
    if constexpr (kind == value_kind::text) {
      return T{text};
    } else if (text == "null") {
      return make_error(error_code::invalid_value, phase::validate,
                        internal::expected_name<T>() + " is expected, and null was found: this field cannot be empty");
    } else if constexpr (kind == value_kind::time) {
      return parse_time<T>(text);
    } else {
      result<T> quoted = from_json<T>(json_text(text));
      if (quoted) return quoted;
      constexpr bool has_parts = kind >= value_kind::list && kind != value_kind::blob;
      if (has_parts && value.error().code != error_code::malformed) return value;  // which says what part is wrong
      std::string found(text.substr(0, 40));
      while (!is_utf8(found)) found.pop_back();
      return make_error(error_code::invalid_value, phase::validate,
                        internal::expected_name<T>() + " is expected, and '" + found + (text.size() > 40 ? "..." : "") +
                            "' was found");
    }
  }
}

}  // namespace syncline
