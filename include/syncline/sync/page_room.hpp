// SPDX-License-Identifier: BSL-1.0
#pragma once
// How the room of a page is shared among tables: in the order of their priority.

#include <syncline/record/schema.hpp>
#include <syncline/sync/catalog.hpp>
#include <syncline/sync/protocol.hpp>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <type_traits>
#include <utility>
#include <vector>

namespace syncline {

/// The room of one page. Tables of the first priority that is asked for are read first, so that a large table of reference
/// data delays no user content; the others have the rest, and an eighth of the room in any case, so that they do not wait
/// for ever where there is always news before them. \see QUEUE-3, PROTOCOL 8
template <class Catalog>
class page_room {
 public:
  page_room(const std::vector<table_cursor>& cursors, std::size_t limit) : left_(limit) {
    std::vector<priority_class> of(cursors.size(), priority_class::reference_data);
    for (std::size_t i = 0; i < cursors.size(); ++i) {
      Catalog::visit(cursors[i].table, [&]<class R>(std::type_identity<R>) { of[i] = schema<R>::info.priority; });
    }
    order_.resize(cursors.size());
    std::iota(order_.begin(), order_.end(), std::size_t{});
    std::stable_sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) { return of[a] < of[b]; });
    if (order_.empty()) return;
    first_ = of[order_.front()];
    if (of[order_.back()] != first_) spare_ = limit / 8;
  }

  /// The positions of the cursors, in the order in which they are to be read.
  const std::vector<std::size_t>& order() const noexcept { return order_; }

  /// Calls `take(room)` with the room that `R` has, and takes off what that took.
  template <class R, class Take>
  auto use(Take&& take) {
    const std::size_t kept = schema<R>::info.priority == first_ ? std::min(spare_, left_) : 0;
    left_ -= kept;
    auto outcome = take(left_);
    left_ += kept;
    return outcome;
  }

 private:
  std::vector<std::size_t> order_{};
  std::size_t left_, spare_ = 0;
  priority_class first_{};
};

}  // namespace syncline
