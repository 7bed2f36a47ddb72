// SPDX-License-Identifier: BSL-1.0
#include "transport/http_message.hpp"

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace stride {
namespace {

constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

constexpr int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> unescape(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += text[i] == '+' && plus_is_space ? ' ' : text[i];
    }
  }
  return out;
}

void escape(std::string& out, std::string_view text, std::string_view also_plain) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (const char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                          c == '.' || c == '_' || c == '~' || also_plain.find(c) != std::string_view::npos;
    if (is_plain) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
}

/// Listens to a JSON text and keeps the title and the detail of its outermost object.
struct problem_reader : rapidjson::BaseReaderHandler<rapidjson::UTF8<>, problem_reader> {
  std::string title{};
  std::string detail{};
  std::string* next{nullptr};
  int depth{0};

  bool Default() {
    next = nullptr;
    return true;
  }
  bool StartObject() { return enter(); }
  bool EndObject(rapidjson::SizeType) { return leave(); }
  bool StartArray() { return enter(); }
  bool EndArray(rapidjson::SizeType) { return leave(); }
  bool Key(const char* text, rapidjson::SizeType size, bool) {
    const std::string_view name(text, size);
    next = depth != 1 ? nullptr : name == "title" ? &title : name == "detail" ? &detail : nullptr;
    return true;
  }
  bool String(const char* text, rapidjson::SizeType size, bool) {
    if (next != nullptr) next->assign(text, size);
    return Default();
  }

 private:
  bool enter() {
    ++depth;
    return Default();
  }
  bool leave() {
    --depth;
    return Default();
  }
};

syncline::error bad_target(std::string_view why) {
  return syncline::make_error(syncline::error_code::malformed, syncline::phase::transport,
                              "could not read the request's target: " + std::string(why));
}

}  // namespace

bool header_less::operator()(std::string_view a, std::string_view b) const noexcept {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                      [](char x, char y) { return lower(x) < lower(y); });
}

http_response problem(unsigned status, std::string_view title, std::string_view detail) {
  rapidjson::StringBuffer text;
  rapidjson::Writer<rapidjson::StringBuffer> json(text);
  const auto string = [&json](std::string_view s) {
    json.String(s.data(), static_cast<rapidjson::SizeType>(s.size()));
  };
  json.StartObject();
  string("type");
  string("about:blank");
  string("title");
  string(title);
  string("status");
  json.Uint(status);
  if (!detail.empty()) {
    string("detail");
    string(detail);
  }
  json.EndObject();

  http_response answer;
  answer.status = status;
  answer.content_type = "application/problem+json";
  answer.body.assign(text.GetString(), text.GetSize());
  return answer;
}

std::string problem_detail(const http_response& answer) {
  if (!answer.content_type.starts_with("application/problem+json")) return {};
  problem_reader found;
  rapidjson::Reader reader;
  rapidjson::MemoryStream text(answer.body.data(), answer.body.size());
  // Iterative, because the nesting of what a peer sent must not decide how deep our stack gets.
  if (!reader.Parse<rapidjson::kParseIterativeFlag>(text, found)) return {};
  return found.detail.empty() ? found.title : found.detail;
}

syncline::result<void> set_target(http_request& request, std::string_view target) {
  // A proxy sends the whole address; RFC 9112, 3.2.2 has every server accept that.
  if (target.starts_with("http://")) {
    target.remove_prefix(7);
    const auto slash = target.find_first_of("/?");
    target = slash == std::string_view::npos ? "/" : target.substr(slash);
  }
  const auto mark = target.find('?');
  auto path = unescape(target.substr(0, mark), false);
  if (!path) return bad_target("a % in the path needs two hexadecimal digits after it");
  if (path->empty()) path->assign("/");
  if (path->front() != '/' && *path != "*") return bad_target("a path begins with /");
  if (std::any_of(path->begin(), path->end(), [](char c) { return static_cast<unsigned char>(c) < 32 || c == 127; })) {
    return bad_target("the path holds a control character");
  }

  std::map<std::string, std::string> query;
  auto rest = mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1);
  while (!rest.empty()) {
    const auto end = rest.find('&');
    const auto pair = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    auto name = unescape(pair.substr(0, equals), true);
    auto value = unescape(equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1), true);
    if (!name || !value) return bad_target("a % in the query needs two hexadecimal digits after it");
    query.emplace(std::move(*name), std::move(*value));
  }
  request.path = std::move(*path);
  request.query = std::move(query);
  return {};
}

std::string target_of(const http_request& request) {
  std::string out;
  escape(out, request.path, "/:@!$&'()*+,;=");
  char before = '?';
  for (const auto& [name, value] : request.query) {
    out += before;
    escape(out, name, "");
    out += '=';
    escape(out, value, "");
    before = '&';
  }
  return out;
}

std::string_view bearer_token(const http_request& request) noexcept {
  constexpr std::string_view scheme = "bearer ";
  std::string_view text = request.authorization;
  if (text.size() < scheme.size() ||
      !std::equal(scheme.begin(), scheme.end(), text.begin(), [](char s, char c) { return s == lower(c); })) {
    return {};
  }
  text.remove_prefix(scheme.size());
  const auto first = text.find_first_not_of(' ');
  return first == std::string_view::npos ? std::string_view{} : text.substr(first);
}

}  // namespace stride
