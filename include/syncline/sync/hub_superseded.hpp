// SPDX-License-Identifier: BSL-1.0
#pragma once
// What becomes of a client's request at the hub, where the server writes the field that it is about.

#include <syncline/change/edit.hpp>
#include <syncline/resolve/request.hpp>
#include <syncline/sync/hub_record.hpp>
#include <syncline/sync/protocol.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace syncline {

/// Whether `arriving` asks for something and its writer had not seen what the server wrote there. \see MERGE-7
template <class R>
bool asks_too_late(const change<R>& arriving, const hub_record<R>& present) {
  if constexpr (has_request<R>) {
    using request = internal::request_of<R>;
    const auto& written = value_of(get_field<request::field>(present.value));
    return arriving.what.fields.contains(request::asked) && present.numbers[request::field] > arriving.base &&
           !is_same_value(written, std::remove_cvref_t<decltype(written)>{});
  } else {
    return false;
  }
}

/// The server wrote the field that a request is about: says in the record, and in `dropped`, that an open one is superseded;
/// one that is met is no more told of. Functions write and never commit.
template <class R, class Commit>
void supersede_request(Commit& commit, hub_record<R>& present, std::uint32_t table, std::vector<dropped_value>& dropped) {
  if constexpr (has_request<R>) {
    using request = internal::request_of<R>;
    const request_state state = state_of_request(present.value);
    if (state == request_state::none) return;
    R after = present.value;
    auto& told = value_of(get_field<request::told>(after));
    const auto& asked = value_of(get_field<request::asked>(present.value));
    if (state == request_state::open) {
      const stamp by = present.stamps()[request::asked];
      dropped.push_back({table, {encode(key_of(present.value))}, static_cast<std::uint32_t>(request::field), side::remote,
                         rule::superseded, {encode(asked)}, std::string(by.device.view()), by.time.ticks});
      told = asked;
    } else {
      told = {};
    }
    commit.template change_as_server<R>(present, diff(present.value, after));
  }
}

}  // namespace syncline
