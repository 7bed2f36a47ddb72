// SPDX-License-Identifier: BSL-1.0
#pragma once
// Foreign keys as the outbox sees them: what has to be at the hub before the record that names it.

#include <syncline/queue/outbox_item.hpp>
#include <syncline/wire/encode.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stride {

/// Adds the record of `table` that a foreign key names, if it names one.
inline void add_reference(std::vector<syncline::record_reference>& all, std::string_view table, const std::optional<std::string>& id) {
  if (id) all.push_back({std::string(table), {syncline::encode(*id)}});
}

}  // namespace stride
