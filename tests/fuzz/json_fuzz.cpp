// SPDX-License-Identifier: BSL-1.0
// Any text through the JSON reader: as a record with every kind of field, as a delta, as what a person types, as a
// time. What is accepted is written and read again, and has to be the same.

#include <syncline/wire/json.hpp>

#include "every_kind.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

template <class T>
void check_value(std::string_view text, syncline::json_options options = {}) {
  const syncline::result<T> read = syncline::from_json<T>(text, options);
  if (!read) {
    require(syncline::is_utf8(read.error().message) || !syncline::is_utf8(text));
    return;
  }
  const std::string written = syncline::json_text(*read);
  const syncline::result<T> again = syncline::from_json<T>(written);
  require(again.has_value());
  require(syncline::json_text(*again) == written);
  if constexpr (syncline::codable<T>) {
    require(syncline::is_same_value(*again, *read));
  } else {
    require(*again == *read);
  }
}

template <class T>
void check_typed(std::string_view text) {
  const syncline::result<T> read = syncline::parse_value<T>(text);
  if (read) require(syncline::is_same_value(*syncline::from_json<T>(syncline::json_text(*read)), *read));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_value<every_kind::thing>(text);
  check_value<every_kind::thing>(text, {.ignore_unknown = true});
  check_value<syncline::delta<every_kind::thing>>(text);
  check_value<std::map<std::string, syncline::json_fragment>>(text);
  check_value<std::vector<double>>(text);
  check_value<std::string>(text);
  check_typed<std::string>(text);
  check_typed<std::optional<std::int64_t>>(text);
  check_typed<every_kind::color>(text);
  check_typed<double>(text);
  check_typed<syncline::blob>(text);
  if (const auto at = syncline::parse_time(text)) require(*syncline::parse_time(syncline::time_text(*at)) == *at);
  require(syncline::from_json<syncline::json_fragment>(syncline::json_text(text)).has_value());
  return 0;
}
