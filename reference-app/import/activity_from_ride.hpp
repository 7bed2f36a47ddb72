// SPDX-License-Identifier: BSL-1.0
#pragma once
// From what an importer read to the record and the series that are kept, and from the series back to the points.

#include <syncline/change/edit.hpp>

#include "domain/activity.hpp"
#include "domain/metrics.hpp"
#include "domain/ride.hpp"
#include "domain/samples.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace stride {

/// A draft for `create`, whose manifests are still empty, and the samples that they will name.
struct imported_activity {
  activity record{};
  activity_series series{};
};

/// Makes an activity of a ride.
///
/// \param id   for a file: `imported_id`
/// \param who  the athlete as of now; kept in the record's snapshots
/// \param now  becomes `created_at`
///
/// The objective fields are proposals: the metrics of the points; a total that the points do not give is the source's
/// own, unless that is 0. The name is made of the time of day where the ride began, by the sun, and its sport.
/// Guarantee: points_of(series, bare_points) == from.points, so that the hub computes the same metrics, bit for bit.
/// Not kept: `ride::extras`, and the laps' totals that `lap` has no field for.
imported_activity activity_from_ride(const ride& from, std::string id, const athlete& who, syncline::timestamp now);

/// The id of the activity of one session of a file: the file's digest in hexadecimal, and the session's place, from 1.
/// The same file gives the same ids, on every device, so that what is imported twice is one record.
std::string imported_id(const syncline::chunk_digest& content, std::size_t session);

/// The points' values as one series per channel.
activity_series series_of(const std::vector<ride_point>& points);

/// The points that are in no series.
std::vector<bare_point> bare_points_of(const std::vector<ride_point>& points);

/// The points that the series were made of: samples with the same `point` become one.
///
/// Guarantee: points_of(series_of(p), bare_points_of(p)) == p, whatever the clock did, if each point has both
/// coordinates or neither. Any other series, too, give some points: never more than they have samples. Complexity:
/// O(samples).
std::vector<ride_point> points_of(const activity_series& series, const std::vector<bare_point>& bare);

/// The athlete as of the activity: what its metrics are computed with.
athlete athlete_of(const activity& a);

/// Writes the metrics that there are; the others stay as they are. What the hub does when all series have arrived:
/// `put_metrics(edit, compute_metrics(points_of(series, *a.bare_points), athlete_of(a)))`.
void put_metrics(syncline::editor<syncline::role::server, activity>& edit, const ride_metrics& metrics);

}  // namespace stride
