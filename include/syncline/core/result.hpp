// SPDX-License-Identifier: BSL-1.0
#pragma once
// A value, or the error that came instead.

#include <syncline/core/error.hpp>

#include <stdexcept>

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>

namespace syncline {

/// A `T`, or the `error` that came instead: test it, then `*r` or `r.error()`.
///
/// Functions that can fail for outside reasons (bytes, stores, peers) return it and do not throw. Reading the value of
/// a failed result with `.value()` is misuse: it throws where exceptions are on and ends the program where they are off.
template <class T>
using result = boost::system::result<T, error>;

/// Called by Boost when `.value()` is asked of a failed result.
[[noreturn]] inline void throw_exception_from_error(const error& e, const boost::source_location& where) {
#if defined(BOOST_NO_EXCEPTIONS)
  (void)e;
  (void)where;
  __builtin_trap();
#else
  boost::throw_with_location(std::runtime_error(e.message), where);
#endif
}

}  // namespace syncline
