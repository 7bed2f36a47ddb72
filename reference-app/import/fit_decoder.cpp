// SPDX-License-Identifier: BSL-1.0
// The state machine that cuts a FIT file into items and decodes each when all of its bytes are there.

#include "import/fit_decoder.hpp"

#include "import/fit_checksum.hpp"

#include <algorithm>
#include <utility>

namespace stride {
namespace {

using syncline::error_code;

constexpr std::uint8_t compressed_bit = 0x80, definition_bit = 0x40, developer_bit = 0x20;
constexpr std::size_t short_header = 12, long_header = 14;
constexpr unsigned newest_protocol = 2;

// More than any device writes; without a bound a hostile file could make us keep a text for every few of its bytes.
constexpr std::size_t max_descriptions = 4096;

std::uint16_t u16(const std::uint8_t* p, bool is_big_endian = false) noexcept {
  return static_cast<std::uint16_t>(is_big_endian ? p[0] << 8 | p[1] : p[1] << 8 | p[0]);
}

std::uint32_t u32(const std::uint8_t* p) noexcept {
  return std::uint32_t{p[0]} | std::uint32_t{p[1]} << 8 | std::uint32_t{p[2]} << 16 | std::uint32_t{p[3]} << 24;
}

std::string hex(unsigned value) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string text = "0x";
  for (unsigned shift = 16; shift > 0;) text += digits[value >> (shift -= 4) & 0xFU];
  return text;
}

std::optional<std::uint8_t> small(const fit_message& message, std::uint8_t number) {
  const auto v = message.value(number);
  if (!v || *v < 0 || *v > 255) return std::nullopt;
  return static_cast<std::uint8_t>(*v);
}

constexpr std::uint32_t description_key(std::uint8_t developer, std::uint8_t number) noexcept {
  return std::uint32_t{developer} << 8U | number;
}

std::size_t first_component_of(std::uint16_t message, std::uint8_t number) noexcept {
  const auto all = fit_components();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const fit_component& c) { return c.message == message && c.number == number; });
  return static_cast<std::size_t>(found - all.begin());
}

bool is_accumulated_target_of(std::uint16_t message, std::uint8_t number) noexcept {
  return std::ranges::any_of(fit_components(), [&](const fit_component& c) {
    return c.message == message && c.target == number && c.is_accumulated;
  });
}

// One counter per field that goes on from packed bits: that of the first component with the same target.
std::size_t accumulator_of(std::size_t component) noexcept {
  const auto all = fit_components();
  const fit_component& c = all[component];
  const auto found = std::find_if(all.begin(), all.end(), [&](const fit_component& other) {
    return other.message == c.message && other.target == c.target;
  });
  return static_cast<std::size_t>(found - all.begin());
}

}  // namespace

fit_decoder::fit_decoder(message_sink sink, on_bad_checksum checksum_policy)
    : sink_{std::move(sink)}, checksum_policy_{checksum_policy} {}

syncline::result<void> fit_decoder::feed(std::span<const std::uint8_t> bytes) {
  while (!is_stopped_) {
    if (partial_.empty() && bytes.size() >= wanted_) {
      const auto item = bytes.first(wanted_);
      bytes = bytes.subspan(wanted_);
      consume(item);
      continue;
    }
    const auto more = bytes.first(std::min(wanted_ - partial_.size(), bytes.size()));
    partial_.insert(partial_.end(), more.begin(), more.end());
    bytes = bytes.subspan(more.size());
    if (partial_.size() < wanted_) return {};
    whole_.swap(partial_);
    partial_.clear();
    consume(whole_);
  }
  if (error_) return *error_;
  return syncline::make_error(error_code::usage, syncline::phase::decode,
                              "a FIT decoder was fed after its finish; make a new one for another file");
}

syncline::result<void> fit_decoder::finish() {
  if (!is_stopped_) {
    const std::uint64_t end = position_ + partial_.size();
    if (expected_ == expected_item::header_size) {
      if (segment_ == 0) {
        fail(error_code::malformed, 0, "the file is empty, where a FIT file has a header of 12 or 14 bytes");
      }
    } else if (expected_ == expected_item::header) {
      fail(error_code::malformed, end,
           "the file ends inside its header of " + std::to_string(wanted_ + 1) + " bytes; it was cut off");
    } else {
      fail(error_code::malformed, end,
           "the file ends here, and its header announces data up to byte " + std::to_string(data_end_) +
               " and two bytes of checksum behind that; it was cut off or never finished");
    }
    is_stopped_ = true;
  }
  if (error_) return *error_;
  return {};
}

bool fit_decoder::consume(std::span<const std::uint8_t> item) {
  item_at_ = position_;
  position_ += item.size();
  if (expected_ != expected_item::checksum) checksum_ = fit_checksum(item, checksum_);
  switch (expected_) {
    case expected_item::header_size:
      segment_at_ = item_at_;
      if (item[0] != short_header && item[0] != long_header) {
        return fail(error_code::malformed, item_at_,
                    "a FIT file begins with the size of its header, 12 or 14, and here is " + std::to_string(item[0]) +
                        (segment_ == 0 ? "; this is another kind of file" : "; what follows the file is no FIT file"));
      }
      return expect(expected_item::header, item[0] - 1U);
    case expected_item::header: return take_header(item);
    case expected_item::message_header: return take_message_header(item[0]);
    case expected_item::definition: return take_definition(item);
    case expected_item::field_definitions: return take_field_definitions(item);
    case expected_item::developer_field_count:
      return item[0] == 0 ? expect_message() : expect(expected_item::developer_field_definitions, item[0] * 3U);
    case expected_item::developer_field_definitions: return take_developer_field_definitions(item);
    case expected_item::data: return take_data(item);
    case expected_item::checksum: return take_checksum(item);
    case expected_item::nothing: break;
  }
  return false;
}

bool fit_decoder::take_header(std::span<const std::uint8_t> item) {
  // The size byte was an item of its own, so every place in the header is one less here.
  const std::size_t header_size = item.size() + 1;
  if (!std::equal(item.begin() + 7, item.begin() + 11, ".FIT")) {
    return fail(error_code::malformed, segment_at_ + 8,
                "the header has no \".FIT\" where a FIT file has it; this is another kind of file");
  }
  if (const unsigned protocol = item[0] >> 4U; protocol > newest_protocol) {
    return fail(error_code::wrong_version, segment_at_ + 1,
                "the file is written in version " + std::to_string(protocol) +
                    " of the FIT protocol, and this program reads versions 1 and 2");
  }
  if (header_size == long_header) {
    const std::uint8_t size_byte = long_header;
    const std::uint16_t stored = u16(&item[11]);
    const std::uint16_t found = fit_checksum(item.first(11), fit_checksum({&size_byte, 1}));
    if (stored != 0 && stored != found &&
        !fail(error_code::checksum, segment_at_ + 12,
              "the header's checksum is " + hex(found) + " and the file says " + hex(stored) +
                  "; the header was changed on its way")) {
      return false;
    }
  }
  data_end_ = position_ + u32(&item[3]);
  definitions_ = {};
  accumulators_.assign(fit_components().size(), std::nullopt);
  last_timestamp_.reset();
  latest_description_.clear();
  return expect_message();
}

bool fit_decoder::take_message_header(std::uint8_t header) {
  message_at_ = item_at_;
  compressed_timestamp_.reset();
  if (header & compressed_bit) {
    local_ = header >> 5U & 0x3U;
    if (last_timestamp_) {
      // The header has the low five bits of a time that is less than 32 seconds after the last one.
      last_timestamp_ = *last_timestamp_ + ((header - *last_timestamp_) & 0x1FU);
      compressed_timestamp_ = last_timestamp_;
    }
    return expect_data();
  }
  local_ = header & 0xFU;
  if (!(header & definition_bit)) return expect_data();
  has_developer_fields_ = (header & developer_bit) != 0;
  return expect(expected_item::definition, 5);
}

bool fit_decoder::take_definition(std::span<const std::uint8_t> item) {
  definition& d = definitions_[local_];
  d.is_known = true;
  d.is_big_endian = item[1] != 0;
  d.global = u16(&item[2], d.is_big_endian);
  d.size = 0;
  d.fields.clear();
  if (item[4] != 0) return expect(expected_item::field_definitions, item[4] * 3U);
  return has_developer_fields_ ? expect(expected_item::developer_field_count, 1) : expect_message();
}

bool fit_decoder::take_field_definitions(std::span<const std::uint8_t> item) {
  definition& d = definitions_[local_];
  d.fields.reserve(item.size() / 3);
  for (std::size_t at = 0; at + 3 <= item.size(); at += 3) {
    field_definition f{};
    f.number = item[at];
    f.size = item[at + 1];
    f.base = fit_base_of(item[at + 2]);
    f.profile = find_fit_field(d.global, f.number);
    f.first_component = first_component_of(d.global, f.number);
    f.is_accumulated_target = is_accumulated_target_of(d.global, f.number);
    d.size += f.size;
    d.fields.push_back(f);
  }
  return has_developer_fields_ ? expect(expected_item::developer_field_count, 1) : expect_message();
}

bool fit_decoder::take_developer_field_definitions(std::span<const std::uint8_t> item) {
  definition& d = definitions_[local_];
  for (std::size_t at = 0; at + 3 <= item.size(); at += 3) {
    field_definition f{};
    f.number = item[at];
    f.size = item[at + 1];
    f.first_component = fit_components().size();
    if (const auto known = latest_description_.find(description_key(item[at + 2], f.number));
        known != latest_description_.end()) {
      f.description_index = known->second;
      f.description = &descriptions_[known->second];
      f.base = f.description->base;
    }
    f.is_skipped = f.description == nullptr;
    d.size += f.size;
    d.fields.push_back(f);
  }
  return expect_message();
}

bool fit_decoder::take_data(std::span<const std::uint8_t> item) {
  const definition& d = definitions_[local_];
  fields_.clear();
  used_expansions_ = 0;
  std::size_t at = 0;
  for (const field_definition& f : d.fields) {
    fit_field value{};
    value.number = f.number;
    value.base = f.base;
    value.is_big_endian = d.is_big_endian;
    value.bytes = item.subspan(at, f.size);
    value.profile = f.profile;
    value.description = f.description;
    value.description_index = f.description_index;
    at += f.size;
    if (f.is_skipped) continue;
    fields_.push_back(value);
    if (f.is_accumulated_target) note_accumulated(value);
    if (f.first_component < fit_components().size()) expand(f, value);
  }

  fit_message message{d.global, message_at_, segment_, compressed_timestamp_, fields_};
  if (const fit_field* own = message.find(fit_timestamp_field); own && own->base == fit_base::uint32) {
    if (const auto seconds = own->raw()) {
      message.timestamp = static_cast<std::uint32_t>(*seconds);
      last_timestamp_ = message.timestamp;
    }
  }
  if (d.global == fit_messages::field_description) describe(message);
  if (sink_) sink_(message);
  return expect_message();
}

bool fit_decoder::take_checksum(std::span<const std::uint8_t> item) {
  const std::uint16_t stored = u16(item.data());
  const std::uint16_t found = std::exchange(checksum_, std::uint16_t{0});
  ++segment_;
  if (stored != found && !fail(error_code::checksum, item_at_,
                               "the checksum of the file's bytes is " + hex(found) + " and the file says " +
                                   hex(stored) + "; it was changed on its way or never finished")) {
    return false;
  }
  return expect(expected_item::header_size, 1);
}

bool fit_decoder::expect(expected_item item, std::size_t size) {
  const bool is_inside_data = item >= expected_item::definition && item <= expected_item::data;
  if (is_inside_data && size > data_end_ - position_) {
    return fail(error_code::malformed, message_at_,
                "a message needs " + std::to_string(size) + " bytes from byte " + std::to_string(position_) +
                    " on, and the header says that the data ends at byte " + std::to_string(data_end_));
  }
  expected_ = item;
  wanted_ = size;
  return true;
}

bool fit_decoder::expect_message() {
  return position_ < data_end_ ? expect(expected_item::message_header, 1) : expect(expected_item::checksum, 2);
}

bool fit_decoder::expect_data() {
  const definition& d = definitions_[local_];
  if (!d.is_known) {
    return fail(error_code::malformed, message_at_,
                "a data message is of local type " + std::to_string(local_) +
                    ", and no definition before it says what that is");
  }
  return d.size > 0 ? expect(expected_item::data, d.size) : take_data({});
}

void fit_decoder::note_accumulated(const fit_field& value) {
  const auto all = fit_components();
  const std::size_t count = value.size();
  const auto stated = count > 0 ? value.value(count - 1) : std::nullopt;
  if (!stated || !value.profile) return;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].message != value.profile->message || all[i].target != value.number || !all[i].is_accumulated) continue;
    const double counted = *stated * all[i].scale;
    if (counted >= 0 && counted < 4294967296.0) {
      accumulators_[accumulator_of(i)] = static_cast<std::uint32_t>(counted);
    }
    return;
  }
}

void fit_decoder::expand(const field_definition& field, const fit_field& value) {
  const auto all = fit_components();
  if (!value.raw() || size_of(value.base) != 1) return;
  const std::size_t bits = value.bytes.size() * 8;
  std::size_t at = 0;
  for (std::size_t i = field.first_component; i < all.size(); ++i) {
    const fit_component& c = all[i];
    if (c.message != all[field.first_component].message || c.number != field.number || at + c.bits > bits) break;
    std::uint32_t packed = 0;
    for (unsigned bit = 0; bit < c.bits; ++bit, ++at) {
      packed |= (static_cast<std::uint32_t>(value.bytes[at / 8]) >> (at % 8) & 1U) << bit;
    }
    if (c.is_accumulated) {
      auto& counter = accumulators_[accumulator_of(i)];
      const std::uint32_t mask = (1U << c.bits) - 1U;
      counter = counter ? *counter + ((packed - *counter) & mask) : packed;
      packed = *counter;
    }
    const double number = packed / c.scale;
    const bool is_next_of_array = at > c.bits && !fields_.back().expanded.empty() && fields_.back().number == c.target;
    if (!is_next_of_array) {
      if (expansions_.size() == used_expansions_) expansions_.emplace_back();
      expansions_[used_expansions_++].clear();
      fit_field expanded{};
      expanded.number = c.target;
      expanded.profile = find_fit_field(c.message, c.target);
      fields_.push_back(expanded);
    }
    std::vector<double>& values = expansions_[used_expansions_ - 1];
    values.push_back(number);
    fields_.back().expanded = values;
  }
}

void fit_decoder::describe(const fit_message& message) {
  const auto index = small(message, 0), number = small(message, 1), base = small(message, 2);
  if (!index || !number || !base || descriptions_.size() >= max_descriptions) return;
  // The latest description wins, as writers describe a number anew to change what it means.
  latest_description_[description_key(*index, *number)] = descriptions_.size();
  descriptions_.push_back({*index, *number, fit_base_of(*base), std::string{message.text(3)},
                           std::string{message.text(8)}, small(message, 15)});
}

// False ends the decoding. The first error is kept, as those behind it mostly follow from it.
bool fit_decoder::fail(error_code code, std::uint64_t at, const std::string& sentence) {
  if (!error_) {
    error_ = syncline::make_error(code, syncline::phase::decode, "FIT, byte " + std::to_string(at) + ": " + sentence);
  }
  if (code == error_code::checksum && checksum_policy_ == on_bad_checksum::go_on) return true;
  is_stopped_ = true;
  expected_ = expected_item::nothing;
  return false;
}

}  // namespace stride
