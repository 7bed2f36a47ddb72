// SPDX-License-Identifier: BSL-1.0

#include "hub/json_messages.hpp"

#include "domain/catalog.hpp"
#include "transport/hub_paths.hpp"

#include <syncline/change/change.hpp>
#include <syncline/sync/catalog.hpp>
#include <syncline/sync/record_update.hpp>
#include <syncline/wire/json.hpp>

#include <optional>
#include <utility>
#include <vector>

namespace stride {

namespace {

using syncline::error_code;
using syncline::hybrid_time;
using syncline::json_writer;
using syncline::message_kind;
using syncline::phase;
using syncline::result;
using syncline::internal::json_cursor;
using tables = with_tables<syncline::catalog>;

syncline::error malformed(std::string sentence) { return make_error(error_code::malformed, phase::decode, std::move(sentence)); }

// Calls use(name) before each member's value, which it has to read.
template <class Use>
void for_each_member(json_cursor& in, Use&& use) {
  if (!in.take('{')) return in.refuse(in.skip(), "an object");
  for (std::string name; !in.failed() && !in.take('}');) {
    in.read_text(name);
    const json_cursor::inside here(in, name);
    use(name);
  }
}

template <class Use>
void for_each_element(json_cursor& in, Use&& use) {
  if (!in.take('[')) return in.refuse(in.skip(), "a list");
  for (std::size_t i = 0; !in.failed() && !in.take(']'); ++i) {
    const json_cursor::inside here(in, i);
    use();
  }
}

void no_such_member(json_cursor& in) { in.fail(error_code::malformed, "is not known here"); }

// A change before its table is known.
struct written_change {
  std::string table{}, kind{};
  std::string_view id = "null", fields = "{}";
  std::uint64_t base = 0;
  std::optional<syncline::timestamp> at{};
};

written_change read_change(json_cursor& in) {
  written_change read;
  for_each_member(in, [&](std::string_view name) {
    if (name == "table") return syncline::internal::read_value(in, read.table);
    if (name == "kind") return syncline::internal::read_value(in, read.kind);
    if (name == "base") return syncline::internal::read_value(in, read.base);
    if (name == "at") return syncline::internal::read_value(in, read.at);
    if (name == "id") return static_cast<void>(read.id = in.skip());
    if (name == "fields") return static_cast<void>(read.fields = in.skip());
    no_such_member(in);
  });
  return read;
}

template <class R>
result<std::string> bytes_of(const written_change& written, syncline::timestamp now) {
  auto key = syncline::from_json<typename syncline::schema<R>::key_type>(written.id);
  if (!key) return key.error();
  syncline::change<R> made{.base = written.base};
  if (written.kind == "created" || written.kind == "deleted") {
    made.kind = written.kind == "created" ? syncline::change_kind::created : syncline::change_kind::deleted;
  } else if (written.kind != "updated") {
    return malformed("a change is of kind '" + written.kind + "', and created, updated or deleted is expected");
  }
  if (auto fields = syncline::from_json_into(written.fields, made.what); !fields) return fields.error();
  if (made.kind == syncline::change_kind::deleted && !made.what.empty()) return malformed("a deletion has no fields");
  stamp_fields(made, hybrid_time::at(written.at.value_or(now)));
  std::string bytes;
  syncline::encode_to<R>(bytes, *key, made);
  return bytes;
}

result<syncline::record_change> packed(const written_change& written, syncline::timestamp now) {
  const std::uint32_t position = tables::position_of(written.table);
  result<std::string> bytes = malformed("there is no table '" + written.table + "'");
  tables::visit(written.table, [&]<class R>(std::type_identity<R>) { bytes = bytes_of<R>(written, now); });
  if (!bytes) return bytes.error();
  return syncline::record_change{position, {std::move(*bytes)}};
}

result<std::string> read_envelope(std::string_view device, std::string_view json, syncline::timestamp now) {
  syncline::upload_message message{std::string(device), 0, 0, tables::declarations(), {}};
  std::vector<std::vector<written_change>> groups;
  json_cursor in(json, false);
  for_each_member(in, [&](std::string_view name) {
    if (name == "incarnation") return syncline::internal::read_value(in, message.incarnation);
    if (name == "number") return syncline::internal::read_value(in, message.number);
    if (name != "groups") return no_such_member(in);
    for_each_element(in, [&] {
      groups.emplace_back();
      for_each_element(in, [&] { groups.back().push_back(read_change(in)); });
    });
  });
  if (auto done = in.finish("an envelope"); !done) return done.error();
  for (const auto& group : groups) {
    message.groups.emplace_back();
    for (const written_change& written : group) {
      auto change = packed(written, now);
      if (!change) return change.error();
      message.groups.back().changes.push_back(std::move(*change));
    }
  }
  return syncline::pack(message);
}

// Writes the members of what the hub has of a record.
template <class R>
result<void> write_update(json_writer& out, std::string_view bytes) {
  syncline::record_update<R> update;
  if (auto done = decode_into(bytes, update); !done) return done;
  if (!update.differences.empty()) return malformed("this was answered before, in " + std::string(syncline_media_type) + ": ask for that");
  out.begin_object().member("table", syncline::schema<R>::table).member("id", syncline::key_of(update.value));
  out.member("number", update.number).member("whole", update.whole).member("deleted", update.deleted).key("fields").begin_object();
  syncline::for_each_field(
      [&]<std::size_t I>(std::integral_constant<std::size_t, I>, const auto& field) {
        if (update.fields.contains(I)) out.member(syncline::schema<R>::names[I], syncline::value_of(field));
      },
      update.value);
  out.end_object().key("written").begin_object();
  update.fields.for_each([&](std::size_t i) {
    const syncline::stamp& written = update.stamps[i];
    if (!written.time.is_set()) return;
    out.key(syncline::schema<R>::names[i]).begin_object().member("at", written.time.wall()).member("by", written.device.view());
    out.member("rule", to_string(update.rules[i])).end_object();
  });
  out.end_object().end_object();
  return {};
}

template <class R>
void write_dropped(json_writer& out, const syncline::dropped_value& dropped) {
  const auto key = syncline::decode<typename syncline::schema<R>::key_type>(dropped.key.bytes);
  out.begin_object().member("table", syncline::schema<R>::table).key("id");
  key ? out.value(*key) : out.null();
  out.member("field", dropped.field < syncline::schema<R>::size ? syncline::schema<R>::names[dropped.field] : std::string_view{});
  out.member("winner", to_string(dropped.winner)).member("rule", to_string(dropped.why)).key("value");
  std::optional<std::string> lost;
  R record{};
  syncline::for_each_field(
      [&]<std::size_t I>(std::integral_constant<std::size_t, I>, auto& field) {
        if (I != dropped.field) return;
        if (syncline::decode_into(dropped.value.bytes, syncline::value_of(field))) lost = syncline::json_text(syncline::value_of(field));
      },
      record);
  lost ? out.raw(*lost) : out.null();
  out.member("by", dropped.by).member("at", hybrid_time{dropped.at}.wall()).end_object();
}

// `name_of(table)` is the table at that position of the message.
template <class NameOf>
result<void> write_records(json_writer& out, const std::vector<syncline::updated_record>& records, NameOf&& name_of) {
  result<void> outcome;
  out.key("records").begin_array();
  for (const syncline::updated_record& each : records) {
    tables::visit(name_of(each.table), [&]<class R>(std::type_identity<R>) { outcome = write_update<R>(out, each.bytes.bytes); });
    if (!outcome) return outcome;
  }
  out.end_array();
  return {};
}

template <class NameOf>
void write_losses(json_writer& out, const std::vector<syncline::dropped_value>& dropped, NameOf&& name_of) {
  out.key("dropped").begin_array();
  for (const syncline::dropped_value& each : dropped) {
    tables::visit(name_of(each.table), [&]<class R>(std::type_identity<R>) { write_dropped<R>(out, each); });
  }
  out.end_array();
}

result<std::string> json_of(const syncline::uploaded_message& message) {
  const auto declared = tables::declarations();
  const auto name_of = [&](std::uint32_t at) { return at < declared.size() ? declared[at].table : std::string(); };
  constexpr std::string_view verdicts[]{"applied", "rebase", "refused", "gone"};
  std::string text;
  json_writer out(text);
  out.begin_object().member("number", message.number).member("must_download", message.must_download);
  out.member("commit", message.commit).key("groups").begin_array();
  for (const syncline::group_answer& group : message.groups) {
    out.begin_object().member("verdict", verdicts[static_cast<std::size_t>(group.verdict)]).member("reason", group.reason).end_object();
  }
  out.end_array();
  if (auto done = write_records(out, message.records, name_of); !done) return done.error();
  write_losses(out, message.dropped, name_of);
  out.member("shift_ms", message.shift >> 16).end_object();
  return text;
}

result<std::string> json_of(const syncline::page_message& message) {
  const auto name_of = [&](std::uint32_t at) { return at < message.ranges.size() ? message.ranges[at].table : std::string(); };
  std::string text;
  json_writer out(text);
  out.begin_object().member("snapshot", message.snapshot).member("applied", message.applied).member("more", message.more).member("collected", message.collected).member("unread", message.unread);
  out.member("ranges", message.ranges);
  if (auto done = write_records(out, message.records, name_of); !done) return done.error();
  out.key("later").begin_array();
  for (const syncline::wanted_record& later : message.later) {
    tables::visit(name_of(later.table), [&]<class R>(std::type_identity<R>) {
      if (const auto key = syncline::decode<typename syncline::schema<R>::key_type>(later.key.bytes)) {
        out.begin_object().member("table", syncline::schema<R>::table).member("id", *key).end_object();
      }
    });
  }
  out.end_array();
  write_losses(out, message.dropped, name_of);
  out.end_object();
  return text;
}

template <class Message>
result<std::string> plain_json(const syncline::unframed& framed) {
  auto message = syncline::unpack<Message>(framed);
  if (!message) return message.error();
  return syncline::json_text(*message);
}

template <class Message>
result<std::string> readable_json(const syncline::unframed& framed) {
  auto message = syncline::unpack<Message>(framed);
  if (!message) return message.error();
  return json_of(*message);
}

}  // namespace

result<std::string> message_from_json(std::string_view path, std::string_view device, std::string_view json,
                                      syncline::timestamp now) {
  if (path == "/sync/check") {
    auto check = syncline::from_json<syncline::check_message>(json);
    if (!check) return check.error();
    check->device = device;
    if (check->tables.empty()) check->tables = tables::declarations();
    return syncline::pack(*check);
  }
  if (path == "/sync/compare") return malformed("digests are compared in " + std::string(syncline_media_type) + " only");
  if (auto is_json = syncline::internal::judge_json(json); !is_json) return is_json.error();
  bool is_chunk = false;
  json_cursor in(json, true);
  for_each_member(in, [&](std::string_view name) {
    is_chunk = is_chunk || name == "digest";
    static_cast<void>(in.skip());
  });
  if (!is_chunk) return read_envelope(device, json, now);
  auto chunk = syncline::from_json<syncline::chunk_message>(json);
  if (!chunk) return chunk.error();
  return syncline::pack(*chunk);
}

result<std::string> json_from_answer(std::string_view framed) {
  auto answer = syncline::unframe(framed);
  if (!answer) return answer.error();
  switch (static_cast<message_kind>(answer->kind)) {
    case message_kind::checked: return plain_json<syncline::checked_message>(*answer);
    case message_kind::uploaded: return readable_json<syncline::uploaded_message>(*answer);
    case message_kind::page: return readable_json<syncline::page_message>(*answer);
    case message_kind::chunk: return plain_json<syncline::chunk_message>(*answer);
    case message_kind::chunk_stored: return plain_json<syncline::chunk_stored_message>(*answer);
    case message_kind::chunk_missing: return plain_json<syncline::chunk_missing_message>(*answer);
    case message_kind::refusal: {
      auto refusal = syncline::unpack<syncline::refusal_message>(*answer);
      if (!refusal) return refusal.error();
      return syncline::error{refusal->code, refusal->severity, phase::transport, refusal->message};
    }
    default: return malformed("the hub's answer is of an unknown kind");
  }
}

}  // namespace stride
