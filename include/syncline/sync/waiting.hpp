// SPDX-License-Identifier: BSL-1.0
#pragma once
// What a record waits for, and when it is tried next: one answer for whoever asks, a person or a program.

#include <syncline/queue/outbox.hpp>
#include <syncline/queue/send_budget.hpp>
#include <syncline/sync/record_reference.hpp>
#include <syncline/sync/replica_record.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace syncline {

/// What a record waits for.
enum class waiting_kind : std::uint8_t {
  nothing,     ///< the hub has everything
  answer,      ///< it is on its way
  session,     ///< it is due
  delay,       ///< it was tried, and its next try has a time
  dependency,  ///< another record goes first
  budget,      ///< a better network, a charger, or the user
  person,      ///< it is a dead letter: the hub refused it
  cause,       ///< it is a dead letter: the hub refused what it depends on
};

/// \see waiting_of
struct waiting {
  waiting_kind kind{};
  send_obstacle obstacle{};                 ///< where it is `budget`
  std::optional<timestamp> next_attempt{};  ///< where it has a time; what is due goes in the next session
  std::string what{};                       ///< the record that goes first; or the last error

  /// What it waits for, after "it waits for"; `object` is what is to be sent, such as "it" or "its deletion".
  std::string sentence(std::string_view object) const {
    const std::string sent(object);
    switch (kind) {
      case waiting_kind::nothing: return "nothing: the hub has everything";
      case waiting_kind::answer: return "the hub's answer to what was sent; that is sent again in the next session";
      case waiting_kind::session: return "a session with the hub, to send " + sent;
      case waiting_kind::delay: return "the next try to send " + sent + ": " + what;
      case waiting_kind::dependency: return what + ", which goes to the hub before " + sent;
      case waiting_kind::budget: return std::string(remedy(obstacle)) + ", to send " + sent;
      case waiting_kind::person: return "a new edit or a person: the hub refused " + sent + ": " + what;
      case waiting_kind::cause: return "a person: " + what;
    }
    return {};
  }
};

/// What `record` waits for, as its outbox item in the transaction `tx` says, under the `budget` of the last session.
///
/// A record with something unanswered waits for that first, whatever else is written to it. \see QUEUE-3, TRIG-2
template <class Catalog, class R, class Tx>
result<waiting> waiting_of(Tx& tx, const replica_record<R>& record, timestamp now, const send_budget& budget = {}) {
  if (record.sent) return waiting{.kind = waiting_kind::answer};
  const outbox<Tx> items(tx);
  auto item = items.find(schema<R>::table, encode(key_of(record.base)));
  if (!item) return item.error();
  if (!*item) return waiting{};
  const outbox_item& it = (*item)->item;
  if ((*item)->is_dead) {
    return waiting{.kind = it.died_with != 0 ? waiting_kind::cause : waiting_kind::person, .what = it.last_error};
  }
  auto first = items.first_block(it);
  if (!first) return first.error();
  if (*first) return waiting{.kind = waiting_kind::dependency, .what = called<Catalog>((*first)->table, (*first)->key.bytes)};
  if (!budget.allows(schema<R>::info.priority)) {
    return waiting{.kind = waiting_kind::budget, .obstacle = budget.allows_session() ? budget.some_wait : budget.none_goes};
  }
  if (it.attempts + it.interruptions > 0 && !it.is_due(now)) {
    return waiting{.kind = waiting_kind::delay, .next_attempt = it.next_attempt, .what = it.last_error};
  }
  return waiting{.kind = waiting_kind::session};
}

}  // namespace syncline
