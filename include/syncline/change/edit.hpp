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

inline constexpr std::string_view says_struct = "[syncline] struct '",
                                  says_whole_client =
                                      "' has fields that code that acts for a client cannot write, so it cannot be "
                                      "assigned whole: write its fields one by one, "
                                      "e[the<&R::field>][the<&S::part>] = value",
                                  says_whole_server =
                                      "' has fields that code that acts for the server cannot write, so it cannot be "
                                      "assigned whole: write its fields one by one, "
                                      "e[the<&R::field>][the<&S::part>] = value";

template <role Who, class S, std::size_t... I>
consteval bool may_edit_all(std::index_sequence<I...>);

/// Whether code that acts for `Who` may write all of a field of policy `P` and type `T`, however deep.
template <role Who, class P, class T>
inline constexpr bool may_edit_whole = policy::may_edit<P, Who>;
template <role Who, class P, class T>
  requires is_merged_with_owners<P, T>
inline constexpr bool may_edit_whole<Who, P, T> = may_edit_all<Who, T>(std::make_index_sequence<field_count<T>>{});

template <role Who, class S, std::size_t... I>
consteval bool may_edit_all(std::index_sequence<I...>) {
  return (may_edit_whole<Who, policy_at<S, I, member_at<S, I>>, typename declared<member_at<S, I>>::value_type> && ...);
}

template <role Who, class S>
class struct_editor;

/// Field `I` of `s`, which the sentences begin to name with `Says`, for code that acts for `Who`: to write, or opened field
/// by field. Stops compilation where it may not write it.
template <role Who, const std::string_view& Says, std::size_t I, class S>
constexpr decltype(auto) open_field(S& s) {
  using P = policy_at<S, I, member_at<S, I>>;
  using T = typename declared<member_at<S, I>>::value_type;
  if constexpr (std::is_same_v<P, policy::key>) {
    ill_formed<concatenated<Says, type_name<S>, says_field, field_name<S, I>, says_is, P::name, says_key_refused>()>();
  } else if constexpr (!policy::may_edit<P, Who> && Who == role::client) {
    ill_formed<concatenated<Says, type_name<S>, says_field, field_name<S, I>, says_is, P::name, says_client_refused>()>();
  } else if constexpr (!policy::may_edit<P, Who>) {
    ill_formed<concatenated<Says, type_name<S>, says_field, field_name<S, I>, says_is, P::name, says_server_refused>()>();
  }
  if constexpr (is_merged_with_owners<P, T> && !may_edit_whole<Who, P, T>) {
    return struct_editor<Who, T>(get_field<I>(s));
  } else {
    return (get_field<I>(s));
  }
}

/// A struct in a record of which code that acts for `Who` may write some fields. It cannot be assigned whole.
template <role Who, class S>
class struct_editor {
 public:
  constexpr explicit struct_editor(S& open) noexcept : open_(&open) {}
  struct_editor(const struct_editor&) = default;

  template <std::size_t I>
  constexpr decltype(auto) operator[](field_tag<S, I>) const {
    return open_field<Who, says_struct, I>(*open_);
  }

  constexpr void operator=(const S&) const {
    if constexpr (Who == role::client) ill_formed<concatenated<says_struct, type_name<S>, says_whole_client>()>();
    else ill_formed<concatenated<says_struct, type_name<S>, says_whole_server>()>();
  }
  void operator=(const struct_editor&) const = delete;

 private:
  S* open_;
};

}  // namespace internal

/// A record that is open for changes by code that acts for `Who`.
///
/// `e[the<&R::field>]` is the field, to write; a field that `Who` may not write does not compile. A struct that is merged
/// `by_field`, and of which `Who` may not write all, is opened by its fields alone: `e[the<&R::field>][the<&S::part>]`.
/// `e.record()` reads.
///
/// \snippet examples/change.cpp edit
/// \see DECL-6
template <role Who, class R>
class editor {
 public:
  constexpr explicit editor(R record) : record_(std::move(record)) {}

  template <std::size_t I>
  constexpr decltype(auto) operator[](internal::field_tag<R, I>) {
    return internal::open_field<Who, internal::says_record, I>(record_);
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
/// A client may propose values of `server` fields here, in the record and in structs in it. Fields that `Who` may not set
/// are in `result.fields - creatable<R, Who>`, and what the server may not set within others `withhold` tells; the engines
/// refuse them by name.
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
