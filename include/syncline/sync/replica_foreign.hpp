// SPDX-License-Identifier: BSL-1.0
#pragma once
// What a device keeps of the envelopes that it passes on for others, and the overlays that show them.

#include <syncline/core/planted.hpp>
#include <syncline/sync/replica_store.hpp>
#include <syncline/sync/sent_change.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace syncline {

/// A record that an envelope of another device changes, shown here by an overlay.
struct overlaid_record {
  std::string table{};
  blob key{};
  std::uint32_t group{};  ///< of the envelope
};

/// An envelope of another device, in the ordered map under "relayed", by incarnation and number: from when it came until
/// the hub has answered, its writer has the answer, and no overlay needs it.
struct relayed_envelope {
  std::string device{};
  std::uint64_t incarnation{};
  std::uint64_t number{};
  blob framed{};  ///< frozen: passed on as it came
  bool is_answered = false;
  std::optional<blob> answer{};  ///< the hub's, until the writer is known to have it
  std::uint64_t included_at{};   ///< the commit that has it
  std::vector<overlaid_record> records{};

  std::string name() const { return ordered_bytes(incarnation) + ordered_bytes(number); }
  bool is_done() const noexcept { return is_answered && !answer && records.empty(); }
};

/// Foreign overlays, inside a transaction. Functions write and never commit. \see PROTOCOL 11
template <class Tx, class... Records>
class replica_foreign {
  using kept = replica_store<Tx, Records...>;
  using records = catalog<Records...>;

 public:
  static constexpr std::string_view space = "relayed";

  static result<std::optional<relayed_envelope>> find(Tx& tx, std::uint64_t incarnation, std::uint64_t number) {
    auto bytes = tx.get(space, ordered_bytes(incarnation) + ordered_bytes(number));
    if (!bytes) return bytes.error();
    if (!*bytes) return std::optional<relayed_envelope>{};
    auto envelope = decode<relayed_envelope>(**bytes);
    if (!envelope) return envelope.error();
    return std::optional<relayed_envelope>{std::move(*envelope)};
  }

  /// All of them: of each incarnation in their order.
  static result<std::vector<relayed_envelope>> list(Tx& tx, std::string_view after = {}, std::size_t most = 1000) {
    auto entries = tx.list(space, after, most);
    if (!entries) return entries.error();
    std::vector<relayed_envelope> all;
    for (const entry& each : *entries) {
      auto envelope = decode<relayed_envelope>(each.bytes);
      if (!envelope) return envelope.error();
      all.push_back(std::move(*envelope));
    }
    return all;
  }

  /// Writes `envelope`, or removes it where nothing needs it any more.
  static result<void> save(Tx& tx, const relayed_envelope& envelope) {
    return envelope.is_done() ? tx.remove(space, envelope.name()) : tx.put(space, envelope.name(), encode(envelope));
  }

  /// Shows what `message`, which is `envelope`, does: over what the device has, and never as its own.
  ///
  /// What cannot be read or shown here is left out: a change of a record that the device lacks, of another version of its
  /// table, one made on a large value that is another here, or one that would break the record's rules. The hub decides.
  static result<void> show(Tx& tx, replica_state& state, const upload_message& message, relayed_envelope& envelope) {
    for (std::size_t group = 0; group < message.groups.size(); ++group) {
      for (const record_change& change : message.groups[group].changes) {
        if (change.table >= message.tables.size()) continue;
        const table_declaration& declared = message.tables[change.table];
        result<void> shown;
        records::visit(declared.table, [&]<class R>(std::type_identity<R>) {
          if (declared.version != schema<R>::info.version) return;
          shown = show_one<R>(tx, state, change.bytes.bytes, static_cast<std::uint32_t>(group), envelope);
        });
        if (!shown) return shown;
      }
    }
    return {};
  }

  /// Takes in what the hub answered to `envelope`: what it took is shown on until a base has it, and all else no longer.
  static result<void> take_answer(Tx& tx, const replica_state& state, const uploaded_message& answer, relayed_envelope& envelope) {
    envelope.is_answered = true;
    envelope.included_at = answer.commit;
    std::vector<overlaid_record> left;
    session_report report;
    for (overlaid_record& each : envelope.records) {
      const bool is_applied = !answer.must_download && each.group < answer.groups.size() &&
                              answer.groups[each.group].verdict == group_verdict::applied;
      auto stays = is_applied ? await_base(tx, state, envelope, each, report) : drop(tx, envelope, each, report);
      if (!stays) return stays.error();
      if (*stays) left.push_back(std::move(each));
    }
    envelope.records = std::move(left);
    return {};
  }

  /// Takes all overlays of `envelope` away: the hub does not take it.
  static result<void> hide(Tx& tx, relayed_envelope& envelope) {
    session_report report;
    for (const overlaid_record& each : envelope.records) {
      if (auto gone = drop(tx, envelope, each, report); !gone) return gone.error();
    }
    envelope.records.clear();
    return {};
  }

  /// The cursors moved: drops the overlays of what they have passed, which the pages said all about that there is.
  static result<void> settle(Tx& tx, const replica_state& state, session_report& report) {
    if (!state.has_relayed) return {};
    auto all = list(tx);
    if (!all) return all.error();
    for (relayed_envelope& envelope : *all) {
      if (envelope.included_at == 0 || envelope.records.empty()) continue;
      std::vector<overlaid_record> left;
      for (overlaid_record& each : envelope.records) {
        auto stays = await_base(tx, state, envelope, each, report);
        if (!stays) return stays.error();
        if (*stays) left.push_back(std::move(each));
      }
      if (left.size() == envelope.records.size()) continue;
      envelope.records = std::move(left);
      if (auto saved = save(tx, envelope); !saved) return saved;
    }
    return {};
  }

 private:
  template <class R>
  static bool is_of(const foreign_change<R>& shown, const relayed_envelope& envelope) {
    return shown.incarnation == envelope.incarnation && shown.envelope == envelope.number;
  }

  template <class R>
  static result<void> show_one(Tx& tx, replica_state& state, std::string_view bytes, std::uint32_t group, relayed_envelope& envelope) {
    reader in(bytes);
    typename schema<R>::key_type key{};
    foreign_change<R> foreign{.incarnation = envelope.incarnation, .envelope = envelope.number, .device = envelope.device};
    internal::take_change<R>(in, key, foreign.made);
    if (in.failed()) return {};
    auto found = kept::template find<R>(tx, key);
    if (!found) return found.error();
    if (!*found && foreign.made.kind != change_kind::created) return {};
    if constexpr (has_duplicates<R>) {
      auto alias = tx.get("alias", record_name<R>(key));
      if (!alias) return alias.error();
      if (*alias) return {};
    }
    replica_record<R> record = *found ? std::move(**found) : kept::template fresh<R>(key);
    if (!*found) record.state = life_cycle<R>::resting;
    take_differences(in, foreign.made, record.base_and_sent());
    if (!in.finish("a change") || (foreign.made.kind == change_kind::updated && foreign.made.what.empty())) return {};
    hybrid_time latest = foreign.made.at;
    foreign.made.what.fields.for_each([&](std::size_t i) { latest = std::max(latest, foreign.made.times[i]); });
    if (is_planted(flaw::overlay_is_dirty)) {
      record.pending = foreign.made;
      auto queued = outbox<Tx>(tx).enqueue(schema<R>::table, encode(key), foreign.made.kind);
      if (!queued) return queued.error();
      return tx.template save<R>(to_row(record));
    }
    record.show(std::move(foreign));
    if (!record.seen_deleted() && !violation_of(record.seen()).empty()) return {};
    state.clock = std::max(state.clock, latest.ticks);  // what is written here next, is written after it
    envelope.records.push_back({std::string(schema<R>::table), {encode(key)}, group});
    return tx.template save<R>(to_row(record));
  }

  // Calls `change(record)` with the record of `at` if it shows something of `envelope`, and saves it.
  // Returns whether it still does.
  template <class Change>
  static result<bool> in_record(Tx& tx, const relayed_envelope& envelope, const overlaid_record& at, session_report& report, Change&& change) {
    result<bool> stays = false;
    records::visit(at.table, [&]<class R>(std::type_identity<R>) {
      stays = [&]() -> result<bool> {
        auto key = decode<typename schema<R>::key_type>(at.key.bytes);
        if (!key) return key.error();
        auto found = kept::template find<R>(tx, *key);
        if (!found) return found.error();
        if (!*found) return false;
        replica_record<R>& record = **found;
        const std::size_t before = record.foreign.size();
        change(record);
        const bool is_shown = std::any_of(record.foreign.begin(), record.foreign.end(), [&](const auto& each) { return is_of(each, envelope); });
        report.confirmed += before - record.foreign.size();
        if (record.is_of_here() && !record.dirty() && record.foreign.empty()) {  // there is nothing but what was foreign
          if (auto erased = tx.template erase<R>(*key); !erased) return erased.error();
        } else if (auto saved = tx.template save<R>(to_row(record)); !saved) {
          return saved.error();
        }
        return is_shown;
      }();
    });
    return stays;
  }

  static result<bool> drop(Tx& tx, const relayed_envelope& envelope, const overlaid_record& at, session_report& report) {
    return in_record(tx, envelope, at, report, [&](auto& record) {
      std::erase_if(record.foreign, [&](const auto& each) { return is_of(each, envelope) && !is_planted(flaw::keep_the_overlay); });
    });
  }

  // Until the base is of a commit that has it, or the cursor has passed that and nothing came of it.
  static result<bool> await_base(Tx& tx, const replica_state& state, const relayed_envelope& envelope, const overlaid_record& at,
                                 session_report& report) {
    if (kept::cursor(state, at.table) >= envelope.included_at) {
      auto wanted = tx.get("wanted", at.table + '\0' + at.key.bytes);
      if (!wanted) return wanted.error();
      if (!*wanted) return drop(tx, envelope, at, report);
    }
    return in_record(tx, envelope, at, report, [&](auto& record) {
      for (auto& each : record.foreign) {
        if (is_of(each, envelope)) each.included_at = envelope.included_at;
      }
      record.drop_included();
    });
  }
};

}  // namespace syncline
