// SPDX-License-Identifier: BSL-1.0
// From a file to activities with their series, each in one local transaction.

#include "device/device_parts.hpp"
#include "import/activity_from_ride.hpp"
#include "import/fit.hpp"

#include <syncline/stream/split.hpp>
#include <syncline/wire/checksum.hpp>

#include <fstream>

namespace stride {

namespace {

using syncline::error_code;
using syncline::phase;
using syncline::result;
using syncline::the;

result<std::string> read_file(const std::filesystem::path& file) {
  std::error_code failed;
  if (std::filesystem::is_directory(file, failed)) {
    return make_error(error_code::invalid_value, phase::local, file.string() + " is a folder: name the files in it");
  }
  std::ifstream in(file, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  if (!in && bytes.empty()) {
    return make_error(error_code::not_found, phase::local, "could not read " + file.string() + ": is the name right?");
  }
  return bytes;
}

template <auto Member>
void cut(activity& record, std::vector<std::string>& chunks, const auto& samples) {
  auto made = syncline::split(the<Member>, samples);
  (record.*Member).value = std::move(made.parts);
  for (auto& chunk : made.chunks) chunks.push_back(std::move(chunk.bytes));
}

std::vector<std::string> cut_series(imported_activity& from) {
  std::vector<std::string> chunks;
  activity& record = from.record;
  cut<&activity::position_series>(record, chunks, from.series.position);
  cut<&activity::altitude_series>(record, chunks, from.series.altitude_m);
  cut<&activity::heart_rate_series>(record, chunks, from.series.heart_rate_bpm);
  cut<&activity::cadence_series>(record, chunks, from.series.cadence_rpm);
  cut<&activity::power_series>(record, chunks, from.series.power_w);
  cut<&activity::speed_series>(record, chunks, from.series.speed_mps);
  cut<&activity::distance_series>(record, chunks, from.series.distance_m);
  cut<&activity::temperature_series>(record, chunks, from.series.temperature_c);
  return chunks;
}

result<athlete> athlete_now(device_replica& replica, const std::string& user_id) {
  auto found = replica.find<user>(user_id);
  if (!found) return found.error();
  athlete who;
  if (*found) {
    who.weight_kg = *(*found)->weight_kg;
    who.ftp_w = *(*found)->ftp_w;
  }
  return who;
}

}  // namespace

std::vector<import_outcome> device::import(const std::filesystem::path& file) {
  const auto failed = [&](std::string why) {
    return std::vector<import_outcome>{{file.string(), {}, "failed", 0, std::move(why)}};
  };
  auto bytes = read_file(file);
  if (!bytes) return failed(bytes.error().message);
  const std::span<const std::uint8_t> raw(reinterpret_cast<const std::uint8_t*>(bytes->data()), bytes->size());
  if (!looks_like_fit(raw)) {
    return failed(file.string() + " is no FIT file, the only kind that this version imports");
  }
  fit_salvage read = salvage_fit(raw);
  const bool whole = !read.broken;
  if (read.rides.empty()) {
    return failed(file.string() + ": " + (whole ? "no activity is in it" : read.broken->message));
  }
  auto who = athlete_now(*parts_->replica, config().user);
  if (!who) return failed(who.error().message);

  std::vector<import_outcome> outcomes;
  const syncline::chunk_digest digest = syncline::digest_of(*bytes);
  for (std::size_t i = 0; i < read.rides.size(); ++i) {
    import_outcome outcome{file.string(), imported_id(digest, i + 1), {}, read.rides[i].points.size(), {}};
    imported_activity made = activity_from_ride(read.rides[i], outcome.id, *who, now());
    const std::vector<std::string> chunks = cut_series(made);
    if (auto created = parts_->replica->create(made.record, now(), chunks); created) {
      outcome.status = whole ? "imported" : "salvaged";
      if (!whole) outcome.error = read.broken->message;
    } else if (created.error().code == error_code::already_exists) {
      outcome.status = "duplicate";
    } else {
      outcome.status = "failed";
      outcome.error = created.error().message;
    }
    outcomes.push_back(std::move(outcome));
  }
  return outcomes;
}

}  // namespace stride
