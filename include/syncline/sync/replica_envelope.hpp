// SPDX-License-Identifier: BSL-1.0
#pragma once
// How what waits on a device is written for the hub that it meets: as both declare it, or as an older hub does.

#include <syncline/change/carry_change.hpp>
#include <syncline/core/planted.hpp>
#include <syncline/sync/record_reference.hpp>
#include <syncline/sync/replica_store.hpp>
#include <syncline/sync/sent_change.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace syncline {

/// What a hub declared in this session; nothing if it did not say.
struct hub_tables {
  std::vector<table_declaration> declared{};

  /// The version of `R` that is written for the hub: this side's, or the hub's if that is older; 0 if it has no such
  /// table.
  template <class R>
  std::uint32_t version_of() const {
    constexpr std::uint32_t mine = schema<R>::info.version;
    if (declared.empty()) return mine;
    const auto found = std::find_if(declared.begin(), declared.end(),
                                    [](const table_declaration& t) { return t.table == schema<R>::table; });
    return found == declared.end() ? 0 : std::min(mine, found->version);
  }

  /// Whether the hub has a newer version of `R`.
  template <class R>
  bool is_newer() const {
    return std::any_of(declared.begin(), declared.end(), [](const table_declaration& t) {
      return t.table == schema<R>::table && t.version > schema<R>::info.version;
    });
  }

  /// How `R` is declared in what is written for the hub.
  template <class R>
  table_declaration written() const {
    if constexpr (has_previous<R>) {
      if (version_of<R>() + 1 == schema<R>::info.version) return declaration_of<previous_of<R>>();
    }
    return declaration_of<R>();
  }
};

/// Whether a record that waits goes into an envelope.
enum class envelope_place : std::uint8_t {
  taken,
  unknown_there,   ///< a hub of an older version can know nothing of it
  behind_foreign,  ///< it was written on what a relay passed on, of which the hub's word comes first \see PROTOCOL 11
};

/// The items that a session does not send, as they were when it tried.
class held_items {
 public:
  void add(const outbox_item& item, envelope_place why) { (why == envelope_place::behind_foreign ? behind_ : unknown_).insert(id_of(item)); }
  bool holds(const outbox_item& item) const { return unknown_.contains(id_of(item)) || behind_.contains(id_of(item)); }
  std::size_t size() const noexcept { return unknown_.size() + behind_.size(); }
  std::size_t unknown_there() const noexcept { return unknown_.size(); }
  /// The hub's word about something foreign came.
  void release_foreign() noexcept { behind_.clear(); }
  void clear() noexcept { *this = {}; }

 private:
  using id = std::pair<std::uint64_t, std::uint64_t>;
  static id id_of(const outbox_item& item) noexcept { return {item.sequence, item.edition}; }

  std::set<id> unknown_{}, behind_{};
};

/// The making of envelopes, inside a transaction. Functions write and never commit.
template <class Tx, class... Records>
class replica_envelope {
  using kept = replica_store<Tx, Records...>;

 public:
  /// Takes what is due under `terms` into the envelope, but for what is `held` in this session, which grows by what cannot
  /// be sent.
  static result<void> fill(Tx& tx, timestamp now, const replica_settings& settings, const hub_tables& hub, const batch_terms& terms,
                           held_items& held, upload_message& message, frozen_envelope& frozen) {
    for (std::size_t bytes = 0; frozen.items.empty();) {
      auto batch = outbox<Tx>(tx).take_batch(now, settings.batch + held.size(), terms);
      if (!batch) return batch.error();
      std::erase_if(*batch, [&](const outbox_item& item) { return held.holds(item); });
      if (batch->empty()) return {};
      for (outbox_item& item : *batch) {
        if (bytes >= full_message_size || frozen.items.size() == settings.batch) break;
        result<envelope_place> place = envelope_place::unknown_there;
        catalog<Records...>::visit(item.table, [&]<class R>(std::type_identity<R>) {
          place = add<R>(tx, item, hub, message, frozen);
        });
        if (!place) return place.error();
        if (*place != envelope_place::taken) {
          held.add(item, *place);
          continue;
        }
        for (const record_change& change : message.groups.back().changes) bytes += change.bytes.bytes.size();
        frozen.items.push_back(std::move(item));
      }
    }
    return {};
  }

  /// Takes what waits of `item`'s record into the envelope, and marks it as sent.
  ///
  /// Where the hub is a version behind, what it can know is sent, and the rest stays pending until it knows more: then
  /// nothing of a newer field is lost, and nothing that the hub can take waits for it. \see PROTOCOL 23
  /// \return `taken` if the envelope has a group for it now, or why not
  template <class R>
  static result<envelope_place> add(Tx& tx, const outbox_item& item, const hub_tables& hub, upload_message& message,
                          frozen_envelope& frozen) {
    const std::uint32_t version = hub.version_of<R>();
    if (version == 0) return envelope_place::unknown_there;
    auto key = decode<typename schema<R>::key_type>(item.key.bytes);
    if (!key) return key.error();
    auto found = kept::template find<R>(tx, *key);
    if (!found) return found.error();
    change_group group;
    if (*found && (*found)->pending) {  // else an empty group keeps items and groups in step
      replica_record<R>& record = **found;
      if (record.waits_for_foreign()) return envelope_place::behind_foreign;
      record_change sent{kept::template position_of<R>(), {}};
      record.pending->base = is_planted(flaw::drop_the_base) ? std::uint64_t{1} << 52 : record.number;
      if constexpr (has_previous<R>) {
        if (version != schema<R>::info.version) {
          auto cut = cut_for_previous(*record.pending, record.base);
          if (!cut.is_telling) return envelope_place::unknown_there;
          encode_to<previous_of<R>>(sent.bytes.bytes, *key, cut.said);
          record.pending = std::move(cut.covered);
          freeze(record);
          if (!cut.rest.what.empty()) record.pending = std::move(cut.rest);
        }
      }
      if (sent.bytes.bytes.empty()) {
        freeze(record);
        encode_sent(sent.bytes.bytes, *record.sent, record.base, record.carries_base || hub.is_newer<R>());
      }
      if (auto saved = tx.template save<R>(to_row(record)); !saved) return saved.error();
      group.changes.push_back(std::move(sent));
    }
    message.groups.push_back(std::move(group));
    frozen.sent_as.push_back({kept::template position_of<R>(), version});
    return envelope_place::taken;
  }

  /// Takes the hub's answer into each record of the envelope, and out of the outbox what is settled. What depends on a record
  /// that the hub refused does not go either. \see PROTOCOL 3, 4
  static result<void> settle(Tx& tx, const frozen_envelope& frozen, answer_reader& answer) {
    const auto refused = answer.report.refused;
    for (std::size_t i = 0; i < frozen.items.size(); ++i) {
      if (i < frozen.sent_as.size()) answer.as = frozen.sent_as[i];
      result<void> settled;
      catalog<Records...>::visit(frozen.items[i].table, [&]<class R>(std::type_identity<R>) {
        settled = kept::template settle<R>(tx, frozen.items[i], i, answer);
      });
      if (!settled) return settled;
    }
    if (auto done = outbox<Tx>(tx).done(answer.settled); !done) return done;
    if (answer.report.refused == refused) return {};
    for (const outbox_item& item : frozen.items) {
      auto buried = outbox<Tx>(tx).bury_dependents(item.sequence, [](const outbox_item& dead) {
        return "it depends on " + called<catalog<Records...>>(dead.table, dead.key.bytes) + ", which was not taken: " + dead.last_error;
      });
      if (!buried) return buried.error();
    }
    return {};
  }

  /// Whether something in the envelope is written otherwise than it would be for `hub`.
  static bool is_outdated(const frozen_envelope& frozen, const hub_tables& hub) {
    for (std::size_t i = 0; i < frozen.items.size() && i < frozen.sent_as.size(); ++i) {
      bool differs = false;
      catalog<Records...>::visit(frozen.items[i].table, [&]<class R>(std::type_identity<R>) {
        differs = frozen.sent_as[i].version != hub.version_of<R>();
      });
      if (differs) return true;
    }
    return false;
  }

  static result<std::optional<std::string>> rebuilt(
      Tx& tx, const frozen_envelope& frozen) {  // a planted flaw, see flaw::rebuild_sent_bytes
    auto message = unpack<upload_message>(*unframe(frozen.framed.bytes));
    if (!message) return message.error();
    for (std::size_t i = 0; i < message->groups.size(); ++i) {
      for (record_change& change : message->groups[i].changes) {
        catalog<Records...>::visit(frozen.items[i].table, [&]<class R>(std::type_identity<R>) {
          auto key = decode<typename schema<R>::key_type>(frozen.items[i].key.bytes);
          auto found = kept::template find<R>(tx, *key);
          if (!found || !*found || !(*found)->sent || !(*found)->pending) return;
          auto sent = *(*found)->sent;
          compose_into(sent, *(*found)->pending);
          change.bytes.bytes.clear();
          encode_sent(change.bytes.bytes, sent, (*found)->base, (*found)->carries_base);
        });
      }
    }
    return std::optional<std::string>{pack(*message)};
  }

 private:
  template <class R>
  static void freeze(replica_record<R>& record) {
    record.sent = std::move(record.pending);
    record.pending.reset();
    record.uncover_foreign();
    kept::template advance<R>(record, record_event::sent);
  }
};

}  // namespace syncline
