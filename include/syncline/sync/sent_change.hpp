// SPDX-License-Identifier: BSL-1.0
#pragma once
// A change as an envelope carries it: of large values only what changed, with the digest of what it changed from.

#include <syncline/change/change.hpp>
#include <syncline/core/planted.hpp>
#include <syncline/wire/checksum.hpp>
#include <syncline/wire/difference.hpp>

#include <string>
#include <utility>

namespace syncline {

/// A value of at most so many bytes is sent whole: it is hardly more than the digest and the difference would be, and
/// the hub need never ask for it.
inline constexpr std::size_t small_value_size = 32;

/// An edit of at most so many bytes is sent as it is: it needs no base, so nothing can be asked for.
inline constexpr std::size_t small_edit_size = 256;

/// What an envelope carried by difference, and what of it this side could not make out.
template <class R>
struct sent_differences {
  field_set<R> fields{};
  field_set<R> unknown{};  ///< the value here is not the one that they were made from
};

namespace internal {

template <class R, std::size_t I>
inline constexpr bool is_sent_by_difference = !is_key<R, I> && has_parts<typename schema<R>::template value_type<I>>;

// Whether the edits of a merge field carry the value that they were made on.
template <class R, std::size_t I>
inline constexpr bool is_edit_with_base =
    std::is_same_v<typename merge_traits_of<R, I>::edit, replaced<typename schema<R>::template value_type<I>>>;

// Calls `use(std::integral_constant<std::size_t, I>)` for each of `fields` that can be sent by difference.
template <class R, class Use>
constexpr void for_each_large(field_set<R> fields, Use&& use) {
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    const auto one = [&]<std::size_t J>(std::integral_constant<std::size_t, J> at) {
      if constexpr (is_sent_by_difference<R, J>) {
        if (fields.contains(J)) use(at);
      }
    };
    (one(std::integral_constant<std::size_t, I>{}), ...);
  }(std::make_index_sequence<field_count<R>>{});
}

template <class R>
consteval field_set<R> find_large_fields() {
  field_set<R> all;
  for_each_large(field_set<R>::all(), [&](auto at) { all.insert(at); });
  return all;
}

// Appends how long before the change it was written, the checksum of `before`, and what became of it; or nothing, and
// false, if that is not less than half of the `whole` bytes that it takes else.
template <class T>
bool put_sent_difference(std::string& out, const T& before, const T& after, std::size_t whole, std::uint64_t earlier) {
  const std::string base = encode(before);
  if (base.size() <= small_value_size) return false;
  const std::string difference = encode_difference(before, after);
  if (2 * (difference.size() + sizeof(std::uint64_t)) > whole) return false;
  append_varint(out, earlier);
  char digest[sizeof(std::uint64_t)];
  writer(digest).fixed(checksum(base));
  out.append(digest, sizeof digest);
  append_sized(out, difference);
  return true;
}

}  // namespace internal

/// Appends `made`, a change of the record `base`: as `encode_to` does, but for the fields with large values, or large
/// edits, of which less than half is new. These follow: their set, and of each how much earlier it was written, the
/// checksum of the value that it was made on, and the difference. If the change `carries_base` there are none.
///
/// \see DELTA-2, PROTOCOL 17
template <class R>
void encode_sent(std::string& out, const change<R>& made, const R& base, bool carries_base) {
  field_set<R> differing;
  std::string differences;
  if (made.kind == change_kind::updated && !carries_base) {
    internal::for_each_large(made.what.fields, [&]<std::size_t I>(std::integral_constant<std::size_t, I>) {
      const std::uint64_t earlier = made.at.ticks - made.times[I].ticks;
      const auto put = [&](const auto& before, const auto& after, std::size_t whole) {
        if (internal::put_sent_difference(differences, before, after, whole, earlier)) differing.insert(I);
      };
      if constexpr (!internal::is_merged<R, I>) {
        const auto& after = get_field<I>(made.what.values);
        put(get_field<I>(base), after, encode(after).size());
      } else {
        const auto& edit = made.what.template edit<I>();
        const std::size_t whole = encode(edit).size();
        if constexpr (internal::is_edit_with_base<R, I>) {
          put(edit.before, edit.after, whole);
        } else if (whole > small_edit_size) {
          auto after = get_field<I>(base);
          internal::merge_traits_of<R, I>::apply(after, edit);
          put(get_field<I>(base), after, whole);
        }
      }
    });
  }
  if (differing.empty()) return encode_to<R>(out, key_of(base), made);
  change<R> rest = made;
  keep_only(rest.what, made.what.fields - differing);
  encode_to<R>(out, key_of(base), rest);
  internal::append_varint(out, differing.bits());
  out += differences;
}

/// Reads what `encode_sent` wrote after a change, if anything, and completes `made` by it. `present` is the record as
/// it is here: a difference is made from its value, if it has the same checksum.
///
/// \return the fields that came by difference; where one is unknown, `made` is not whole and must not be used
template <class R>
sent_differences<R> take_differences(reader& in, change<R>& made, const R& present) {
  constexpr field_set<R> large = internal::find_large_fields<R>();
  sent_differences<R> read;
  if (in.remaining() == 0) return read;
  read.fields = field_set<R>{in.varint()};
  if (made.kind != change_kind::updated || read.fields.empty() || !(read.fields - large).empty() ||
      !(read.fields & made.what.fields).empty()) {
    in.fail("fields differ that are there already, or that cannot");
    return read;
  }
  internal::for_each_large(read.fields, [&]<std::size_t I>(std::integral_constant<std::size_t, I>) {
    const std::uint64_t earlier = in.varint();
    if (earlier > made.at.ticks) in.fail("a field was written before time began");
    const auto digest = in.fixed<std::uint64_t>();
    const std::string_view difference = in.sized();
    if (in.failed()) return;
    const auto& before = get_field<I>(present);
    if (checksum(encode(before)) != digest && !is_planted(flaw::trust_the_digest)) return read.unknown.insert(I);
    auto after = apply_difference(before, difference);
    if (!after) return in.fail("a difference does not fit the value that it was made from");
    if constexpr (internal::is_merged<R, I>) {
      made.what.template edit<I>() = internal::merge_traits_of<R, I>::diff(before, *after);
    } else {
      get_field<I>(made.what.values) = std::move(*after);
    }
    made.what.fields.insert(I);
    made.times[I].ticks = made.at.ticks - earlier;
  });
  return read;
}

}  // namespace syncline
