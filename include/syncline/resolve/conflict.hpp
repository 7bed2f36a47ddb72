// SPDX-License-Identifier: BSL-1.0
#pragma once
// The conflict log as records: what did not stand, against what, by which rule.

#include <syncline/change/stamp.hpp>
#include <syncline/record/field.hpp>
#include <syncline/record/schema.hpp>
#include <syncline/resolve/decide.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace syncline {

/// A value that did not stand, and the one that stands in its place. Times are `hybrid_time` ticks.
struct superseded {
  std::string field{};  ///< its name; empty where it is a deletion that did not stand
  rule why{};
  blob kept{};  ///< the value that stands, as `encode` writes it; nothing where the record is deleted
  std::string kept_by{};
  std::uint64_t kept_at{};  ///< as the hub stored it
  blob dropped{};  ///< the other value; of a `merge` field of a deleted record its edit
  std::string dropped_by{};
  std::uint64_t dropped_at{};  ///< by its writer's clock

  friend bool operator==(const superseded&, const superseded&) = default;
};

/// One decision about one record in which something did not stand. An app that lists `conflict` among its record types
/// has its log in every replica, and can take a decision back from any of them: `replica::undo`.
///
/// \snippet examples/conflicts.cpp log
/// \see MERGE-7, MERGE-8, MERGE-9, PROTOCOL 21
struct conflict {
  static constexpr record_info sync{.table = "conflicts"};

  key<std::string> id{};
  once<std::string> table{};
  once<blob> record{};  ///< its key, as `encode` writes it
  once<std::uint32_t> version{};  ///< of the table, by which fields and values are to be read
  once<timestamp> decided_at{};
  once<std::string> decided_by{};  ///< the hub, or the device that resolved what it had pending
  lww<std::vector<superseded>> values{};  ///< a device corrects when its own writes were stored
  once<std::string> undoes{};  ///< the entry that this one takes back, if it is an undo
  lww<std::string> settled_by{};    ///< the device where a person found it right as it is
  lww<std::string> requested_by{};  ///< the device where a person asked the server to take it back
  server<std::optional<bool>> granted{};  ///< what the server said to that
};

/// What an undo did.
struct undo_report {
  std::vector<std::string> restored{};       ///< fields that have the value again that had not stood
  std::vector<std::string> changed_since{};  ///< fields that somebody wrote after the decision: they stay
  std::vector<std::string> asked{};          ///< fields of the server, which was asked to take the decision back
};

/// The entry that takes back the one called `id`.
inline std::string undo_of(const std::string& id) { return id + ".undo"; }

/// The entry of what the server took back of the one called `id`.
inline std::string granted_of(const std::string& id) { return id + ".granted"; }

/// Whether the server still has to say what becomes of a request.
inline bool is_requested(const conflict& entry) { return !entry.requested_by->empty() && !entry.granted->has_value(); }

/// Whether a person still has to say what becomes of the record: it was deleted and changed, and its policy is `manual`.
inline bool is_open(const conflict& entry) {
  return entry.settled_by->empty() && !entry.values->empty() && entry.values->front().why == rule::undecided;
}

/// Whether the decision is that the record became an alias of another (`kept` is that one's key), or stands for itself
/// again. It is the hub that takes it back, for whoever asks. \see PROTOCOL 22
template <class R>
bool is_about_alias(const conflict& entry) {
  return !entry.values->empty() && entry.values->front().field == schema<R>::names[schema<R>::key_index];
}

/// Whether an app keeps its conflict log as records.
template <class... Records>
inline constexpr bool logs_conflicts = (std::is_same_v<Records, conflict> || ...);

}  // namespace syncline
