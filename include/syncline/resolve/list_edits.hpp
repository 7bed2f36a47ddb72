// SPDX-License-Identifier: BSL-1.0
#pragma once
// A list that several sides insert into, remove from, reorder and change the elements of.

#include <syncline/record/value_kind.hpp>
#include <syncline/resolve/decide.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <list>
#include <map>
#include <type_traits>
#include <utility>
#include <vector>

namespace syncline {

namespace internal {

inline constexpr std::size_t nowhere_in_list = static_cast<std::size_t>(-1);

template <class T>
constexpr const auto& identity_of(const T& element) {
  if constexpr (requires { element.id; }) {
    return element.id;
  } else {
    return element;
  }
}

/// Gives elements numbers, so that the nth of those with one identity has the same number in every list.
template <class T>
class element_numbers {
 public:
  std::vector<std::size_t> operator()(const auto& list) {
    for (auto& [identity, known] : known_) known.used = 0;
    std::vector<std::size_t> numbers;
    for (const T& element : list) {
      auto& known = known_[identity_of(element)];
      if (known.used == known.numbers.size()) known.numbers.push_back(count_++);
      numbers.push_back(known.numbers[known.used++]);
    }
    return numbers;
  }
  std::size_t count() const { return count_; }

 private:
  struct alike {
    std::vector<std::size_t> numbers{};
    std::size_t used = 0;
  };
  std::map<std::remove_cvref_t<decltype(identity_of(std::declval<const T&>()))>, alike, less_value> known_;
  std::size_t count_ = 0;
};

/// Marks a longest rising subsequence of `places`, without those that are `nowhere_in_list`. O(n log n).
template <class Place>
std::vector<bool> longest_rise(const std::vector<Place>& places) {
  std::vector<std::size_t> ends, previous(places.size(), nowhere_in_list);  // ends[n]: the least end of a rise of n + 1
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (places[i] == nowhere_in_list) continue;
    const auto end = std::lower_bound(ends.begin(), ends.end(), places[i],
                                      [&](std::size_t a, std::size_t place) { return places[a] < place; });
    if (end != ends.begin()) previous[i] = end[-1];
    if (end == ends.end()) {
      ends.push_back(i);
    } else {
      *end = i;
    }
  }
  std::vector<bool> marked(places.size());
  std::size_t i = ends.empty() ? nowhere_in_list : ends.back();
  for (; i != nowhere_in_list; i = previous[i]) marked[i] = true;
  return marked;
}

}  // namespace internal

/// Merges lists element by element: `merge<std::vector<T>, list_edits>`. An element is known by its member `id`, else
/// by its value; of several alike, by which one of them it is. Insertions, removals, moves and changes of different
/// elements by both sides all survive.
///
/// `local` arrives later, and what it did is done to `remote`: an element that it inserted or moved goes right before
/// the one that follows it there, wherever that is by now; so insertions at one place stand in order of arrival, each
/// side's together. Of one element, the later to arrive decides its place, its content and whether it is removed, each
/// by itself. A change brings back an element that the other side removed; a move does not.
///
/// Algebra: merge(base, a, b) = b + (a - base), where a - base is as few moves as can be. Idempotent where no two
/// elements are alike; changes and removals of different elements commute.
/// Complexity: O(n log n) comparisons of identities. \see MERGE-4, docs/algebra.md
struct list_edits {
  static constexpr bool is_commutative = false;
  static constexpr bool is_idempotent = false;  // for lists in which elements are alike

  template <codable T, class A>
    requires(!std::same_as<T, bool>)
  static std::vector<T, A> merge(const std::vector<T, A>& base, const std::vector<T, A>& local,
                                 const std::vector<T, A>& remote) {
    constexpr std::size_t nowhere = internal::nowhere_in_list;
    internal::element_numbers<T> numbered;
    const auto before = numbered(base), mine = numbered(local), theirs = numbered(remote);

    std::list<std::size_t> order(theirs.begin(), theirs.end());
    std::vector<std::list<std::size_t>::iterator> at(numbered.count(), order.end());
    for (auto i = order.begin(); i != order.end(); ++i) at[*i] = i;
    std::vector<const T*> content(numbered.count());
    for (std::size_t i = 0; i < theirs.size(); ++i) content[theirs[i]] = &remote[i];

    std::vector<std::size_t> in_base(numbered.count(), nowhere), came_from(mine.size());
    for (std::size_t i = 0; i < before.size(); ++i) in_base[before[i]] = i;
    for (std::size_t i = 0; i < mine.size(); ++i) came_from[i] = in_base[mine[i]];
    const std::vector<bool> stayed = internal::longest_rise(came_from);

    std::vector<bool> removed(numbered.count());
    for (const std::size_t n : before) removed[n] = true;
    for (const std::size_t n : mine) removed[n] = false;
    order.remove_if([&](std::size_t n) { return removed[n]; });

    auto next = order.end();
    for (std::size_t i = mine.size(); i-- > 0;) {
      const std::size_t n = mine[i];
      const bool is_changed = came_from[i] == nowhere || !is_same_value(base[came_from[i]], local[i]);
      if (at[n] == order.end()) {
        if (!is_changed) continue;  // removed there, and not changed here
        at[n] = order.insert(next, n);
      } else if (!stayed[i]) {
        order.splice(next, order, at[n]);
      }
      if (is_changed) content[n] = &local[i];
      next = at[n];
    }

    std::vector<T, A> merged;
    merged.reserve(order.size());
    for (const std::size_t n : order) merged.push_back(*content[n]);
    return merged;
  }
};

}  // namespace syncline
