// SPDX-License-Identifier: BSL-1.0
#pragma once
// How a hub serves devices of the version before and after its own, and brings rows of older versions up to its own.

#include <syncline/sync/carry_update.hpp>
#include <syncline/sync/hub_commit.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace syncline {

/// `older`, a record at the hub, in the next version.
///
/// What a step computes bears the record's latest number, since it may depend on the field that changed then; what has
/// come over by name keeps its time and writer.
template <class R>
hub_record<R> carry_kept(const hub_record<previous_of<R>>& older) {
  using V = previous_of<R>;
  hub_record<R> record;
  record.value = up<R>(older.value);
  record.born = older.born;
  record.died = older.died;
  record.life = older.life;
  record.aliased = older.aliased;
  record.alias_of = older.alias_of;
  record.writers = older.writers;
  record.is_damaged = older.is_damaged;
  field_set<V> fields = field_set<V>::all();
  fields.erase(schema<V>::key_index);
  const auto from = origins<R>(fields, [&](std::size_t a, std::size_t b) { return older.times[a] < older.times[b]; });
  const std::uint64_t latest = *std::max_element(older.numbers.begin(), older.numbers.end());
  for (std::size_t i = 0; i < field_count<R>; ++i) {
    const bool is_known = from[i] != field_count<V>;
    record.numbers[i] = has_step<V, R> ? latest : is_known ? older.numbers[from[i]] : older.born;
    if (!is_known) continue;
    record.times[i] = older.times[from[i]];
    record.writer_of[i] = older.writer_of[from[i]];
    if (internal::namesakes<V, R>[from[i]] == i) record.rules[i] = older.rules[from[i]];
  }
  return record;
}

/// A hub's dealings with other versions of its records, inside a transaction. Functions write and never commit.
///
/// \see DECL-7, PROTOCOL 23
template <class Tx>
class hub_lineage {
  using commit_type = hub_commit<Tx>;

 public:
  /// Brings some rows of older versions of `R` up to `R`; says how many. None are left when it says 0.
  template <class R>
  static result<std::size_t> move_up(Tx& tx) {
    return move_some<R>(tx, [&](const auto& rows) -> result<void> {
      for (const auto& each : rows) {
        if (auto done = move_row<R>(tx, each); !done) return done;
      }
      return {};
    });
  }

  /// `hub_commit::apply` of a change that is written as `declared` says. \see PROTOCOL 23
  template <class R>
  static result<group_verdict> apply(commit_type& commit, const table_declaration& declared, const record_change& sent,
                            const field_writer& writer, bool rehearsal,
                            std::set<std::pair<std::uint32_t, std::string>>& touched, uploaded_message& answer) {
    if constexpr (has_previous<R>) {
      if (declared.version != schema<R>::info.version) {
        using V = previous_of<R>;
        typename schema<R>::key_type key{};
        change<V> made;
        auto found = load_for<R>(commit, sent, key, made);
        if (!found) return found.error();
        if (!found->second.empty()) return group_verdict::rebase;
        const auto& present = found->first;
        record_change raised{sent.table, {}};
        encode_to<R>(raised.bytes.bytes, key, raise(made, present));
        auto applied = commit.template apply<R>(raised, writer, rehearsal, touched, answer);
        if (!applied || *applied != group_verdict::applied) return applied;
        if (rehearsal) return group_verdict::applied;
        if (auto lowered = lower_answer<R>(commit, key, answer.records.back()); !lowered) return lowered.error();
        return group_verdict::applied;
      }
    }
    return commit.template apply<R>(sent, writer, rehearsal, touched, answer);
  }

  /// Writes the values that did not stand, of the changes in `message` that `R`'s previous version made, as that
  /// version has them. A value that it wrote, and that `R` has no place for, is one that did not stand. \see PROTOCOL 3
  template <class R>
  static result<void> lower_dropped(commit_type& commit, const upload_message& message, uploaded_message& answer) {
    if constexpr (has_previous<R>) {
      using V = previous_of<R>;
      for (std::size_t g = 0; g < message.groups.size() && g < answer.groups.size(); ++g) {
        if (answer.groups[g].verdict != group_verdict::applied) continue;
        for (const record_change& sent : message.groups[g].changes) {
          const table_declaration& declared = message.tables[sent.table];
          if (declared.table != schema<R>::table || declared.version == schema<R>::info.version) continue;
          typename schema<R>::key_type key{};
          change<V> made;
          auto found = load_for<R>(commit, sent, key, made);
          if (!found) return found.error();
          keep_only(made.what, made.what.fields - found->second);  // what came by difference cannot be read any more
          commit.shift(made);
          lower_dropped_of(made, found->first, sent.table, {encode(key)}, message.device, answer);
        }
      }
    }
    return {};
  }

  /// Writes the records of `page` from `first` on, all of `R`, whole and for a peer that has version `version` of it.
  /// What there is no room for then is named, and asked for later.
  template <class R>
  static result<void> write_for(Tx& tx, std::uint32_t version, std::size_t first, page_message& page) {
    if (version == schema<R>::info.version) return {};
    std::vector<updated_record> records(
        std::make_move_iterator(page.records.begin() + static_cast<std::ptrdiff_t>(first)),
        std::make_move_iterator(page.records.end()));
    page.records.resize(first);
    growing_size size;
    for (updated_record& each : records) {
      typename schema<R>::key_type key{};
      reader in(each.bytes.bytes);
      internal::take(in, key);
      if (size.of(page) >= full_message_size) {
        page.later.push_back({each.table, {encode(key)}});
        continue;
      }
      auto kept = tx.template load<R>(key);
      if (!kept) return kept.error();
      if (!*kept) {  // it is gone, and has no fields that could differ
        page.records.push_back(std::move(each));
        continue;
      }
      auto record = read_row(std::move(**kept));
      if (!record) return record.error();
      write_whole(*record, version, page.snapshot, false, each.bytes.bytes);
      page.records.push_back(std::move(each));
    }
    return {};
  }

 private:
  template <class R, class V>
  static result<void> move_row(Tx& tx, const row<V>& kept) {
    auto older = read_row(kept);
    if (!older) return older.error();
    const hub_record<R> record = raised_to<R>(*older);
    const std::set<std::uint64_t> bears = record.bears();
    for (const std::uint64_t number : older->bears()) {
      if (bears.contains(number)) continue;
      std::string name = std::string(schema<R>::table) + '\0' + ordered_bytes(number);
      encode_to(name, key_of(record.value));
      if (auto removed = tx.remove("log", name); !removed) return removed;
    }
    if (auto saved = tx.template save<R>({record.value, kept.deleted, encode_bookkeeping(record)}); !saved)
      return saved;
    if (auto forgotten = hub_differences<Tx>::template forget<R>(tx, key_of(record.value)); !forgotten) return forgotten;
    return tx.template erase<V>(key_of(kept.value));
  }

  // Reads a change of the older version and loads the record that it is of. Also says which fields were written as
  // differences from values that the record does not have: those are not read.
  template <class R>
  static result<std::pair<typename commit_type::template loaded<R>, field_set<previous_of<R>>>> load_for(
      commit_type& commit, const record_change& sent, typename schema<R>::key_type& key, change<previous_of<R>>& made) {
    using V = previous_of<R>;
    reader in(sent.bytes.bytes);
    internal::take_change<V>(in, key, made);
    if (in.failed()) return in.finish("a change").error();
    auto found = commit.template load<R>(key);
    if (!found) return found.error();
    const sent_differences<V> differences = take_differences(in, made, down(found->record.value));
    if (auto whole = in.finish("a change"); !whole) return whole.error();
    return std::pair{std::move(*found), differences.unknown};
  }

  // A creation of what is there changes it, and touches only what it says. \see PROTOCOL 18
  template <class V, class Loaded>
  static auto raise(const change<V>& made, const Loaded& found) {
    using R = std::remove_cvref_t<decltype(found.record.value)>;
    const bool joins = made.kind == change_kind::created && found.exists && !found.record.deleted();
    if (!joins) return carry_change<R>(made, down(found.record.value));
    change<V> as_update = made;
    as_update.kind = change_kind::updated;
    change<R> result = carry_change<R>(as_update, down(found.record.value));
    result.kind = made.kind;
    return result;
  }

  template <class R>
  static void write_whole(const hub_record<R>& record, std::uint32_t version, std::uint64_t snapshot, bool gone,
                          std::string& out) {
    record_update<R> update = record.update_since(0, snapshot);
    update.fields = field_set<R>::all();
    update.fields.erase(schema<R>::key_index);
    update.whole = true;
    update.deleted = update.deleted || gone;
    out.clear();
    if constexpr (has_previous<R>) {
      if (version < schema<R>::info.version) return encode_to(out, carry_update<previous_of<R>>(update));
    }
    encode_to(out, update);
  }

  template <class R>
  static result<void> lower_answer(commit_type& commit, const typename schema<R>::key_type& key, updated_record& said) {
    record_update<R> update;
    if (auto read = decode_into(said.bytes.bytes, update); !read) return read;
    auto found = commit.template load<R>(key);
    if (!found) return found.error();
    write_whole(found->record, schema<R>::info.version - 1, update.number, update.deleted, said.bytes.bytes);
    return {};
  }

  template <class V, class Loaded>
  static void lower_dropped_of(const change<V>& made, const Loaded& found, std::uint32_t table, const blob& key,
                               const std::string& device, uploaded_message& answer) {
    using R = std::remove_cvref_t<decltype(found.record.value)>;
    std::vector<dropped_value> lowered;
    field_set<V> told;
    std::erase_if(answer.dropped, [&](const dropped_value& dropped) {
      if (dropped.table != table || dropped.key != key) return false;
      if (auto as = carry_encoded<V, R>(dropped.field, dropped.value.bytes)) {
        told.insert(as->field);
        lowered.push_back(dropped);
        lowered.back().field = static_cast<std::uint32_t>(as->field);
        lowered.back().value.bytes = std::move(as->bytes);
      }
      return true;
    });
    const bool is_gone = !found.exists || (found.record.deleted() && made.kind != change_kind::deleted);
    const V stands = down(found.record.value);
    for_each_field(
        [&]<std::size_t I>(std::integral_constant<std::size_t, I>, const auto& wanted, const auto& there) {
          if (!made.what.fields.contains(I) || told.contains(I)) return;
          dropped_value dropped{table,
                                key,
                                static_cast<std::uint32_t>(I),
                                side::remote,
                                is_gone ? rule::deleted : rule::server_owned,
                                {},
                                device,
                                made.times[I].ticks};
          if constexpr (internal::is_merged<V, I>) {
            if (!is_gone) return;
            dropped.value.bytes = encode(made.what.template edit<I>());
          } else {
            if (!is_gone && is_same_value(value_of(wanted), value_of(there))) return;
            dropped.value.bytes = encode(value_of(wanted));
          }
          lowered.push_back(std::move(dropped));
        },
        made.what.values, stands);
    std::move(lowered.begin(), lowered.end(), std::back_inserter(answer.dropped));
  }
};

}  // namespace syncline
