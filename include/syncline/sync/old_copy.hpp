// SPDX-License-Identifier: BSL-1.0
#pragma once
// What is said where a data folder, or the hub's, is an old copy.

#include <syncline/core/error.hpp>

#include <cstdint>
#include <string>

namespace syncline {

/// The hub has envelope `applied` of a data folder that knows only `known`: it was restored. \see PROTOCOL 1, 25
inline error old_copy(std::uint64_t applied, std::uint64_t known) {
  return make_error(error_code::forked, phase::upload,
                    "the hub has envelope " + std::to_string(applied) + " of this data folder, which knows only " +
                        std::to_string(known) + ": the folder is an old copy, and nothing was sent; make a new folder and sync it");
}

/// The hub answered envelope `answered`, and does not know it any more: it was restored. \see PROTOCOL 24
inline error forgotten_by_hub(std::uint64_t answered) {
  return make_error(error_code::wrong_version, phase::upload,
                    "the hub has forgotten envelope " + std::to_string(answered) +
                        ": it was restored from an older copy; nothing is sent until it is repaired");
}

}  // namespace syncline
