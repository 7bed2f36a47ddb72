// SPDX-License-Identifier: BSL-1.0
#include "storage/whole_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace stride {

using syncline::error_code;
using syncline::phase;
using syncline::result;

namespace {

syncline::error could_not_write(const std::filesystem::path& file, const std::error_code& why) {
  return make_error(error_code::store_failed, phase::local,
                    "could not write " + file.string() + ": " + why.message() +
                        "; check the folder's permissions, and whether the disk is full");
}

// So that a name that was made in it stays.
void sync_folder(const std::filesystem::path& folder) {
  const int open = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (open < 0) return;
  static_cast<void>(::fsync(open));  // which not every file system does of a folder
  ::close(open);
}

}  // namespace

result<void> write_whole(const std::filesystem::path& file, std::string_view text) {
  const int out = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (out < 0) return could_not_write(file, {errno, std::generic_category()});
  const ssize_t size = ::write(out, text.data(), text.size());
  const bool is_cut = size >= 0 && static_cast<std::size_t>(size) < text.size();  // as where the disk has no more room
  const bool wrote = size >= 0 && !is_cut && ::fsync(out) == 0;
  const std::error_code why{is_cut ? ENOSPC : errno, std::generic_category()};
  ::close(out);
  if (wrote) return {};
  std::error_code ignored;
  std::filesystem::remove(file, ignored);
  return could_not_write(file, why);
}

result<void> replace_whole(const std::filesystem::path& file, std::string_view text) {
  const std::filesystem::path beside = file.string() + ".new-" + std::to_string(::getpid());
  std::error_code failed;
  std::filesystem::remove(beside, failed);  // which one of this number left that died
  if (auto written = write_whole(beside, text); !written) return written;
  std::filesystem::rename(beside, file, failed);
  if (failed) {
    std::error_code ignored;
    std::filesystem::remove(beside, ignored);
    return could_not_write(file, failed);
  }
  sync_folder(file.parent_path());
  return {};
}

}  // namespace stride
