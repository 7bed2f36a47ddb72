// SPDX-License-Identifier: BSL-1.0
#pragma once
// What a declaration comes to: the one compile-time description that everything else is generated from.

#include <syncline/core/fixed_string.hpp>
#include <syncline/core/ill_formed.hpp>
#include <syncline/record/field.hpp>
#include <syncline/record/merge_function.hpp>
#include <syncline/record/owners.hpp>
#include <syncline/record/policies_of.hpp>
#include <syncline/record/reflect.hpp>
#include <syncline/record/sample_time.hpp>
#include <syncline/record/value_kind.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

namespace syncline {

/// What becomes of a record that one side deletes while another, which does not know, changes it. \see MERGE-5
enum class delete_policy : std::uint8_t {
  delete_wins,  ///< it is deleted; what the other side wrote is in the conflict log, and can be undone
  update_wins,  ///< it stays, or comes back, with what the other side wrote; only what people write counts as an update
  manual,       ///< it stays, or comes back, and the conflict log asks a person whether it is to go
};

/// Which records go first where not all can go at once, in both directions. \see QUEUE-3
enum class priority_class : std::uint8_t {
  user_content,     ///< what people made or are waiting for
  recommendations,  ///< what was computed for them
  reference_data,   ///< what is the same for all, and changes seldom
};

/// What a record says of itself, as `static constexpr syncline::record_info sync{...}` in the struct, or beside it in
/// `policies_of`.
///
/// \snippet examples/declare.cpp declare
/// \see DECL-1
struct record_info {
  std::string_view table{};   ///< the table's name, in SQL, on the wire and in messages
  std::uint32_t version = 1;  ///< counts the incompatible changes of the declaration
  delete_policy deletes = delete_policy::delete_wins;
  priority_class priority = priority_class::user_content;  ///< not part of the fingerprint: the sides may differ in it
};

namespace internal {

// clang-format off
inline constexpr std::string_view says_record = "[syncline] record '", says_field = "': field '",
    says_no_info = "' says nothing of itself: add `static constexpr syncline::record_info sync{.table = \"...\"};`",
    says_no_aggregate = "' is no aggregate: take out its constructors, private and virtual members, so that it has fields "
                        "and nothing else",
    says_base = "' has a base class: write the fields of the base into it, or make the base a field",
    says_two_infos = "' says of itself what `policies_of` says too: keep one of the two `record_info sync`",
    says_too_many = "' has more than 60 fields: move some into a nested struct",
    says_no_table = "' has no table name: write `record_info sync{.table = \"...\"}`",
    says_no_priority = "' has a priority that is none: write priority_class::user_content, recommendations or reference_data",
    says_no_key = "' has no key: declare one field `syncline::key<T>`, for example `syncline::key<std::string> id{};`",
    says_two_keys = "' is a second key: keep one `syncline::key<T>` and declare the other `syncline::once<T>`",
    says_key_type = "' is a key of a type that cannot name a record: use std::string, an integer or an enumeration",
    says_uncodable = "' has a type that cannot be coded: use numbers, bool, enum classes, std::string, chrono times over "
                     "integers, or optional, vector, set, map, array and plain aggregates of such",
    says_merge = "' is merge<T, How>, and How cannot serve T: How needs `diff`, `apply`, `compose` and `invert` for T, or "
                 "`static T merge(base, local, remote)` (set_edits takes std::set, counter takes an integer)",
    says_merge_because = "' is merge<T, How>, and How cannot serve T: ",
    says_hidden_owner = "' holds a struct with a field that is `server` or `client`, which counts in merge<T, by_field> only: "
                        "declare it so, or take the owner out of the struct",
    says_sample = "' is chunked<Sample, Split>, and Sample cannot be coded: use a plain aggregate of codable fields",
    says_split = "' is chunked<Sample, Split>, and Split is no way to cut a series: use points<N>, bytes<N> or seconds<N>",
    says_no_time = "' is chunked<Sample, seconds<N>>, and Sample has no time: give it a `syncline::timestamp` or a "
                   "duration, or cut by points<N> or bytes<N>",
    says_beside = "': policies_of names '", says_nowhere = "', which is no field of it: name it as the struct does",
    says_twice = "' has a policy where it stands and another in policies_of: keep one",
    says_no_policy = "' is given what is no policy in policies_of: write policy::lww, policy::merge<How> or another",
    says_no_manifest = "' is chunked, and no manifest: declare it `syncline::manifest`, which is what a record carries of a "
                       "series",
    says_two_defaults = "' has a default policy, and policies_of has one too: keep one of the two",
    says_default = "' has a default policy that cannot be one: use policy::server, policy::client, policy::lww, "
                   "policy::once or policy::merge<How>";
// clang-format on

/// What is wrong with a series' declaration; empty if nothing is.
template <class Policy>
inline constexpr std::string_view wrong_with_series = "";
template <class Sample, class Split>
inline constexpr std::string_view wrong_with_series<policy::chunked<Sample, Split>> = [] {
  if constexpr (!codable<Sample>) return says_sample;
  else if constexpr (!is_split<Split>) return says_split;
  else if constexpr (!can_split<Split, Sample>) return says_no_time;
  else return std::string_view{};
}();

template <class R>
concept describes_itself = requires {
  { R::sync } -> std::convertible_to<record_info>;
};
template <class R>
concept is_described = describes_itself<R> || describes_itself<policies_of<R>>;

template <class R>
consteval record_info info_of() {
  if constexpr (describes_itself<R>) return record_info{R::sync};
  else if constexpr (describes_itself<policies_of<R>>) return record_info{policies_of<R>::sync};
  else return record_info{};  // refused below, in words
}

template <class P>
concept any_policy = requires {
  { P::name } -> std::convertible_to<std::string_view>;
} && std::is_empty_v<P>;

template <class T>
inline constexpr bool can_be_key =
    kind_of<T> == value_kind::text || kind_of<T> == value_kind::integer || kind_of<T> == value_kind::enumeration;

template <class T, class Policy>
inline constexpr bool serves = true;
template <class T, class Policy>
  requires policy::is_merge<Policy>
inline constexpr bool serves<T, Policy> = merge_function<typename Policy::how, T>;

/// Whether a merge function has words of its own for a type that it cannot serve.
template <class T, class Policy>
concept says_why = requires {
  { Policy::how::template refusal<T> } -> std::convertible_to<std::string_view>;
};

template <class T, class Policy>
inline constexpr auto merge_refusal = concatenated<says_merge_because, Policy::how::template refusal<T>>();

/// What is wrong with a field of type `T`; empty if nothing is. One answer for the fields of all records.
template <class T, class Policy>
inline constexpr std::string_view wrong_with_field = [] {
  if constexpr (policy::is_chunked<Policy> && !std::is_same_v<T, manifest>) return says_no_manifest;
  else if constexpr (!wrong_with_series<Policy>.empty()) return wrong_with_series<Policy>;
  else if constexpr (!codable<T>) return says_uncodable;
  else if constexpr (std::is_same_v<Policy, policy::key> && !can_be_key<T>) return says_key_type;
  else if constexpr (!serves<T, Policy> && says_why<T, Policy>) return merge_refusal<T, Policy>.view();
  else if constexpr (!serves<T, Policy>) return says_merge;
  else if constexpr (hides_owner<Policy, T>) return says_hidden_owner;
  else return std::string_view{};
}();

/// The members of `R`, all at once: asking about each of them by its index costs a build several times as much.
template <class R, class References = references<R>>
struct members_of;
template <class R, std::size_t... I, class... A>
struct members_of<R, field_references<std::index_sequence<I...>, A...>> {
  template <class F>
  using value = typename declared<std::remove_cv_t<F>>::value_type;
  template <std::size_t J, class F>
  using policy_of = policy_at<R, J, std::remove_cv_t<F>>;

  static constexpr bool are_well_formed = (wrong_with_field<value<A>, policy_of<I, A>>.empty() && ...);
  static constexpr std::uint64_t keys =
      ((std::uint64_t{std::is_same_v<policy_of<I, A>, policy::key>} << I) | ... | std::uint64_t{0});

  template <class Predicate>
  static consteval std::uint64_t where(Predicate predicate) {
    return ((std::uint64_t{predicate.template operator()<policy_of<I, A>>()} << I) | ... | std::uint64_t{0});
  }
};

/// Stops compilation at the first thing that is wrong with what is declared elsewhere than at its field.
template <class R, std::size_t... I, std::size_t... Beside>
consteval void check_policies_elsewhere(std::index_sequence<I...>, std::index_sequence<Beside...>) {
  using preset = typename default_policy_of<R>::type;
  if constexpr (has_own_default<R> && has_default_beside<R>) {
    ill_formed<concatenated<says_record, type_name<R>, says_two_defaults>()>();
  } else if constexpr (!any_policy<preset> || std::is_same_v<preset, policy::key> || policy::is_chunked<preset>) {
    ill_formed<concatenated<says_record, type_name<R>, says_default>()>();
  }
  [[maybe_unused]] constexpr auto check_name = []<std::size_t J>(std::integral_constant<std::size_t, J>) {
    using P = member_at<policies_of<R>, J>;
    constexpr const std::string_view& name = field_name<policies_of<R>, J>;
    constexpr bool is_twice = ((field_name<R, I> == name && !std::is_void_v<typename declared<member_at<R, I>>::policy_type>) || ...);
    if constexpr (((field_name<R, I> != name) && ...)) {
      ill_formed<concatenated<says_record, type_name<R>, says_beside, name, says_nowhere>()>();
    } else if constexpr (is_twice) {
      ill_formed<concatenated<says_record, type_name<R>, says_field, name, says_twice>()>();
    } else if constexpr (!any_policy<P>) {
      ill_formed<concatenated<says_record, type_name<R>, says_field, name, says_no_policy>()>();
    }
  };
  (check_name(std::integral_constant<std::size_t, Beside>{}), ...);
}

/// Stops compilation at the first thing that is wrong with `R`'s declaration. \see DECL-5
template <class R, std::size_t... I>
consteval bool check_declaration(std::index_sequence<I...> indices) {
  if constexpr (!std::is_aggregate_v<R>) {
    ill_formed<concatenated<says_record, type_name<R>, says_no_aggregate>()>();
    return true;
  } else if constexpr (!plain_aggregate<R>) {
    ill_formed<concatenated<says_record, type_name<R>, says_base>()>();
    return true;
  } else if constexpr (field_count<R> > max_fields) {
    ill_formed<concatenated<says_record, type_name<R>, says_too_many>()>();
    return true;
  } else if constexpr (!is_described<R>) {
    ill_formed<concatenated<says_record, type_name<R>, says_no_info>()>();
    return true;
  } else {
    if constexpr (describes_itself<R> && describes_itself<policies_of<R>>) {
      ill_formed<concatenated<says_record, type_name<R>, says_two_infos>()>();
    } else if constexpr (info_of<R>().table.empty()) {
      ill_formed<concatenated<says_record, type_name<R>, says_no_table>()>();
    } else if constexpr (info_of<R>().priority > priority_class::reference_data) {
      ill_formed<concatenated<says_record, type_name<R>, says_no_priority>()>();
    }
    if constexpr (has_policies_elsewhere<R>) {
      check_policies_elsewhere<R>(indices, std::make_index_sequence<count_beside<R>>{});
    }
    if constexpr (!members_of<R>::are_well_formed) {
      constexpr auto check_field = []<std::size_t J>(std::integral_constant<std::size_t, J>) {
        using member = member_at<R, J>;
        constexpr const std::string_view& wrong = wrong_with_field<typename declared<member>::value_type, policy_at<R, J, member>>;
        if constexpr (!wrong.empty()) ill_formed<concatenated<says_record, type_name<R>, says_field, field_name<R, J>, wrong>()>();
      };
      (check_field(std::integral_constant<std::size_t, I>{}), ...);
    }
    constexpr std::uint64_t keys = members_of<R>::keys;
    if constexpr (keys == 0) {
      ill_formed<concatenated<says_record, type_name<R>, says_no_key>()>();
    } else if constexpr (!std::has_single_bit(keys)) {
      constexpr std::size_t last = static_cast<std::size_t>(std::bit_width(keys)) - 1;
      ill_formed<concatenated<says_record, type_name<R>, says_field, field_name<R, last>, says_two_keys>()>();
    }
    return true;
  }
}

// A 64-bit FNV-1a hash, which is short, and the same on every machine and compiler.
class fingerprint_hash {
 public:
  constexpr void add(std::string_view text) {
    for (const char c : text) add_byte(static_cast<unsigned char>(c));
    add_byte(0);
  }
  constexpr void add(std::uint64_t number) {
    for (int shift = 0; shift < 64; shift += 8) add_byte(static_cast<unsigned char>(number >> shift));
  }
  template <class T>
  constexpr void add_type() {
    constexpr value_kind kind = kind_of<T>;
    add(static_cast<std::uint64_t>(kind));
    if constexpr (kind == value_kind::integer || kind == value_kind::number) {
      add(sizeof(T) * 2 + std::is_signed_v<T>);
    } else if constexpr (kind == value_kind::enumeration) {
      add_type<std::underlying_type_t<T>>();
    } else if constexpr (kind == value_kind::duration) {
      add_type<typename T::rep>();
      add(static_cast<std::uint64_t>(T::period::num));
      add(static_cast<std::uint64_t>(T::period::den));
    } else if constexpr (kind == value_kind::time) {
      add_type<typename T::duration>();
    } else if constexpr (kind == value_kind::map) {
      add(type_name<typename T::key_compare>);
      add_type<typename T::key_type>();
      add_type<typename T::mapped_type>();
    } else if constexpr (kind == value_kind::set) {
      add(type_name<typename T::key_compare>);
      add_type<typename T::key_type>();
    } else if constexpr (kind == value_kind::array) {
      add(std::uint64_t{std::tuple_size_v<T>});
      add_type<element_of<T>>();
    } else if constexpr (kind == value_kind::structure) {
      add(std::uint64_t{field_count<T>});
      [&]<std::size_t... I>(std::index_sequence<I...>) {
        ((add(field_name<T, I>), add_type<std::remove_cvref_t<decltype(*address_of_field<T, I>())>>()), ...);
      }(std::make_index_sequence<field_count<T>>{});
    } else if constexpr (requires { typename shape<T>::element; }) {
      add_type<element_of<T>>();
    }
  }
  template <class Policy, class T>
  constexpr void add_policy() {
    add(Policy::name);
    if constexpr (policy::is_merge<Policy>) {
      add(type_name<typename Policy::how>);
      add_type<typename merge_traits<typename Policy::how, T>::edit>();
      if constexpr (requires(fingerprint_hash& hash) { Policy::how::template describe<T>(hash); }) {
        Policy::how::template describe<T>(*this);
      }
    } else if constexpr (policy::is_chunked<Policy>) {
      add_type<typename Policy::sample>();
      add(type_name<typename Policy::split>);
      if constexpr (requires { Policy::split::count; }) add(std::uint64_t{Policy::split::count});
      if constexpr (requires { Policy::split::size; }) add(std::uint64_t{Policy::split::size});
      if constexpr (requires { Policy::split::length; }) add(std::uint64_t{Policy::split::length});
    }
  }
  constexpr std::uint64_t value() const { return hash_; }

 private:
  constexpr void add_byte(unsigned char byte) { hash_ = (hash_ ^ byte) * 0x100000001b3ull; }

  std::uint64_t hash_ = 0xcbf29ce484222325ull;
};

}  // namespace internal

/// What the declaration of `R` comes to. Asking it of a wrong declaration stops compilation with a sentence.
///
/// \snippet examples/declare.cpp schema
/// \see DECL-1, DECL-5
template <class R>
struct schema {
  static constexpr std::size_t size = field_count<R>;

  static_assert(internal::check_declaration<R>(std::make_index_sequence<size>{}));

  static constexpr record_info info = internal::info_of<R>();
  static constexpr std::string_view table = info.table;

  template <std::size_t I>
  using member_type = internal::member_at<R, I>;
  template <std::size_t I>
  using value_type = typename internal::declared<member_type<I>>::value_type;
  template <std::size_t I>
  using policy_type = internal::policy_at<R, I, member_type<I>>;

  /// The fields' names, as they are written in the struct.
  static constexpr std::array<std::string_view, size> names = []<std::size_t... I>(std::index_sequence<I...>) {
    return std::array<std::string_view, size>{field_name<R, I>...};
  }(std::make_index_sequence<size>{});

  /// The set of fields, as a bit mask, whose policy satisfies `predicate.template operator()<Policy>()`.
  template <class Predicate>
  static consteval std::uint64_t fields_where(Predicate predicate) {
    return internal::members_of<R>::where(predicate);
  }

  static constexpr std::size_t key_index =
      static_cast<std::size_t>(std::countr_zero(internal::members_of<R>::keys) % 64);
  using key_type = value_type<key_index>;

  /// The position of the field called `name`, or `size` if there is none. Complexity: O(size).
  static constexpr std::size_t index_of(std::string_view name) {
    return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
  }

  /// Differs, but for chance, whenever table, version, a field's name, type, order or policy does.
  static constexpr std::uint64_t fingerprint = [] {
    internal::fingerprint_hash hash;
    hash.add(table);
    hash.add(info.version);
    if (info.deletes != delete_policy::delete_wins) hash.add(info.deletes == delete_policy::manual ? "manual" : "update_wins");
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      ((hash.add(names[I]), hash.template add_policy<policy_type<I>, value_type<I>>(),
        hash.template add_type<value_type<I>>()),
       ...);
    }(std::make_index_sequence<size>{});
    return hash.value();
  }();
};

/// The declaration of `R` is right.
template <class R>
concept record = std::is_class_v<R> && requires { schema<R>::table; };

/// The name of `r` in its table.
template <class R>
SYNCLINE_INLINE constexpr const auto& key_of(const R& r) {
  return value_of(internal::at<schema<R>::key_index>(internal::references_to(r)));
}

/// Field `I` of `r`.
template <std::size_t I, class R>
SYNCLINE_INLINE constexpr auto& get_field(R& r) {
  return value_of(internal::at<I>(internal::references_to(r)));
}

namespace internal {

template <class Pointer>
struct member_of;
template <class R, class T>
struct member_of<T R::*> {
  using record = R;
};

template <auto Pointer>
consteval std::size_t index_of_member() {
  using R = typename member_of<decltype(Pointer)>::record;
  const void* const wanted = &(nowhere<R>.value.*Pointer);
  return with_fields(nowhere<R>.value, [wanted](const auto&... fields) {
    std::size_t index = 0, found = sizeof...(fields);
    ((static_cast<const void*>(&fields) == wanted ? found = index++ : index++), ...);
    return found;
  });
}

/// Names a field where an index is wanted.
template <class R, std::size_t I>
struct field_tag {
  using record = R;
  static constexpr std::size_t index = I;
};

}  // namespace internal

/// Names a field by its pointer to member: `e[the<&activity::rpe>] = 7`.
template <auto Pointer>
inline constexpr internal::field_tag<typename internal::member_of<decltype(Pointer)>::record,
                                     internal::index_of_member<Pointer>()>
    the{};

}  // namespace syncline
