// SPDX-License-Identifier: BSL-1.0
#pragma once
// What a device is made of; for the files of this room only, which share the heavy engines.

#include "device/device.hpp"
#include "device/device_types.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace stride {

/// Holds a data folder for one process at a time: what a replica keeps in memory is the folder's only copy of it.
class folder_lock {
 public:
  /// Waits up to 10 s for another process to let go; then `busy`, with a sentence.
  static syncline::result<folder_lock> take(const std::filesystem::path& folder);

  folder_lock(folder_lock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  folder_lock& operator=(folder_lock&&) = delete;
  ~folder_lock();

 private:
  explicit folder_lock(int file) noexcept : file_(file) {}

  int file_;
};

struct device::parts {
  folder_lock lock;
  std::filesystem::path folder{};
  device_config config{};
  sqlite_tables store;
  std::optional<device_replica> replica{};

  parts(folder_lock held, std::filesystem::path where, device_config who, sqlite_tables open)
      : lock(std::move(held)), folder(std::move(where)), config(std::move(who)), store(std::move(open)) {}
};

/// Calls `use(std::type_identity<R>{})`, which returns a result, for the table called `table`.
template <class Result, class Use>
Result with_table(std::string_view table, Use&& use) {
  std::optional<Result> outcome;
  tables::visit(table, [&]<class R>(std::type_identity<R> type) { outcome.emplace(use(type)); });
  if (outcome) return std::move(*outcome);
  std::string known;
  tables::for_each([&]<class R>(std::type_identity<R>) {
    known += (known.empty() ? "" : ", ") + std::string(syncline::schema<R>::table);
  });
  return make_error(syncline::error_code::not_found, syncline::phase::local,
                    "there is no table '" + std::string(table) + "'; there are " + known);
}

/// Refuses another value for a field that is set once and has one: it would not stand against the first. \see PROTOCOL 18
template <class R>
syncline::result<void> keeps_once(const R& present, const R& wanted) {
  using schema = syncline::schema<R>;
  syncline::result<void> outcome;
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    const auto check = [&]<std::size_t J>(std::integral_constant<std::size_t, J>) {
      if constexpr (std::is_same_v<typename schema::template policy_type<J>, syncline::policy::once>) {
        const auto& before = syncline::get_field<J>(present);
        if (before == std::remove_cvref_t<decltype(before)>{} || before == syncline::get_field<J>(wanted)) return;
        outcome = make_error(syncline::error_code::not_allowed, syncline::phase::local,
                             "field '" + std::string(schema::names[J]) + "' of table '" + std::string(schema::table) +
                                 "' is set once, and has a value: it stays as it is");
      }
    };
    (check(std::integral_constant<std::size_t, I>{}), ...);
  }(std::make_index_sequence<schema::size>{});
  return outcome;
}

}  // namespace stride
