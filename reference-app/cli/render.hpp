// SPDX-License-Identifier: BSL-1.0
#pragma once
// What the commands print: one JSON document, or text for people.

#include "device/device.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace stride {

/// How a command's outcome is written.
enum class output : std::uint8_t { text, json };

std::string render(output as, const device_config& config);
std::string render(output as, const std::vector<import_outcome>& outcomes);
std::string render(output as, const std::vector<record_view>& records);
std::string render(output as, const record_view& record);
std::string render(output as, const shown_record& shown);
std::string render(output as, const sync_outcome& outcome);
std::string render(output as, const verify_outcome& outcome);
std::string render(output as, const status_view& status);
std::string render(output as, const why_view& why);
std::string render(output as, const std::vector<conflict_view>& entries);
std::string render(output as, const undo_view& outcome);
/// What stands on standard output, with --json, where a command failed.
std::string render_error(std::string_view sentence);
/// `as_csv` takes the place of the text form.
std::string render(output as, const stream_points& points, bool as_csv);

}  // namespace stride
