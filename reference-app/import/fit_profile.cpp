// SPDX-License-Identifier: BSL-1.0
// The tables behind fit_profile.hpp, after the public FIT profile, cut down to what this app reads.

#include "import/fit_profile.hpp"

#include <algorithm>
#include <array>
#include <tuple>

namespace stride {
namespace {

using namespace fit_messages;

constexpr std::array fields{
    fit_field_profile{file_id, 0, "type", ""},
    fit_field_profile{file_id, 1, "manufacturer", ""},
    fit_field_profile{file_id, 2, "product", ""},
    fit_field_profile{file_id, 3, "serial_number", ""},
    fit_field_profile{file_id, 4, "time_created", "s"},
    fit_field_profile{file_id, 8, "product_name", ""},
    fit_field_profile{sport, 0, "sport", ""},
    fit_field_profile{sport, 1, "sub_sport", ""},
    fit_field_profile{session, 2, "start_time", "s"},
    fit_field_profile{session, 5, "sport", ""},
    fit_field_profile{session, 6, "sub_sport", ""},
    fit_field_profile{session, 7, "total_elapsed_time", "s", 1000},
    fit_field_profile{session, 8, "total_timer_time", "s", 1000},
    fit_field_profile{session, 9, "total_distance", "m", 100},
    fit_field_profile{session, 11, "total_calories", "kcal"},
    fit_field_profile{session, 14, "avg_speed", "m/s", 1000},
    fit_field_profile{session, 15, "max_speed", "m/s", 1000},
    fit_field_profile{session, 16, "avg_heart_rate", "bpm"},
    fit_field_profile{session, 17, "max_heart_rate", "bpm"},
    fit_field_profile{session, 18, "avg_cadence", "rpm"},
    fit_field_profile{session, 19, "max_cadence", "rpm"},
    fit_field_profile{session, 20, "avg_power", "W"},
    fit_field_profile{session, 21, "max_power", "W"},
    fit_field_profile{session, 22, "total_ascent", "m"},
    fit_field_profile{session, 23, "total_descent", "m"},
    fit_field_profile{session, 25, "first_lap_index", ""},
    fit_field_profile{session, 26, "num_laps", ""},
    fit_field_profile{session, 34, "normalized_power", "W"},
    fit_field_profile{session, 124, "enhanced_avg_speed", "m/s", 1000},
    fit_field_profile{session, 125, "enhanced_max_speed", "m/s", 1000},
    fit_field_profile{lap, 2, "start_time", "s"},
    fit_field_profile{lap, 7, "total_elapsed_time", "s", 1000},
    fit_field_profile{lap, 8, "total_timer_time", "s", 1000},
    fit_field_profile{lap, 9, "total_distance", "m", 100},
    fit_field_profile{lap, 11, "total_calories", "kcal"},
    fit_field_profile{lap, 13, "avg_speed", "m/s", 1000},
    fit_field_profile{lap, 14, "max_speed", "m/s", 1000},
    fit_field_profile{lap, 15, "avg_heart_rate", "bpm"},
    fit_field_profile{lap, 16, "max_heart_rate", "bpm"},
    fit_field_profile{lap, 17, "avg_cadence", "rpm"},
    fit_field_profile{lap, 18, "max_cadence", "rpm"},
    fit_field_profile{lap, 19, "avg_power", "W"},
    fit_field_profile{lap, 20, "max_power", "W"},
    fit_field_profile{lap, 21, "total_ascent", "m"},
    fit_field_profile{lap, 22, "total_descent", "m"},
    fit_field_profile{lap, 25, "sport", ""},
    fit_field_profile{lap, 33, "normalized_power", "W"},
    fit_field_profile{lap, 110, "enhanced_avg_speed", "m/s", 1000},
    fit_field_profile{lap, 111, "enhanced_max_speed", "m/s", 1000},
    fit_field_profile{record, 0, "position_lat", "semicircles"},
    fit_field_profile{record, 1, "position_long", "semicircles"},
    fit_field_profile{record, 2, "altitude", "m", 5, 500},
    fit_field_profile{record, 3, "heart_rate", "bpm"},
    fit_field_profile{record, 4, "cadence", "rpm"},
    fit_field_profile{record, 5, "distance", "m", 100},
    fit_field_profile{record, 6, "speed", "m/s", 1000},
    fit_field_profile{record, 7, "power", "W"},
    fit_field_profile{record, 8, "compressed_speed_distance", ""},
    fit_field_profile{record, 9, "grade", "%", 100},
    fit_field_profile{record, 13, "temperature", "C"},
    fit_field_profile{record, 30, "left_right_balance", ""},
    fit_field_profile{record, 39, "vertical_oscillation", "mm", 10},
    fit_field_profile{record, 41, "stance_time", "ms", 10},
    fit_field_profile{record, 53, "fractional_cadence", "rpm", 128},
    fit_field_profile{record, 73, "enhanced_speed", "m/s", 1000},
    fit_field_profile{record, 78, "enhanced_altitude", "m", 5, 500},
    fit_field_profile{record, 99, "respiration_rate", "breaths/min"},
    fit_field_profile{record, 108, "enhanced_respiration_rate", "breaths/min", 100},
    fit_field_profile{event, 0, "event", ""},
    fit_field_profile{event, 1, "event_type", ""},
    fit_field_profile{device_info, 0, "device_index", ""},
    fit_field_profile{device_info, 2, "manufacturer", ""},
    fit_field_profile{device_info, 4, "product", ""},
    fit_field_profile{device_info, 27, "product_name", ""},
    fit_field_profile{hrv, 0, "time", "s", 1000},
    fit_field_profile{hr, 0, "fractional_timestamp", "s", 32768},
    fit_field_profile{hr, 6, "filtered_bpm", "bpm"},
    fit_field_profile{hr, 9, "event_timestamp", "s", 1024},
    fit_field_profile{hr, 10, "event_timestamp_12", "s"},
    fit_field_profile{field_description, 0, "developer_data_index", ""},
    fit_field_profile{field_description, 1, "field_definition_number", ""},
    fit_field_profile{field_description, 2, "fit_base_type_id", ""},
    fit_field_profile{field_description, 3, "field_name", ""},
    fit_field_profile{field_description, 8, "units", ""},
    fit_field_profile{field_description, 15, "native_field_num", ""},
};

constexpr auto key_of(const fit_field_profile& f) { return std::tuple{f.message, f.number}; }

static_assert(std::is_sorted(fields.begin(), fields.end(),
                             [](const auto& a, const auto& b) { return key_of(a) < key_of(b); }),
              "find_fit_field searches this table by bisection");

constexpr fit_component event_timestamp_bits{hr, 10, 9, 12, 1024, true};

constexpr std::array components{
    fit_component{record, 8, 6, 12, 100, false},
    fit_component{record, 8, 5, 12, 16, true},
    event_timestamp_bits,
    event_timestamp_bits,
    event_timestamp_bits,
    event_timestamp_bits,
    event_timestamp_bits,
    event_timestamp_bits,
    event_timestamp_bits,
    event_timestamp_bits,
    event_timestamp_bits,
    event_timestamp_bits,
};

struct named {
  std::uint16_t number;
  std::string_view name;
};

template <std::size_t N>
constexpr std::string_view name_of(const std::array<named, N>& table, std::uint16_t number,
                                   std::string_view fallback) noexcept {
  for (const auto& entry : table) {
    if (entry.number == number) return entry.name;
  }
  return fallback;
}

constexpr std::array sports{
    named{0, "generic"},
    named{1, "running"},
    named{2, "cycling"},
    named{3, "transition"},
    named{4, "fitness_equipment"},
    named{5, "swimming"},
    named{6, "basketball"},
    named{7, "soccer"},
    named{8, "tennis"},
    named{9, "american_football"},
    named{10, "training"},
    named{11, "walking"},
    named{12, "cross_country_skiing"},
    named{13, "alpine_skiing"},
    named{14, "snowboarding"},
    named{15, "rowing"},
    named{16, "mountaineering"},
    named{17, "hiking"},
    named{18, "multisport"},
    named{19, "paddling"},
    named{20, "flying"},
    named{21, "e_biking"},
    named{22, "motorcycling"},
    named{23, "boating"},
    named{24, "driving"},
    named{25, "golf"},
    named{26, "hang_gliding"},
    named{27, "horseback_riding"},
    named{28, "hunting"},
    named{29, "fishing"},
    named{30, "inline_skating"},
    named{31, "rock_climbing"},
    named{32, "sailing"},
    named{33, "ice_skating"},
    named{34, "sky_diving"},
    named{35, "snowshoeing"},
    named{36, "snowmobiling"},
    named{37, "stand_up_paddleboarding"},
    named{38, "surfing"},
    named{39, "wakeboarding"},
    named{40, "water_skiing"},
    named{41, "kayaking"},
    named{42, "rafting"},
    named{43, "windsurfing"},
    named{44, "kitesurfing"},
    named{45, "tactical"},
    named{46, "jumpmaster"},
    named{47, "boxing"},
    named{48, "floor_climbing"},
    named{53, "diving"},
    named{62, "hiit"},
    named{64, "racket"},
    named{65, "wheelchair_push_walk"},
    named{66, "wheelchair_push_run"},
    named{67, "meditation"},
};

constexpr std::array manufacturers{
    named{1, "Garmin"},
    named{6, "SRM"},
    named{7, "Quarq"},
    named{9, "Saris"},
    named{15, "Dynastream"},
    named{23, "Suunto"},
    named{32, "Wahoo Fitness"},
    named{40, "Concept2"},
    named{41, "Shimano"},
    named{48, "Pioneer"},
    named{63, "Specialized"},
    named{69, "Stages Cycling"},
    named{70, "Sigma Sport"},
    named{86, "Elite"},
    named{87, "Nielsen-Kellerman"},
    named{89, "Tacx"},
    named{95, "Stryd"},
    named{123, "Polar"},
    named{258, "Lezyne"},
    named{260, "Zwift"},
    named{263, "Favero Electronics"},
    named{265, "Strava"},
    named{267, "Bryton"},
    named{268, "SRAM"},
    named{281, "TrainerRoad"},
    named{282, "The Sufferfest"},
    named{289, "Hammerhead"},
    named{294, "COROS"},
    named{307, "OneLap"},
};

constexpr std::array garmin_products{
    named{717, "Forerunner 405"},
    named{988, "Forerunner 60"},
    named{1018, "Forerunner 310XT"},
    named{1036, "Edge 500"},
    named{1124, "Forerunner 110"},
    named{1169, "Edge 800"},
    named{1325, "Edge 200"},
    named{1328, "Forerunner 910XT"},
    named{1345, "Forerunner 610"},
    named{1499, "Swim"},
    named{1551, "fenix"},
    named{1561, "Edge 510"},
    named{1567, "Edge 810"},
    named{1623, "Forerunner 620"},
    named{1632, "Forerunner 220"},
    named{1765, "Forerunner 920XT"},
    named{1836, "Edge 1000"},
    named{1967, "fenix 2"},
    named{2050, "fenix 3"},
    named{2067, "Edge 520"},
    named{2158, "Forerunner 735XT"},
    named{2337, "vivoactive HR"},
    named{2530, "Edge 820"},
    named{2691, "Forerunner 935"},
    named{2697, "fenix 5"},
    named{2713, "Edge 1030"},
    named{3121, "Edge 530"},
    named{3122, "Edge 830"},
};

constexpr std::array file_kinds{
    named{1, "a device description"},
    named{2, "settings"},
    named{3, "a sport's settings"},
    named{4, "an activity"},
    named{5, "a workout"},
    named{6, "a course"},
    named{7, "schedules"},
    named{9, "weight readings"},
    named{10, "totals"},
    named{11, "goals"},
    named{14, "blood pressure readings"},
    named{15, "monitoring data"},
    named{20, "an activity summary"},
    named{28, "daily monitoring data"},
    named{32, "monitoring data"},
    named{34, "a segment"},
    named{35, "a list of segments"},
};

}  // namespace

fit_base fit_base_of(std::uint8_t code) noexcept {
  constexpr std::array by_low_bits{
      fit_base::enumeration, fit_base::sint8,   fit_base::uint8,   fit_base::sint16,  fit_base::uint16,
      fit_base::sint32,      fit_base::uint32,  fit_base::text,    fit_base::float32, fit_base::float64,
      fit_base::uint8z,      fit_base::uint16z, fit_base::uint32z, fit_base::byte,    fit_base::sint64,
      fit_base::uint64,      fit_base::uint64z,
  };
  const std::size_t index = code & 0x1FU;
  return index < by_low_bits.size() ? by_low_bits[index] : fit_base::byte;
}

const fit_field_profile* find_fit_field(std::uint16_t message, std::uint8_t number) noexcept {
  const auto key = std::tuple{message, number};
  const auto found = std::lower_bound(fields.begin(), fields.end(), key,
                                      [](const fit_field_profile& f, const auto& k) { return key_of(f) < k; });
  return found != fields.end() && key_of(*found) == key ? &*found : nullptr;
}

std::span<const fit_component> fit_components() noexcept { return components; }

std::string_view fit_sport_name(std::uint8_t sport_number) noexcept { return name_of(sports, sport_number, "generic"); }

std::uint8_t fit_sport_number(std::string_view name) noexcept {
  for (const auto& entry : sports) {
    if (entry.name == name) return static_cast<std::uint8_t>(entry.number);
  }
  return 0;
}

std::string_view fit_manufacturer_name(std::uint16_t manufacturer) noexcept {
  return name_of(manufacturers, manufacturer, {});
}

std::string_view fit_garmin_product_name(std::uint16_t product) noexcept {
  return name_of(garmin_products, product, {});
}

std::string_view fit_file_kind(std::uint8_t type) noexcept {
  return name_of(file_kinds, type, "data of an unknown kind");
}

}  // namespace stride
