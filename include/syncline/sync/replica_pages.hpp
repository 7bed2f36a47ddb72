// SPDX-License-Identifier: BSL-1.0
#pragma once
// How a device asks for what is new and takes it in, and when it has to walk all tables to learn what is there no more.

#include <syncline/core/planted.hpp>
#include <syncline/sync/replica_envelope.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace syncline {

/// The device's side of pages, inside a transaction. Functions write and never commit. \see PROTOCOL 8, 9, 19
template <class Tx, class... Records>
class replica_pages {
  using kept = replica_store<Tx, Records...>;
  using records = catalog<Records...>;

 public:
  /// Asks for about `limit` records of the tables of `choice` from their cursors on, and for those that the device lacks; and
  /// before the first page of a session for how many there are.
  static result<download_message> request(Tx& tx, const replica_state& state, const table_choice& choice,
                                          const session_report& report, std::uint32_t limit) {
    download_message message{.incarnation = state.incarnation, .cursors = kept::cursors(state, choice), .limit = limit, .whole = {}, .versions = {}};
    message.count = report.read == 0;
    records::for_each([&]<class R>(std::type_identity<R>) {
      if (choice.has(schema<R>::table)) message.versions.push_back(schema<R>::info.version);
    });
    auto wanted = kept::wanted(tx, message.cursors, 100);
    if (!wanted) return wanted.error();
    if (!is_planted(flaw::ask_for_no_whole)) message.whole = std::move(*wanted);
    return message;
  }

  /// Whether a page goes on from where the device stands, in all tables of `choice`; else it was asked for before.
  static bool goes_on(const page_message& message, const replica_state& state, const table_choice& choice) {
    const auto is_current = [&](const page_range& range) { return range.after == kept::cursor(state, range.table); };
    const auto has = [&](const table_cursor& asked) {
      return std::any_of(message.ranges.begin(), message.ranges.end(), [&](const page_range& range) { return range.table == asked.table; });
    };
    const std::vector<table_cursor> asked = kept::cursors(state, choice);
    return std::all_of(message.ranges.begin(), message.ranges.end(), is_current) && std::all_of(asked.begin(), asked.end(), has);
  }

  /// Takes in the records of a page, and moves the cursors.
  static result<void> take(Tx& tx, const page_message& message, replica_state& state, session_report& report, timestamp now) {
    for (const updated_record& updated : message.records) {
      if (updated.table >= message.ranges.size()) {
        return make_error(error_code::malformed, phase::download, "the hub's page names a table that it does not cover");
      }
      result<void> taken;
      records::visit(message.ranges[updated.table].table, [&]<class R>(std::type_identity<R>) {
        taken = kept::template take_update<R>(tx, updated.bytes.bytes, message.ranges[updated.table].version, state, report, now);
      });
      if (!taken) return taken;
    }
    for (const page_range& range : message.ranges) {
      kept::move_cursor(state, range.table, is_planted(flaw::cursor_past_the_page) ? message.snapshot : range.up_to);
    }
    for (const wanted_record& later : message.later) {
      if (later.table >= message.ranges.size()) continue;
      if (auto put = tx.put("wanted", message.ranges[later.table].table + '\0' + later.key.bytes, {}); !put) return put;
    }
    note_progress(message, report);
    return note_losses<records>(tx, message, state.device);
  }

  /// Notes that no page tells any more what was deleted up to commit `collected`; `number` is the hub's last one.
  ///
  /// \return whether a walk of all tables begins, since a cursor is before that
  static bool hear_of_collection(replica_state& state, const hub_tables& hub, std::uint64_t collected, std::uint64_t number) {
    if (collected <= state.collected) return false;
    state.collected = collected;
    bool missed = false;
    records::for_each([&]<class R>(std::type_identity<R>) {
      missed = missed || (hub.version_of<R>() != 0 && kept::cursor(state, schema<R>::table) < collected);
    });
    if (!missed) return false;
    state.walk = number;
    state.cursors.clear();
    return true;
  }

 private:
  static void note_progress(const page_message& message, session_report& report) {
    const std::uint64_t told = message.records.size();
    report.unread = report.read == 0 ? message.unread : report.unread - std::min(report.unread, told);
    report.read += told;
    if (!message.more && message.later.empty()) report.unread = 0;
  }
};

}  // namespace syncline
