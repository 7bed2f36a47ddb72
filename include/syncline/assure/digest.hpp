// SPDX-License-Identifier: BSL-1.0
#pragma once
// Digests of sets of records, and how two sides that exchange them find the few records that differ among many.

#include <syncline/wire/checksum.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline {

/// A set of items as two sides compare it: how many there are, and the sum of their digests in two lanes of 64 bits.
///
/// Guarantee: equal sets have equal digests, in whatever order and grouping their items were added. Different sets have
/// different digests but for a collision, about one in 2^128 for damage and chance; nothing protects from an attacker, who
/// can make items whose digests add up.
/// \see SYNC-8
struct set_digest {
  std::uint64_t count{};
  std::uint64_t low{};
  std::uint64_t high{};

  set_digest& operator+=(const set_digest& more) noexcept {
    count += more.count;
    low += more.low;
    high += more.high;
    return *this;
  }
  friend bool operator==(const set_digest&, const set_digest&) = default;
};

/// The digest of one item, whose bytes have its key and its content.
inline set_digest digest_of_item(std::string_view bytes) noexcept {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {1, hash.low64, hash.high64};
}

/// The keys after `after` up to and with `up_to`; one that is absent bounds nothing.
template <class Key>
struct key_range {
  std::optional<Key> after{};
  std::optional<Key> up_to{};

  bool ends_before(const Key& key) const { return up_to && *up_to < key; }
};

/// A stretch of a range: the items after the run before it, up to and with the one of key `last`.
template <class Key>
struct key_run {
  Key last{};
  set_digest digest{};
};

/// How many runs one range is cut into at most: a power of two, so that two and two can be joined.
inline constexpr std::size_t max_runs = 32;

/// Cuts the items of a range, which are added in order of key, into at most `max_runs` runs of equally many items, but for
/// the last one. A range of at most `max_runs` items becomes runs of one.
///
/// It is the node of a digest tree whose children are the runs, made when it is asked for: a tree that was kept would hide
/// damage to what it was made of. A range of n items has runs of less than n/16, or of one.
/// Complexity: amortized constant for each item, in memory for `max_runs` runs.
/// \see SYNC-8; A. Meyer, Range-Based Set Reconciliation (2023)
template <class Key>
class run_cutter {
 public:
  void add(const Key& key, const set_digest& item) {
    if (runs_.empty() || runs_.back().digest.count == size_) {
      if (runs_.size() == max_runs) join();
      runs_.push_back({key, {}});
    }
    runs_.back().last = key;
    runs_.back().digest += item;
  }

  std::vector<key_run<Key>> take() && { return std::move(runs_); }

 private:
  void join() {
    for (std::size_t i = 0; i < max_runs; i += 2) {
      runs_[i + 1].digest += runs_[i].digest;
      runs_[i / 2] = std::move(runs_[i + 1]);
    }
    runs_.resize(max_runs / 2);
    size_ *= 2;
  }

  std::vector<key_run<Key>> runs_{};
  std::uint64_t size_ = 1;
};

/// What a comparison of a range with the other side's runs of it found.
template <class Key>
struct range_differences {
  std::vector<key_range<Key>> unsettled{};  ///< differ somewhere: to be asked for again, each by itself
  std::vector<Key> differing{};             ///< both sides have such an item, of other content
  std::vector<Key> missing{};               ///< only the other side has one
  std::vector<Key> unknown{};               ///< only this side has one
  std::uint64_t count{};                    ///< items of this side in the range
};

/// Compares a range with the other side's runs of it; this side's items are added in order of key.
///
/// A run of one item settles all of its keys, and a run of more that differs is a range with less than a sixteenth of the
/// items of the whole. So two sides that differ in d of n items find all of them with at most 1 + d * ceil(log16 n) ranges
/// asked for, each answered by at most `max_runs` runs; many ranges fit into one message.
/// Complexity: constant for each item of this side, in memory for what differs.
/// \see SYNC-8
template <class Key>
class range_comparison {
 public:
  range_comparison(key_range<Key> range, std::vector<key_run<Key>> theirs)
      : range_(std::move(range)), theirs_(std::move(theirs)), after_(range_.after) {}

  void add(const Key& key, const set_digest& item) {
    while (at_ < theirs_.size() && theirs_[at_].last < key) close_run();
    ++found_.count;
    if (at_ == theirs_.size()) {
      found_.unknown.push_back(key);
    } else if (theirs_[at_].digest.count != 1) {
      mine_ += item;
    } else if (key < theirs_[at_].last) {
      found_.unknown.push_back(key);
    } else {
      has_it_ = true;
      if (item != theirs_[at_].digest) found_.differing.push_back(key);
    }
  }

  range_differences<Key> take() && {
    while (at_ < theirs_.size()) close_run();
    return std::move(found_);
  }

 private:
  void close_run() {
    const key_run<Key>& run = theirs_[at_++];
    if (run.digest.count == 1) {
      if (!has_it_) found_.missing.push_back(run.last);
    } else if (mine_ != run.digest) {
      found_.unsettled.push_back({after_, run.last});
    }
    after_ = run.last;
    mine_ = {};
    has_it_ = false;
  }

  key_range<Key> range_;
  std::vector<key_run<Key>> theirs_;
  std::optional<Key> after_;
  std::size_t at_ = 0;
  set_digest mine_{};
  bool has_it_ = false;
  range_differences<Key> found_{};
};

}  // namespace syncline
