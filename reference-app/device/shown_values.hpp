// SPDX-License-Identifier: BSL-1.0
#pragma once
// Values that did not stand, as people see them.

#include <syncline/record.hpp>
#include <syncline/change.hpp>
#include <syncline/wire/decode.hpp>
#include <syncline/wire/json_write.hpp>

#include <string>

namespace stride {

/// The value that lost, as JSON: an edit of a merge field where the whole edit was dropped, else the field's value.
template <class R, std::size_t I>
std::string dropped_json(const std::string& bytes) {
  if (auto value = syncline::decode<typename syncline::schema<R>::template value_type<I>>(bytes)) {
    return syncline::json_text(*value);
  }
  if constexpr (syncline::internal::is_merged<R, I>) {
    if (auto edit = syncline::decode<typename syncline::internal::merge_traits_of<R, I>::edit>(bytes)) {
      return syncline::json_text(*edit);
    }
  }
  return "null";
}

}  // namespace stride
