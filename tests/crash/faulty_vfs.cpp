// SPDX-License-Identifier: BSL-1.0
#include "crash/faulty_vfs.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace crash {

namespace internal {

namespace fs = std::filesystem;

constexpr std::size_t sector_size = 512;
constexpr int pages_of_log = 24;

struct dice {
  std::uint64_t state;

  std::uint64_t operator()(std::uint64_t sides) {
    std::uint64_t bits = state += 0x9e3779b97f4a7c15u;
    bits = (bits ^ bits >> 30) * 0xbf58476d1ce4e5b9u;
    bits = (bits ^ bits >> 27) * 0x94d049bb133111ebu;
    return (bits ^ bits >> 31) % sides;
  }
};

// A write; without bytes, a new size.
struct change {
  std::size_t at = 0;
  std::optional<std::string> bytes{};

  void apply(std::string& content) const {
    if (!bytes) return content.resize(at);
    content.resize(std::max(content.size(), at + bytes->size()));
    content.replace(at, bytes->size(), *bytes);
  }
};

struct file_content {
  std::string synced{};
  std::vector<change> since{};

  void sync() {
    for (const change& each : since) each.apply(synced);
    since.clear();
  }

  // What a power cut leaves of it. `keeps` decides about each sector that was written since the last sync.
  template <class Keeps>
  std::string after_power_cut(dice& roll, bool tears, Keeps&& keeps) const {
    std::string left = synced;
    for (const change& made : since) {
      if (!made.bytes) {
        if (keeps()) made.apply(left);
        continue;
      }
      for (std::size_t done = 0, size = 0; done < made.bytes->size(); done += size) {
        const std::size_t at = made.at + done;
        size = std::min(made.bytes->size() - done, sector_size - at % sector_size);
        if (!keeps()) continue;
        const std::size_t written = tears && roll(4) == 0 ? roll(size) : size;
        change{at, made.bytes->substr(done, written)}.apply(left);
      }
    }
    return left;
  }
};

using names = std::map<std::string, std::shared_ptr<file_content>>;

// The files of one folder, and what is synced of them.
struct disk {
  names now{}, durable{};
  bool is_dead = false, was_cut_off = false;
  std::uint64_t seed = 0;

  void lose_what_is_not_synced(const std::string& folder, std::uint64_t chance) {
    dice roll{chance};
    const bool loses_all = roll(3) == 0, tears = roll(2) == 0;
    const auto keeps = [&] { return !loses_all && roll(2) == 0; };
    names left = durable;
    for (const auto& [path, content] : now) {
      if (!durable.contains(path) && keeps()) left.emplace(path, content);
    }
    for (const auto& [path, content] : durable) {
      if (!now.contains(path) && keeps()) left.erase(path);
    }
    for (const auto& [path, content] : now) fs::remove(path);
    std::vector<fs::path> indexes;
    for (const auto& file : fs::directory_iterator(folder)) {
      if (file.path().string().ends_with("-shm")) indexes.push_back(file.path());
    }
    for (const auto& index : indexes) fs::remove(index);
    now.clear();
    for (const auto& [path, content] : left) {
      auto after = std::make_shared<file_content>(file_content{content->after_power_cut(roll, tears, keeps)});
      std::ofstream(path, std::ios::binary) << after->synced;
      now.emplace(path, std::move(after));
    }
    durable = now;
  }
};

enum class verdict { proceeds, fails, dies, is_dead };

struct machines {
  sqlite3_vfs shim{};
  sqlite3_vfs* real = nullptr;
  std::map<std::string, disk> disks{};
  std::optional<fault_plan> plan{};
  bool is_full = false;  // why it fails, if it does
  bool drops_failed_syncs = false;
  std::uint64_t seed = 0, next = 0, operations = 0, changes = 0, struck = 0;

  verdict strike(disk& on, bool changes_something, bool grows = false) {
    const verdict what = decide(on, changes_something, grows);
    if (what != verdict::proceeds) errno = is_full ? ENOSPC : EIO;
    return what;
  }

  std::uint64_t part_of(std::uint64_t size) const { return dice{seed + changes}(size + 1); }

 private:
  verdict decide(disk& on, bool changes_something, bool grows) {
    if (on.is_dead) return verdict::is_dead;
    ++operations;
    changes += changes_something;
    if (!plan) return verdict::proceeds;
    const bool kills = plan->what == fault::kill || plan->what == fault::power_cut;
    if (plan->what == fault::io_error ? operations < next : !changes_something || changes < next) return verdict::proceeds;
    if (plan->what == fault::disk_full && !grows) return verdict::proceeds;
    ++struck;
    if (!kills) {
      if (!plan->persists) plan.reset();
      return verdict::fails;
    }
    on.is_dead = true;
    on.was_cut_off = plan->what == fault::power_cut;
    on.seed = seed + changes;
    next = changes + plan->at;
    if (!plan->persists || struck == 3) plan.reset();
    return verdict::dies;
  }
};

struct open_file {
  sqlite3_file base;
  machines* all;
  disk* on;               // null for a file without a name, which dies with its process
  const char* path;       // null for such a file, as is its content
  file_content* content;
  bool syncs_its_folder;
  sqlite3* connection;    // known of a database's own file
  sqlite3_file* real;
};

open_file& self(sqlite3_file* file) { return *reinterpret_cast<open_file*>(file); }
sqlite3_file* real(sqlite3_file* file) { return self(file).real; }
const sqlite3_io_methods& below(sqlite3_file* file) { return *real(file)->pMethods; }

verdict strike(sqlite3_file* file, bool changes_something, bool grows = false) {
  const open_file& me = self(file);
  return me.on == nullptr ? verdict::proceeds : me.all->strike(*me.on, changes_something, grows);
}

bool is_dead(sqlite3_file* file) { return self(file).on != nullptr && self(file).on->is_dead; }

// An operation that changes nothing: done, or `code`.
template <class Do>
int look(sqlite3_file* file, int code, Do&& act) {
  return strike(file, false) == verdict::proceeds ? act() : code;
}

int close_file(sqlite3_file* file) { return below(file).xClose(real(file)); }

int read_file(sqlite3_file* file, void* into, int size, sqlite3_int64 at) {
  return look(file, SQLITE_IOERR_READ, [&] { return below(file).xRead(real(file), into, size, at); });
}

int write_file(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
  sqlite3_int64 length = 0;
  below(file).xFileSize(real(file), &length);
  const verdict what = strike(file, true, at + size > length);
  if (what == verdict::is_dead) return SQLITE_IOERR_WRITE;
  const open_file& me = self(file);
  if (what != verdict::proceeds) size = static_cast<int>(me.all->part_of(static_cast<std::uint64_t>(size)));
  if (size > 0) {
    if (const int code = below(file).xWrite(real(file), from, size, at); code != SQLITE_OK) return code;
    if (me.content != nullptr) {
      me.content->since.push_back({static_cast<std::size_t>(at), std::string(static_cast<const char*>(from), static_cast<std::size_t>(size))});
    }
  }
  if (what == verdict::proceeds) return SQLITE_OK;
  return me.all->is_full ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  if (strike(file, true) != verdict::proceeds) return SQLITE_IOERR_TRUNCATE;
  if (self(file).content != nullptr) self(file).content->since.push_back({static_cast<std::size_t>(size), {}});
  return below(file).xTruncate(real(file), size);
}

// The real file needs no sync, which takes long: its power is never cut.
int sync_file(sqlite3_file* file, int) {
  open_file& me = self(file);
  const verdict what = strike(file, true);
  if (what == verdict::fails && me.content != nullptr && me.all->drops_failed_syncs) me.content->since.clear();
  if (what != verdict::proceeds) return SQLITE_IOERR_FSYNC;
  if (me.content == nullptr) return SQLITE_OK;
  me.content->sync();
  if (std::exchange(me.syncs_its_folder, false)) {
    me.on->durable = me.on->now;
  } else if (const auto named = me.on->now.find(me.path); named != me.on->now.end()) {
    me.on->durable[me.path] = named->second;
  }
  return SQLITE_OK;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  return look(file, SQLITE_IOERR_FSTAT, [&] { return below(file).xFileSize(real(file), size); });
}

int lock_file(sqlite3_file* file, int level) {
  return look(file, SQLITE_IOERR_LOCK, [&] { return below(file).xLock(real(file), level); });
}

int unlock_file(sqlite3_file* file, int level) { return below(file).xUnlock(real(file), level); }

int check_lock(sqlite3_file* file, int* held) { return below(file).xCheckReservedLock(real(file), held); }

int control_file(sqlite3_file* file, int what, void* with) {
  open_file& me = self(file);
  if (what == SQLITE_FCNTL_PDB) me.connection = *static_cast<sqlite3**>(with);
  if (what == SQLITE_FCNTL_PRAGMA && me.connection != nullptr) sqlite3_wal_autocheckpoint(me.connection, pages_of_log);
  return is_dead(file) ? SQLITE_IOERR : below(file).xFileControl(real(file), what, with);
}

int sector_of(sqlite3_file* file) { return below(file).xSectorSize(real(file)); }

int traits_of(sqlite3_file* file) { return below(file).xDeviceCharacteristics(real(file)); }

int map_index(sqlite3_file* file, int page, int size, int extends, void volatile** at) {
  if (const int code = below(file).xShmMap(real(file), page, size, 0, at); code != SQLITE_OK) return code;
  const bool grows = extends != 0 && *at == nullptr;
  if (strike(file, grows, grows) != verdict::proceeds) return SQLITE_IOERR_SHMSIZE;
  return below(file).xShmMap(real(file), page, size, extends, at);
}

int lock_index(sqlite3_file* file, int offset, int count, int flags) {
  if ((flags & SQLITE_SHM_UNLOCK) != 0) return below(file).xShmLock(real(file), offset, count, flags);
  return look(file, SQLITE_IOERR_SHMLOCK, [&] { return below(file).xShmLock(real(file), offset, count, flags); });
}

void index_barrier(sqlite3_file* file) { below(file).xShmBarrier(real(file)); }

int unmap_index(sqlite3_file* file, int removes) { return below(file).xShmUnmap(real(file), is_dead(file) ? 0 : removes); }

constexpr sqlite3_io_methods methods = {
    2,         close_file,   read_file,  write_file, truncate_file, sync_file, file_size,  lock_file,     unlock_file,
    check_lock, control_file, sector_of, traits_of,  map_index,     lock_index, index_barrier, unmap_index, nullptr, nullptr};

machines& of(sqlite3_vfs* vfs) { return *static_cast<machines*>(vfs->pAppData); }

disk& disk_of(machines& all, const char* path) { return all.disks[fs::path(path).parent_path().string()]; }

int open_in(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* opened) {
  machines& all = of(vfs);
  open_file& me = self(file);
  me = {{}, &all, nullptr, path, nullptr, false, nullptr, reinterpret_cast<sqlite3_file*>(&me + 1)};
  const bool is_kept = path != nullptr && (flags & SQLITE_OPEN_DELETEONCLOSE) == 0;
  const bool makes = is_kept && (flags & SQLITE_OPEN_CREATE) != 0 && !fs::exists(path);
  if (is_kept) {
    me.on = &disk_of(all, path);
    if (all.strike(*me.on, makes, makes) != verdict::proceeds) return SQLITE_CANTOPEN;
    if (!makes && !me.on->now.contains(path) && fs::exists(path)) {  // it was there before all this
      std::ifstream in(path, std::ios::binary);
      me.on->now[path] = std::make_shared<file_content>(file_content{{std::istreambuf_iterator<char>(in), {}}});
      me.on->durable[path] = me.on->now[path];
    }
  }
  if (const int code = all.real->xOpen(all.real, path, me.real, flags, opened); code != SQLITE_OK) return code;
  if (is_kept) {
    std::shared_ptr<file_content>& content = me.on->now[path];
    if (content == nullptr) content = std::make_shared<file_content>();
    me.content = content.get();
    me.syncs_its_folder = makes && (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0;
  }
  file->pMethods = &methods;
  return SQLITE_OK;
}

int delete_in(sqlite3_vfs* vfs, const char* path, int syncs_folder) {
  machines& all = of(vfs);
  disk& on = disk_of(all, path);
  if (all.strike(on, true) != verdict::proceeds) return SQLITE_IOERR_DELETE;
  const int code = all.real->xDelete(all.real, path, 0);
  if (code != SQLITE_OK) return code;
  on.now.erase(path);
  if (syncs_folder != 0) on.durable = on.now;
  return SQLITE_OK;
}

int access_in(sqlite3_vfs* vfs, const char* path, int how, int* may) {
  machines& all = of(vfs);
  if (all.strike(disk_of(all, path), false) != verdict::proceeds) return SQLITE_IOERR_ACCESS;
  return all.real->xAccess(all.real, path, how, may);
}

}  // namespace internal

struct faulty_vfs::parts : internal::machines {};

faulty_vfs::faulty_vfs() : parts_(std::make_unique<parts>()) {
  parts_->real = sqlite3_vfs_find(nullptr);
  sqlite3_vfs& shim = parts_->shim = *parts_->real;
  shim.zName = "faulty";
  shim.szOsFile += static_cast<int>(sizeof(internal::open_file));
  shim.pAppData = static_cast<internal::machines*>(parts_.get());
  shim.xOpen = internal::open_in;
  shim.xDelete = internal::delete_in;
  shim.xAccess = internal::access_in;
  sqlite3_vfs_register(&shim, 1);
}

faulty_vfs::~faulty_vfs() {
  sqlite3_vfs_unregister(&parts_->shim);
  sqlite3_vfs_register(parts_->real, 1);
}

void faulty_vfs::arm(const fault_plan& plan) {
  parts_->plan = plan;
  parts_->is_full = plan.what == fault::disk_full;
  parts_->drops_failed_syncs = plan.drops_failed_syncs;
  parts_->seed = plan.seed;
  parts_->next = plan.at;
  parts_->operations = parts_->changes = parts_->struck = 0;
}

void faulty_vfs::heal() { parts_->plan.reset(); }

std::uint64_t faulty_vfs::operations() const noexcept { return parts_->operations; }
std::uint64_t faulty_vfs::changes() const noexcept { return parts_->changes; }
std::uint64_t faulty_vfs::struck() const noexcept { return parts_->struck; }

bool faulty_vfs::is_dead(const std::filesystem::path& folder) const {
  const auto found = parts_->disks.find(folder.string());
  return found != parts_->disks.end() && found->second.is_dead;
}

void faulty_vfs::restart(const std::filesystem::path& folder) {
  internal::disk& machine = parts_->disks[folder.string()];
  if (machine.is_dead && machine.was_cut_off) machine.lose_what_is_not_synced(folder.string(), machine.seed);
  machine.is_dead = false;
}

void faulty_vfs::cut_power(const std::filesystem::path& folder, std::uint64_t seed) {
  internal::disk& machine = parts_->disks[folder.string()];
  machine.lose_what_is_not_synced(folder.string(), seed);
  machine.is_dead = false;
}

void faulty_vfs::replaced(const std::filesystem::path& folder) { parts_->disks.erase(folder.string()); }

}  // namespace crash
