// SPDX-License-Identifier: BSL-1.0
// A device's session with its hub, and how things stand.

#include "device/device_parts.hpp"
#include "transport/hub_link.hpp"

#include <syncline/wire/json.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

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
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string json;
  unsigned bits = 0;
  int held = 0;
  for (const char c : token.substr(first + 1, second - first - 1)) {
    const auto value = digits.find(c);
    if (value == digits.npos) return std::nullopt;
    bits = (bits << 6 | static_cast<unsigned>(value)) & 0xFFFF;
    held += 6;
    if (held >= 8) {
      held -= 8;
      json += static_cast<char>(bits >> held & 0xFF);
    }
  }
  auto claims = syncline::from_json<token_claims>(json, {.ignore_unknown = true});
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

result<void> run_session(device_replica& replica, hub_link& link) {
  replica.begin_session();
  while (true) {
    auto message = replica.next_message(now());
    if (!message) return message.error();
    if (!*message) return {};
    auto answer = link.exchange(**message);
    if (!answer) {
      replica.interrupted();
      return answer.error();
    }
    if (auto taken = replica.receive(*answer, now(), random_bits()); !taken) return taken.error();
  }
}

}  // namespace

sync_outcome device::sync() {
  const auto began = std::chrono::steady_clock::now();
  sync_outcome outcome;
  if (config().hub.empty()) {
    outcome.error = "this device has no hub: name it with `stride init --user " + config().user + " --hub http://HOST:PORT`";
    return outcome;
  }
  if (auto own = is_own_token(config()); !own) {
    outcome.error = own.error().message;
    return outcome;
  }
  hub_link link(config().hub, config().token);
  device_replica& replica = *parts_->replica;
  for (std::uint32_t attempt = 1;; ++attempt) {
    const result<void> session = run_session(replica, link);
    const syncline::session_report& did = replica.report();
    outcome.pushed += did.pushed;
    outcome.pulled += did.pulled;
    outcome.conflicts += did.conflicts;
    outcome.chunks_sent += did.chunks_sent;
    if (session) {
      outcome.ok = did.refused == 0;
      if (!outcome.ok) {
        outcome.error = std::to_string(did.refused) + " records were refused by the hub: `stride why ID` says why, a new edit sends them again";
      }
      static_cast<void>(link.complete());  // the hub logs it; nothing depends on it
      break;
    }
    const auto wait = session.error().severity == syncline::error_class::transient
                          ? session_retry::delay_after(attempt, random_bits())
                          : std::nullopt;
    if (!wait) {
      outcome.error = session.error().message;
      break;
    }
    ++outcome.retries;
    std::this_thread::sleep_for(*wait);
  }
  outcome.bytes_sent = link.bytes_sent();
  outcome.bytes_received = link.bytes_received();
  outcome.duration_ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began).count();
  return outcome;
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
    for (std::string after;;) {
      auto chunks = tx.list("chunk_out", after, 1000);
      if (!chunks) return chunks.error();
      if (chunks->empty()) return {};
      view.pending += chunks->size();
      after = chunks->back().name;
    }
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
