// SPDX-License-Identifier: BSL-1.0
#pragma once
// Bit rot in a simulation: rows of a device's store that other hands changed, and what the digests of both sides say.

#include <syncline/sync/table_digest.hpp>
#include <syncline/testing/generate.hpp>
#include <syncline/testing/simulation_check.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline::internal {

/// Stores as they are, without the engines.
template <class... Records>
class sim_rot {
 public:
  using world = sim_world<Records...>;
  using device_type = typename world::device_type;
  static constexpr std::string_view scope = world::scope;

  explicit sim_rot(world& w) : w_(w) {}

  /// What a device last read of a table, as one digest.
  template <class R>
  set_digest digest_on(device_type& d) {
    set_digest sum;
    auto tx = d.disk->store.begin(scope);
    static_cast<void>(for_each_row<R>(*tx, {}, [&](const row<R>& each) -> result<void> {
      const auto record = from_row(each);
      if (record && record->base_exists) sum += digest_of_record(record->base, record->base_stamps);
      return {};
    }));
    return sum;
  }
  /// What the hub has of a table.
  template <class R>
  set_digest digest_at_hub() {
    set_digest sum;
    auto tx = w_.hub_disk.store.begin(scope);
    static_cast<void>(for_each_row<R>(*tx, {}, [&](const row<R>& each) -> result<void> {
      const auto record = read_row(each);
      if (record && !record->deleted()) sum += digest_of_record(record->value, record->stamps());
      return {};
    }));
    return sum;
  }

  /// Every device has the digests of the hub. (That they have its records is found out without digests.)
  void check_digests() {
    const auto check = [&]<class R>(std::type_identity<R>) {
      const set_digest expected = digest_at_hub<R>();
      for (auto& d : w_.devices) {
        if (digest_on<R>(*d) != expected) differ<R>(*d, "the digest of the hub", "another one");
      }
    };
    (check(std::type_identity<Records>{}), ...);
  }

  /// Changes values of some rows on a device, or takes the rows away: of records on which nothing waits, and in fields
  /// whose values are in the row. \return of how many records of each table
  std::vector<std::size_t> rot(device_type& d, random_source& random, generator& from) {
    return {rot_table<Records>(d, random, from)...};
  }

  /// A device found just those records that rotted, and repaired them.
  void check_found(device_type& d, const std::vector<std::size_t>& rotten) {
    const auto check = [&]<class R>(std::type_identity<R>) {
      const std::size_t at = world::kept::template position_of<R>();
      const auto& found = d.engine->comparison();
      if (found.size() != sizeof...(Records)) return differ<R>(d, "a comparison", "none");
      if (!found[at].problem.empty()) return differ<R>(d, "a whole comparison", found[at].problem);
      if (found[at].differed != rotten[at]) return differ<R>(d, std::to_string(rotten[at]) + " differences", std::to_string(found[at].differed));
      if (found[at].repaired != rotten[at]) differ<R>(d, std::to_string(rotten[at]) + " repairs", std::to_string(found[at].repaired));
    };
    (check(std::type_identity<Records>{}), ...);
  }

 private:
  template <class R>
  void differ(device_type& d, std::string expected, std::string found) {
    w_.violate(sim_invariant::digests_agree, std::string(schema<R>::table) + " on " + d.name, {}, std::move(expected), std::move(found));
  }

  template <class R>
  std::size_t rot_table(device_type& d, random_source& random, generator& from) {
    std::vector<row<R>> rows;
    auto tx = d.disk->store.begin(scope);
    static_cast<void>(for_each_row<R>(*tx, {}, [&](const row<R>& each) -> result<void> {
      const auto record = from_row(each);
      if (record && record->base_exists && !record->dirty()) rows.push_back(each);
      return {};
    }));
    field_set<R> fields{field_set<R>::all().bits() & ~schema<R>::fields_where([]<class P>() { return policy::is_chunked<P>; })};
    fields.erase(schema<R>::key_index);
    std::size_t rotten = 0;
    for (row<R>& each : rows) {
      if (random.chance(0.6)) continue;
      if (random.chance(0.2)) {
        static_cast<void>(tx->template erase<R>(key_of(each.value)));
      } else {
        R changed = from.edited(each.value, 0.3, fields);
        if (naive::differing(each.value, changed).empty()) continue;
        each.value = std::move(changed);
        static_cast<void>(tx->template save<R>(each));
      }
      w_.trace.add(d.name, "has a rotten row", world::template title<R>(key_of(each.value)));
      ++rotten;
    }
    static_cast<void>(tx->commit());
    if (rotten == 0) return 0;
    w_.count(sim_fault::base_rotted);
    {
      auto ended = std::move(*tx);
    }
    if (digest_on<R>(d) == digest_at_hub<R>()) differ<R>(d, "another digest than the hub's", "the same");
    return rotten;
  }

  world& w_;
};

}  // namespace syncline::internal
