// SPDX-License-Identifier: BSL-1.0
#pragma once
// Which envelopes a hub has applied, and what it answered: so that a repeat changes nothing and gets the same answer.

#include <syncline/core/planted.hpp>
#include <syncline/port/store.hpp>
#include <syncline/sync/protocol.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace syncline {

/// What the hub knows of one incarnation of a device. \see PROTOCOL 1
struct incarnation_state {
  std::uint64_t applied{};  ///< the last envelope
};

/// An envelope that was applied, for ever. \see PROTOCOL 1
struct applied_envelope {
  std::uint64_t digest{};
  std::uint64_t shift{};  ///< of its stamps \see PROTOCOL 16
};

/// An answer that was given, for when its envelope comes again. \see PROTOCOL 1
struct kept_answer {
  timestamp given{};
  blob message{};
};

/// The answers of a scope, inside a transaction. Functions write and never commit. \see SYNC-4, PROTOCOL 1
template <class Tx>
struct hub_answers {
  static result<incarnation_state> read_incarnation(Tx& tx, std::uint64_t incarnation) {
    auto bytes = tx.get("incarnation", ordered_bytes(incarnation));
    if (!bytes) return bytes.error();
    if (!*bytes) return incarnation_state{};
    return decode<incarnation_state>(**bytes);
  }

  /// Keeps the answer to an envelope, its digest and shift, and that it was applied; forgets answers that are older than a
  /// week.
  static result<void> keep(Tx& tx, const upload_message& message, const applied_envelope& applied, std::string_view packed,
                           timestamp now) {
    const std::string of_incarnation = ordered_bytes(message.incarnation);
    auto old = tx.list("answer", of_incarnation, 2);
    if (!old) return old.error();
    for (const entry& kept : *old) {
      if (!kept.name.starts_with(of_incarnation)) break;
      auto given = decode<kept_answer>(kept.bytes);
      if (!given) return given.error();
      if (given->given + std::chrono::days{7} >= now) break;
      if (auto removed = tx.remove("answer", kept.name); !removed) return removed.error();
    }
    const std::string name = name_of(message);
    if (auto put = tx.put("answer", name, encode(kept_answer{now, {std::string(packed)}})); !put) return put.error();
    if (auto put = tx.put("envelope", name, encode(applied)); !put) return put.error();
    if (is_planted(flaw::forget_the_count)) return {};
    return tx.put("incarnation", of_incarnation, encode(incarnation_state{message.number}));
  }

  /// The answer to an envelope that came before, word for word, or as far as it is still known; nothing, if what came
  /// before under this number was another envelope.
  static result<std::optional<std::string>> repeat(Tx& tx, const upload_message& message, std::uint64_t digest) {
    if (is_planted(flaw::refuse_a_repeat)) return std::optional<std::string>{};
    auto bytes = tx.get("envelope", name_of(message));
    if (!bytes) return bytes.error();
    auto applied = decode<applied_envelope>(bytes->value_or(std::string()));
    if (!*bytes || !applied || applied->digest != digest) return std::optional<std::string>{};
    auto answer = tx.get("answer", name_of(message));
    if (!answer) return answer.error();
    if (!*answer) {
      return std::optional<std::string>{
          pack(uploaded_message{.number = message.number, .must_download = true, .shift = applied->shift})};
    }
    auto kept = decode<kept_answer>(**answer);
    if (!kept) return kept.error();
    return std::optional<std::string>{std::move(kept->message.bytes)};
  }

 private:
  static std::string name_of(const upload_message& message) {
    return ordered_bytes(message.incarnation) + ordered_bytes(message.number);
  }
};

}  // namespace syncline
