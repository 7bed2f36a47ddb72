// SPDX-License-Identifier: BSL-1.0
#pragma once
// A value, or the error that came instead.

#include <syncline/core/config.hpp>
#include <syncline/core/error.hpp>

#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace syncline {

namespace internal {

[[noreturn]] SYNCLINE_NOINLINE inline void throw_message_of(const error& e) {
#if defined(__cpp_exceptions)
  throw std::runtime_error(e.message);
#else
  (void)e;
  __builtin_trap();
#endif
}

}  // namespace internal

/// A `T`, or the `error` that came instead: test it, then `*r` or `r.error()`.
///
/// Functions that can fail for outside reasons (bytes, stores, peers) return it and do not throw. Reading the value of
/// a failed result with `.value()` is misuse: it throws where exceptions are on and ends the program where they are off.
/// The error of a success is an empty one.
///
/// It does what Boost.System's result does here; that one was a third of what including records and changes cost.
template <class T>
class result {
 public:
  using value_type = T;

  constexpr result()
    requires std::is_default_constructible_v<T>
      : value_(std::in_place) {}
  template <class U = T>
    requires(std::is_convertible_v<U, T> && !std::is_same_v<std::remove_cvref_t<U>, syncline::error>)
  constexpr result(U&& value) : value_(std::in_place, std::forward<U>(value)) {}
  constexpr result(syncline::error e) noexcept : error_(std::move(e)) {}

  constexpr bool has_value() const noexcept { return value_.has_value(); }
  constexpr bool has_error() const noexcept { return !has_value(); }
  constexpr explicit operator bool() const noexcept { return has_value(); }

  /// \pre has_value()
  constexpr T& operator*() & noexcept { return *value_; }
  constexpr const T& operator*() const& noexcept { return *value_; }
  constexpr T operator*() && { return *std::move(value_); }  // by value: `for (auto& x : *f())` outlives the result
  constexpr T* operator->() noexcept { return &*value_; }
  constexpr const T* operator->() const noexcept { return &*value_; }

  constexpr T& value() & { return require_value(), *value_; }
  constexpr const T& value() const& { return require_value(), *value_; }
  constexpr T value() && { return require_value(), *std::move(value_); }

  constexpr const syncline::error& error() const& noexcept { return error_; }
  constexpr syncline::error error() && noexcept { return std::move(error_); }

 private:
  constexpr void require_value() const {
    if (!has_value()) internal::throw_message_of(error_);
  }

  std::optional<T> value_{};
  syncline::error error_{};
};

/// Success, or the `error` that came instead.
template <>
class result<void> {
 public:
  using value_type = void;

  constexpr result() noexcept = default;
  constexpr result(syncline::error e) noexcept : has_error_(true), error_(std::move(e)) {}

  constexpr bool has_value() const noexcept { return !has_error_; }
  constexpr bool has_error() const noexcept { return has_error_; }
  constexpr explicit operator bool() const noexcept { return has_value(); }

  constexpr void value() const {
    if (has_error_) internal::throw_message_of(error_);
  }

  constexpr const syncline::error& error() const& noexcept { return error_; }
  constexpr syncline::error error() && noexcept { return std::move(error_); }

 private:
  bool has_error_ = false;
  syncline::error error_{};
};

}  // namespace syncline
