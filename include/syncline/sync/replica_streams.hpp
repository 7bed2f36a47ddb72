// SPDX-License-Identifier: BSL-1.0
#pragma once
// The chunks of a device's session: what is sent beside the records, and what their answers bring about.

#include <syncline/queue/send_budget.hpp>
#include <syncline/sync/chunk_window.hpp>
#include <syncline/sync/replica_digests.hpp>
#include <syncline/sync/table_choice.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

namespace syncline {

/// The part of a replica's session that sends and fetches chunks, several at once. \see PROTOCOL 2, 27
template <class Store, class... Records>
  requires store_for<Store, Records...>
class replica_streams : public replica_digests<Store, Records...> {
  using doors = replica_digests<Store, Records...>;
  using kept = replica_store<transaction_of<Store>, Records...>;

 public:
  const session_report& report() const noexcept { return report_; }

  /// Asks for a full resync: the next session reads everything anew, or the next ones, until all was read. What was written
  /// here and not sent stays, is held against what was read, and is sent after that. \see SYNC-7
  result<void> resync() {
    auto tx = begin();
    if (!tx) return tx.error();
    replica_state state = doors::state_;
    state.wants_resync = true;
    return doors::commit(*tx, std::move(state));
  }

  /// How many bytes this session's messages with chunks had, both ways.
  std::uint64_t chunk_bytes() const noexcept { return chunk_bytes_; }

  /// How many chunks are on their way.
  std::size_t chunks_in_flight() const noexcept { return window_.size(); }

  /// No answer comes to any chunk that is on its way: the link that they took is cut. The session goes on. Before such a
  /// chunk is sent again the hub is asked whether it has it, so that a cut costs no more than what it cut in two.
  void chunks_lost() { window_.lost(); }

 protected:
  using doors::begin;

  replica_streams(Store& store, std::string scope, replica_state state, replica_settings settings)
      : doors(store, std::move(scope), std::move(state), settings) {}

  /// The message of the oldest chunk on its way, again, or of the next one.
  result<std::optional<std::string>> chunk_message_now() {
    auto tx = begin();
    if (!tx) return tx.error();
    while (const chunk_flight* const oldest = window_.oldest()) {
      auto again = kept::chunk_again(*tx, *oldest);
      if (!again || *again) return again;
      window_.landed(std::string(oldest->name));  // another process over the same store was faster
    }
    return take_off(*tx);
  }

  /// The message of one more chunk, as long as there is room.
  result<std::optional<std::string>> further_chunk_message() {
    if (window_.size() >= std::max<std::size_t>(1, doors::settings_.chunks_in_flight)) return std::optional<std::string>{};
    auto tx = begin();
    if (!tx) return tx.error();
    return take_off(*tx);
  }

  result<void> on_chunk(const chunk_message& message) {
    if (digest_of(message.bytes.bytes) != message.digest) {
      return make_error(error_code::checksum, phase::download, "a chunk changed on the way: its digest does not match");
    }
    auto tx = begin();
    if (!tx) return tx.error();
    if (auto put = kept::put_foreign_chunk(*tx, message.digest, message.bytes.bytes); !put) return put.error();
    if (auto done = tx->commit(); !done) return done.error();
    window_.landed(digest_name(message.digest));
    chunk_bytes_ += message.bytes.bytes.size();
    ++report_.chunks_fetched;
    return {};
  }

  result<void> on_chunk_stored(const chunk_stored_message& message) { return chunk_stored(digest_name(message.digest)); }

  result<void> on_chunk_missing(const chunk_missing_message& message) {
    const std::string name = digest_name(message.digest);
    const chunk_flight* const flight = window_.find(name);
    if (flight == nullptr || flight->errand == chunk_errand::send) return {};  // late
    if (flight->errand == chunk_errand::fetch) {
      window_.skip(name);
    } else if (is_planted(flaw::take_a_lost_chunk_for_sent)) {
      return chunk_stored(name);
    } else {
      window_.landed(name);  // so it is sent
    }
    return {};
  }

  /// Takes a refusal of a chunk, which holds up no other. \return whether it is about one that is on its way
  result<bool> on_chunk_refused(const refusal_message& message) {
    if (message.severity != error_class::fatal || message.code == error_code::wrong_version) return false;
    const chunk_flight* const flight = window_.find_refused(message.digest);
    if (flight == nullptr) return false;
    const std::string name = flight->name;
    auto tx = begin();
    if (!tx) return tx.error();
    if (auto put = kept::chunk_refused(*tx, name); !put) return put.error();
    if (auto done = tx->commit(); !done) return done.error();
    window_.skip(name);
    ++report_.chunks_refused;
    return true;
  }

  /// What the budget allows, in the order of priority. Each eighth envelope takes what has waited longest instead, so that
  /// nothing waits for ever behind what matters more. \see QUEUE-3
  batch_terms what_may_go() const noexcept {
    return {(doors::state_.envelope + 1) % 8 == 0 ? take_order::by_age : take_order::by_priority,
            static_cast<std::uint8_t>(budget_.last_priority), choice_.names()};
  }

  /// The tables that are read: all, while what is gone is looked for in all of them.
  const table_choice& read_tables() const noexcept {
    static const table_choice all{};
    return doors::state_.walk != 0 || doors::is_comparing() ? all : choice_;
  }

  void begin_chunks(const send_budget& budget) {
    window_.begin_session();
    download_again_ = false;
    budget_ = budget;
    chunk_bytes_ = 0;
  }

  session_report report_{};
  chunk_window window_{};
  send_budget budget_{};
  table_choice choice_{};
  bool download_again_ = false;  // what the hub computes from the chunks that it has by now

 private:
  bool chooses_series() const noexcept { return ((has_series<Records> && choice_.has(schema<Records>::table)) || ...); }

  // \see TRIG-2
  result<std::optional<std::string>> take_off(transaction_of<Store>& tx) {
    if (!budget_.allows_chunks() || !chooses_series() || chunk_bytes_ >= budget_.large_bytes) return std::optional<std::string>{};
    auto next = kept::next_chunk(tx, window_);
    if (!next) return next.error();
    if (!*next) return std::optional<std::string>{};
    chunk_bytes_ += (*next)->message.size();
    window_.add({(*next)->name, (*next)->errand, checksum(unframe((*next)->message)->body)});
    return std::optional<std::string>{std::move((*next)->message)};
  }

  result<void> chunk_stored(const std::string& name) {
    auto tx = begin();
    if (!tx) return tx.error();
    if (auto removed = kept::chunk_left(*tx, name); !removed) return removed.error();
    if (auto done = tx->commit(); !done) return done.error();
    window_.landed(name);
    ++report_.chunks_sent;
    download_again_ = true;
    return {};
  }

  std::uint64_t chunk_bytes_ = 0;  // of this session, both ways
};

}  // namespace syncline
