// SPDX-License-Identifier: BSL-1.0
// Walks points and a strap's beats side by side.

#include "import/fit_heart_rates.hpp"

#include <algorithm>
#include <cmath>

namespace stride {
namespace {

constexpr double hold_step_s = 0.25;
constexpr std::size_t max_hold_steps = 20;

// The strap's clock has 32 bits of 1/1024 s.
constexpr double event_wrap_s = 4194304.0;

// Even a month of beats at 200 a minute is less; it bounds what a hostile file can make of few bytes.
constexpr std::size_t max_beats = 10'000'000;

// A field may be stored in any base type, so its number need not be one that the strap's clock can show.
bool is_strap_time(double event_s) { return event_s >= 0 && event_s < 2 * event_wrap_s; }

}  // namespace

void fit_heart_rates::add(const fit_message& message) {
  constexpr std::uint8_t fractional_timestamp = 0, filtered_bpm = 6, event_timestamp = 9;
  const fit_field* times = nullptr;
  // A packed time stands behind the field that it was packed into, and is the one that counts.
  for (const fit_field& f : message.fields) {
    if (f.number == event_timestamp && !f.is_developer()) times = &f;
  }
  const fit_field* rates = message.find(filtered_bpm);
  if (!times || !rates || times->size() != rates->size()) return;
  if (message.timestamp) {
    const auto event = times->value();
    if (times->size() != 1 || !event) return;
    if (!is_strap_time(*event)) return;
    const double fraction_s = message.value(fractional_timestamp).value_or(0);
    anchor_s_ = *message.timestamp + (fraction_s >= 0 && fraction_s < 1 ? fraction_s : 0);
    anchor_event_s_ = *event;
  }
  if (!anchor_s_) return;
  for (std::size_t i = 0; i < times->size() && beats_.size() < max_beats; ++i) {
    auto event = times->value(i);
    const auto bpm = rates->value(i);
    if (!event || !bpm || !is_strap_time(*event)) continue;
    if (*event < anchor_event_s_) {
      if (anchor_event_s_ - *event <= event_wrap_s / 2) continue;
      *event += event_wrap_s;
    }
    beats_.push_back({*anchor_s_ + (*event - anchor_event_s_), *bpm});
  }
}

void fit_heart_rates::merge_into(std::span<ride_point> points) const {
  // What the strap's beats look like with the held ones between them, without storing those.
  struct cursor {
    std::span<const beat> beats;
    std::size_t next{};   // the beat that the held ones lead to
    std::size_t held{1};  // the next held one after the beat before it

    std::size_t holds() const noexcept {
      if (next == 0) return 0;
      const double gap_ms = std::abs(beats[next].at_s - beats[next - 1].at_s) * 1000;
      if (gap_ms <= hold_step_s * 1000) return 0;
      return std::min(max_hold_steps, static_cast<std::size_t>(std::ceil(gap_ms / (hold_step_s * 1000))) - 1);
    }
    bool is_done() const noexcept { return next == beats.size(); }
    beat now() const noexcept {
      if (held > holds()) return beats[next];
      return {beats[next - 1].at_s + hold_step_s * static_cast<double>(held), beats[next - 1].bpm};
    }
    void forward() noexcept {
      if (held <= holds()) {
        ++held;
      } else {
        ++next;
        held = 1;
      }
    }
    void back() noexcept {
      if (held > 1) {
        --held;
      } else if (next > 0) {
        --next;
        held = holds() + 1;
      }
    }
  };

  cursor at{beats_};
  std::optional<double> from_s;
  for (ride_point& p : points) {
    if (!p.t) continue;
    const double to_s =
        std::chrono::duration<double>(p.t->time_since_epoch()).count() - static_cast<double>(fit_epoch_s);
    if (!from_s) from_s = to_s;
    if (*from_s == to_s) {
      *from_s -= 1;
      at.back();
    }
    double sum = 0;
    std::size_t count = 0;
    for (; !at.is_done(); at.forward()) {
      const beat b = at.now();
      if (b.at_s > to_s) {
        if (count > 0) p.heart_rate_bpm = std::round(sum / static_cast<double>(count));
        from_s = to_s;
        break;
      }
      if (b.at_s > *from_s) {
        sum += b.bpm;
        ++count;
      }
    }
  }
}

}  // namespace stride
