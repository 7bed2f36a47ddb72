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

struct device::parts {
  std::filesystem::path folder{};
  device_config config{};
  sqlite_tables store;
  std::optional<device_replica> replica{};

  parts(std::filesystem::path where, device_config who, sqlite_tables open)
      : folder(std::move(where)), config(std::move(who)), store(std::move(open)) {}
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

}  // namespace stride
