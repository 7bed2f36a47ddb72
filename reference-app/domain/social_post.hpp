// SPDX-License-Identifier: BSL-1.0
#pragma once
// Table `social_posts`: what an athlete tells others about an activity.

#include "domain/first_violation.hpp"
#include "domain/reference.hpp"

#include <syncline/record.hpp>
#include <syncline/resolve/counter.hpp>

#include <optional>
#include <string>
#include <vector>

namespace stride {

struct social_post {
  static constexpr syncline::record_info sync{.table = "social_posts", .version = 1};

  syncline::key<std::string> id{};
  syncline::once<std::optional<std::string>> activity_id{};
  syncline::client<std::optional<std::string>> text{};
  syncline::client<std::optional<std::string>> picture_key{};  ///< of an uploaded file, once it is there
  syncline::client<std::optional<std::string>> visibility{};   ///< as of `activity`
  syncline::merge<int, syncline::counter> kudos{};             ///< every one counts, from whichever device
  syncline::once<syncline::timestamp> created_at{};
};

inline std::vector<syncline::record_reference> depends_on(const social_post& p) {
  std::vector<syncline::record_reference> first;
  add_reference(first, "activities", p.activity_id);
  return first;
}

inline std::string violation(const social_post& p) {
  return first_violation{social_post::sync.table}
      .id("id", *p.id)
      .id("activity_id", p.activity_id)
      .one_of("visibility", p.visibility, {"private", "followers", "public"})
      .not_negative("kudos", std::optional{*p.kudos})
      .sentence();
}

}  // namespace stride
