// SPDX-License-Identifier: BSL-1.0
#pragma once
// All record types of Stride in one list, from which stores and engines are made.

#include "domain/activity.hpp"
#include "domain/alert.hpp"
#include "domain/article.hpp"
#include "domain/coach_note.hpp"
#include "domain/daily_metric.hpp"
#include "domain/exercise.hpp"
#include "domain/goal.hpp"
#include "domain/recommendation.hpp"
#include "domain/scheduled_workout.hpp"
#include "domain/social_post.hpp"
#include "domain/streak_schedule.hpp"
#include "domain/training_load.hpp"
#include "domain/training_plan.hpp"
#include "domain/user.hpp"
#include "domain/user_profile.hpp"
#include "domain/workout_session.hpp"
#include "domain/xp_transaction.hpp"
#include "domain/zone_formula.hpp"

#include <syncline/resolve/conflict.hpp>

#include <type_traits>

namespace stride {

/// `T` of all record types: `with_tables<sqlite_store>`, `with_tables<syncline::catalog>`.
///
/// What takes a store before the records is bound to it first:
/// `template <class... R> using hub_of = syncline::hub<store, R...>; with_tables<hub_of>`.
template <template <class...> class T>
using with_tables = T<user, activity, training_plan, scheduled_workout, daily_metric, goal, user_profile,
                      workout_session, social_post, xp_transaction, streak_schedule, training_load, recommendation,
                      alert, coach_note, exercise, zone_formula, article, syncline::conflict>;

/// Whether `R` is reference data: the same for all users, in a scope that they share, and written by the hub alone.
template <class R>
inline constexpr bool is_reference =
    std::is_same_v<R, exercise> || std::is_same_v<R, zone_formula> || std::is_same_v<R, article>;

}  // namespace stride
