// SPDX-License-Identifier: BSL-1.0
// The checks, and the sentences for what fails them.

#include "domain/first_violation.hpp"

#include "domain/characters.hpp"

#include <syncline/wire/time_text.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>

namespace stride {
namespace {

std::string written(double number) {
  char digits[32];
  return {digits, std::to_chars(digits, digits + sizeof digits, number).ptr};
}

// What a person can read of any text: its first characters, in quotes, control characters as '?'.
std::string quoted(std::string_view text) {
  const std::string_view first = first_characters(text, 40);
  std::string out = "'" + std::string(first) + (first.size() < text.size() ? "...'" : "'");
  std::replace_if(
      out.begin(), out.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; }, '?');
  return out;
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

bool is_time(std::string_view text) { return syncline::parse_time<>(text).has_value(); }

bool is_day(std::string_view text) { return text.size() == 10 && text[4] == '-' && text[7] == '-' && is_time(text); }

}  // namespace

first_violation& first_violation::id(std::string_view field, const std::string& found) {
  if (found.empty() || has_control(found)) report(field, quoted(found), "some text without control characters");
  return *this;
}

first_violation& first_violation::id(std::string_view field, const std::optional<std::string>& found) {
  return found ? id(field, *found) : *this;
}

first_violation& first_violation::present(std::string_view field, const std::string& found) {
  if (found.empty()) report(field, "empty", "some text");
  return *this;
}

first_violation& first_violation::day(std::string_view field, const std::optional<std::string>& found) {
  if (found && !is_day(*found)) report(field, quoted(*found), "a day such as 2026-11-21");
  return *this;
}

first_violation& first_violation::date(std::string_view field, const std::optional<std::string>& found) {
  if (found && !is_day(*found) && !is_time(*found)) {
    report(field, quoted(*found), "a day such as 2026-11-21, or a time such as 2026-11-21T08:00:00Z");
  }
  return *this;
}

first_violation& first_violation::range(std::string_view field, const std::optional<int>& found, int least, int most) {
  if (found && (*found < least || *found > most)) {
    report(field, std::to_string(*found), std::to_string(least) + " to " + std::to_string(most));
  }
  return *this;
}

first_violation& first_violation::range(std::string_view field, const std::optional<double>& found, double least,
                                        double most) {
  if (found && !(*found >= least && *found <= most)) {  // also where it is not a number
    report(field, written(*found), written(least) + " to " + written(most));
  }
  return *this;
}

first_violation& first_violation::not_negative(std::string_view field, const std::optional<int>& found) {
  if (found && *found < 0) report(field, std::to_string(*found), "0 or more");
  return *this;
}

first_violation& first_violation::not_negative(std::string_view field, const std::optional<double>& found) {
  if (found && !(*found >= 0 && std::isfinite(*found))) report(field, written(*found), "0 or more");
  return *this;
}

first_violation& first_violation::heart_rate(std::string_view field, const std::optional<double>& found) {
  return range(field, found, 0.0, 300.0);
}

first_violation& first_violation::one_of(std::string_view field, const std::optional<std::string>& found,
                                         std::initializer_list<std::string_view> words) {
  if (found && std::find(words.begin(), words.end(), *found) == words.end()) {
    std::string list;
    for (const std::string_view word : words) list.append(list.empty() ? "" : ", ").append(word);
    report(field, quoted(*found), list);
  }
  return *this;
}

void first_violation::report(std::string_view field, std::string_view found, std::string_view allowed) {
  if (!sentence_.empty()) return;
  sentence_.append("field '").append(field).append("' of table '").append(table_).append("' is ").append(found);
  sentence_.append(": allowed is ").append(allowed);
}

}  // namespace stride
