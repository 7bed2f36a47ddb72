// SPDX-License-Identifier: BSL-1.0

#include "transport/hub_paths.hpp"

#include <syncline/sync/protocol.hpp>

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

namespace stride {

namespace {

using syncline::error_code;
using syncline::message_kind;
using syncline::phase;
using syncline::result;

std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const unsigned char c : bytes) {
    text += digits[c >> 4];
    text += digits[c & 15];
  }
  return text;
}

std::optional<std::string> unhex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    unsigned value = 0;
    const auto end = text.data() + i + 2;
    if (std::from_chars(text.data() + i, end, value, 16).ptr != end) return std::nullopt;
    bytes += static_cast<char>(value);
  }
  return bytes;
}

template <class Number>
bool read_number(std::string_view text, Number& number) {
  const auto end = text.data() + text.size();
  const auto [at, failed] = std::from_chars(text.data(), end, number);
  return failed == std::errc{} && at == end;
}

std::vector<std::string_view> cut(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const auto end = std::min(text.find(at), text.size());
    parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

syncline::error bad_query(std::string_view name, std::string_view found, std::string_view wanted) {
  return make_error(error_code::malformed, phase::decode,
                    "the query's '" + std::string(name) + "' is '" + std::string(found) + "', and " + std::string(wanted) +
                        " was expected");
}

std::string value_of_query(const http_request& request, const std::string& name) {
  const auto found = request.query.find(name);
  return found == request.query.end() ? std::string{} : found->second;
}

result<std::string> chunk_query(const http_request& request) {
  const auto digest = unhex(value_of_query(request, "chunk"));
  syncline::want_chunk_message message;
  if (!digest || digest->size() != message.digest.bytes.size()) {
    return bad_query("chunk", value_of_query(request, "chunk"), "a digest of 32 hexadecimal digits");
  }
  std::copy(digest->begin(), digest->end(), message.digest.bytes.begin());
  return pack(message);
}

result<std::string> download_query(const http_request& request) {
  syncline::download_message message{.incarnation = 0, .cursors = {}, .limit = 500, .whole = {}, .versions = {}};
  const std::string since = value_of_query(request, "since"), whole = value_of_query(request, "whole"),
                    versions = value_of_query(request, "versions");
  for (const std::string_view part : cut(since, ',')) {
    const auto colon = part.find(':');
    syncline::table_cursor cursor{std::string(part.substr(0, colon)), 0};
    if (colon == part.npos || !read_number(part.substr(colon + 1), cursor.after)) {
      return bad_query("since", part, "TABLE:NUMBER, and more of them behind commas,");
    }
    message.cursors.push_back(std::move(cursor));
  }
  for (const std::string_view part : cut(whole, ',')) {
    const auto colon = part.find(':');
    syncline::wanted_record wanted;
    const auto key = colon == part.npos ? std::nullopt : unhex(part.substr(colon + 1));
    if (!key || !read_number(part.substr(0, colon), wanted.table)) return bad_query("whole", part, "POSITION:KEY in hexadecimal");
    wanted.key.bytes = *key;
    message.whole.push_back(std::move(wanted));
  }
  for (const std::string_view part : cut(versions, ',')) {
    if (!read_number(part, message.versions.emplace_back())) return bad_query("versions", part, "a number, and more of them behind commas,");
  }
  if (const std::string limit = value_of_query(request, "limit"); !limit.empty() && !read_number(limit, message.limit)) {
    return bad_query("limit", limit, "a number of records");
  }
  if (const std::string count = value_of_query(request, "count"); !count.empty()) {
    if (count != "0" && count != "1") return bad_query("count", count, "0 or 1");
    message.count = count == "1";
  }
  if (const std::string who = value_of_query(request, "incarnation"); !who.empty() && !read_number(who, message.incarnation)) {
    return bad_query("incarnation", who, "a number");
  }
  return pack(message);
}

http_request download_request(const syncline::download_message& message) {
  http_request request{.method = "GET", .path = "/sync/download"};
  std::string since, whole, versions;
  for (const auto& cursor : message.cursors) {
    since += (since.empty() ? "" : ",") + cursor.table + ':' + std::to_string(cursor.after);
  }
  for (const auto& wanted : message.whole) {
    whole += (whole.empty() ? "" : ",") + std::to_string(wanted.table) + ':' + hex(wanted.key.bytes);
  }
  for (const std::uint32_t version : message.versions) versions += (versions.empty() ? "" : ",") + std::to_string(version);
  request.query["since"] = since;
  request.query["limit"] = std::to_string(message.limit);
  request.query["incarnation"] = std::to_string(message.incarnation);
  if (!whole.empty()) request.query["whole"] = whole;
  if (!versions.empty()) request.query["versions"] = versions;
  if (message.count) request.query["count"] = "1";
  return request;
}

http_request chunk_request(const syncline::want_chunk_message& message) {
  http_request request{.method = "GET", .path = "/sync/download"};
  request.query["chunk"] = hex({reinterpret_cast<const char*>(message.digest.bytes.data()), message.digest.bytes.size()});
  return request;
}

}  // namespace

result<http_request> request_for(std::string_view message) {
  auto framed = syncline::unframe(message);
  if (!framed) return framed.error();
  http_request request{.method = "POST", .content_type = std::string(syncline_media_type)};
  switch (static_cast<message_kind>(framed->kind)) {
    case message_kind::check: request.path = "/sync/check"; break;
    case message_kind::compare: request.path = "/sync/compare"; break;
    case message_kind::upload:
    case message_kind::forwarded:
    case message_kind::has_chunk:
    case message_kind::chunk: request.path = "/sync/upload"; break;
    case message_kind::download: {
      auto download = syncline::unpack<syncline::download_message>(*framed);
      if (!download) return download.error();
      request = download_request(*download);
      break;
    }
    case message_kind::want_chunk: {
      auto want = syncline::unpack<syncline::want_chunk_message>(*framed);
      if (!want) return want.error();
      request = chunk_request(*want);
      break;
    }
    default:
      return make_error(error_code::malformed, phase::transport, "a message of this kind is not sent to a hub");
  }
  request.accept = syncline_media_type;
  if (request.method == "POST") request.body = message;
  return request;
}

result<std::string> message_in(const http_request& request) {
  if (request.method == "GET") return request.query.contains("chunk") ? chunk_query(request) : download_query(request);
  return request.body;
}

}  // namespace stride
