// SPDX-License-Identifier: BSL-1.0
// What a device tells of a record: its series, its sync state, and how each field came to its value.

#include "device/device_parts.hpp"
#include "device/shown_values.hpp"

#include <syncline/stream/split.hpp>
#include <syncline/sync/waiting.hpp>

#include <algorithm>

namespace stride {

namespace {

using syncline::error_code;
using syncline::phase;
using syncline::result;

template <class R>
using kept_record = syncline::replica_record<R>;

std::optional<syncline::timestamp> wall(std::uint64_t ticks) {
  if (ticks == 0) return std::nullopt;
  return syncline::hybrid_time{ticks}.wall();
}

// Calls use(record) for the record with this id in whichever table has it; deleted ones only if none lives.
template <class Result, class Use>
Result with_record(device_replica& replica, const std::string& id, Use&& use) {
  std::optional<Result> outcome;
  for (const bool deleted : {false, true}) {
    tables::for_each([&]<class R>(std::type_identity<R>) {
      if (outcome) return;
      auto found = replica.template find_record<R>(id);
      if (!found) {
        outcome.emplace(found.error());
      } else if (*found && (*found)->seen_deleted() == deleted) {
        outcome.emplace(use(**found));
      }
    });
    if (outcome) return std::move(*outcome);
  }
  return make_error(error_code::not_found, phase::local, "there is no record '" + id + "' in any table; see `stride list TABLE`");
}

template <class Sample>
stream_point point_of(const Sample& sample) {
  if constexpr (requires { sample.lat_deg; }) {
    return {sample.t, {sample.lat_deg, sample.lon_deg}};
  } else {
    return {sample.t, {sample.value}};
  }
}

// Calls use(type, samples, gaps) for each series of an activity that has any chunk.
template <class Use>
result<void> for_each_series(device_replica& replica, const activity& record, Use&& use) {
  result<void> outcome;
  syncline::for_each_field(
      [&]<std::size_t I>(std::integral_constant<std::size_t, I>, const auto& field) {
        using policy = typename syncline::schema<activity>::template policy_type<I>;
        if constexpr (syncline::policy::is_chunked<policy>) {
          if (!outcome || syncline::value_of(field).empty()) return;
          const auto type = std::find_if(stream_types.begin(), stream_types.end(), [](const auto& t) { return t.field == I; });
          const auto fetch = [&](const syncline::chunk_digest& digest) -> std::optional<std::string> {
            auto bytes = replica.find_chunk(digest);
            if (!bytes) {
              outcome = bytes.error();
              return std::nullopt;
            }
            return std::move(*bytes);
          };
          auto joined = syncline::join<typename policy::sample>(syncline::value_of(field), fetch);
          if (outcome) use(type->name, syncline::value_of(field), joined);
        }
      },
      record);
  return outcome;
}

// How many chunks the hub does not have, and how many of those it refused.
struct chunk_counts {
  std::size_t waiting{}, refused{};
};

result<chunk_counts> count_unsent(device_replica& replica, const syncline::manifest& parts) {
  return replica.read([&](auto& tx) -> result<chunk_counts> {
    chunk_counts count;
    for (const syncline::chunk_entry& chunk : parts.chunks) {
      const std::string name = syncline::digest_name(chunk.digest);
      for (const auto& [space, counted] : {std::pair{"chunk_out", &count.waiting}, std::pair{"chunk_dead", &count.refused}}) {
        auto task = tx.get(space, name);
        if (!task) return task.error();
        if (*task) ++*counted;
      }
    }
    return count;
  });
}

// What chunks of an activity's series wait for, after "it waits for"; nothing if the hub has all.
result<std::optional<std::string>> wait_of_series(device_replica& replica, const activity& record, const syncline::send_budget& budget) {
  result<void> counted;
  chunk_counts all;
  syncline::for_each_field(
      [&]<std::size_t I>(std::integral_constant<std::size_t, I>, const auto& field) {
        if constexpr (syncline::policy::is_chunked<typename syncline::schema<activity>::template policy_type<I>>) {
          if (!counted) return;
          auto count = count_unsent(replica, syncline::value_of(field));
          if (!count) {
            counted = count.error();
            return;
          }
          all.waiting += count->waiting;
          all.refused += count->refused;
        }
      },
      record);
  if (!counted) return counted.error();
  const auto chunks = [](std::size_t count) { return std::to_string(count) + (count == 1 ? " chunk" : " chunks") + " of its series"; };
  if (all.refused > 0) return std::optional("a person: the hub refused " + chunks(all.refused));
  if (all.waiting == 0) return std::optional<std::string>{};
  if (!budget.allows_chunks()) return std::optional(std::string(remedy(budget.large_wait)) + ", to send " + chunks(all.waiting));
  return std::optional("a session with the hub, to send " + chunks(all.waiting) + ": run `stride sync`");
}

template <class R>
sync_view sync_of(const kept_record<R>& record) {
  sync_view view{std::string(to_string(record.state)), record.number, {}};
  record.dirty_fields().for_each([&](std::size_t i) { view.dirty.emplace_back(syncline::schema<R>::names[i]); });
  return view;
}

}  // namespace

result<shown_record> device::show(std::string_view id) {
  return with_record<result<shown_record>>(
      *parts_->replica, std::string(id), [&]<class R>(const kept_record<R>& kept) -> result<shown_record> {
        const R value = kept.seen();
        shown_record shown{std::string(syncline::schema<R>::table), kept.seen_deleted(), view_of(value), {}, sync_of(kept), {}};
        if (syncline::key_of(value) != id) shown.alias = id;
        if constexpr (std::is_same_v<R, activity>) {
          result<void> outcome;
          auto done = for_each_series(*parts_->replica, value, [&](std::string_view type, const auto& parts, const auto& joined) {
            stream_view stream{.type = std::string(type), .points = parts.points(), .chunks = parts.chunks.size()};
            for (const auto& chunk : parts.chunks) {
              stream.bytes += chunk.encoded_size;
              stream.original_size += chunk.original_size;
            }
            for (const auto& sample : joined.samples) {
              if (!sample.t) continue;
              if (!stream.first) stream.first = sample.t;
              stream.last = sample.t;
            }
            auto unsent = count_unsent(*parts_->replica, parts);
            if (!unsent) outcome = unsent.error();
            stream.sync_status = !joined.is_complete() ? "missing" : unsent && unsent->waiting + unsent->refused > 0 ? "local_only" : "synced";
            shown.streams.push_back(std::move(stream));
          });
          if (!done) return done.error();
          if (!outcome) return outcome.error();
        }
        return shown;
      });
}

result<stream_points> device::streams(std::string_view id, std::string_view type) {
  auto record = parts_->replica->find<activity>(std::string(id));
  if (!record) return record.error();
  if (!*record) {
    return make_error(error_code::not_found, phase::local,
                      "there is no activity '" + std::string(id) + "'; see `stride list`");
  }
  stream_points found{std::string(type), {}, {}};
  std::string had;
  std::uint64_t missing = 0;
  bool is_there = false;
  auto done = for_each_series(*parts_->replica, **record, [&](std::string_view name, const auto&, const auto& joined) {
    had += (had.empty() ? "" : ", ") + std::string(name);
    if (name != type) return;
    is_there = true;
    missing = joined.gaps.size();
    for (const auto& sample : joined.samples) found.points.push_back(point_of(sample));
  });
  if (!done) return done.error();
  if (!is_there) {
    return make_error(error_code::not_found, phase::local,
                      "activity '" + std::string(id) + "' has no series '" + std::string(type) + "'" +
                          (had.empty() ? std::string("; it has none") : "; it has " + had));
  }
  if (missing > 0) {
    return make_error(error_code::not_found, phase::local,
                      std::to_string(missing) + " chunks of '" + std::string(type) +
                          "' are not on this device yet: run `stride sync`");
  }
  found.columns = type == "position" ? std::vector<std::string>{"lat_deg", "lon_deg"} : std::vector<std::string>{std::string(type)};
  return found;
}

result<why_view> device::why(std::string_view id) {
  return with_record<result<why_view>>(
      *parts_->replica, std::string(id), [&]<class R>(const kept_record<R>& kept) -> result<why_view> {
        why_view why{.table = std::string(syncline::schema<R>::table), .state = std::string(to_string(kept.state)), .deleted = kept.seen_deleted()};
        if (why.deleted) {
          const syncline::device_id me(parts_->replica->state().device);
          const syncline::stamp death = kept.pending ? syncline::stamp{kept.pending->at, me} : kept.sent ? syncline::stamp{kept.sent->at, me} : kept.life;
          why.deleted_at = wall(death.time.ticks);
          if (!death.device.empty()) why.deleted_by = std::string(death.device.view());
        }
        const auto waiting = kept.dirty_fields();
        const R value = kept.seen();
        why.id = syncline::key_of(value);
        auto log = conflicts();
        if (!log) return log.error();
        for (const conflict_view& entry : *log) {
          const bool is_about_it = entry.table == why.table && (entry.record == why.id || entry.record == id);
          if (is_about_it && !entry.requested_by.empty()) why.requests.push_back({entry.id, entry.requested_by, entry.granted});
        }
        if (why.id != id) why.alias = id;
        auto budget = parts_->read_budget();
        if (!budget) return budget.error();
        auto waits = parts_->replica->read([&](auto& tx) { return syncline::waiting_of<tables>(tx, kept, now(), *budget); });
        if (!waits) return waits.error();
        const std::string what = why.deleted ? "its deletion" : "it";
        if (kept.sent) {
          const bool sent_deletion = kept.sent->kind == syncline::change_kind::deleted;
          why.waiting_for = "the hub's answer to " + std::string(sent_deletion ? "its deletion" : "what was sent") +
                            "; that is sent again in the next session" + (why.deleted && !sent_deletion ? ", and its deletion then" : "");
        } else if (waits->kind == syncline::waiting_kind::session && kept.waits_for_foreign()) {
          why.waiting_for = "the hub's word about what '" + kept.foreign.back().device + "' wrote, on which " + what + " stands: run `stride sync`";
        } else if (waits->kind == syncline::waiting_kind::nothing && !kept.foreign.empty()) {
          why.waiting_for = "the hub's word about what '" + kept.foreign.back().device + "' wrote, which this device passes on: run `stride sync`";
        } else {
          why.waiting_for = waits->sentence(what);
          if constexpr (std::is_same_v<R, activity>) {
            if (waits->kind == syncline::waiting_kind::nothing && !why.deleted) {
              auto series = wait_of_series(*parts_->replica, value, *budget);
              if (!series) return series.error();
              if (*series) why.waiting_for = **series;
            }
          }
          if (waits->kind == syncline::waiting_kind::session) why.waiting_for += ": run `stride sync`";
          why.next_attempt = waits->next_attempt;
        }
        syncline::for_each_field(
            [&]<std::size_t I>(std::integral_constant<std::size_t, I>, const auto& field) {
              if constexpr (is_shown<R, I>) {
                if (const auto* shown = kept.foreign_in(I)) {
                  why.fields.push_back({std::string(syncline::schema<R>::names[I]), syncline::json_text(syncline::value_of(field)),
                                        std::string(to_string(syncline::side::remote)), std::string(to_string(syncline::rule::alone)),
                                        shown->device, wall(shown->made.times[I].ticks), {}, {}, true});
                  return;
                }
                const auto noted = std::find_if(kept.reasons.begin(), kept.reasons.end(), [](const auto& r) { return r.field == I; });
                if (noted == kept.reasons.end()) return;  // never set by anybody
                field_reason_view reason{std::string(syncline::schema<R>::names[I]),
                                         syncline::json_text(syncline::value_of(field)),
                                         std::string(to_string(noted->winner)),
                                         std::string(to_string(noted->why)),
                                         noted->by,
                                         wall(noted->at),
                                         {},
                                         wall(noted->decided_at),
                                         waiting.contains(I)};
                if (noted->dropped) reason.dropped = dropped_json<R, I>(noted->dropped->bytes);
                why.fields.push_back(std::move(reason));
              }
            },
            value);
        return why;
      });
}

}  // namespace stride
