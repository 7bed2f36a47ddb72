// SPDX-License-Identifier: BSL-1.0
// A device's session with its hub, and how things stand.

#include "device/device_parts.hpp"
#include "transport/base64url.hpp"
#include "transport/hub_link.hpp"

#include <syncline/wire/json.hpp>

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

/// How often a session that was cut off is begun again at once, and how long is waited before each.
using session_retry = syncline::at_most<3, syncline::jittered<syncline::fixed_delays<0, 1>, 50>>;

// The claims of a token that say whose it is.
struct token_claims {
  std::string sub{};
  std::string dev{};
};

// A token's claims, unchecked; nothing where there are none to be read, which the hub will say better.
std::optional<token_claims> claims_of(std::string_view token) {
  const auto first = token.find('.'), second = token.find('.', first + 1);
  if (first == token.npos || second == token.npos) return std::nullopt;
  const auto json = from_base64url(token.substr(first + 1, second - first - 1));
  if (!json) return std::nullopt;
  auto claims = syncline::from_json<token_claims>(*json, {.ignore_unknown = true});
  if (!claims) return std::nullopt;
  return std::move(*claims);
}

// The hub files what comes under the token's user: with another's token this device's data would become theirs.
result<void> is_own_token(const device_config& config) {
  const auto claims = claims_of(config.token);
  if (!claims || (claims->sub == config.user && claims->dev == config.device)) return {};
  return make_error(error_code::not_allowed, phase::local,
                    "the token is that of device '" + claims->dev + "' of user '" + claims->sub + "', and this is device '" +
                        config.device + "' of user '" + config.user + "'; nothing was sent: get one with `stride hub token` and give it to `stride init --token`");
}

result<void> run_session(device_replica& replica, hub_link& link, const std::function<bool()>& stop) {
  replica.begin_session();
  while (true) {
    auto message = replica.next_message(now());
    if (!message) return message.error();
    if (!*message) return {};
    if (stop && stop()) {
      replica.interrupted();
      return make_error(error_code::unreachable, phase::transport, "the session was stopped; the next one goes on from here");
    }
    auto answer = link.exchange(**message);
    if (!answer) {
      replica.interrupted();
      return answer.error();
    }
    if (auto taken = replica.receive(*answer, now(), random_bits()); !taken) return taken.error();
  }
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
  if (!config().hub.empty()) return is_own_token(config());
  return make_error(error_code::usage, phase::local,
                    "this device has no hub: name it with `stride init --user " + config().user + " --hub http://HOST:PORT`");
}

sync_outcome device::sync(std::string trigger, const std::function<bool()>& stop) {
  const auto began = std::chrono::steady_clock::now();
  sync_outcome outcome{.trigger = std::move(trigger), .failed_sessions = 1};
  if (auto can = can_sync(); !can) {
    outcome.error = can.error().message;
    return outcome;
  }
  hub_link link(config().hub, config().token);
  device_replica& replica = *parts_->replica;
  std::uint64_t refused_records = 0, refused_chunks = 0;
  for (std::uint32_t attempt = 1;; ++attempt) {
    const result<void> session = run_session(replica, link, stop);
    const syncline::session_report& did = replica.report();
    outcome.pushed += did.pushed;
    outcome.pulled += did.pulled;
    outcome.conflicts += did.conflicts;
    outcome.chunks_sent += did.chunks_sent;
    refused_records += did.refused;
    refused_chunks += did.chunks_refused;
    if (session) {
      outcome.error = refusals(refused_records, refused_chunks);
      outcome.ok = outcome.error.empty();
      static_cast<void>(link.complete());  // the hub logs it; nothing depends on it
      break;
    }
    const auto wait = session.error().severity == syncline::error_class::transient && !(stop && stop())
                          ? session_retry::delay_after(attempt, random_bits())
                          : std::nullopt;
    if (!wait) {
      outcome.error = session.error().message;
      break;
    }
    ++outcome.retries;
    std::this_thread::sleep_for(*wait);
  }
  outcome.failed_sessions = outcome.ok ? 0 : 1;
  outcome.bytes_sent = link.bytes_sent();
  outcome.bytes_received = link.bytes_received();
  outcome.duration_ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began).count();
  parts_->all_sent = outcome.ok;
  return outcome;
}

result<bool> device::has_news() {
  return parts_->replica->read([&](auto& tx) -> result<bool> {
    auto state = tx.get("replica", "state");
    if (!state) return state.error();
    if (*state != syncline::encode(parts_->replica->state())) return true;  // every write moves the clock in it
    if (!parts_->all_sent) return false;
    // What was written in a session's last moments, beside what the hub cannot know before it is updated.
    const auto held = static_cast<std::size_t>(parts_->replica->report().held);
    auto due = syncline::outbox<std::remove_cvref_t<decltype(tx)>>(tx).take_batch(now(), 1 + held);
    if (!due) return due.error();
    return due->size() > held;
  });
}

result<status_view> device::status() {
  status_view view;
  const syncline::replica_state& state = parts_->replica->state();
  if (state.last_synced != syncline::timestamp{}) view.last_synced = state.last_synced;
  view.in_progress = state.unanswered;
  view.conflicts = state.conflicts;
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
  if (!config().hub.empty()) {
    hub_link link(config().hub, config().token, {.connect_timeout = std::chrono::seconds{1}, .answer_timeout = std::chrono::seconds{2}});
    view.online = link.is_up();
  }
  view.light = view.failed > 0 ? "red" : view.pending > 0 || view.in_progress ? "yellow" : "green";
  return view;
}

}  // namespace stride
