// SPDX-License-Identifier: BSL-1.0
#pragma once
// The merge as the design's table of policies says it, a second time, in the slowest and plainest way: a record is a map
// from names to cells, and nothing of the framework's merge is used.

#include "laws/records.hpp"

#include <bit>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace model {

using value = std::variant<std::int64_t, std::uint64_t, std::string, std::set<std::string>, std::vector<std::string>>;

struct cell {
  std::string policy;
  value v;
};
using record = std::map<std::string, cell>;

// A manifest as comparable text: fixed-width, so that the order of the texts is the order of the numbers.
inline value text_of(const syncline::manifest& series) {
  std::vector<std::string> chunks;
  for (const auto& chunk : series.chunks) {
    std::string text(chunk.digest.bytes.begin(), chunk.digest.bytes.end());
    for (const std::uint32_t n : {chunk.points, chunk.encoded_size, chunk.original_size}) {
      for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>(n >> shift);
    }
    chunks.push_back(text);
  }
  return chunks;
}

inline record of(const laws::workout& w) {
  return {
      {"started_at", {"once", w.started_at.value}},
      {"distance_m", {"server", w.distance_m->has_value() ? std::to_string(**w.distance_m) : std::string("none")}},
      {"feeling", {"client", w.feeling.value}},
      {"target", {"lww", w.target.value}},
      {"weight_kg", {"lww", std::bit_cast<std::uint64_t>(w.weight_kg)}},
      {"laps", {"add", std::int64_t{w.laps.value}}},
      {"tags", {"elements", w.tags.value}},
      {"note", {"longer", w.note.value}},
      {"heart_rate", {"client", text_of(*w.heart_rate)}},  // devices record series; of two manifests the later
  };
}

struct written {
  std::uint64_t time = 0;
  std::string device;

  friend bool operator==(const written&, const written&) = default;
};
using writes = std::map<std::string, written>;

inline writes of(const syncline::stamps<laws::workout>& stamps) {
  using syncline::schema;
  writes all;
  for (std::size_t i = 0; i < stamps.size(); ++i) {
    all[std::string(schema<laws::workout>::names[i])] = {stamps[i].time.ticks, std::string(stamps[i].device.view())};
  }
  return all;
}

inline bool is_empty(const value& v) { return v == value{std::string()}; }

/// What became of one field.
struct outcome {
  value v;
  std::string who;  ///< "nobody", "local", "remote", "both", and "same" where both wrote the same
  std::string why;
  std::optional<value> lost;
};

// Of two concurrent writes that are not the same: later time, then higher device, then greater value.
inline outcome by_stamp(const value& local, const written& l, const value& remote, const written& r) {
  const auto take = [&](bool is_local, const char* why) {
    return is_local ? outcome{local, "local", why, remote} : outcome{remote, "remote", why, local};
  };
  if (l.time != r.time) return take(l.time > r.time, "later write");
  if (l.device != r.device) return take(l.device > r.device, "higher device");
  return take(local > remote, "greater value");
}

// 32-bit addition that wraps, of an int64 that holds an int32.
inline value add(const value& a, std::int64_t difference) {
  return std::int64_t{static_cast<std::int32_t>(static_cast<std::uint32_t>(std::get<std::int64_t>(a) + difference))};
}

inline value merge(const std::string& policy, const value& base, const value& local, const value& remote) {
  if (policy == "add") return add(remote, std::get<std::int64_t>(local) - std::get<std::int64_t>(base));
  if (policy == "elements") {
    const auto &b = std::get<std::set<std::string>>(base), &l = std::get<std::set<std::string>>(local);
    auto merged = std::get<std::set<std::string>>(remote);
    for (const auto& element : b) {
      if (l.count(element) == 0) merged.erase(element);
    }
    for (const auto& element : l) {
      if (b.count(element) == 0) merged.insert(element);
    }
    return merged;
  }
  return laws::keep_longer::merge(std::get<std::string>(base), std::get<std::string>(local), std::get<std::string>(remote));
}

/// A device's value that meets the hub's, three ways.
inline outcome three_way(const cell& base, const value& local, const written& l, const value& remote, const written& r) {
  const bool mine = local != base.v, theirs = remote != base.v;
  if (!mine && !theirs) return {base.v, "nobody", "", {}};
  if (!mine) return {remote, "remote", "alone", {}};
  if (base.policy == "server") {
    if (local == remote) return {remote, "same", "same value", {}};
    return {remote, "remote", "server owned", local};
  }
  if (base.policy == "once") {
    if (local == remote) return {remote, "same", "same value", {}};
    if (!is_empty(remote)) return {remote, "remote", "first value", local};
    return theirs ? outcome{local, "local", "first value", remote} : outcome{local, "local", "alone", {}};
  }
  if (!theirs) return {local, "local", "alone", {}};
  if (base.policy == "add" || base.policy == "elements" || base.policy == "longer") {
    return {merge(base.policy, base.v, local, remote), "both", "merged", {}};
  }
  if (local == remote) return {remote, "same", "same value", {}};
  return by_stamp(local, l, remote, r);
}

/// A change that arrives at what is there. `unseen`: what is there changed after the change's base.
inline outcome arriving(const cell& present, const value& base, const value& local, const written& l, bool is_client,
                        bool unseen, const written& r) {
  const std::string& policy = present.policy;
  const value& remote = present.v;
  if (policy == "add" || policy == "elements" || policy == "longer") {
    return {merge(policy, base, local, remote), unseen ? "both" : "local", unseen ? "merged" : "alone", {}};
  }
  const auto keep = [&](const char* why) {
    return local == remote ? outcome{remote, "same", "same value", {}} : outcome{remote, "remote", why, local};
  };
  if (policy == "server") return is_client ? keep("server owned") : outcome{local, "local", "alone", {}};
  if (policy == "client" && !is_client) return keep("client owned");
  if (policy == "once" && !is_empty(remote)) return keep("first value");
  if (!unseen) return {local, "local", "seen", {}};
  const bool later = policy != "once" && (l.time != r.time ? l.time > r.time : l.device > r.device);
  if (local == remote && later) return {local, "local", "same value", {}};
  if (local == remote) return {remote, "same", "same value", {}};
  if (policy == "once") return {local, "local", "first value", remote};
  return by_stamp(local, l, remote, r);
}

}  // namespace model
