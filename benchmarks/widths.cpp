// SPDX-License-Identifier: BSL-1.0
// Three-way merges per policy and per width of record, beside hand-written ones: ns per record, for records in cache,
// for more than a cache holds, and for all cores at once. Usage: widths

#include "interleave.hpp"
#include "same_work.hpp"
#include "width_values.hpp"

#include <algorithm>
#include <barrier>
#include <cstdio>
#include <thread>
#include <vector>

namespace {

using bench::edited_records;

template <class R>
struct ours {
  [[gnu::noinline]] static void merge(const R& base, R& local, syncline::stamps<R>& at_local, const R& remote,
                                      const syncline::stamps<R>& at_remote, syncline::decisions<R>& how) {
    syncline::resolve_onto(base, local, at_local, remote, at_remote, how);
  }
};
template <class R>
struct theirs {
  [[gnu::noinline]] static void merge(const R& base, R& local, syncline::stamps<R>& at_local, const R& remote,
                                      const syncline::stamps<R>& at_remote, syncline::decisions<R>& how) {
    hand::merge(base, local, at_local, remote, at_remote, how);
  }
};

template <class Side, class R>
auto merge_by(edited_records<R>& w) {
  return [&w](std::size_t i) {
    Side::merge(w.base[i], w.local[i], w.at_local[i], w.remote[i], w.at_remote[i], w.how);
    bench::keep(w);
  };
}

/// Both sides give the same records, stamps, losers and rules.
template <class R>
void check() {
  edited_records<R> a(9), b(9);
  for (const bool local_is_later : {false, true}) {
    for (std::size_t i = 0; i < a.size(); ++i) {
      a.restore(i), b.restore(i);
      if (local_is_later && syncline::stamped<R>.contains(1)) a.at_local[i][1] = b.at_local[i][1] = {{9999}, {}};
      merge_by<ours<R>>(a)(i), merge_by<theirs<R>>(b)(i);
      bench::require_same(a.local[i], b.local[i], "a merged record");
      bench::require(a.at_local[i] == b.at_local[i], "a merge's stamps");
      bench::require_same(a.how, b.how, "a merge's losers");
      bench::require(a.how.dropped.contains(1) || a.how.both.contains(1), "a field that both sides changed");
    }
  }
}

/// ns per record with every core at work on records of its own: one over the sum of the cores' rates.
template <class Side, class R>
double on_all_cores(std::vector<edited_records<R>>& shares) {
  std::barrier start(static_cast<std::ptrdiff_t>(shares.size()));
  std::vector<double> rates(shares.size());
  std::vector<std::jthread> threads;
  for (std::size_t c = 0; c < shares.size(); ++c) {
    threads.emplace_back([&, c] {
      edited_records<R>& w = shares[c];
      for (std::size_t i = 0; i < w.size(); ++i) w.restore(i);
      auto merge = merge_by<Side>(w);
      start.arrive_and_wait();
      rates[c] = 1 / bench::time_batch(merge, 0, w.size());
    });
  }
  threads.clear();
  double sum = 0;
  for (const double rate : rates) sum += rate;
  return 1 / sum;
}

template <class R>
void row() {
  check<R>();
  constexpr std::size_t fields = syncline::field_count<R>;
  std::vector<edited_records<R>> shares;
  for (unsigned core = 0; core < std::max(std::thread::hardware_concurrency(), 1u); ++core) {
    shares.emplace_back(160'000 / fields, core * 1'000'000);
  }
  edited_records<R>& w = shares[0];
  const auto restore = [&w](std::size_t i) { w.restore(i), bench::keep(w); };
  auto warm = bench::warm("", 1200 / fields, merge_by<ours<R>>(w), merge_by<theirs<R>>(w), restore);
  auto streaming = bench::streaming("", w.size(), merge_by<ours<R>>(w), merge_by<theirs<R>>(w), restore, 20);
  bench::samples all_ours, all_theirs;
  for (int pass = 0; pass < 20; ++pass) {
    all_ours.add(on_all_cores<ours<R>>(shares));
    all_theirs.add(on_all_cores<theirs<R>>(shares));
  }
  std::printf("%-10.*s %6zu", static_cast<int>(R::sync.table.size()), R::sync.table.data(), fields);
  const auto print = [](double a, double b) { std::printf(" %10.1f %9.1f %6.2f", a, b, a / b); };
  print(bench::net(warm.ours.median(), warm), bench::net(warm.theirs.median(), warm));
  print(streaming.ours.median(), streaming.theirs.median());
  print(all_ours.median(), all_theirs.median());
  std::printf("\n");
  std::fflush(stdout);
}

template <class... R>
void rows(bench::list<R...>) {
  (row<R>(), ...);
}

}  // namespace

int main() {
  std::printf("merge of three versions, 3 fields changed on each side (2 of 4 fields), 1 of them on both; median ns\n");
  bench::print_setting();
  std::printf("%-10s %6s %27s %27s %27s\n", "", "", "in cache", "streaming", "streaming, all cores");
  std::printf("%-10s %6s", "policy", "fields");
  for (int i = 0; i < 3; ++i) std::printf(" %10s %9s %6s", "syncline", "by hand", "ratio");
  std::printf("\n");
  rows(bench::all_widths{});
}
