// SPDX-License-Identifier: BSL-1.0
#pragma once
// A hub and devices over memory stores, whose messages a test carries by hand.

#include <syncline/sync.hpp>
#include <syncline/testing/memory_store.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace regressions {

using namespace syncline;

inline timestamp at(std::int64_t seconds) { return timestamp{std::chrono::seconds{1'700'000'000 + seconds}}; }

template <class... Records>
struct world {
  using store_type = memory_store<Records...>;

  store_type hub_store{};
  hub<store_type, Records...> the_hub{hub_store};

  std::string answer(std::string_view device, std::string_view message) { return the_hub.handle("s", device, message, at(0)); }
};

template <class... Records>
struct device {
  explicit device(std::string called, std::uint64_t incarnation, replica_settings settings = {})
      : name(std::move(called)), engine(open(store, name, incarnation, settings)) {}

  using store_type = memory_store<Records...>;
  using engine_type = replica<store_type, Records...>;

  static engine_type open(store_type& store, const std::string& name, std::uint64_t incarnation, replica_settings settings) {
    auto opened = engine_type::open(store, "s", name, incarnation, settings);
    REQUIRE(opened.has_value());
    return std::move(*opened);
  }

  /// The next message, which there has to be.
  std::string next() {
    auto message = engine.next_message(at(0));
    REQUIRE(message.has_value());
    REQUIRE(message->has_value());
    return **message;
  }
  void take(std::string_view answer) {
    const auto taken = engine.receive(answer, at(0), ++random);
    INFO((taken ? std::string() : taken.error().message));
    REQUIRE(taken.has_value());
  }

  /// A session up to its end, or up to the message of kind `until`, which is returned unsent.
  std::string sync(world<Records...>& with, std::optional<message_kind> until = {}) {
    engine.begin_session();
    return go_on(with, until);
  }
  std::string go_on(world<Records...>& with, std::optional<message_kind> until = {}) {
    for (int messages = 0; messages < 100; ++messages) {
      auto message = engine.next_message(at(0));
      REQUIRE(message.has_value());
      if (!*message) return {};
      if (until && static_cast<message_kind>((*message)->front()) == *until) return **message;
      take(with.answer(name, **message));
    }
    FAIL("the session does not end");
    return {};
  }

  std::string name;
  std::uint64_t random = 100;
  store_type store{};
  engine_type engine;
};

}  // namespace regressions
