// SPDX-License-Identifier: BSL-1.0
#pragma once
// What an entry of the conflict log is about that says what did not stand of a struct: those of its parts that are the server's.

#include <syncline/resolve/conflict.hpp>
#include <syncline/resolve/resolve.hpp>
#include <syncline/wire/decode.hpp>

#include <string>
#include <utility>
#include <vector>

namespace syncline {

/// Whether field `I` of `R` is a struct of which the server owns a part that `decided` is about.
template <class R, std::size_t I>
constexpr bool is_about_server_parts(rule decided) noexcept {
  using S = schema<R>;
  return internal::is_merged_with_owners<typename S::template policy_type<I>, typename S::template value_type<I>> &&
         (decided == rule::server_owned || decided == rule::undone);
}

/// The parts of field `I` of `R` that differ between the value that stands and the one that does not, as an entry has them.
/// Parts have no stamps: whether somebody wrote one since is told by its value. \see DECL-6, MERGE-9
template <class R, std::size_t I>
class server_parts {
  using how = typename schema<R>::template policy_type<I>::how;
  using value = typename schema<R>::template value_type<I>;
  using traits = internal::merge_traits_of<R, I>;

 public:
  static result<server_parts> read(const superseded& entry) {
    auto kept = decode<value>(entry.kept.bytes);
    if (!kept) return kept.error();
    auto dropped = decode<value>(entry.dropped.bytes);
    if (!dropped) return dropped.error();
    return server_parts(std::move(*kept), std::move(*dropped));
  }

  /// As `field.part`, however deep.
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    how::name_withheld(kept_, dropped_, role::client, std::string(schema<R>::names[I]), all);
    return all;
  }

  /// Whether they stand in `present` as the entry says.
  bool stand_in(const value& present) const {
    value as_decided = present;
    traits::apply(as_decided, difference(dropped_, kept_));
    return is_same_value(as_decided, present);
  }

  /// Puts what had not stood into `present`, and leaves the rest.
  void bring_back(value& present) const { traits::apply(present, difference(kept_, dropped_)); }

 private:
  server_parts(value kept, value dropped) : kept_(std::move(kept)), dropped_(std::move(dropped)) {}

  static typename traits::edit difference(const value& before, const value& after) {
    auto edit = traits::diff(before, after);
    return how::withhold(edit, role::client);
  }

  value kept_, dropped_;
};

}  // namespace syncline
