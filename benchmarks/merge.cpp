// SPDX-License-Identifier: BSL-1.0
// What the generated code costs beside hand-written code that does the same work: differences, merges, bytes.
// Usage: merge [RECORDS, for the streaming rows; 1000000 unless given; 0: only the hot rows]

#include "activity.hpp"
#include "hand_wire.hpp"
#include "hand_written.hpp"
#include "interleave.hpp"
#include "same_work.hpp"

#include <syncline/resolve.hpp>
#include <syncline/wire.hpp>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

using bench::activity;
using bench::require;
using bench::require_same;

constexpr std::string_view hub_device = "phone", local_device = "watch";
const syncline::stamps<activity> local_stamps = bench::stamps_of(bench::locally_edited, 9000, local_device);
const syncline::stamps<activity> remote_stamps = bench::stamps_of(bench::remotely_edited, 9500, hub_device);
const syncline::device_id by{local_device};

/// Everything about one record that the rows below need.
struct example {
  activity base, local, remote;
  syncline::change<activity> edit;
  std::string edit_bytes, bytes;

  explicit example(std::uint64_t i) : base(bench::base_of(i)), local(base), remote(base) {
    bench::edit_locally(local, i);
    bench::edit_remotely(remote, i);
    edit.what = syncline::diff(base, local);
    syncline::stamp_fields(edit, {9000});
    syncline::encode_to(edit_bytes, edit.what);
    syncline::encode_to(bytes, base);
  }
};

// The two sides of every row: functions that are compiled by themselves, as in a program that calls them.

using delta = syncline::delta<activity>;
using change = syncline::change<activity>;
using stamps = syncline::stamps<activity>;
using decisions = syncline::decisions<activity>;

struct ours {
  [[gnu::noinline]] static std::uint64_t mask(const activity& a, const activity& b) {
    return syncline::changed_fields(a, b).bits();
  }
  [[gnu::noinline]] static void diff(const activity& a, const activity& b, delta& out) {
    syncline::diff_into(a, b, out);
  }
  [[gnu::noinline]] static void wire(std::string& out, const activity& a, const activity& b) {
    syncline::encode_diff_to(out, a, b);
  }
  [[gnu::noinline]] static void wire(std::string& out, const delta& d) {
    syncline::encode_to(out, d);
  }
  [[gnu::noinline]] static void apply(activity& a, const delta& d) {
    syncline::apply_to(a, d);
  }
  [[gnu::noinline]] static bool apply(activity& a, std::string_view d) {
    return syncline::apply_encoded(d, a).has_value();
  }
  [[gnu::noinline]] static void merge(const activity& base, activity& local, stamps& ls, const activity& remote,
                                       const stamps& rs, decisions& how) {
    syncline::resolve_onto(base, local, ls, remote, rs, how);
  }
  [[gnu::noinline]] static void arrive(const change& c, std::uint64_t unseen, activity& a, stamps& s, decisions& how) {
    syncline::resolve_change(c, by, syncline::role::client, syncline::field_set<activity>{unseen}, a, s, how);
  }
  [[gnu::noinline]] static void encode(std::string& out, const activity& a) {
    syncline::encode_to(out, a);
  }
  [[gnu::noinline]] static bool decode(std::string_view bytes, activity& a) {
    return syncline::decode_into(bytes, a).has_value();
  }
};

struct theirs {
  [[gnu::noinline]] static std::uint64_t mask(const activity& a, const activity& b) {
    return hand::changed_fields(a, b);
  }
  [[gnu::noinline]] static void diff(const activity& a, const activity& b, delta& out) {
    hand::diff_into(a, b, out);
  }
  [[gnu::noinline]] static void wire(std::string& out, const activity& a, const activity& b) {
    hand::encode_diff(out, a, b);
  }
  [[gnu::noinline]] static void wire(std::string& out, const delta& d) {
    hand::encode(out, d.fields.bits(), d.values);
  }
  [[gnu::noinline]] static void apply(activity& a, const delta& d) {
    hand::apply(a, d);
  }
  [[gnu::noinline]] static bool apply(activity& a, std::string_view d) {
    return hand::apply(d, a);
  }
  [[gnu::noinline]] static void merge(const activity& base, activity& local, stamps& ls, const activity& remote,
                                       const stamps& rs, decisions& how) {
    hand::merge(base, local, ls, remote, rs, how);
  }
  [[gnu::noinline]] static void arrive(const change& c, std::uint64_t unseen, activity& a, stamps& s, decisions& how) {
    hand::merge_change(c, by, unseen, a, s, how);
  }
  [[gnu::noinline]] static void encode(std::string& out, const activity& a) {
    hand::encode(out, a);
  }
  [[gnu::noinline]] static bool decode(std::string_view bytes, activity& a) {
    return hand::decode(bytes, a);
  }
};

/// Both sides give the same bytes, records, stamps, losers and rules.
void check(const example& e) {
  require(ours::mask(e.base, e.local) == theirs::mask(e.base, e.local), "the mask");
  delta d, d2;
  ours::diff(e.base, e.local, d), theirs::diff(e.base, e.local, d2);
  require(d == d2, "the delta");
  std::string s, t;
  ours::wire(s, e.base, e.local), theirs::wire(t, e.base, e.local);
  ours::wire(s, d), theirs::wire(t, d);
  ours::encode(s, e.base), theirs::encode(t, e.base);
  ours::encode(s, activity{}), theirs::encode(t, activity{});
  require(s == t, "what was encoded");

  activity a = e.base, b = e.base;
  ours::apply(a, d), theirs::apply(b, d);
  require_same(a, e.local, "an applied delta"), require_same(b, e.local, "an applied delta");
  a = e.base, b = e.base;
  require(ours::apply(a, e.edit_bytes) && theirs::apply(b, e.edit_bytes), "an applied encoding");
  require_same(a, e.local, "an applied encoding"), require_same(b, e.local, "an applied encoding");
  require(ours::decode(e.bytes, a) && theirs::decode(e.bytes, b), "what was decoded");
  require_same(a, e.base, "what was decoded"), require_same(b, e.base, "what was decoded");
  for (std::size_t cut = 0; cut < e.bytes.size(); ++cut) {
    const std::string_view part = std::string_view(e.bytes).substr(0, cut);
    require(!ours::decode(part, a) && !theirs::decode(part, b), "what is refused");
  }

  for (const bool local_is_later : {false, true}) {
    stamps ls = local_stamps, ls2;
    if (local_is_later) ls[syncline::schema<activity>::index_of("name")].time.ticks = 9999;
    ls2 = ls;
    decisions h, h2;
    a = b = e.local;
    ours::merge(e.base, a, ls, e.remote, remote_stamps, h), theirs::merge(e.base, b, ls2, e.remote, remote_stamps, h2);
    require_same(a, b, "a merged record"), require(ls == ls2, "a merge's stamps");
    require_same(h, h2, "a merge's losers");
    require(!h.dropped.empty(), "a loser");
  }
  for (const std::uint64_t unseen : {std::uint64_t{0}, bench::remotely_edited.bits(), ~std::uint64_t{0} >> 36}) {
    stamps ps = remote_stamps, ps2 = ps;
    decisions h, h2;
    a = b = e.remote;
    ours::arrive(e.edit, unseen, a, ps, h), theirs::arrive(e.edit, unseen, b, ps2, h2);
    require_same(a, b, "a record with a change"), require(ps == ps2, "the stamps"), require_same(h, h2, "the losers");
  }
}

/// Records that both sides work on in turns, one of them for the hot rows, and the way back after each turn.
class world {
 public:
  explicit world(std::size_t count) : count_(count) {
    for (std::size_t i = 0; i < count; ++i) {
      example e(i);
      base.push_back(std::move(e.base)), local.push_back(std::move(e.local)), remote.push_back(std::move(e.remote));
    }
    for (std::size_t i = 0; i < ring; ++i) {
      edits.push_back(example(i).edit);
      edit_bytes.push_back(example(i).edit_bytes);
      bytes.push_back(example(i).bytes);
    }
    at_local.assign(ring, local_stamps), at_remote.assign(ring, remote_stamps);
  }

  /// Puts back what a merge overwrites in `local`. (An edit can be applied again: it does the same work.)
  void restore_local(std::size_t i) {
    if (count_ > 1) {
      bench::edit_locally(local[i], i);
    } else {
      local[0].name = first_.local.name.value;
    }
    local[i].distance_m = base[i].distance_m.value;
    local[i].calories = base[i].calories.value;
    restore_stamps(at_local[i % ring], local_stamps);
  }

  static constexpr std::size_t ring = 1000;  // of what need not be cold
  std::vector<activity> base, local, remote;
  std::vector<stamps> at_local, at_remote;
  std::vector<change> edits;
  std::vector<std::string> edit_bytes, bytes;
  delta changed;
  decisions how;
  activity read;
  std::string out;

 private:
  static void restore_stamps(stamps& s, const stamps& from) {
    (bench::locally_edited | bench::remotely_edited).for_each([&](std::size_t i) { s[i] = from[i]; });
  }

  std::size_t count_;
  example first_{0};
};

/// All rows, hot if `count` is 1.
void rows(std::size_t count) {
  world w(count);
  const auto row = [&](const char* what, auto call_of, auto restore, std::size_t bytes = 0) {
    auto c = count == 1 ? bench::hot(what, call_of(ours{}), call_of(theirs{}), restore)
                        : bench::streaming(what, count, call_of(ours{}), call_of(theirs{}), restore);
    c.bytes = bytes;
    bench::print(c);
  };
  const auto nothing = [](std::size_t) {};
  const auto restore_local = [&w](std::size_t i) { w.restore_local(i), bench::keep(w); };
  constexpr std::uint64_t unseen = bench::remotely_edited.bits();

  row("diff to a mask", [&w](auto side) {
    return [&w, side](std::size_t i) { bench::keep(side.mask(w.base[i], w.local[i])); };
  }, nothing);
  row("diff to a delta", [&w](auto side) {
    return [&w, side](std::size_t i) { side.diff(w.base[i], w.local[i], w.changed), bench::keep(w); };
  }, nothing);
  row("diff straight to bytes", [&w](auto side) {
    return [&w, side](std::size_t i) { w.out.clear(), side.wire(w.out, w.base[i], w.local[i]), bench::keep(w); };
  }, nothing, w.edit_bytes[0].size());
  row("delta to bytes", [&w](auto side) {
    return [&w, side](std::size_t i) { w.out.clear(), side.wire(w.out, w.edits[i % w.ring].what), bench::keep(w); };
  }, nothing, w.edit_bytes[0].size());
  row("apply a delta", [&w](auto side) {
    return [&w, side](std::size_t i) { side.apply(w.remote[i], w.edits[i % w.ring].what), bench::keep(w); };
  }, nothing);
  row("apply bytes of a delta", [&w](auto side) {
    return [&w, side](std::size_t i) { side.apply(w.remote[i], w.edit_bytes[i % w.ring]), bench::keep(w); };
  }, nothing);
  row("merge three ways", [&w](auto side) {
    return [&w, side](std::size_t i) {
      side.merge(w.base[i], w.local[i], w.at_local[i % w.ring], w.remote[i], w.at_remote[i % w.ring], w.how);
      bench::keep(w);
    };
  }, restore_local);
  row("merge an arriving delta", [&w](auto side) {
    return [&w, side](std::size_t i) {
      side.arrive(w.edits[i % w.ring], unseen, w.remote[i], w.at_remote[i % w.ring], w.how);
      bench::keep(w);
    };
  }, nothing);
  row("record to bytes", [&w](auto side) {
    return [&w, side](std::size_t i) { w.out.clear(), side.encode(w.out, w.base[i]), bench::keep(w); };
  }, nothing, w.bytes[0].size());
  row("record from bytes, reused", [&w](auto side) {
    return [&w, side](std::size_t i) { bench::keep(side.decode(w.bytes[i % w.ring], w.read)), bench::keep(w); };
  }, nothing, w.bytes[0].size());
  row("record from bytes, fresh", [&w](auto side) {
    return [&w, side](std::size_t i) {
      activity fresh;
      bench::keep(side.decode(w.bytes[i % w.ring], fresh)), bench::keep(fresh);
    };
  }, nothing, w.bytes[0].size());
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t count = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  check(example(0)), check(example(12345));
  std::printf("syncline beside hand-written code that does the same work, in turns in one process\n");
  std::printf("record: 28 fields, %zu bytes of struct; 3 fields changed on each side, 1 of them on both\n",
              sizeof(activity));
  bench::print_setting();
  bench::print_head("syncline", "by hand");
  rows(1);
  if (count > 1) rows(count);
}
