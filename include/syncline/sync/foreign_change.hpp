// SPDX-License-Identifier: BSL-1.0
#pragma once
// What another device did to a record, as a relay heard it on its way to the hub: shown at once, and never sent as one's own.

#include <syncline/change/change.hpp>
#include <syncline/core/planted.hpp>
#include <syncline/wire/decode.hpp>
#include <syncline/wire/difference.hpp>
#include <syncline/wire/encode.hpp>

#include <cstdint>
#include <string>

namespace syncline {

/// A relayed change of one record: an overlay over the base and what was sent, under what is pending.
///
/// It goes when the hub's word comes: when the base is of a commit that includes it, or the hub did not take it.
/// \see PROTOCOL 11
template <class R>
struct foreign_change {
  std::uint64_t incarnation{};  ///< of the device that made it
  std::uint64_t envelope{};     ///< the envelope that carries it
  std::string device{};
  std::uint64_t included_at{};   ///< the commit that has it; 0 while the hub has not answered
  bool is_depended_on = false;   ///< an edit was made here with it before one's eyes
  field_set<R> covered{};        ///< fields that what was pending when it came hides: nobody saw it there
  change<R> made{};

  friend bool operator==(const foreign_change&, const foreign_change&) = default;
};

/// Appends `foreign`, a change of the record called `key`.
template <class R>
void encode_to(std::string& out, const typename schema<R>::key_type& key, const foreign_change<R>& foreign) {
  char room[2 * sizeof(std::uint64_t) + 3 * max_varint_size + 1];
  writer to(room);
  to.fixed(foreign.incarnation);
  to.varint(foreign.envelope);
  to.varint(foreign.included_at);
  to.byte(foreign.is_depended_on);
  to.varint(foreign.covered.bits());
  out.append(room, to.position());
  internal::append_sized(out, foreign.device);
  std::string made;
  encode_to<R>(made, key, foreign.made);
  internal::append_sized(out, made);
}

namespace internal {

// What `encode_to` wrote.
template <class R>
void take_foreign(reader& in, foreign_change<R>& foreign) {
  foreign.incarnation = in.fixed<std::uint64_t>();
  foreign.envelope = in.varint();
  foreign.included_at = in.varint();
  foreign.is_depended_on = in.byte() != 0;
  foreign.covered = field_set<R>{in.varint()};
  foreign.device = in.sized();
  reader inner(in.sized());
  typename schema<R>::key_type key{};
  take_change<R>(inner, key, foreign.made);
  if (!inner.finish("a change")) in.fail("a kept change of another device cannot be read");
}

}  // namespace internal

}  // namespace syncline
