// SPDX-License-Identifier: BSL-1.0
#pragma once
// Which series at the hub are complete, which records await a chunk, and which wait to be computed.

#include <syncline/core/result.hpp>
#include <syncline/port/store.hpp>
#include <syncline/sync/catalog.hpp>

#include <string>
#include <string_view>
#include <type_traits>

namespace syncline {

/// The series of a hub's records, inside a transaction. Functions write and never commit. \see PROTOCOL 26, 27
template <class Tx>
class hub_series {
 public:
  /// Whether a record has series, and all their chunks are here. Calls missing(name) for each chunk that is not.
  template <class R, class Missing>
  static result<bool> is_complete(Tx& tx, const R& value, Missing&& missing) {
    bool any = false, all = true;
    result<void> outcome;
    for_each_field(
        [&]<std::size_t I>(std::integral_constant<std::size_t, I>, const auto& field) {
          if constexpr (policy::is_chunked<typename schema<R>::template policy_type<I>>) {
            for (const chunk_entry& chunk : value_of(field).chunks) {
              if (!outcome) return;
              any = true;
              const std::string name = digest_name(chunk.digest);
              auto have = tx.get("have", name);
              if (!have) {
                outcome = have.error();
              } else if (!*have) {
                all = false;
                outcome = missing(name);
              }
            }
          }
        },
        value);
    if (!outcome) return outcome.error();
    return any && all;
  }

  /// Writes a job for a record whose series are complete; else notes what it awaits. \see PROTOCOL 26
  template <class R>
  static result<void> note_if_complete(Tx& tx, const R& value) {
    const std::string record = record_name<R>(key_of(value));
    auto complete = is_complete(tx, value, [&](const std::string& chunk) { return tx.put("awaits", chunk + record, {}); });
    if (!complete) return complete.error();
    return *complete ? tx.put("job", record, {}) : result<void>{};
  }

  /// A chunk has come: each record that awaits it may be complete, whichever of them it was sent for.
  template <class Catalog>
  static result<void> settle_awaited(Tx& tx, const std::string& chunk) {
    for (;;) {
      auto waiting = tx.list("awaits", chunk, 1);
      if (!waiting) return waiting.error();
      if (waiting->empty() || !waiting->front().name.starts_with(chunk)) return {};
      const std::string& name = waiting->front().name;
      if (auto removed = tx.remove("awaits", name); !removed) return removed.error();
      const std::size_t zero = name.find('\0', chunk.size());
      result<void> outcome;
      Catalog::visit(std::string_view(name).substr(chunk.size(), zero - chunk.size()), [&]<class R>(std::type_identity<R>) {
        auto key = decode<typename schema<R>::key_type>(std::string_view(name).substr(zero + 1));
        if (!key) {
          outcome = key.error();
          return;
        }
        auto kept = tx.template load<R>(*key);
        if (!kept) {
          outcome = kept.error();
        } else if (*kept && !(*kept)->deleted) {
          outcome = note_if_complete<R>(tx, (*kept)->value);
        }
      });
      if (!outcome) return outcome;
    }
  }
};

}  // namespace syncline
