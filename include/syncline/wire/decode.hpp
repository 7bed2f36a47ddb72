// SPDX-License-Identifier: BSL-1.0
#pragma once
// Values, records, deltas and changes out of bytes that may be anything.

#include <syncline/wire/encode.hpp>
#include <syncline/wire/reader.hpp>

#include <limits>
#include <optional>

namespace syncline {

namespace internal {

template <class T>
SYNCLINE_INLINE void take(reader& in, T& value);

// One copy per type: optionals are most of many records.
template <class T>
SYNCLINE_NOINLINE void take_present(reader& in, std::optional<T>& value) {
  if (!value) value.emplace();
  take(in, *value);
}

template <class T>
SYNCLINE_INLINE void take_flagged(reader& in, T& value, bool flag) {
  if constexpr (kind_of<T> == value_kind::boolean) {
    value = flag;
  } else if constexpr (kind_of<T> == value_kind::optional) {
    if (!flag) {
      value.reset();
    } else {
      take_present(in, value);
    }
  } else {
    take(in, value);
  }
}

// A structure's field, whose flag, if it has one, is the lowest of `flags`.
template <class T>
SYNCLINE_INLINE void take_unflagged(reader& in, T& value, std::uint64_t& flags) {
  if constexpr (is_flag<T>) {
    take_flagged(in, value, (flags & 1) != 0);
    flags >>= 1;
  } else {
    take(in, value);
  }
}

template <class T>
SYNCLINE_INLINE void take_integer(reader& in, T& value) {
  if constexpr (sizeof(T) == 1) {
    value = static_cast<T>(in.byte());
  } else {
    using U = std::make_unsigned_t<T>;
    const U bits = static_cast<U>(in.varint(std::numeric_limits<U>::max()));
    if constexpr (std::is_signed_v<T>) {
      value = unzigzag(bits);
    } else {
      value = static_cast<T>(bits);
    }
  }
}

template <class T>
SYNCLINE_NOINLINE void take_elements(reader& in, T& value) {
  constexpr value_kind kind = kind_of<T>;
  if constexpr (kind == value_kind::array) {
    for (auto& element : value) take(in, element);
  } else if constexpr (kind == value_kind::list) {
    const std::size_t count = in.count();
    if constexpr (std::is_same_v<element_of<T>, bool>) {
      value.clear();
      for (std::size_t i = 0; i < count && !in.failed(); ++i) {
        bool element{};
        take(in, element);
        value.push_back(element);
      }
    } else {
      while (value.size() > count) value.pop_back();  // `resize` could grow, which would be most of this function
      for (std::size_t i = 0; i < count && !in.failed(); ++i) {  // grows as elements arrive, not by the count alone
        if (i == value.size()) value.emplace_back();
        take(in, value[i]);
      }
    }
  } else {
    value.clear();
    const std::size_t count = in.count();
    for (std::size_t i = 0; i < count && !in.failed(); ++i) {
      if constexpr (kind == value_kind::map) {
        typename T::key_type name{};
        take(in, name);
        if (!value.empty() && !value.key_comp()(value.rbegin()->first, name)) in.fail("map keys are not in order");
        take(in, value.emplace_hint(value.end(), std::move(name), typename T::mapped_type{})->second);
      } else {
        element_of<T> element{};
        take(in, element);
        if (!value.empty() && !value.key_comp()(*value.rbegin(), element)) in.fail("set elements are not in order");
        value.emplace_hint(value.end(), std::move(element));
      }
    }
  }
}

template <class T, std::size_t... I, class... A>
void structure_of<T, field_references<std::index_sequence<I...>, A...>>::take_fields(reader& in, T& value) {
  const auto fields = references_to(value);
  std::uint64_t bits = 0;
  if constexpr (flags > 0) {
    constexpr std::size_t used = ((is_flag<typename declared<A>::value_type> ? 1 : 0) + ...);
    for (std::size_t i = 0; i < flags; ++i) bits |= std::uint64_t{in.byte()} << (8 * i);
    if (bits >> (used - 1) > 1) in.fail("presence flags are set for fields that do not exist");
  }
  (take_unflagged(in, value_of(part<I, A>(fields).field), bits), ...);
}

template <class T>
SYNCLINE_INLINE void take(reader& in, T& value) {
  constexpr value_kind kind = kind_of<T>;
  if constexpr (kind == value_kind::boolean) {
    const std::uint8_t flag = in.byte();
    if (flag > 1) in.fail("a boolean is neither 0 nor 1");
    value = flag != 0;
  } else if constexpr (kind == value_kind::integer) {
    take_integer(in, value);
  } else if constexpr (kind == value_kind::enumeration) {  // any number: a newer writer has more enumerators
    std::underlying_type_t<T> number{};
    take(in, number);
    value = static_cast<T>(number);
  } else if constexpr (kind == value_kind::number) {
    if constexpr (sizeof(T) == 8) {
      value = std::bit_cast<T>(in.fixed<std::uint64_t>());
    } else {
      value = std::bit_cast<T>(in.fixed<std::uint32_t>());
    }
  } else if constexpr (kind == value_kind::duration) {
    using rep = typename T::rep;
    const std::int64_t count = unzigzag(in.varint());
    if (static_cast<std::int64_t>(static_cast<rep>(count)) != count) {  // 64 unsigned bits wrap, there and back
      in.fail("a duration is too large for its field");
      return;
    }
    value = T{static_cast<rep>(count)};
  } else if constexpr (kind == value_kind::time) {
    typename T::duration since{};
    take(in, since);
    value = T{since};
  } else if constexpr (kind == value_kind::text) {
    in.text(value);
  } else if constexpr (kind == value_kind::blob) {
    value.bytes.assign(in.sized());
  } else if constexpr (kind == value_kind::optional) {
    const std::uint8_t flag = in.byte();
    if (flag > 1) in.fail("a presence flag is neither 0 nor 1");
    take_flagged(in, value, flag != 0);
  } else if constexpr (kind == value_kind::structure) {
    structure_of<T>::take_fields(in, value);
  } else {
    take_elements(in, value);
  }
}

}  // namespace internal

/// Reads a value, reusing the memory that `value` holds. On an error `value` holds anything valid.
///
/// \return nothing, or what was wrong and where: too short, too long, out of range, not canonical, not UTF-8
/// Guarantee: reads every sequence of bytes without undefined behaviour, in memory proportional to their number.
/// \see WIRE-1
template <codable T>
result<void> decode_into(std::string_view bytes, T& value) {
  reader in(bytes);
  internal::take(in, value);
  return in.finish(type_name<T>);
}

/// Reads a value.
template <codable T>
result<T> decode(std::string_view bytes) {
  T value{};
  if (auto done = decode_into(bytes, value); !done) return done.error();
  return value;
}

namespace internal {

// Reads fields of which there are no edits.
struct take_step {
  reader& in;

  template <class F>
  SYNCLINE_INLINE void operator()(std::size_t, F& field) const {
    if constexpr (!is_key_field<F>) take(in, value_of(field));
  }
};

// Reads fields into a record: what is read of a `merge` field is an edit.
struct take_onto_step {
  reader& in;

  template <class F>
  SYNCLINE_INLINE void operator()(std::size_t, F& field) const {
    if constexpr (!is_key_field<F>) {
      if constexpr (is_merge_field<F>) {
        typename traits_of_field<F>::edit edit{};
        take(in, edit);
        if (!in.failed()) traits_of_field<F>::apply(value_of(field), edit);
      } else {
        take(in, value_of(field));
      }
    }
  }
};

template <class R>
SYNCLINE_INLINE void take_delta(reader& in, delta<R>& change) {
  const field_set<R> fields{in.varint()};
  if (!(fields - field_set<R>::all()).empty() || fields.contains(schema<R>::key_index)) {
    in.fail("a delta changes fields that its record does not have, or its key");
    return;
  }
  if (!(change.fields - fields).empty()) keep_only(change, fields);  // `change` is reused: what it held goes
  change.fields = fields;
  if constexpr (merged<R>.empty()) {
    step_through_some(fields.bits(), take_step{in}, change.values);
  } else {
    for_each_field(
        [&]<std::size_t I>(std::integral_constant<std::size_t, I>, auto& field) {
          if (!fields.contains(I)) return;
          if constexpr (is_merged<R, I>) {
            take(in, change.template edit<I>());
          } else {
            take(in, value_of(field));
          }
        },
        change.values);
  }
}

/// Reads a change that `encode_to` wrote, and the key of its record.
template <class R>
void take_change(reader& in, typename schema<R>::key_type& name, change<R>& made) {
  take(in, name);
  const std::uint8_t kind = in.byte();
  if ((kind & 3) > 2 || kind > 7) in.fail("a change is neither a creation, an update nor a deletion");
  made.kind = static_cast<change_kind>(kind & 3);
  made.base = in.varint();
  made.at.ticks = in.fixed<std::uint64_t>();
  made.what.fields.for_each([&](std::size_t i) { made.times[i] = {}; });  // of what `made` held, if it is reused
  if (made.kind == change_kind::deleted && !made.what.empty()) keep_only(made.what, {});
  if (in.failed() || made.kind == change_kind::deleted) {
    if (kind >= 4) in.fail("a deletion has no field times");
    return;
  }
  take_delta(in, made.what);
  bool differs = false;
  made.what.fields.for_each([&](std::size_t i) {
    const std::uint64_t before = kind >= 4 ? in.varint() : 0;
    if (before > made.at.ticks) in.fail("a field was written before time began");
    differs = differs || before != 0;
    made.times[i].ticks = made.at.ticks - before;
  });
  if (kind >= 4 && !differs) in.fail("field times are spelled out although they are equal");
}

}  // namespace internal

/// Reads a delta.
template <class R>
result<void> decode_into(std::string_view bytes, delta<R>& change) {
  reader in(bytes);
  internal::take_delta(in, change);
  return in.finish("a delta");
}

/// Puts an encoded delta into a record without making a delta of it first.
///
/// Guarantee: on success the same as apply_to(target, decoded delta). On an error some fields may have been changed:
/// work on a copy where the bytes are not trusted.
template <class R>
result<void> apply_encoded(std::string_view bytes, R& target) {
  reader in(bytes);
  const field_set<R> fields{in.varint()};
  if (!(fields - field_set<R>::all()).empty() || fields.contains(schema<R>::key_index)) {
    in.fail("a delta changes fields that its record does not have, or its key");
  } else {
    internal::step_through_some(fields.bits(), internal::take_onto_step{in}, target);
  }
  return in.finish("a delta");
}

}  // namespace syncline
