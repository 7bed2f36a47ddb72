// SPDX-License-Identifier: BSL-1.0
#pragma once
// What can go wrong outside the program, as a value that a person can read and a queue can act on.

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <utility>

namespace syncline {

/// What an error means for whoever waits: try again as it is, try again after something changed, or give up.
/// \see QUEUE-8
enum class error_class : std::uint8_t { transient, retryable, fatal };

/// Where in the path an error arose.
enum class phase : std::uint8_t { local, validate, encode, decode, store, transport, upload, download, job };

/// What kind of thing went wrong; stable names, fit for a log or a test.
enum class error_code : std::uint8_t {
  malformed,        ///< bytes that are not what they should be
  too_large,        ///< more than a limit allows
  checksum,         ///< bytes that changed on the way
  wrong_version,    ///< made by a newer version or for another schema
  not_found,        ///< what was asked for is not there
  already_exists,   ///< what was to be made is there
  not_allowed,      ///< the role, the token or the scope does not reach it
  invalid_value,    ///< a value outside of what its field takes
  store_failed,     ///< the store could not read or write
  busy,             ///< somebody else holds the store
  unreachable,      ///< the peer did not answer
  refused,          ///< the peer answered, and said no
  forked,           ///< two histories carry one incarnation's name
  usage,            ///< called in a way that makes no sense
};

constexpr std::string_view to_string(error_class c) noexcept {
  constexpr std::string_view names[]{"transient", "retryable", "fatal"};
  return names[static_cast<std::size_t>(c)];
}

constexpr std::string_view to_string(phase p) noexcept {
  constexpr std::string_view names[]{"local",     "validate", "encode",   "decode", "store",
                                     "transport", "upload",   "download", "job"};
  return names[static_cast<std::size_t>(p)];
}

constexpr std::string_view to_string(error_code c) noexcept {
  constexpr std::string_view names[]{"malformed",   "too_large",     "checksum",      "wrong_version", "not_found",
                                     "already_exists", "not_allowed", "invalid_value", "store_failed",  "busy",
                                     "unreachable", "refused",       "forked",        "usage"};
  return names[static_cast<std::size_t>(c)];
}

/// The class that an error of this kind has unless whoever makes it knows better.
constexpr error_class default_class(error_code c) noexcept {
  switch (c) {
    case error_code::unreachable:
    case error_code::busy: return error_class::transient;
    case error_code::store_failed:
    case error_code::checksum: return error_class::retryable;
    default: return error_class::fatal;
  }
}

/// One thing that went wrong: what was being done to what, what was found, what was expected and what to do, as one
/// sentence; with its kind, its class and its phase for whoever has to decide about it.
///
/// \snippet examples/errors.cpp an-error-is-a-value
/// \see QUEUE-8
struct error {
  error_code code{error_code::malformed};
  error_class severity{error_class::fatal};
  syncline::phase phase{syncline::phase::local};
  std::string message{};

  friend bool operator==(const error&, const error&) = default;

  // A template, so that it asks for streams where something is written and not here.
  template <class Traits>
  friend std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out, const error& e) {
    return out << e.message;
  }
};

/// An error of the default class for its kind.
inline error make_error(error_code code, phase where, std::string message) {
  return error{code, default_class(code), where, std::move(message)};
}

}  // namespace syncline
