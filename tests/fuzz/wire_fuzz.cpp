// SPDX-License-Identifier: BSL-1.0
// Any bytes through the decoders of records, deltas, changes and differences. What is accepted encodes to the same bytes.

#include <syncline/wire.hpp>

#include "every_kind.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using every_kind::thing;

void require(bool holds) {
  if (!holds) std::abort();
}

thing used_thing() {
  thing t;
  t.text = "something that was there before";
  t.rpe = 5;
  t.places = {{1, 2, true, {3}}, {}};
  t.flags = {true};
  t.by_name = {{"a", 1}};
  t.tags = std::set<std::string>{"x"};
  return t;
}

void check_record(std::string_view bytes) {
  const auto fresh = syncline::decode<thing>(bytes);
  thing reused = used_thing();
  require(syncline::decode_into(bytes, reused).has_value() == fresh.has_value());
  if (!fresh) return;
  require(syncline::encode(*fresh) == bytes);
  require(syncline::is_same_value(*fresh, reused));
}

/// Shapes that no record of ours has.
template <class T>
void check_value(std::string_view bytes) {
  const auto read = syncline::decode<T>(bytes);
  if (read) require(syncline::encode(*read) == bytes);
}

struct flags {
  bool a{}, b{}, c{}, d{}, e{}, f{}, g{}, h{};
  std::optional<std::optional<bool>> i{};
};

void check_delta(std::string_view bytes) {
  syncline::delta<thing> change;
  const bool is_delta = syncline::decode_into(bytes, change).has_value();
  thing target = used_thing();
  require(syncline::apply_encoded(bytes, target).has_value() == is_delta);
  if (!is_delta) return;
  std::string again;
  syncline::encode_to(again, change);
  require(again == bytes);
  require(syncline::is_same_value(syncline::apply(used_thing(), change), target));
}

void check_change(std::string_view bytes) {
  syncline::reader in(bytes);
  std::string name;
  syncline::change<thing> made;
  syncline::internal::take_change(in, name, made);
  if (!in.finish("a change")) return;
  std::string again;
  syncline::encode_to(again, name, made);
  require(again == bytes);
}

void check_difference(std::string_view bytes) {
  const thing before = used_thing();
  const auto after = syncline::apply_difference(before, bytes);
  if (!after) return;
  const auto again = syncline::apply_difference(before, syncline::encode_difference(before, *after));
  require(again && syncline::is_same_value(*again, *after));
}

void check_frame(std::string_view bytes) {
  const auto message = syncline::unframe(bytes);
  if (message) require(syncline::frame(message->kind, message->body) == bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check_record(bytes);
  check_value<std::set<double>>(bytes);
  check_value<std::map<double, std::optional<std::optional<int>>>>(bytes);
  check_value<std::vector<std::array<std::optional<bool>, 2>>>(bytes);
  check_value<std::vector<std::vector<std::vector<flags>>>>(bytes);
  check_value<std::set<std::vector<std::set<char>>>>(bytes);
  check_value<std::map<std::chrono::nanoseconds, std::chrono::sys_time<std::chrono::hours>>>(bytes);
  check_value<std::optional<std::set<every_kind::level>>>(bytes);
  check_delta(bytes);
  check_change(bytes);
  check_difference(bytes);
  check_frame(bytes);
  return 0;
}
