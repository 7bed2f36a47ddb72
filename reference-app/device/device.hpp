// SPDX-License-Identifier: BSL-1.0
#pragma once
// A device: a data folder with its replica. What the command line, and any other face of the app, works with.

#include "device/conflict_view.hpp"
#include "device/record_view.hpp"
#include "transport/http_message.hpp"

#include <syncline/core/result.hpp>
#include <syncline/queue/send_budget.hpp>
#include <syncline/record/value_kind.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stride {

/// Who a data folder belongs to, and where its hub is.
struct device_config {
  std::uint32_t version = 1;
  std::string user{};
  std::string device{};
  std::string hub{};    ///< "http://HOST:PORT", or empty
  std::string token{};  ///< as `stride hub token` prints it, or empty
};

/// What became of one ride of an imported file.
struct import_outcome {
  std::string file{};
  std::string id{};
  std::string status{};  ///< imported, duplicate, salvaged or failed
  std::uint64_t points{};
  std::string error{};   ///< one sentence, where something was wrong
};

/// One series of an activity.
struct stream_view {
  std::string type{};
  std::uint64_t points{};
  std::uint64_t chunks{};
  std::uint64_t bytes{};          ///< as stored
  std::uint64_t original_size{};  ///< as an array in memory
  std::string sync_status{};      ///< synced, local_only (waits to be sent, or was refused) or missing (waits to be fetched)
  std::optional<syncline::timestamp> first{};
  std::optional<syncline::timestamp> last{};
};

/// How a record stands between this device and the hub.
struct sync_view {
  std::string state{};
  std::uint64_t revision{};          ///< the hub's commit number that it was last read at
  std::vector<std::string> dirty{};  ///< the fields that wait to be sent
};

struct shown_record {
  std::string table{};
  bool deleted = false;  ///< then the record is what it was before
  record_view record{};
  std::vector<stream_view> streams{};
  sync_view sync{};
  std::string alias{};  ///< the id that was asked for, if this record stands for it
};

/// One point of a series, in the columns of its type.
struct stream_point {
  std::optional<syncline::timestamp> t{};
  std::vector<double> values{};
};

struct stream_points {
  std::string type{};
  std::vector<std::string> columns{};  ///< without `t`
  std::vector<stream_point> points{};
};

/// What one session did, or several: then `ok` and `error` are those of the last one.
struct sync_outcome {
  bool ok = false;
  std::uint64_t pushed{}, pulled{}, conflicts{}, chunks_sent{}, bytes_sent{}, bytes_received{}, retries{};
  std::int64_t duration_ms{};
  std::string error{};
  std::string trigger = "user";  ///< what the session, or the first one, was begun for
  std::uint64_t sessions = 1;
  std::uint64_t failed_sessions{};

  sync_outcome& operator+=(const sync_outcome& next);
};

/// What a comparison of one table with the hub's found.
struct verified_table {
  std::string table{};
  std::uint64_t compared{};  ///< records that either side has
  std::uint64_t differed{};
  std::uint64_t repaired{};
  std::uint64_t damaged{};    ///< of those that differed, the hub's own copy is damaged or lost
  std::string problem{};      ///< why not all of it was compared or repaired
};

/// What a comparison with the hub found.
struct verify_outcome {
  bool ok = false;  ///< everything was compared, and what differed was repaired
  std::vector<verified_table> tables{};
  std::string error{};  ///< one sentence, where it is not ok
};

struct status_view {
  bool online = false;
  std::optional<syncline::timestamp> last_synced{};
  std::uint64_t pending{};    ///< records and chunks that wait to be sent
  std::uint64_t failed{};     ///< dead letters
  std::uint64_t conflicts{};  ///< values that did not stand, in the conflict log
  bool in_progress = false;   ///< an envelope was sent and not answered
  std::string light{};        ///< green: all is with the hub; yellow: something waits; red: a person has to act
  std::string reason{};       ///< why the light has its colour
  std::optional<syncline::timestamp> paused_until{};  ///< no session by itself before this, since the hub does not answer
  std::optional<syncline::timestamp> last_attempt{};  ///< the end of the last session, however it ended
  std::optional<std::string> last_error{};            ///< what that one failed with
};

/// Why a field has its value.
struct field_reason_view {
  std::string name{};
  std::string value{};                  ///< JSON
  std::string side{};                   ///< local, remote or both
  std::string rule{};
  std::string by{};                     ///< the device whose value stands; where the rule is `deleted`, who deleted the record
  std::optional<syncline::timestamp> at{};  ///< when that was written
  std::optional<std::string> dropped{};     ///< JSON of the value that lost against it
  std::optional<syncline::timestamp> decided_at{};  ///< when this device decided so or heard of it, if it knows
  bool is_waiting = false;                          ///< it was written here, and the hub does not have it yet
};

/// What the server was asked to take back of a record.
struct request_view {
  std::string entry{};  ///< of the conflict log
  std::string by{};
  std::optional<bool> granted{};  ///< nothing while it has not answered
};

struct why_view {
  std::string table{};
  std::string id{};
  std::string state{};
  bool deleted = false;
  std::string waiting_for{};
  std::optional<syncline::timestamp> next_attempt{};
  std::vector<field_reason_view> fields{};
  std::optional<std::string> deleted_by{};  ///< the device, or "hub", if it is deleted and known
  std::optional<syncline::timestamp> deleted_at{};
  std::string alias{};  ///< the id that was asked for, if this record stands for it
  std::vector<request_view> requests{};
};

/// A device's data folder, open. All functions return an error of one sentence where they fail; then nothing was changed.
class device {
 public:
  /// Makes the folder, or gives one that is there a new hub or token. A new device without a name takes its token's.
  static syncline::result<device_config> init(const std::filesystem::path& folder, device_config wanted);

  /// Opens a folder that `init` made.
  static syncline::result<device> open(const std::filesystem::path& folder);

  device(device&&) noexcept;
  device& operator=(device&&) noexcept;
  ~device();

  const device_config& config() const noexcept;

  syncline::result<std::vector<record_view>> list(std::string_view table);
  syncline::result<record_view> put(std::string_view table, const std::vector<assignment>& fields);
  syncline::result<record_view> edit(std::string_view table, std::string_view id, const std::vector<assignment>& fields);
  syncline::result<record_view> remove(std::string_view table, std::string_view id);

  /// The record with this id, in whichever table it is, with its series and its sync state; of a duplicate, the record
  /// that stands for it.
  syncline::result<shown_record> show(std::string_view id);
  /// The points of one series of an activity.
  syncline::result<stream_points> streams(std::string_view id, std::string_view type);
  syncline::result<why_view> why(std::string_view id);

  /// The conflict log, latest first.
  syncline::result<std::vector<conflict_view>> conflicts();
  /// Takes a decision of the log back.
  syncline::result<undo_view> undo(std::string_view entry);
  /// Settles a decision, named by its entry or by the record that it is the latest of: `use` is `local` for the value of
  /// this device, `remote` for the other one, `merge` for what `fields` say, or `skip`.
  syncline::result<undo_view> resolve(std::string_view id, std::string_view use, const std::vector<assignment>& fields);

  /// Imports every ride of a file; what cannot be read gives an outcome with status `failed`.
  std::vector<import_outcome> import(const std::filesystem::path& file);

  /// Whether a session can be begun: there is a hub, and its token is this device's.
  syncline::result<void> can_sync() const;
  /// How things are from now on for sessions: what may not be sent under them waits. Kept for `why` and `status`.
  syncline::result<void> send_under(const syncline::send_conditions& conditions);
  /// Tries again what the hub refused: the record with this id, or everything, chunks among it; with a record what it
  /// depends on, and what waited for it. \return how many records and chunks
  syncline::result<std::uint64_t> retry(std::optional<std::string_view> id);
  /// One session with the hub, begun for `trigger`. Where `stop` gives true, it is cut off between two messages.
  sync_outcome sync(std::string trigger = "user", const std::function<bool()>& stop = {});
  /// A session that also compares all records with the hub's, by digests, and repairs those of this device that differ, if
  /// `repairs`. What waits to be sent is sent, as in every session.
  verify_outcome verify(bool repairs);
  /// Answers a request of another device of this user, a watch, to which this device is the way to the hub: from the hub
  /// where that answers, else by keeping what the watch wrote, which this device then shows and delivers with its own next
  /// session. Only a token is taken that the hub has taken in this device's presence. One request at a time.
  http_response answer_watch(const http_request& request);
  /// Whether a session that nobody asked for may be begun now. Not while the hub does not answer, or wants to be left
  /// alone, but for a try now and then; true is such a try. A person's session needs no leave, and ends the pause if it works.
  syncline::result<bool> may_try_hub();
  /// Whether something was written since this object's last session: by another process, or for the next session to send.
  syncline::result<bool> has_news();
  syncline::result<status_view> status();

  struct parts;

 private:
  explicit device(std::unique_ptr<parts> open);

  static syncline::result<std::unique_ptr<parts>> open_parts(const std::filesystem::path& folder, device_config config);

  std::unique_ptr<parts> parts_;
};

}  // namespace stride
