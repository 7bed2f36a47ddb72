// SPDX-License-Identifier: BSL-1.0
#pragma once
// The conflict log as people see it.

#include <syncline/record/value_kind.hpp>
#include <syncline/resolve/conflict.hpp>

#include <optional>
#include <string>
#include <vector>

namespace stride {

/// A value that did not stand, and the one that stands. Both are JSON.
struct superseded_view {
  std::string field{};  ///< empty where it is a deletion that did not stand
  std::string rule{};
  std::string kept{};
  std::string kept_by{};
  std::optional<syncline::timestamp> kept_at{};
  std::string dropped{};
  std::string dropped_by{};
  std::optional<syncline::timestamp> dropped_at{};
};

/// An entry of the conflict log: one decision about one record.
struct conflict_view {
  std::string id{};
  std::string table{};
  std::string record{};
  syncline::timestamp decided_at{};
  std::string decided_by{};
  bool open = false;    ///< a person has to say whether the record is to stay
  bool undone = false;  ///< it was taken back
  std::string undoes{};  ///< the entry that this one takes back
  std::string settled_by{};
  std::string requested_by{};
  std::optional<bool> granted{};  ///< what the server said to that; nothing while it has not answered
  std::vector<superseded_view> values{};
};

/// What became of an entry.
struct undo_view {
  std::string entry{};
  std::string outcome{};  ///< undone, asked, kept, merged or skipped; at the hub granted or declined
  std::vector<std::string> restored{};
  std::vector<std::string> changed_since{};
  std::vector<std::string> asked{};  ///< fields of the server
};

conflict_view view_of_entry(const syncline::conflict& entry, bool is_undone);

}  // namespace stride
