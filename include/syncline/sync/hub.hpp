// SPDX-License-Identifier: BSL-1.0
#pragma once
// The authority: takes envelopes, decides, numbers every commit, and tells devices what is new. No I/O but the store.

#include <syncline/core/planted.hpp>
#include <syncline/port/store.hpp>
#include <syncline/stream/chunk.hpp>
#include <syncline/sync/catalog.hpp>
#include <syncline/sync/hub_answers.hpp>
#include <syncline/sync/hub_chunks.hpp>
#include <syncline/sync/hub_conflicts.hpp>
#include <syncline/sync/hub_digests.hpp>
#include <syncline/sync/hub_log.hpp>
#include <syncline/sync/hub_losses.hpp>
#include <syncline/sync/hub_pages.hpp>
#include <syncline/sync/page_room.hpp>
#include <syncline/sync/hub_tombstones.hpp>
#include <syncline/sync/hub_unread.hpp>
#include <syncline/sync/resync.hpp>

#include <chrono>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace syncline {

/// How a hub decides, and what it forgets.
struct hub_settings {
  /// So far ahead of the hub's clock a stamp may be. Where the latest of an envelope is further ahead, all its stamps are
  /// shifted back by what makes that one the hub's time. \see PROTOCOL 16
  std::chrono::milliseconds tolerance = std::chrono::minutes{5};
  std::chrono::milliseconds tombstone_horizon = std::chrono::days{90};  ///< how long it is known what was deleted
};

/// The hub of an app with the record types `Records`, over one store for all scopes.
///
/// It is a value that takes a message and returns the answer; the caller owns sockets, threads and the clock. Calls for
/// one scope must not overlap unless the store serializes them.
///
/// \snippet examples/two_devices.cpp hub
/// \see SYNC-1, SYNC-11, PROTOCOL 1 to 8
template <class Store, class... Records>
  requires store_for<Store, Records...>
class hub : public hub_log<Store, Records...> {
  using doors = hub_log<Store, Records...>;
  using lineage = hub_lineage<transaction_of<Store>>;
  using answers = hub_answers<transaction_of<Store>>;
  using chunks = hub_chunks<transaction_of<Store>, hub_commit<transaction_of<Store>>, catalog<Records...>>;
  static constexpr side_names names{"the app", "the hub"};

 public:
  using records = catalog<Records...>;
  using commit_type = hub_commit<transaction_of<Store>>;

  explicit hub(Store& store, hub_settings settings = {}) : doors(store), settings_(settings) {}

  /// The answer to `framed`, which `device` of `scope` sent.
  ///
  /// \param form  how values are told: a peer that takes no differences needs them whole
  /// Guarantee: always a frame; a refusal says in one sentence what is wrong. A message that comes again gets the same
  /// answer and changes nothing. Every effect and the answer are committed before this returns. \see SYNC-4, SYNC-5
  std::string handle(std::string_view scope, std::string_view device, std::string_view framed, timestamp now,
                     value_form form = value_form::by_difference) {
    auto answer = answer_to(scope, device, framed, now, form);
    if (answer) return std::move(*answer);
    const error& e = answer.error();
    const auto message = unframe(framed);
    return pack(refusal_message{e.code, e.severity, e.message, message ? checksum(message->body) : 0});
  }

  /// Does what waits to be computed in `scope`: for each record whose series are now complete,
  /// `compute(editor, read_chunk)` sets the fields that the server owns; `read_chunk(digest)` gives a chunk's bytes.
  ///
  /// A job is written in the transaction that completes the series and is removed in the one that stores its outcome, so
  /// it is done at least once however often the process dies. One that fails stays, and holds up no other, unless it is
  /// the store that failed.
  ///
  /// \return how many were done; or why the first one failed, when all others have been tried
  /// \see PROTOCOL 26
  template <class Compute>
  result<std::size_t> run_jobs(std::string_view scope, timestamp now, Compute&& compute) {
    std::size_t done = 0;
    result<void> first_failure;
    for (std::string after;;) {
      std::vector<entry> jobs;
      {
        auto tx = doors::open(scope);
        if (!tx) return tx.error();
        auto listed = tx->list("job", after, 16);
        if (!listed) return listed.error();
        jobs = std::move(*listed);
      }
      if (jobs.empty()) {
        if (!first_failure) return first_failure.error();
        return done;
      }
      for (const entry& job : jobs) {
        after = job.name;
        const auto zero = job.name.find('\0');
        result<void> outcome;
        records::visit(job.name.substr(0, zero), [&]<class R>(std::type_identity<R>) {
          outcome = run_job<R>(scope, job, now, compute);
        });
        if (outcome) {
          ++done;
        } else if (outcome.error().phase == phase::store) {
          return outcome.error();
        } else if (first_failure) {
          first_failure = outcome.error();
        }
      }
    }
  }

  /// Forgets what was deleted in `scope` before the horizon, some records in each transaction. To be called now and then:
  /// a deletion is as old as the first call after it. \return how many tombstones went \see DELTA-3, PROTOCOL 19
  result<std::size_t> collect(std::string_view scope, timestamp now) {
    std::size_t collected = 0;
    for (bool more = true; more;) {
      auto tx = doors::open(scope);
      if (!tx) return tx.error();
      auto some = hub_tombstones<transaction_of<Store>>::template collect<records>(*tx, now, settings_.tombstone_horizon);
      if (!some) return some.error();
      if (auto done = tx->commit(); !done) return done.error();
      collected += some->tombstones;
      more = some->more;
    }
    return collected;
  }

 private:
  static std::uint64_t told(const scope_state& state) { return is_planted(flaw::collect_untold) ? 0 : state.collected; }

  template <class R, class Compute>
  result<void> run_job(std::string_view scope, const entry& job, timestamp now, Compute&& compute) {
    auto tx = doors::open(scope);
    if (!tx) return tx.error();
    auto key = decode<typename schema<R>::key_type>(std::string_view(job.name).substr(schema<R>::table.size() + 1));
    if (!key) return key.error();
    auto commit = commit_type::begin(*tx, now);
    if (!commit) return commit.error();
    auto present = commit->template load<R>(*key);
    if (!present) return present.error();
    auto complete = commit_type::is_complete(*tx, present->record.value, [](auto&) { return result<void>{}; });
    if (!complete) return complete.error();
    // A record whose series are others by now gets another job when they are complete.
    if (*complete && present->exists && !present->record.deleted()) {
      const auto read_chunk = [&](const chunk_digest& digest) -> result<std::string> {
        auto bytes = tx->get("chunk", digest_name(digest));
        if (!bytes) return bytes.error();
        if (!*bytes) {
          return make_error(error_code::not_found, phase::job, "a chunk that was stored is not there: its store lost it");
        }
        return std::move(**bytes);
      };
      editor<role::server, R> open{present->record.value};
      if (auto computed = compute(open, read_chunk); !computed) return computed.error();
      delta<R> change = diff(present->record.value, open.record());
      sign(change, hub_name);
      if (!change.empty()) {
        if (auto allowed = doors::check_change(present->record.value, change, open.record()); !allowed) return allowed;
        commit->template change_as_server<R>(present->record, change);
        if (auto saved = doors::template save<R>(*commit, *present); !saved) return saved.error();
        if (auto closed = commit->close(); !closed) return closed.error();
      }
    }
    if (auto removed = tx->remove("job", job.name); !removed) return removed.error();
    return tx->commit();
  }

  result<std::string> answer_to(std::string_view scope, std::string_view device, std::string_view framed, timestamp now,
                                value_form form) {
    auto message = unframe(framed);
    if (!message) return message.error();
    switch (static_cast<message_kind>(message->kind)) {
      case message_kind::check: return with<check_message>(*message, [&](const auto& m) { return check(scope, device, m, now); });
      case message_kind::upload: return with<upload_message>(*message, [&](const auto& m) { return upload(scope, device, m, message->body, now, form); });
      case message_kind::download: return with<download_message>(*message, [&](const auto& m) { return download(scope, m, form); });
      case message_kind::compare: return with<compare_message>(*message, [&](const auto& m) { return compare(scope, m, message->body); });
      case message_kind::chunk: return with<chunk_message>(*message, [&](const auto& m) { return in_scope(scope, [&](auto& tx) { return chunks::store(tx, m); }); });
      case message_kind::want_chunk: return with<want_chunk_message>(*message, [&](const auto& m) { return in_scope(scope, [&](auto& tx) { return chunks::send(tx, m); }); });
      case message_kind::has_chunk: return with<has_chunk_message>(*message, [&](const auto& m) { return in_scope(scope, [&](auto& tx) { return chunks::look_for(tx, m); }); });
      case message_kind::forwarded: return with<forwarded_message>(*message, [&](const auto& m) { return forwarded(scope, device, m, now, form); });
      default:
        return make_error(error_code::malformed, phase::decode,
                          "a message of kind " + std::to_string(message->kind) + " is none that a hub takes");
    }
  }

  template <class Message, class Use>
  static result<std::string> with(const unframed& framed, Use&& use) {
    auto message = unpack<Message>(framed);
    if (!message) return message.error();
    return use(*message);
  }

  static result<void> check_device(std::string_view device, std::string_view claimed) {
    if (device == claimed) return check_device_id(device);
    return make_error(error_code::not_allowed, phase::validate,
                      "the message says it comes from device '" + std::string(claimed) + "' but the link belongs to '" +
                          std::string(device) + "': use that device's own token");
  }

  // What a relay passes on is answered as if it had come from its writer, refusals too: they speak of the inner message.
  result<std::string> forwarded(std::string_view scope, std::string_view relay, const forwarded_message& message, timestamp now,
                                value_form form) {
    if (auto fits = check_device_id(relay); !fits) return fits.error();
    if (auto fits = check_device_id(message.device); !fits) return fits.error();
    const auto inner = unframe(message.framed.bytes);
    if (inner && static_cast<message_kind>(inner->kind) == message_kind::forwarded) {
      return make_error(error_code::malformed, phase::decode, "a relay passed on what another relay passed on: one is the most");
    }
    return handle(scope, message.device, message.framed.bytes, now, form);
  }

  result<std::string> check(std::string_view scope, std::string_view device, const check_message& message, timestamp now) {
    if (auto same = check_device(device, message.device); !same) return same.error();
    if (auto known = records::check(message.tables, names); !known) return known.error();
    auto tx = doors::open(scope);
    if (!tx) return tx.error();
    auto seen = answers::read_incarnation(*tx, message.incarnation);
    if (!seen) return seen.error();
    auto state = standing_for<commit_type>(*tx, message, now);
    if (!state) return state.error();
    return pack(checked_message{seen->applied, state->number, message.answered, records::declarations(), message.now, now,
                                settings_.tolerance, told(*state), message.resyncs});
  }

  result<std::string> upload(std::string_view scope, std::string_view device, const upload_message& message,
                             std::string_view body, timestamp now, value_form form) {
    if (auto same = check_device(device, message.device); !same) return same.error();
    auto tx = doors::open(scope);
    if (!tx) return tx.error();
    auto seen = answers::read_incarnation(*tx, message.incarnation);
    if (!seen) return seen.error();
    const std::uint64_t digest = checksum(body);
    if (message.number <= seen->applied && !is_planted(flaw::apply_repeats)) {
      auto repeat = answers::repeat(*tx, message, digest);
      if (!repeat) return repeat.error();
      return *repeat ? std::move(**repeat) : forked(message, digest);
    }
    if (auto known = records::check_written(message.tables, names); !known) {  // never applied: it can be built anew
      const error& e = known.error();
      return pack(refusal_message{e.code, e.severity, e.message, digest});
    }
    if (message.number > seen->applied + 1) {
      return pack(refusal_message{error_code::refused, error_class::retryable,
                                  "envelope " + std::to_string(message.number) + " came, but " +
                                      std::to_string(seen->applied + 1) + " is the next: send that one first",
                                  digest});
    }
    auto commit = commit_type::begin(*tx, now);
    if (!commit) return commit.error();
    commit->answer_in(form);
    const field_writer writer{message.incarnation, device_id(device)};
    const applied_envelope applied{digest, shift_of(latest_stamp<records>(message), now, settings_.tolerance)};
    commit->shift_stamps(applied.shift);
    uploaded_message answer{.number = message.number, .commit = commit->number(), .shift = applied.shift};
    std::set<std::pair<std::uint32_t, std::string>> touched;
    growing_size size;
    for (const change_group& group : message.groups) {
      answer.groups.push_back({});
      if (size.of(answer) >= full_message_size) {
        answer.groups.back().verdict = group_verdict::rebase;
        continue;
      }
      const bool alone = group.changes.size() == 1;  // then nothing was written when it is refused
      auto rehearsed = alone ? decltype(touched){} : touched;
      for (const bool rehearsal : {true, false}) {
        if (rehearsal && alone) continue;
        for (const record_change& change : group.changes) {
          auto applied = apply_change(*commit, message, change, writer, rehearsal, rehearsal ? rehearsed : touched, answer);
          if (!applied) {
            if (applied.error().phase == phase::store) return applied.error();
            answer.groups.back() = {group_verdict::refused, applied.error().message};
            break;
          }
          answer.groups.back().verdict = *applied;
          if (*applied != group_verdict::applied) break;
        }
        if (answer.groups.back().verdict != group_verdict::applied) break;
      }
    }
    for (dropped_value& dropped : answer.dropped) {
      records::visit(message.tables[dropped.table].table,
                     [&]<class R>(std::type_identity<R>) { dropped.version = schema<R>::info.version; });
    }
    if (auto logged = doors::log_decisions(*commit, message, touched, answer.dropped); !logged) return logged.error();
    result<void> lowered;
    records::for_each([&]<class R>(std::type_identity<R>) {
      if (lowered) lowered = lineage::template lower_dropped<R>(*commit, message, answer);
    });
    if (!lowered) return lowered.error();
    std::string packed = pack(answer);
    if (auto kept = answers::keep(*tx, message, applied, packed, now); !kept) return kept.error();
    if (is_planted(flaw::acknowledge_before_commit) && (message.number & 7) == 0) return packed;
    if (auto closed = commit->finish(); !closed) return closed.error();
    return packed;
  }

  static std::string forked(const upload_message& message, std::uint64_t digest) {
    return pack(refusal_message{error_code::forked, error_class::retryable,
                                "envelope " + std::to_string(message.number) +
                                    " was applied with other contents: this data folder is a copy; it needs a new incarnation",
                                digest});
  }

  result<group_verdict> apply_change(commit_type& commit, const upload_message& message, const record_change& change,
                            const field_writer& writer, bool rehearsal,
                            std::set<std::pair<std::uint32_t, std::string>>& touched, uploaded_message& answer) {
    if (change.table >= message.tables.size()) {
      return make_error(error_code::malformed, phase::validate, "a change names a table that its envelope does not declare");
    }
    const table_declaration& declared = message.tables[change.table];
    result<group_verdict> outcome =
        make_error(error_code::wrong_version, phase::validate, "the hub has no table '" + declared.table + "': update the hub");
    records::visit(declared.table, [&]<class R>(std::type_identity<R>) {
      outcome = lineage::template apply<R>(commit, declared, change, writer, rehearsal, touched, answer);
    });
    return outcome;
  }

  result<std::string> download(std::string_view scope, const download_message& message, value_form form) {
    auto tx = doors::open(scope);
    if (!tx) return tx.error();
    auto state = commit_type::read_state(*tx);
    if (!state) return state.error();
    auto seen = answers::read_incarnation(*tx, message.incarnation);
    if (!seen) return seen.error();
    page_message page{.snapshot = state->number, .applied = seen->applied, .collected = told(*state)};
    page_room<records> room(message.cursors, std::clamp<std::size_t>(message.limit, 1, 10'000));
    page.ranges.resize(message.cursors.size());
    for (const std::size_t i : room.order()) {
      const table_cursor& cursor = message.cursors[i];
      page_range range{cursor.table, cursor.after, cursor.after, message.version_of(i)};
      result<void> outcome;
      const bool known = records::visit(cursor.table, [&]<class R>(std::type_identity<R>) {
        const std::size_t first = page.records.size();
        if (range.version == 0) range.version = schema<R>::info.version;
        outcome = records::check_version(schema<R>::table, range.version, names);
        if (outcome) {
          outcome = room.template use<R>([&](std::size_t& left) {
            return hub_pages<transaction_of<Store>>::template collect<R>(*tx, static_cast<std::uint32_t>(i), page, range, left, form);
          });
        }
        if (outcome) outcome = lineage::template write_for<R>(*tx, range.version, first, page);
        range.version = std::min(range.version, schema<R>::info.version);
      });
      if (!outcome) return outcome.error();
      page.more = page.more || (known && range.up_to < page.snapshot);  // a table that the hub does not have stays as it is
      page.ranges[i] = std::move(range);
    }
    for (const wanted_record& wanted : message.whole) {
      if (wanted.table >= message.cursors.size()) continue;
      result<void> outcome;
      records::visit(message.cursors[wanted.table].table, [&]<class R>(std::type_identity<R>) {
        const std::size_t first = page.records.size();
        const std::uint32_t version = message.version_of(wanted.table);
        outcome = hub_pages<transaction_of<Store>>::template collect_whole<R>(*tx, wanted, page);
        if (outcome) outcome = lineage::template write_for<R>(*tx, version == 0 ? schema<R>::info.version : version, first, page);
      });
      if (!outcome) return outcome.error();
    }
    if (auto told = collect_losses<records>(*tx, page); !told) return told.error();
    if (auto told = tell_unread<records>(*tx, message, page); !told) return told.error();
    return pack(page);
  }

  result<std::string> compare(std::string_view scope, const compare_message& message, std::string_view body) {
    auto tx = doors::open(scope);
    if (!tx) return tx.error();
    auto said = hub_digests<transaction_of<Store>, Records...>::answer(*tx, message, checksum(body));
    if (!said) return said.error();
    return pack(*said);
  }

  // Opens a transaction for `use`, which commits it if it wrote.
  template <class Use>
  result<std::string> in_scope(std::string_view scope, Use&& use) {
    auto tx = doors::open(scope);
    if (!tx) return tx.error();
    return use(*tx);
  }

  hub_settings settings_;
};

}  // namespace syncline
