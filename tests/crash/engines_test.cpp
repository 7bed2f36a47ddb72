// SPDX-License-Identifier: BSL-1.0
// Two devices and a hub on real SQLite files, struck at each operation of their disks: what was acknowledged is there,
// nothing counts twice, and the next sessions make all equal without anybody's help.
//
// By default some operations of each kind of fault are taken; SYNCLINE_CRASH_EVERY=1 takes all.
#include "crash/faulty_vfs.hpp"
#include "storage/sqlite_store.hpp"
#include "temporary_folder.hpp"

#include <syncline/resolve/counter.hpp>
#include <syncline/stream/split.hpp>
#include <syncline/sync.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace syncline;
using crash::fault;
using crash::fault_plan;
namespace fs = std::filesystem;

struct ride {
  static constexpr record_info sync{.table = "rides"};
  key<std::string> id{};
  lww<std::string> name{};
  merge<std::int64_t, counter> laps{};
  server<std::int64_t> size{};
  chunked<std::int64_t, points<3>> power{};
};

using store_type = stride::sqlite_store<ride>;
using replica_type = replica<store_type, ride>;
using hub_type = hub<store_type, ride>;

// A machine: its folder, and while its process runs, an engine over a store.
template <class Engine>
struct machine {
  fs::path folder;
  std::optional<store_type> store{};
  std::optional<Engine> engine{};

  void close() {
    engine.reset();
    store.reset();
  }
  result<void> open_store() {
    auto opened = store_type::open(folder / "a.db");
    if (!opened) return opened.error();
    store.emplace(std::move(*opened));
    return {};
  }
};
using device = machine<replica_type>;

// What was written to a record, and what of it was acknowledged.
struct written {
  bool is_made = false, may_be_removed = false, is_removed = false;
  std::set<std::string> names{""};
  std::map<int, bool> laps{};  // each a digit of its own, in base 4: two of one would show as 2
  std::set<std::size_t> chunks{0};
};

class world {
  test::temporary_folder folder_{};

 public:
  world() {
    for (const char* name : {"phone", "web", "hub"}) fs::create_directory(folder_.path() / name);
  }

  crash::faulty_vfs disks{};
  device phone{folder_.path() / "phone"}, web{folder_.path() / "web"};

  // Carries out a step that may fail, and lets the dead rise. `closes` is whether a process that met an error ends.
  result<void> take(const std::function<result<void>(world&)>& step, bool closes) {
    clock_ += std::chrono::seconds{10};
    auto done = step(*this);
    for_each_machine([&](auto& each) {
      const bool is_dead = disks.is_dead(each.folder);
      if (is_dead || (!done && closes)) each.close();
      if (is_dead) disks.restart(each.folder);
    });
    return done;
  }

  result<void> make(device& on, const std::string& id, std::int64_t points) {
    const split_series series = series_of(points);
    ride made{.id{id}};
    made.power = series.parts;
    return write(on, id, [&](replica_type& replica) { return replica.create(made, clock_, bytes_of(series)); },
                 [&](written& wrote, bool done) {
                   wrote.is_made = wrote.is_made || done;
                   wrote.chunks.insert(series.chunks.size());
                 });
  }
  result<void> extend(device& on, const std::string& id, std::int64_t points) {
    const split_series series = series_of(points);
    return write(on, id,
                 [&](replica_type& replica) {
                   const auto longer = [&](auto& open) { open[the<&ride::power>] = series.parts; };
                   return replica.edit<ride>(id, clock_, longer, bytes_of(series));
                 },
                 [&](written& wrote, bool done) {
                   if (done) wrote.chunks.clear();
                   wrote.chunks.insert(series.chunks.size());
                 });
  }
  result<void> lap(device& on, const std::string& id) {
    const int digit = digits_++;
    const auto one_more = [&](auto& open) { open[the<&ride::laps>] += std::int64_t{1} << 2 * digit; };
    return write(on, id, [&](replica_type& replica) { return replica.edit<ride>(id, clock_, one_more); },
                 [&](written& wrote, bool done) { wrote.laps[digit] = done; });
  }
  result<void> rename(device& on, const std::string& id, const std::string& name) {
    const auto new_name = [&](auto& open) { open[the<&ride::name>] = name; };
    return write(on, id, [&](replica_type& replica) { return replica.edit<ride>(id, clock_, new_name); },
                 [&](written& wrote, bool done) {
                   if (done) wrote.names.clear();
                   wrote.names.insert(name);
                 });
  }
  result<void> remove(device& on, const std::string& id) {
    return write(on, id, [&](replica_type& replica) { return replica.remove<ride>(id, clock_); },
                 [&](written& wrote, bool done) {
                   wrote.may_be_removed = true;
                   wrote.is_removed = wrote.is_removed || done;
                 });
  }

  // A session. The answer to its first envelope gets lost where that is wanted.
  result<void> sync(device& on, bool loses_an_answer = false) {
    auto opened = open(on);
    if (!opened) return opened.error();
    replica_type& replica = **opened;
    replica.begin_session();
    for (int messages = 0; messages < 500; ++messages) {
      auto message = replica.next_message(clock_);
      if (!message) return message.error();
      if (!*message) return {};
      auto answer = ask_hub(on, **message);
      if (answer && loses_an_answer && static_cast<message_kind>((*message)->front()) == message_kind::upload) answer = lost();
      if (!answer) {
        replica.interrupted();
        return answer.error();
      }
      if (auto taken = replica.receive(*answer, clock_, random_ += 2); !taken) return taken;
    }
    return make_error(error_code::usage, phase::local, "the session does not end");
  }

  result<void> do_jobs() {
    if (auto opened = open_hub(); !opened) return opened;
    auto done = hub_.engine->run_jobs("s", clock_, [](auto& open, const auto& read_chunk) -> result<void> {
      for (const chunk_entry& chunk : open.record().power->chunks) {
        if (auto bytes = read_chunk(chunk.digest); !bytes) return bytes.error();
      }
      open[the<&ride::size>] = static_cast<std::int64_t>(open.record().power->chunks.size());
      return {};
    });
    if (!done) return done.error();
    return {};
  }

  result<void> collect() {
    clock_ += std::chrono::days{100};
    if (auto opened = open_hub(); !opened) return opened;
    auto done = hub_.engine->collect("s", clock_);
    if (!done) return done.error();
    return {};
  }

  // A copy of a device's files, and those put back.
  void back_up(device& of) {
    of.close();
    fs::remove_all(backup_);
    fs::copy(of.folder, backup_);
  }
  void restore(device& of) {
    of.close();
    fs::remove_all(of.folder);
    fs::copy(backup_, of.folder);
    disks.replaced(of.folder);
  }

  // The fault is gone: what is still wrong after the next sessions, and after a power cut everywhere.
  std::string problem_at_end(std::uint64_t seed) {
    disks.heal();
    for (device* each : {&phone, &web, &phone, &web}) {
      for (const auto& step : {std::function<result<void>(world&)>([&](world&) { return sync(*each); }),
                               std::function<result<void>(world&)>([](world& w) { return w.do_jobs(); })}) {
        if (auto done = take(step, false); !done) return "with the fault gone: " + done.error().message;
      }
    }
    if (std::string problem = difference(); !problem.empty()) return problem;
    for_each_machine([&](auto& each) {
      each.close();
      disks.cut_power(each.folder, seed);
    });
    for (auto* each : {&phone, &web}) {
      if (auto opened = open(*each); !opened) return "after a power cut: " + opened.error().message;
    }
    if (auto opened = open_hub(); !opened) return "after a power cut: " + opened.error().message;
    std::string problem = difference();
    if (!problem.empty()) problem = "after a power cut: " + problem;
    for_each_machine([&](auto& each) {
      if (problem.empty()) problem = damage(each);
    });
    return problem;
  }

  // What of all that was written is not at the hub as it was acknowledged.
  std::string loss_at_hub() {
    if (auto opened = open_hub(); !opened) return opened.error().message;
    const auto at_hub = hub_.engine->list<ride>("s", {}, 100);
    if (!at_hub) return at_hub.error().message;
    std::map<std::string, ride> rides;
    for (const ride& each : *at_hub) rides[*each.id] = each;
    for (const auto& [id, wrote] : written_) {
      if (!rides.contains(id)) {
        if (wrote.is_made && !wrote.may_be_removed) return "'" + id + "' was acknowledged and is gone";
        continue;
      }
      if (wrote.is_removed) return "'" + id + "' was removed and is there";
      const ride& there = rides[id];
      if (!wrote.names.contains(*there.name)) return "'" + id + "' has the name '" + *there.name + "', which nobody gave it last";
      if (!wrote.chunks.contains(there.power->chunks.size())) return "'" + id + "' has lost points";
      if (*there.size != static_cast<std::int64_t>(there.power->chunks.size())) return "'" + id + "' was not computed";
      std::int64_t left = *there.laps;
      for (int digit = 0; left != 0 || digit < digits_; ++digit, left >>= 2) {
        const auto lap = wrote.laps.find(digit);
        const std::int64_t count = left & 3, most = lap == wrote.laps.end() ? 0 : 1, least = most == 1 && lap->second ? 1 : 0;
        if (count < least || count > most) return "increment " + std::to_string(digit) + " of '" + id + "' counts " + std::to_string(count) + " times";
      }
    }
    return {};
  }

 private:
  static split_series series_of(std::int64_t points) {
    std::vector<std::int64_t> samples(static_cast<std::size_t>(points));
    std::iota(samples.begin(), samples.end(), 100);
    return split(the<&ride::power>, samples);
  }
  static std::vector<std::string> bytes_of(const split_series& series) {
    std::vector<std::string> all;
    for (const auto& chunk : series.chunks) all.push_back(chunk.bytes);
    return all;
  }

  template <class Use>
  void for_each_machine(Use&& use) {
    use(phone);
    use(web);
    use(hub_);
  }

  result<replica_type*> open(device& on) {
    if (on.engine) return &*on.engine;
    if (auto opened = on.open_store(); !opened) return opened.error();
    auto made = replica_type::open(*on.store, "s", on.folder.filename().string(), random_ += 2, {.batch = 2, .page = 2});
    if (!made) {
      on.close();
      return made.error();
    }
    on.engine.emplace(std::move(*made));
    return &*on.engine;
  }
  result<void> open_hub() {
    if (hub_.engine) return {};
    if (auto opened = hub_.open_store(); !opened) return opened;
    hub_.engine.emplace(*hub_.store);
    return {};
  }

  static error lost() { return make_error(error_code::unreachable, phase::transport, "no answer came"); }

  result<std::string> ask_hub(const device& from, std::string_view message) {
    if (auto opened = open_hub(); !opened) return opened.error();
    std::string answer = hub_.engine->handle("s", from.folder.filename().string(), message, clock_);
    if (disks.is_dead(hub_.folder)) return lost();
    return answer;
  }

  // A local write. `note(wrote, is_acknowledged)` says what it may have done.
  template <class Write, class Note>
  result<void> write(device& on, const std::string& id, Write&& make, Note&& note) {
    auto opened = open(on);
    if (!opened) return opened.error();
    const auto done = make(**opened);
    if (done || done.error().code != error_code::not_found) note(written_[id], done.has_value());
    if (!done) return done.error();
    return {};
  }

  std::string difference() {
    if (std::string problem = loss_at_hub(); !problem.empty()) return problem;
    const auto at_hub = hub_.engine->list<ride>("s", {}, 100);
    if (!at_hub) return at_hub.error().message;
    std::map<std::string, ride> rides;
    for (const ride& each : *at_hub) rides[*each.id] = each;
    for (device* each : {&phone, &web}) {
      const std::string name = each->folder.filename().string();
      const auto here = each->engine->list<ride>();
      if (!here) return here.error().message;
      if (here->size() != rides.size()) return name + " has " + std::to_string(here->size()) + " records, the hub " + std::to_string(rides.size());
      for (const ride& one : *here) {
        if (!rides.contains(*one.id) || !is_same_value(one, rides[*one.id])) return name + " has another '" + *one.id + "' than the hub";
        for (const chunk_entry& chunk : one.power->chunks) {
          const auto bytes = each->engine->find_chunk(chunk.digest);
          if (!bytes || !*bytes || digest_of(**bytes) != chunk.digest) return name + " lacks a chunk of '" + *one.id + "'";
        }
      }
      const auto waiting = each->engine->read([&](auto& tx) -> result<std::size_t> {
        outbox<std::remove_cvref_t<decltype(tx)>> queue(tx);
        auto waits = queue.size(), dead = queue.dead_size();
        auto chunks = tx.list("chunk_out", {}, 100), lost = tx.list("chunk_dead", {}, 100), wanted = tx.list("chunk_in", {}, 100);
        if (!waits || !dead || !chunks || !lost || !wanted) return waits.error();
        return *waits + *dead + chunks->size() + lost->size() + wanted->size() + each->engine->state().unanswered;
      });
      if (!waiting || *waiting != 0) return name + " has something that still waits";
    }
    return {};
  }

  static std::string damage(machine<replica_type>& on) { return damage_in(on.folder); }
  static std::string damage(machine<hub_type>& on) { return damage_in(on.folder); }
  static std::string damage_in(const fs::path& folder) {
    auto file = stride::sqlite_database::open(folder / "a.db", {});
    if (!file) return file.error().message;
    for (const char* question : {"PRAGMA integrity_check", "SELECT CASE count(*) WHEN 0 THEN 'ok' END FROM pragma_foreign_key_check"}) {
      auto asked = file->prepare(question, "ask");
      if (!asked) return asked.error().message;
      auto stepped = asked->step();
      if (!stepped) return stepped.error().message;
      if (asked->text(0) != "ok") return folder.string() + " is damaged: " + std::string(asked->text(0));
    }
    return {};
  }

  machine<hub_type> hub_{folder_.path() / "hub"};
  timestamp clock_{std::chrono::seconds{1'700'000'000}};
  fs::path backup_ = folder_.path() / "backup";
  std::uint64_t random_ = 1;
  int digits_ = 0;
  std::map<std::string, written> written_{};
};

using step = std::function<result<void>(world&)>;

// A bit of everything that writes.
const std::vector<step>& story() {
  static const std::vector<step> steps{
      [](world& w) { return w.make(w.phone, "a", 8); },
      [](world& w) { return w.lap(w.phone, "a"); },
      [](world& w) { return w.sync(w.phone); },
      [](world& w) { return w.do_jobs(); },
      [](world& w) { return w.make(w.web, "b", 4); },
      [](world& w) { return w.sync(w.web); },
      [](world& w) { return w.lap(w.web, "a"); },
      [](world& w) { return w.lap(w.phone, "a"); },
      [](world& w) { return w.rename(w.phone, "a", "morning"); },
      [](world& w) { return w.sync(w.phone, true); },  // sent, and not answered
      [](world& w) { return w.lap(w.phone, "a"); },    // beside what is sent
      [](world& w) { return w.sync(w.web); },
      [](world& w) { return w.do_jobs(); },
      [](world& w) { return w.sync(w.phone); },
      [](world& w) { return w.make(w.phone, "never left", 3); },
      [](world& w) { return w.remove(w.phone, "never left"); },
      [](world& w) { return w.extend(w.phone, "a", 11); },
      [](world& w) { return w.lap(w.phone, "b"); },
      [](world& w) { return w.make(w.phone, "c", 0); },
      [](world& w) { return w.sync(w.phone); },
      [](world& w) { return w.sync(w.web); },
      [](world& w) { return w.remove(w.web, "c"); },
      [](world& w) { return w.lap(w.phone, "c"); },
      [](world& w) { return w.sync(w.web, true); },
      [](world& w) { return w.sync(w.phone); },
      [](world& w) { return w.sync(w.web); },
      [](world& w) { return w.collect(); },
      [](world& w) { return w.lap(w.web, "b"); },
      [](world& w) { return w.sync(w.web); },
      [](world& w) { return w.rename(w.phone, "b", "evening"); },
      [](world& w) { return w.sync(w.phone); },
      [](world& w) { return w.do_jobs(); },
  };
  return steps;
}

struct outcome {
  std::string problem{};  // nothing is wrong where it is empty
  std::uint64_t struck = 0;
  std::vector<std::string> sentences{};  // that were said while the fault was there
};

bool ends_at_an_error(std::uint64_t seed) { return seed % 2 == 0; }

// The story with a fault in it. A fault that persists goes some steps after it came.
outcome tell(const fault_plan& plan) {
  world w;
  outcome all;
  w.disks.arm(plan);
  std::uint64_t patience = 1 + plan.seed % 5;
  for (const step& each : story()) {
    const auto done = w.take(each, ends_at_an_error(plan.seed));
    if (!done && done.error().phase != phase::transport && done.error().phase != phase::local) all.sentences.push_back(done.error().message);
    if (w.disks.struck() > 0 && (plan.what == fault::disk_full || plan.what == fault::io_error) && patience-- == 0) w.disks.heal();
  }
  all.struck = w.disks.struck();
  all.problem = w.problem_at_end(plan.seed);
  return all;
}

// Every how many operations the fault comes, of those where it could.
std::uint64_t stride_of(std::uint64_t by_default) {
  const char* const every = std::getenv("SYNCLINE_CRASH_EVERY");
  return every == nullptr ? by_default : std::max<std::uint64_t>(1, std::strtoull(every, nullptr, 10));
}

// Tells the story with the fault at every operation, or some of them, once and persistently.
template <class Look>
void strike_everywhere(fault what, std::uint64_t by_default, Look&& look) {
  for (const bool persists : {false, true}) {
    std::uint64_t struck = 0;
    for (std::uint64_t at = 1, every = stride_of(by_default);; at += every) {
      // A process that opens the file after a failed sync takes what it sees there for written: SQLite cannot know.
      const std::uint64_t seed = at / every;
      const fault_plan plan{what, at, persists, seed, !ends_at_an_error(seed)};
      const outcome all = tell(plan);
      if (all.struck == 0) break;
      struck += all.struck;
      INFO("at operation " << at << (persists ? ", persistently" : ""));
      CHECK(all.problem == "");
      look(all);
    }
    CHECK(struck >= 10);
  }
}

TEST_CASE("processes that are killed at any write lose nothing that was acknowledged, and double nothing") {
  strike_everywhere(fault::kill, 7, [](const outcome&) {});
}

TEST_CASE("a power cut at any write loses nothing that was acknowledged, and doubles nothing") {
  strike_everywhere(fault::power_cut, 7, [](const outcome&) {});
}

TEST_CASE("a disk that is full at any write loses nothing, is told as such, and all goes on when there is room") {
  strike_everywhere(fault::disk_full, 13, [](const outcome& all) {
    for (const std::string& said : all.sentences) {
      INFO(said);
      CHECK(said.find("the disk is full; free some space and try again") != said.npos);
    }
  });
}

TEST_CASE("a disk that fails at any operation loses nothing, and all goes on when it works again") {
  strike_everywhere(fault::io_error, 29, [](const outcome&) {});
}

TEST_CASE("a device whose folder is an old copy goes on, or says what it is; the hub loses nothing and doubles nothing") {
  std::size_t went_on = 0, told = 0;
  for (std::size_t at = 0; at < story().size(); ++at) {
    world w;
    for (std::size_t i = 0; i < story().size(); ++i) {
      if (i == at) w.back_up(w.phone);
      static_cast<void>(w.take(story()[i], false));
    }
    w.restore(w.phone);
    INFO("copied before step " << at);
    auto session = w.take([](world& there) { return there.sync(there.phone); }, false);
    if (session) session = w.take([](world& there) { return there.sync(there.phone); }, false);
    if (session) {
      ++went_on;
      static_cast<void>(w.take([](world& there) { return there.lap(there.phone, "a"); }, false));
      CHECK(w.problem_at_end(at) == "");
    } else {
      ++told;
      CHECK(session.error().message.find("the folder is an old copy, and nothing was sent") != std::string::npos);
      CHECK(w.loss_at_hub() == "");
    }
  }
  CHECK(went_on > 0);
  CHECK(told > 0);
}

}  // namespace
