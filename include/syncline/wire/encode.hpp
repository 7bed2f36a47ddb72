// SPDX-License-Identifier: BSL-1.0
#pragma once
// Values, records, deltas and changes as bytes: canonical, the same on every machine.

#include <syncline/change/change.hpp>
#include <syncline/wire/writer.hpp>

#include <string>

namespace syncline {

class reader;

namespace internal {

// Optionals say whether they are there, and booleans what they are, in one bit each at the front of their structure.
template <class T>
inline constexpr bool is_flag = kind_of<T> == value_kind::optional || kind_of<T> == value_kind::boolean;

template <class... Fields>
inline constexpr std::size_t flag_bytes = ((is_flag<typename declared<Fields>::value_type> ? 1 : 0) + ... + 7) / 8;

// The most that an integer of so many bytes takes.
template <std::size_t Size>
inline constexpr std::size_t varint_bound = Size == 1 ? 1 : Size * 8 / 7 + 1;

// The most that a number takes, and 0 for what has to be looked at.
template <class T>
inline constexpr std::size_t number_bound =
    kind_of<T> == value_kind::boolean                                              ? 1
    : kind_of<T> == value_kind::integer || kind_of<T> == value_kind::enumeration ? varint_bound<sizeof(T)>
    : kind_of<T> == value_kind::number                                             ? sizeof(T)
    : kind_of<T> == value_kind::duration || kind_of<T> == value_kind::time         ? max_varint_size
                                                                                   : 0;
template <class T>
inline constexpr std::size_t number_bound<std::optional<T>> = number_bound<T> == 0 ? 0 : 1 + number_bound<T>;

template <class T>
SYNCLINE_INLINE std::size_t bound(const T& value);

template <class T>
SYNCLINE_NOINLINE std::size_t bound_elements(const T& value) {
  std::size_t sum = max_varint_size;
  if constexpr (kind_of<T> == value_kind::map) {
    for (const auto& [name, element] : value) sum += bound(name) + bound(element);
  } else {
    for (const element_of<T>& element : value) sum += bound(element);
  }
  return sum;
}

// A structure's fields, one function for all of them.
template <class T, class References = decltype(references_to(std::declval<T&>()))>
struct structure_of;

// What a structure's field takes besides its flag.
template <class T>
SYNCLINE_INLINE std::size_t bound_unflagged(const T& value) {
  if constexpr (kind_of<T> == value_kind::boolean) {
    return 0;
  } else if constexpr (number_bound<T> == 0 && kind_of<T> == value_kind::optional) {
    return value ? bound(*value) : 0;
  } else {
    return bound(value);
  }
}

/// No fewer bytes than `value` takes.
template <class T>
SYNCLINE_INLINE std::size_t bound(const T& value) {
  constexpr value_kind kind = kind_of<T>;
  if constexpr (number_bound<T> != 0) {
    return number_bound<T>;
  } else if constexpr (kind == value_kind::text) {
    return max_varint_size + value.size();
  } else if constexpr (kind == value_kind::blob) {
    return max_varint_size + value.bytes.size();
  } else if constexpr (kind == value_kind::optional) {
    return 1 + (value ? bound(*value) : 0);
  } else if constexpr (kind == value_kind::structure) {
    return structure_of<T>::bound(value);
  } else {
    return bound_elements(value);
  }
}

template <class T>
SYNCLINE_INLINE void put(writer& out, const T& value);

// Takes and gives back the writer by value, so that the caller's stays in a register.
template <class T>
SYNCLINE_NOINLINE writer put_elements(writer out, const T& value) {
  if constexpr (kind_of<T> != value_kind::array) out.varint(value.size());
  if constexpr (kind_of<T> == value_kind::map) {
    for (const auto& [name, element] : value) {
      put(out, name);
      put(out, element);
    }
  } else {
    for (const element_of<T>& element : value) put(out, element);
  }
  return out;
}

template <class T>
SYNCLINE_INLINE void put_unflagged(writer& out, const T& value) {
  if constexpr (kind_of<T> == value_kind::boolean) {
  } else if constexpr (kind_of<T> == value_kind::optional) {
    if (value) put(out, *value);
  } else {
    put(out, value);
  }
}

template <class T>
SYNCLINE_INLINE void add_flag(std::uint64_t& bits, unsigned& at, const T& value) {
  if constexpr (kind_of<T> == value_kind::boolean) {
    bits |= std::uint64_t{value} << at++;
  } else if constexpr (kind_of<T> == value_kind::optional) {
    bits |= std::uint64_t{value.has_value()} << at++;
  }
}

template <class T, std::size_t... I, class... A>
struct structure_of<T, field_references<std::index_sequence<I...>, A...>> {
  template <std::size_t J, class F>
  using part = const field_reference<J, F>&;

  static constexpr std::size_t flags = flag_bytes<A...>;

  static std::size_t bound(const T& value) {
    const auto fields = references_to(const_cast<T&>(value));
    return (bound_unflagged(value_of(part<I, A>(fields).field)) + ... + flags);
  }

  static writer put_fields(writer out, const T& value) {
    const auto fields = references_to(const_cast<T&>(value));
    if constexpr (flags > 0) {
      std::uint64_t bits = 0;
      unsigned at = 0;
      (add_flag(bits, at, value_of(part<I, A>(fields).field)), ...);
      for (std::size_t i = 0; i < flags; ++i) out.byte(static_cast<std::uint8_t>(bits >> (8 * i)));
    }
    (put_unflagged(out, value_of(part<I, A>(fields).field)), ...);
    return out;
  }

  static void take_fields(reader& in, T& value);  // in decode.hpp
};

template <class T>
SYNCLINE_INLINE void put(writer& out, const T& value) {
  constexpr value_kind kind = kind_of<T>;
  if constexpr (kind == value_kind::boolean) {
    out.byte(value);
  } else if constexpr (kind == value_kind::integer) {
    if constexpr (sizeof(T) == 1) {
      out.byte(static_cast<std::uint8_t>(value));
    } else if constexpr (std::is_signed_v<T>) {
      out.varint(zigzag(value));
    } else {
      out.varint(value);
    }
  } else if constexpr (kind == value_kind::enumeration) {
    put(out, static_cast<std::underlying_type_t<T>>(value));
  } else if constexpr (kind == value_kind::number) {
    if constexpr (sizeof(T) == 8) {
      out.fixed(std::bit_cast<std::uint64_t>(value));
    } else {
      out.fixed(std::bit_cast<std::uint32_t>(value));
    }
  } else if constexpr (kind == value_kind::duration) {
    out.varint(zigzag(static_cast<std::int64_t>(value.count())));
  } else if constexpr (kind == value_kind::time) {
    put(out, value.time_since_epoch());
  } else if constexpr (kind == value_kind::text) {
    out.sized(value);
  } else if constexpr (kind == value_kind::blob) {
    out.sized(value.bytes);
  } else if constexpr (kind == value_kind::optional) {
    out.byte(value.has_value());
    if (value) put(out, *value);
  } else if constexpr (kind == value_kind::structure) {
    out = structure_of<T>::put_fields(out, value);
  } else {
    out = put_elements(out, value);
  }
}

// Room for `most` bytes at the end of `out`; `cut_after` takes back what was not needed.
inline writer append_room(std::string& out, std::size_t most) {
  const std::size_t begin = out.size();
  out.resize(begin + most);
  return writer(out.data() + begin);
}
inline void cut_after(std::string& out, writer end) {
  out.erase(static_cast<std::size_t>(end.position() - out.data()));
}

}  // namespace internal

/// Appends `value` to `out`: integers as varints (zigzag where signed), floating numbers in 8 or 4 bytes, text with its
/// size before it, optionals and booleans of a structure as one bit each, sets and maps in their order.
///
/// Guarantee: canonical: equal values give equal bytes, and `decode` accepts no others for them.
/// Complexity: linear; at most one allocation, of `out`. \see WIRE-1
template <codable T>
void encode_to(std::string& out, const T& value) {
  writer to = internal::append_room(out, internal::bound(value));
  internal::put(to, value);
  internal::cut_after(out, to);
}

/// `value` as bytes.
///
/// \snippet examples/wire.cpp value
template <codable T>
std::string encode(const T& value) {
  std::string out;
  encode_to(out, value);
  return out;
}

namespace internal {

struct bound_step {
  const std::uint64_t fields;
  std::size_t sum;

  template <class F>
  SYNCLINE_INLINE void operator()(std::size_t index, const F& field) {
    if constexpr (!is_key_field<F> && !is_merge_field<F>) {
      constexpr std::size_t most = number_bound<typename declared<F>::value_type>;
      if (most != 0 || (fields >> index & 1) != 0) sum += bound(value_of(field));
    }
  }
};

struct put_step {
  writer out;

  template <class F>
  SYNCLINE_INLINE void operator()(std::size_t, const F& field) {
    if constexpr (!is_key_field<F>) put(out, value_of(field));
  }
};

// No fewer bytes than `fields` of `values` take, but for the edits of `merge` fields.
template <class R>
SYNCLINE_INLINE std::size_t bound_fields(field_set<R> fields, const R& values) {
  return step_through(bound_step{fields.bits(), max_varint_size}, values).sum;
}

template <class R>
SYNCLINE_INLINE void put_fields(writer& out, field_set<R> fields, const R& values) {
  out.varint(fields.bits());
  out = step_through_some(fields.bits(), put_step{out}, values).out;
}

template <class R>
SYNCLINE_INLINE std::size_t bound_delta(const delta<R>& change) {
  std::size_t sum = bound_fields(change.fields, change.values);
  for_each_merged(change.fields, [&]<std::size_t I>(std::integral_constant<std::size_t, I>) {
    sum += bound(change.template edit<I>());
  });
  return sum;
}

template <class R>
SYNCLINE_INLINE void put_delta(writer& out, const delta<R>& change) {
  if constexpr (merged<R>.empty()) {
    put_fields(out, change.fields, change.values);
  } else {
    out.varint(change.fields.bits());
    for_each_field(
        [&]<std::size_t I>(std::integral_constant<std::size_t, I>, const auto& field) {
          if (!change.fields.contains(I)) return;
          if constexpr (is_merged<R, I>) {
            put(out, change.template edit<I>());
          } else {
            put(out, value_of(field));
          }
        },
        change.values);
  }
}

}  // namespace internal

/// Appends a delta: the set of its fields as a varint, then each changed value, or the edit of a `merge` field.
///
/// \snippet examples/wire.cpp delta
template <class R>
void encode_to(std::string& out, const delta<R>& change) {
  writer to = internal::append_room(out, internal::bound_delta(change));
  internal::put_delta(to, change);
  internal::cut_after(out, to);
}

/// Appends what changed from `base` to `now`, without making a delta of it first.
///
/// Guarantee: the same bytes as encode(diff(base, now)). Complexity: one comparison per field; does not allocate but
/// for `out` and the edits of `merge` fields.
template <class R>
void encode_diff_to(std::string& out, const R& base, const R& now) {
  if constexpr (merged<R>.empty()) {
    const field_set<R> fields = changed_fields(base, now);
    writer to = internal::append_room(out, internal::bound_fields(fields, now));
    internal::put_fields(to, fields, now);
    internal::cut_after(out, to);
  } else {
    encode_to(out, diff(base, now));
  }
}

/// Appends a change: its kind, the hub's number that it was made on, when, what changed and, where fields were written
/// at different times, how much earlier each was. The record's key stands first.
template <class R>
void encode_to(std::string& out, const typename schema<R>::key_type& name, const change<R>& made) {
  bool one_time = true;
  made.what.fields.for_each([&](std::size_t i) { one_time = one_time && made.times[i] == made.at; });
  writer to = internal::append_room(out, internal::bound(name) + internal::bound_delta(made.what) +
                                                   (3 + made.what.fields.size()) * max_varint_size);
  internal::put(to, name);
  to.byte(static_cast<std::uint8_t>(static_cast<std::uint8_t>(made.kind) | (one_time ? 0 : 4)));
  to.varint(made.base);
  to.fixed(made.at.ticks);
  if (made.kind != change_kind::deleted) {
    internal::put_delta(to, made.what);
    if (!one_time) {
      made.what.fields.for_each([&](std::size_t i) { to.varint(made.at.ticks - made.times[i].ticks); });
    }
  }
  internal::cut_after(out, to);
}

}  // namespace syncline
