// SPDX-License-Identifier: BSL-1.0
#pragma once
// What a caller of the engines needs of a link: one message there, its answer back.

#include <syncline/core/result.hpp>

#include <concepts>
#include <string>
#include <string_view>

namespace syncline {

/// A link to the hub that carries one message and brings its answer.
///
///   exchange(message)   sends the bytes and returns the answer's, or why there is none
///
/// Laws (checked by `check_transport_laws`):
///   1. The answer is the peer's answer to this very message, unchanged; never to another.
///   2. A message reaches the peer any number of times, also when `exchange` fails: messages are repeatable.
///   3. Without an answer the error is of class `transient` (nobody there, cut off, timed out) or, where the peer
///      answered that it will not take this message, `fatal`; phase `transport`, and one sentence that says what to do.
///   4. A message or an answer of up to `max_message_size` bytes passes; a larger one is an error, never cut.
///   5. After an error the next `exchange` starts afresh.
template <class T>
concept transport = requires(T& t, std::string_view message) {
  { t.exchange(message) } -> std::same_as<result<std::string>>;
};

}  // namespace syncline
