// SPDX-License-Identifier: BSL-1.0
#pragma once
// What a client asks for in one field, since another is the server's: how that is declared, and when it is superseded.

#include <syncline/core/ill_formed.hpp>
#include <syncline/record/schema.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace syncline {

/// A client asks in `Asked` for a value of `Field`; `Told` says which request came too late for what the server wrote.
template <auto Asked, auto Field, auto Told>
struct request_rule {};

/// Declares a request, as a static member of the record, below the fields that it names:
/// `static constexpr auto request = syncline::request_by<&workout::requested_day, &workout::day, &workout::superseded_request>();`
///
/// A request is open while it is set and neither `Field` nor `Told` has its value. Where the server writes `Field` otherwise,
/// or had done so and the client that asks had not seen it, the hub moves the request to `Told`, and the conflict log says
/// so under the name of `Field`: to take that back is to ask the server again. Where the server does what was asked, `Told`
/// becomes empty. \see MERGE-7
template <auto Asked, auto Field, auto Told>
constexpr request_rule<Asked, Field, Told> request_by() noexcept {
  return {};
}

namespace internal {

inline constexpr std::string_view
    says_request_not_servers = "' is about a request and not `server`: what is asked for, and what is said to it, are the server's",
    says_request_not_clients = "' is a request and not `client`: who asks is the client",
    says_request_types = "' declares a request whose fields are of different types: give all three the same, which can be empty";

template <class R, class Rule>
struct request_fields;
template <class R, auto Asked, auto Field, auto Told>
struct request_fields<R, request_rule<Asked, Field, Told>> {
  static constexpr std::size_t asked = the<Asked>.index, field = the<Field>.index, told = the<Told>.index;

  static consteval bool check() {
    using s = schema<R>;
    if constexpr (!std::is_same_v<typename s::template policy_type<asked>, policy::client>) {
      ill_formed<concatenated<says_record, type_name<R>, says_field, field_name<R, asked>, says_request_not_clients>()>();
    } else if constexpr (!std::is_same_v<typename s::template policy_type<field>, policy::server>) {
      ill_formed<concatenated<says_record, type_name<R>, says_field, field_name<R, field>, says_request_not_servers>()>();
    } else if constexpr (!std::is_same_v<typename s::template policy_type<told>, policy::server>) {
      ill_formed<concatenated<says_record, type_name<R>, says_field, field_name<R, told>, says_request_not_servers>()>();
    } else if constexpr (!std::is_same_v<typename s::template value_type<asked>, typename s::template value_type<field>> ||
                         !std::is_same_v<typename s::template value_type<asked>, typename s::template value_type<told>>) {
      ill_formed<concatenated<says_record, type_name<R>, says_request_types>()>();
    }
    return true;
  }
};

/// What is wrong with the declaration is said where this is first asked for.
template <class R>
struct request_of : request_fields<R, std::remove_cvref_t<decltype(R::request)>> {
  static_assert(request_of::check());
};

template <class T>
inline constexpr bool is_request_rule = false;
template <auto Asked, auto Field, auto Told>
inline constexpr bool is_request_rule<request_rule<Asked, Field, Told>> = true;

}  // namespace internal

/// Whether `R` declares a request.
template <class R>
inline constexpr bool has_request = [] {
  if constexpr (requires { R::request; }) {
    return internal::is_request_rule<std::remove_cvref_t<decltype(R::request)>>;
  } else {
    return false;
  }
}();

/// What of a request stands, beside the value of the field that it is about.
enum class request_state : std::uint8_t {
  none,  ///< nobody asks, or it was told already that the request is superseded
  open,  ///< it waits for the server
  met,   ///< the server did what was asked
};

template <class R>
  requires has_request<R>
constexpr request_state state_of_request(const R& record) {
  using request = internal::request_of<R>;
  const auto& asked = value_of(get_field<request::asked>(record));
  if (is_same_value(asked, std::remove_cvref_t<decltype(asked)>{})) return request_state::none;
  if (is_same_value(asked, value_of(get_field<request::field>(record)))) return request_state::met;
  return is_same_value(asked, value_of(get_field<request::told>(record))) ? request_state::none : request_state::open;
}

}  // namespace syncline
