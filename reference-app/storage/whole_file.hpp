// SPDX-License-Identifier: BSL-1.0
#pragma once
// Small files that are there whole or not at all, also after a power cut.

#include <syncline/core/result.hpp>

#include <filesystem>
#include <string_view>

namespace stride {

/// Makes a file that holds `text`, readable by its owner only, and waits until the disk has it.
///
/// On failure: `store_failed`, also where there is a file of this name; what was begun is removed.
syncline::result<void> write_whole(const std::filesystem::path& file, std::string_view text);

/// Puts `text` in place of the file, or makes it: a reader finds the old text or the new one, after a power cut, too.
///
/// On failure: `store_failed`, and the file is as it was.
syncline::result<void> replace_whole(const std::filesystem::path& file, std::string_view text);

}  // namespace stride
