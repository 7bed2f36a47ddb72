// SPDX-License-Identifier: BSL-1.0
#pragma once
// Walks over the fields of records with steps that are chosen by the type of a field.

#include <syncline/record/policies_of.hpp>
#include <syncline/record/reflect.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

namespace syncline {

namespace internal {

template <class Step, std::size_t... I, class... A>
SYNCLINE_INLINE constexpr void step_over(Step& step, field_references<std::index_sequence<I...>, A...>&& a) {
  (step(I, static_cast<field_reference<I, A>&>(a).field), ...);
}
template <class Step, std::size_t... I, class... A, class... B>
SYNCLINE_INLINE constexpr void step_over(Step& step, field_references<std::index_sequence<I...>, A...>&& a,
                                         field_references<std::index_sequence<I...>, B...>&& b) {
  (step(I, static_cast<field_reference<I, A>&>(a).field, static_cast<field_reference<I, B>&>(b).field),
   ...);
}
template <class Step, std::size_t... I, class... A, class... B, class... C>
SYNCLINE_INLINE constexpr void step_over(Step& step, field_references<std::index_sequence<I...>, A...>&& a,
                                         field_references<std::index_sequence<I...>, B...>&& b,
                                         field_references<std::index_sequence<I...>, C...>&& c) {
  (step(I, static_cast<field_reference<I, A>&>(a).field, static_cast<field_reference<I, B>&>(b).field,
        static_cast<field_reference<I, C>&>(c).field),
   ...);
}
template <class Step, std::size_t... I, class... A, class... B, class... C, class... D>
SYNCLINE_INLINE constexpr void step_over(Step& step, field_references<std::index_sequence<I...>, A...>&& a,
                                         field_references<std::index_sequence<I...>, B...>&& b,
                                         field_references<std::index_sequence<I...>, C...>&& c,
                                         field_references<std::index_sequence<I...>, D...>&& d) {
  (step(I, static_cast<field_reference<I, A>&>(a).field, static_cast<field_reference<I, B>&>(b).field,
        static_cast<field_reference<I, C>&>(c).field, static_cast<field_reference<I, D>&>(d).field),
   ...);
}

/// Calls `step(index, field...)` for the fields at each index of `records`, which have the same type.
///
/// It is `for_each_field` for steps that are chosen by the type of a field and not by its index: a `step` of a named
/// type is instantiated once per type of field and serves all records, and that is most of what a build pays.
template <class Step, class... S>
SYNCLINE_INLINE constexpr void step_through(Step& step, S&... records) {
  // without const, so that the references of a record are of one type; a step's parameters bring it back
  if constexpr ((has_policies_elsewhere<std::remove_const_t<S>> || ...)) {
    step_over(step, references_with_policies(const_cast<std::remove_const_t<S>&>(records))...);
  } else {
    step_over(step, references_to(const_cast<std::remove_const_t<S>&>(records))...);
  }
}

}  // namespace internal

}  // namespace syncline
