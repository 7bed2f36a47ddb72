// SPDX-License-Identifier: BSL-1.0
#pragma once
// Holds the engines of a simulation against the naive model after every step.

#include <syncline/testing/simulation_machines.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace syncline::internal {

/// The world of a simulation, and the naive model of it.
template <class... Records>
class sim_world : public sim_machines<Records...> {
  using machines = sim_machines<Records...>;

 public:
  using typename machines::device_type, typename machines::kept, typename machines::records;
  using machines::devices, machines::hub_disk, machines::trace, machines::conflicts, machines::refusals, machines::rebases;
  using machines::scope, machines::violate, machines::same, machines::hub_state, machines::state_of;

  template <class R>
  naive::hub_table<R>& table() {
    return std::get<naive::hub_table<R>>(model_);
  }
  template <class R>
  static std::string title(const typename schema<R>::key_type& key) {
    return machines::template title<R>(key);
  }
  template <class R>
  static auto& dirty(device_type& d) {
    return machines::template dirty<R>(d);
  }
  template <class R>
  const std::optional<replica_record<R>>& record_of(device_type& d, const typename schema<R>::key_type& key) {
    return machines::template record_of<R>(d, key);
  }

  /// What the model knows of a record on a device.
  template <class R>
  naive::local_record<R> local(device_type& d, const typename schema<R>::key_type& key) {
    auto& all = dirty<R>(d);
    if (const auto found = all.find(key); found != all.end()) return found->second;
    naive::local_record<R> clean;
    const auto& record = record_of<R>(d, key);
    if (!record) return clean;
    clean.number = record->number;
    read_last(clean, key, *record);
    return clean;
  }
  /// The hub's record as it is under what a device wrote.
  template <class R>
  const naive::version<R>* base_of(const typename schema<R>::key_type& key, const naive::local_record<R>& known) {
    return known.last_read ? &*known.last_read : table<R>().at(key, known.number);
  }
  /// The hub forgot what was deleted up to commit `number`.
  void forget(std::uint64_t number) { ((table<Records>().collected = number), ...); }
  template <class R>
  void keep(device_type& d, const typename schema<R>::key_type& key, naive::local_record<R> now) {
    if (now.dirty()) {
      dirty<R>(d).insert_or_assign(key, std::move(now));
    } else {
      dirty<R>(d).erase(key);
      d.depends.settled(record_name<R>(key));
    }
  }

  /// People see the base, then what was sent, then what waits; and the base is the hub's. \see PROTOCOL 11
  template <class R>
  void check_sight(device_type& d, const typename schema<R>::key_type& key) {
    const auto& record = record_of<R>(d, key);
    const naive::local_record<R> known = local<R>(d, key);
    const std::string where = title<R>(key) + " on " + d.name;
    const std::uint64_t number = record ? record->number : 0;
    if (number != known.number) {
      return violate(sim_invariant::base_is_the_hubs, where, {}, "base " + std::to_string(known.number), "base " + std::to_string(number));
    }
    const naive::version<R>* base = base_of<R>(key, known);
    const bool base_exists = base != nullptr && !base->deleted();
    if (record && record->base_exists != base_exists) {
      return violate(sim_invariant::base_is_the_hubs, where, "at " + std::to_string(number),
                     base_exists ? "a record" : "none", record->base_exists ? "a record" : "none");
    }
    if (record && base_exists && !same(sim_invariant::base_is_the_hubs, where, base->value, record->base, false)) return;
    const naive::sight<R> expected = naive::seen(key, base, known);
    const bool deleted = !record || record->seen_deleted();
    if (deleted != expected.deleted) {
      return violate(sim_invariant::seen_is_written, where, {}, expected.deleted ? "deleted" : "there",
                     deleted ? "deleted" : "there");
    }
    if (!deleted) same(sim_invariant::seen_is_written, where, expected.value, record->seen(), false);
  }

  /// Finds out what the last call of a device's engine committed, whether its caller heard of it or not.
  void catch_up(device_type& d) {
    if (std::exchange(d.commits, d.disk->store.commits()) == d.disk->store.commits()) return;
    const replica_state state = state_of(d);
    this->walks += state.walk != 0 && !d.walks;
    d.walks = state.walk != 0;
    naive::losses lost;
    if (state.envelope != d.envelope) {
      (moved<Records>(d, lost), ...);  // what a walk did not meet, just before
      froze(d, state);
    } else if (d.unanswered && !state.unanswered) {
      d.unanswered = false;
      lost = std::move(d.hub_losses);
      d.hub_losses.clear();
      if (d.applied < d.envelope) {
        violate(sim_invariant::acknowledged_is_durable, d.name, {}, "envelope " + std::to_string(d.envelope) + " is committed",
                "the device was told so and it is not");
      }
      naive::shift_pending(d.dirty, d.shift);
      (answered<Records>(d, lost), ...);
      d.not_taken.clear();
    } else {
      (moved<Records>(d, lost), ...);
    }
    check_log(d, state, lost);
  }

  /// The hub did something: what it committed is folded into the model. `before` was its number.
  void hub_took(std::string_view bytes, std::string_view answer, std::uint64_t before, bool was_damaged, timestamp when) {
    const std::uint64_t now = hub_state().number;
    const auto framed = unframe(bytes);
    const bool is_upload = framed && static_cast<message_kind>(framed->kind) == message_kind::upload;
    const auto check = framed ? unpack<check_message>(*framed) : result<check_message>(framed.error());
    const bool begins_resync = check && check->resyncs;
    if (now != before && (was_damaged || !(is_upload || begins_resync))) {
      return violate(sim_invariant::damage_is_noticed, "the hub", {}, "no commit", "commit " + std::to_string(now));
    }
    if (!is_upload) return;
    const auto message = unpack<upload_message>(*framed);
    if (!message) return;
    device_type* sender = nullptr;
    for (auto& each : devices) sender = each->name == message->device ? each.get() : sender;
    if (sender == nullptr) return;
    if (now != before) {
      trace.add("hub", "committed an envelope of", sender->name, message->number);
      if (now != before + 1 || message->number != sender->applied + 1 || message->number != sender->envelope) {
        return violate(sim_invariant::applied_once, "the hub", "envelopes of " + sender->name,
                       "envelope " + std::to_string(sender->applied + 1) + " as one commit",
                       "envelope " + std::to_string(message->number) + " as " + std::to_string(now - before));
      }
      sender->applied = message->number;
      sender->shift = naive::shift_sent(sender->dirty, when);
      (arrive<Records>(*sender, message->incarnation, now), ...);
      check_dropped(*sender, now);
      count_what_was_not_taken(*sender, message->groups.size());
    }
    const auto answered = unframe(answer);
    if (answered && static_cast<message_kind>(answered->kind) == message_kind::uploaded && message->number > sender->applied) {
      violate(sim_invariant::acknowledged_is_durable, "the hub", "envelopes of " + sender->name, "a commit before the answer",
              "an answer to envelope " + std::to_string(message->number));
    }
  }

  /// The hub's record is what the model has.
  template <class R>
  void check_hub(const typename schema<R>::key_type& key) {
    auto tx = hub_disk.store.begin(scope);
    auto row = tx->template load<R>(key);
    const naive::version<R>* expected = table<R>().latest(key);
    const std::string where = title<R>(key) + " at the hub";
    if (!row) return violate(sim_invariant::engine_answers, where, {}, "a row", row.error().message);
    const bool there = row->has_value() && !(*row)->deleted;
    const bool should = expected != nullptr && !expected->deleted();
    if (there != should) {
      return violate(sim_invariant::model_agrees, where, {}, should ? "there" : "deleted", there ? "there" : "deleted");
    }
    if (there) same(sim_invariant::model_agrees, where, expected->value, (*row)->value, true);
  }

 private:
  template <class R>
  void froze_one(device_type& d, const record_change& sent, std::set<std::string>& carried) {
    change<R> made;
    typename schema<R>::key_type key{};
    reader in(sent.bytes.bytes);
    take_change<R>(in, key, made);
    carried.insert(record_name<R>(key));
    machines::check_dependencies(d, record_name<R>(key), title<R>(key) + " from " + d.name);
    const std::string where = title<R>(key) + " from " + d.name;
    naive::local_record<R> known = local<R>(d, key);
    const naive::version<R>* base = base_of<R>(key, known);
    const auto differences = take_differences(in, made, base == nullptr ? naive::empty_record<R>(key) : base->value);
    const auto differs = [&](std::string field, std::string expected, std::string found) {
      violate(sim_invariant::envelope_is_what_waited, where, std::move(field), std::move(expected), std::move(found));
    };
    if (!in.finish("a change")) return differs({}, "a change that can be read", "other bytes");
    if (!known.pending) return differs({}, "nothing, since nothing waits", "a change");
    naive::changes<R>& waits = *known.pending;
    waits.base = known.number;
    waits.by_difference = differences.fields;
    if (!differences.unknown.empty()) return differs({}, "differences from the base", "from something else");
    if (known.owes_base && !differences.fields.empty()) return differs({}, "the base, as the hub asked", "its digest again");
    const auto same_number = [&](std::string field, std::uint64_t expected, std::uint64_t found) {
      if (expected != found) differs(std::move(field), std::to_string(expected), std::to_string(found));
    };
    same_number("base", waits.base, made.base);
    same_number("kind", int(waits.kind), int(made.kind));
    same_number("latest stamp", waits.at, made.at.ticks);
    const R before = naive::seen_without_pending(key, base, known).value;
    naive::for_fields<R>([&](auto at) {
      const std::string field(schema<R>::names[at]);
      if (waits.fields.contains(at) != made.what.fields.contains(at)) {
        return differs(field, waits.fields.contains(at) ? "what was written" : "nothing", waits.fields.contains(at) ? "nothing" : "a value");
      }
      if (!waits.fields.contains(at)) return;
      if constexpr (naive::is_merge<R, at>) {
        R expected = waits.kind == change_kind::created ? naive::empty_record<R>(key) : before;
        R found = expected;
        naive::put_field<at>(expected, waits);
        merge_traits_of<R, at>::apply(get_field<at>(found), made.what.template edit<at>());
        if (!is_same_value(get_field<at>(expected), get_field<at>(found))) {
          differs(field, json_text(get_field<at>(expected)), json_text(get_field<at>(found)));
        }
      } else {
        if (!is_same_value(get_field<at>(waits.after), get_field<at>(made.what.values))) {
          return differs(field, json_text(get_field<at>(waits.after)), json_text(get_field<at>(made.what.values)));
        }
        same_number(field + "'s time", waits.ticks[at], made.times[at].ticks);
      }
    });
    known.sent = std::move(known.pending);
    known.pending.reset();
    keep<R>(d, key, std::move(known));
  }

  void froze(device_type& d, const replica_state& state) {
    auto tx = d.disk->store.begin(scope);
    auto frozen = kept::read_frozen(*tx, state.envelope);
    if (!frozen || state.envelope != d.envelope + 1 || d.unanswered) {
      return violate(sim_invariant::sent_bytes_frozen, d.name, {}, "envelope " + std::to_string(d.envelope + 1),
                     "envelope " + std::to_string(state.envelope));
    }
    const std::string bytes = std::move(frozen->framed.bytes);
    {
      auto ended = std::move(*tx);
    }
    const auto framed = unframe(bytes);
    const auto message = framed ? unpack<upload_message>(*framed) : result<upload_message>(framed.error());
    if (!message) return violate(sim_invariant::sent_bytes_frozen, d.name, {}, "an envelope", message.error().message);
    std::set<std::string> carried;
    for (const change_group& group : message->groups) {
      for (const record_change& each : group.changes) {
        records::visit(message->tables[each.table].table,
                       [&]<class R>(std::type_identity<R>) { froze_one<R>(d, each, carried); });
      }
    }
    for (const std::string& name : carried) d.depends.sent(name);
    d.envelope = state.envelope;
    d.unanswered = true;
    d.frozen = bytes;
    trace.add(d.name, "froze envelope", {}, d.envelope);
  }

  void count_what_was_not_taken(const device_type& d, std::size_t sent) {
    if (!this->has_faults || d.not_taken.empty()) return;
    if (d.not_taken.size() < sent) this->count(sim_fault::applied_in_part);
    const bool any_refused = std::any_of(d.not_taken.begin(), d.not_taken.end(), [](const auto& each) { return each.second == group_verdict::refused; });
    if (any_refused) this->count(sim_fault::poison_record);
  }

  template <class R>
  void arrive(device_type& d, std::uint64_t incarnation, std::uint64_t number) {
    std::vector<typename schema<R>::key_type> keys;
    for (auto& [key, known] : dirty<R>(d)) {
      if (!known.sent) continue;
      const group_verdict verdict = table<R>().arrive(key, *known.sent, incarnation, d.name, number, d.hub_losses);
      if (verdict != group_verdict::applied) {
        d.not_taken.emplace(record_name<R>(key), verdict);
        trace.add("hub", verdict == group_verdict::refused ? "refuses" : "asks for the base of", title<R>(key));
        ++(verdict == group_verdict::refused ? refusals : rebases);
      }
      keys.push_back(key);
    }
    for (const auto& key : keys) check_hub<R>(key);
  }

  // If the record is gone without a tombstone, its last values are those that were read. (Where deletions win, an edit of
  // what the hub never had empties them, and nobody sees them any more.)
  template <class R>
  void read_last(naive::local_record<R>& known, const typename schema<R>::key_type& key, const replica_record<R>& record) {
    const naive::hub_table<R>& hub = table<R>();
    const naive::version<R>* const last = hub.at(key, known.number);
    if (!hub.forgot(last)) return;
    const naive::version<R>* const read = hub.last_like(key, known.number, record.base, machines::ticks_of(record.base_stamps));
    if (read == nullptr && naive::keeps_updates_of<R>) {
      violate(sim_invariant::base_is_the_hubs, title<R>(key), "at " + std::to_string(known.number), "what the hub has been", "something else");
    }
    known.last_read = naive::ended(read == nullptr ? *last : *read);
    known.last_read->value = record.base;
  }

  // The record's base moved from the number that the model knows to the engine's.
  template <class R>
  void move_base(device_type& d, const typename schema<R>::key_type& key, naive::local_record<R> known, bool answered,
                 naive::losses& lost) {
    const auto& record = record_of<R>(d, key);
    const std::uint64_t number = record ? record->number : 0;
    naive::hub_table<R>& hub = table<R>();
    const std::optional<naive::version<R>> last_read = known.last_read;
    const naive::version<R>* old_base = last_read ? &*last_read : hub.at(key, known.number);
    const R before = naive::seen_without_pending(key, old_base, known).value;
    const bool knew = (known.number != 0 && (old_base == nullptr || old_base->deleted())) ||
                      (known.sent && known.sent->kind == change_kind::deleted);
    const bool had_sent = known.sent.has_value();
    const auto not_taken = d.not_taken.find(record_name<R>(key));
    if (answered && had_sent && not_taken != d.not_taken.end()) {
      naive::take_back(known, not_taken->second);
      d.depends.taken_back(record_name<R>(key));
      if (not_taken->second == group_verdict::gone && (hub.at(key, number) == nullptr || hub.at(key, number)->deleted())) {
        if (naive::propose_whole(known, naive::seen(key, old_base, known).value, old_base)) {
          lost.push_back({std::string(schema<R>::table), encode(key), schema<R>::key_index, {}});
        }
        known.number = number;
        if (old_base != nullptr) known.last_read = naive::ended(*old_base);
      } else if (number != known.number) {
        violate(sim_invariant::base_is_the_hubs, title<R>(key) + " on " + d.name, {}, "the base stays where the hub took nothing",
                std::to_string(number));
      }
      keep<R>(d, key, std::move(known));
      return check_sight<R>(d, key);
    }
    if (answered) {
      if (had_sent) d.depends.arrived(record_name<R>(key));
      known.sent.reset();
      known.owes_base = false;
    }
    if (number != known.number || (answered && had_sent)) {
      known.number = number;
      known.last_read.reset();
      if (record) read_last(known, key, *record);
      naive::read_base(known, key, before, knew, base_of<R>(key, known), d.name, lost);
    }
    keep<R>(d, key, std::move(known));
    check_sight<R>(d, key);
  }

  template <class R>
  void answered(device_type& d, naive::losses& lost) {
    for (const auto& key : machines::template dirty_where<R>(d, [](const auto&, const auto& known) { return known.sent.has_value(); })) {
      move_base<R>(d, key, dirty<R>(d).at(key), true, lost);
    }
  }
  template <class R>
  void moved(device_type& d, naive::losses& lost) {
    const auto has_moved = [&](const auto& key, const auto& known) {
      const auto& record = record_of<R>(d, key);
      return (record ? record->number : 0) != known.number;
    };
    for (const auto& key : machines::template dirty_where<R>(d, has_moved)) {
      move_base<R>(d, key, dirty<R>(d).at(key), false, lost);
    }
  }

  // Every value that did not stand is in the log. \see PROTOCOL 3, 13
  template <class Entry>
  static bool is_noted(const naive::loss& each, const std::vector<Entry>& log) {
    return std::any_of(log.begin(), log.end(), [&](const Entry& entry) {
      return entry.table == each.table && entry.key.bytes == each.key && entry.field == each.field &&
             (!each.value || *each.value == entry.dropped.bytes);
    });
  }
  void not_noted(const std::string& where, const naive::loss& each) {
    std::string name = std::to_string(each.field), key = each.key;
    records::visit(each.table, [&]<class R>(std::type_identity<R>) {
      name = schema<R>::names[each.field];
      if (auto decoded = decode<typename schema<R>::key_type>(each.key)) key = json_text(*decoded);
    });
    violate(sim_invariant::no_lost_write, each.table + " " + key, name, "the value that lost is in the log of " + where, "it is not");
  }
  void check_log(device_type& d, const replica_state& state, const naive::losses& lost) {
    conflicts += lost.size();
    if (lost.empty()) {
      d.conflicts = state.conflicts;
      return;
    }
    auto tx = d.disk->store.begin(scope);
    auto entries = tx->list("conflict", ordered_bytes(d.conflicts), 10'000);
    std::vector<conflict_entry> log;
    for (const entry& each : *entries) {
      if (auto read = decode<conflict_entry>(each.bytes)) log.push_back(std::move(*read));
    }
    d.conflicts = state.conflicts;
    for (const naive::loss& each : lost) {
      if (!is_noted(each, log)) return not_noted(d.name, each);
    }
  }
  void check_dropped(device_type& d, std::uint64_t number) {
    if (d.hub_losses.empty()) return;
    auto tx = hub_disk.store.begin(scope);
    auto entries = tx->list("dropped", ordered_bytes(number), 10'000);
    std::vector<conflict_entry> log;
    for (const entry& each : *entries) {
      if (auto read = decode<dropped_value>(each.bytes)) {
        const auto tables = records::declarations();
        log.push_back({tables[read->table].table, read->key, read->field, read->winner, read->why, 0, 0, {}, read->value});
      }
    }
    for (const naive::loss& each : d.hub_losses) {
      if (!is_noted(each, log)) return not_noted("the hub", each);
    }
  }

  std::tuple<naive::hub_table<Records>...> model_{};
};

}  // namespace syncline::internal
