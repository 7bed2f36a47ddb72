// SPDX-License-Identifier: BSL-1.0
#pragma once
// Walks over a JSON text. RapidJSON judges the text first: grammar, UTF-8 and depth; the walk then reads it in place.

#include <syncline/core/config.hpp>
#include <syncline/core/result.hpp>
#include <syncline/wire/frame.hpp>
#include <syncline/wire/reader.hpp>

#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace syncline {

/// How many arrays and objects may stand inside each other in a JSON text. \see SEC-4
inline constexpr std::size_t max_json_depth = 64;

namespace internal {

/// Refuses what is nested too deeply and text that is not UTF-8, while RapidJSON looks at the rest.
struct json_judge {
  using Ch = char;  // RapidJSON's name
  using size_type = rapidjson::SizeType;

  std::size_t depth = 0;
  bool is_text = true;

  bool Null() { return true; }
  bool Bool(bool) { return true; }
  bool Int(int) { return true; }
  bool Uint(unsigned) { return true; }
  bool Int64(std::int64_t) { return true; }
  bool Uint64(std::uint64_t) { return true; }
  bool Double(double) { return true; }
  bool RawNumber(const char*, size_type, bool) { return true; }
  // RapidJSON 1.1 lets the second half of a surrogate pair stand alone.
  bool String(const char* text, size_type size, bool) { return is_text = is_utf8({text, size}); }
  bool Key(const char* text, size_type size, bool) { return is_text = is_utf8({text, size}); }
  bool StartObject() { return ++depth <= max_json_depth; }
  bool EndObject(size_type) { return --depth, true; }
  bool StartArray() { return ++depth <= max_json_depth; }
  bool EndArray(size_type) { return --depth, true; }
};

/// Whether `text` is one JSON value, as RFC 8259 has it, of bounded size and depth.
SYNCLINE_NOINLINE inline result<void> judge_json(std::string_view text) {
  if (text.size() > max_message_size) {
    return make_error(
        error_code::too_large, phase::decode,
        "a JSON text has " + std::to_string(text.size()) + " bytes, and 10 MiB is the most: send less at once");
  }
  json_judge judge;
  rapidjson::Reader reader;
  rapidjson::MemoryStream in(text.data(), text.size());
  constexpr unsigned flags =
      rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag | rapidjson::kParseNumbersAsStringsFlag;
  const rapidjson::ParseResult done = reader.Parse<flags>(in, judge);
  if (done && in.Tell() == text.size()) return {};  // RapidJSON takes a zero byte for the end
  if (!judge.is_text) {
    return make_error(error_code::malformed, phase::decode,
                      "a JSON text has half of a surrogate pair, before byte " + std::to_string(done.Offset()));
  }
  if (done.Code() == rapidjson::kParseErrorTermination) {
    return make_error(error_code::too_large, phase::decode,
                      "a JSON text has more than " + std::to_string(max_json_depth) +
                          " arrays and objects inside each other, at byte " + std::to_string(done.Offset()));
  }
  return make_error(error_code::malformed, phase::decode,
                    "a text is not JSON: at byte " + std::to_string(done ? in.Tell() : done.Offset()) + " of " +
                        std::to_string(text.size()) + ": " +
                        (done ? "a zero byte follows the value." : rapidjson::GetParseError_En(done.Code())));
}

/// The value that a step of the walk stands in, for messages: a member by its name, or an element by its number.
struct json_step {
  const json_step* outer = nullptr;
  std::string_view name{};
  std::size_t index = 0;
};

/// Stands before a value of a text that `judge_json` found to be JSON, so no step has to look for grammar.
///
/// The first thing that is wrong with a value ends the walk: ask `failed`.
class json_cursor {
 public:
  explicit json_cursor(std::string_view text, bool ignore_unknown) noexcept
      : at_(text.data()),
        end_(text.data() + text.size()),
        budget_(64 * text.size() + (1 << 20)),
        ignore_unknown_(ignore_unknown) {}

  bool failed() const noexcept { return !why_.empty(); }
  bool ignores_unknown() const noexcept { return ignore_unknown_; }

  /// The first character of the value or closing bracket that comes next.
  char peek() noexcept {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\n' || *at_ == '\r' || *at_ == ',' || *at_ == ':'))
      ++at_;
    return at_ == end_ ? '\0' : *at_;
  }
  /// Steps over `bracket`, if that is what comes next.
  bool take(char bracket) noexcept {
    if (peek() != bracket) return false;
    ++at_;
    return true;
  }

  /// Steps over a value, which is returned as it is written.
  SYNCLINE_NOINLINE std::string_view skip() noexcept {
    const char first = peek();
    const char* const begin = at_;
    if (first == '"') {
      skip_text();
    } else if (first == '{' || first == '[') {
      std::size_t depth = 0;
      do {
        const char c = *at_;
        if (c == '"') {
          skip_text();
          continue;
        }
        if (c == '{' || c == '[') ++depth;
        if (c == '}' || c == ']') --depth;
        ++at_;
      } while (depth != 0);
    } else {
      while (at_ != end_ && std::string_view(" \t\n\r,:]}").find(*at_) == std::string_view::npos) ++at_;
    }
    return {begin, static_cast<std::size_t>(at_ - begin)};
  }

  /// Reads a text, which has to come next.
  SYNCLINE_NOINLINE void read_text(std::string& out) {
    std::string_view written = skip();
    written = written.substr(1, written.size() - 2);
    out.clear();
    for (;;) {
      const std::size_t plain = std::min(written.find('\\'), written.size());
      out.append(written.substr(0, plain));
      if (plain == written.size()) return;
      const char escape = written[plain + 1];
      written.remove_prefix(plain + 2);
      if (escape != 'u') {
        constexpr std::string_view letters = "bfnrt", meant = "\b\f\n\r\t";
        const std::size_t which = letters.find(escape);
        out += which == std::string_view::npos ? escape : meant[which];
        continue;
      }
      std::uint32_t code = take_hex(written);
      if (code >= 0xD800 && code < 0xDC00) {
        written.remove_prefix(2);
        code = 0x10000 + ((code - 0xD800) << 10) + (take_hex(written) - 0xDC00);
      }
      append_utf8(out, code);
    }
  }

  /// Notes that the value `found` is not what `expected` says; the first such note stays.
  SYNCLINE_NOINLINE void refuse(std::string_view found, std::string_view expected) {
    fail(error_code::invalid_value, "is " + excerpt(found) + ", and " + std::string(expected) + " is expected");
  }
  /// Notes that the value `what`: completes "field 'x' ...".
  SYNCLINE_NOINLINE void fail(error_code code, std::string what) {
    if (failed()) return;
    code_ = code;
    why_ = place() + ' ' + std::move(what);
    at_ = end_;
  }
  result<void> finish(std::string_view what) const {
    if (!failed()) return {};
    return make_error(code_, phase::decode, "cannot read " + std::string(what) + " from JSON: " + why_);
  }

  /// Asks for the memory of one more element: a few bytes of JSON must not fill the memory with defaults.
  bool afford(std::size_t size) {
    if (size > budget_) {
      fail(error_code::too_large, "has so many elements that they take over 64 times the memory of the text");
      return false;
    }
    budget_ -= size;
    return true;
  }

  /// While it lives, what is read is the member or element `step` of what was read before.
  class inside {
   public:
    inside(json_cursor& cursor, std::string_view name) noexcept : cursor_(cursor), step_{cursor.where_, name, 0} {
      cursor.where_ = &step_;
    }
    inside(json_cursor& cursor, std::size_t index) noexcept : cursor_(cursor), step_{cursor.where_, {}, index} {
      cursor.where_ = &step_;
    }
    inside(const inside&) = delete;
    ~inside() { cursor_.where_ = step_.outer; }

   private:
    json_cursor& cursor_;
    json_step step_;
  };

 private:
  void skip_text() noexcept {
    for (++at_; *at_ != '"'; ++at_) {
      if (*at_ == '\\') ++at_;
    }
    ++at_;
  }

  static std::uint32_t take_hex(std::string_view& text) noexcept {
    std::uint32_t code = 0;
    for (const char c : text.substr(0, 4)) {
      code = code << 4 | static_cast<std::uint32_t>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    text.remove_prefix(4);
    return code;
  }

  static void append_utf8(std::string& out, std::uint32_t code) {
    const auto tail = [&](unsigned shift) { out += static_cast<char>(0x80 | (code >> shift & 0x3F)); };
    if (code < 0x80) {
      out += static_cast<char>(code);
    } else if (code < 0x800) {
      out += static_cast<char>(0xC0 | code >> 6);
      tail(0);
    } else if (code < 0x10000) {
      out += static_cast<char>(0xE0 | code >> 12);
      tail(6);
      tail(0);
    } else {
      out += static_cast<char>(0xF0 | code >> 18);
      tail(12);
      tail(6);
      tail(0);
    }
  }

  /// At most 40 bytes of `found`, whole characters.
  static std::string excerpt(std::string_view found) {
    if (found.size() <= 40) return std::string(found);
    std::size_t size = 40;
    while (size > 0 && (found[size] & 0xC0) == 0x80) --size;
    return std::string(found.substr(0, size)) + "...";
  }

  std::string place() const {
    if (where_ == nullptr) return "the value";
    std::string path;
    for (const json_step* step = where_; step != nullptr; step = step->outer) {
      if (step->name.data() == nullptr) {
        path.insert(0, "[" + std::to_string(step->index) + "]");
      } else {
        path.insert(0, (step->outer == nullptr ? "" : ".") + excerpt(step->name));
      }
    }
    return "field '" + path + "'";
  }

  const char* at_;
  const char* end_;
  const json_step* where_ = nullptr;
  std::size_t budget_;
  bool ignore_unknown_;
  error_code code_ = error_code::malformed;
  std::string why_{};
};

}  // namespace internal

}  // namespace syncline
