// SPDX-License-Identifier: BSL-1.0
#pragma once
// A JSON document as plain values, for tests that read expected values. RapidJSON's own document does not compile with
// clang 19 (it assigns to a const member), its reader does.

#include <rapidjson/reader.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stride_test {

struct json_value {
  double number{};
  std::string text{};
  bool is_object{};
  std::vector<json_value> items{};                            // of an array
  std::vector<std::pair<std::string, json_value>> members{};  // of an object

  const json_value* find(std::string_view key) const {
    for (const auto& [name, value] : members) {
      if (name == key) return &value;
    }
    return nullptr;
  }
  bool has(std::string_view key) const { return find(key) != nullptr; }

  /// The member, or an empty value: a test that misses one fails on what it compares it with.
  const json_value& operator[](std::string_view key) const {
    static const json_value nothing{};
    const json_value* found = find(key);
    return found ? *found : nothing;
  }

  std::uint64_t count() const { return static_cast<std::uint64_t>(number); }
};

namespace internal {

class json_builder {
 public:
  bool Null() { return put({}); }
  bool Bool(bool b) { return Double(b ? 1 : 0); }
  bool Int(int i) { return Double(i); }
  bool Uint(unsigned u) { return Double(u); }
  bool Int64(std::int64_t i) { return Double(static_cast<double>(i)); }
  bool Uint64(std::uint64_t u) { return Double(static_cast<double>(u)); }
  bool Double(double d) {
    json_value v{};
    v.number = d;
    return put(std::move(v));
  }
  bool RawNumber(const char*, rapidjson::SizeType, bool) { return false; }
  bool String(const char* s, rapidjson::SizeType n, bool) {
    json_value v{};
    v.text.assign(s, n);
    return put(std::move(v));
  }
  bool StartObject() { return open(true); }
  bool Key(const char* s, rapidjson::SizeType n, bool) {
    keys_.back().assign(s, n);
    return true;
  }
  bool EndObject(rapidjson::SizeType) { return close(); }
  bool StartArray() { return open(false); }
  bool EndArray(rapidjson::SizeType) { return close(); }

  json_value root{};

 private:
  bool open(bool is_object) {
    open_.emplace_back();
    open_.back().is_object = is_object;
    keys_.emplace_back();
    return true;
  }
  bool close() {
    json_value v = std::move(open_.back());
    open_.pop_back();
    keys_.pop_back();
    return put(std::move(v));
  }
  bool put(json_value v) {
    if (open_.empty()) {
      root = std::move(v);
    } else if (open_.back().is_object) {
      open_.back().members.emplace_back(keys_.back(), std::move(v));
    } else {
      open_.back().items.push_back(std::move(v));
    }
    return true;
  }

  std::vector<json_value> open_{};
  std::vector<std::string> keys_{};
};

}  // namespace internal

/// The document, or nothing when the text is not JSON.
inline std::optional<json_value> parse_json(const std::string& text) {
  internal::json_builder builder;
  rapidjson::Reader reader;
  rapidjson::StringStream in{text.c_str()};
  if (reader.Parse<rapidjson::kParseFullPrecisionFlag>(in, builder).IsError()) return std::nullopt;
  return std::move(builder.root);
}

}  // namespace stride_test
