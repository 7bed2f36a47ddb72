// SPDX-License-Identifier: BSL-1.0
#pragma once
// The engines and stores of Stride, made from its tables: the one place where the framework meets the app's records.

#include "domain/catalog.hpp"
#include "storage/sqlite_store.hpp"

#include <syncline/sync.hpp>

#include <chrono>
#include <cstdint>
#include <random>
#include <string>

namespace stride {

using tables = with_tables<syncline::catalog>;
using sqlite_tables = with_tables<sqlite_store>;

template <class... Records>
using replica_over_sqlite = syncline::replica<sqlite_tables, Records...>;
using device_replica = with_tables<replica_over_sqlite>;

template <class... Records>
using hub_over_sqlite = syncline::hub<sqlite_tables, Records...>;
using hub_engine = with_tables<hub_over_sqlite>;

template <class... Records>
using relay_over_sqlite = syncline::relay<sqlite_tables, Records...>;
using device_relay = with_tables<relay_over_sqlite>;

/// The wall clock, as the engines want it.
inline syncline::timestamp now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

/// 64 random bits from the system.
inline std::uint64_t random_bits() {
  std::random_device source;
  return std::uint64_t{source()} << 32 | source();
}

/// An id that nothing else has: 128 random bits in hexadecimal.
inline std::string fresh_id() {
  const std::string digits = "0123456789abcdef";
  std::string id;
  for (int half = 0; half < 2; ++half) {
    for (std::uint64_t bits = random_bits(), i = 0; i < 16; ++i, bits >>= 4) id += digits[bits & 15];
  }
  return id;
}

}  // namespace stride
