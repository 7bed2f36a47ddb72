// SPDX-License-Identifier: BSL-1.0
#pragma once
// Records whose type is known by a table's name only: what a command line shows, and what it sets.

#include <syncline/change/edit.hpp>
#include <syncline/wire/json.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stride {

/// One field of a record: its name, and its value as JSON.
struct field_view {
  std::string name{};
  std::string json{};
};

/// A record's fields in order of declaration, without the manifests of its series.
using record_view = std::vector<field_view>;

/// `field=value` as a person wrote it.
struct assignment {
  std::string field{};
  std::string text{};
};

/// Whether a field is shown with its record: series are shown by their own commands.
template <class R, std::size_t I>
inline constexpr bool is_shown = !syncline::policy::is_chunked<typename syncline::schema<R>::template policy_type<I>>;

template <class R>
record_view view_of(const R& record) {
  record_view view;
  syncline::for_each_field(
      [&]<std::size_t I>(std::integral_constant<std::size_t, I>, const auto& field) {
        if constexpr (is_shown<R, I>) {
          view.push_back({std::string(syncline::schema<R>::names[I]), syncline::json_text(syncline::value_of(field))});
        }
      },
      record);
  return view;
}

/// Who writes a field of this policy, as the end of a sentence.
template <class Policy>
constexpr std::string_view whose() {
  if constexpr (std::is_same_v<Policy, syncline::policy::client>) return ": the user writes it, on a device";
  if constexpr (std::is_same_v<Policy, syncline::policy::server>) return ": the hub writes it";
  if constexpr (std::is_same_v<Policy, syncline::policy::key>) return ": it is set when the record is made, and stays";
  return {};
}

/// Sets one field of `target` as the text says.
///
/// \param may_write  of a field's policy: whether whoever writes may
/// \return nothing, or one sentence: no such field, not theirs to write, or not a value of its type; whatever is in `target`
template <class R, class MayWrite>
syncline::result<void> assign(R& target, const assignment& wanted, MayWrite&& may_write) {
  using schema = syncline::schema<R>;
  const std::string where = "field '" + wanted.field + "' of table '" + std::string(schema::table) + "'";
  const std::size_t index = schema::index_of(wanted.field);
  if (index == schema::size) {
    std::string known;
    for (const auto& name : schema::names) known += (known.empty() ? "" : ", ") + std::string(name);
    return make_error(syncline::error_code::not_found, syncline::phase::local,
                      "table '" + std::string(schema::table) + "' has no field '" + wanted.field + "'; it has " + known);
  }
  syncline::result<void> outcome;
  syncline::for_each_field(
      [&]<std::size_t I>(std::integral_constant<std::size_t, I>, auto& field) {
        if (I != index) return;
        using policy = typename schema::template policy_type<I>;
        using type = typename schema::template value_type<I>;
        if constexpr (!is_shown<R, I>) {
          outcome = make_error(syncline::error_code::not_allowed, syncline::phase::local,
                               where + " is a series: it comes with an import or a recording");
        } else if (!may_write.template operator()<policy>()) {
          outcome = make_error(syncline::error_code::not_allowed, syncline::phase::local,
                               where + " is '" + std::string(policy::name) + "', which is not yours to write here" +
                                   std::string(whose<policy>()));
        } else if (!syncline::is_utf8(wanted.text)) {
          outcome = make_error(syncline::error_code::invalid_value, syncline::phase::local,
                               where + " takes UTF-8 text, and '" + wanted.text + "' is not: is it written in another encoding?");
        } else if (auto value = syncline::parse_value<type>(wanted.text); value) {
          syncline::value_of(field) = std::move(*value);
        } else {
          outcome = make_error(syncline::error_code::invalid_value, syncline::phase::local,
                               where + " does not take '" + wanted.text + "': " + value.error().message);
        }
      },
      target);
  return outcome;
}

/// Sets fields of `target`, up to the first one that cannot be set.
template <class R, class MayWrite>
syncline::result<void> assign(R& target, const std::vector<assignment>& wanted, MayWrite&& may_write) {
  for (const assignment& each : wanted) {
    if (auto done = assign(target, each, may_write); !done) return done;
  }
  return {};
}

/// Puts the values that `changed` has over those that an editor holds, field by field, through its door.
template <syncline::role Who, class R>
void write_through(syncline::editor<Who, R>& open, const R& changed) {
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    const auto write = [&]<std::size_t J>(std::integral_constant<std::size_t, J>) {
      if constexpr (syncline::policy::may_edit<typename syncline::schema<R>::template policy_type<J>, Who>) {
        open[syncline::internal::field_tag<R, J>{}] = syncline::get_field<J>(changed);
      }
    };
    (write(std::integral_constant<std::size_t, I>{}), ...);
  }(std::make_index_sequence<syncline::schema<R>::size>{});
}

}  // namespace stride
