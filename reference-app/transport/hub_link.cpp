// SPDX-License-Identifier: BSL-1.0

#include "transport/hub_link.hpp"

#include "transport/hub_paths.hpp"

#include <syncline/wire/frame.hpp>

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

namespace stride {

namespace {

using syncline::error_class;
using syncline::error_code;
using syncline::phase;
using syncline::result;

result<http_request> sendable(std::string_view message) {
  if (message.size() <= syncline::max_message_size) return request_for(message);
  return make_error(error_code::too_large, phase::transport,
                    "a message has " + std::to_string(message.size()) + " bytes, and 10 MiB is the most: send less at once");
}

// What a status says about trying again.
syncline::error error_of(const http_response& response) {
  std::string detail = problem_detail(response);
  if (detail.empty()) detail = "the hub answered with HTTP status " + std::to_string(response.status);
  if (response.status == 401 || response.status == 403) {
    return {error_code::not_allowed, error_class::fatal, phase::transport,
            "the hub does not take this device's token: " + detail +
                "; get one with `stride hub token` and give it to `stride init --token`"};
  }
  if (response.status == 413) return {error_code::too_large, error_class::fatal, phase::transport, std::move(detail)};
  if (response.status == 429 || response.status >= 500) {
    return {error_code::unreachable, error_class::transient, phase::transport, std::move(detail)};
  }
  return {error_code::refused, error_class::fatal, phase::transport, std::move(detail)};
}

// The header Retry-After, where it is a number of seconds. At most a day: nobody is away for longer by one wrong header.
std::optional<std::chrono::seconds> retry_after_of(const http_response& response) {
  const auto header = response.headers.find("Retry-After");
  if (header == response.headers.end()) return std::nullopt;
  const std::string& text = header->second;
  std::uint32_t count = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return std::min<std::chrono::seconds>(std::chrono::seconds{count}, std::chrono::hours{24});
}

}  // namespace

hub_link::hub_link(std::string url, std::string token, http_client_settings settings)
    : client_(std::move(url), std::move(token), settings) {}

result<std::string> hub_link::exchange(std::string_view message) {
  auto request = sendable(message);
  if (!request) return request.error();
  retry_after_.reset();
  return answer_in(client_.exchange(*request));
}

result<void> hub_link::send(std::string_view message) {
  auto request = sendable(message);
  if (!request) return request.error();
  retry_after_.reset();
  return client_.send(*request);
}

result<std::string> hub_link::receive() { return answer_in(client_.receive()); }

result<std::string> hub_link::answer_in(result<http_response> response) {
  if (!response) return response.error();
  retry_after_ = retry_after_of(*response);
  if (response->status != 200) return error_of(*response);
  if (!response->content_type.starts_with(syncline_media_type)) {
    return make_error(error_code::refused, phase::transport,
                      "what answers there is not a hub: it sent '" + response->content_type + "'; is the address right?");
  }
  if (response->body.size() > syncline::max_message_size) {
    return make_error(error_code::too_large, phase::transport,
                      "the hub's answer has " + std::to_string(response->body.size()) + " bytes, and 10 MiB is the most: is that a hub?");
  }
  return std::move(response->body);
}

result<void> hub_link::complete() {
  http_request request{.method = "POST", .path = "/sync/complete", .content_type = "application/json", .body = "{}"};
  auto response = client_.exchange(request);
  if (!response) return response.error();
  if (response->status != 200) return error_of(*response);
  return {};
}

result<void> hub_link::try_token() {
  auto response = client_.exchange({.method = "GET", .path = "/sync/status"});
  if (!response) return response.error();
  if (response->status != 200) return error_of(*response);
  return {};
}

bool hub_link::is_up() {
  auto response = client_.exchange({.method = "GET", .path = "/healthz"});
  return response && response->status == 200;
}

}  // namespace stride
