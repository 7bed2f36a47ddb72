// SPDX-License-Identifier: BSL-1.0
// Values, records and deltas as bytes, and bytes that may be anything.

#include "check.hpp"

#include <syncline/change.hpp>
#include <syncline/record.hpp>
#include <syncline/wire.hpp>

#include <optional>
#include <string>
#include <vector>

struct parcel {
  static constexpr syncline::record_info sync{.table = "parcels"};

  syncline::key<std::string> id{};
  syncline::lww<std::string> address{};
  syncline::lww<std::optional<double>> weight_kg{};
  syncline::lww<bool> fragile{};
  syncline::server<int> attempts{};
};

int main() {
  const parcel before{.id = {"p1"}, .address = {"Hill Road 4"}};

  //! [value]
  const std::string bytes = syncline::encode(before);
  const syncline::result<parcel> read = syncline::decode<parcel>(bytes);
  check(read && syncline::is_same_value(*read, before));

  const auto cut = syncline::decode<parcel>(std::string_view(bytes).substr(0, 5));
  check(!cut && cut.error().code == syncline::error_code::malformed);  // an error value, whatever the bytes are
  std::cout << cut.error().message << '\n';
  //! [value]

  //! [delta]
  parcel after = before;
  after.weight_kg = 2.5;
  after.fragile = true;

  std::string change;
  syncline::encode_diff_to(change, before, after);  // the same bytes as encode_to(change, diff(before, after))
  check(change.size() == 11);                       // which fields, one flag and the 8 bytes of 2.5, the other flag

  parcel elsewhere = before;
  check(syncline::apply_encoded(change, elsewhere).has_value());
  check(syncline::is_same_value(elsewhere, after));
  //! [delta]

  //! [difference]
  const std::vector<std::string> stops{"Hill Road 4", "Mill Lane 1", "Station Road 20", "Harbour 7"};
  std::vector<std::string> rerouted = stops;
  rerouted[2] = "Station Road 22";

  const std::string difference = syncline::encode_difference(stops, rerouted);
  check(difference.size() == 10);  // two stops stay, of one two characters change, one stays
  check(*syncline::apply_difference(stops, difference) == rerouted);
  //! [difference]

  std::cout << "the record takes " << bytes.size() << " bytes, its change " << change.size() << '\n';
}
