// SPDX-License-Identifier: BSL-1.0
// A device that is the way to the hub for another one of its user: a phone for a watch.

#include "device/device_parts.hpp"
#include "device/token_owner.hpp"
#include "transport/hub_link.hpp"
#include "transport/hub_paths.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace stride {

namespace {

using syncline::error_code;
using syncline::phase;
using syncline::result;

// A watch waits for its answer meanwhile.
constexpr http_client_settings soon{.connect_timeout = std::chrono::milliseconds{1500}};

http_response in_json(std::string body) {
  http_response response;
  response.content_type = "application/json";
  response.body = std::move(body);
  return response;
}

http_response in_syncline(std::string body) {
  http_response response;
  response.content_type = syncline_media_type;
  response.body = std::move(body);
  return response;
}

// The name of the entry that keeps the token of a device which the hub has taken.
std::string token_name(std::string_view device) { return "token of " + std::string(device); }

result<bool> is_known(sqlite_tables& store, std::string_view user, std::string_view device, std::string_view token) {
  auto tx = store.begin(user);
  if (!tx) return tx.error();
  auto kept = tx->get("relay_tokens", token_name(device));
  if (!kept) return kept.error();
  return *kept == token;
}

result<void> keep_token(sqlite_tables& store, std::string_view user, std::string_view device, std::string_view token) {
  auto tx = store.begin(user);
  if (!tx) return tx.error();
  if (auto put = tx->put("relay_tokens", token_name(device), token); !put) return put;
  return tx->commit();
}

// Whose request it is, or the answer that says why that cannot be told. Only the hub can check a signature, so a token is
// good here once the hub has taken it, and until it says itself.
std::optional<http_response> refuse_stranger(sqlite_tables& store, const device_config& me, std::string_view token,
                                             const std::optional<token_claims>& claims) {
  if (!claims || claims->sub != me.user || claims->dev == me.device) {
    return problem(401, "no valid token", "the token is not that of another device of user '" + me.user + "': get the watch's own with `stride hub token`");
  }
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now()).time_since_epoch().count();
  if (claims->exp <= seconds) return problem(401, "no valid token", "the token's time is over: get a new one with `stride hub token`");
  auto known = is_known(store, me.user, claims->dev, token);
  if (!known) return problem(500, "the store failed", known.error().message);
  if (*known) return {};
  if (auto taken = hub_link(me.hub, std::string(token), soon).try_token(); !taken) {
    if (taken.error().code == error_code::not_allowed) return problem(401, "no valid token", taken.error().message);
    return problem(503, "the hub is away", "the hub is away, and has not taken this token yet: a watch has to meet it once through this device");
  }
  if (auto kept = keep_token(store, me.user, claims->dev, token); !kept) return problem(500, "the store failed", kept.error().message);
  return {};
}

}  // namespace

http_response device::answer_watch(const http_request& request) {
  if (request.path == "/healthz") return in_json("{\"ok\":true}\n");
  const std::string_view token = bearer_token(request);
  const auto claims = claims_of(token);
  if (auto refused = refuse_stranger(parts_->store, config(), token, claims)) return std::move(*refused);
  if (request.path == "/sync/status" || request.path == "/sync/complete") return in_json("{\"ok\":true}\n");
  const bool is_message = request.path == "/sync/download" || request.path == "/sync/check" || request.path == "/sync/compare" || request.path == "/sync/upload";
  if (!is_message) return problem(404, "no such path", "there is nothing at " + request.path);
  if (request.method == "POST" && request.content_type != syncline_media_type) {
    return problem(415, "unknown media type", "a message that is passed on is sent as " + std::string(syncline_media_type));
  }
  auto message = message_in(request);
  if (!message) return problem(400, "bad request", message.error().message);
  device_relay relay(parts_->store, config().user);
  auto step = relay.take(claims->dev, *message);
  if (!step) {
    const bool is_store = step.error().phase == phase::store;
    return problem(is_store ? 500 : 400, is_store ? "the store failed" : "bad request", step.error().message);
  }
  if (!step->answer.empty()) return in_syncline(std::move(step->answer));
  auto answer = hub_link(config().hub, config().token, soon).exchange(step->for_hub);
  auto told = answer ? relay.answered(claims->dev, *message, *answer)
              : answer.error().severity == syncline::error_class::transient ? relay.unanswered(*message)
                                                                            : result<std::string>(answer.error());
  if (!told) return problem(told.error().phase == phase::store ? 500 : 502, "the hub's answer was not passed on", told.error().message);
  return in_syncline(std::move(*told));
}

result<void> device::parts::deliver_relayed(hub_link& link) {
  device_relay relay(store, config.user);
  for (std::string after;;) {
    auto errand = relay.next_errand(after);
    if (!errand) return errand.error();
    if (!*errand) return {};
    auto answer = link.exchange((*errand)->for_hub);
    if (!answer) return answer.error();
    if (auto taken = relay.answered((*errand)->device, (*errand)->framed, *answer); !taken) return taken.error();
  }
}

}  // namespace stride
