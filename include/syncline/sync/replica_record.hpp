// SPDX-License-Identifier: BSL-1.0
#pragma once
// What a device remembers of a record: the base that it last read from the hub, what was sent, what waits, and how each
// field came to its value.

#include <syncline/change/edit.hpp>
#include <syncline/core/planted.hpp>
#include <syncline/port/store.hpp>
#include <syncline/queue/life_cycle.hpp>
#include <syncline/resolve/manual.hpp>
#include <syncline/resolve/resolve.hpp>
#include <syncline/sync/foreign_change.hpp>
#include <syncline/sync/record_update.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace syncline {

/// How a field came to its value, noted when it was decided. \see MERGE-8
struct field_reason {
  std::uint8_t field{};
  side winner{};     ///< `local`: written on this device; `remote`: the hub's word; `both`: merged
  rule why{};
  std::uint64_t at{};   ///< when the value that stands was written, or the record deleted or made anew, as hybrid_time ticks
  std::string by{};     ///< the device that did; empty where the hub does not say
  std::optional<blob> dropped{};  ///< the value that lost against it, as `encode` writes it
  std::uint64_t decided_at{};     ///< when this device decided or heard so, as hybrid_time ticks; 0 where nobody knows

  friend bool operator==(const field_reason&, const field_reason&) = default;
};

/// A record on a device. The value that people see is the base, then what was sent, then what is foreign, then what is
/// pending.
///
/// \see PROTOCOL 11
template <class R>
struct replica_record {
  R base{};
  syncline::stamps<R> base_stamps{};
  std::uint64_t number = 0;  ///< the hub's commit up to which the base is known; 0: never read from the hub
  bool base_exists = false;
  bool carries_base = false;  ///< the hub asked for the values that the change was made on: it is sent with them
  stamp life{};  ///< when and where the base was made, deleted or made anew last, as far as the hub said
  std::optional<change<R>> sent{};
  std::optional<change<R>> pending{};
  record_state state = record_state::local_only;
  std::vector<field_reason> reasons{};  ///< ordered by field
  std::vector<foreign_change<R>> foreign{};  ///< in the order in which they came; never dirty

  /// The value that people see.
  R seen() const {
    R value = base_and_sent();
    for (const foreign_change<R>& each : foreign) put(value, each.made);
    if (pending) put(value, *pending);
    return value;
  }

  /// What the writer of the pending change had before its eyes: the base, then what was sent, then what was foreign and not
  /// covered by that change.
  R seen_by_pending() const {
    R value = base_and_sent();
    for (const foreign_change<R>& each : foreign) {
      if (each.covered.empty()) {
        put(value, each.made);
      } else {
        delta<R> shown = each.made.what;
        keep_only(shown, shown.fields - each.covered);
        apply_to(value, shown);
      }
    }
    return value;
  }

  /// What the hub will have when it takes what was sent.
  R base_and_sent() const {
    R value = base;
    if (sent && !is_planted(flaw::forget_what_was_sent)) put(value, *sent);
    return value;
  }

  bool seen_deleted() const noexcept {
    if (pending) return pending->kind == change_kind::deleted;
    for (auto each = foreign.rbegin(); each != foreign.rend(); ++each) {
      if (each->made.kind != change_kind::updated) return each->made.kind == change_kind::deleted;
    }
    if (sent) return sent->kind == change_kind::deleted;
    return !base_exists;
  }

  /// When and where the value of a field that people see was written.
  stamp seen_stamp(std::size_t field, std::string_view me) const noexcept {
    if (pending && pending->what.fields.contains(field)) return {pending->times[field], device_id(me)};
    if (const foreign_change<R>* shown = foreign_in(field)) return {shown->made.times[field], device_id(shown->device)};
    if (sent && sent->what.fields.contains(field)) return {sent->times[field], device_id(me)};
    return base_stamps[field];
  }

  /// The foreign change that people see in a field; nothing where it is this device's value or the hub's.
  const foreign_change<R>* foreign_in(std::size_t field) const noexcept {
    if (pending && fields_of(*pending).contains(field)) return nullptr;
    const auto found = std::find_if(foreign.rbegin(), foreign.rend(), [&](const auto& each) { return each.made.what.fields.contains(field); });
    return found == foreign.rend() ? nullptr : &*found;
  }

  /// Whether what is pending was written on something foreign, of which the hub's word has not been read: then it waits,
  /// so that its base is one that has it. \see PROTOCOL 11, 15
  bool waits_for_foreign() const noexcept {
    return pending && !is_planted(flaw::forget_the_dependency) &&
           std::any_of(foreign.begin(), foreign.end(), [](const foreign_change<R>& each) { return each.is_depended_on; });
  }

  /// Whether the writer of what is pending saw the record deleted, by the hub's word or a foreign one.
  bool knows_of_deletion() const noexcept {
    return (number != 0 && !base_exists) || std::any_of(foreign.begin(), foreign.end(), [](const foreign_change<R>& each) {
             return each.made.kind == change_kind::deleted && each.is_depended_on && each.covered.empty();
           });
  }

  /// Whether it came into being here, and the hub has no part of it.
  bool is_of_here() const noexcept {
    return number == 0 && !base_exists && (foreign.empty() || (pending && pending->kind == change_kind::created));
  }

  /// Shows `made` over what was sent. What is pending now was written without it.
  void show(foreign_change<R> made) {
    if (pending) made.covered |= fields_of(*pending);
    foreign.push_back(std::move(made));
  }

  /// What is pending is on its way: what is foreign lies over it from here on.
  void uncover_foreign() noexcept {
    for (foreign_change<R>& each : foreign) each.covered = {};
  }
  /// What was sent waits again, and covers what is foreign.
  void cover_foreign() {
    const field_set<R> covering = fields_of(*sent) - (pending ? fields_of(*pending) : field_set<R>{});
    for (foreign_change<R>& each : foreign) each.covered |= covering;
  }

  /// Drops what the base includes by now; says how much that was. \see PROTOCOL 11
  std::size_t drop_included() {
    return std::erase_if(foreign, [&](const foreign_change<R>& each) {
      return each.included_at != 0 && each.included_at <= number && !is_planted(flaw::keep_the_overlay);
    });
  }

  bool dirty() const noexcept { return sent.has_value() || pending.has_value(); }

  /// The fields that wait to be sent or answered.
  field_set<R> dirty_fields() const noexcept {
    field_set<R> fields;
    if (sent) fields |= sent->what.fields;
    if (pending) fields |= pending->what.fields;
    return fields;
  }

  /// Notes why a field has its value, in place of what was noted before.
  void note(field_reason reason) {
    auto at = reasons.begin();
    while (at != reasons.end() && at->field < reason.field) ++at;
    if (at != reasons.end() && at->field == reason.field) {
      *at = std::move(reason);
    } else {
      reasons.insert(at, std::move(reason));
    }
  }

 private:
  // A creation and a deletion hide all that was there.
  static field_set<R> fields_of(const change<R>& made) noexcept {
    return made.kind == change_kind::updated ? made.what.fields : field_set<R>::all();
  }

  static void put(R& value, const change<R>& made) {
    if (made.kind == change_kind::created) {  // an update of the empty record
      R empty{};
      get_field<schema<R>::key_index>(empty) = key_of(value);
      value = std::move(empty);
    }
    apply_to(value, made.what);
  }
};

/// The hub has the record no more, not even as a tombstone: an edit that stands against its deletion becomes the record
/// as a whole, proposed anew. \return whether there was such an edit \see PROTOCOL 19
template <class R>
bool propose_whole(replica_record<R>& record, std::string_view device) {
  record.base_exists = false;
  if (!record.pending || record.pending->kind != change_kind::updated) return false;
  change<R> whole{.kind = change_kind::created, .base = record.number, .what = create<role::client>(record.seen()), .times = {}, .at = record.pending->at};
  whole.what.fields |= record.pending->what.fields - merged<R>;  // also what a person emptied
  sign(whole.what, device);
  whole.what.fields.for_each([&](std::size_t i) {
    whole.times[i] = record.seen_stamp(i, device).time;
    whole.at = std::max(whole.at, whole.times[i]);  // the base may be stamped later than what was shifted back
  });
  record.pending = std::move(whole);
  return true;
}

namespace internal {

inline void put_blob(std::string& out, std::string_view bytes) {
  char size[max_varint_size];
  writer to(size);
  to.varint(bytes.size());
  out.append(size, to.position());
  out.append(bytes);
}

template <class R>
void put_optional_change(std::string& out, const R& value, const std::optional<change<R>>& made) {
  std::string bytes;
  if (made) encode_to<R>(bytes, key_of(value), *made);
  put_blob(out, bytes);
}

template <class R>
void take_optional_change(reader& in, std::optional<change<R>>& made) {
  const std::string_view bytes = in.sized();
  if (bytes.empty()) return;
  reader inner(bytes);
  typename schema<R>::key_type key{};
  take_change<R>(inner, key, made.emplace());
  if (!inner.finish("a change")) in.fail("a kept change cannot be read");
}

}  // namespace internal

/// The row that keeps `record`: the seen value in the open, the rest as bytes. Of the base only the dirty fields are
/// kept, since the others are the seen ones.
template <class R>
row<R> to_row(const replica_record<R>& record) {
  row<R> kept{record.seen(), record.seen_deleted(), {}};
  std::string& out = kept.sync;
  out += static_cast<char>(record.base_exists | (record.carries_base && record.dirty()) << 1);
  out += static_cast<char>(record.state);
  record_update<R> base;
  base.value = record.base;
  base.fields = record.dirty_fields();
  bool is_hidden = (record.sent && record.sent->kind == change_kind::created) ||
                   (record.pending && record.pending->kind == change_kind::created);
  for (const foreign_change<R>& each : record.foreign) {
    base.fields |= each.made.what.fields;
    is_hidden = is_hidden || each.made.kind == change_kind::created;
  }
  if (is_hidden) {  // a creation also hides what it does not set
    base.fields |= changed_fields(kept.value, record.base);
  }
  base.number = record.number;
  base.life = record.life;
  get_field<schema<R>::key_index>(base.value) = key_of(kept.value);
  base.stamps = record.base_stamps;
  std::string bytes;
  encode_to(bytes, base);
  internal::put_blob(out, bytes);
  bytes.clear();
  stamp last{};
  std::string stamps_bytes;
  for (std::size_t i = 0; i < field_count<R>; ++i) {  // stamps of fields that are not dirty
    if (base.fields.contains(i) || !stamped<R>.contains(i)) continue;
    const stamp& written = record.base_stamps[i];
    stamps_bytes += static_cast<char>(written == last);
    if (written == last) continue;
    char room[8 + max_varint_size];
    writer to(room);
    to.fixed(written.time.ticks);
    to.varint(written.device.view().size());
    stamps_bytes.append(room, to.position());
    stamps_bytes += written.device.view();
    last = written;
  }
  internal::put_blob(out, stamps_bytes);
  internal::put_optional_change(out, kept.value, record.sent);
  internal::put_optional_change(out, kept.value, record.pending);
  encode_to(out, record.reasons);
  for (const foreign_change<R>& each : record.foreign) encode_to(out, key_of(kept.value), each);
  return kept;
}

/// The record that `to_row` kept.
template <class R>
result<replica_record<R>> from_row(const row<R>& kept) {
  replica_record<R> record;
  reader in(kept.sync);
  const std::uint8_t flags = in.byte();
  record.base_exists = (flags & 1) != 0;
  record.carries_base = (flags & 2) != 0;
  record.state = static_cast<record_state>(in.byte());
  record_update<R> base;
  if (auto done = decode_into(in.sized(), base); !done) return done.error();
  record.base = kept.value;
  apply_update(record.base, record.base_stamps, base);
  record.number = base.number;
  record.life = base.life;
  reader stamps_in(in.sized());
  stamp last{};
  for (std::size_t i = 0; i < field_count<R>; ++i) {
    if (base.fields.contains(i) || !stamped<R>.contains(i)) continue;
    if (stamps_in.byte() == 0) {
      last.time.ticks = stamps_in.template fixed<std::uint64_t>();
      last.device = device_id(stamps_in.sized());
    }
    record.base_stamps[i] = last;
  }
  if (auto done = stamps_in.finish("a record's stamps"); !done) return done.error();
  internal::take_optional_change(in, record.sent);
  internal::take_optional_change(in, record.pending);
  internal::take(in, record.reasons);
  while (!in.failed() && in.remaining() > 0) internal::take_foreign(in, record.foreign.emplace_back());
  if (auto done = in.finish("a record's bookkeeping on the device"); !done) return done.error();
  return record;
}

}  // namespace syncline
