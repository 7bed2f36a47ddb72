// SPDX-License-Identifier: BSL-1.0
#pragma once
// The life of a record on a device, from recording to synced: generated from the record's declaration.

#include <syncline/change/field_set.hpp>
#include <syncline/queue/machine.hpp>

#include <boost/hana/bool.hpp>
#include <boost/hana/filter.hpp>
#include <boost/hana/tuple.hpp>
#include <boost/hana/type.hpp>
#include <boost/hana/unpack.hpp>

#include <array>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace syncline {

/// Where a record, or a chunk of its series, stands between this device and the hub. \see QUEUE-1
enum class record_state : std::uint8_t {
  recording,    ///< points are being added
  processing,   ///< recording has stopped; what is computed from the points is not there yet
  local_only,   ///< something is pending and waits for its turn
  syncing,      ///< something is sent and not answered
  synced,       ///< the hub has everything
  sync_failed,  ///< a dead letter: it waits for a person, a new edit, or a success that revives it
  retrying,     ///< the last try failed, and the next one waits for its time
  conflict,     ///< it waits for a person who settles a field
};

/// What happens to a record, or to a chunk.
enum class record_event : std::uint8_t {
  finished,                ///< recording has stopped
  processed,               ///< everything that is computed from the points is there
  edited,                  ///< a local write
  sent,                    ///< what was pending is on its way
  confirmed,               ///< the hub has it, by an answer or by a page, and nothing is pending
  confirmed_with_pending,  ///< the hub has what was sent, and an edit was made meanwhile
  rebased,                 ///< the hub wants it anew, on its present value
  failed,                  ///< a try failed, and another one will come
  gave_up,                 ///< a try failed, and it was the last one
  refused,                 ///< the hub does not want it
  retry_due,               ///< the time of the next try has come
  revived,                 ///< a dead letter is to be tried again
  discarded,               ///< a person gave up what the hub did not take
  conflicted,              ///< both sides changed a field that a person has to settle
  settled,                 ///< a conflict is over, and its outcome has to be sent
  downloaded,              ///< the hub's word came, and what is pending stays pending
  absorbed,                ///< the hub's word came, and nothing is pending or in conflict any more
  lost,                    ///< the hub had it and does not have it any more
};

constexpr std::string_view to_string(record_state s) noexcept { return name_of(s); }
constexpr std::string_view to_string(record_event e) noexcept { return name_of(e); }

namespace internal {

template <class Policy>
consteval bool policy_needs_person() {
  if constexpr (requires { Policy::needs_person; }) {
    return Policy::needs_person;
  } else {
    return false;
  }
}

}  // namespace internal

/// Whether a record has a series, so that it is recorded and processed before it can be sent.
template <class R>
inline constexpr bool has_series = !series_fields<R>.empty();

/// Whether a field of the record leaves a conflict to a person: its policy says `needs_person`.
template <class R>
inline constexpr bool can_conflict =
    schema<R>::fields_where([]<class Policy>() { return internal::policy_needs_person<Policy>(); }) != 0;

namespace internal {

enum class life_needs : std::uint8_t { nothing, series, person };

// A row that is there if the record needs it.
template <record_state From, record_event Event, record_state To, life_needs Needs = life_needs::nothing>
struct life_row {
  static constexpr transition<record_state, record_event> row{From, Event, To};
  static constexpr life_needs needs = Needs;
};

namespace life {

using enum record_state;
using enum record_event;
using enum life_needs;

// clang-format off
using rows = boost::hana::tuple<
    boost::hana::type<life_row<recording,   edited,                 recording,   series>>,
    boost::hana::type<life_row<recording,   finished,               processing,  series>>,
    boost::hana::type<life_row<processing,  edited,                 processing,  series>>,
    boost::hana::type<life_row<processing,  processed,              local_only,  series>>,
    boost::hana::type<life_row<local_only,  edited,                 local_only>>,
    boost::hana::type<life_row<local_only,  downloaded,             local_only>>,
    boost::hana::type<life_row<local_only,  sent,                   syncing>>,
    boost::hana::type<life_row<local_only,  absorbed,               synced>>,
    boost::hana::type<life_row<local_only,  conflicted,             conflict,    person>>,
    boost::hana::type<life_row<syncing,     edited,                 syncing>>,
    boost::hana::type<life_row<syncing,     downloaded,             syncing>>,
    boost::hana::type<life_row<syncing,     confirmed,              synced>>,
    boost::hana::type<life_row<syncing,     confirmed_with_pending, local_only>>,
    boost::hana::type<life_row<syncing,     rebased,                local_only>>,
    boost::hana::type<life_row<syncing,     failed,                 retrying>>,
    boost::hana::type<life_row<syncing,     gave_up,                sync_failed>>,
    boost::hana::type<life_row<syncing,     refused,                sync_failed>>,
    boost::hana::type<life_row<synced,      edited,                 local_only>>,
    boost::hana::type<life_row<synced,      downloaded,             synced>>,
    boost::hana::type<life_row<synced,      lost,                   local_only>>,
    boost::hana::type<life_row<synced,      conflicted,             conflict,    person>>,
    boost::hana::type<life_row<retrying,    edited,                 retrying>>,
    boost::hana::type<life_row<retrying,    downloaded,             retrying>>,
    boost::hana::type<life_row<retrying,    retry_due,              local_only>>,
    boost::hana::type<life_row<retrying,    sent,                   syncing>>,
    boost::hana::type<life_row<retrying,    confirmed,              synced>>,
    boost::hana::type<life_row<retrying,    confirmed_with_pending, local_only>>,
    boost::hana::type<life_row<retrying,    absorbed,               synced>>,
    boost::hana::type<life_row<retrying,    gave_up,                sync_failed>>,
    boost::hana::type<life_row<retrying,    conflicted,             conflict,    person>>,
    boost::hana::type<life_row<sync_failed, edited,                 local_only>>,
    boost::hana::type<life_row<sync_failed, downloaded,             sync_failed>>,
    boost::hana::type<life_row<sync_failed, revived,                retrying>>,
    boost::hana::type<life_row<sync_failed, discarded,              synced>>,
    boost::hana::type<life_row<sync_failed, confirmed,              synced>>,
    boost::hana::type<life_row<sync_failed, confirmed_with_pending, local_only>>,
    boost::hana::type<life_row<sync_failed, absorbed,               synced>>,
    boost::hana::type<life_row<conflict,    edited,                 conflict,    person>>,
    boost::hana::type<life_row<conflict,    downloaded,             conflict,    person>>,
    boost::hana::type<life_row<conflict,    sent,                   syncing,     person>>,
    boost::hana::type<life_row<conflict,    settled,                local_only,  person>>,
    boost::hana::type<life_row<conflict,    absorbed,               synced,      person>>>;
// clang-format on

template <bool HasSeries, bool CanConflict>
inline constexpr auto rows_for = boost::hana::unpack(
    boost::hana::filter(rows{},
                        []<class Row>(boost::hana::basic_type<Row>) {
                          return boost::hana::bool_c<Row::needs == nothing || (Row::needs == series && HasSeries) ||
                                                     (Row::needs == person && CanConflict)>;
                        }),
    []<class... Row>(boost::hana::basic_type<Row>...) { return std::array{Row::row...}; });

}  // namespace life

// The life of a record, which depends on nothing but this: all records of a kind share one machine.
template <bool HasSeries, bool CanConflict>
struct record_life {
  static constexpr record_state initial = HasSeries ? record_state::recording : record_state::local_only;
  static constexpr record_state resting = record_state::synced;
  static constexpr std::array failures{record_state::sync_failed, record_state::retrying};
  static constexpr const auto& rows = life::rows_for<HasSeries, CanConflict>;
};

struct chunk_life {
  using s = record_state;
  using e = record_event;

  static constexpr record_state initial = s::local_only;
  static constexpr record_state resting = s::synced;
  static constexpr std::array failures{s::sync_failed, s::retrying};
  static constexpr transition<record_state, record_event> rows[]{
      {s::local_only, e::sent, s::syncing},      {s::local_only, e::confirmed, s::synced},
      {s::syncing, e::confirmed, s::synced},     {s::syncing, e::failed, s::retrying},
      {s::syncing, e::gave_up, s::sync_failed},  {s::syncing, e::refused, s::sync_failed},
      {s::synced, e::lost, s::local_only},       {s::retrying, e::retry_due, s::local_only},
      {s::retrying, e::sent, s::syncing},        {s::retrying, e::confirmed, s::synced},
      {s::retrying, e::gave_up, s::sync_failed}, {s::sync_failed, e::revived, s::retrying},
      {s::sync_failed, e::confirmed, s::synced},
  };
};

}  // namespace internal

/// The life of a record of type `R` on a device: a `machine` over `record_state` and `record_event`.
///
/// Without a `chunked` field there are no states `recording` and `processing`; without a field that a person has to
/// settle there is no `conflict`. A record that is made here begins in `initial`; one that arrives from the hub begins
/// in `resting`, which is `synced`. An edit made during an upload stays pending: the upload then ends with
/// `confirmed_with_pending`, and the record waits for its turn again. An event that means nothing in a state leaves it.
///
/// \see QUEUE-1
template <class R>
using life_cycle = machine<internal::record_life<has_series<R>, can_conflict<R>>>;

/// The life of a chunk, which is made once and never changes: `confirmed` may come before it is sent, when the hub has
/// the same bytes already.
using chunk_life_cycle = machine<internal::chunk_life>;

}  // namespace syncline
