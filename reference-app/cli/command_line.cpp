// SPDX-License-Identifier: BSL-1.0

#include "cli/command_line.hpp"

#include "cli/demo.hpp"
#include "cli/render.hpp"
#include "cli/render_simulation.hpp"
#include "cli/watch.hpp"
#include "device/device.hpp"
#include "domain/characters.hpp"
#include "hub/hub_service.hpp"
#include "transport/http_server.hpp"

#include <syncline/wire/json.hpp>

#include <CLI/CLI.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace stride {

namespace {

constexpr int done = 0, failed = 1, called_wrongly = 2;

// Says on the error stream what is wrong; a bad byte of an argument does not reach the terminal.
int say(std::string_view sentence, int status = failed) {
  std::cerr << "stride: " << printable(sentence) << '\n';
  return status;
}

std::string default_folder() {
  if (const char* data = std::getenv("XDG_DATA_HOME"); data != nullptr && *data != '\0') return std::string(data) + "/stride";
  const char* home = std::getenv("HOME");
  return std::string(home != nullptr ? home : ".") + "/.local/share/stride";
}

// What the arguments say; one place for all commands.
struct arguments {
  std::string data = default_folder();
  bool json = false;
  device_config config{};
  std::vector<std::string> files{};
  std::string table = "activities";
  std::string id{};
  std::string type{};
  bool csv = false;
  std::vector<std::string> fields{};
  std::string user{};
  std::string device{};
  std::string listen = "127.0.0.1:8080";
  int keep_conflicts_days = 90, keep_deletions_days = 90;
  std::int64_t ttl_s = 24 * 3600;
  std::string demo_file{};
  std::string trigger{};
  std::string use{};
  bool watch = false;
  bool repair = false;
  int every_s = 30;
  syncline::send_conditions conditions{};
  std::uint32_t requests_per_minute = 12000;
  int days = 90;
  std::string seeds{};
  syncline::simulation_settings simulation{.amends = true};
  std::vector<std::string> without{};
  bool once = false;

  output as() const { return json ? output::json : output::text; }
};

// What failed: the sentence, and with --json a document that has it.
int fail(const arguments& args, std::string_view sentence, int status = failed) {
  if (args.json) std::cout << render_error(printable(sentence));
  return say(sentence, status);
}

template <class Value>
int print(const arguments& args, const syncline::result<Value>& outcome) {
  if (!outcome) return fail(args, outcome.error().message);
  std::cout << render(args.as(), *outcome);
  return done;
}

// The rows of a table; people are told where it has none.
int print_rows(const arguments& args, const syncline::result<std::vector<record_view>>& rows, const std::string& whose = {}) {
  if (args.json || !rows || !rows->empty()) return print(args, rows);
  std::string name = args.table;
  std::replace(name.begin(), name.end(), '_', ' ');
  std::cout << whose << "no " << name << " yet\n";
  return done;
}

// The same for what was written to the record with the id `args.id`, which may be an alias of another one's.
int print_written(const arguments& args, const syncline::result<record_view>& outcome) {
  if (outcome) {
    for (const field_view& field : *outcome) {
      if (field.name != "id" || field.json == syncline::json_text(args.id)) continue;
      std::cerr << "stride: " << args.id << " is a duplicate; the record that stands for it was written\n";
    }
  }
  return print(args, outcome);
}

std::optional<std::vector<assignment>> assignments(const arguments& args) {
  std::vector<assignment> all;
  for (const std::string& each : args.fields) {
    const auto equals = each.find('=');
    if (equals == each.npos || equals == 0) {
      fail(args, "'" + each + "' is not of the form field=value", called_wrongly);
      return std::nullopt;
    }
    all.push_back({each.substr(0, equals), each.substr(equals + 1)});
  }
  return all;
}

template <class Use>
int with_device(const arguments& args, Use&& use) {
  auto open = device::open(args.data);
  if (!open) return fail(args, open.error().message);
  return use(*open);
}

template <class Use>
int open_hub(const arguments& args, Use&& use) {
  auto open = hub_service::open(args.data, [](std::string_view line) { std::cerr << line << '\n'; });
  if (!open) return fail(args, open.error().message);
  return use(*open);
}

// For all but `hub serve`: a mistyped folder makes no hub.
template <class Use>
int with_hub(const arguments& args, Use&& use) {
  if (!hub_service::is_in(args.data)) {
    return fail(args, "there is no hub in " + args.data + ": name its folder with --data; `stride --data " + args.data + " hub serve` makes one");
  }
  return open_hub(args, use);
}

// Waits a moment for a hub that is being made by a `hub serve` that was started just before.
void await_hub(const std::string& folder) {
  for (int i = 0; i < 20 && !hub_service::is_in(folder); ++i) std::this_thread::sleep_for(std::chrono::milliseconds{50});
}

int import_files(const arguments& args) {
  return with_device(args, [&](device& open) {
    std::vector<import_outcome> outcomes;
    int status = done;
    for (const std::string& file : args.files) {
      for (import_outcome& each : open.import(file)) {
        if (each.status == "failed") status = say(each.error);
        outcomes.push_back(std::move(each));
      }
    }
    std::cout << render(args.as(), outcomes);
    return status;
  });
}

// What a session may be begun for; `local_write` is what --watch itself says.
const std::vector<std::string> triggers{"user", "launch", "foreground", "background", "timer", "wifi", "recording_ended",
                                        "check_in", "watch_connected", "settings", "local_write"};

const std::map<std::string, syncline::network_kind> networks{{"unmetered", syncline::network_kind::unmetered},
                                                             {"metered", syncline::network_kind::metered},
                                                             {"offline", syncline::network_kind::offline}};
const std::map<std::string, syncline::send_choice> choices{{"auto", syncline::send_choice::as_it_is},
                                                           {"everything", syncline::send_choice::everything},
                                                           {"nothing", syncline::send_choice::nothing}};

int retry(device& open, const arguments& args) {
  const auto many = open.retry(args.id.empty() ? std::nullopt : std::optional<std::string_view>(args.id));
  if (!many) return fail(args, many.error().message);
  if (args.json) {
    std::cout << "{\"retried\":" << *many << "}\n";
  } else {
    std::cout << *many << (*many == 1 ? " record or chunk is" : " records or chunks are") << " tried again: run `stride sync`\n";
  }
  return done;
}

int sync_once(device& open, const arguments& args) {
  if (auto kept = open.send_under(args.conditions); !kept) return fail(args, kept.error().message);
  if (!args.trigger.empty()) std::cerr << "session for " << args.trigger << '\n';
  const sync_outcome outcome = open.sync(args.trigger.empty() ? "user" : args.trigger);
  if (args.json || outcome.ok) std::cout << render(args.as(), outcome);
  return outcome.ok ? done : say(outcome.error);
}

int verify(device& open, const arguments& args) {
  const verify_outcome outcome = open.verify(args.repair);
  std::cout << render(args.as(), outcome);
  return outcome.ok ? done : say(outcome.error);
}

int watch_hub(device& open, const arguments& args) {
  if (auto can = open.can_sync(); !can) return fail(args, can.error().message);
  if (auto kept = open.send_under(args.conditions); !kept) return fail(args, kept.error().message);
  const auto told = [&](const sync_outcome& session) {
    std::cerr << "session for " << session.trigger << (session.ok ? "" : " failed: " + session.error) << '\n';
    if (!args.json && session.ok) std::cout << render(output::text, session) << std::flush;
  };
  const sync_outcome sum = watch(open, args.trigger.empty() ? "user" : args.trigger, std::chrono::seconds{args.every_s}, told);
  if (args.json) std::cout << render(output::json, sum);
  return done;
}

int serve(const arguments& args) {
  const bool is_new = !hub_service::is_in(args.data);
  return open_hub(args, [&](hub_service& hub) {
    hub.limit_requests(args.requests_per_minute);
    hub.keep_conflicts_for(std::chrono::days{args.keep_conflicts_days});
    hub.keep_deletions_for(std::chrono::days{args.keep_deletions_days});
    http_server_settings settings;
    settings.max_body_bytes = 10 * 1024 * 1024;
    settings.log = [](std::string_view line) { std::cerr << line << '\n'; };
    auto server = http_server::listen(args.listen, [&](const http_request& request) { return hub.answer(request); }, settings);
    if (!server) return fail(args, server.error().message);
    server->run_until_signal([&] {
      if (is_new) std::cerr << "made a new hub in " << args.data << '\n';
      std::cout << (args.json ? "{\"listening\":" + syncline::json_text(server->url()) + "}" : "listening on " + server->url()) << std::endl;
    });
    return done;
  });
}

int simulate(arguments& args) {
  const auto seeds = parse_seeds(args.seeds);
  if (!seeds) return fail(args, seeds.error().message, called_wrongly);
  for (const std::string& each : args.without) {
    const auto fault = parse_fault(each);
    if (!fault) return fail(args, fault.error().message, called_wrongly);
    args.simulation.without.set(static_cast<std::size_t>(*fault));
  }
  const bool is_watched = isatty(STDERR_FILENO) == 1;
  const auto tell = [&](const simulation_view& all) { std::cerr << "\r\033[K" << progress(*seeds, all) << std::flush; };
  const simulation_view all = is_watched ? run_simulation(*seeds, args.simulation, !args.once, tell)
                                         : run_simulation(*seeds, args.simulation, !args.once);
  if (is_watched) std::cerr << "\r\033[K";
  std::cout << render(args.as(), all);
  if (all.violations.empty()) return done;
  return say(std::to_string(all.violations.size()) + " of " + std::to_string(all.seeds) + " worlds broke an invariant: standard output tells how to see each again");
}

int serve_watch(device& open, const arguments& args) {
  if (auto can = open.can_sync(); !can) return fail(args, can.error().message);
  http_server_settings settings;
  settings.workers = 1;  // a device takes one request at a time
  settings.max_body_bytes = 10 * 1024 * 1024;
  settings.log = [](std::string_view line) { std::cerr << line << '\n'; };
  auto server = http_server::listen(args.listen, [&](const http_request& request) { return open.answer_watch(request); }, settings);
  if (!server) return fail(args, server.error().message);
  server->run_until_signal([&] {
    std::cout << (args.json ? "{\"listening\":" + syncline::json_text(server->url()) + "}" : "listening on " + server->url()) << std::endl;
  });
  return done;
}

// Takes UTF-8 only: names, ids and whatever else ends up in a record.
CLI::Option* text(CLI::Option* option) {
  return option->check([](const std::string& given) {
    return syncline::is_utf8(given) ? std::string() : "'" + given + "' is not UTF-8 text: is it written in another encoding?";
  });
}

void add_fields(CLI::App* command, arguments& args, bool needs_some) {
  auto* fields = command->add_option("field=value", args.fields, "JSON where it parses as the field's type, text otherwise; null empties");
  if (needs_some) fields->required();
}

void add_table(CLI::App* command, arguments& args, bool required) {
  auto* table = text(command->add_option("table", args.table, "activities, goals, daily_metrics, ..."));
  if (required) table->required();
}

void add_id(CLI::App* command, arguments& args) { text(command->add_option("id", args.id, "the record's id"))->required(); }

// The first word that stands where a command belongs and is none; CLI11 only says that one is missing.
std::string unknown_command(const CLI::App& app, int argc, char** argv) {
  std::vector<const CLI::App*> known = app.get_subcommands([](const CLI::App*) { return true; });
  for (int i = 1; i < argc && !known.empty(); ++i) {
    const std::string word = argv[i];
    if (word == "--data" || word == "--user") ++i;
    if (word.starts_with('-')) continue;
    const auto found = std::find_if(known.begin(), known.end(), [&](const CLI::App* each) { return each->check_name(word); });
    if (found == known.end()) return word;
    known = (*found)->get_subcommands([](const CLI::App*) { return true; });
  }
  return {};
}

}  // namespace

int run_command_line(int argc, char** argv) {
  ::umask(S_IRWXG | S_IRWXO);  // where somebody was, and how fast their heart beat, is theirs alone
  arguments args;
  int status = done;
  CLI::App app("A fitness recorder whose devices work offline and agree through a hub: the reference app of Syncline.", "stride");
  app.fallthrough();
  app.require_subcommand(1);
  app.footer(
      "Exit status: 0 done, 1 failed (one sentence on the error stream says why), 2 called wrongly.\n"
      "With --json standard output has one document, also where a command failed: then {\"error\": the sentence}, or what the\n"
      "command has to tell in any case (the files of `import`, the session of `sync`, the tables of `verify`).\n\n"
      "The light of `status`:\n"
      "  green   the hub answers and takes this device's token, the last session came to its end, and nothing waits\n"
      "  yellow  something waits, and nothing is lost: writes, a hub that does not answer or was never named, a first session,\n"
      "          or one that failed for a reason that passes\n"
      "  red     a person has to act: the hub refused a record, a chunk or the token, or the last session failed for good\n"
      "A value that lost against another is decided, and colours nothing: `why ID` shows what became of it.");
  app.add_option("--data", args.data, "the folder of a device or of a hub")->capture_default_str();
  app.add_flag("--json", args.json, "print one JSON document and nothing else");

  // What needs assignments checks their form first, so that a mistake in calling is status 2.
  const auto with_fields = [&](auto&& use) {
    auto fields = assignments(args);
    status = fields ? use(*fields) : called_wrongly;
  };

  auto* init = app.add_subcommand("init", "Make a device in the data folder, or give it a new hub or token");
  text(init->add_option("--user", args.config.user, "whose data it holds"))->required();
  text(init->add_option("--device", args.config.device, "its name, up to 24 bytes; that of the token, or made up, if it is not given"));
  text(init->add_option("--hub", args.config.hub, "the hub, as http://HOST:PORT"));
  text(init->add_option("--token", args.config.token, "what `stride hub token` printed for it"));
  init->callback([&] { status = print(args, device::init(args.data, args.config)); });

  auto* import = app.add_subcommand("import", "Import activities from FIT files; what was imported before is a duplicate");
  import->add_option("file", args.files, "the files")->required();
  import->callback([&] { status = import_files(args); });

  auto* list = app.add_subcommand("list", "The rows of a table");
  add_table(list, args, false);
  list->callback([&] { status = with_device(args, [&](device& open) { return print_rows(args, open.list(args.table)); }); });

  auto* show = app.add_subcommand("show", "One record, with its series and its sync state");
  add_id(show, args);
  show->callback([&] { status = with_device(args, [&](device& open) { return print(args, open.show(args.id)); }); });

  auto* streams = app.add_subcommand("streams", "The points of one series of an activity");
  add_id(streams, args);
  text(streams->add_option("--type", args.type, "position, altitude_m, heart_rate_bpm, cadence_rpm, power_w, speed_mps, distance_m or temperature_c"))->required();
  streams->add_flag("--csv", args.csv, "comma-separated values");
  streams->callback([&] {
    status = with_device(args, [&](device& open) {
      auto points = open.streams(args.id, args.type);
      if (!points) return fail(args, points.error().message);
      std::cout << render(args.as(), *points, args.csv);
      return done;
    });
  });

  auto* put = app.add_subcommand("put", "Make a record");
  add_table(put, args, true);
  add_fields(put, args, true);
  put->callback([&] {
    with_fields([&](const auto& fields) {
      return with_device(args, [&](device& open) { return print(args, open.put(args.table, fields)); });
    });
  });

  auto* edit = app.add_subcommand("edit", "Change fields of a record");
  add_table(edit, args, true);
  add_id(edit, args);
  add_fields(edit, args, true);
  edit->callback([&] {
    with_fields([&](const auto& fields) {
      return with_device(args, [&](device& open) { return print_written(args, open.edit(args.table, args.id, fields)); });
    });
  });

  auto* remove = app.add_subcommand("delete", "Delete a record");
  add_table(remove, args, true);
  add_id(remove, args);
  remove->callback([&] { status = with_device(args, [&](device& open) { return print_written(args, open.remove(args.table, args.id)); }); });

  auto* sync = app.add_subcommand("sync", "One session with the hub; with --watch one after another");
  sync->add_option("--trigger", args.trigger, "what it is done for; user if it is not said")->check(CLI::IsMember(triggers));
  sync->add_option_function<std::string>("--network", [&](const std::string& name) { args.conditions.network = networks.at(name); },
                                         "unmetered, which sends all; metered: what people made, and no series; offline: nothing")
      ->transform(CLI::IsMember(networks, CLI::ignore_case));
  sync->add_option("--battery", args.conditions.battery_percent, "in percent, if it is not being charged: to 20 as if metered, to 5 nothing is sent")
      ->check(CLI::Range(0, 100));
  sync->add_option_function<std::string>("--send", [&](const std::string& name) { args.conditions.choice = choices.at(name); },
                                         "auto: as network and battery say; everything or nothing, whatever they say")
      ->transform(CLI::IsMember(choices, CLI::ignore_case));
  auto* stays = sync->add_flag("--watch", args.watch, "stay until SIGTERM: a session now, after every local write and every so often");
  sync->add_option("--every", args.every_s, "with --watch, seconds from one session to the next")->check(CLI::Range(1, 86'400))->needs(stays)->capture_default_str();
  sync->callback([&] {
    status = with_device(args, [&](device& open) { return args.watch ? watch_hub(open, args) : sync_once(open, args); });
  });

  auto* again = app.add_subcommand("retry", "Try again what the hub refused: one record with what waits for it, or everything");
  text(again->add_option("id", args.id, "the record's id; everything if it is not given"));
  again->callback([&] { status = with_device(args, [&](device& open) { return retry(open, args); }); });

  auto* check = app.add_subcommand("verify", "Compare every record with the hub's, by digests, in a session of their own");
  check->add_flag("--repair", args.repair, "take from the hub what is damaged here; what waits to be sent stays");
  check->callback([&] { status = with_device(args, [&](device& open) { return verify(open, args); }); });

  auto* relay = app.add_subcommand("relay", "Be the way to the hub for a watch, until SIGTERM: its --hub is this address");
  relay->add_option("--listen", args.listen, "ADDR:PORT; port 0 takes a free one")->capture_default_str();
  relay->callback([&] { status = with_device(args, [&](device& open) { return serve_watch(open, args); }); });

  auto* state = app.add_subcommand("status", "How things stand between the device and its hub");
  state->callback([&] { status = with_device(args, [&](device& open) { return print(args, open.status()); }); });

  auto* why = app.add_subcommand("why", "Why a record is or is not synced, and how each field came to its value");
  add_id(why, args);
  why->callback([&] { status = with_device(args, [&](device& open) { return print(args, open.why(args.id)); }); });

  auto* conflicts = app.add_subcommand("conflicts", "What did not stand, against what, by which rule; the latest first");
  conflicts->callback([&] { status = with_device(args, [&](device& open) { return print(args, open.conflicts()); }); });

  auto* undo = app.add_subcommand("undo", "Take a decision back, within a day: the value that did not stand comes back, on all devices");
  text(undo->add_option("entry", args.id, "an entry of `stride conflicts`"))->required();
  undo->callback([&] { status = with_device(args, [&](device& open) { return print(args, open.undo(args.id)); }); });

  auto* resolve = app.add_subcommand("resolve", "Settle a conflict: with this device's value, the other one, or another");
  text(resolve->add_option("id", args.id, "an entry of `stride conflicts`, or a record: then its latest entry"))->required();
  resolve->add_option("--use", args.use, "local, remote, merge (with field=value) or skip")->required()->check(CLI::IsMember({"local", "remote", "merge", "skip"}));
  add_fields(resolve, args, false);
  resolve->callback([&] {
    with_fields([&](const auto& fields) {
      return with_device(args, [&](device& open) { return print(args, open.resolve(args.id, args.use, fields)); });
    });
  });

  auto* hub = app.add_subcommand("hub", "The hub: serve it, write as the server, make tokens");
  hub->fallthrough();
  hub->require_subcommand(1);
  auto* hub_serve = hub->add_subcommand("serve", "Answer devices until SIGTERM");
  hub_serve->add_option("--listen", args.listen, "ADDR:PORT; port 0 takes a free one")->capture_default_str();
  hub_serve->add_option("--requests-per-minute", args.requests_per_minute, "how often a device may ask; 0 for as often as it likes")->capture_default_str();
  hub_serve->add_option("--keep-conflicts", args.keep_conflicts_days, "for how many days what did not stand is kept")->check(CLI::Range(1, 36'500))->capture_default_str();
  hub_serve->add_option("--keep-deletions", args.keep_deletions_days, "for how many days it is known what was deleted")->check(CLI::Range(0, 36'500))->capture_default_str();
  hub_serve->callback([&] { status = serve(args); });

  const auto add_user = [&](CLI::App* command) { text(command->add_option("--user", args.user, "whose data"))->required(); };
  auto* hub_list = hub->add_subcommand("list", "The rows of a user's table");
  add_user(hub_list);
  add_table(hub_list, args, false);
  hub_list->callback([&] { status = with_hub(args, [&](hub_service& open) { return print_rows(args, open.list(args.user, args.table), "user '" + args.user + "' has "); }); });

  auto* hub_put = hub->add_subcommand("put", "Make a record as the server");
  add_user(hub_put);
  add_table(hub_put, args, true);
  add_fields(hub_put, args, true);
  hub_put->callback([&] {
    with_fields([&](const auto& fields) {
      return with_hub(args, [&](hub_service& open) { return print(args, open.put(args.user, args.table, fields)); });
    });
  });

  auto* hub_edit = hub->add_subcommand("edit", "Change a record as the server");
  add_user(hub_edit);
  add_table(hub_edit, args, true);
  add_id(hub_edit, args);
  add_fields(hub_edit, args, true);
  hub_edit->callback([&] {
    with_fields([&](const auto& fields) {
      return with_hub(args, [&](hub_service& open) { return print(args, open.edit(args.user, args.table, args.id, fields)); });
    });
  });

  auto* hub_delete = hub->add_subcommand("delete", "Delete a record as the server");
  add_user(hub_delete);
  add_table(hub_delete, args, true);
  add_id(hub_delete, args);
  hub_delete->callback([&] { status = with_hub(args, [&](hub_service& open) { return print(args, open.remove(args.user, args.table, args.id)); }); });

  auto* hub_requests = hub->add_subcommand("requests", "What devices ask the server to take back, as `stride undo` does of its values");
  add_user(hub_requests);
  hub_requests->callback([&] {
    status = with_hub(args, [&](hub_service& open) {
      auto requests = open.requests(args.user);
      if (args.json || !requests || !requests->empty()) return print(args, requests);
      std::cout << "nobody waits for an answer\n";
      return done;
    });
  });

  const auto add_answer = [&](const char* name, const char* what, auto answer) {
    auto* command = hub->add_subcommand(name, what);
    add_user(command);
    text(command->add_option("entry", args.id, "an entry of `stride hub requests`"))->required();
    command->callback([&, answer] { status = with_hub(args, [&](hub_service& open) { return print(args, (open.*answer)(args.user, args.id)); }); });
  };
  add_answer("grant", "Do what was asked for: the value that did not stand comes back", &hub_service::grant);
  add_answer("decline", "Leave it as it is, and say so", &hub_service::decline);

  auto* hub_collect = hub->add_subcommand("collect", "Forget what was deleted long ago; devices that were away longer look through all they have");
  add_user(hub_collect);
  hub_collect->add_option("--days", args.days, "how long ago")->capture_default_str()->check(CLI::Range(0, 100'000));
  hub_collect->callback([&] {
    status = with_hub(args, [&](hub_service& open) {
      const auto gone = open.collect(args.user, std::chrono::days{args.days});
      if (!gone) return fail(args, gone.error().message);
      const std::string count = std::to_string(*gone);
      std::cout << (args.json ? "{\"collected\":" + count + "}" : "forgot " + count + " deleted record" + (*gone == 1 ? "" : "s")) << '\n';
      return done;
    });
  });

  auto* hub_token = hub->add_subcommand("token", "A signed token for a device");
  add_user(hub_token);
  text(hub_token->add_option("--device", args.device, "the device's name"))->required();
  hub_token->add_option("--ttl", args.ttl_s, "for how many seconds")->capture_default_str();
  hub_token->callback([&] {
    await_hub(args.data);
    status = with_hub(args, [&](hub_service& open) {
      auto token = open.token(args.user, args.device, args.ttl_s);
      if (!token) return fail(args, token.error().message);
      std::cout << (args.json ? "{\"token\":\"" + *token + "\"}" : *token) << '\n';
      return done;
    });
  });

  auto* demo = app.add_subcommand("demo", "Two devices and a hub: a ride is imported, edited offline on both, and synced");
  demo->add_option("file", args.demo_file, "a FIT file; without it a ride is generated");
  demo->callback([&] { status = run_demo(args.demo_file, args.as()); });

  auto* simulated = app.add_subcommand("simulate", "The engines in worlds of faults, each told by its seed, held against a naive model");
  simulated->add_option("--seeds", args.seeds, "A..B, both included, or one")->required();
  simulated->add_option("--devices", args.simulation.devices, "so many devices; 2 to 4 as the seed says if it is not given")->check(CLI::Range(2, 12));
  simulated->add_option("--steps", args.simulation.operations, "edits and delivered messages in each world, at least")->check(CLI::Range(1, 1'000'000))->capture_default_str();
  simulated->add_option("--records", args.simulation.keys, "records of each table: few, so that writes meet")->check(CLI::Range(1, 1000))->capture_default_str();
  simulated->add_option("--without", args.without, "a kind of fault that does not happen");
  simulated->add_flag("--once", args.once, "run each world once; else it runs again, and has to repeat every event");
  simulated->callback([&] { status = simulate(args); });

  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& wrong) {
    const std::string unknown = unknown_command(app, argc, argv);
    args.json = std::find(argv, argv + argc, std::string_view("--json")) != argv + argc;
    return fail(args, (unknown.empty() ? std::string(wrong.what()) : "there is no command '" + unknown + "'") + "; see `stride --help`",
                called_wrongly);
  }
  std::cout.flush();
  if (!std::cout) return say("could not write the output: is the disk full, or the reader gone?");
  return status;
}

}  // namespace stride
