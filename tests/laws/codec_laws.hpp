// SPDX-License-Identifier: BSL-1.0
#pragma once
// The laws of the binary encoding, for any codable type and any record.

#include <syncline/testing/generate.hpp>
#include <syncline/wire/decode.hpp>
#include <syncline/wire/encode.hpp>

#include <cstddef>
#include <string>

namespace laws {

/// Round trip, canonical, and no prefix of an encoding is one; expect(bool, const char* law).
template <class T, class Expect>
void check_codec_laws(std::uint64_t seed, std::size_t cases, Expect&& expect) {
  using namespace syncline;
  generator from(seed);
  T reused{};
  for (std::size_t i = 0; i < cases; ++i) {
    const T value = from.value<T>();
    const std::string bytes = encode(value);
    const auto back = decode<T>(bytes);
    expect(back.has_value() && is_same_value(*back, value), "decode(encode(v)) == v");
    expect(decode_into(bytes, reused).has_value() && is_same_value(reused, value), "decoding over another value is the same");
    expect(encode(reused) == bytes, "equal values give equal bytes");
    expect(!decode<T>(bytes + '\0').has_value(), "more bytes than a value are refused");
    const std::size_t step = bytes.size() / 64 + 1;
    for (std::size_t end = 0; end < bytes.size(); end += step) {
      expect(!decode<T>(std::string_view(bytes).substr(0, end)).has_value(), "a value that is cut short is refused");
    }
  }
}

/// Whatever bytes are accepted are the encoding of what they were read as: random bytes, and encodings with errors.
template <class T, class Expect>
void check_canonical(std::uint64_t seed, std::size_t cases, Expect&& expect) {
  using namespace syncline;
  generator from(seed);
  for (std::size_t i = 0; i < cases; ++i) {
    std::string bytes = i % 4 == 0 ? from.value<blob>().bytes : encode(from.value<T>());
    for (std::uint64_t errors = from.random.below(4); errors > 0 && !bytes.empty(); --errors) {
      const auto at = static_cast<std::size_t>(from.random.below(bytes.size()));
      switch (from.random.below(4)) {
        case 0: bytes[at] = static_cast<char>(bytes[at] ^ 1 << from.random.below(8)); break;
        case 1: bytes.insert(at, 1, static_cast<char>(from.random.below(256))); break;
        case 2: bytes.erase(at, 1); break;
        default: bytes[at] = static_cast<char>(from.random.below(256)); break;
      }
    }
    if (const auto read = decode<T>(bytes)) expect(encode(*read) == bytes, "every accepted encoding is the canonical one");
  }
}

/// The same laws for deltas and changes of `R`, and that the short cuts do what the long way does.
template <class R, class Expect>
void check_change_codec_laws(std::uint64_t seed, std::size_t cases, Expect&& expect) {
  using namespace syncline;
  generator from(seed);
  delta<R> reused;
  change<R> reused_change;
  for (std::size_t i = 0; i < cases; ++i) {
    const R a = from.record<R>();
    const R b = from.edited(a, 0.4);
    const delta<R> ab = diff(a, b);
    std::string bytes, straight;
    encode_to(bytes, ab);
    encode_diff_to(straight, a, b);
    expect(bytes == straight, "encode_diff_to(a, b) == encode(diff(a, b))");

    delta<R> back;
    expect(decode_into(bytes, back).has_value() && back == ab, "decode(encode(d)) == d");
    expect(decode_into(bytes, reused).has_value() && reused == ab, "decoding over another delta is the same");
    R applied = a;
    expect(apply_encoded(bytes, applied).has_value() && is_same_value(applied, b), "apply_encoded(encode(d), a) == apply(a, d)");
    for (std::size_t end = 0; end < bytes.size(); ++end) {
      delta<R> cut;
      R target = a;
      const auto part = std::string_view(bytes).substr(0, end);
      expect(!decode_into(part, cut).has_value() && !apply_encoded(part, target).has_value(),
             "a delta that is cut short is refused");
    }

    change<R> made;
    made.kind = static_cast<change_kind>(from.random.below(3));
    made.base = from.value<std::uint64_t>();
    if (made.kind == change_kind::deleted) {
      made.at = {from.random()};
    } else {
      made.what = ab;
      stamp_fields(made, {from.random() >> 1});
      if (from.random.chance(0.5)) {
        ab.fields.for_each([&](std::size_t f) { made.times[f].ticks = from.random.below(made.at.ticks + 1); });
      }
    }
    std::string sent;
    encode_to(sent, key_of(a), made);
    const auto read = [](std::string_view from_bytes, typename schema<R>::key_type& name, change<R>& into) {
      reader in(from_bytes);
      internal::take_change(in, name, into);
      return in.finish("a change").has_value();
    };
    typename schema<R>::key_type name{};
    change<R> arrived;
    expect(read(sent, name, arrived) && name == key_of(a) && arrived == made, "a change arrives as it was sent");
    expect(read(sent, name, reused_change) && reused_change == made, "reading over another change is the same");
    for (std::size_t end = 0; end < sent.size(); ++end) {
      change<R> cut;
      expect(!read(std::string_view(sent).substr(0, end), name, cut), "a change that is cut short is refused");
    }
    const auto at = static_cast<std::size_t>(from.random.below(sent.size()));
    sent[at] = static_cast<char>(sent[at] ^ 1 << from.random.below(8));
    change<R> odd;
    if (read(sent, name, odd)) {
      std::string again;
      encode_to(again, name, odd);
      expect(again == sent, "every accepted change is in canonical form");
    }
  }
}

}  // namespace laws
