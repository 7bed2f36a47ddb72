// SPDX-License-Identifier: BSL-1.0

#include "cli/render.hpp"

#include "domain/characters.hpp"

#include <syncline/wire/json.hpp>

#include <algorithm>
#include <charconv>

namespace stride {

namespace {

using syncline::json_writer;

std::string padded(std::string_view text, std::size_t width) {
  const std::size_t has = count_characters(text);
  return std::string(text) + std::string(has < width ? width - has : 0, ' ');
}

// The text, or as much of it as fits before three dots into so many characters.
std::string shortened(std::string text, std::size_t most) {
  return count_characters(text) <= most ? text : std::string(first_characters(text, most - 3)) + "...";
}

// A field's JSON as people read it: text without its quotes, nothing for null.
std::string plain(const std::string& json) {
  if (json == "null") return {};
  if (json.starts_with('"')) {
    if (auto text = syncline::from_json<std::string>(json)) return std::move(*text);
  }
  return json;
}

// The same as a word of a sentence.
std::string named(const std::string& json) {
  const std::string text = plain(json);
  return text.empty() ? "nothing" : text;
}

bool is_empty(const std::string& json) { return json == "null" || json == "\"\"" || json == "[]" || json == "{}"; }

std::string time_or(const std::optional<syncline::timestamp>& t, std::string_view otherwise) {
  return t ? plain(syncline::json_text(*t)) : std::string(otherwise);
}

std::string number(double value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  return {text, end};
}

void write_fields(json_writer& out, const record_view& record) {
  for (const field_view& field : record) out.key(field.name).raw(field.json);
}

// A rule's name as a part of a sentence.
std::string_view in_words(std::string_view rule) {
  if (rule == "alone") return "nobody else changed it meanwhile";
  if (rule == "seen") return "written knowing the value before";
  if (rule == "same value") return "both wrote the same";
  if (rule == "merged") return "both edits count";
  if (rule == "deleted") return "deleted the record";
  if (rule == "updated") return "it was changed, and that wins over the deletion";
  if (rule == "undecided") return "it was changed and deleted: somebody has to decide";
  if (rule == "undone") return "taken back";
  if (rule == "overlapping") return "both edits of one place are kept";
  if (rule == "made anew") return "made the record again, without it";
  if (rule == "duplicate") return "two records were one thing";
  if (rule == "settled") return "somebody had decided before";
  if (rule == "superseded") return "what was asked for was replaced by the server's plan";
  return rule;
}

// What the server said to a request, as the end of a sentence.
std::string_view answer_in_words(const std::optional<bool>& granted) {
  return !granted ? ", which has not answered" : *granted ? ", which did so" : ", which declined";
}

template <class T>
std::string document(const T& value) {
  return syncline::json_text(value) + '\n';
}

}  // namespace

std::string render(output as, const device_config& config) {
  if (as == output::json) {
    std::string text;
    json_writer out(text);
    out.begin_object().member("user", config.user).member("device", config.device).key("hub");
    if (config.hub.empty()) {
      out.null();
    } else {
      out.value(config.hub);
    }
    out.end_object();
    return text + '\n';
  }
  return "device '" + config.device + "' of user '" + config.user + "'" +
         (config.hub.empty() ? ", without a hub" : ", hub " + config.hub) + "\n";
}

std::string render(output as, const std::vector<import_outcome>& outcomes) {
  if (as == output::json) {
    std::string text;
    json_writer out(text);
    out.begin_array();
    for (const import_outcome& each : outcomes) {
      out.begin_object().member("file", printable(each.file)).key("id");
      each.id.empty() ? out.null() : out.value(each.id);
      out.member("status", each.status).member("points", each.points).key("error");
      each.error.empty() ? out.null() : out.value(printable(each.error));
      out.end_object();
    }
    out.end_array();
    return text + '\n';
  }
  std::string text;
  for (const import_outcome& each : outcomes) {
    if (each.status == "failed") continue;  // said on the error stream
    text += each.status + "  " + each.id + "  " + std::to_string(each.points) + " points  " + each.file +
            (each.error.empty() ? "" : "  (" + each.error + ")") + "\n";
  }
  return text;
}

std::string render(output as, const std::vector<record_view>& records) {
  std::string text;
  if (as == output::json) {
    json_writer out(text);
    out.begin_array();
    for (const record_view& record : records) {
      out.begin_object();
      write_fields(out, record);
      out.end_object();
    }
    out.end_array();
    return text + '\n';
  }
  for (const record_view& record : records) {
    std::string line;
    for (const field_view& field : record) {
      if (is_empty(field.json) || field.json.size() > 60) continue;
      line += line.empty() ? plain(field.json) : "  " + field.name + "=" + plain(field.json);
    }
    text += line + "\n";
  }
  return text;
}

std::string render(output as, const record_view& record) {
  std::string text;
  if (as == output::json) {
    json_writer out(text);
    out.begin_object();
    write_fields(out, record);
    out.end_object();
    return text + '\n';
  }
  std::size_t width = 0;
  for (const field_view& field : record) width = std::max(width, is_empty(field.json) ? 0 : field.name.size());
  for (const field_view& field : record) {
    if (is_empty(field.json)) continue;
    text += padded(field.name, width) + "  " + shortened(plain(field.json), 100) + "\n";
  }
  return text;
}

std::string render(output as, const shown_record& shown) {
  if (as == output::json) {
    std::string text;
    json_writer out(text);
    out.begin_object();
    write_fields(out, shown.record);
    if (!shown.alias.empty()) out.member("alias", shown.alias);
    out.member("table", shown.table).member("deleted", shown.deleted).member("streams", shown.streams).key("sync").begin_object();
    out.member("state", shown.sync.state).member("revision", shown.sync.revision).member("dirty", shown.sync.dirty);
    out.end_object().end_object();
    return text + '\n';
  }
  std::string text = (shown.alias.empty() ? "" : shown.alias + " is a duplicate; this record stands for it\n") +
                     std::string(shown.deleted ? "deleted: this is what it was\n" : "") + render(output::text, shown.record);
  for (const stream_view& stream : shown.streams) {
    text += "series " + padded(stream.type, 15) + std::to_string(stream.points) + " points, " +
            std::to_string(stream.chunks) + " chunks, " + std::to_string(stream.bytes) + " bytes, " + stream.sync_status +
            ", " + time_or(stream.first, "-") + " to " + time_or(stream.last, "-") + "\n";
  }
  text += "sync: " + shown.sync.state + ", revision " + std::to_string(shown.sync.revision);
  for (std::size_t i = 0; i < shown.sync.dirty.size(); ++i) text += (i == 0 ? ", not sent yet: " : ", ") + shown.sync.dirty[i];
  return text + "\n";
}

std::string render_error(std::string_view sentence) {
  std::string text;
  json_writer(text).begin_object().member("error", sentence).end_object();
  return text + '\n';
}

std::string render(output as, const sync_outcome& outcome) {
  if (as == output::json) {
    std::string text;
    json_writer out(text);
    out.begin_object();
    out.member("ok", outcome.ok).member("pushed", outcome.pushed).member("pulled", outcome.pulled);
    out.member("conflicts", outcome.conflicts).member("chunks_sent", outcome.chunks_sent);
    out.member("bytes_sent", outcome.bytes_sent).member("bytes_received", outcome.bytes_received);
    out.member("retries", outcome.retries).member("duration_ms", outcome.duration_ms).key("error");
    outcome.error.empty() ? out.null() : out.value(outcome.error);
    out.member("trigger", outcome.trigger).member("sessions", outcome.sessions).member("failed_sessions", outcome.failed_sessions);
    out.end_object();
    return text + '\n';
  }
  return std::string(outcome.ok ? "synced" : "not synced") + ": " + std::to_string(outcome.pushed) + " records pushed, " +
         std::to_string(outcome.pulled) + " pulled, " + std::to_string(outcome.chunks_sent) + " chunks sent, " +
         std::to_string(outcome.conflicts) + " values superseded; " + std::to_string(outcome.bytes_sent) + " bytes out, " +
         std::to_string(outcome.bytes_received) + " in, " + std::to_string(outcome.duration_ms) + " ms" +
         (outcome.retries == 0 ? "" : ", " + std::to_string(outcome.retries) + " retries") + "\n";
}

std::string render(output as, const verify_outcome& outcome) {
  if (as == output::json) {
    std::string text;
    json_writer out(text);
    out.begin_object().member("ok", outcome.ok).key("tables").begin_array();
    for (const verified_table& each : outcome.tables) {
      out.begin_object().member("table", each.table).member("compared", each.compared).member("differed", each.differed);
      out.member("repaired", each.repaired).member("damaged_at_hub", each.damaged).key("problem");
      each.problem.empty() ? out.null() : out.value(each.problem);
      out.end_object();
    }
    out.end_array().key("error");
    outcome.error.empty() ? out.null() : out.value(printable(outcome.error));
    out.end_object();
    return text + '\n';
  }
  std::string text;
  for (const verified_table& each : outcome.tables) {
    if (each.compared == 0 && each.problem.empty()) continue;
    text += padded(each.table, 22) + std::to_string(each.compared) + " compared";
    if (each.differed == 0) {
      text += each.problem.empty() ? ", all as the hub has them" : "";
    } else {
      text += ", " + std::to_string(each.differed) + " differed, " + std::to_string(each.repaired) + " repaired";
      if (each.damaged > 0) text += ", " + std::to_string(each.damaged) + " damaged at the hub";
    }
    text += (each.problem.empty() ? "" : "  (" + each.problem + ")") + std::string("\n");
  }
  return text.empty() && outcome.ok ? "there is nothing to compare yet\n" : text;
}

std::string render(output as, const status_view& status) {
  if (as == output::json) return document(status);
  return status.light + ": " + status.reason + "; " + (status.online ? "online" : "offline") + ", last synced " +
         time_or(status.last_synced, "never") + ", " + std::to_string(status.pending) + " waiting, " +
         std::to_string(status.failed) + " failed, " + std::to_string(status.conflicts) + " values superseded\n";
}

std::string render(output as, const why_view& why) {
  std::string text;
  if (as == output::json) {
    json_writer out(text);
    out.begin_object().member("table", why.table).member("id", why.id).member("state", why.state).member("deleted", why.deleted);
    if (why.deleted) out.member("deleted_by", why.deleted_by).member("deleted_at", why.deleted_at);
    if (!why.alias.empty()) out.member("alias", why.alias);
    out.member("waiting_for", why.waiting_for).member("next_attempt", why.next_attempt).key("fields").begin_object();
    for (const field_reason_view& field : why.fields) {
      out.key(field.name).begin_object().key("value").raw(field.value);
      out.member("side", field.side).member("rule", field.rule).member("by", field.by).member("at", field.at).key("dropped");
      field.dropped ? out.raw(*field.dropped) : out.null();
      out.member("decided_at", field.decided_at).member("waiting", field.is_waiting).end_object();
    }
    out.end_object().key("requests").begin_array();
    for (const request_view& each : why.requests) {
      out.begin_object().member("entry", each.entry).member("by", each.by).member("granted", each.granted).end_object();
    }
    out.end_array().end_object();
    return text + '\n';
  }
  text = (why.alias.empty() ? "" : why.alias + " is a duplicate; " + why.id + " stands for it\n") + why.table + " " + why.id + " is " + (why.deleted ? "deleted, and " : "") + why.state + "; it waits for " + why.waiting_for +
         (why.next_attempt ? ", at " + time_or(why.next_attempt, "") : "") + "\n";
  if (why.deleted_by) text += "  deleted by " + *why.deleted_by + ", " + time_or(why.deleted_at, "") + "\n";
  std::size_t name = 0, value = 0;
  for (const field_reason_view& field : why.fields) {
    name = std::max(name, field.name.size());
    value = std::max(value, count_characters(shortened(plain(field.value), 32)));
  }
  for (const field_reason_view& field : why.fields) {
    text += "  " + padded(field.name, name) + "  " + padded(shortened(plain(field.value), 32), value) + "  " +
            (field.side == "local" ? "this device" : field.side == "both" ? "merged" : field.by.empty() ? "the hub" : field.by) +
            ": " + std::string(in_words(field.rule)) + (field.is_waiting ? ", not sent yet" : "") + (field.at ? ", " + time_or(field.at, "") : "") +
            (field.dropped ? ", instead of " + named(*field.dropped) : "") + "\n";
  }
  for (const request_view& each : why.requests) {
    text += "  " + each.by + " asked the server to take back " + each.entry + std::string(answer_in_words(each.granted)) + "\n";
  }
  return text;
}

std::string render(output as, const std::vector<conflict_view>& entries) {
  std::string text;
  if (as == output::json) {
    json_writer out(text);
    out.begin_array();
    for (const conflict_view& entry : entries) {
      out.begin_object().member("id", entry.id).member("table", entry.table).member("record", entry.record);
      out.member("decided_at", entry.decided_at).member("decided_by", entry.decided_by).member("open", entry.open);
      out.member("undone", entry.undone).member("undoes", entry.undoes).member("settled_by", entry.settled_by);
      out.member("requested_by", entry.requested_by).member("granted", entry.granted).key("values").begin_array();
      for (const superseded_view& value : entry.values) {
        out.begin_object().member("field", value.field).member("rule", value.rule).key("kept").raw(value.kept);
        out.member("kept_by", value.kept_by).member("kept_at", value.kept_at).key("dropped").raw(value.dropped);
        out.member("dropped_by", value.dropped_by).member("dropped_at", value.dropped_at).end_object();
      }
      out.end_array().end_object();
    }
    out.end_array();
    return text + '\n';
  }
  if (entries.empty()) return "no conflicts yet\n";
  for (const conflict_view& entry : entries) {
    text += entry.id + "  " + entry.table + " " + entry.record + ", " + time_or(entry.decided_at, "") + " by " + entry.decided_by +
            (entry.open ? ", open" : "") + (entry.undone ? ", undone" : "") + (entry.undoes.empty() ? "" : ", takes back " + entry.undoes) +
            (entry.settled_by.empty() ? "" : ", settled on " + entry.settled_by) +
            (entry.requested_by.empty() ? "" : ", " + entry.requested_by + " asked the server" + std::string(answer_in_words(entry.granted))) + "\n";
    for (const superseded_view& value : entry.values) {
      text += "  " + (value.field.empty() ? std::string("deletion") : value.field) + ": " + named(value.kept) +
              (value.kept_by.empty() ? "" : " (" + value.kept_by + ")") + " instead of " + named(value.dropped) +
              (value.dropped_by.empty() ? "" : " (" + value.dropped_by + ")") + ": " + std::string(in_words(value.rule)) + "\n";
    }
  }
  return text;
}

std::string render(output as, const undo_view& outcome) {
  std::string text;
  if (as == output::json) {
    json_writer out(text);
    const auto names = [&](std::string_view key, const std::vector<std::string>& all) {
      out.key(key).begin_array();
      for (const std::string& each : all) out.value(each);
      out.end_array();
    };
    out.begin_object().member("entry", outcome.entry).member("outcome", outcome.outcome);
    names("restored", outcome.restored);
    names("changed_since", outcome.changed_since);
    names("asked", outcome.asked);
    out.end_object();
    return text + '\n';
  }
  const auto names = [&](std::string_view what, const std::vector<std::string>& all) {
    if (all.empty()) return;
    text += "  " + std::string(what) + ":";
    for (const std::string& each : all) text += " " + each;
    text += "\n";
  };
  text = outcome.entry + ": " + outcome.outcome + "\n";
  names("restored", outcome.restored);
  names("changed since, and left", outcome.changed_since);
  names("the server was asked for", outcome.asked);
  return text;
}

std::string render(output as, const stream_points& points, bool as_csv) {
  std::string text;
  if (as == output::json) {
    json_writer out(text);
    out.begin_array();
    for (const stream_point& point : points.points) {
      out.begin_object().member("t", point.t);
      for (std::size_t i = 0; i < point.values.size(); ++i) out.member(points.columns[i], point.values[i]);
      out.end_object();
    }
    out.end_array();
    return text + '\n';
  }
  const char separator = as_csv ? ',' : '\t';
  text = "t";
  for (const std::string& column : points.columns) text += separator + column;
  text += '\n';
  for (const stream_point& point : points.points) {
    text += time_or(point.t, "");
    for (const double value : point.values) text += separator + number(value);
    text += '\n';
  }
  return text;
}

}  // namespace stride
