// SPDX-License-Identifier: BSL-1.0
#pragma once
// The messages between a replica and a hub. Each is a plain struct; its coding is generated.

#include <syncline/record/value_kind.hpp>
#include <syncline/resolve/decide.hpp>
#include <syncline/wire/decode.hpp>
#include <syncline/wire/encode.hpp>
#include <syncline/wire/frame.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace syncline {

/// The name that stands in the stamps of the hub's own writes.
inline constexpr std::string_view hub_name = "hub";

/// The most that a record may take, encoded: a change of it, its answer and a page with it then fit into a message.
inline constexpr std::size_t max_record_size = 2 * 1024 * 1024;

/// An envelope, an answer or a page that has so many bytes takes no further record.
inline constexpr std::size_t full_message_size = 1024 * 1024;

/// What a frame carries. \see SYNC-2
enum class message_kind : std::uint8_t {
  check = 1,      ///< a replica says who it is and what it declares
  checked,        ///< how far the hub is
  upload,         ///< an envelope of changes
  uploaded,       ///< its answer
  download,       ///< asks for what is new
  page,           ///< what is new
  chunk,          ///< a chunk of a series, in either direction
  chunk_stored,   ///< the hub has the chunk, durably
  want_chunk,     ///< asks for a chunk
  chunk_missing,  ///< the hub does not have it (yet)
  refusal,        ///< the hub will not take the message
  compare,        ///< asks for the digests of ranges of records
  compared,       ///< the digests
  has_chunk,      ///< asks whether the hub has a chunk: `chunk_stored` or `chunk_missing`
  forwarded,      ///< a device's message, word for word, by the hand of another: the hub answers that device
  kept,           ///< a relay's answer while the hub is away
};

/// A record type as one side declares it.
struct table_declaration {
  std::string table{};
  std::uint32_t version{};
  std::uint64_t fingerprint{};
};

struct check_message {
  static constexpr message_kind kind = message_kind::check;
  std::string device{};
  std::uint64_t incarnation{};
  std::vector<table_declaration> tables{};
  std::uint64_t answered{};  ///< the last envelope of this incarnation that it has an answer to
  timestamp now{};           ///< by the device's clock, at the beginning of the session
  bool resyncs = false;      ///< it reads everything anew, and needs a commit to begin from
};

struct checked_message {
  static constexpr message_kind kind = message_kind::checked;
  std::uint64_t applied{};  ///< the last envelope of this incarnation that the hub applied
  std::uint64_t number{};   ///< the scope's last commit
  std::uint64_t answered{};  ///< as the check had it: this answer may be older than what the replica knows by now
  std::vector<table_declaration> tables{};  ///< the hub's: a replica that is newer speaks as the hub does
  timestamp asked{};  ///< as the check had it: what follows is about that time
  timestamp now{};    ///< by the hub's clock
  std::chrono::milliseconds tolerance{};  ///< so far a device's clock may be ahead of it \see PROTOCOL 16
  std::uint64_t collected{};  ///< what was deleted up to this commit, no page tells any more \see PROTOCOL 19
  bool resyncs = false;       ///< `number` was taken for this device's resync
};

/// One record's change: its table (by position in the envelope), and key and change as `encode_sent` writes them.
struct record_change {
  std::uint32_t table{};
  blob bytes{};
};

/// Changes that stand or fall together.
struct change_group {
  std::vector<record_change> changes{};
};

/// What a device sends at once. Frozen until it is answered. \see PROTOCOL 1, 2
struct upload_message {
  static constexpr message_kind kind = message_kind::upload;
  std::string device{};
  std::uint64_t incarnation{};
  std::uint64_t number{};  ///< counts the incarnation's envelopes, from 1
  std::vector<table_declaration> tables{};
  std::vector<change_group> groups{};
};

/// What became of a group. `rebase` and `gone` mean that nothing was done, and that it is to be sent anew: with the values
/// that it was made on, or whole, since the record was deleted so long ago that the hub has nothing of it. \see PROTOCOL 3, 17, 19
enum class group_verdict : std::uint8_t { applied, rebase, refused, gone };

struct group_answer {
  group_verdict verdict{};
  std::string reason{};  ///< of a refusal, one sentence
};

/// A record as the hub has it: key, fields and stamps as `record_update` codes them.
struct updated_record {
  std::uint32_t table{};
  blob bytes{};
};

/// A value that did not stand, and why. \see MERGE-8, SYNC-5
struct dropped_value {
  std::uint32_t table{};
  blob key{};
  std::uint32_t field{};
  side winner{};  ///< `local` is the device that sent the change
  rule why{};
  blob value{};  ///< the value that lost, as `encode` writes it; empty for a deleted record's edit of a `merge` field
  std::string by{};  ///< the device whose value lost
  std::uint64_t at{};  ///< when the losing value was written, as hybrid_time ticks
  std::uint32_t version{};  ///< in a hub's log: of the table, by which field and value are to be read
  timestamp decided_at{};   ///< in a hub's log: when, by its clock
};

/// About how many bytes the records and values of an answer or a page take: each is counted once, however often it is asked
/// while the message grows.
class growing_size {
 public:
  template <class Message>
  std::size_t of(const Message& message) noexcept {
    for (; records_ < message.records.size(); ++records_) bytes_ += message.records[records_].bytes.bytes.size();
    for (; dropped_ < message.dropped.size(); ++dropped_) {
      bytes_ += message.dropped[dropped_].value.bytes.size() + message.dropped[dropped_].key.bytes.size();
    }
    return bytes_;
  }

 private:
  std::size_t bytes_ = 0, records_ = 0, dropped_ = 0;
};

struct uploaded_message {
  static constexpr message_kind kind = message_kind::uploaded;
  std::uint64_t number{};       ///< the envelope's
  bool must_download = false;   ///< the envelope was applied, but its answer is no longer kept: download instead
  std::uint64_t commit{};       ///< the hub's number for it
  std::vector<group_answer> groups{};
  std::vector<updated_record> records{};  ///< every field newer than each change's base \see PROTOCOL 4
  std::vector<dropped_value> dropped{};
  std::uint64_t shift{};  ///< every stamp of the envelope is that many ticks of a `hybrid_time` earlier \see PROTOCOL 16
};

struct table_cursor {
  std::string table{};
  std::uint64_t after{};  ///< everything up to this number is known
};

struct wanted_record {
  std::uint32_t table{};
  blob key{};
};

struct download_message {
  static constexpr message_kind kind = message_kind::download;
  std::uint64_t incarnation{};
  std::vector<table_cursor> cursors{};
  std::uint32_t limit{};  ///< about how many records
  std::vector<wanted_record> whole{};  ///< records that the device lacks, asked for whole
  std::vector<std::uint32_t> versions{};  ///< of the tables of `cursors`, as the replica has them; none: as the hub has them
  bool count = false;  ///< whether the page is to say how much comes after it

  /// The version of the table of cursor `i`; 0: as the hub has it.
  std::uint32_t version_of(std::size_t i) const noexcept { return i < versions.size() ? versions[i] : 0; }
};

struct page_range {
  std::string table{};
  std::uint64_t after{};  ///< the cursor that was asked with
  std::uint64_t up_to{};  ///< the cursor afterwards
  std::uint32_t version{};  ///< of the table, in which its records are written here
};

/// Every record that bears a number in its table's (after, up_to], from one snapshot. \see PROTOCOL 8
struct page_message {
  static constexpr message_kind kind = message_kind::page;
  std::uint64_t snapshot{};  ///< the number of the last commit that the page has seen
  std::uint64_t applied{};   ///< the last envelope of this incarnation that it includes
  bool more = false;
  std::vector<page_range> ranges{};
  std::vector<updated_record> records{};
  std::vector<wanted_record> later{};  ///< records that bear such a number too, and for which there was no room
  std::vector<dropped_value> dropped{};  ///< what lost meanwhile against a value that the device has, where there is room
  std::uint64_t collected{};  ///< as in `checked_message`
  std::uint64_t unread{};     ///< so many records come in later pages, about, where that was asked for
};

/// A chunk, as `encode_chunk` writes it. Whose it is, the manifests say.
struct chunk_message {
  static constexpr message_kind kind = message_kind::chunk;
  chunk_digest digest{};
  blob bytes{};
};

struct chunk_stored_message {
  static constexpr message_kind kind = message_kind::chunk_stored;
  chunk_digest digest{};
};

struct want_chunk_message {
  static constexpr message_kind kind = message_kind::want_chunk;
  chunk_digest digest{};
};

struct has_chunk_message {
  static constexpr message_kind kind = message_kind::has_chunk;
  chunk_digest digest{};
};

struct chunk_missing_message {
  static constexpr message_kind kind = message_kind::chunk_missing;
  chunk_digest digest{};
};

/// The records of a table (by position) whose encoded keys are after `after`, up to and with `up_to`; empty bytes bound nothing.
struct compared_range {
  std::uint32_t table{};
  blob after{};
  blob up_to{};
};

/// Asks what the hub has in some ranges, by digest: it is held against what the device read up to its cursors. \see SYNC-8
struct compare_message {
  static constexpr message_kind kind = message_kind::compare;
  std::vector<table_cursor> cursors{};
  std::vector<std::uint32_t> versions{};  ///< of the tables of `cursors`, as the replica has them
  std::vector<compared_range> ranges{};
  std::vector<wanted_record> unknown{};  ///< records of which the hub told nothing: is it sure not to have them?
  std::uint64_t envelope{};  ///< the incarnation's last: it moves bases and no cursor, and an answer from before it is of no use
};

/// Whether a hub's table can be compared with a device's.
enum class table_standing : std::uint8_t {
  comparable,
  has_news,       ///< something changed after the device's cursor: it has to be downloaded first
  other_version,  ///< the hub has another version of the table, or does not have it
};

/// Records of a range that follow each other, up to and with that of key `last`: how many, and the sum of their digests.
struct compared_run {
  blob last{};
  std::uint64_t count{};
  std::uint64_t low{};
  std::uint64_t high{};
  bool is_damaged{};  ///< it is one record, and not what the hub stored: its digest fits nothing
};

struct compared_runs {
  std::vector<compared_run> runs{};
};

struct compared_message {
  static constexpr message_kind kind = message_kind::compared;
  std::uint64_t asked{};  ///< the checksum of the `compare_message` that this answers
  std::vector<table_standing> tables{};
  std::vector<compared_runs> ranges{};  ///< those that were asked for; empty for tables that cannot be compared
  std::vector<std::uint8_t> lost{};     ///< for each of `unknown` whether the hub lost it: it has a commit of it, and no row
};

/// A message that a relay passes on. The link is the relay's; whose message it is stands here and in the message. A device
/// of a scope may write everything in it, so to vouch for another one gives it no more than it has. \see SYNC-1, PROTOCOL 2
struct forwarded_message {
  static constexpr message_kind kind = message_kind::forwarded;
  std::string device{};
  blob framed{};  ///< in its frame, as it came
};

/// The hub is away. Envelope `number` is safe with the relay, which delivers it; it stays unanswered all the same.
struct kept_message {
  static constexpr message_kind kind = message_kind::kept;
  std::uint64_t number{};  ///< 0 where the message was no envelope
};

struct refusal_message {
  static constexpr message_kind kind = message_kind::refusal;
  error_code code{};
  error_class severity{};
  std::string message{};
  std::uint64_t digest{};  ///< checksum of the body that is refused, where it could be read
};

/// Nothing, or why `text` cannot be a device's id: it is empty, too long for a stamp, no plain text, or the hub's name.
inline result<void> check_device_id(std::string_view text) {
  std::string problem;
  if (text.empty()) {
    problem = "a device needs a name: choose one of up to 24 bytes";
  } else if (!is_utf8(text) || text.find('\0') != text.npos) {
    problem = "the device's name is not UTF-8, or has a zero in it: choose one of plain text";
  } else if (text.size() > device_id::max_size) {
    problem = "the device's name '" + std::string(text) + "' has " + std::to_string(text.size()) +
              " bytes, and 24 are the most: choose a shorter one";
  } else if (text == hub_name) {
    problem = "a device cannot be called '" + std::string(hub_name) + "', which is the hub's own name: choose another one";
  } else {
    return {};
  }
  return make_error(error_code::invalid_value, phase::local, std::move(problem));
}

/// A message in its frame.
template <class Message>
std::string pack(const Message& message) {
  return frame(static_cast<std::uint8_t>(Message::kind), encode(message));
}

/// Reads the body of a frame.
template <class Message>
result<Message> unpack(const unframed& framed) {
  if (framed.kind != static_cast<std::uint8_t>(Message::kind)) {
    return make_error(error_code::malformed, phase::decode,
                      "a message of kind " + std::to_string(framed.kind) + " came where one of kind " +
                          std::to_string(static_cast<int>(Message::kind)) + " was expected");
  }
  return decode<Message>(framed.body);
}

/// How `R` is declared here.
template <class R>
table_declaration declaration_of() {
  return {std::string(schema<R>::table), schema<R>::info.version, schema<R>::fingerprint};
}

}  // namespace syncline
