// SPDX-License-Identifier: BSL-1.0
#pragma once
// The record of every policy again, its policies declared elsewhere than at its fields: it has to come out the same.

#include "records.hpp"

#include <syncline/record.hpp>

namespace vendor {

/// A struct that knows nothing of this library but its handle on a series.
struct workout {
  std::string id{};
  std::string started_at{};
  std::optional<std::int32_t> distance_m{};
  std::string feeling{};
  std::int64_t target{};
  double weight_kg{};
  std::int32_t laps{};
  std::set<std::string> tags{};
  std::string note{};
  syncline::manifest heart_rate{};
};

}  // namespace vendor

template <>
struct syncline::policies_of<vendor::workout> {
  static constexpr record_info sync{.table = "workouts", .version = 3};

  policy::chunked<laws::sample> heart_rate;  // in any order
  policy::key id;
  policy::once started_at;
  policy::server distance_m;
  policy::client feeling;
  policy::lww target;
  policy::merge<counter> laps;
  policy::merge<set_edits> tags;
  policy::merge<laws::keep_longer> note;
};

namespace laws {

/// Most of it is the server's, and says so once; one field's default is spelled out.
struct ranking {
  static constexpr syncline::record_info sync{.table = "rankings"};
  using default_policy = syncline::policy::server;

  syncline::key<std::uint32_t> id{};
  std::int32_t place{};
  std::optional<double> points{};
  syncline::client<std::string> nickname{};
  std::string league{};
  syncline::merge<std::int32_t, syncline::counter> cheers{};
};

/// The same, spelled out.
struct ranking_in_full {
  static constexpr syncline::record_info sync{.table = "rankings"};

  syncline::key<std::uint32_t> id{};
  syncline::server<std::int32_t> place{};
  syncline::server<std::optional<double>> points{};
  syncline::client<std::string> nickname{};
  syncline::server<std::string> league{};
  syncline::merge<std::int32_t, syncline::counter> cheers{};
};

}  // namespace laws

namespace vendor {

struct counts {
  std::uint32_t id{};
  std::int64_t steps{};
  std::int64_t stairs{};
  std::string device{};
};

/// The same, in a record of one's own.
struct counts_in_full {
  static constexpr syncline::record_info sync{.table = "counts"};

  syncline::key<std::uint32_t> id{};
  syncline::merge<std::int64_t, syncline::counter> steps{};
  syncline::merge<std::int64_t, syncline::counter> stairs{};
  syncline::lww<std::string> device{};
};

}  // namespace vendor

template <>
struct syncline::policies_of<vendor::counts> {
  static constexpr record_info sync{.table = "counts"};
  using default_policy = policy::merge<counter>;

  policy::key id;
  policy::lww device;
};
