// SPDX-License-Identifier: BSL-1.0
#pragma once
// Disks that fail, fill up and lose what was not synced, and machines that die, at whichever operation a test names.

#include <cstdint>
#include <filesystem>
#include <memory>

namespace crash {

/// What befalls a machine at an operation of its disk.
enum class fault : std::uint8_t {
  kill,       ///< its process ends there; of a write the first part may have been done
  power_cut,  ///< the machine stops there; of what was not synced, any part may be gone
  disk_full,  ///< no file grows, and none is made
  io_error,   ///< the disk fails
};

/// When, how often, and what chance does.
struct fault_plan {
  fault what{};
  std::uint64_t at = 1;    ///< which operation, from 1: of a failing disk any, else one that changes something
  bool persists = false;   ///< the disk fails until `heal`; machines die `at` operations after each death, three times
  std::uint64_t seed = 0;  ///< what of a write is done, and what of unsynced ones a power cut leaves
  bool drops_failed_syncs = false;  ///< what a failed sync was to write is never on the disk, as on Linux
};

/// While it lives, SQLite's default VFS: the one before it, with faults. The files of one folder are one machine.
///
/// A process that is killed leaves every write that it made; a power cut leaves what was synced, and of what was written
/// since any sectors, whole or their first bytes, in any order. The same goes for names: a file that was made or deleted
/// since its folder or it itself was last synced may not be. After its death a machine does nothing, and every call fails, until its
/// connections are closed and `restart` is called: so a test's calls return as if the process had ended within them.
///
/// SQLite folds its log into the file after every 24 pages, so that a short test meets that, too.
///
/// Not told apart: what SQLite's shared index of the log does, which is in memory and dies with its last user.
class faulty_vfs {
 public:
  faulty_vfs();
  ~faulty_vfs();
  faulty_vfs(const faulty_vfs&) = delete;
  faulty_vfs& operator=(const faulty_vfs&) = delete;

  /// Counts operations from here, and strikes at the one that is named.
  void arm(const fault_plan& plan);
  /// From here on nothing fails; who is dead stays so.
  void heal();

  /// How many operations there were since `arm`, and how many of them changed something.
  std::uint64_t operations() const noexcept;
  std::uint64_t changes() const noexcept;
  /// How often the fault came since `arm`.
  std::uint64_t struck() const noexcept;

  bool is_dead(const std::filesystem::path& folder) const;
  /// Starts a machine again whose connections are closed: with what its death left.
  void restart(const std::filesystem::path& folder);
  /// Cuts the power of a machine whose connections are closed, and starts it again.
  void cut_power(const std::filesystem::path& folder, std::uint64_t seed);
  /// The files of a machine whose connections are closed are others now, as after a restored backup.
  void replaced(const std::filesystem::path& folder);

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}  // namespace crash
