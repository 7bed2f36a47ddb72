// SPDX-License-Identifier: BSL-1.0
#pragma once
// Walks over the fields of records with steps that are chosen by the type of a field.

#include <syncline/record/policies_of.hpp>
#include <syncline/record/reflect.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace syncline {

namespace internal {

template <class R>
SYNCLINE_INLINE constexpr auto references_of(R& record) {
  if constexpr (has_policies_elsewhere<R>) {
    return references_with_policies(record);
  } else {
    return references_to(record);
  }
}

// The function that a walk is: one for each kind of step and of record, into which the steps are inlined. No other
// function holds a copy of them: a forced inlining compiles its body once more at each level of calls.
template <class Step, class R, class References = decltype(references_of(std::declval<R&>()))>
struct walk;
template <class Step, class R, std::size_t... I, class... A>
struct walk<Step, R, field_references<std::index_sequence<I...>, A...>> {
  template <std::size_t J, class F>
  using part = field_reference<J, F>&;

  static constexpr Step over(Step step, R& first) {
    auto a = references_of(first);
    (step(I, part<I, A>(a).field), ...);
    return step;
  }
  static constexpr Step over(Step step, R& first, R& second) {
    auto a = references_of(first), b = references_of(second);
    (step(I, part<I, A>(a).field, part<I, A>(b).field), ...);
    return step;
  }
  static constexpr Step over(Step step, R& first, R& second, R& third) {
    auto a = references_of(first), b = references_of(second), c = references_of(third);
    (step(I, part<I, A>(a).field, part<I, A>(b).field, part<I, A>(c).field), ...);
    return step;
  }
  static constexpr Step over(Step step, R& first, R& second, R& third, R& fourth) {
    auto a = references_of(first), b = references_of(second), c = references_of(third), d = references_of(fourth);
    (step(I, part<I, A>(a).field, part<I, A>(b).field, part<I, A>(c).field, part<I, A>(d).field), ...);
    return step;
  }

  // The same for the fields in `bits` only: a jump for each of them, and none for the others.
  static constexpr Step over_some(std::uint64_t bits, Step step, R& first) {
    auto a = references_of(first);
    for (; bits != 0; bits &= bits - 1) {
      const auto at = static_cast<std::size_t>(std::countr_zero(bits));
      static_cast<void>(((at == I && (step(I, part<I, A>(a).field), true)) || ...));
    }
    return step;
  }
  static constexpr Step over_some(std::uint64_t bits, Step step, R& first, R& second) {
    auto a = references_of(first), b = references_of(second);
    for (; bits != 0; bits &= bits - 1) {
      const auto at = static_cast<std::size_t>(std::countr_zero(bits));
      static_cast<void>(((at == I && (step(I, part<I, A>(a).field, part<I, A>(b).field), true)) || ...));
    }
    return step;
  }
  static constexpr Step over_some(std::uint64_t bits, Step step, R& first, R& second, R& third) {
    auto a = references_of(first), b = references_of(second), c = references_of(third);
    for (; bits != 0; bits &= bits - 1) {
      const auto at = static_cast<std::size_t>(std::countr_zero(bits));
      static_cast<void>(((at == I && (step(I, part<I, A>(a).field, part<I, A>(b).field, part<I, A>(c).field), true)) || ...));
    }
    return step;
  }
};

/// Calls `step(index, field...)` for the fields at each index of `records`, which have the same type, and returns the
/// step.
///
/// It is `for_each_field` for steps that are chosen by the type of a field and not by its index: a `step` of a named
/// type is instantiated once per type of field and serves all records, and that is most of what a build pays.
template <class Step, class R, class... More>
SYNCLINE_INLINE constexpr Step step_through(Step step, R& record, More&... more) {
  using plain = std::remove_const_t<R>;  // so that the references are of one type; a step's parameters bring const back
  return walk<Step, plain>::over(step, const_cast<plain&>(record), const_cast<plain&>(more)...);
}

/// The same for the fields whose index is in `bits`.
template <class Step, class R, class... More>
SYNCLINE_INLINE constexpr Step step_through_some(std::uint64_t bits, Step step, R& record, More&... more) {
  using plain = std::remove_const_t<R>;
  return walk<Step, plain>::over_some(bits, step, const_cast<plain&>(record), const_cast<plain&>(more)...);
}

}  // namespace internal

}  // namespace syncline
