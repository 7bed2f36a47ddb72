// SPDX-License-Identifier: BSL-1.0
#pragma once
// The types of all values of a JSON document, by path: what a reader of the program's output may rely on.

#include <rapidjson/reader.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stride_test {

/// The type of each value by its path: `{"a": [{"b": 1}]}` has "" object, "a" array, "a[]" object, "a[].b" number.
/// Elements of an array share a path; the last one's type stands, and a null gives way to any other.
using json_shape = std::map<std::string, std::string>;

namespace internal {

class shape_builder {
 public:
  bool Null() { return note("null"); }
  bool Bool(bool) { return note("boolean"); }
  bool Int(int) { return note("number"); }
  bool Uint(unsigned) { return note("number"); }
  bool Int64(std::int64_t) { return note("number"); }
  bool Uint64(std::uint64_t) { return note("number"); }
  bool Double(double) { return note("number"); }
  bool RawNumber(const char*, rapidjson::SizeType, bool) { return false; }
  bool String(const char*, rapidjson::SizeType, bool) { return note("string"); }
  bool StartObject() { return open("object"); }
  bool Key(const char* text, rapidjson::SizeType size, bool) {
    path_.back().resize(outer_.back());
    if (!path_.back().empty()) path_.back() += '.';
    path_.back().append(text, size);
    return true;
  }
  bool EndObject(rapidjson::SizeType) { return close(); }
  bool StartArray() {
    open("array");
    path_.back() += "[]";
    return true;
  }
  bool EndArray(rapidjson::SizeType) { return close(); }

  json_shape shape{};

 private:
  bool note(const char* type) {
    std::string& known = shape[path_.back()];
    if (known.empty() || known == "null") known = type;
    return true;
  }
  bool open(const char* type) {
    note(type);
    path_.push_back(path_.back());
    outer_.push_back(path_.back().size());
    return true;
  }
  bool close() {
    path_.pop_back();
    outer_.pop_back();
    return true;
  }

  std::vector<std::string> path_{std::string{}};
  std::vector<std::size_t> outer_{0};
};

}  // namespace internal

/// The document's shape, or nothing when the text is not one JSON document and a line's end.
inline std::optional<json_shape> shape_of(const std::string& text) {
  internal::shape_builder builder;
  rapidjson::Reader reader;
  rapidjson::StringStream in{text.c_str()};
  if (reader.Parse<rapidjson::kParseDefaultFlags>(in, builder).IsError()) return std::nullopt;
  return std::move(builder.shape);
}

}  // namespace stride_test
