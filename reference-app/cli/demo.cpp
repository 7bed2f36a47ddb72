// SPDX-License-Identifier: BSL-1.0

#include "cli/demo.hpp"

#include "cli/child_process.hpp"
#include "device/record_view.hpp"
#include "domain/activity.hpp"
#include "import/fit_writer.hpp"
#include "import/generate_ride.hpp"

#include <syncline/resolve/resolve.hpp>
#include <syncline/wire/encode.hpp>
#include <syncline/wire/json.hpp>

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace stride {

namespace {

using syncline::the;

// Where the story is told: standard output, with escape codes if that is a terminal, or nowhere.
class narrator {
 public:
  explicit narrator(output as) : out_(as == output::text ? std::cout.rdbuf() : nullptr), is_coloured_(isatty(STDOUT_FILENO) == 1) {}

  void chapter(std::string_view title) { out_ << '\n' << coloured("1", title) << '\n'; }
  void tell(std::string_view text) { out_ << "  " << text << '\n'; }
  void command(std::string_view line) { tell(coloured("36", line)); }
  void output_of(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      out_ << "    " << text.substr(at, end - at) << '\n';
      at = end + 1;
    }
    out_.flush();
  }

 private:
  std::string coloured(std::string_view code, std::string_view text) const {
    if (!is_coloured_) return std::string(text);
    return "\033[" + std::string(code) + "m" + std::string(text) + "\033[0m";
  }

  std::ostream out_;
  bool is_coloured_;
};

// A folder that is removed with everything in it.
class temporary_folder {
 public:
  temporary_folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "stride-demo-XXXXXX").string();
    if (mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  ~temporary_folder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }

  const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_{};
};

// A command of a device or hub, shown as a person would type it, and run as a process of its own.
class stage {
 public:
  stage(std::filesystem::path folder, narrator& story) : folder_(std::move(folder)), story_(&story) {}

  process_outcome run(const std::string& who, std::vector<std::string> arguments, bool show = true) {
    if (show) {
      std::string line = "$ stride --data " + who;
      for (const std::string& each : arguments) {
        const std::string shown = each.size() > 70 ? each.substr(0, 20) + "..." : each;
        line += each.find(' ') == each.npos ? ' ' + shown : " '" + shown + "'";
      }
      story_->command(line);
    }
    arguments.insert(arguments.begin(), {"--data", (folder_ / who).string()});
    process_outcome outcome = run_self(arguments);
    failed_ = failed_ || outcome.status != 0;
    if (show) story_->output_of(outcome.text);
    return outcome;
  }

  bool failed() const noexcept { return failed_; }

 private:
  std::filesystem::path folder_;
  narrator* story_;
  bool failed_ = false;
};

std::string text_between(const std::string& json, const std::string& before, char end) {
  const auto at = json.find(before);
  if (at == json.npos) return {};
  const auto begin = at + before.size();
  return json.substr(begin, json.find(end, begin) - begin);
}

std::string in_hex(std::string_view bytes) {
  std::string text;
  char two[4];
  for (const unsigned char c : bytes) {
    std::snprintf(two, sizeof two, "%02x ", c);
    text += two;
  }
  return text;
}

// What the phone's edit of the ride costs on the wire, made with the framework's own functions. `shown` is the ride in JSON.
void show_delta(narrator& story, std::string_view shown) {
  const auto ride = syncline::from_json<activity>(shown, {.ignore_unknown = true});
  if (!ride) return;
  const auto edited = syncline::edit<syncline::role::client>(*ride, [](auto& e) {
    e[the<&activity::rpe>] = 7;
    e[the<&activity::name>] = "Hill repeats";
    e[the<&activity::tags>] = std::set<std::string>{"hills", "solo"};
  });
  std::string delta;
  syncline::encode_to(delta, edited);
  story.tell("the phone's " + std::to_string(edited.fields.size()) + " changed fields of " +
       std::to_string(syncline::schema<activity>::size) + " travel as " + std::to_string(delta.size()) +
       " bytes: the set of fields, then their values; of the tags, what was added");
  story.tell("  " + in_hex(delta));
  story.tell("the whole record would be " + std::to_string(syncline::encode(*ride).size()) + " bytes, and as JSON " +
       std::to_string(syncline::json_text(*ride).size()));
}

// Three-way merges of the real record type, in place, with three fields changed on each side.
double nanoseconds_per_merge() {
  activity base, local, remote;
  base.id = "ride";
  base.name = "Morning ride";
  base.distance_m = 42'195.0;
  local = remote = base;
  local.name = "Hill repeats";
  local.rpe = 7;
  local.notes = "legs heavy";
  remote.name = "Sunday ride";
  remote.feeling = 4;
  remote.distance_m = 42'200.0;
  syncline::stamps<activity> mine{}, theirs{};
  mine[1].time.ticks = 2;
  theirs[1].time.ticks = 3;
  activity merged = local;
  syncline::stamps<activity> merged_stamps = mine;
  syncline::decisions<activity> how;
  std::vector<double> rounds;
  for (int round = 0; round < 21; ++round) {
    constexpr int merges = 10'000;
    const auto began = std::chrono::steady_clock::now();
    for (int i = 0; i < merges; ++i) {
      merged.name = *local.name;  // put back what the merge replaced
      merged.feeling = *local.feeling;
      merged.distance_m = *local.distance_m;
      merged_stamps = mine;
      syncline::resolve_onto(base, merged, merged_stamps, remote, theirs, how);
    }
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - began;
    rounds.push_back(took.count() / merges);
  }
  std::nth_element(rounds.begin(), rounds.begin() + 10, rounds.end());
  return rounds[10];
}

struct device_edit {
  std::string device;
  std::vector<std::string> fields;
};

// \param why  what `why` says of the activity, as JSON
std::string document_of(const std::string& id, const std::vector<device_edit>& edits, const std::string& why, bool converged,
                        double story_s, double merge_ns) {
  const std::string_view before = "\"fields\":";
  const auto fields = why.find(before), end = why.rfind('}');
  const bool is_told = fields != why.npos && end != why.npos;
  std::string text;
  syncline::json_writer out(text);
  out.begin_object().member("user", "ada").key("devices").begin_array();
  for (const device_edit& edit : edits) out.value(edit.device);
  out.end_array().member("activity", id).key("edits").begin_array();
  for (const device_edit& edit : edits) {
    out.begin_object().member("device", edit.device).member("fields", edit.fields).end_object();
  }
  out.end_array().key("decisions").raw(is_told ? why.substr(fields + before.size(), end - fields - before.size()) : "{}");
  out.member("converged", converged).key("durations").begin_object();
  out.member("story_s", story_s).member("merge_ns", merge_ns).end_object().end_object();
  return text + '\n';
}

}  // namespace

int run_demo(const std::string& file, output as) {
  const auto began = std::chrono::steady_clock::now();
  const temporary_folder folder;
  if (folder.path().empty()) {
    if (as == output::json) std::cout << render_error("could not make a temporary folder");
    std::cerr << "stride: could not make a temporary folder; is " << std::filesystem::temp_directory_path() << " full?\n";
    return 1;
  }
  std::string ride_file = file;
  if (ride_file.empty()) {
    ride_file = (folder.path() / "generated-ride.fit").string();
    ride_wish wish;
    wish.seed = 7;
    std::ofstream(ride_file, std::ios::binary) << write_fit(generate_ride(wish));
  }
  narrator story(as);
  stage play(folder.path(), story);

  story.chapter("1. One declaration");
  story.tell("struct activity {");
  story.tell("  key<std::string> id;             // names the record");
  story.tell("  client<...>      name, rpe;      // how it felt: the athlete's word, the later write among devices");
  story.tell("  merge<std::set<std::string>, set_edits> tags;   // both sides' additions and removals count");
  story.tell("  server<...>      distance_m, tss;               // what was measured: the hub's word");
  story.tell("  chunked<sample, points<1000>> heart_rate_series; // travels beside the record");
  story.tell("};");
  story.tell("From it come the diff, the merge, the codecs, the SQL table, the queue and both engines. Nothing below is");
  story.tell("written by hand for this record.");

  story.chapter("2. A hub and two devices: three processes, three folders, real sockets and SQLite");
  background_self hub({"--data", (folder.path() / "hub").string(), "hub", "serve", "--listen", "127.0.0.1:0"});
  const std::string listening = hub.first_line();
  if (!listening.starts_with("listening on ")) {
    if (as == output::json) std::cout << render_error("the hub did not start");
    std::cerr << "stride: the hub did not start\n";
    return 1;
  }
  const std::string url = listening.substr(std::string_view("listening on ").size());
  story.tell("the hub is " + listening);
  for (const std::string device : {"phone", "laptop"}) {
    std::string token = play.run("hub", {"hub", "token", "--user", "ada", "--device", device}, false).text;
    if (token.ends_with('\n')) token.pop_back();
    play.run(device, {"init", "--user", "ada", "--device", device, "--hub", url, "--token", token});
  }

  story.chapter("3. A ride is imported on the phone, and reaches the laptop");
  const process_outcome imported = play.run("phone", {"--json", "import", ride_file}, false);
  const std::string id = text_between(imported.text, "\"id\":\"", '"');
  if (imported.status != 0 || id.empty()) {
    if (as == output::json) std::cout << render_error("there is no ride to show in " + ride_file);
    std::cerr << "stride: there is no ride to show in " << ride_file << '\n';
    return 1;
  }
  story.tell("imported " + text_between(imported.text, "\"points\":", ',') + " points as activity " + id.substr(0, 12) + "...; the phone proposes its metrics");
  play.run("phone", {"sync"});
  story.tell("the hub has all chunks now and has computed the metrics again, from the points: its word stands");
  play.run("laptop", {"sync"});

  story.chapter("4. Both devices are offline, and both edit the ride");
  const std::string ride = play.run("phone", {"--json", "show", id}, false).text;
  const std::vector<device_edit> edits{{"phone", {"rpe=7", "name=Hill repeats", "tags=[\"hills\",\"solo\"]"}},
                                       {"laptop", {"name=Sunday ride", "notes=headwind all the way", "tags=[\"commute\"]"}}};
  for (const device_edit& edit : edits) {
    std::vector<std::string> arguments{"edit", "activities", id};
    arguments.insert(arguments.end(), edit.fields.begin(), edit.fields.end());
    play.run(edit.device, arguments, false);
  }
  story.tell("phone:  rpe=7, name='Hill repeats', tags + hills, solo");
  story.tell("laptop: name='Sunday ride' (a moment later), notes='headwind all the way', tags + commute");
  show_delta(story, ride);

  story.chapter("5. They meet on the hub");
  play.run("phone", {"sync"});
  play.run("laptop", {"sync"});
  play.run("phone", {"sync"});

  story.chapter("6. Every decision can be explained, on either device");
  play.run("phone", {"why", id});

  story.chapter("7. The same everywhere");
  const std::string on_phone = play.run("phone", {"--json", "list"}, false).text;
  const std::string on_laptop = play.run("laptop", {"--json", "list"}, false).text;
  const std::string on_hub = play.run("hub", {"--json", "hub", "list", "--user", "ada"}, false).text;
  const bool equal = !on_phone.empty() && on_phone == on_laptop && on_phone == on_hub;
  story.tell(equal ? "phone, laptop and hub hold the same record, byte for byte (" + std::to_string(on_phone.size()) + " bytes of JSON)"
                   : "phone, laptop and hub DIFFER");
  const std::string hr_phone = play.run("phone", {"--json", "show", id}, false).text;
  const std::string hr_laptop = play.run("laptop", {"--json", "show", id}, false).text;
  const auto series_of = [](const std::string& shown) { return shown.substr(std::min(shown.find("\"streams\":"), shown.size())); };
  const bool same_series = text_between(series_of(hr_phone), "\"streams\":", ']') == text_between(series_of(hr_laptop), "\"streams\":", ']');
  story.tell(same_series ? "and the laptop has every chunk of every series" : "but the laptop lacks chunks");

  const double ns = nanoseconds_per_merge();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  const bool ok = equal && same_series && !play.failed();
  story.chapter("Summary");
  char figures[160];
  std::snprintf(figures, sizeof figures, "a three-way merge of this %zu-field record takes %.0f ns; the whole story took %.1f s",
                syncline::schema<activity>::size, ns, seconds);
  story.tell(figures);
  story.tell(ok ? "converged: yes" : "converged: NO");
  if (as == output::json) {
    const std::string why = play.run("phone", {"--json", "why", id}, false).text;
    std::cout << document_of(id, edits, why, ok, seconds, ns);
  }
  std::cout.flush();
  return ok ? 0 : 1;
}

}  // namespace stride
