// SPDX-License-Identifier: BSL-1.0
#pragma once
// A device: its doors, and the session that carries what went through them to the hub, and the hub's word back.

#include <syncline/core/planted.hpp>
#include <syncline/sync/replica_clock.hpp>
#include <syncline/sync/replica_envelope.hpp>
#include <syncline/sync/replica_foreign.hpp>
#include <syncline/sync/replica_pages.hpp>
#include <syncline/sync/replica_streams.hpp>
#include <syncline/sync/replica_sweep.hpp>
#include <syncline/sync/resync.hpp>
#include <syncline/sync/rewound.hpp>
#include <syncline/sync/session_life.hpp>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace syncline {

/// A device's replica of one scope, over its store.
///
/// It is a value without I/O: `next_message` says what to send, `receive` takes the answer, the caller owns link, clock
/// and randomness. Nothing that was written is lost, whatever happens to messages and processes.
///
/// \snippet examples/two_devices.cpp replica
/// \see SYNC-1, SYNC-11, PROTOCOL 1 to 14
template <class Store, class... Records>
  requires store_for<Store, Records...>
class replica : public replica_streams<Store, Records...> {
  using doors = replica_streams<Store, Records...>;
  using tx_type = transaction_of<Store>;
  using kept = replica_store<tx_type, Records...>;
  using envelope = replica_envelope<tx_type, Records...>;
  using pages = replica_pages<tx_type, Records...>;
  using sweep = replica_sweep<tx_type, Records...>;
  using doors::begin, doors::commit, doors::outbox;
  using doors::choice_, doors::download_again_, doors::report_, doors::settings_, doors::state_;

 public:
  using records = catalog<Records...>;

  /// Opens the replica that `store` holds for `scope`, or makes one for `device`.
  ///
  /// \param fresh_incarnation  a random number, used if the replica is new
  /// \return the replica, or why not: the store fails, or was written by a newer version
  static result<replica> open(Store& store, std::string scope, std::string_view device, std::uint64_t fresh_incarnation,
                              replica_settings settings = {}) {
    if (auto moved = replica_lineage<tx_type>::template move_all<Records...>(store, scope); !moved) return moved.error();
    auto tx = store.begin(scope);
    if (!tx) return tx.error();
    auto state = kept::read_state(*tx);
    if (!state) return state.error();
    const bool forgets = is_planted(flaw::forget_the_envelope) && state->unanswered;
    if (state->incarnation == 0 || forgets) {
      if (auto fits = check_device_id(device); !fits) return fits.error();
      if (!forgets) state->incarnation = fresh_incarnation | 1;
      state->device = device;
      state->unanswered = false;
      if (auto put = kept::write_state(*tx, *state); !put) return put.error();
      if (auto done = tx->commit(); !done) return done.error();
    }
    if (state->version > storage_version) {
      return make_error(error_code::wrong_version, phase::local,
                        "the data was written by a newer version of this program: update it; nothing was changed");
    }
    return replica(store, std::move(scope), std::move(*state), settings);
  }

  /// \name Session
  /// @{

  /// Begins a session: check, upload, download, chunks, and what those bring about; and a comparison, if there is one to
  /// make. `budget` says what may be sent and fetched in it, `tables` of which tables: what may not, waits. \see TRIG-2
  void begin_session(comparing what = comparing::nothing, const send_budget& budget = {}, table_choice tables = {}) {
    choice_ = std::move(tables);
    doors::begin_comparison(what);
    doors::begin_chunks(budget);
    step_ = session_step::idle;
    if (budget.allows_session()) go(session_event::began);
    report_ = {};
    held_.clear();
    question_.forget();
  }

  /// The next message to send, or nothing: the session is over. Send it, then call `receive` with the answer; without an
  /// answer call `interrupted`, or simply begin a new session. Asking again without an answer gives the same message.
  result<std::optional<std::string>> next_message(timestamp now) {
    while (true) {
      switch (step_) {
        case session_step::idle:
        case session_step::broken_off: return std::optional<std::string>{};
        case session_step::check: return check_request(now);
        case session_step::upload: {
          auto next = next_envelope(now);
          if (!next || *next) return next;
          go(report_.hub_is_away ? session_event::hub_is_away : session_event::sent_all);
          break;
        }
        case session_step::download: return download_request();
        case session_step::sweep: {
          if (auto swept = sweep_some(now); !swept) return swept.error();
          break;
        }
        case session_step::compare: {
          std::string message;
          auto turn = doors::next_comparison(message);
          if (!turn) return turn.error();
          if (*turn == doors::turn::ask) return std::optional<std::string>{std::move(message)};
          go(*turn == doors::turn::download ? session_event::differs : session_event::compared);
          break;
        }
        case session_step::chunks: {
          if (auto due = outbox_is_due(now); !due) {
            return due.error();
          } else if (*due) {
            go(session_event::record_is_due);
            break;
          }
          auto chunk = doors::chunk_message_now();
          if (!chunk || *chunk) return chunk;
          if (download_again_) {
            download_again_ = false;
            go(session_event::computed);
            break;
          }
          if (auto ended = end_session(now); !ended) return ended.error();
          break;
        }
      }
    }
  }

  /// One more chunk's message, which need not wait for the answers to others, nor take the way that they took: up to
  /// `replica_settings::chunks_in_flight` of them. Nothing where that many are unanswered, where there is none, or where
  /// `next_message` has something else: a record never waits for more than the chunk that is being sent. \see PROTOCOL 27
  result<std::optional<std::string>> next_chunk(timestamp now) {
    auto waits = only_chunks_wait(now);
    if (!waits) return waits.error();
    return *waits ? doors::further_chunk_message() : std::optional<std::string>{};
  }

  /// Whether the session is at its chunks and no record is due: then there is nothing to do but to send chunks and to
  /// take their answers.
  result<bool> only_chunks_wait(timestamp now) {
    if (step_ != session_step::chunks) return false;
    auto due = outbox_is_due(now);
    if (!due) return due;
    return !*due;
  }

  /// Takes the hub's answer to the last message, or to a chunk's, in one local transaction. `random` is a new random number.
  ///
  /// \return nothing; or why the session cannot go on. An answer to another message, or one that came before, is ignored.
  result<void> receive(std::string_view answer, timestamp now, std::uint64_t random) {
    auto framed = unframe(answer);
    if (!framed) return framed.error();
    switch (static_cast<message_kind>(framed->kind)) {
      case message_kind::checked: return with<checked_message>(*framed, [&](const auto& m) { return on_checked(m); });
      case message_kind::uploaded: return with<uploaded_message>(*framed, [&](const auto& m) { return on_uploaded(m, now, random); });
      case message_kind::page: return with<page_message>(*framed, [&](const auto& m) { return on_page(m, now); });
      case message_kind::compared: return with<compared_message>(*framed, [&](const auto& m) { return on_compared(m); });
      case message_kind::chunk: return with<chunk_message>(*framed, [&](const auto& m) { return this->on_chunk(m); });
      case message_kind::chunk_stored: return with<chunk_stored_message>(*framed, [&](const auto& m) { return this->on_chunk_stored(m); });
      case message_kind::chunk_missing: return with<chunk_missing_message>(*framed, [&](const auto& m) { return this->on_chunk_missing(m); });
      case message_kind::kept: return with<kept_message>(*framed, [&](const auto& m) { return on_kept(m); });
      case message_kind::refusal: return with<refusal_message>(*framed, [&](const auto& m) { return on_refusal(m, random); });
      default:
        return make_error(error_code::malformed, phase::decode, "the hub sent a message that is no answer");
    }
  }

  /// What the session is at.
  session_step step() const noexcept { return step_; }

  /// Ends the session: no answer came. What was on its way is sent again in the next one; no attempt is used up.
  void interrupted() {
    go(session_event::interrupted);
    if (is_planted(flaw::silence_uses_attempts)) doors::give_up_what_waits();
  }
  /// @}

 private:
  replica(Store& store, std::string scope, replica_state state, replica_settings settings)
      : doors(store, std::move(scope), std::move(state), settings) {}

  template <class Message, class Use>
  static result<void> with(const unframed& framed, Use&& use) {
    auto message = unpack<Message>(framed);
    if (!message) return message.error();
    return use(*message);
  }

  result<std::optional<std::string>> check_request(timestamp now) {
    if (auto tx = begin(); !tx) return tx.error();
    return std::optional<std::string>{pack(check_message{state_.device, state_.incarnation, records::declarations(),
                                                         state_.envelope - state_.unanswered, question_.ask(state_, now), state_.wants_resync})};
  }

  result<bool> outbox_is_due(timestamp now) {
    auto tx = begin();
    if (!tx) return tx.error();
    if (state_.unanswered) return true;
    auto batch = outbox(*tx).take_batch(now, 1 + held_.size(), doors::what_may_go());
    if (!batch) return batch.error();
    return std::any_of(batch->begin(), batch->end(), [&](const outbox_item& item) { return !held_.holds(item); });
  }

  // The unanswered envelope, byte for byte, or a new one from what is due. \see PROTOCOL 1, 2
  result<std::optional<std::string>> next_envelope(timestamp now) {
    auto tx = begin();
    if (!tx) return tx.error();
    if (state_.unanswered && !is_planted(flaw::send_before_the_answer)) {
      auto frozen = kept::read_frozen(*tx, state_.envelope);
      if (!frozen) return frozen.error();
      if (is_planted(flaw::rebuild_sent_bytes)) return envelope::rebuilt(*tx, *frozen);
      return std::optional<std::string>{std::move(frozen->framed.bytes)};
    }
    if (auto current = question_.may_send(state_); !current) return current.error();
    if (state_.walk != 0) return std::optional<std::string>{};  // what was deleted meanwhile is learned first
    if constexpr ((has_previous<Records> || ...)) {  // what is written next is written on what the hub has
      auto lacks = kept::lacks_some(*tx, state_, choice_);
      if (!lacks) return lacks.error();
      if (*lacks) return std::optional<std::string>{};
    }
    replica_state state = state_;
    upload_message message{state.device, state.incarnation, ++state.envelope, {hub_.template written<Records>()...}, {}};
    frozen_envelope frozen;
    if (auto filled = envelope::fill(*tx, now, settings_, hub_, doors::what_may_go(), held_, message, frozen); !filled) return filled.error();
    report_.held = held_.unknown_there();
    if (frozen.items.empty()) return std::optional<std::string>{};
    frozen.framed.bytes = pack(message);
    state.unanswered = true;
    if (auto put = kept::write_frozen(*tx, state.envelope, frozen); !put) return put.error();
    if (auto done = commit(*tx, std::move(state)); !done) return done.error();
    return std::optional<std::string>{std::move(frozen.framed.bytes)};
  }

  result<std::optional<std::string>> download_request() {
    auto tx = begin();
    if (!tx) return tx.error();
    auto message = pages::request(*tx, state_, doors::read_tables(), report_, settings_.page);
    if (!message) return message.error();
    return std::optional<std::string>{pack(*message)};
  }

  result<void> end_session(timestamp now) {
    auto tx = begin();
    if (!tx) return tx.error();
    replica_state state = state_;
    if (choice_.is_all()) state.last_synced = now;
    if (auto done = commit(*tx, std::move(state)); !done) return done.error();
    go(session_event::completed);
    return {};
  }

  result<void> on_checked(const checked_message& message) {
    if (step_ != session_step::check) return {};
    auto tx = begin();
    if (!tx) return tx.error();
    if (auto in_time = question_.hear(state_, message); !in_time) return in_time;
    hub_ = {message.tables};
    if (auto agree = hub_.declared.empty() ? result<void>{} : records::check_hub(hub_.declared, {"the hub", "the app"}); !agree) {
      go(session_event::refused);
      return agree;
    }
    replica_state state = state_;
    const bool corrected = question_.is_answered_by(message) && correct_clock(state, message);
    const bool resyncs = question_.is_answered_by(message) && begin_resync(state, message);
    pages::hear_of_collection(state, hub_, message.collected, message.number);
    if (corrected || resyncs || state.collected != state_.collected) {
      if (auto done = commit(*tx, std::move(state)); !done) return done;
    }
    go(session_event::agreed);
    return {};
  }

  // \see PROTOCOL 19
  result<void> sweep_some(timestamp now) {
    auto tx = begin();
    if (!tx) return tx.error();
    if (state_.unanswered || state_.walk != swept_.walk) {  // another process went on
      go(session_event::overtaken);
      return {};
    }
    replica_state state = state_;
    session_report report = report_;
    sweep_position at = swept_;
    auto more = sweep::some(*tx, at, state, report, now, settings_.undo_window);
    if (!more) return more.error();
    if (auto done = commit(*tx, std::move(state)); !done) return done.error();
    report_ = report;
    swept_ = std::move(at);
    if (!*more) go(doors::is_comparing() ? session_event::must_compare : session_event::swept);
    return {};
  }

  result<void> on_uploaded(const uploaded_message& message, timestamp now, std::uint64_t random) {
    auto tx = begin();
    if (!tx) return tx.error();
    const bool is_for_it = message.number == state_.envelope || is_planted(flaw::take_any_answer);
    if (!state_.unanswered || !is_for_it) return {};  // came before, or late
    auto frozen = kept::read_frozen(*tx, state_.envelope);
    if (!frozen) return frozen.error();
    if (!message.must_download && message.groups.size() != frozen->items.size()) {
      return make_error(error_code::malformed, phase::upload, "the hub's answer does not fit what was sent");
    }
    replica_state state = state_;
    state.unanswered = false;
    session_report report = report_;
    if (auto shifted = adopt_shift<records>(*tx, state, message.shift); !shifted) return shifted;
    answer_reader reader{message, state, report, now, random};
    if (auto settled = envelope::settle(*tx, *frozen, reader); !settled) return settled;
    if (is_planted(flaw::move_cursor_on_answer)) {
      for (table_cursor& cursor : state.cursors) cursor.after = std::max(cursor.after, message.commit);
    }
    if (auto removed = kept::remove_frozen(*tx, state.envelope); !removed) return removed.error();
    if (auto done = commit(*tx, std::move(state)); !done) return done.error();
    if (report.confirmed != report_.confirmed) held_.release_foreign();
    report_ = report;
    if (message.must_download) go(session_event::hub_moved_on);
    return {};
  }

  result<void> on_page(const page_message& message, timestamp now) {
    if (step_ != session_step::download) return {};
    auto tx = begin();
    if (!tx) return tx.error();
    if (state_.unanswered && !is_planted(flaw::page_during_an_upload)) {  // another process froze an envelope: what it holds would count twice
      go(session_event::overtaken);
      return {};
    }
    if (!pages::goes_on(message, state_, doors::read_tables())) return {};  // asked before, and overtaken
    if (message.snapshot < state_.walk) {  // made before the walk began, or by a hub that has forgotten it
      question_.forget();
      go(session_event::forgot);
      return {};
    }
    replica_state state = state_;
    if (pages::hear_of_collection(state, hub_, message.collected, message.snapshot)) return commit(*tx, std::move(state));
    session_report report = report_;
    if (is_planted(flaw::commit_the_cursor_first)) {
      for (const page_range& range : message.ranges) kept::move_cursor(state, range.table, range.up_to);
      if (auto done = commit(*tx, state); !done) return done.error();
      tx = begin();
      if (!tx) return tx.error();
    }
    if (auto taken = pages::take(*tx, message, state, report, now); !taken) return taken.error();
    if (auto settled = replica_foreign<tx_type, Records...>::settle(*tx, state, report); !settled) return settled;
    auto lacks = kept::lacks_some(*tx, state, doors::read_tables());
    if (!lacks) return lacks.error();
    const bool ends = !message.more && !*lacks, sweeps = state.walk != 0 || state.swept < state.collected;
    swept_ = {.walk = state.walk};
    if (auto done = commit(*tx, std::move(state)); !done) return done.error();
    if (report.confirmed != report_.confirmed) held_.release_foreign();
    report_ = report;
    if (ends) go(sweeps ? session_event::must_sweep : doors::is_comparing() ? session_event::must_compare : session_event::read_all);
    return {};
  }

  result<void> on_compared(const compared_message& message) {
    if (step_ != session_step::compare) return {};
    auto turn = doors::take_comparison(message);
    if (!turn) return turn.error();
    if (*turn == doors::turn::download) go(session_event::differs);
    return {};
  }

  // A relay answers, and the hub is away: what waits goes to the relay, and all else has to wait for the hub. \see PROTOCOL 2
  result<void> on_kept(const kept_message& message) {
    auto tx = begin();
    if (!tx) return tx.error();
    report_.hub_is_away = true;
    if (step_ == session_step::check) {
      hub_ = {};
      go(session_event::agreed);
      return {};
    }
    if (step_ == session_step::upload && state_.unanswered && message.number == state_.envelope) report_.is_kept = true;
    go(session_event::hub_is_away);
    return {};
  }

  result<void> on_refusal(const refusal_message& message, std::uint64_t random) {
    if (auto taken = doors::on_chunk_refused(message); !taken || *taken) return taken ? result<void>{} : taken.error();
    if (step_ == session_step::upload && message.code == error_code::forked) return start_over(message, random);
    if (step_ == session_step::upload && message.code == error_code::wrong_version) {
      auto outdated = is_outdated();
      if (!outdated) return outdated.error();
      if (*outdated) return start_over(message, random);
    }
    go(session_event::refused);
    return error{message.code, message.severity, phase::transport, message.message};
  }

  result<void> start_over(const refusal_message& message, std::uint64_t random) {
    auto tx = begin();
    if (!tx) return tx.error();
    replica_state state = state_;
    auto taken_back = take_back_envelope<kept>(*tx, state, message, random);
    if (!taken_back) return taken_back.error();
    return *taken_back ? commit(*tx, std::move(state)) : result<void>{};
  }

  result<bool> is_outdated() {
    auto tx = begin();
    if (!tx) return tx.error();
    auto frozen = kept::read_frozen(*tx, state_.envelope);
    if (!frozen) return frozen.error();
    return state_.unanswered && envelope::is_outdated(*frozen, hub_);
  }

  void go(session_event event) noexcept { step_ = session_life::next(step_, event).value_or(step_); }

  session_step step_ = session_step::idle;
  hub_tables hub_{};
  standing_question question_{};
  held_items held_{};
  sweep_position swept_{};
};

}  // namespace syncline
