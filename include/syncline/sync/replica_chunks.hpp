// SPDX-License-Identifier: BSL-1.0
#pragma once
// A device's chunks inside a transaction: what it has, what it has to send, and what it wants. \see PROTOCOL 27

#include <syncline/core/planted.hpp>
#include <syncline/queue/outbox.hpp>
#include <syncline/stream/chunk.hpp>
#include <syncline/sync/catalog.hpp>
#include <syncline/sync/chunk_window.hpp>
#include <syncline/sync/replica_state.hpp>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace syncline {

/// A message that is about one chunk.
struct chunk_request {
  std::string name{};
  chunk_errand errand{};
  std::string message{};
};

/// The chunks of a replica. Functions write and never commit.
///
/// Chunks are known by their digest, so records with the same points share them: "chunk_user" names, behind the digest,
/// the records made here whose chunk has not left yet.
template <class Tx>
class replica_chunks {
 public:
  /// The number that stands for the priority of a record in outbox and chunk tasks: 0 goes first.
  template <class R>
  static constexpr std::uint8_t priority_of = static_cast<std::uint8_t>(schema<R>::info.priority);

  /// A chunk that was made here, of the record called `record` (see `record_name`).
  static result<void> put_own_chunk(Tx& tx, const std::string& record, std::string_view bytes, std::uint8_t priority) {
    if (bytes.size() + full_message_size > max_message_size) {
      return make_error(error_code::too_large, phase::local,
                        "a chunk has " + std::to_string(bytes.size()) + " bytes, and 9 MiB are the most: cut the series into shorter chunks");
    }
    const std::string name = digest_name(digest_of(bytes));
    if (auto put = tx.put("chunk", name, bytes); !put) return put.error();
    if (auto put = tx.put("have", name, {}); !put) return put.error();
    if (auto put = tx.put("chunk_user", name + record, {}); !put) return put.error();
    if (auto revived = tx.remove("chunk_dead", name); !revived) return revived;
    return is_planted(flaw::keep_own_chunks) ? result<void>{} : add_task(tx, "chunk_out", name, priority);
  }

  /// Takes the chunks that a local write of the record called `owner` brings: `before` becomes `made`. Each has to be
  /// whole, and named by a series.
  ///
  /// \return nothing; or why not: a chunk is damaged or of no series, or a series names one that is neither given, nor
  /// here, nor in the series before
  template <class R>
  static result<void> put_own_chunks(Tx& tx, const typename schema<R>::key_type& owner, const R& before, const R& made,
                                     const std::vector<std::string>& chunks) {
    std::set<chunk_digest> given, named, known;
    (void)for_each_chunk(before, [&](const chunk_digest& digest) { return known.insert(digest), result<void>{}; });
    for (const std::string& bytes : chunks) {
      if (auto whole = inspect_chunk(bytes); !whole) return whole.error();
      given.insert(digest_of(bytes));
    }
    auto complete = for_each_chunk(made, [&](const chunk_digest& digest) -> result<void> {
      named.insert(digest);
      if (given.contains(digest) || known.contains(digest)) return {};
      auto have = tx.get("have", digest_name(digest));
      if (!have) return have.error();
      if (*have) return {};
      return refused<R>("names a chunk that is neither given nor here: hand over the chunks that `split` made");
    });
    if (!complete) return complete;
    if (!std::includes(named.begin(), named.end(), given.begin(), given.end())) {
      return refused<R>("does not name a chunk that is given: hand over the chunks of its own series only");
    }
    const std::string record = record_name<R>(owner);
    for (const std::string& bytes : chunks) {
      if (auto put = put_own_chunk(tx, record, bytes, priority_of<R>); !put) return put;
    }
    return {};
  }

  /// The hub has a chunk: nobody here needs to send it any more.
  static result<void> chunk_left(Tx& tx, const std::string& name) {
    auto users = tx.list("chunk_user", name, 100);
    if (!users) return users.error();
    for (const entry& user : *users) {
      if (!user.name.starts_with(name)) break;
      if (auto removed = tx.remove("chunk_user", user.name); !removed) return removed;
    }
    if (auto removed = tx.remove("chunk_dead", name); !removed) return removed;
    return tx.remove("chunk_out", name);
  }

  /// The hub does not take a chunk as it is: it becomes a dead letter, until the same bytes are put again.
  static result<void> chunk_refused(Tx& tx, const std::string& name) {
    auto waits = tx.get("chunk_out", name);
    if (!waits) return waits.error();
    if (!*waits) return {};
    if (auto put = tx.put("chunk_dead", name, **waits); !put) return put;
    return tx.remove("chunk_out", name);
  }

  /// The hub is to be asked once more to take the chunks that it refused. \return how many
  static result<std::size_t> revive_chunks(Tx& tx) {
    std::size_t many = 0;
    while (true) {
      auto some = tx.list("chunk_dead", {}, 100);
      if (!some) return some.error();
      if (some->empty()) return many;
      for (const entry& each : *some) {
        if (auto put = tx.put("chunk_out", each.name, each.bytes); !put) return put.error();
        if (auto removed = tx.remove("chunk_dead", each.name); !removed) return removed.error();
        ++many;
      }
    }
  }

  static result<void> put_foreign_chunk(Tx& tx, const chunk_digest& digest, std::string_view bytes) {
    const std::string name = digest_name(digest);
    if (auto put = tx.put("chunk", name, bytes); !put) return put.error();
    if (auto put = tx.put("have", name, {}); !put) return put.error();
    return tx.remove("chunk_in", name);
  }

  /// The next chunk to send or to fetch; nothing if there is none, or only such as `window` skips. One that may have
  /// arrived is asked for first.
  static result<std::optional<chunk_request>> next_chunk(Tx& tx, const chunk_window& window) {
    auto out = next_of(tx, "chunk_out", window);
    if (!out) return out.error();
    if (*out) {
      const chunk_errand errand = window.is_doubtful(**out) ? chunk_errand::ask : chunk_errand::send;
      return request_of(tx, **out, errand);
    }
    auto in = next_of(tx, "chunk_in", window);
    if (!in) return in.error();
    if (!*in) return std::optional<chunk_request>{};
    return request_of(tx, **in, chunk_errand::fetch);
  }

  /// The message of a chunk that is on its way, once more; nothing if it need not be on its way any more.
  static result<std::optional<std::string>> chunk_again(Tx& tx, const chunk_flight& flight) {
    auto waits = tx.get(flight.errand == chunk_errand::fetch ? "chunk_in" : "chunk_out", flight.name);
    if (!waits) return waits.error();
    if (!*waits) return std::optional<std::string>{};
    auto request = request_of(tx, flight.name, flight.errand);
    if (!request) return request.error();
    return std::optional<std::string>{std::move((*request)->message)};
  }

  /// A record that was made here is gone and never left: chunks that only it has need not leave either.
  template <class R>
  static result<void> disown(Tx& tx, const R& gone) {
    return for_each_chunk(gone, [&](const chunk_digest& digest) -> result<void> {
      const std::string name = digest_name(digest);
      if (auto left = tx.remove("chunk_user", name + record_name<R>(key_of(gone))); !left) return left;
      auto users = tx.list("chunk_user", name, 1);
      if (!users) return users.error();
      if (!users->empty() && users->front().name.starts_with(name)) return {};
      if (auto removed = tx.remove("chunk_dead", name); !removed) return removed;
      return tx.remove("chunk_out", name);
    });
  }

  /// Notes the chunks of `value` that the device does not have.
  template <class R>
  static result<void> want_chunks(Tx& tx, const R& value) {
    return for_each_chunk(value, [&](const chunk_digest& digest) -> result<void> {
      const std::string name = digest_name(digest);
      auto have = tx.get("have", name);
      if (!have) return have.error();
      if (*have) return {};
      return add_task(tx, "chunk_in", name, priority_of<R>);
    });
  }

 private:
  template <class R>
  static error refused(std::string_view why) {
    return make_error(error_code::invalid_value, phase::local,
                      "a series of the record of table '" + std::string(schema<R>::table) + "' " + std::string(why));
  }

  static result<std::optional<chunk_request>> request_of(Tx& tx, const std::string& name, chunk_errand errand) {
    const chunk_digest digest = digest_in(name);
    if (errand == chunk_errand::ask) return std::optional<chunk_request>{{name, errand, pack(has_chunk_message{digest})}};
    if (errand == chunk_errand::fetch) return std::optional<chunk_request>{{name, errand, pack(want_chunk_message{digest})}};
    auto bytes = tx.get("chunk", name);
    if (!bytes) return bytes.error();
    if (!*bytes) return make_error(error_code::not_found, phase::upload, "a chunk that waits to be sent is not in the store");
    return std::optional<chunk_request>{{name, errand, pack(chunk_message{digest, {std::move(**bytes)}})}};
  }

  // A chunk that records of two priorities name goes with the first.
  static result<void> add_task(Tx& tx, std::string_view space, const std::string& name, std::uint8_t priority) {
    auto task = tx.get(space, name);
    if (!task) return task.error();
    if (*task) priority = std::min(priority, priority_in(**task));
    return tx.put(space, name, std::string(1, static_cast<char>(priority)));
  }
  static std::uint8_t priority_in(std::string_view task) noexcept {
    return task.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(task.front());
  }

  // The chunk in `space` that goes first and is not skipped: of records that the hub knows before others, and of those of
  // the first priority. A walk ends at the first chunk that none can precede, which mostly is the first of all.
  static result<std::optional<std::string>> next_of(Tx& tx, std::string_view space, const chunk_window& window) {
    std::optional<std::string> best;
    std::pair<bool, std::uint8_t> rank_of_best{};
    for (std::string after;;) {
      auto some = tx.list(space, after, 16);
      if (!some) return some.error();
      if (some->empty()) return best;
      for (entry& each : *some) {
        after = each.name;
        if (window.skips(each.name)) continue;
        std::pair<bool, std::uint8_t> rank{false, priority_in(each.bytes)};
        if (best && rank >= rank_of_best) continue;
        auto early = is_early(tx, each.name);
        if (!early) return early.error();
        rank.first = *early;
        if (best && rank >= rank_of_best) continue;
        best = std::move(each.name);
        rank_of_best = rank;
        if (rank == std::pair<bool, std::uint8_t>{}) return best;
      }
    }
  }

  // Whether the hub does not know any of the records yet that were made here with this chunk. \see QUEUE-3
  static result<bool> is_early(Tx& tx, const std::string& name) {
    auto users = tx.list("chunk_user", name, 100);
    if (!users) return users.error();
    bool any = false;
    for (const entry& user : *users) {
      if (!user.name.starts_with(name)) break;
      const std::string_view record = std::string_view(user.name).substr(name.size());
      const std::size_t zero = record.find('\0');
      auto item = outbox<Tx>(tx).find(record.substr(0, zero), record.substr(zero + 1));
      if (!item) return item.error();
      any = *item && (*item)->item.kind == change_kind::created;
      if (!any) return false;
    }
    return any;
  }

  static chunk_digest digest_in(std::string_view name) {
    chunk_digest digest;
    std::copy_n(name.begin(), std::min(name.size(), digest.bytes.size()), digest.bytes.begin());
    return digest;
  }

  // Calls use(digest) for each chunk of each series, until it fails.
  template <class R, class Use>
  static result<void> for_each_chunk(const R& value, Use&& use) {
    result<void> outcome;
    for_each_field(
        [&]<std::size_t I>(std::integral_constant<std::size_t, I>, const auto& field) {
          if constexpr (policy::is_chunked<typename schema<R>::template policy_type<I>>) {
            for (const chunk_entry& chunk : value_of(field).chunks) {
              if (outcome) outcome = use(chunk.digest);
            }
          }
        },
        value);
    return outcome;
  }
};

}  // namespace syncline
