// SPDX-License-Identifier: BSL-1.0
#pragma once
// What the hub tells a device about one record: some of its fields, their stamps, and whether it is deleted.

#include <syncline/change/stamp.hpp>
#include <syncline/resolve/decide.hpp>
#include <syncline/wire/decode.hpp>
#include <syncline/wire/encode.hpp>

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace syncline {

/// What commit `number` changed in a value, as `encode_difference` writes it.
struct numbered_difference {
  std::uint64_t number{};
  blob bytes{};
};

/// A field told by difference: the changes that lead to its value, oldest first, and the checksum of that value.
struct field_difference {
  std::uint32_t field{};
  std::uint64_t digest{};
  std::vector<numbered_difference> changes{};
};

/// Some fields of a record as the hub has them at `number`.
///
/// \see PROTOCOL 4, 8
template <class R>
struct record_update {
  R value{};  ///< the key, and the fields in `fields` that are not in `differences`
  field_set<R> fields{};
  syncline::stamps<R> stamps{};  ///< of the fields in `fields`: when and where each was written, if the hub knows
  std::array<rule, field_count<R>> rules{};  ///< of the fields in `fields`: by which each was decided last
  std::uint64_t number = 0;      ///< every field that changed up to here, since what was asked for, is in it
  bool whole = false;            ///< every field is in it
  bool deleted = false;
  stamp life{};  ///< when and where it was made, deleted or made anew last; told of what is whole or deleted
  std::optional<typename schema<R>::key_type> alias_of{};  ///< the record that stands for it: it has no fields then
  std::vector<field_difference> differences{};             ///< of fields in `fields`, in their order \see DELTA-2

  /// The fields whose values are here whole.
  field_set<R> whole_fields() const noexcept {
    field_set<R> all = fields;
    for (const field_difference& each : differences) all.erase(each.field);
    return all;
  }
};

/// Appends `update`: key, flags, what it is an alias of, the differences if there are any, number, the stamp of its life if
/// there is one, the set of fields and the values of those without a difference, then the stamps of the stamped ones.
template <class R>
void encode_to(std::string& out, const record_update<R>& update) {
  encode_to(out, key_of(update.value));
  const bool has_life = update.life.time.is_set();
  const bool differs = !update.differences.empty();
  out += static_cast<char>(update.whole | update.deleted << 1 | has_life << 2 | update.alias_of.has_value() << 3 | differs << 4);
  if (update.alias_of) encode_to(out, *update.alias_of);
  if (differs) encode_to(out, update.differences);
  const field_set<R> whole_fields = update.whole_fields();
  const std::size_t begin = out.size();
  std::size_t size = 3 * max_varint_size + 10 + device_id::max_size;
  for_each_field(
      [&]<std::size_t I>(std::integral_constant<std::size_t, I>, const auto& field) {
        if (whole_fields.contains(I)) size += internal::bound(value_of(field));
        if (update.fields.contains(I)) size += 11 + device_id::max_size;
      },
      update.value);
  out.resize(begin + size);
  writer to(out.data() + begin);
  to.varint(update.number);
  if (has_life) {
    to.fixed(update.life.time.ticks);
    to.sized(update.life.device.view());
  }
  to.varint(update.fields.bits());
  for_each_field(
      [&]<std::size_t I>(std::integral_constant<std::size_t, I>, const auto& field) {
        if (whole_fields.contains(I)) internal::put(to, value_of(field));
      },
      update.value);
  stamp last = update.life;
  rule last_rule{};
  update.fields.for_each([&](std::size_t i) {  // mostly one device wrote them all, at one time, or nobody did
    const stamp& written = update.stamps[i];
    if (written == last && update.rules[i] == last_rule) {
      to.byte(1);
    } else if (!written.time.is_set() && update.rules[i] == rule::alone) {
      to.byte(2);
    } else {
      to.byte(0);
      to.byte(static_cast<std::uint8_t>(update.rules[i]));
      to.fixed(written.time.ticks);
      to.sized(written.device.view());
      last = written;
      last_rule = update.rules[i];
    }
  });
  out.resize(static_cast<std::size_t>(to.position() - out.data()));
}

namespace internal {

inline stamp take_stamp(reader& in) {
  const hybrid_time time{in.fixed<std::uint64_t>()};
  const std::string_view device = in.sized();
  if (device.size() > device_id::max_size) in.fail("a device id is longer than 24 bytes");
  return {time, device_id(device)};
}

}  // namespace internal

/// Reads what `encode_to` wrote.
template <class R>
result<void> decode_into(std::string_view bytes, record_update<R>& update) {
  reader in(bytes);
  update = {};
  internal::take(in, get_field<schema<R>::key_index>(update.value));
  const std::uint8_t flags = in.byte();
  if (flags > 31) in.fail("an update has unknown flags");
  update.whole = (flags & 1) != 0;
  update.deleted = (flags & 2) != 0;
  if ((flags & 8) != 0) internal::take(in, update.alias_of.emplace());
  if ((flags & 16) != 0) internal::take(in, update.differences);
  update.number = in.varint();
  if ((flags & 4) != 0) update.life = internal::take_stamp(in);
  update.fields = field_set<R>{in.varint()};
  if (!(update.fields - field_set<R>::all()).empty() || update.fields.contains(schema<R>::key_index)) {
    in.fail("an update has fields that its record does not have, or its key");
  }
  if (!update.differences.empty() && (update.whole || update.alias_of)) in.fail("an update is whole and has differences");
  for (std::size_t next = 0; const field_difference& each : update.differences) {
    if (each.field < next || each.field >= field_count<R> || !update.fields.contains(each.field)) {
      in.fail("an update has differences of other fields than it has, or not in their order");
      break;
    }
    next = each.field + 1;
  }
  if (!in.failed()) {
    const field_set<R> whole_fields = update.whole_fields();
    for_each_field(
        [&]<std::size_t I>(std::integral_constant<std::size_t, I>, auto& field) {
          if (whole_fields.contains(I)) internal::take(in, value_of(field));
        },
        update.value);
    stamp last = update.life;
    rule last_rule{};
    update.fields.for_each([&](std::size_t i) {
      const std::uint8_t form = in.byte();
      if (form > 2) in.fail("a stamp is of an unknown form");
      if (form == 2) return;
      if (form == 0) {
        const std::uint8_t why = in.byte();
        if (!is_rule(why)) in.fail("a field was decided by an unknown rule");
        last_rule = static_cast<rule>(why);
        last = internal::take_stamp(in);
      }
      update.stamps[i] = last;
      update.rules[i] = last_rule;
    });
  }
  return in.finish("a record update");
}

/// Puts the update's fields into `value` and `value_stamps`.
///
/// \pre there are no differences: see `take_differences`
template <class R>
void apply_update(R& value, stamps<R>& value_stamps, const record_update<R>& update) {
  for_each_field(
      [&]<std::size_t I>(std::integral_constant<std::size_t, I>, auto& field, const auto& updated) {
        if (!update.fields.contains(I)) return;
        value_of(field) = value_of(updated);
        value_stamps[I] = update.stamps[I];
      },
      value, update.value);
}

}  // namespace syncline
