// SPDX-License-Identifier: BSL-1.0
#pragma once
// A phone for a watch: passes on what the watch says, word for word, keeps its envelopes while the hub is away, and shows
// at once what they do.

#include <syncline/core/planted.hpp>
#include <syncline/sync/protocol.hpp>
#include <syncline/sync/replica_foreign.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace syncline {

/// What a relay does with a message: one of the two is there.
struct relayed_message {
  std::string for_hub{};  ///< exchange it with the hub, then call `relay::answered` or `relay::unanswered`
  std::string answer{};   ///< for the device that sent the message: the hub is not asked
};

/// An envelope that a relay kept and the hub has not answered.
struct relay_errand {
  std::string device{};
  std::string framed{};   ///< as its writer sent it
  std::string for_hub{};  ///< exchange it with the hub, then call `relay::answered(device, framed, ...)`
};

/// The relay that a device is for others of its scope, over the device's own store.
///
/// To those it looks like a link to the hub: they are ordinary replicas, and may reach the hub by other ways as well, in any
/// order. It is a value without I/O and without memory of its own: all that it knows is in the store.
///
/// An envelope is durable here, and shown by the doors of this device's `replica`, before it is passed on. It is the bytes
/// that travel: nothing is encoded anew, so the hub knows a repeat whichever way it comes. What the hub answers is kept for
/// its writer, which keeps its own bytes until it has that answer: `kept` says only that they are in two places.
///
/// \see SYNC-1, PROTOCOL 1, 2, 11
template <class Store, class... Records>
  requires store_for<Store, Records...>
class relay {
  using tx_type = transaction_of<Store>;
  using kept = replica_store<tx_type, Records...>;
  using foreign = replica_foreign<tx_type, Records...>;

 public:
  /// \param store  that of a replica of `scope`, which has been opened before
  relay(Store& store, std::string scope) : store_(&store), scope_(std::move(scope)) {}

  /// Takes the message `framed` of `device`, whose link it is. An envelope is durable when this returns.
  ///
  /// \return what to do; or why nothing: the bytes are damaged, speak for another device, or the store failed
  result<relayed_message> take(std::string_view device, std::string_view framed) {
    auto message = unframe(framed);
    if (!message) return message.error();
    switch (static_cast<message_kind>(message->kind)) {
      case message_kind::upload: return take_envelope(device, framed, *message);
      case message_kind::check: {
        auto check = unpack<check_message>(*message);
        if (!check) return check.error();
        if (auto same = check_writer(device, check->device); !same) return same.error();
        if (auto cleared = forget_answers(check->incarnation, check->answered); !cleared) return cleared.error();
        return pass_on(device, framed);
      }
      case message_kind::forwarded:
        return make_error(error_code::malformed, phase::decode, "what a relay passes on comes from its writer, not from another relay");
      default: return pass_on(device, framed);
    }
  }

  /// Takes the hub's answer to `framed`, a message of `device`. The answer to an envelope is kept for its writer.
  ///
  /// \return the answer for the device; or why there is none: it is damaged, or the store failed
  result<std::string> answered(std::string_view device, std::string_view framed, std::string_view answer) {
    auto said = unframe(answer);
    if (!said) return said.error();
    auto message = unframe(framed);
    if (!message) return message.error();
    if (static_cast<message_kind>(message->kind) != message_kind::upload) return std::string(answer);
    if (static_cast<message_kind>(said->kind) == message_kind::refusal) {
      auto refusal = unpack<refusal_message>(*said);
      if (!refusal) return refusal.error();
      if (refusal->severity == error_class::transient) return unanswered(framed);
    }
    auto upload = unpack<upload_message>(*message);
    if (!upload) return upload.error();
    auto tx = store_->begin(scope_);
    if (!tx) return tx.error();
    auto found = foreign::find(*tx, upload->incarnation, upload->number);
    if (!found) return found.error();
    if (!*found || (*found)->is_answered || (*found)->framed.bytes != framed || (*found)->device != device) return std::string(answer);
    relayed_envelope& envelope = **found;
    if (static_cast<message_kind>(said->kind) == message_kind::uploaded) {
      auto uploaded = unpack<uploaded_message>(*said);
      if (!uploaded) return uploaded.error();
      if (uploaded->number != envelope.number) {
        return make_error(error_code::malformed, phase::upload, "the hub's answer is to another envelope than was passed on");
      }
      auto state = kept::read_state(*tx);
      if (!state) return state.error();
      auto next = foreign::list(*tx, envelope.name(), 1);
      if (!next) return next.error();
      const bool has_answer = !next->empty() && next->front().incarnation == envelope.incarnation;  // it wrote a later one
      if (!has_answer) envelope.answer = blob{std::string(answer)};
      if (auto taken = foreign::take_answer(*tx, *state, *uploaded, envelope); !taken) return taken.error();
      if (auto saved = foreign::save(*tx, envelope); !saved) return saved.error();
    } else if (static_cast<message_kind>(said->kind) == message_kind::refusal) {
      if (auto hidden = foreign::hide(*tx, envelope); !hidden) return hidden.error();  // its writer asks again, and is told why
      if (auto removed = tx->remove(foreign::space, envelope.name()); !removed) return removed.error();
    } else {
      return make_error(error_code::malformed, phase::upload, "the hub's answer to an envelope is none");
    }
    if (auto done = tx->commit(); !done) return done.error();
    return std::string(answer);
  }

  /// The hub cannot be reached: what the device is told that sent `framed`.
  result<std::string> unanswered(std::string_view framed) {
    auto message = unframe(framed);
    if (!message) return message.error();
    kept_message said;
    if (static_cast<message_kind>(message->kind) == message_kind::upload) {
      auto upload = unpack<upload_message>(*message);
      if (!upload) return upload.error();
      auto tx = store_->begin(scope_);
      if (!tx) return tx.error();
      auto found = foreign::find(*tx, upload->incarnation, upload->number);
      if (!found) return found.error();
      if (*found && (*found)->framed.bytes == framed) said.number = upload->number;
    }
    return pack(said);
  }

  /// The first envelope after the one called `after` that the hub has not answered. To be asked for before each session of
  /// the device itself, until there is none: then the session's pages have them.
  result<std::optional<relay_errand>> next_errand(std::string& after) {
    auto tx = store_->begin(scope_);
    if (!tx) return tx.error();
    for (;;) {
      auto some = foreign::list(*tx, after, 16);
      if (!some) return some.error();
      if (some->empty()) return std::optional<relay_errand>{};
      for (const relayed_envelope& each : *some) {
        after = each.name();
        if (each.is_answered) continue;
        return std::optional<relay_errand>{
            {each.device, each.framed.bytes, pack(forwarded_message{each.device, {as_passed_on(each.framed.bytes)}})}};
      }
    }
  }

 private:
  static result<void> check_writer(std::string_view device, std::string_view claimed) {
    if (device == claimed) return check_device_id(device);
    return make_error(error_code::not_allowed, phase::validate,
                      "the message says it comes from device '" + std::string(claimed) + "' but the link belongs to '" +
                          std::string(device) + "': each device has a link of its own");
  }

  static std::string as_passed_on(std::string_view framed) {
    if (!is_planted(flaw::rebuild_relayed_bytes)) return std::string(framed);
    auto message = unpack<upload_message>(*unframe(framed));
    if (!message) return std::string(framed);
    message->tables.resize(1);
    return pack(*message);
  }

  static relayed_message pass_on(std::string_view device, std::string_view framed) {
    return {pack(forwarded_message{std::string(device), {std::string(framed)}}), {}};
  }

  result<relayed_message> take_envelope(std::string_view device, std::string_view framed, const unframed& message) {
    auto upload = unpack<upload_message>(message);
    if (!upload) return upload.error();
    if (auto same = check_writer(device, upload->device); !same) return same.error();
    if (upload->number > 0) {  // it would not have written this one without
      if (auto cleared = forget_answers(upload->incarnation, upload->number - 1); !cleared) return cleared.error();
    }
    auto tx = store_->begin(scope_);
    if (!tx) return tx.error();
    auto found = foreign::find(*tx, upload->incarnation, upload->number);
    if (!found) return found.error();
    if (*found) {
      const bool is_repeat = (*found)->framed.bytes == framed;  // else a copy of the device's data folder wrote one of them
      if (is_repeat && (*found)->answer) return relayed_message{{}, (*found)->answer->bytes};
      return pass_on(device, is_repeat ? as_passed_on(framed) : std::string(framed));
    }
    auto state = kept::read_state(*tx);
    if (!state) return state.error();
    relayed_envelope envelope{.device = std::string(device), .incarnation = upload->incarnation, .number = upload->number, .framed = {std::string(framed)}};
    state->has_relayed = true;
    if (auto shown = foreign::show(*tx, *state, *upload, envelope); !shown) return shown.error();
    if (auto saved = foreign::save(*tx, envelope); !saved) return saved.error();
    if (auto put = kept::write_state(*tx, *state); !put) return put.error();
    if (auto done = tx->commit(); !done) return done.error();
    return pass_on(device, as_passed_on(framed));
  }

  // The device has the answers to its envelopes up to `answered`.
  result<void> forget_answers(std::uint64_t incarnation, std::uint64_t answered) {
    auto tx = store_->begin(scope_);
    if (!tx) return tx.error();
    auto some = foreign::list(*tx, ordered_bytes(incarnation));
    if (!some) return some.error();
    bool changed = false;
    for (relayed_envelope& each : *some) {
      if (each.incarnation != incarnation || each.number > answered) break;
      if (!each.answer) continue;
      each.answer.reset();
      changed = true;
      if (auto saved = foreign::save(*tx, each); !saved) return saved;
    }
    return changed ? tx->commit() : result<void>{};
  }

  Store* store_;
  std::string scope_;
};

}  // namespace syncline
