// SPDX-License-Identifier: BSL-1.0
#pragma once
// What the hub remembers of a record besides its value: at which commit each field changed last, and who changed it.

#include <syncline/core/planted.hpp>
#include <syncline/port/store.hpp>
#include <syncline/resolve/resolve.hpp>
#include <syncline/sync/record_update.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline {

/// Who wrote a field: the device that people see, and its incarnation (0: the hub itself).
struct field_writer {
  std::uint64_t incarnation{};
  device_id device{};

  friend bool operator==(const field_writer&, const field_writer&) = default;
};

/// A record at the hub. From the numbers alone follow three-way merges without old versions and downloads for any cursor.
///
/// \see PROTOCOL 7
template <class R>
struct hub_record {
  R value{};
  std::uint64_t born = 0;  ///< the commit that made it, or revived it
  std::uint64_t died = 0;  ///< the commit that deleted it; 0 while it lives
  stamp life{};            ///< when and where it was made, deleted or made anew last
  std::uint64_t aliased = 0;  ///< the commit that made it an alias; 0 while it stands for itself
  typename schema<R>::key_type alias_of{};  ///< if it is an alias: the record that stands for it \see PROTOCOL 22
  std::array<std::uint64_t, field_count<R>> numbers{};
  std::array<hybrid_time, field_count<R>> times{};
  std::array<std::uint8_t, field_count<R>> writer_of{};  ///< positions in `writers`
  std::array<rule, field_count<R>> rules{};              ///< by which each field was decided last
  std::vector<field_writer> writers{};
  bool is_damaged = false;  ///< its row is not what the hub stored; stays so until the record is deleted or made anew

  bool is_alias() const noexcept { return aliased != 0; }
  /// Nobody sees it: it was deleted, or another record stands for it.
  bool deleted() const noexcept { return died != 0 || is_alias(); }

  /// The fields that changed after commit `number` by another incarnation than `reader`: what it has not seen.
  field_set<R> changed_since(std::uint64_t number, std::uint64_t reader) const noexcept {
    field_set<R> changed;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      if (numbers[i] > number && (reader == 0 || writers[writer_of[i]].incarnation != reader)) changed.insert(i);
    }
    return changed;
  }

  /// Whether somebody but the hub and `reader` changed it after commit `number`. \see PROTOCOL 19
  bool was_updated_since(std::uint64_t number, std::uint64_t reader) const noexcept {
    bool any = false;
    field_set<R> changed = changed_since(number, reader);
    changed.erase(schema<R>::key_index);
    changed.for_each([&](std::size_t i) { any = any || writers[writer_of[i]].incarnation != 0 || is_planted(flaw::server_counts_as_person); });
    return any;
  }

  /// Brings it back in commit `number` as it is: every field gets that number. \see PROTOCOL 19
  void revive(std::uint64_t number) noexcept {
    born = number;
    died = 0;
    numbers.fill(number);
  }

  syncline::stamps<R> stamps() const noexcept {
    syncline::stamps<R> all{};
    for (std::size_t i = 0; i < times.size(); ++i) {
      if (times[i].is_set()) all[i] = {times[i], writers[writer_of[i]].device};
    }
    return all;
  }

  /// Notes that `writer` changed `fields` in commit `number`, which left them with `written`, by the rules `why`.
  void mark(field_set<R> fields, std::uint64_t number, const field_writer& writer, const syncline::stamps<R>& written,
            const std::array<rule, field_count<R>>& why = {}) {
    if (fields.empty()) return;
    const std::uint8_t position = position_of(writer);
    fields.for_each([&](std::size_t i) {
      numbers[i] = number;
      writer_of[i] = position;
      times[i] = written[i].time;
      rules[i] = why[i];
    });
  }

  /// The numbers by which the record can be found, each once. \see PROTOCOL 7
  std::set<std::uint64_t> bears() const {
    std::set<std::uint64_t> all(numbers.begin(), numbers.end());
    all.insert(born);
    all.insert(died);
    all.insert(aliased);
    all.erase(0);
    return all;
  }

  /// What a device has to hear that knows the record as of commit `number`; everything if it was born after that. Of an
  /// alias it is what it is an alias of.
  record_update<R> update_since(std::uint64_t number, std::uint64_t snapshot) const {
    record_update<R> update;
    update.value = value;
    update.number = snapshot;
    update.deleted = deleted();
    update.whole = born > number || is_alias();
    if (is_alias()) {
      update.alias_of = alias_of;
      return update;
    }
    update.fields = update.whole ? field_set<R>::all() : changed_since(number, 0);
    update.fields.erase(schema<R>::key_index);
    update.stamps = stamps();
    update.rules = rules;
    if (update.whole || update.deleted) update.life = life;
    return update;
  }

 private:
  std::uint8_t position_of(const field_writer& writer) {
    if (const auto found = std::find(writers.begin(), writers.end(), writer); found != writers.end()) {
      return static_cast<std::uint8_t>(found - writers.begin());
    }
    // There are at most as many writers in use as fields, so a place that no field points to is always found.
    for (std::size_t at = 0; at < writers.size(); ++at) {
      if (std::find(writer_of.begin(), writer_of.end(), at) == writer_of.end()) {
        writers[at] = writer;
        return static_cast<std::uint8_t>(at);
      }
    }
    writers.push_back(writer);
    return static_cast<std::uint8_t>(writers.size() - 1);
  }
};

namespace internal {

// Of all that a row holds: a value that was changed by other hands does not fit the bookkeeping that was written with it.
template <class R>
std::uint64_t row_checksum(std::string_view bookkeeping, const R& value) {
  return checksum(bookkeeping, checksum(encode(value)));
}

}  // namespace internal

/// The bookkeeping of `record` as bytes: without its value, but with a checksum of both. \see SYNC-8
template <class R>
std::string encode_bookkeeping(const hub_record<R>& record) {
  std::string out(80 + record.numbers.size() * 22 + record.writers.size() * 40, '\0');
  writer to(out.data());
  to.varint(record.born);
  to.varint(record.died);
  to.varint(record.writers.size());
  for (const field_writer& writer : record.writers) {
    to.fixed(writer.incarnation);
    to.sized(writer.device.view());
  }
  std::uint64_t last_time = 0;
  for (std::size_t i = 0; i < record.numbers.size(); ++i) {
    to.varint(record.numbers[i]);
    to.byte(record.writer_of[i]);
    to.byte(static_cast<std::uint8_t>(record.rules[i]));
    to.varint(record.times[i].ticks ^ last_time);  // mostly the same time, so mostly one byte
    last_time = record.times[i].ticks;
  }
  to.fixed(record.life.time.ticks);
  to.sized(record.life.device.view());
  to.varint(record.aliased);
  out.resize(static_cast<std::size_t>(to.position() - out.data()));
  if (record.is_alias()) encode_to(out, record.alias_of);
  const std::uint64_t sum = internal::row_checksum(out, record.value);
  char room[8];
  writer(room).fixed(record.is_damaged ? ~sum : sum);
  out.append(room, sizeof room);
  return out;
}

namespace internal {

// All but the checksum.
template <class R>
void take_bookkeeping(reader& in, hub_record<R>& record) {
  record.born = in.varint();
  record.died = in.varint();
  const std::size_t writers = in.count();
  record.writers.clear();
  for (std::size_t i = 0; i < writers && !in.failed(); ++i) {
    const auto incarnation = in.fixed<std::uint64_t>();
    record.writers.push_back({incarnation, device_id(in.sized())});
  }
  std::uint64_t last_time = 0;
  for (std::size_t i = 0; i < record.numbers.size(); ++i) {
    record.numbers[i] = in.varint();
    record.writer_of[i] = in.byte();
    if (record.writer_of[i] != 0 && record.writer_of[i] >= writers) in.fail("a field points to a writer that is not there");
    const std::uint8_t why = in.byte();
    if (!is_rule(why)) in.fail("a field was decided by an unknown rule");
    record.rules[i] = static_cast<rule>(why);
    last_time ^= in.varint();
    record.times[i].ticks = last_time;
  }
  if (in.remaining() != 0) record.life = internal::take_stamp(in);  // older bytes end here
  if (writers == 0) record.writers.push_back({});
  if (!in.failed() && in.remaining() > 0) {
    record.aliased = in.varint();
    if (record.is_alias()) take(in, record.alias_of);
  }
}

}  // namespace internal

/// Reads the bookkeeping of a record alone.
template <class R>
result<void> decode_bookkeeping(std::string_view bytes, hub_record<R>& record) {
  reader in(bytes);
  internal::take_bookkeeping(in, record);
  if (!in.failed() && in.remaining() > 0) static_cast<void>(in.fixed<std::uint64_t>());
  return in.finish("a record's bookkeeping at the hub");
}

/// The record that a row keeps. One that an older program wrote has no checksum, and counts as undamaged.
template <class R>
result<hub_record<R>> read_row(row<R> kept) {
  hub_record<R> record;
  reader in(kept.sync);
  internal::take_bookkeeping(in, record);
  record.value = std::move(kept.value);
  if (!in.failed() && in.remaining() > 0) {
    const std::string_view bookkeeping = std::string_view(kept.sync).substr(0, kept.sync.size() - in.remaining());
    record.is_damaged =
        in.fixed<std::uint64_t>() != internal::row_checksum(bookkeeping, record.value) || kept.deleted != record.deleted();
  }
  if (auto whole = in.finish("a record's bookkeeping at the hub"); !whole) return whole.error();
  return record;
}

}  // namespace syncline
