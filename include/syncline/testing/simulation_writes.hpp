// SPDX-License-Identifier: BSL-1.0
#pragma once
// What people and the server do in a simulation: generated writes through the doors of the engines, noted in the model.

#include <syncline/stream/split.hpp>
#include <syncline/testing/amend.hpp>
#include <syncline/testing/generate.hpp>
#include <syncline/testing/simulation_calls.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace syncline {

namespace internal {

/// Sets what holds a number to `number`; other fields stay.
template <class T>
void set_number(T& field, std::uint64_t number) {
  if constexpr (kind_of<T> == value_kind::integer || kind_of<T> == value_kind::number) {
    field = static_cast<T>(number);
  } else if constexpr (kind_of<T> == value_kind::optional) {
    typename T::value_type value{};
    set_number(value, number);
    field = value;
  }
}

/// A world whose people write.
template <class... Records>
class sim_people : protected sim_calls<Records...> {
  using calls = sim_calls<Records...>;

 public:
  using typename calls::world, typename calls::device;
  template <class R>
  using key_type = typename schema<R>::key_type;

 protected:
  using calls::scope, calls::now, calls::hub_now, calls::on, calls::on_hub;
  using calls::settings_, calls::random_, calls::from_, calls::w_, calls::operations_, calls::d_failed_, calls::hub_failed_;

  sim_people(std::uint64_t seed, simulation_settings settings) : calls(seed, settings) { (make_keys<Records>(), ...); }

  template <class R>
  void make_keys() {
    auto& keys = std::get<key_pool<R>>(keys_).keys;
    for (std::size_t tries = 0; keys.size() < settings_.keys && tries < 200; ++tries) {
      auto key = from_.template value<key_type<R>>();
      if (settings_.amends) key = key_of(amended(naive::empty_record<R>(key), field_set<R>::all()));
      if (key == key_type<R>{} || std::find(keys.begin(), keys.end(), key) != keys.end()) continue;
      keys.push_back(std::move(key));
    }
  }

  template <class Use>
  void any_record(Use&& use) {
    std::uint64_t which = random_.below(sizeof...(Records));
    ((which-- == 0 ? use(std::type_identity<Records>{}) : void()), ...);
  }

  template <class R>
  const key_type<R>& any_key() {
    const auto& keys = std::get<key_pool<R>>(keys_).keys;
    return keys[static_cast<std::size_t>(random_.below(keys.size()))];
  }

  // ---- what people and the server do

  // A record to make; its series are made with it, and each chunk is remembered so that it can be made again.
  template <class R>
  R draft(const key_type<R>& key, const R* last) {
    R made = last != nullptr ? *last : from_.template record<R>();
    get_field<schema<R>::key_index>(made) = key;
    if (last != nullptr) return made;
    if (settings_.amends) made = amended(std::move(made), field_set<R>::all());
    naive::for_fields<R>([&](auto at) {
      if constexpr (policy::is_chunked<naive::policy_at<R, at>>) {
        using sample_type = typename naive::policy_at<R, at>::sample;
        std::vector<sample_type> points(this->random_.chance(0.3) ? 0 : this->random_.below(6));
        for (sample_type& point : points) point = this->from_.template value<sample_type>();
        if (this->random_.chance(0.15)) points.assign(4, sample_type{});  // one that other records have too
        split_series series = split<points_of_simulation>(schema<R>::names[at], points);
        get_field<at>(made) = std::move(series.parts);
        for (encoded_chunk& chunk : series.chunks) series_[chunk.entry.digest] = std::move(chunk.bytes);
      }
    });
    return made;
  }
  using points_of_simulation = points<2>;  // so that a few points are several chunks

  template <class R>
  std::vector<std::string> chunks_of(const R& value) {
    std::vector<std::string> chunks;
    naive::for_fields<R>([&](auto at) {
      if constexpr (policy::is_chunked<naive::policy_at<R, at>>) {
        for (const chunk_entry& each : get_field<at>(value).chunks) chunks.push_back(series_[each.digest]);
      }
    });
    return chunks;
  }

  template <class R>
  void write(device& d) {
    const key_type<R>& key = any_key<R>();
    w_.template check_sight<R>(d, key);
    const naive::local_record<R> known = w_.template local<R>(d, key);
    const naive::version<R>* base = w_.template base_of<R>(key, known);
    const naive::sight<R> before = naive::seen(key, base, known);
    const std::uint64_t what = random_.below(100);
    if (before.deleted ? what < 95 : what < 3) {
      make<R>(d, key, known, base, before);
    } else if (what < 85) {
      change_record<R>(d, key, known, before);
    } else if (what < 96) {
      remove<R>(d, key, known, before);
    } else {
      check_read<R>(d, key, before);
    }
  }

  // A door was used: whether it was committed is told by the device's clock, which every write moves on.
  template <class R, class Door, class Note>
  void through_door(device& d, const key_type<R>& key, std::string_view what, bool may, bool changes_nothing, Door&& door, Note&& note) {
    const std::uint64_t clock = w_.state_of(d).clock;
    const result<R> outcome = on(d, door);
    const std::uint64_t after = w_.state_of(d).clock;
    const bool committed = after != clock;
    const std::string where = world::template title<R>(key) + " on " + d.name;
    w_.trace.add(d.name, outcome ? what : std::string(what) + " in vain", where, after);
    if (outcome) ++operations_;
    if (outcome && !may) return w_.violate(sim_invariant::engine_answers, where, {}, "it is refused", std::string(what) + " went through");
    if (!outcome && may && !d_failed_) return w_.violate(sim_invariant::engine_answers, where, {}, std::string(what), outcome.error().message);
    if (outcome && !committed && !changes_nothing) {
      return w_.violate(sim_invariant::acknowledged_is_durable, where, {}, std::string(what) + " is committed", "it is not");
    }
    if (committed) {
      naive::local_record<R> known = w_.template local<R>(d, key);
      check_later<R>(known, key, after, where);
      note(known, after);
      w_.template keep<R>(d, key, std::move(known));
    }
    w_.catch_up(d);
    w_.template check_sight<R>(d, key);
  }

  // \see PROTOCOL 15
  template <class R>
  void check_later(const naive::local_record<R>& known, const key_type<R>& key, std::uint64_t ticks, const std::string& where) {
    const naive::version<R>* base = w_.template base_of<R>(key, known);
    if (w_.template table<R>().forgot(base)) return;  // it has not seen those writes
    for (std::size_t i = 0; base != nullptr && i < base->marks.size(); ++i) {
      if (base->marks[i].ticks >= ticks) {
        w_.violate(sim_invariant::later_writes_later, where, std::string(schema<R>::names[i]), "after " + std::to_string(base->marks[i].ticks),
                   std::to_string(ticks));
      }
    }
  }

  template <class R>
  std::vector<record_reference> any_dependency() const {
    return naive::some_dependency<R, Records...>(
        operations_, [&]<class Other>(std::type_identity<Other>) -> const auto& { return std::get<key_pool<Other>>(keys_).keys; });
  }

  template <class R>
  void make(device& d, const key_type<R>& key, const naive::local_record<R>& known, const naive::version<R>* base,
            const naive::sight<R>& before) {
    // Sometimes just what it was before it was deleted.
    const bool again = random_.chance(0.2) && (base != nullptr || known.dirty());
    R made = draft<R>(key, again ? &before.value : nullptr);
    sign_candidates(naive::empty_record<R>(key), made, d.name);
    const std::vector<std::string> chunks = chunks_of(made);
    const std::vector<record_reference> after = any_dependency<R>();
    through_door<R>(
        d, key, "created", before.deleted && violation_of(made).empty(), false, [&](auto& engine) { return engine.template create<R>(made, now(d), chunks, after); },
        [&](naive::local_record<R>& now, std::uint64_t ticks) {
          w_.note_dependencies(d, record_name<R>(key), after);
          const naive::sight<R> under = naive::seen_without_pending(key, base, now);
          w_.note_write(d, under.deleted ? naive::empty_record<R>(key) : under.value, made);
          if (under.deleted) {
            naive::add_write(now, change_kind::created, naive::empty_record<R>(key), made, ticks);
          } else {
            naive::add_write(now, change_kind::updated, under.value, made, ticks);  // its deletion has not left yet
          }
        });
  }

  template <class R>
  void change_record(device& d, const key_type<R>& key, const naive::local_record<R>&, const naive::sight<R>& before) {
    const std::vector<record_reference> first = any_dependency<R>();
    R after = from_.edited(before.value, 0.35, writable<R, role::client>());
    if (settings_.amends) after = amended(std::move(after), writable<R, role::client>());
    keep_owned<role::client>(before.value, after);
    sign_candidates(before.value, after, d.name);
    const bool keeps_once = keep_once(before.value, after);
    const bool nothing = naive::differing(before.value, after).empty();
    through_door<R>(
        d, key, "edited", !before.deleted && keeps_once && (nothing || violation_of(after).empty()), nothing,
        [&](auto& engine) {
          return engine.template edit<R>(key, now(d), [&](auto& open) { assign<role::client>(open, after); }, {}, first);
        },
        [&](naive::local_record<R>& now, std::uint64_t ticks) {
          w_.note_dependencies(d, record_name<R>(key), first);
          w_.note_write(d, before.value, after);
          const field_set<R> waited = now.pending ? now.pending->fields : field_set<R>{};
          naive::add_write(now, change_kind::updated, before.value, after, ticks);
          // Also by a merge function of the schema's own: an edit that nobody met is the value that was written. (Two edits
          // of which the second takes back the first are none.)
          R seen = naive::seen(key, w_.template base_of<R>(key, now), now).value;
          naive::for_fields<R>([&](auto at) {
            if constexpr (naive::needs_three<R, at>()) {
              if (waited.contains(at)) get_field<at>(seen) = get_field<at>(after);
            }
          });
          w_.same(sim_invariant::seen_is_written, world::template title<R>(key) + " on " + d.name, after, seen, false);
        });
  }

  template <class R>
  void remove(device& d, const key_type<R>& key, const naive::local_record<R>&, const naive::sight<R>& before) {
    through_door<R>(
        d, key, "deleted", !before.deleted, false, [&](auto& engine) { return engine.template remove<R>(key, now(d)); },
        [&](naive::local_record<R>& now, std::uint64_t ticks) {
          const bool never_left = now.pending && now.pending->kind == change_kind::created && !now.sent && now.number == 0;
          w_.ledger[record_name<R>(key)].push_back({d.name, 0, {}, {}, true});
          now.pending.reset();
          now.refused = false;
          if (!never_left) now.pending.emplace(naive::changes<R>{.kind = change_kind::deleted, .at = ticks});  // \see PROTOCOL 12
        });
  }

  template <class R>
  void check_read(device& d, const key_type<R>& key, const naive::sight<R>& expected) {
    const auto found = on(d, [&](auto& engine) { return engine.template find<R>(key); });
    if (!found) {
      if (!d_failed_) w_.violate(sim_invariant::engine_answers, world::template title<R>(key), {}, "a read", found.error().message);
      return;
    }
    if (found->has_value() == expected.deleted) {
      w_.violate(sim_invariant::seen_is_written, world::template title<R>(key) + " on " + d.name, {}, expected.deleted ? "deleted" : "there",
                 *found ? "there" : "deleted");
    } else if (*found) {
      w_.same(sim_invariant::seen_is_written, world::template title<R>(key) + " on " + d.name, expected.value, **found, false);
    }
  }

  // The engines put the writer's name on what it decides.
  template <class R>
  static void sign_candidates(const R& before, R& after, const std::string& name) {
    naive::for_fields<R>([&](auto at) {
      auto& value = get_field<at>(after);
      if constexpr (requires { value.visible.by; }) {
        if (!is_same_value(get_field<at>(before), value) && value.visible.by.empty()) value.visible.by = name;
      }
    });
  }

  // Fields that are set once mostly keep the value that they have; says whether all of them do.
  template <class R>
  bool keep_once(const R& before, R& after) {
    bool keeps = true;
    naive::for_fields<R>([&](auto at) {
      if constexpr (std::is_same_v<naive::policy_at<R, at>, policy::once>) {
        const auto& present = get_field<at>(before);
        if (is_same_value(present, naive::value_at<R, at>{}) || is_same_value(present, get_field<at>(after))) return;
        if (this->random_.chance(0.9)) {
          get_field<at>(after) = present;
        } else {
          keeps = false;
        }
      }
    });
    return keeps;
  }

  template <class R, role Who>
  static field_set<R> writable() {
    return field_set<R>{editable<R, Who>.bits() & ~schema<R>::fields_where([]<class P>() { return policy::is_chunked<P>; })};
  }
  template <role Who, class R>
  static void assign(editor<Who, R>& open, const R& after) {
    naive::for_fields<R>([&](auto at) {
      using P = naive::policy_at<R, at>;
      if constexpr (policy::may_edit<P, Who>) naive::assign_parts<Who, P>(open[internal::field_tag<R, at>{}], get_field<at>(after));
    });
  }

  // Parts of merged fields that `Who` may not write keep the value that they have.
  template <role Who, class R>
  static void keep_owned(const R& before, R& after) {
    naive::for_fields<R>([&](auto at) {
      if constexpr (naive::is_merge<R, at>) naive::restrict_to<Who, naive::policy_at<R, at>>(get_field<at>(before), get_field<at>(after));
    });
  }

  template <class R>
  void write_at_hub() {
    const key_type<R>& key = any_key<R>();
    const naive::version<R>* last = w_.template table<R>().latest(key);
    const std::uint64_t before = w_.hub_state().number;
    const bool there = last != nullptr && !last->deleted();
    const std::uint64_t what = random_.below(10);
    R after = naive::empty_record<R>(key);
    result<std::uint64_t> outcome = std::uint64_t{0};
    std::string_view name = "edited";
    bool keeps_once = true;
    if (!there) {
      name = "created";
      R drafted = from_.template record<R>();
      if (settings_.amends) {
        get_field<schema<R>::key_index>(drafted) = key;
        drafted = amended(std::move(drafted), field_set<R>::all());
      }
      naive::for_fields<R>([&](auto at) {
        if constexpr (policy::may_create<naive::policy_at<R, at>, role::server>) get_field<at>(after) = get_field<at>(drafted);
      });
      keep_owned<role::server>(naive::empty_record<R>(key), after);
      sign_candidates(naive::empty_record<R>(key), after, "hub");
      outcome = on_hub([&](auto& engine) { return engine.template create<R>(scope, after, hub_now()); });
    } else if (what < 8) {
      after = from_.edited(last->value, 0.4, writable<R, role::server>());
      if (settings_.amends) after = amended(std::move(after), writable<R, role::server>());
      keep_owned<role::server>(last->value, after);
      sign_candidates(last->value, after, "hub");
      keeps_once = keep_once(last->value, after);
      outcome = on_hub([&](auto& engine) {
        return engine.template edit<R>(scope, key, hub_now(), [&](auto& open) { assign<role::server>(open, after); });
      });
    } else {
      name = "deleted";
      outcome = on_hub([&](auto& engine) { return engine.template remove<R>(scope, key, hub_now()); });
    }
    const scope_state state = w_.hub_state();
    const std::string where = world::template title<R>(key);
    w_.trace.add("hub", outcome ? name : std::string(name) + " in vain", where, state.number);
    if (outcome && !keeps_once) {
      return w_.violate(sim_invariant::engine_answers, where, {}, "a value that is set once stays", "it was replaced");
    }
    if (!outcome && !hub_failed_ && keeps_once && (name == "deleted" || violation_of(after).empty())) {
      return w_.violate(sim_invariant::engine_answers, where, {}, std::string(name), outcome.error().message);
    }
    if (outcome && (state.number != before + 1 || *outcome != state.number)) {
      return w_.violate(sim_invariant::acknowledged_is_durable, where, {}, "commit " + std::to_string(before + 1), std::to_string(state.number));
    }
    if (outcome) ++operations_;
    if (state.number == before) return;
    auto& table = w_.template table<R>();
    if (name == "deleted") {
      table.remove(key, state.number);
    } else {
      table.write(after, there ? naive::differing(last->value, after) : field_set<R>::all(), state.number, state.clock, !there);
    }
    w_.template check_hub<R>(key);
  }

  // The hub computes: every server field that is a number becomes the bytes of the record's series.
  void do_jobs() {
    std::vector<std::function<void(std::uint64_t)>> made;
    const std::uint64_t before = w_.hub_state().number;
    struct attempt {
      std::string record, series;  // the record, and it with its series
      std::size_t commit;          // which of those that were made, or none: nothing had to change
    };
    std::vector<attempt> tried;
    const auto outcome = on_hub([&](auto& engine) {
      return engine.run_jobs(scope, hub_now(), [&]<class R>(editor<role::server, R>& open, const auto& read_chunk) -> result<void> {
        const R old = open.record();
        std::uint64_t size = 0;
        result<void> read;
        naive::for_fields<R>([&](auto at) {
          if constexpr (policy::is_chunked<naive::policy_at<R, at>>) {
            for (const chunk_entry& chunk : get_field<at>(old).chunks) {
              auto bytes = read_chunk(chunk.digest);
              if (!bytes) {
                read = bytes.error();
              } else {
                size += bytes->size();
              }
            }
          }
        });
        if (!read) return read;
        naive::for_fields<R>([&](auto at) {
          if constexpr (std::is_same_v<naive::policy_at<R, at>, policy::server>) {
            internal::set_number(open[internal::field_tag<R, at>{}], size);
          }
        });
        const R after = open.record();
        const field_set<R> fields = naive::differing(old, after);
        tried.push_back({record_name<R>(key_of(old)), world::series_name(old), fields.empty() ? 0 : made.size() + 1});
        if (!fields.empty()) {
          made.push_back([this, after, fields](std::uint64_t number) {
            w_.template table<R>().write(after, fields, number, 0, false);
            w_.template check_hub<R>(key_of(after));
          });
        }
        return {};
      });
    });
    const std::uint64_t commits = w_.hub_state().number - before;
    w_.trace.add("hub", "did jobs", {}, commits);
    if (!outcome && !hub_failed_) w_.violate(sim_invariant::engine_answers, "jobs", {}, "they are done", outcome.error().message);
    if (commits > made.size()) return w_.violate(sim_invariant::applied_once, "jobs", {}, std::to_string(made.size()), std::to_string(commits));
    for (std::uint64_t i = 0; i < commits; ++i) made[i](before + i + 1);
    auto tx = w_.hub_disk.store.begin(scope);
    for (attempt& each : tried) {
      if (each.commit > commits) continue;  // it came to nothing
      if (auto waits = tx->get("job", each.record); waits && !*waits) w_.computed.insert(std::move(each.series));
    }
  }

  template <class R>
  struct key_pool {
    std::vector<key_type<R>> keys{};
  };

  std::tuple<key_pool<Records>...> keys_{};
  std::map<chunk_digest, std::string> series_{};
};

}  // namespace internal

}  // namespace syncline
