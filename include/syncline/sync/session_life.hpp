// SPDX-License-Identifier: BSL-1.0
#pragma once
// A device's session with the hub as a machine: which step it is at, and what leads on from there.

#include <syncline/queue/machine.hpp>

#include <array>
#include <cstdint>

namespace syncline {

/// What a session is at. \see SYNC-2
enum class session_step : std::uint8_t {
  idle,        ///< there is none, or it came to its end
  check,       ///< asks what the hub declares, and what it has of this device
  upload,      ///< sends what is due, envelope by envelope
  download,    ///< asks for pages until there is no more
  sweep,       ///< looks through its own records for those that a walk did not meet
  compare,     ///< holds digests against the hub's
  chunks,      ///< sends and fetches chunks
  broken_off,  ///< no answer came, or the hub does not go on: what was on its way is sent again in the next one
};

/// What happens to a session.
enum class session_event : std::uint8_t {
  began,         ///< a new one, whatever became of the last
  agreed,        ///< the hub declares tables that go with this device's
  sent_all,      ///< nothing that may be sent is due
  hub_moved_on,  ///< what comes next stands on what the hub made of an envelope: that is read first
  overtaken,     ///< another process over the same store went on
  read_all,      ///< the last page came, and nothing else is to be done with it
  must_sweep,    ///< the last page came, and deletions may have been missed
  must_compare,  ///< the last page came or the sweep is over, and a comparison was asked for
  swept,
  differs,       ///< a comparison found what has to be read
  compared,      ///< no range is left to compare
  forgot,        ///< the page was made before the walk began: the hub is asked anew
  record_is_due, ///< a record never waits for chunks
  computed,      ///< the hub computes something from the chunks that it got
  hub_is_away,   ///< a relay answers: it keeps what was sent, and all else has to wait for the hub
  completed,     ///< nothing is left to do
  interrupted,   ///< no answer came
  refused,       ///< the hub does not go on, or the sides do not fit
};

namespace internal {

struct session_table {
  using s = session_step;
  using e = session_event;

  static constexpr s initial = s::idle;
  static constexpr s resting = s::idle;
  static constexpr std::array failures{s::broken_off};
  static constexpr transition<s, e> rows[]{
      {s::idle, e::began, s::check},
      {s::check, e::began, s::check},
      {s::check, e::agreed, s::upload},
      {s::check, e::interrupted, s::broken_off},
      {s::check, e::refused, s::broken_off},
      {s::upload, e::began, s::check},
      {s::upload, e::sent_all, s::download},
      {s::upload, e::hub_moved_on, s::download},
      {s::upload, e::hub_is_away, s::idle},
      {s::upload, e::interrupted, s::broken_off},
      {s::upload, e::refused, s::broken_off},
      {s::download, e::began, s::check},
      {s::download, e::hub_moved_on, s::download},
      {s::download, e::overtaken, s::upload},
      {s::download, e::forgot, s::check},
      {s::download, e::must_sweep, s::sweep},
      {s::download, e::must_compare, s::compare},
      {s::download, e::read_all, s::chunks},
      {s::download, e::hub_is_away, s::idle},
      {s::download, e::interrupted, s::broken_off},
      {s::download, e::refused, s::broken_off},
      {s::sweep, e::began, s::check},
      {s::sweep, e::overtaken, s::upload},
      {s::sweep, e::hub_moved_on, s::download},
      {s::sweep, e::must_compare, s::compare},
      {s::sweep, e::swept, s::chunks},
      {s::sweep, e::hub_is_away, s::idle},
      {s::sweep, e::interrupted, s::broken_off},
      {s::sweep, e::refused, s::broken_off},
      {s::compare, e::began, s::check},
      {s::compare, e::hub_moved_on, s::download},
      {s::compare, e::differs, s::download},
      {s::compare, e::compared, s::chunks},
      {s::compare, e::hub_is_away, s::idle},
      {s::compare, e::interrupted, s::broken_off},
      {s::compare, e::refused, s::broken_off},
      {s::chunks, e::began, s::check},
      {s::chunks, e::record_is_due, s::upload},
      {s::chunks, e::hub_moved_on, s::download},
      {s::chunks, e::computed, s::download},
      {s::chunks, e::completed, s::idle},
      {s::chunks, e::hub_is_away, s::idle},
      {s::chunks, e::interrupted, s::broken_off},
      {s::chunks, e::refused, s::broken_off},
      {s::broken_off, e::began, s::check},
  };
};

}  // namespace internal

/// The life of a session, which `replica` runs on. An event that means nothing in a step leaves it.
using session_life = machine<internal::session_table>;

}  // namespace syncline
