// SPDX-License-Identifier: BSL-1.0
#pragma once
// The words that a declaration is written in: `key<T>`, `server<T>`, `client<T>`, `lww<T>`, `merge<T, How>`,
// `once<T>`, `chunked<Sample, Split>`.

#include <syncline/record/manifest.hpp>
#include <syncline/record/policy.hpp>

#include <compare>
#include <type_traits>
#include <utility>

namespace syncline {

/// A value of type `T` whose type says by which `Policy` two writes of it become one. It does nothing by itself.
///
/// It is an aggregate, so that a record of fields stays one; it reads like a `T` and takes what a `T` takes.
///
/// \snippet examples/declare.cpp declare
/// \see DECL-1, DECL-2
template <class T, class Policy>
struct field {
  using value_type = T;
  using policy_type = Policy;

  T value{};

  constexpr operator const T&() const noexcept { return value; }
  constexpr const T& operator*() const noexcept { return value; }
  constexpr const T* operator->() const noexcept { return &value; }

  template <class U = T>
    requires(std::is_assignable_v<T&, U &&> && !std::is_same_v<std::remove_cvref_t<U>, field>)
  constexpr field& operator=(U&& u) {
    value = std::forward<U>(u);
    return *this;
  }

  friend bool operator==(const field&, const field&) = default;
  // Scalars are compared by the language itself, after the conversion above.
  friend constexpr bool operator==(const field& f, const T& other)
    requires std::is_class_v<T>
  {
    return f.value == other;
  }
};

/// The record's name in its table; exactly one field of a record. Never changes.
template <class T>
using key = field<T, policy::key>;
/// The hub's word; a client may propose a value when it creates the record.
template <class T>
using server = field<T, policy::server>;
/// The client's word; among several clients the later write.
template <class T>
using client = field<T, policy::client>;
/// The later write, whoever wrote.
template <class T>
using lww = field<T, policy::lww>;
/// What `How` makes of both edits.
template <class T, class How>
using merge = field<T, policy::merge<How>>;
/// The first value that reached the hub.
template <class T>
using once = field<T, policy::once>;
/// A series of `Sample`s that travels beside the record, in chunks cut by `Split`.
template <class Sample, class Split = points<1000>>
using chunked = field<manifest, policy::chunked<Sample, Split>>;

namespace internal {

template <class F>
struct declared {  // a plain member: takes the record's default policy
  using value_type = F;
  using policy_type = void;
};
template <class T, class Policy>
struct declared<field<T, Policy>> {
  using value_type = T;
  using policy_type = Policy;
};

}  // namespace internal

/// The value of a field, whether it was declared with a policy or plainly.
template <class F>
constexpr auto& value_of(F& f) noexcept {
  if constexpr (std::is_void_v<typename internal::declared<std::remove_const_t<F>>::policy_type>) {
    return f;
  } else {
    return f.value;
  }
}

}  // namespace syncline
