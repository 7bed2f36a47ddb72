// SPDX-License-Identifier: BSL-1.0
#pragma once
// The device's side of a comparison: it finds by digests where its bases are not what the hub has, and repairs them.

#include <syncline/sync/replica_undo.hpp>
#include <syncline/sync/table_digest.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace syncline {

/// What a session compares with the hub besides its exchange of news, and whether it repairs what differs.
enum class comparing : std::uint8_t { nothing, report, repair };

/// What a comparison with the hub found in one table.
struct table_comparison {
  std::string table{};
  std::uint64_t compared{};  ///< records that the device or the hub has
  std::uint64_t differed{};  ///< of these
  std::uint64_t repaired{};  ///< of those that differed: they are what the hub has now
  std::uint64_t damaged{};   ///< of those that differed: the hub's own row is damaged or lost, so nothing was changed
  std::string problem{};     ///< why not all of the table was compared or repaired, in one sentence; empty if it was
};

/// A replica that compares what it last read from the hub with what the hub has.
///
/// Compared are bases, as of the device's cursors; what waits to be sent has no part in it and stays. To repair a record that
/// differs, it is asked for whole, by key; one that the hub does not have is taken off the base, as by a deletion. Where the hub's own
/// row is damaged or lost, the device keeps what it has. After repairs, the tables that had some are compared again.
/// Complexity: 1 + d * ceil(log16 n) ranges for d differences among n records, up to `max_compared` ranges in a message; for
/// each range, both sides read their rows in it. \see SYNC-8
template <class Store, class... Records>
  requires store_for<Store, Records...>
class replica_digests : public replica_undo<Store, Records...> {
  using doors = replica_undo<Store, Records...>;
  using tx_type = transaction_of<Store>;
  using kept = replica_store<tx_type, Records...>;
  using records = catalog<Records...>;

 public:
  /// What the last comparison found so far, by table; empty if there was none.
  const std::vector<table_comparison>& comparison() const noexcept { return found_; }

 protected:
  using doors::replica_undo;

  /// What a session does next for its comparison.
  enum class turn : std::uint8_t { ask, download, over };

  void begin_comparison(comparing what) {
    found_.clear();
    ranges_.clear();
    unknown_.clear();
    left_.assign(sizeof...(Records), 0);
    is_again_ = false;
    fruitless_ = 0;
    repairs_ = what == comparing::repair;
    is_comparing_ = what != comparing::nothing;
    if (!is_comparing_) return;
    records::for_each([&]<class R>(std::type_identity<R>) {
      found_.push_back({.table = std::string(schema<R>::table)});
      ranges_.push_back(encode_range<R>(kept::template position_of<R>(), {}));
    });
  }
  bool is_comparing() const noexcept { return is_comparing_; }

  /// The next message of the comparison goes to `message`, if it is the turn of one.
  result<turn> next_comparison(std::string& message) {
    auto tx = doors::begin();
    if (!tx) return tx.error();
    auto ready = is_ready(*tx);
    if (!ready) return ready.error();
    if (!*ready) return turn::download;
    if (ranges_.empty() && unknown_.empty() && !compare_again()) {
      for (std::size_t i = 0; repairs_ && i < found_.size(); ++i) {
        found_[i].repaired = found_[i].differed - std::min(found_[i].differed, left_[i]);
      }
      is_comparing_ = false;
      return turn::over;
    }
    const compare_message question = request();
    asked_ = checksum(encode(question));
    message = pack(question);
    return turn::ask;
  }

  /// Takes the hub's answer in one transaction; an answer to another question is ignored.
  result<turn> take_comparison(const compared_message& message) {
    if (!is_comparing_ || message.asked != asked_) return turn::ask;
    auto tx = doors::begin();
    if (!tx) return tx.error();
    auto ready = is_ready(*tx);
    if (!ready) return ready.error();
    const compare_message question = request();
    if (!*ready || checksum(encode(question)) != asked_) return turn::ask;  // another process went on: ask anew
    if (message.tables.size() != question.cursors.size() || message.ranges.size() != question.ranges.size() ||
        message.lost.size() != question.unknown.size()) {
      return make_error(error_code::malformed, phase::download, "the hub's digests do not fit what was asked");
    }
    const auto before = std::tuple(found_, ranges_, unknown_, left_);
    auto taken = take_all(*tx, question, message);
    if (taken) taken = tx->commit();
    if (!taken) {
      std::tie(found_, ranges_, unknown_, left_) = before;
      return taken.error();
    }
    const bool has_news = std::any_of(ranges_.begin(), ranges_.end(), [&](const auto& each) { return is_news(message, each.table); }) ||
                          std::any_of(unknown_.begin(), unknown_.end(), [&](const auto& each) { return is_news(message, each.table); });
    if (!has_news) fruitless_ = 0;
    else if (++fruitless_ > 20) give_up(message);
    return has_news ? turn::download : turn::ask;
  }

 private:
  static bool is_news(const compared_message& message, std::uint32_t table) {
    return message.tables[table] == table_standing::has_news;
  }

  // A base says what the hub had if nothing is on its way and nothing is asked for.
  result<bool> is_ready(tx_type& tx) {
    if (doors::state_.unanswered || doors::state_.walk != 0) return false;
    auto wanted = tx.list("wanted", {}, 1);
    if (!wanted) return wanted.error();
    return wanted->empty();
  }

  compare_message request() const {
    compare_message message{.envelope = doors::state_.envelope};
    records::for_each([&]<class R>(std::type_identity<R>) {
      message.cursors.push_back({std::string(schema<R>::table), kept::cursor(doors::state_, schema<R>::table)});
      message.versions.push_back(schema<R>::info.version);
    });
    message.ranges.assign(ranges_.begin(), ranges_.begin() + std::min<std::ptrdiff_t>(std::ssize(ranges_), max_compared));
    message.unknown.assign(unknown_.begin(), unknown_.begin() + std::min<std::ptrdiff_t>(std::ssize(unknown_), max_compared));
    return message;
  }

  // Begins the second pass over the tables in which something was repaired; says whether there is any.
  bool compare_again() {
    if (!repairs_ || std::exchange(is_again_, true)) return false;
    records::for_each([&]<class R>(std::type_identity<R>) {
      constexpr std::uint32_t at = kept::template position_of<R>();
      left_[at] = found_[at].damaged;
      if (found_[at].differed == found_[at].damaged) return;
      left_[at] = 0;
      ranges_.push_back(encode_range<R>(at, {}));
    });
    return !ranges_.empty();
  }

  result<void> take_all(tx_type& tx, const compare_message& question, const compared_message& message) {
    ranges_.erase(ranges_.begin(), ranges_.begin() + std::ssize(question.ranges));
    unknown_.erase(unknown_.begin(), unknown_.begin() + std::ssize(question.unknown));
    for (std::size_t i = 0; i < question.ranges.size(); ++i) {
      const compared_range& range = question.ranges[i];
      if (is_news(message, range.table)) {
        ranges_.push_back(range);
      } else if (message.tables[range.table] == table_standing::other_version) {
        found_[range.table].problem = "the hub has another version of the table, or does not have it: update the older side";
      } else {
        result<void> outcome;
        records::visit(found_[range.table].table,
                       [&]<class R>(std::type_identity<R>) { outcome = compare<R>(tx, range, message.ranges[i].runs); });
        if (!outcome) return outcome;
      }
    }
    for (std::size_t i = 0; i < question.unknown.size(); ++i) {
      const wanted_record& each = question.unknown[i];
      if (is_news(message, each.table)) {
        unknown_.push_back(each);
      } else if (message.lost[i] != 0) {
        ++found_[each.table].damaged;
      } else {
        result<void> outcome;
        records::visit(found_[each.table].table, [&]<class R>(std::type_identity<R>) {
          auto key = decode<typename schema<R>::key_type>(each.key.bytes);
          outcome = key ? want<R>(tx, *key) : key.error();
        });
        if (!outcome) return outcome;
      }
    }
    return {};
  }

  template <class R>
  result<void> compare(tx_type& tx, const compared_range& asked, const std::vector<compared_run>& encoded) {
    using key_type = typename schema<R>::key_type;
    auto range = decode_range<R>(asked);
    if (!range) return range.error();
    std::vector<key_run<key_type>> runs;
    std::set<key_type> damaged;
    for (const compared_run& each : encoded) {
      key_run<key_type> run{{}, {each.count, each.low, each.high}};
      if (auto done = decode_into(each.last.bytes, run.last); !done) return done;
      const bool in_order = runs.empty() ? !range->after || *range->after < run.last : runs.back().last < run.last;
      if (!in_order || range->ends_before(run.last) || each.count == 0 || (each.count > 1 && encoded.size() == 1)) {
        return make_error(error_code::malformed, phase::download, "the hub's digests are not those of a range");
      }
      if (each.is_damaged) damaged.insert(run.last);
      runs.push_back(std::move(run));
    }
    const bool is_first = !is_again_ && !range->after && !range->up_to;
    table_comparison& found = found_[asked.table];
    std::vector<replica_record<R>> misshown;
    range_comparison<key_type> comparison(*range, std::move(runs));
    auto read = for_each_row<R>(tx, *range, [&](const row<R>& each) -> result<void> {
      auto record = from_row(each);
      if (!record) {  // of damaged bookkeeping nothing is known
        comparison.add(key_of(each.value), {1, 0, 0});
        return {};
      }
      if (record->base_exists) comparison.add(key_of(each.value), digest_of_record(record->base, record->base_stamps));
      if (is_first && (record->seen_deleted() != each.deleted || !is_same_value(record->seen(), each.value))) {
        misshown.push_back(std::move(*record));
      }
      return {};
    });
    if (!read) return read;
    for (const replica_record<R>& each : misshown) {  // what people see is made of base and edits, and these are whole
      if (!repairs_) break;
      if (auto saved = tx.template save<R>(to_row(each)); !saved) return saved;
    }
    const range_differences<key_type> differences = std::move(comparison).take();
    for (const auto& each : differences.unsettled) ranges_.push_back(encode_range<R>(asked.table, each));
    if (is_again_) {
      left_[asked.table] += differences.differing.size() + differences.missing.size() + differences.unknown.size();
      return {};
    }
    found.compared += (is_first ? differences.count : 0) + differences.missing.size();
    found.differed += misshown.size() + differences.differing.size() + differences.missing.size() + differences.unknown.size();
    for (const auto* keys : {&differences.differing, &differences.missing}) {
      for (const key_type& key : *keys) {
        if (damaged.contains(key)) {
          ++found.damaged;
        } else if (auto asked_for = want<R>(tx, key); !asked_for) {
          return asked_for;
        }
      }
    }
    for (const key_type& key : differences.unknown) unknown_.push_back({asked.table, {encode(key)}});
    return {};
  }

  // Asks for a record whole. What its row holds must not keep the answer from being taken.
  template <class R>
  result<void> want(tx_type& tx, const typename schema<R>::key_type& key) {
    if (!repairs_) return {};
    auto kept_row = tx.template load<R>(key);
    if (!kept_row) return kept_row.error();
    if (*kept_row) {
      const std::uint64_t cursor = kept::cursor(doors::state_, schema<R>::table);
      auto record = from_row(**kept_row);
      if (!record) {
        auto waits = doors::outbox(tx).find(schema<R>::table, encode(key));
        if (!waits) return waits.error();
        if (*waits) {
          found_[kept::template position_of<R>()].problem =
              "a row with edits that wait to be sent cannot be read (" + record.error().message + "): restore the folder from a backup";
          return {};
        }
        if (auto erased = tx.template erase<R>(key); !erased) return erased;
      } else if (record->number > cursor) {  // no page ever told of it
        record->number = cursor;
        if (auto saved = tx.template save<R>(to_row(*record)); !saved) return saved;
      }
    }
    return tx.put("wanted", record_name<R>(key), {});
  }

  void give_up(const compared_message& message) {
    const auto busy = [&](const auto& each) {
      if (!is_news(message, each.table)) return false;
      found_[each.table].problem = "it changed at the hub again and again meanwhile: run the comparison again";
      return true;
    };
    std::erase_if(ranges_, busy);
    std::erase_if(unknown_, busy);
  }

  std::vector<table_comparison> found_{};
  std::vector<compared_range> ranges_{};  // still to be asked for; tables are named by their position in the catalog
  std::vector<wanted_record> unknown_{};  // the hub told nothing of them
  std::vector<std::uint64_t> left_{};     // by table: what differs in the second pass
  std::uint64_t asked_ = 0;
  std::size_t fruitless_ = 0;
  bool is_comparing_ = false, repairs_ = false, is_again_ = false;
};

}  // namespace syncline
