// SPDX-License-Identifier: BSL-1.0
#pragma once
// Values, records and deltas as JSON, generated from the same declaration as their bytes.

#include <syncline/change/delta.hpp>
#include <syncline/core/enumerators.hpp>
#include <syncline/wire/reader.hpp>
#include <syncline/wire/time_text.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace syncline {

/// A piece of JSON that is kept as it stands: for a part of a document whose type is known only later.
struct json_fragment {
  std::string text{"null"};

  friend bool operator==(const json_fragment&, const json_fragment&) = default;
};

class json_writer;

template <class T>
void write_json(json_writer& out, const T& value);

/// Writes JSON into a text, piece by piece: what is written stays valid as long as every `begin_` gets its `end_` and
/// every value of an object its key. Values at the top are put on lines of their own.
///
/// The caller may empty the text at any time, so that a document of any length is written in little memory.
///
/// \snippet examples/json.cpp writer
class json_writer {
 public:
  /// Appends to `out`, which must outlive the writer.
  explicit json_writer(std::string& out) noexcept : out_(&out) {}

  json_writer& begin_object() { return open('{'); }
  json_writer& end_object() { return close('}'); }
  json_writer& begin_array() { return open('['); }
  json_writer& end_array() { return close(']'); }

  /// The name of the value that follows.
  json_writer& key(std::string_view name) {
    text(name);
    out_->push_back(':');
    separator_ = '\0';
    return *this;
  }

  /// Any codable value, record, delta or text.
  template <class T>
  json_writer& value(const T& v) {
    write_json(*this, v);
    return *this;
  }

  /// `key(name).value(v)`
  template <class T>
  json_writer& member(std::string_view name, const T& v) {
    return key(name).value(v);
  }

  /// Text. Bytes in it that are not UTF-8 become U+FFFD, so that the document stays valid.
  SYNCLINE_NOINLINE json_writer& text(std::string_view value) {
    separate();
    out_->push_back('"');
    append_escaped(value);
    out_->push_back('"');
    return *this;
  }

  json_writer& null() { return raw("null"); }

  /// JSON that is already there, as it stands.
  SYNCLINE_NOINLINE json_writer& raw(std::string_view json) {
    separate();
    out_->append(json);
    return *this;
  }

 private:
  SYNCLINE_NOINLINE json_writer& open(char bracket) {
    separate();
    out_->push_back(bracket);
    separator_ = '\0';
    ++depth_;
    return *this;
  }
  SYNCLINE_NOINLINE json_writer& close(char bracket) {
    out_->push_back(bracket);
    --depth_;
    separator_ = depth_ == 0 ? '\n' : ',';
    return *this;
  }
  void separate() {
    if (separator_ != '\0') out_->push_back(separator_);
    separator_ = depth_ == 0 ? '\n' : ',';
  }

  void append_escaped(std::string_view value) {
    const bool is_valid = is_utf8(value);
    std::size_t kept = 0;  // where what is not yet appended begins
    for (std::size_t i = 0; i < value.size();) {
      const auto c = static_cast<unsigned char>(value[i]);
      std::size_t size = 1;
      if (c >= 0x20 && c != '"' && c != '\\') {
        if (c < 0x80 || is_valid) {
          ++i;
          continue;
        }
        size = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
        if (is_utf8(value.substr(i, size))) {
          i += size;
          continue;
        }
        size = 1;
      }
      out_->append(value.substr(kept, i - kept));
      append_replaced(c);
      i += size;
      kept = i;
    }
    out_->append(value.substr(kept));
  }

  void append_replaced(unsigned char c) {
    constexpr std::string_view escaped = "\"\\\b\f\n\r\t", letters = "\"\\bfnrt";
    if (const auto at = escaped.find(static_cast<char>(c)); at != std::string_view::npos) {
      out_->push_back('\\');
      out_->push_back(letters[at]);
    } else if (c < 0x20) {
      constexpr std::string_view hex = "0123456789abcdef";
      out_->append(c < 0x10 ? "\\u000" : "\\u001").push_back(hex[c & 0xF]);
    } else {
      out_->append("\xEF\xBF\xBD");
    }
  }

  std::string* out_;
  std::uint32_t depth_ = 0;
  char separator_ = '\0';
};

namespace internal {

template <class E>
concept has_names = std::is_enum_v<E> && requires(E e) {
  { to_string(e) } -> std::convertible_to<std::string_view>;
};

// The call is tried as a constant, so that a `to_string` that reads past its table for a number without a name is
// refused while compiling instead of run.
template <class E, std::uint64_t Number>
consteval std::string_view name_of_enumerator() {
  if constexpr (requires {
                  typename std::bool_constant<(
                      std::string_view{to_string(static_cast<E>(static_cast<std::underlying_type_t<E>>(Number)))}
                          .size() != 0)>;
                }) {
    return to_string(static_cast<E>(static_cast<std::underlying_type_t<E>>(Number)));
  } else {
    return {};
  }
}

inline constexpr std::size_t most_names = 64;

/// The names of the enumerators 0 to 63 of `E`; empty where a number has none, or one that a smaller number has, or is
/// no enumerator, so that an "unknown" for all the rest is nobody's name.
template <class E>
inline constexpr std::array<std::string_view, most_names> names_of = [] {
  std::array<std::string_view, most_names> names{};
  if constexpr (has_names<E>) {
    constexpr std::size_t tried = std::is_same_v<std::underlying_type_t<E>, bool> ? 2 : most_names;
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      ((names[I] = name_of_enumerator<E, I>()), ...);
    }(std::make_index_sequence<tried>{});
    for (std::size_t i = 0; i < tried; ++i) {
      if (!may_be_enumerator(static_cast<E>(static_cast<std::underlying_type_t<E>>(i)))) names[i] = {};
      for (std::size_t j = 0; j < i; ++j) {
        if (names[i] == names[j]) names[i] = {};
      }
    }
  }
  return names;
}();

template <class Number>
SYNCLINE_NOINLINE void write_number(json_writer& out, Number number) {
  char digits[40];
  out.raw({digits, static_cast<std::size_t>(std::to_chars(digits, digits + sizeof digits, number).ptr - digits)});
}

template <std::floating_point Number>
void write_real(json_writer& out, Number number) {
  if (std::isfinite(number)) [[likely]] {
    write_number(out, number);
  } else {
    out.text(std::isnan(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity");
  }
}

/// As a number of 64 bits, so that all integer types share one way to be written.
template <std::integral T>
void write_integer(json_writer& out, T number) {
  if constexpr (std::is_signed_v<T>) {
    write_number(out, static_cast<std::int64_t>(number));
  } else {
    write_number(out, static_cast<std::uint64_t>(number));
  }
}

SYNCLINE_NOINLINE inline void write_base64(json_writer& out, std::string_view bytes) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      group = group << 8 | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0u);
    }
    for (std::size_t j = 0; j < 4; ++j) text += i + j <= bytes.size() ? letters[group >> (18 - 6 * j) & 63] : '=';
  }
  out.text(text);
}

SYNCLINE_NOINLINE inline void write_digest(json_writer& out, const chunk_digest& digest) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : digest.bytes) {
    text += hex[byte >> 4];
    text += hex[byte & 15];
  }
  out.text(text);
}

template <class T>
inline constexpr bool is_text_map = false;
template <class K, class V, class C, class A>
inline constexpr bool is_text_map<std::map<K, V, C, A>> = kind_of<K> == value_kind::text;

template <class T>
SYNCLINE_NOINLINE void write_value(json_writer& out, const T& value) {
  constexpr value_kind kind = kind_of<T>;
  if constexpr (std::is_same_v<T, json_fragment>) {
    out.raw(value.text);
  } else if constexpr (std::is_same_v<T, chunk_digest>) {
    write_digest(out, value);
  } else if constexpr (kind == value_kind::boolean) {
    out.raw(value ? "true" : "false");
  } else if constexpr (kind == value_kind::integer) {
    write_integer(out, value);
  } else if constexpr (kind == value_kind::number) {
    write_real(out, value);
  } else if constexpr (kind == value_kind::text) {
    out.text(value);
  } else if constexpr (kind == value_kind::enumeration) {
    const auto number = static_cast<std::underlying_type_t<T>>(value);
    const auto index = static_cast<std::uint64_t>(number);  // a negative number becomes a large one
    if (has_names<T> && index < most_names && !names_of<T>[index].empty()) {
      out.text(names_of<T>[index]);
    } else {
      write_integer(out, number);
    }
  } else if constexpr (kind == value_kind::duration) {
    write_integer(out, value.count());
  } else if constexpr (kind == value_kind::time) {
    out.text(time_text(value));
  } else if constexpr (kind == value_kind::blob) {
    write_base64(out, value.bytes);
  } else if constexpr (kind == value_kind::optional) {
    if (value) {
      write_value(out, *value);
    } else {
      out.null();
    }
  } else if constexpr (kind == value_kind::structure) {
    out.begin_object();
    for_each_field([&]<std::size_t I>(std::integral_constant<std::size_t, I>,
                                      const auto& field) { write_value(out.key(field_name<T, I>), value_of(field)); },
                   value);
    out.end_object();
  } else if constexpr (is_text_map<T>) {
    out.begin_object();
    for (const auto& [name, element] : value) write_value(out.key(name), element);
    out.end_object();
  } else if constexpr (kind == value_kind::map) {
    out.begin_array();
    for (const auto& [name, element] : value) {
      out.begin_array();
      write_value(out, name);
      write_value(out, element);
      out.end_array();
    }
    out.end_array();
  } else {
    out.begin_array();
    for (const element_of<T>& element : value) write_value(out, element);
    out.end_array();
  }
}

template <class T>
inline constexpr bool is_delta = false;
template <class R>
inline constexpr bool is_delta<delta<R>> = true;

template <class R>
void write_delta(json_writer& out, const delta<R>& change) {
  out.begin_object();
  for_each_field(
      [&]<std::size_t I>(std::integral_constant<std::size_t, I>, const auto& field) {
        if (!change.fields.contains(I)) return;
        out.key(field_name<R, I>);
        if constexpr (is_merged<R, I>) {
          write_value(out, change.template edit<I>());
        } else {
          write_value(out, value_of(field));
        }
      },
      change.values);
  out.end_object();
}

}  // namespace internal

/// Writes a codable value, a record, a field of one, a delta or a text as JSON.
///
/// Numbers stand as the shortest text that reads back the same (NaN and the infinities, which JSON has not, as the
/// texts "NaN", "Infinity" and "-Infinity"); times as ISO 8601 in UTC; durations as their count; enumerations by the
/// name that their `constexpr std::string_view to_string(E)` has for them, else as a number; an empty optional as null;
/// bytes in base64; digests in hexadecimal; maps with text keys as objects, other maps as arrays of pairs; lists, sets
/// and arrays as arrays; structures and records as objects by field name; a delta as the object of its changed fields,
/// where a `merge` field holds its edit.
///
/// Guarantee: valid JSON; `from_json` gives back the same value, but for the payload of a NaN, for text that is not
/// UTF-8, for an optional in an optional and for a number that is no enumerator. Complexity: linear. \see WIRE-2
template <class T>
void write_json(json_writer& out, const T& value) {
  if constexpr (internal::is_delta<T>) {
    internal::write_delta(out, value);
  } else if constexpr (!codable<T> && std::convertible_to<const T&, std::string_view>) {
    out.text(value);
  } else {
    static_assert(codable<T>,
                  "[syncline] this type cannot be written as JSON: use codable values, records, deltas and texts");
    internal::write_value(out, value_of(value));
  }
}

/// `value` as JSON: see `write_json`.
///
/// \snippet examples/json.cpp text
template <class T>
std::string json_text(const T& value) {
  std::string out;
  json_writer writer(out);
  write_json(writer, value);
  return out;
}

}  // namespace syncline
