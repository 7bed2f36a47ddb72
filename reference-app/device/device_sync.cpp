// SPDX-License-Identifier: BSL-1.0
// A device's session with its hub, and how things stand.

#include "device/device_parts.hpp"
#include "device/run_session.hpp"
#include "device/token_owner.hpp"
#include "transport/hub_link.hpp"

#include <syncline/wire/time_text.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace stride {

namespace {

using syncline::error_code;
using syncline::phase;
using syncline::result;

// What the end of a session says of the hub: away, busy, there, or nothing.
void note_outcome(hub_breaker& breaker, const result<void>& session, std::optional<std::chrono::seconds> retry_after) {
  if (retry_after) {
    breaker.told_to_wait(now(), *retry_after);
  } else if (!session && session.error().code == error_code::unreachable) {
    breaker.failed(now(), random_bits());
  } else if (session || (session.error().phase != phase::store && session.error().phase != phase::local)) {  // if only to refuse
    breaker.succeeded();
  }
}

// What was noted of sessions under a name, or nothing.
template <class T>
result<std::optional<T>> read_note(sqlite_tables& store, std::string_view user, std::string_view name) {
  auto tx = store.begin(user);
  if (!tx) return tx.error();
  auto kept = tx->get("session", name);
  if (!kept) return kept.error();
  if (!*kept) return std::optional<T>{};
  auto noted = syncline::decode<T>(**kept);
  if (!noted) return noted.error();
  return std::optional<T>{std::move(*noted)};
}

template <class T>
result<void> keep_note(sqlite_tables& store, std::string_view user, std::string_view name, const T& note) {
  auto tx = store.begin(user);
  if (!tx) return tx.error();
  if (auto put = tx->put("session", name, syncline::encode(note)); !put) return put;
  return tx->commit();
}

// Adds the number of a space's entries to `count`.
template <class Tx>
result<void> count_entries(Tx& tx, std::string_view space, std::uint64_t& count) {
  for (std::string after;;) {
    auto some = tx.list(space, after, 1000);
    if (!some) return some.error();
    if (some->empty()) return {};
    count += some->size();
    after = some->back().name;
  }
}

// How long `status` looks for the hub: a second is too long for a light.
constexpr http_client_settings quick_look{.connect_timeout = std::chrono::milliseconds{400}, .answer_timeout = std::chrono::milliseconds{500}};

std::string count_of(std::uint64_t count, std::string_view one, std::string_view several) {
  return std::to_string(count) + ' ' + std::string(count == 1 ? one : several);
}

// What the hub did not take, in one sentence; empty where it took everything.
std::string refusals(std::uint64_t records, std::uint64_t chunks) {
  std::string said;
  if (records > 0) {
    said = std::to_string(records) + (records == 1 ? " record was" : " records were") +
           " refused by the hub: `stride why ID` says why, a new edit sends " + (records == 1 ? "it" : "them") + " again";
  }
  if (chunks > 0) {
    said += (said.empty() ? "" : "; ") + std::to_string(chunks) + (chunks == 1 ? " chunk was" : " chunks were") +
            " refused by the hub: " + (chunks == 1 ? "its" : "their") +
            " stored bytes are damaged; delete the activity and import its file again";
  }
  return said;
}

}  // namespace

sync_outcome& sync_outcome::operator+=(const sync_outcome& next) {
  ok = next.ok;
  pushed += next.pushed;
  pulled += next.pulled;
  conflicts += next.conflicts;
  chunks_sent += next.chunks_sent;
  bytes_sent += next.bytes_sent;
  bytes_received += next.bytes_received;
  retries += next.retries;
  duration_ms += next.duration_ms;
  error = next.error;
  sessions += next.sessions;
  failed_sessions += next.failed_sessions;
  return *this;
}

result<void> device::can_sync() const {
  if (!config().hub.empty()) return check_owner(config().token, config().user, config().device);
  return make_error(error_code::usage, phase::local,
                    "this device has no hub: name it with `stride init --user " + config().user + " --hub http://HOST:PORT`");
}

result<void> device::send_under(const syncline::send_conditions& conditions) {
  return keep_note(parts_->store, config().user, "budget", syncline::budget_of(conditions));
}

result<syncline::send_budget> device::parts::read_budget() {
  auto kept = read_note<syncline::send_budget>(store, config.user, "budget");
  if (!kept) return kept.error();
  return kept->value_or(syncline::send_budget{});
}

result<std::uint64_t> device::retry(std::optional<std::string_view> id) {
  device_replica& replica = *parts_->replica;
  bool is_known = !id;
  auto records = replica.retry([&](const syncline::outbox_item& item) {
    const bool is_it = !id || item.key.bytes == syncline::encode(std::string(*id));
    is_known = is_known || is_it;
    return is_it;
  });
  if (!records) return records.error();
  if (!is_known) {
    return make_error(error_code::not_found, phase::local,
                      "the hub refused no record '" + std::string(*id) + "'; see `stride why " + std::string(*id) + "`");
  }
  if (id) return std::uint64_t{*records};
  auto chunks = replica.retry_chunks();
  if (!chunks) return chunks.error();
  return std::uint64_t{*records + *chunks};
}

sync_outcome device::sync(std::string trigger, const std::function<bool()>& stop) {
  const auto began = std::chrono::steady_clock::now();
  sync_outcome outcome{.trigger = std::move(trigger), .failed_sessions = 1};
  if (auto can = can_sync(); !can) {
    outcome.error = can.error().message;
    return outcome;
  }
  const auto budget = parts_->read_budget();
  if (!budget) {
    outcome.error = budget.error().message;
    return outcome;
  }
  if (!budget->allows_session()) {
    outcome.error = "nothing was sent, and nothing is lost: everything waits for " + std::string(remedy(budget->none_goes));
    return outcome;
  }
  hub_link link(config().hub, config().token), chunk_link(config().hub, config().token);
  device_replica& replica = *parts_->replica;
  std::uint64_t refused_records = 0, refused_chunks = 0;
  bool needs_a_person = false;
  auto breaker = parts_->read_breaker();
  for (std::uint32_t attempt = 1;; ++attempt) {
    result<void> session = parts_->deliver_relayed(link);
    if (session) session = run_session(replica, link, chunk_link, now, random_bits, stop, *budget);
    const auto retry_after = link.retry_after() ? link.retry_after() : chunk_link.retry_after();
    const syncline::session_report& did = replica.report();
    outcome.pushed += did.pushed;
    outcome.pulled += did.pulled;
    outcome.conflicts += did.conflicts;
    outcome.chunks_sent += did.chunks_sent;
    refused_records += did.refused;
    refused_chunks += did.chunks_refused;
    const bool is_stopped = stop && stop();
    if (session && did.hub_is_away) {
      outcome.error = did.is_kept ? "the hub is away: what was written is kept by the device that passes it on, and here until the hub has it"
                                  : "the hub is away, says the device that passes messages on: nothing was lost; sync again later";
      break;
    }
    if (session) {
      outcome.error = refusals(refused_records, refused_chunks);
      outcome.ok = outcome.error.empty();
      static_cast<void>(link.complete());  // the hub logs it; nothing depends on it
      if (breaker) note_outcome(*breaker, session, {});
      break;
    }
    const auto wait = !retry_after && session.error().severity == syncline::error_class::transient && !is_stopped
                          ? session_retry::delay_after(attempt, random_bits())
                          : std::nullopt;
    if (!wait) {
      outcome.error = session.error().message;
      needs_a_person = session.error().severity == syncline::error_class::fatal;
      if (breaker && !is_stopped) note_outcome(*breaker, session, retry_after);
      break;
    }
    ++outcome.retries;
    std::this_thread::sleep_for(*wait);
  }
  outcome.failed_sessions = outcome.ok ? 0 : 1;
  outcome.bytes_sent = link.bytes_sent() + chunk_link.bytes_sent();
  outcome.bytes_received = link.bytes_received() + chunk_link.bytes_received();
  outcome.duration_ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began).count();
  parts_->all_sent = outcome.ok;
  // For `status` and the next session; what was synced is synced, also if this cannot be written.
  if (breaker) static_cast<void>(parts_->keep_breaker(*breaker));
  static_cast<void>(parts_->keep_last_session({now(), outcome.ok, needs_a_person, outcome.error}));
  return outcome;
}

result<std::optional<last_session>> device::parts::read_last_session() { return read_note<last_session>(store, config.user, "last"); }

result<void> device::parts::keep_last_session(const last_session& ended) { return keep_note(store, config.user, "last", ended); }

result<hub_breaker> device::parts::read_breaker() {
  auto kept = read_note<hub_breaker>(store, config.user, "breaker");
  if (!kept) return kept.error();
  return kept->value_or(hub_breaker{});
}

result<void> device::parts::keep_breaker(const hub_breaker& breaker) { return keep_note(store, config.user, "breaker", breaker); }

result<bool> device::may_try_hub() {
  auto breaker = parts_->read_breaker();
  if (!breaker) return breaker.error();
  const hub_breaker before = *breaker;
  if (!breaker->try_now(now(), random_bits())) return false;
  if (*breaker == before) return true;
  if (auto kept = parts_->keep_breaker(*breaker); !kept) return kept.error();
  return true;
}

result<void> device::parts::note_untried() {
  auto last = read_last_session();
  if (!last) return last.error();
  if (!*last) return {};
  return keep_last_session({(*last)->at, false, false, "there was none since `stride init` gave another hub or token"});
}

result<bool> device::has_news() {
  const auto budget = parts_->read_budget();
  if (!budget) return budget.error();
  return parts_->replica->read([&](auto& tx) -> result<bool> {
    auto state = tx.get("replica", "state");
    if (!state) return state.error();
    if (*state != syncline::encode(parts_->replica->state())) return true;  // every write moves the clock in it
    if (!parts_->all_sent) return false;
    // What was written in a session's last moments, beside what the hub cannot know before it is updated.
    const auto held = static_cast<std::size_t>(parts_->replica->report().held);
    auto due = syncline::outbox<std::remove_cvref_t<decltype(tx)>>(tx).take_batch(
        now(), 1 + held, {.last_priority = static_cast<std::uint8_t>(budget->last_priority)});
    if (!due) return due.error();
    return due->size() > held;
  });
}

result<status_view> device::status() {
  status_view view;
  const syncline::replica_state& state = parts_->replica->state();
  if (state.last_synced != syncline::timestamp{}) view.last_synced = state.last_synced;
  view.in_progress = state.unanswered;
  auto log = conflicts();
  if (!log) return log.error();
  view.conflicts = log->size();
  auto counted = parts_->replica->read([&](auto& tx) -> result<void> {
    syncline::outbox<std::remove_cvref_t<decltype(tx)>> outbox(tx);
    auto waiting = outbox.size();
    if (!waiting) return waiting.error();
    auto dead = outbox.dead_size();
    if (!dead) return dead.error();
    view.pending = *waiting;
    view.failed = *dead;
    if (auto counted = count_entries(tx, "chunk_out", view.pending); !counted) return counted;
    return count_entries(tx, "chunk_dead", view.failed);
  });
  if (!counted) return counted.error();
  auto last = parts_->read_last_session();
  if (!last) return last.error();
  if (*last) {
    view.last_attempt = (*last)->at;
    if (!(*last)->ok) view.last_error = (*last)->error;
  }
  auto breaker = parts_->read_breaker();
  if (!breaker) return breaker.error();
  if (breaker->wait(now()) > std::chrono::milliseconds{}) view.paused_until = breaker->until;
  auto budget = parts_->read_budget();
  if (!budget) return budget.error();
  const result<void> can = can_sync();
  result<void> token_taken;
  if (!config().hub.empty()) {
    hub_link link(config().hub, config().token, quick_look);
    view.online = link.is_up();
    if (view.online && can) token_taken = link.try_token();
  }
  const bool is_refused = !token_taken && token_taken.error().code == error_code::not_allowed;
  const auto shine = [&](std::string_view light, std::string reason) {
    view.light = light;
    view.reason = std::move(reason);
  };
  if (view.failed > 0) {
    shine("red", "the hub refused " + count_of(view.failed, "record or chunk", "records or chunks") + ": `stride why ID` says why, and `stride retry` tries again");
  } else if (!config().hub.empty() && !can) {
    shine("red", can.error().message);
  } else if (is_refused) {
    shine("red", token_taken.error().message);
  } else if (*last && !(*last)->ok && (*last)->needs_a_person) {
    shine("red", "the last session failed: " + (*last)->error);
  } else if (!can) {
    shine("yellow", can.error().message);
  } else if (!budget->allows_session()) {
    shine("yellow", count_of(view.pending, "record or chunk waits", "records or chunks wait") + " for " + std::string(remedy(budget->none_goes)));
  } else if (!view.online) {
    shine("yellow", "the hub at " + config().hub + " does not answer" +
                        (view.paused_until ? "; sessions that nobody asks for are paused until " + syncline::time_text(*view.paused_until) : ""));
  } else if (!view.last_synced) {
    shine("yellow", "this device has never synced: run `stride sync`");
  } else if (*last && !(*last)->ok) {
    shine("yellow", "the last session failed: " + (*last)->error);
  } else if (view.pending > 0 || view.in_progress) {
    shine("yellow", view.pending > 0 ? count_of(view.pending, "record or chunk waits", "records or chunks wait") + " to be sent" +
                                           (budget->some_wait == syncline::send_obstacle::none
                                                ? ""
                                                : ", some for " + std::string(remedy(budget->some_wait)))
                                     : "what was sent last was not answered");
  } else {
    shine("green", "the hub has everything");
  }
  return view;
}

}  // namespace stride
