// SPDX-License-Identifier: BSL-1.0
#pragma once
// One commit of a hub: what happens inside its transaction, under one number.

#include <syncline/core/planted.hpp>
#include <syncline/port/store.hpp>
#include <syncline/resolve/conflict.hpp>
#include <syncline/sync/catalog.hpp>
#include <syncline/sync/hub_alias.hpp>
#include <syncline/sync/hub_differences.hpp>
#include <syncline/sync/hub_record.hpp>
#include <syncline/sync/hub_series.hpp>
#include <syncline/sync/hub_superseded.hpp>
#include <syncline/sync/sent_change.hpp>
#include <syncline/sync/stamp_shift.hpp>

#include <array>
#include <chrono>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace syncline {

/// Where a scope stands.
struct scope_state {
  std::uint64_t number{};  ///< the last commit
  std::uint64_t clock{};   ///< the last time that the hub gave out
  std::uint64_t collected{};  ///< what was deleted up to this commit counts as never known \see PROTOCOL 19
};

/// A commit in the making: takes the next number of its scope when it begins. \see PROTOCOL 3, 6
template <class Tx>
class hub_commit : public hub_series<Tx> {
 public:
  template <class R>
  struct loaded {
    hub_record<R> record{};
    bool exists = false;
    std::set<std::uint64_t> bore{};  ///< the numbers by which it was found before
    field_set<R> large{};            ///< its large values, as it was found
  };

  static result<scope_state> read_state(Tx& tx) {
    auto bytes = tx.get("hub", "state");
    if (!bytes) return bytes.error();
    if (!*bytes) return scope_state{};
    return decode<scope_state>(**bytes);
  }
  static result<hub_commit> begin(Tx& tx, timestamp now) {
    auto state = read_state(tx);
    if (!state) return state.error();
    ++state->number;
    return hub_commit(tx, *state, now);
  }

  std::uint64_t number() const noexcept { return state_.number; }
  /// When the server writes in it.
  hybrid_time time() const noexcept { return written_; }
  timestamp now() const noexcept { return now_; }
  Tx& transaction() const noexcept { return *tx_; }

  /// The changes that are applied from here on are of an envelope that is shifted back by `ticks`. \see PROTOCOL 16
  void shift_stamps(std::uint64_t ticks) noexcept { shift_ = is_planted(flaw::believe_every_clock) ? 0 : ticks; }
  template <class R>
  void shift(change<R>& arriving) const {
    if (is_planted(flaw::cut_to_the_bound) && shift_ != 0) {
      const hybrid_time bound = hybrid_time::at(now_);
      for (hybrid_time& each : arriving.times) each = std::min(each, bound);
      arriving.at = std::min(arriving.at, bound);
      return;
    }
    shift_back(arriving, shift_);
  }

  /// What became an alias in it so far.
  void note_alias(new_alias made) { aliases_.push_back(std::move(made)); }
  const std::vector<new_alias>& aliases() const noexcept { return aliases_; }

  /// Lets its answers tell values in this form.
  void answer_in(value_form form) noexcept { form_ = form; }

  template <class R>
  result<loaded<R>> load(const typename schema<R>::key_type& key) {
    auto kept = tx_->template load<R>(key);
    if (!kept) return kept.error();
    loaded<R> found;
    if (!*kept) {
      found.record = unknown<R>(key);
      return found;
    }
    auto record = read_row(std::move(**kept));
    if (!record) return record.error();
    found.record = std::move(*record);
    found.bore = found.record.bears();
    found.large = large_values(found.record.value);
    found.exists = found.record.died == 0 || found.record.died > state_.collected;
    if (!found.exists) found.record = unknown<R>(key);
    return found;
  }

  /// The name of the log's entry that says that a record bears a number.
  template <class R>
  static std::string log_name(std::uint64_t number, const typename schema<R>::key_type& key) {
    std::string name = std::string(schema<R>::table) + '\0' + ordered_bytes(number);
    encode_to(name, key);
    return name;
  }

  template <class R>
  result<void> save(const loaded<R>& found) {
    const hub_record<R>& record = found.record;
    if (auto noted = hub_differences<Tx>::note(*tx_, record, found.large, number()); !noted) return noted;
    if (auto saved = tx_->template save<R>({record.value, record.deleted(), encode_bookkeeping(record)}); !saved) {
      return saved.error();
    }
    const std::set<std::uint64_t> bears = record.bears();
    const auto& key = key_of(record.value);
    for (const std::uint64_t old : found.bore) {
      if (bears.contains(old)) continue;
      if (auto removed = tx_->remove("log", log_name<R>(old, key)); !removed) return removed.error();
    }
    for (const std::uint64_t added : bears) {
      if (found.bore.contains(added)) continue;
      if (is_planted(flaw::page_by_latest_number) && added != *bears.rbegin()) continue;
      if (auto put = tx_->put("log", log_name<R>(added - is_planted(flaw::number_in_advance), key), {}); !put) return put.error();
    }
    if (is_planted(flaw::page_by_latest_number)) {
      for (const std::uint64_t old : found.bore) {
        if (old == *bears.rbegin()) continue;
        if (auto removed = tx_->remove("log", log_name<R>(old, key)); !removed) return removed.error();
      }
    }
    bool has_new_series = false;
    series_fields<R>.for_each([&](std::size_t i) { has_new_series = has_new_series || record.numbers[i] == number(); });
    return has_new_series && !record.deleted() && !is_planted(flaw::job_by_chunks_only) ? hub_series<Tx>::note_if_complete(*tx_, record.value) : result<void>{};
  }

  /// `found`, or the record that stands for it. \see PROTOCOL 22
  template <class R>
  result<loaded<R>> end_of(loaded<R> found) {
    if constexpr (has_duplicates<R>) {
      return hub_alias<R, hub_commit, Tx>::end_of(*this, std::move(found));
    } else {
      return found;
    }
  }

  /// Makes one record of `found` and its duplicates, if there are any. To be saved afterwards.
  template <class R>
  result<void> settle_duplicates(loaded<R>& found, std::uint32_t table, std::vector<dropped_value>& dropped) {
    if constexpr (has_duplicates<R>) {
      return hub_alias<R, hub_commit, Tx>::settle(*this, *tx_, found, table, dropped);
    } else {
      return {};
    }
  }

  /// Brings a record into being, or back, with the fields that `made` sets, by the server's hand.
  template <class R>
  void make(hub_record<R>& present, const delta<R>& made) {
    make_by(present, made, server(), server_stamps<R>(), server_stamp());
  }

  /// Ends a record, by the server's hand.
  template <class R>
  void remove(hub_record<R>& present) {
    end_by(present, server_stamp());
  }

  template <class R>
  void change_as_server(hub_record<R>& present, const delta<R>& change, rule why = rule::alone) {
    apply_to(present.value, change);
    std::array<rule, field_count<R>> rules;
    rules.fill(why);
    present.mark(change.fields, number(), server(), server_stamps<R>(), rules);
  }

  /// Decides about one change of a device and, unless this is a `rehearsal`, writes what came of it.
  ///
  /// \return whether it is applied, or asked for with its base (17) or whole (19); or why it is refused. An error of phase `store` ends
  /// the commit
  template <class R>
  result<group_verdict> apply(const record_change& sent, field_writer writer, bool rehearsal,
                     std::set<std::pair<std::uint32_t, std::string>>& touched, uploaded_message& answer) {
    if (is_planted(flaw::poison_stops_the_rest) && was_refused_) {
      return make_error(error_code::invalid_value, phase::validate, "an earlier change of the envelope is refused");
    }
    change<R> arriving;
    typename schema<R>::key_type key{};
    reader in(sent.bytes.bytes);
    internal::take_change<R>(in, key, arriving);
    if (in.failed()) return in.finish("a change").error();
    blob key_bytes{encode(key)};
    if (!touched.emplace(sent.table, key_bytes.bytes).second) {
      return make_error(error_code::malformed, phase::validate, "an envelope changes one record twice");
    }
    auto found = load<R>(key);
    if (!found) return found.error();
    bool redirected = found->record.is_alias() && arriving.kind != change_kind::deleted;
    if (redirected) {
      auto end = end_of<R>(*found);
      if (!end) return end.error();
      redirected = end->exists;
      if (redirected) {  // its writer knew the other record only: stamps decide
        found = std::move(end);
        arriving.base = writer.incarnation = 0;
      } else {  // it was deleted together with the one that stood for it
        found->record = unknown<R>(key);
        found->exists = false;
      }
    }
    hub_record<R>& present = found->record;
    const sent_differences<R> differences = take_differences(in, arriving, present.value);
    if (auto whole = in.finish("a change"); !whole) return whole.error();
    if (!found->exists && arriving.kind == change_kind::updated && keeps_updates<R>) return group_verdict::gone;
    if (!differences.unknown.empty()) return group_verdict::rebase;
    shift(arriving);
    const std::size_t dropped_before = answer.dropped.size();
    const bool is_new = !found->exists && arriving.kind == change_kind::created;
    const bool revives = present.deleted() && arriving.kind == change_kind::created &&
                         (arriving.base >= present.died || is_planted(flaw::revive_unseen));
    const bool comes_back = present.deleted() && arriving.kind != change_kind::deleted && !revives && keeps_updates<R>;
    const bool revives_wrongly = is_planted(flaw::revive_on_edit) && present.deleted();
    const bool is_late = asks_too_late(arriving, present);
    bool changed = false;
    if (present.is_alias()) {  // a deletion: whoever knows of the alias names the record that stands for it
      present.aliased = 0;
      end_by(present, {arriving.at, writer.device});
      changed = true;
    } else if (is_new || revives) {
      make_by(present, arriving.what, writer, stamps_of(arriving, writer), {arriving.at, writer.device});
      clock_.observe(arriving.at);
      changed = true;
    } else if (!found->exists || (present.deleted() && !revives_wrongly && !comes_back)) {
      drop_all(arriving, writer, sent.table, key_bytes, answer);
    } else if (arriving.kind == change_kind::deleted) {
      if (keeps_updates<R> && !is_planted(flaw::delete_always_wins) && present.was_updated_since(arriving.base, writer.incarnation)) {
        answer.dropped.push_back({sent.table, key_bytes, schema<R>::key_index, side::remote, rule_of_update<R>, {},
                                  std::string(writer.device.view()), arriving.at.ticks});
      } else {
        end_by(present, {arriving.at, writer.device});
        changed = true;
      }
    } else if (comes_back) {
      answer.dropped.push_back({sent.table, key_bytes, schema<R>::key_index, side::local, rule_of_update<R>, {},
                                std::string(present.life.device.view()), present.life.time.ticks});
      merge_into(present, arriving, writer, sent.table, key_bytes, answer);
      present.revive(number());
      present.life = {arriving.at, writer.device};
      changed = true;
    } else {
      if (revives_wrongly) present.died = 0;
      merge_into(present, arriving, writer, sent.table, key_bytes, answer);
      changed = true;
    }
    if (std::string problem = changed && !present.deleted() && !is_planted(flaw::skip_the_rules) ? violation_of(present.value) : std::string{}; !problem.empty()) {
      answer.dropped.resize(dropped_before);
      was_refused_ = true;
      return make_error(error_code::invalid_value, phase::validate, std::move(problem));
    }
    if (rehearsal) {
      answer.dropped.resize(dropped_before);
      return group_verdict::applied;
    }
    if (changed) {
      if (is_late && !present.deleted()) supersede_request(*this, present, sent.table, answer.dropped);
      if (auto settled = settle_duplicates<R>(*found, sent.table, answer.dropped); !settled) return settled.error();
      if (auto saved = save<R>(*found); !saved) return saved.error();
    }
    record_update<R> update = present.update_since(arriving.base, number());
    update.fields =
        (update.fields | arriving.what.fields) - taken_as_sent(present, arriving, differences.fields, writer, is_new || revives);
    if (is_planted(flaw::answer_without_news)) update.fields = update.fields & arriving.what.fields;
    if (!found->exists && !changed) update.deleted = true;  // an edit of what the hub never had: it is gone
    // Another change of this envelope may yet join it with a duplicate, or the hub answer it, under this number: then it is
    // not all known.
    bool may_follow = has_duplicates<R>;
    if constexpr (std::is_same_v<R, conflict>) may_follow = is_requested(present.value);
    if (may_follow && !update.deleted) --update.number;
    if (redirected) update.alias_of = key_of(present.value);
    if (update.alias_of) {
      get_field<schema<R>::key_index>(update.value) = key;
      update.fields = {};
      update.whole = update.deleted = true;
    }
    if (form_ == value_form::by_difference) {
      if (auto told = hub_differences<Tx>::tell(*tx_, present, arriving.base, update); !told) return told.error();
    }
    answer.records.push_back({sent.table, {}});
    encode_to(answer.records.back().bytes.bytes, update);
    return group_verdict::applied;
  }

  result<void> log_dropped(const std::vector<dropped_value>& dropped) {
    if (is_planted(flaw::drop_the_loser)) return {};
    for (std::size_t i = 0; i < dropped.size(); ++i) {
      dropped_value logged = dropped[i];
      logged.decided_at = now_;
      if (auto put = tx_->put("dropped", ordered_bytes(number()) + ordered_bytes(i), encode(logged)); !put) return put.error();
    }
    return {};
  }

  /// Writes where the scope stands, without committing.
  result<void> close() { return tx_->put("hub", "state", encode(scope_state{state_.number, clock_.last().ticks, state_.collected})); }

  result<void> finish() {
    if (auto put = close(); !put) return put.error();
    return tx_->commit();
  }

 private:
  hub_commit(Tx& tx, scope_state state, timestamp now) : tx_(&tx), state_(state), clock_(hybrid_time{state.clock}), now_(now) {
    written_ = clock_.next(now);
  }

  template <class R>
  static hub_record<R> unknown(const typename schema<R>::key_type& key) {
    hub_record<R> record;
    get_field<schema<R>::key_index>(record.value) = key;
    return record;
  }

  static field_writer server() { return {0, device_id(hub_name)}; }

  stamp server_stamp() const { return {written_, server().device}; }

  template <class R>
  stamps<R> server_stamps() const {
    stamps<R> all{};
    all.fill(server_stamp());
    return all;
  }

  template <class R>
  void end_by(hub_record<R>& present, const stamp& ended) {
    present.died = number();
    present.life = ended;
    present.is_damaged = false;
  }

  template <class R>
  stamps<R> stamps_of(const change<R>& arriving, const field_writer& writer) const {
    stamps<R> all{};
    if (is_planted(flaw::forget_a_stamp)) return all;
    arriving.what.fields.for_each([&](std::size_t i) { all[i] = {arriving.times[i], writer.device}; });
    return all;
  }

  // The fields that stand just as they were sent: the device knows them, so the answer need not return them. An edit that
  // came by difference was made to the very value that the device has as its base.
  template <class R>
  field_set<R> taken_as_sent(const hub_record<R>& present, const change<R>& arriving, field_set<R> by_difference,
                             const field_writer& writer, bool made_now) const {
    const R empty_record{};
    field_set<R> taken;
    for_each_field(
        [&]<std::size_t I>(std::integral_constant<std::size_t, I>, const auto& field, const auto& sent, const auto& empty) {
          if (present.deleted() || present.numbers[I] != number() || present.writers[present.writer_of[I]] != writer) return;
          if (!arriving.what.fields.contains(I)) {
            if (made_now && is_same_value(value_of(field), value_of(empty))) taken.insert(I);
          } else if constexpr (internal::is_merged<R, I>) {
            if (made_now || (by_difference.contains(I) && present.rules[I] == rule::alone)) taken.insert(I);
          } else if (present.rules[I] != rule::same_value && is_same_value(value_of(field), value_of(sent)) &&
                     (!stamped<R>.contains(I) || present.times[I] == arriving.times[I])) {
            taken.insert(I);
          }
        },
        present.value, arriving.what.values, empty_record);
    return taken;
  }

  // Revival renumbers every field. \see PROTOCOL 19
  template <class R>
  void make_by(hub_record<R>& present, const delta<R>& made, const field_writer& writer, stamps<R> written,
               const stamp& life) {
    const stamps<R> replaced = present.stamps();
    (made.fields & stamped<R>).for_each([&](std::size_t i) {  // a stored stamp is greater than the one it replaced
      if (written[i] <= replaced[i]) written[i].time = replaced[i].time.after();
    });
    R fresh{};
    get_field<schema<R>::key_index>(fresh) = key_of(present.value);
    apply_to(fresh, made);
    present.value = std::move(fresh);
    present.born = number();
    present.died = 0;
    present.life = life;
    present.is_damaged = false;
    present.mark(is_planted(flaw::revive_keeps_numbers) ? made.fields : field_set<R>::all(), number(), writer, written);
  }

  template <class R>
  void merge_into(hub_record<R>& present, const change<R>& arriving, const field_writer& writer, std::uint32_t table,
                  const blob& key, uploaded_message& answer) {
    const field_set<R> unseen = present.changed_since(arriving.base, writer.incarnation);
    stamps<R> present_stamps = present.stamps();
    const std::vector<field_writer> writers = present.writers;
    const auto writer_of = present.writer_of;
    const auto times = present.times;
    decisions<R> how;
    resolve_change(arriving, writer.device, is_planted(flaw::trust_the_client) ? role::server : role::client, unseen, present.value, present_stamps, how);
    if (is_planted(flaw::forget_a_stamp)) present_stamps = {};
    ((how.local | how.both) - stamped<R>).for_each([&](std::size_t i) { present_stamps[i] = {arriving.times[i], writer.device}; });
    present.mark(how.local | how.both, number(), writer, present_stamps, how.rules);
    clock_.observe(arriving.at);
    for_each_field(
        [&]<std::size_t I>(std::integral_constant<std::size_t, I>, const auto& lost) {
          if (!how.dropped.contains(I)) return;
          const bool arriving_won = how.loser(I) == side::remote;
          const hybrid_time lost_at = arriving_won ? times[I] : arriving.times[I];
          const device_id& lost_by = arriving_won ? writers[writer_of[I]].device : writer.device;
          answer.dropped.push_back({table, key, static_cast<std::uint32_t>(I), arriving_won ? side::local : side::remote,
                                    how.why_lost(I), {encode(value_of(lost))}, std::string(lost_by.view()), lost_at.ticks});
        },
        how.lost);
  }

  /// A change of a record that is deleted: nothing of it stands, all of it is told. \see PROTOCOL 19
  template <class R>
  void drop_all(const change<R>& arriving, const field_writer& writer, std::uint32_t table, const blob& key,
                uploaded_message& answer) {
    for_each_field(
        [&]<std::size_t I>(std::integral_constant<std::size_t, I>, const auto& lost) {
          if (!arriving.what.fields.contains(I)) return;
          dropped_value dropped{table, key, static_cast<std::uint32_t>(I), side::remote, rule::deleted, {},
                                std::string(writer.device.view()), arriving.times[I].ticks};
          if constexpr (internal::is_merged<R, I>) {
            dropped.value.bytes = encode(arriving.what.template edit<I>());
          } else {
            dropped.value.bytes = encode(value_of(lost));
          }
          answer.dropped.push_back(std::move(dropped));
        },
        arriving.what.values);
  }

  Tx* tx_;
  scope_state state_;
  hybrid_clock clock_;
  timestamp now_;
  hybrid_time written_{};
  std::uint64_t shift_ = 0;
  value_form form_ = value_form::by_difference;
  std::vector<new_alias> aliases_{};
  bool was_refused_ = false;  // for a planted flaw
};

}  // namespace syncline
