// SPDX-License-Identifier: BSL-1.0

#include "simulation/run_simulation.hpp"

#include "simulation/simulated_tables.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <limits>
#include <mutex>
#include <optional>
#include <thread>

namespace stride {

namespace {

using syncline::error_code, syncline::make_error, syncline::phase, syncline::sim_fault, syncline::sim_fault_count;

constexpr std::size_t most_violations = 10;

std::optional<std::uint64_t> parse_seed(std::string_view text) {
  std::uint64_t seed{};
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return seed;
}

// What a person types to see the world again.
std::string command_for(std::uint64_t seed, const syncline::simulation_settings& settings) {
  std::string command = "stride simulate --seeds " + std::to_string(seed) + ".." + std::to_string(seed);
  if (settings.devices != 0) command += " --devices " + std::to_string(settings.devices);
  command += " --steps " + std::to_string(settings.operations);
  if (settings.keys != syncline::simulation_settings{}.keys) command += " --records " + std::to_string(settings.keys);
  for (std::size_t i = 0; i < sim_fault_count; ++i) {
    if (settings.without[i]) command += " --without " + name_of(static_cast<sim_fault>(i));
  }
  return command;
}

violation_view make_small(std::uint64_t seed, const syncline::simulation_settings& settings) {
  syncline::broken_world smallest = smallest_world_of_tables(seed, settings);
  return {seed, *smallest.outcome.broken, smallest.outcome.operations, command_for(seed, smallest.settings),
          std::move(smallest.outcome.last_events)};
}

violation_view not_the_same(std::uint64_t seed, const syncline::simulation_settings& settings) {
  const auto name = std::to_string(seed);
  return {seed,
          {syncline::sim_invariant::seeds_repeat, "the world of seed " + name, {}, "the same events in both runs", "others"},
          0, command_for(seed, settings), {}};
}

// The seeds that are left, and what came of the others; many threads take and give.
class shared_work {
 public:
  shared_work(seed_range seeds, bool twice) : next_(seeds.first), left_(seeds.count()) { sum_.twice = twice; }

  std::optional<std::uint64_t> take() {
    const std::lock_guard lock(mutex_);
    if (left_ == 0 || sum_.violations.size() >= most_violations) return std::nullopt;
    --left_;
    return next_++;
  }

  void give(const syncline::simulation_outcome& outcome, std::optional<violation_view> violation) {
    const std::lock_guard lock(mutex_);
    ++sum_.seeds;
    sum_.operations += outcome.operations;
    for (std::size_t i = 0; i < sim_fault_count; ++i) sum_.faults[i] += outcome.faults[i];
    if (violation) sum_.violations.push_back(std::move(*violation));
  }

  void ended() {
    const std::lock_guard lock(mutex_);
    ++ended_;
    changed_.notify_all();
  }

  // Waits a moment, or until so many threads have ended; says whether they have.
  bool wait_for(std::size_t threads) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::milliseconds{500}, [&] { return ended_ == threads; });
  }

  simulation_view so_far() {
    const std::lock_guard lock(mutex_);
    return sum_;
  }

 private:
  std::mutex mutex_{};
  std::condition_variable changed_{};
  std::uint64_t next_, left_;
  std::size_t ended_ = 0;
  simulation_view sum_{};
};

void work(shared_work& shared, const syncline::simulation_settings& settings, bool twice) {
  while (const auto seed = shared.take()) {
    const syncline::simulation_outcome outcome = simulate_tables(*seed, settings);
    std::optional<violation_view> violation;
    if (!outcome.holds()) {
      violation = make_small(*seed, settings);
    } else if (twice && simulate_tables(*seed, settings).trace_hash != outcome.trace_hash) {
      violation = not_the_same(*seed, settings);
    }
    shared.give(outcome, std::move(violation));
  }
  shared.ended();
}

}  // namespace

syncline::result<seed_range> parse_seeds(std::string_view text) {
  const auto dots = text.find("..");
  const auto first = parse_seed(text.substr(0, dots));
  const auto last = dots == text.npos ? first : parse_seed(text.substr(dots + 2));
  if (!first || !last || *first > *last || *last - *first == std::numeric_limits<std::uint64_t>::max()) {
    return make_error(error_code::usage, phase::local,
                      "'" + std::string(text) + "' names no seeds: write A..B, two whole numbers of which the first is not the greater");
  }
  return seed_range{*first, *last};
}

std::string name_of(sim_fault which) {
  std::string name(to_string(which));
  std::replace(name.begin(), name.end(), ' ', '_');
  return name;
}

syncline::result<sim_fault> parse_fault(std::string_view name) {
  std::string all;
  for (std::size_t i = 0; i < sim_fault_count; ++i) {
    const std::string each = name_of(static_cast<sim_fault>(i));
    if (each == name) return static_cast<sim_fault>(i);
    all += (all.empty() ? "" : ", ") + each;
  }
  return make_error(error_code::usage, phase::local, "there is no kind of fault '" + std::string(name) + "'; there are " + all);
}

simulation_view run_simulation(seed_range seeds, const syncline::simulation_settings& settings, bool twice,
                               const std::function<void(const simulation_view&)>& tell) {
  const auto begin = std::chrono::steady_clock::now();
  shared_work shared(seeds, twice);
  const std::size_t count = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, static_cast<std::size_t>(std::min<std::uint64_t>(seeds.count(), 256)));
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < count; ++i) threads.emplace_back([&] { work(shared, settings, twice); });
  while (!shared.wait_for(count)) {
    if (tell) tell(shared.so_far());
  }
  for (std::thread& each : threads) each.join();
  simulation_view sum = shared.so_far();
  std::sort(sum.violations.begin(), sum.violations.end(), [](const auto& a, const auto& b) { return a.seed < b.seed; });
  sum.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return sum;
}

}  // namespace stride
