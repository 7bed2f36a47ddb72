// SPDX-License-Identifier: BSL-1.0
// The hub's folder, its answers over HTTP, and its jobs.

#include "hub/hub_service.hpp"

#include "hub/activity_job.hpp"
#include "hub/hub_parts.hpp"
#include "hub/json_messages.hpp"
#include "hub/token.hpp"
#include "storage/data_folder.hpp"
#include "storage/whole_file.hpp"
#include "transport/hub_paths.hpp"

#include <syncline/wire/json.hpp>

#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <system_error>

namespace stride {

namespace {

using syncline::error_code;
using syncline::message_kind;
using syncline::phase;
using syncline::result;

std::chrono::sys_seconds seconds_now() { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

std::filesystem::path store_file(const std::filesystem::path& folder) { return folder / hub_store_name; }

// The folder's signing secret; made with the folder, readable by its owner only. It is written beside and linked, so that
// it is there whole or not at all, and of several processes that make one at once all read the one that was first.
result<std::string> read_or_make_secret(const std::filesystem::path& file) {
  std::error_code failed;
  if (!std::filesystem::exists(file, failed)) {
    auto secret = make_secret();
    if (!secret) return secret.error();
    const std::filesystem::path beside = file.string() + "." + fresh_id();
    auto written = write_whole(beside, *secret + "\n");
    if (written && ::link(beside.c_str(), file.c_str()) != 0 && errno != EEXIST) {
      written = make_error(error_code::store_failed, phase::local, "could not make " + file.string() + ": " + std::generic_category().message(errno));
    }
    std::filesystem::remove(beside, failed);
    if (!written) return written.error();
  }
  std::ifstream in(file, std::ios::binary);
  std::string secret;
  if (!in) return make_error(error_code::store_failed, phase::local, "could not read " + file.string() + ": check its permissions");
  if (std::getline(in, secret) && secret.size() >= 32) return secret;
  return make_error(error_code::malformed, phase::local, file.string() + " is damaged: restore it, or delete it and give every device a new token");
}

unsigned status_of(const syncline::error& e) {
  switch (e.code) {
    case error_code::not_allowed: return 403;
    case error_code::not_found: return 404;
    case error_code::too_large: return 413;
    case error_code::busy: return 503;
    case error_code::store_failed: return 500;
    case error_code::wrong_version:
    case error_code::forked: return 409;
    default: return 400;
  }
}

constexpr std::string_view json_media_type = "application/json";

// Whether a header names a media type, alone or in a list, with parameters or without.
bool names(std::string_view header, std::string_view type) { return header.find(type) != header.npos; }

http_response in_syncline(std::string body) {
  http_response response;
  response.content_type = syncline_media_type;
  response.body = std::move(body);
  return response;
}

http_response in_json(std::string body) {
  http_response response;
  response.content_type = json_media_type;
  response.body = std::move(body);
  return response;
}

}  // namespace

hub_service::hub_service(std::unique_ptr<parts> open) : parts_(std::move(open)) {}
hub_service::hub_service(hub_service&&) noexcept = default;
hub_service& hub_service::operator=(hub_service&&) noexcept = default;
hub_service::~hub_service() = default;

namespace {

// Who has data here is kept in a scope of its own, so that jobs can be found at start.
constexpr std::string_view directory_scope = "";

result<void> note_user(sqlite_tables& store, std::string_view user) {
  auto tx = store.begin(directory_scope);
  if (!tx) return tx.error();
  auto known = tx->get("user", user);
  if (!known) return known.error();
  if (*known) return {};
  if (auto put = tx->put("user", user, {}); !put) return put.error();
  return tx->commit();
}

result<std::vector<std::string>> users(sqlite_tables& store) {
  auto tx = store.begin(directory_scope);
  if (!tx) return tx.error();
  std::vector<std::string> all;
  while (true) {
    auto some = tx->list("user", all.empty() ? std::string{} : all.back(), 1000);
    if (!some) return some.error();
    if (some->empty()) return all;
    for (auto& each : *some) all.push_back(std::move(each.name));
  }
}

result<std::size_t> run_jobs(hub_engine& engine, std::string_view scope) {
  return engine.run_jobs(scope, now(), []<class R>(syncline::editor<syncline::role::server, R>& open, const auto& read_chunk) -> result<void> {
    if constexpr (std::is_same_v<R, activity>) {
      return compute_activity(open, chunk_source(read_chunk));
    } else {
      return {};
    }
  });
}

}  // namespace

bool hub_service::is_in(const std::filesystem::path& folder) {
  std::error_code failed;
  return std::filesystem::exists(store_file(folder), failed);
}

result<hub_service> hub_service::open(const std::filesystem::path& folder, std::function<void(std::string_view)> log) {
  if (is_device_folder(folder)) {
    return make_error(error_code::already_exists, phase::local,
                      "there is a device in " + folder.string() + ", and a hub needs a folder of its own: name another one with --data");
  }
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) {
    return make_error(error_code::store_failed, phase::local, "could not make the folder " + folder.string() + ": " + failed.message());
  }
  auto secret = read_or_make_secret(folder / hub_secret_name);
  if (!secret) return secret.error();
  auto store = sqlite_tables::open(store_file(folder));
  if (!store) return store.error();
  auto open = std::make_unique<parts>(folder, std::move(*secret), log ? std::move(log) : [](std::string_view) {}, std::move(*store));
  auto known = users(open->store);
  if (!known) return known.error();
  for (const std::string& user : *known) {
    if (auto done = run_jobs(*open->engine, user); !done) open->log("a job of user '" + user + "' failed: " + done.error().message);
  }
  return hub_service(std::move(open));
}

void hub_service::keep_conflicts_for(std::chrono::days time) {
  const std::lock_guard lock(parts_->one_at_a_time);
  parts_->keeps_conflicts = time;
}

void hub_service::keep_deletions_for(std::chrono::days time) {
  const std::lock_guard lock(parts_->one_at_a_time);
  parts_->engine.emplace(parts_->store, syncline::hub_settings{.tombstone_horizon = time});
}

result<std::string> hub_service::token(std::string_view user, std::string_view device, std::int64_t ttl_s) {
  if (user.empty() || device.empty()) {
    return make_error(error_code::usage, phase::local, "a token is for a user's device: --user U --device D");
  }
  if (auto fits = syncline::check_device_id(device); !fits) return fits.error();
  return make_token(parts_->secret, std::string(user), std::string(device), std::chrono::seconds{ttl_s}, seconds_now());
}

void hub_service::limit_requests(std::uint32_t per_minute) {
  const std::lock_guard lock(parts_->one_at_a_time);
  parts_->limit = {per_minute, per_minute > 0 ? std::chrono::minutes{1} : std::chrono::minutes{0}};
}

void hub_service::parts::clean_up(const std::string& user) {
  const syncline::timestamp at = now();
  syncline::timestamp& last = cleaned_up[user];
  if (at < last + std::chrono::hours{1}) return;
  last = at;
  for (std::size_t gone = 256; gone == 256;) {
    auto some = engine->forget_conflicts(user, at - keeps_conflicts, at, 256);
    if (!some) return log("old conflicts of user '" + user + "' could not be deleted: " + some.error().message);
    gone = *some;
  }
  for (std::size_t gone = 256; gone == 256;) {
    auto some = engine->forget_dropped(user, at - keeps_conflicts, 256);
    if (!some) return log("old losses of user '" + user + "' could not be deleted: " + some.error().message);
    gone = *some;
  }
  if (auto done = engine->collect(user, at); !done) log("tombstones of user '" + user + "' were not collected: " + done.error().message);
}

std::chrono::milliseconds hub_service::parts::wait_of(const std::string& caller) {
  if (limit.calls == 0) return {};
  if (callers.size() >= 10'000) {  // who did not call for a minute is as good as new
    std::erase_if(callers, [at = now()](const auto& each) { return each.second.full_at <= at; });
  }
  return callers[caller].take(limit, now());
}

result<std::size_t> hub_service::collect(std::string_view user, std::chrono::days age) {
  if (user.empty()) return make_error(error_code::usage, phase::local, "whose data? Name the user with --user");
  const std::lock_guard lock(parts_->one_at_a_time);
  return hub_engine(parts_->store, {.tombstone_horizon = age}).collect(user, now());
}

http_response hub_service::answer(const http_request& request) {
  if (request.path == "/healthz") {
    if (request.method != "GET") return problem(405, "wrong method", "/healthz is not called by " + request.method);
    return in_json("{\"ok\":true}\n");
  }
  if (!request.path.starts_with("/sync/")) {
    return problem(404, "no such path", "there is nothing at " + request.path + "; sessions begin at /sync/check");
  }
  auto who = check_token(parts_->secret, bearer_token(request), seconds_now());
  if (!who) return problem(401, "no valid token", who.error().message);

  const bool is_download = request.path == "/sync/download";
  const bool is_post = request.path == "/sync/check" || request.path == "/sync/compare" || request.path == "/sync/upload" || request.path == "/sync/complete";
  if ((is_download || request.path == "/sync/status") ? request.method != "GET" : is_post && request.method != "POST") {
    return problem(405, "wrong method", request.path + " is not called by " + request.method);
  }
  const std::lock_guard lock(parts_->one_at_a_time);
  if (const auto wait = parts_->wait_of(who->user + '\0' + who->device); wait > wait.zero()) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
    auto later = problem(429, "too many requests", "this device asked more than " + std::to_string(parts_->limit.calls) +
                                                       " times in a minute: it may ask again in " + std::to_string(seconds) + " s");
    later.headers["Retry-After"] = std::to_string(seconds);
    return later;
  }
  if (request.path == "/sync/complete") {
    parts_->log("session of " + who->user + "/" + who->device + " complete");
    return in_json("{\"ok\":true}\n");
  }
  if (request.path == "/sync/status") {
    auto tx = parts_->store.begin(who->user);
    if (!tx) return problem(status_of(tx.error()), "the store failed", tx.error().message);
    auto state = hub_engine::commit_type::read_state(*tx);
    if (!state) return problem(status_of(state.error()), "the store failed", state.error().message);
    return in_json("{\"number\":" + std::to_string(state->number) + "}\n");
  }
  if (!is_download && !is_post) return problem(404, "no such path", "there is nothing at " + request.path);
  const bool sends_json = is_post && names(request.content_type, json_media_type);
  if (is_post && !sends_json && request.content_type != syncline_media_type) {
    return problem(415, "unknown media type", "a message is sent as " + std::string(syncline_media_type) + " or " +
                                                  std::string(json_media_type) + ", not as '" + request.content_type + "'");
  }
  const bool wants_json = !names(request.accept, syncline_media_type) && (sends_json || names(request.accept, json_media_type));
  auto message = sends_json ? message_from_json(request.path, who->device, request.body, now()) : message_in(request);
  if (!message) return problem(status_of(message.error()), "bad request", message.error().message);
  if (auto noted = note_user(parts_->store, who->user); !noted) {
    return problem(status_of(noted.error()), "the store failed", noted.error().message);
  }
  if (request.path == "/sync/check") parts_->clean_up(who->user);
  std::string answered = parts_->engine->handle(who->user, who->device, *message, now(),
                                               wants_json ? syncline::value_form::whole : syncline::value_form::by_difference);
  if (request.path == "/sync/upload") {
    if (auto done = run_jobs(*parts_->engine, who->user); !done) {  // they stay, and are tried again with the next upload
      parts_->log("a job of user '" + who->user + "' failed: " + done.error().message);
    }
  }
  if (!wants_json) return in_syncline(std::move(answered));
  auto json = json_from_answer(answered);
  if (!json) return problem(status_of(json.error()), "refused", json.error().message);
  return in_json(std::move(*json));
}

}  // namespace stride
