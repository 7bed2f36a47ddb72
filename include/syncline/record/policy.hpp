// SPDX-License-Identifier: BSL-1.0
#pragma once
// What a field's declaration says about it: who may write it, and what two writes become.

#include <syncline/record/role.hpp>

#include <cstdint>
#include <string_view>
#include <type_traits>

namespace syncline {

/// Splits a series into chunks of at most `N` points. \see DECL-3, STREAM-1
template <std::uint32_t N>
struct points {
  static_assert(N > 0, "[syncline] a chunk has at least one point: write points<1> or more");
  static constexpr std::uint32_t count = N;
};

/// Splits a series into chunks of at most `N` bytes: of its points as `encode` writes them, one by one, whatever codec the
/// chunk is written with. A point that takes more is a chunk of its own. \see DECL-3
template <std::uint32_t N>
struct bytes {
  static_assert(N > 0 && N <= 4u << 20,
                "[syncline] a chunk has a byte or more, and at most 4 MiB: write bytes<1> to bytes<4194304>");
  static constexpr std::uint32_t size = N;
};

/// Splits a series into chunks whose points were taken less than `N` seconds away from the first of them. A point's time
/// is the first of its members that is a time or a duration, or an optional of such; a point without one stays in the
/// chunk that is open. \see DECL-3
template <std::uint32_t N>
struct seconds {
  static_assert(N > 0, "[syncline] a chunk lasts a second or more: write seconds<1> or more");
  static constexpr std::uint32_t length = N;
};

/// What can be declared of a field. The policies are empty types; `field<T, Policy>` carries one.
///
/// \see DECL-2, docs/algebra.md
namespace policy {

/// The record's name in its table. Never changes.
struct key {
  static constexpr std::string_view name = "key";
};
/// The hub's word: a client may propose a value when it creates the record, and never after.
struct server {
  static constexpr std::string_view name = "server";
};
/// The client's word; among several clients the later write.
struct client {
  static constexpr std::string_view name = "client";
};
/// The later write, whoever wrote.
struct lww {
  static constexpr std::string_view name = "lww";
};
/// What `How` makes of both edits.
template <class How>
struct merge {
  static constexpr std::string_view name = "merge";
  using how = How;
};
/// The first value that reached the hub.
struct once {
  static constexpr std::string_view name = "once";
};
/// A handle on a series of `Sample`s, which is cut by `Split` and travels beside the record.
template <class Sample, class Split = points<1000>>
struct chunked {
  static constexpr std::string_view name = "chunked";
  using sample = Sample;
  using split = Split;
};

/// \name What a policy is, asked by those who generate from it
/// @{
template <class Policy>
inline constexpr bool is_merge = false;
template <class How>
inline constexpr bool is_merge<merge<How>> = true;

template <class Policy>
inline constexpr bool is_chunked = false;
template <class Sample, class Split>
inline constexpr bool is_chunked<chunked<Sample, Split>> = true;

/// Two values of the field are ordered by their stamps, so stamps have to be kept.
template <class Policy>
inline constexpr bool is_stamped =
    std::is_same_v<Policy, lww> || std::is_same_v<Policy, client> || is_chunked<Policy>;

/// Code that acts for `Who` may change the field of a record that exists.
template <class Policy, role Who>
inline constexpr bool may_edit = !std::is_same_v<Policy, key> &&
                                 (Who == role::client ? !std::is_same_v<Policy, server>
                                                      : !std::is_same_v<Policy, client> && !is_chunked<Policy>);

/// Code that acts for `Who` may give the field a value while it creates the record. A client's value of a `server`
/// field is a proposal.
template <class Policy, role Who>
inline constexpr bool may_create = Who == role::client || (!std::is_same_v<Policy, client> && !is_chunked<Policy>);
/// @}

}  // namespace policy

}  // namespace syncline
