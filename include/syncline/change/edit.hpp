// SPDX-License-Identifier: BSL-1.0
#pragma once
// The only doors through which a record is made or changed: each knows for whom the code acts.

#include <syncline/change/delta.hpp>
#include <syncline/core/ill_formed.hpp>
#include <syncline/core/result.hpp>

#include <string>
#include <type_traits>
#include <utility>

namespace syncline {

namespace internal {

inline constexpr std::string_view says_is = "' is ",
                                  says_client_refused =
                                      "<T>, so code that acts for a client cannot write it: let the hub write it "
                                      "(hub.edit), or declare it `client` or `lww`",
                                  says_key_refused = "<T>, and a key never changes: delete the record and create "
                                                     "another",
                                  says_server_refused =
                                      "<T>, so code that acts for the server cannot write it: let a device write it "
                                      "(replica.edit), or declare it `server` or `lww`";

template <class R, std::size_t I>
inline constexpr std::string_view policy_name = schema<R>::template policy_type<I>::name;

}  // namespace internal

/// A record that is open for changes by code that acts for `Who`.
///
/// `e[the<&R::field>]` is the field, to write; a field that `Who` may not write does not compile. `e.record()` reads.
///
/// \snippet examples/change.cpp edit
/// \see DECL-6
template <role Who, class R>
class editor {
 public:
  constexpr explicit editor(R record) : record_(std::move(record)) {}

  template <std::size_t I>
  constexpr auto& operator[](internal::field_tag<R, I>) {
    if constexpr (!policy::may_edit<typename schema<R>::template policy_type<I>, Who>) {
      using namespace internal;
      if constexpr (is_key<R, I>) {
        ill_formed<concatenated<says_record, type_name<R>, says_field, field_name<R, I>, says_is, policy_name<R, I>,
                                says_key_refused>()>();
      } else if constexpr (Who == role::client) {
        ill_formed<concatenated<says_record, type_name<R>, says_field, field_name<R, I>, says_is, policy_name<R, I>,
                                says_client_refused>()>();
      } else {
        ill_formed<concatenated<says_record, type_name<R>, says_field, field_name<R, I>, says_is, policy_name<R, I>,
                                says_server_refused>()>();
      }
    }
    return get_field<I>(record_);
  }

  constexpr const R& record() const noexcept { return record_; }

 private:
  R record_;
};

/// Puts the writer's name on the edits of fields whose merge function asks for it. Called by the engines' doors.
template <class R>
constexpr void sign(delta<R>& made, std::string_view writer) {
  internal::for_each_merged(made.fields, [&]<std::size_t I>(std::integral_constant<std::size_t, I>) {
    using how = typename schema<R>::template policy_type<I>::how;
    if constexpr (requires { how::sign(made.template edit<I>(), writer); }) how::sign(made.template edit<I>(), writer);
  });
}

/// What `make_changes(editor)` changes in `record`.
///
/// Guarantee: only fields that `Who` may write are in the result. Complexity: a copy and a comparison of the record.
template <role Who, class R, class MakeChanges>
constexpr delta<R> edit(const R& record, MakeChanges&& make_changes) {
  editor<Who, R> open{record};
  std::forward<MakeChanges>(make_changes)(open);
  return diff(record, open.record());
}

/// What `draft` sets, as a change of the empty record.
///
/// A client may propose values of `server` fields here. Fields that `Who` may not set are in
/// `result.fields - creatable<R, Who>`; the engines refuse them by name.
template <role Who, class R>
constexpr delta<R> create(const R& draft) {
  return diff(R{}, draft);
}

/// Nothing, or why `changes` cannot be made to `present`: they replace the value of a `once` field that has one, which
/// would not stand. \see PROTOCOL 18
template <class R>
result<void> keeps_once(const R& present, const delta<R>& changes) {
  constexpr field_set<R> once{schema<R>::fields_where([]<class P>() { return std::is_same_v<P, policy::once>; })};
  field_set<R> replaced = changes.fields & once;
  if (!replaced.empty()) replaced = replaced & changed_fields(R{}, present);
  if (replaced.empty()) return {};
  return make_error(error_code::not_allowed, phase::local,
                    "field '" + std::string(schema<R>::names[replaced.first()]) + "' of table '" +
                        std::string(schema<R>::table) + "' is set once, and has a value: it stays as it is");
}

}  // namespace syncline
