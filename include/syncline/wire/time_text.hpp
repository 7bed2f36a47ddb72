// SPDX-License-Identifier: BSL-1.0
#pragma once
// Instants as people and other programs write them: ISO 8601, in UTC.

#include <syncline/core/config.hpp>
#include <syncline/core/result.hpp>

#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace syncline {

namespace internal {

// Wide enough for every count of every clock in every unit that is used on the way, so that nothing overflows.
__extension__ typedef __int128 wide;

constexpr wide floor_divided(wide a, wide b) noexcept { return a / b - (a % b < 0 ? 1 : 0); }

// Days since 1970-01-01 of a date in the proleptic Gregorian calendar, and back.
// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
constexpr wide days_of_date(wide year, unsigned month, unsigned day) noexcept {
  year -= month <= 2;
  const wide era = floor_divided(year, 400);
  const auto year_of_era = static_cast<unsigned>(year - era * 400);
  const unsigned day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const unsigned day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

struct date {
  wide year;
  unsigned month, day;
};

constexpr date date_of_days(wide days) noexcept {
  days += 719468;
  const wide era = floor_divided(days, 146097);
  const auto day_of_era = static_cast<unsigned>(days - era * 146097);
  const unsigned year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const unsigned shifted = (5 * day_of_year + 2) / 153;
  const unsigned month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {era * 400 + year_of_era + (month <= 2), month, day_of_year - (153 * shifted + 2) / 5 + 1};
}

constexpr unsigned days_in_month(wide year, unsigned month) noexcept {
  constexpr unsigned char days[]{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return days[month - 1] + (month == 2 && is_leap ? 1u : 0u);
}

inline void append_digits(std::string& out, std::uint64_t number, std::size_t width) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  const auto size = static_cast<std::size_t>(end - digits);
  if (size < width) out.append(width - size, '0');
  out.append(digits, size);
}

/// How many decimal digits a fraction of one second has in a clock with `den` ticks a second.
constexpr std::size_t fraction_digits(std::intmax_t den) noexcept {
  std::size_t digits = 0;
  for (; den > 1; den /= 10) ++digits;
  return digits;
}

SYNCLINE_NOINLINE inline void append_instant(std::string& out, wide seconds, std::uint64_t fraction,
                                             std::size_t digits) {
  const wide days = floor_divided(seconds, 86400);
  const auto second_of_day = static_cast<unsigned>(seconds - days * 86400);
  const date on = date_of_days(days);
  if (on.year >= 0 && on.year <= 9999) {
    append_digits(out, static_cast<std::uint64_t>(on.year), 4);
  } else {
    out += on.year < 0 ? '-' : '+';
    append_digits(out, static_cast<std::uint64_t>(on.year < 0 ? -on.year : on.year), 6);
  }
  const auto two = [&out](char before, unsigned number) {
    out += before;
    out += static_cast<char>('0' + number / 10);
    out += static_cast<char>('0' + number % 10);
  };
  two('-', on.month);
  two('-', on.day);
  two('T', second_of_day / 3600);
  two(':', second_of_day / 60 % 60);
  two(':', second_of_day % 60);
  if (fraction != 0) {
    out += '.';
    append_digits(out, fraction, digits);
  }
  out += 'Z';
}

/// An instant: whole seconds since 1970, and billionths of a billionth of a second after that.
struct instant {
  wide seconds = 0;
  std::uint64_t atto = 0;
};

// Reads one instant; `why` says what is wrong with the text, or nothing.
class instant_parser {
 public:
  explicit constexpr instant_parser(std::string_view text) noexcept : rest_(text) {}

  constexpr instant parse() noexcept {
    instant at;
    const wide year = take_year();
    expect('-', "a date is written 2026-11-21");
    const unsigned month = two_digits(1, 12, "the month is not 01 to 12");
    expect('-', "a date is written 2026-11-21");
    const unsigned day = two_digits(1, why == nullptr ? days_in_month(year, month) : 31, "the month has no such day");
    unsigned hour = 0, minute = 0, second = 0;
    int offset = 0;
    if (!rest_.empty()) {
      if (!take('T') && !take('t')) expect(' ', "between date and time there is a T");
      hour = two_digits(0, 23, "the hour is not 00 to 23");
      expect(':', "a time is written 08:00:00");
      minute = two_digits(0, 59, "the minute is not 00 to 59");
      if (take(':')) {
        second = two_digits(0, 59, "the second is not 00 to 59");
        if (take('.')) at.atto = take_fraction();
      }
      offset = take_offset();
    }
    if (!rest_.empty()) fail("something follows the time");
    if (why != nullptr) return {};
    at.seconds =
        days_of_date(year, month, day) * 86400 + (static_cast<int>(hour * 3600 + minute * 60 + second) - offset);
    return at;
  }

  const char* why = nullptr;

 private:
  constexpr void fail(const char* reason) noexcept {
    if (why == nullptr) why = reason;
  }
  constexpr bool take(char c) noexcept {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  constexpr void expect(char c, const char* reason) noexcept {
    if (!take(c)) fail(reason);
  }
  constexpr std::size_t count_digits() const noexcept {
    std::size_t n = 0;
    while (n < rest_.size() && rest_[n] >= '0' && rest_[n] <= '9') ++n;
    return n;
  }
  constexpr std::uint64_t digits(std::size_t count) noexcept {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < count; ++i) number = number * 10 + static_cast<std::uint64_t>(rest_[i] - '0');
    rest_.remove_prefix(count);
    return number;
  }
  constexpr unsigned two_digits(unsigned least, unsigned most, const char* reason) noexcept {
    if (rest_.size() < 2 || rest_[0] < '0' || rest_[0] > '9' || rest_[1] < '0' || rest_[1] > '9') {
      fail("two digits are expected in each part of a date and a time");
      return least;
    }
    const auto number = static_cast<unsigned>(digits(2));
    if (number < least || number > most) fail(reason);
    return number < least || number > most ? least : number;
  }
  constexpr wide take_year() noexcept {
    const bool is_negative = take('-');
    const bool is_signed = is_negative || take('+');
    const std::size_t size = count_digits();
    if (is_signed ? size < 6 || size > 18 : size != 4) {
      fail("a year has four digits, or a sign and at least six");
      return 1970;
    }
    const wide year = static_cast<wide>(digits(size));
    if (is_negative && year == 0) fail("there is no year -0");
    return is_negative ? -year : year;
  }
  constexpr std::uint64_t take_fraction() noexcept {
    const std::size_t size = count_digits();
    if (size == 0) fail("digits are expected after the point");
    const std::size_t used = size < 18 ? size : 18;
    std::uint64_t atto = digits(used);
    rest_.remove_prefix(size - used);
    for (std::size_t i = used; i < 18; ++i) atto *= 10;
    return atto;
  }
  constexpr int take_offset() noexcept {
    if (take('Z') || take('z')) return 0;
    const bool is_west = take('-');
    if (!is_west && !take('+')) {
      fail("a time ends with Z for UTC, or with an offset such as +02:00");
      return 0;
    }
    int seconds = static_cast<int>(two_digits(0, 23, "the offset's hours are not 00 to 23")) * 3600;
    if (take(':') || count_digits() != 0) {
      seconds += static_cast<int>(two_digits(0, 59, "the offset's minutes are not 00 to 59")) * 60;
    }
    return is_west ? -seconds : seconds;
  }

  std::string_view rest_;
};

template <class Duration>
constexpr bool is_iso_clock() {
  std::intmax_t den = Duration::period::den;
  while (den % 10 == 0) den /= 10;
  return den == 1 && Duration::period::den <= 1'000'000'000 &&
         (Duration::period::num == 1 || Duration::period::den == 1) && Duration::period::num <= 86400;
}

}  // namespace internal

/// Appends `time` in ISO 8601, in UTC: `2026-11-21T08:00:00Z`, and with all digits that the clock has
/// (`2026-11-21T08:00:00.250Z`) where it is not a whole second.
///
/// Guarantee: every value has its own text, and `parse_time` reads it back. A year that four digits cannot hold is
/// written with a sign and at least six.
template <class Duration>
void append_time(std::string& out, std::chrono::sys_time<Duration> time) {
  static_assert(
      internal::is_iso_clock<Duration>(),
      "[syncline] only clocks that count days or less, and decimal fractions of a second, have an ISO 8601 text: "
      "use syncline::timestamp");
  using internal::wide;
  const wide count = time.time_since_epoch().count();
  if constexpr (Duration::period::den == 1) {
    internal::append_instant(out, count * Duration::period::num, 0, 0);
  } else {
    constexpr wide den = Duration::period::den;
    const wide seconds = internal::floor_divided(count, den);
    internal::append_instant(out, seconds, static_cast<std::uint64_t>(count - seconds * den),
                             internal::fraction_digits(Duration::period::den));
  }
}

/// `time` in ISO 8601, in UTC: see `append_time`.
///
/// \snippet examples/json.cpp time
template <class Duration>
std::string time_text(std::chrono::sys_time<Duration> time) {
  std::string out;
  append_time(out, time);
  return out;
}

/// Reads an instant in ISO 8601: a date and a time that ends with `Z` or an offset, or a date alone, which is its
/// midnight in UTC. What is finer than the clock of `Time` is cut off.
///
/// \return the instant, or a sentence: which part is wrong, and how it is written (leap seconds have no instant)
template <class Time = std::chrono::sys_time<std::chrono::milliseconds>>
result<Time> parse_time(std::string_view text) {
  using duration = typename Time::duration;
  using rep = typename duration::rep;
  static_assert(
      internal::is_iso_clock<duration>(),
      "[syncline] only clocks that count days or less, and decimal fractions of a second, have an ISO 8601 text: "
      "use syncline::timestamp");
  using internal::wide;
  internal::instant_parser parser(text);
  const internal::instant at = parser.parse();
  const wide count = duration::period::den == 1
                         ? internal::floor_divided(at.seconds, duration::period::num)
                         : at.seconds * duration::period::den +
                               static_cast<wide>(at.atto / (1'000'000'000'000'000'000u / duration::period::den));
  if (parser.why == nullptr &&
      (count < wide{std::numeric_limits<rep>::min()} || count > wide{std::numeric_limits<rep>::max()})) {
    parser.why = "it is further away than the field can hold";
  }
  if (parser.why != nullptr) {
    return make_error(
        error_code::invalid_value, phase::decode,
        "'" + std::string(text.substr(0, 40)) + "' is not a time such as 2026-11-21T08:00:00Z: " + parser.why);
  }
  return Time{duration{static_cast<rep>(count)}};
}

}  // namespace syncline
