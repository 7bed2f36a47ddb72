// SPDX-License-Identifier: BSL-1.0
#pragma once
// One HTTP request and one HTTP answer as plain values, and the answer that explains an error.

#include <syncline/core/result.hpp>

#include <map>
#include <string>
#include <string_view>

namespace stride {

/// Orders header names as HTTP does: upper and lower case are the same.
struct header_less {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const noexcept;
};

/// Headers by name; one that came several times holds its values in order, joined by ", ".
using header_map = std::map<std::string, std::string, header_less>;

/// A request as a handler sees it and as a client writes it.
///
/// `path` and `query` are decoded: what is `%20` on the wire is a space here. The headers with a member of their own
/// stand in that member only; `headers` has the others. An empty member is a header that is not there.
struct http_request {
  std::string method{"GET"};
  std::string path{"/"};
  std::map<std::string, std::string> query{};  ///< of a name given twice, the first value
  std::string content_type{};
  std::string content_encoding{};
  std::string accept{};
  std::string accept_encoding{};
  std::string authorization{};
  header_map headers{};
  std::string body{};
};

/// An answer as a handler gives it and as a client reads it.
struct http_response {
  unsigned status{200};
  std::string content_type{};
  std::string body{};
  header_map headers{};  ///< all others; the length, the date and the connection are the transport's own
};

/// The answer that says what went wrong, for a person and for a program: `application/problem+json`.
///
/// \param status  the HTTP status, 400 to 599
/// \param title   what kind of problem it is, the same words each time
/// \param detail  what happened this time and what to do, one sentence
/// \see RFC 9457
http_response problem(unsigned status, std::string_view title, std::string_view detail);

/// What a problem answer says: its detail, or its title where it has no detail.
/// Empty when the answer is not a problem.
std::string problem_detail(const http_response& answer);

/// Takes a request line's target apart into `path` and `query`.
///
/// On failure: `malformed`, when an escape is not two hexadecimal digits, when the target is neither a path nor an
/// http:// address, or when a control character hides in the path. The request is then as it was.
syncline::result<void> set_target(http_request& request, std::string_view target);

/// The target that a request's `path` and `query` make on the wire; what `set_target` takes apart.
std::string target_of(const http_request& request);

/// The token of an `Authorization: Bearer ...` header, or nothing where it is another one.
std::string_view bearer_token(const http_request& request) noexcept;

}  // namespace stride
