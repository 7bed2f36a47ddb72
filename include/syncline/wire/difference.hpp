// SPDX-License-Identifier: BSL-1.0
#pragma once
// What one value has that another of its type has not, as bytes: of a list, set, map, aggregate or text only the parts
// that changed.

#include <syncline/resolve/list_edits.hpp>
#include <syncline/resolve/text_diff.hpp>
#include <syncline/wire/decode.hpp>
#include <syncline/wire/encode.hpp>

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline {

namespace internal {

template <class T>
consteval bool can_differ_in_part() {
  constexpr value_kind kind = kind_of<T>;
  if constexpr (kind == value_kind::optional) {
    return can_differ_in_part<element_of<T>>();
  } else if constexpr (kind == value_kind::list) {
    return !std::is_same_v<element_of<T>, bool>;
  } else {
    return kind == value_kind::text || kind == value_kind::blob || kind == value_kind::set || kind == value_kind::map ||
           kind == value_kind::array || kind == value_kind::structure;
  }
}

/// Whether two values of `T` can be alike in part. What has no parts is told whole.
template <class T>
inline constexpr bool has_parts = can_differ_in_part<T>();

inline void append_varint(std::string& out, std::uint64_t value) {
  char room[max_varint_size];
  writer to(room);
  to.varint(value);
  out.append(room, to.position());
}

inline void append_sized(std::string& out, std::string_view bytes) {
  append_varint(out, bytes.size());
  out.append(bytes);
}

template <class T>
void put_difference(std::string& out, const T& before, const T& after);
template <class T>
void take_difference(reader& in, T& value);

// ---- texts: the stretches that changed; 0 stands before a whole text

template <text_unit Unit>
std::vector<text_change> changed_bytes(std::string_view before, std::string_view after) {
  const auto was = tokens_of<Unit>(before), is = tokens_of<Unit>(after);
  auto changes = text_changes(was, is);
  const auto offset = [](const auto& tokens, std::size_t i, std::string_view text) {
    return i == tokens.size() ? text.size() : static_cast<std::size_t>(tokens[i].data() - text.data());
  };
  for (text_change& c : changes) {
    c = {offset(was, c.begin, before), offset(was, c.end, before), offset(is, c.from, after), offset(is, c.to, after)};
  }
  return changes;
}

inline void put_stretches(std::string& out, std::string_view before, std::string_view after,
                          std::vector<text_change> changes) {
  std::string bytes;
  append_varint(bytes, changes.size() + 1);
  std::size_t at = 0;
  for (text_change& c : changes) {
    while (c.begin < c.end && c.from < c.to && before[c.begin] == after[c.from]) ++c.begin, ++c.from;
    while (c.begin < c.end && c.from < c.to && before[c.end - 1] == after[c.to - 1]) --c.end, --c.to;
    append_varint(bytes, c.begin - at);
    append_varint(bytes, c.end - c.begin);
    append_sized(bytes, after.substr(c.from, c.to - c.from));
    at = c.end;
  }
  if (bytes.size() <= after.size()) {
    out += bytes;
  } else {
    out += '\0';
    append_sized(out, after);
  }
}

inline void take_stretches(reader& in, std::string& value) {
  const std::uint64_t count = in.varint();
  if (count == 0) {
    value.assign(in.sized());
    return;
  }
  const std::string before = std::move(value);
  value.clear();
  std::size_t at = 0;
  for (std::uint64_t i = 1; i < count && !in.failed(); ++i) {
    const std::uint64_t kept = in.varint(), removed = in.varint();
    const std::string_view added = in.sized();
    if (kept > before.size() - at || removed > before.size() - at - kept) {
      in.fail("a stretch that changed is outside of its text");
      return;
    }
    value.append(before, at, static_cast<std::size_t>(kept));
    value.append(added);
    at += static_cast<std::size_t>(kept + removed);
  }
  value.append(before, at);
}

// ---- lists: steps along the old list, which make the new one

enum class list_step : std::uint8_t { copied, changed, inserted, go_to };

inline void append_step(std::string& out, list_step what, std::uint64_t count) {
  append_varint(out, count << 2 | static_cast<std::uint64_t>(what));
}

// For each element of `after` the place in `before` that it comes from, or `nowhere_in_list`: none comes twice.
template <class T>
std::vector<std::size_t> places_before(const T& before, const T& after) {
  using element = element_of<T>;
  const std::size_t shorter = std::min(before.size(), after.size());
  std::size_t front = 0, back = 0;
  while (front < shorter && is_same_value(before[front], after[front])) ++front;
  while (back < shorter - front && is_same_value(before[before.size() - 1 - back], after[after.size() - 1 - back]))
    ++back;
  const std::size_t end = before.size() - back;
  std::vector<std::size_t> from(after.size(), nowhere_in_list);
  for (std::size_t i = 0; i < front; ++i) from[i] = i;
  for (std::size_t i = 1; i <= back; ++i) from[after.size() - i] = before.size() - i;

  element_numbers<element> numbered;  // what is left is matched by its `id`, else by its value
  const auto was = numbered(std::span(before).subspan(front, end - front));
  const auto is = numbered(std::span(after).subspan(front, after.size() - back - front));
  std::vector<std::size_t> place(numbered.count(), nowhere_in_list);
  for (std::size_t i = 0; i < was.size(); ++i) place[was[i]] = front + i;
  std::vector<bool> taken(end);
  for (std::size_t i = 0; i < is.size(); ++i) {
    from[front + i] = place[is[i]];
    if (place[is[i]] != nowhere_in_list) taken[place[is[i]]] = true;
  }
  if constexpr (has_parts<element>) {  // and a new element is a change of an old one that it stands in for
    std::size_t next = front;
    for (std::size_t i = 0; i < is.size(); ++i) {
      std::size_t& place_of_it = from[front + i];
      if (place_of_it == nowhere_in_list && next < end && !taken[next]) place_of_it = next;
      if (place_of_it != nowhere_in_list) next = place_of_it + 1;
    }
  }
  return from;
}

template <class T>
void put_list(std::string& out, const T& before, const T& after) {
  append_varint(out, after.size());
  const std::vector<std::size_t> from = places_before(before, after);
  const auto step_at = [&](std::size_t i) {
    if (from[i] == nowhere_in_list) return list_step::inserted;
    return is_same_value(before[from[i]], after[i]) ? list_step::copied : list_step::changed;
  };
  std::size_t at = 0;
  for (std::size_t i = 0; i < after.size();) {
    const std::size_t first = i;
    const list_step step = step_at(first);
    if (step == list_step::inserted) {
      while (++i < after.size() && from[i] == nowhere_in_list) {
      }
      append_step(out, step, i - first);
      for (std::size_t j = first; j < i; ++j) encode_to(out, after[j]);
      continue;
    }
    if (from[first] != at) append_step(out, list_step::go_to, zigzag(static_cast<std::int64_t>(from[first] - at)));
    while (++i < after.size() && from[i] == from[first] + (i - first) && step_at(i) == step) {
    }
    append_step(out, step, i - first);
    if (step == list_step::changed) {
      for (std::size_t j = first; j < i; ++j) put_difference(out, before[from[j]], after[j]);
    }
    at = from[first] + (i - first);
  }
}

template <class T>
void take_list(reader& in, T& value) {
  const std::uint64_t count = in.varint();
  if (count > value.size() + in.remaining()) {
    in.fail("a list is longer than what it is made of");
    return;
  }
  T before = std::move(value);
  value.clear();
  std::vector<bool> taken(before.size());
  std::size_t at = 0;
  while (value.size() < count && !in.failed()) {
    const std::uint64_t bits = in.varint(), size = bits >> 2;
    const auto step = static_cast<list_step>(bits & 3);
    if (step == list_step::go_to) {
      const std::int64_t to = static_cast<std::int64_t>(at) + unzigzag(size);
      if (to < 0 || static_cast<std::uint64_t>(to) > before.size()) return in.fail("a step leads out of its list");
      at = static_cast<std::size_t>(to);
      continue;
    }
    if (size > count - value.size() || (step != list_step::inserted && size > before.size() - at)) {
      return in.fail("a step takes more elements than there are");
    }
    for (std::uint64_t i = 0; i < size && !in.failed(); ++i) {
      if (step == list_step::inserted) {
        take(in, value.emplace_back());
        continue;
      }
      if (taken[at]) return in.fail("an element of a list is taken twice");
      taken[at] = true;
      value.push_back(std::move(before[at++]));
      if (step == list_step::changed) take_difference(in, value.back());
    }
  }
}

// ---- sets and maps: places of what changed and of what is gone, and what is new

// Appends `places`, which rise, as distances.
inline void put_places(std::string& out, const std::vector<std::size_t>& places) {
  append_varint(out, places.size());
  std::size_t next = 0;
  for (const std::size_t place : places) {
    append_varint(out, place - next);
    next = place + 1;
  }
}

template <class T>
const auto& name_in(const T& entry) {
  return entry;
}
template <class K, class V>
const K& name_in(const std::pair<const K, V>& entry) {
  return entry.first;
}

template <class T>
void put_keyed(std::string& out, const T& before, const T& after) {
  std::vector<std::size_t> changed, gone;
  std::string changes, added;
  std::size_t additions = 0, place = 0;
  auto was = before.begin(), is = after.begin();
  const auto add = [&] {
    ++additions;
    encode_to(added, name_in<>(*is));
    if constexpr (kind_of<T> == value_kind::map) encode_to(added, is->second);
    ++is;
  };
  const auto pass = [&] { ++place, ++was; };
  while (was != before.end() || is != after.end()) {
    if (was == before.end()) {
      add();
    } else if (is == after.end() || before.key_comp()(name_in<>(*was), name_in<>(*is))) {
      gone.push_back(place);
      pass();
    } else if (before.key_comp()(name_in<>(*is), name_in<>(*was))) {
      add();
    } else if (!is_same_value(name_in<>(*was), name_in<>(*is))) {  // 0.0 and -0.0
      gone.push_back(place);
      pass();
      add();
    } else {
      if constexpr (kind_of<T> == value_kind::map) {
        if (!is_same_value(was->second, is->second)) {
          changed.push_back(place);
          put_difference(changes, was->second, is->second);
        }
      }
      pass();
      ++is;
    }
  }
  if constexpr (kind_of<T> == value_kind::map) {
    put_places(out, changed);
    out += changes;
  }
  put_places(out, gone);
  append_varint(out, additions);
  out += added;
}

// The places that `put_places` wrote, all of them below `size`.
inline std::vector<std::size_t> take_places(reader& in, std::size_t size) {
  std::vector<std::size_t> places;
  const std::size_t count = in.count();
  for (std::size_t i = 0, next = 0; i < count; ++i) {
    const std::uint64_t distance = in.varint();
    if (in.failed() || distance >= size - next) {
      in.fail("a place is outside of its set or map");
      return {};
    }
    places.push_back(next + static_cast<std::size_t>(distance));
    next = places.back() + 1;
  }
  return places;
}

// Calls use(iterator) for what stands at `places`; it gives back where to go on after it.
template <class T, class Use>
void visit_places(T& value, const std::vector<std::size_t>& places, Use&& use) {
  auto at = value.begin();
  std::size_t next = 0;
  for (const std::size_t place : places) {
    for (; next != place; ++next) ++at;
    at = use(at);
    ++next;
  }
}

template <class T>
void take_keyed(reader& in, T& value) {
  if constexpr (kind_of<T> == value_kind::map) {
    visit_places(value, take_places(in, value.size()), [&](auto at) {
      take_difference(in, at->second);
      return ++at;
    });
  }
  visit_places(value, take_places(in, value.size()), [&](auto at) { return value.erase(at); });
  const std::size_t additions = in.count();
  for (std::size_t i = 0; i < additions && !in.failed(); ++i) {
    bool is_new = false;
    if constexpr (kind_of<T> == value_kind::map) {
      typename T::key_type name{};
      take(in, name);
      const auto [at, made] = value.try_emplace(std::move(name));
      is_new = made;
      if (is_new) take(in, at->second);
    } else {
      element_of<T> element{};
      take(in, element);
      is_new = value.insert(std::move(element)).second;
    }
    if (!is_new) in.fail("what is added to a set or map is in it");
  }
}

// ---- any value

template <class T>
void put_difference(std::string& out, const T& before, const T& after) {
  constexpr value_kind kind = kind_of<T>;
  if constexpr (!has_parts<T> && kind != value_kind::optional) {
    encode_to(out, after);
  } else if constexpr (kind == value_kind::text) {
    put_stretches(out, before, after, changed_bytes<words>(before, after));
  } else if constexpr (kind == value_kind::blob) {
    put_stretches(out, before.bytes, after.bytes, {{0, before.bytes.size(), 0, after.bytes.size()}});
  } else if constexpr (kind == value_kind::optional) {  // 0: none, 1: whole, 2: a difference
    const bool in_part = has_parts<T> && before && after;
    out += static_cast<char>(in_part ? 2 : after.has_value());
    if (in_part) {
      put_difference(out, *before, *after);
    } else if (after) {
      encode_to(out, *after);
    }
  } else if constexpr (kind == value_kind::list) {
    put_list(out, before, after);
  } else if constexpr (kind == value_kind::set || kind == value_kind::map) {
    put_keyed(out, before, after);
  } else if constexpr (kind == value_kind::array) {
    std::vector<std::size_t> changed;
    for (std::size_t i = 0; i < after.size(); ++i) {
      if (!is_same_value(before[i], after[i])) changed.push_back(i);
    }
    put_places(out, changed);
    for (const std::size_t i : changed) put_difference(out, before[i], after[i]);
  } else {
    std::uint64_t changed = 0;
    std::string changes;
    for_each_field(
        [&]<std::size_t I>(std::integral_constant<std::size_t, I>, const auto& was, const auto& is) {
          if (is_same_value(value_of(was), value_of(is))) return;
          changed |= std::uint64_t{1} << I;
          put_difference(changes, value_of(was), value_of(is));
        },
        before, after);
    append_varint(out, changed);
    out += changes;
  }
}

// `value` becomes what it was made into.
template <class T>
void take_difference(reader& in, T& value) {
  constexpr value_kind kind = kind_of<T>;
  if constexpr (!has_parts<T> && kind != value_kind::optional) {
    take(in, value);
  } else if constexpr (kind == value_kind::text) {
    take_stretches(in, value);
    if (!is_utf8(value)) in.fail("a text is not UTF-8");
  } else if constexpr (kind == value_kind::blob) {
    take_stretches(in, value.bytes);
  } else if constexpr (kind == value_kind::optional) {
    const std::uint8_t form = in.byte();
    if (form > (has_parts<T> && value ? 2 : 1)) return in.fail("an optional differs from what is not there");
    if (form == 0) {
      value.reset();
    } else if (form == 1) {
      take_present(in, value);
    } else {
      take_difference(in, *value);
    }
  } else if constexpr (kind == value_kind::list) {
    take_list(in, value);
  } else if constexpr (kind == value_kind::set || kind == value_kind::map) {
    take_keyed(in, value);
  } else if constexpr (kind == value_kind::array) {
    for (const std::size_t i : take_places(in, value.size())) take_difference(in, value[i]);
  } else {
    const std::uint64_t changed = in.varint();
    if (changed >> (field_count<T> - 1) > 1) return in.fail("a difference changes fields that do not exist");
    for_each_field(
        [&]<std::size_t I>(std::integral_constant<std::size_t, I>, auto& field) {
          if ((changed >> I & 1) != 0) take_difference(in, value_of(field));
        },
        value);
  }
}

}  // namespace internal

/// Appends what leads from `before` to `after`: of a text the stretches that changed, of a list the elements that are
/// new or changed (one with a member `id` is known by it, so a move costs little), of sets and maps the keys, of
/// aggregates the fields, and so on inside of these. What has no parts stands whole, and so does a value whose
/// difference would take more.
///
/// Guarantee: apply_difference(before, difference) == after; at most one byte more than encode(after).
/// Complexity: O(n) for lists but for the part between the first and the last change, which is O(n log n); of texts as
/// `text_changes`. \see DELTA-2
template <codable T>
void encode_difference_to(std::string& out, const T& before, const T& after) {
  const std::size_t begin = out.size();
  if constexpr (internal::has_parts<T>) {
    out += '\1';
    internal::put_difference(out, before, after);
    const std::string whole = encode(after);
    if (out.size() - begin <= whole.size()) return;
    out.resize(begin);
    out += '\0';
    out += whole;
  } else {
    out += '\0';
    encode_to(out, after);
  }
}

template <codable T>
std::string encode_difference(const T& before, const T& after) {
  std::string out;
  encode_difference_to(out, before, after);
  return out;
}

/// What `before` became, by what `encode_difference_to` wrote.
///
/// \return the value, or why there is none: the difference is damaged, or was made to another value
/// Guarantee: reads every sequence of bytes without undefined behaviour, in memory proportional to `before` and their
/// number. Complexity: linear, but for sets and maps, where each new key takes logarithmic time.
/// \snippet examples/wire.cpp difference
template <codable T>
result<T> apply_difference(T before, std::string_view difference) {
  reader in(difference);
  const std::uint8_t form = in.byte();
  if (form > internal::has_parts<T>) in.fail("a difference is of an unknown form");
  if (form == 0) {
    internal::take(in, before);
  } else {
    internal::take_difference(in, before);
  }
  if (auto whole = in.finish("a difference"); !whole) return whole.error();
  return before;
}

}  // namespace syncline
