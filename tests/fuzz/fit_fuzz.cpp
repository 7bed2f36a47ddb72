// SPDX-License-Identifier: BSL-1.0
// Any bytes through the FIT reader: whole and in two pieces, which must agree; what it salvages must be writable again.

#include "import/fit.hpp"
#include "import/fit_writer.hpp"

#include "domain/metrics.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <utility>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::uint8_t> bytes{data, size};
  const auto strict = stride::read_fit(bytes);
  const stride::fit_salvage whole = stride::salvage_fit(bytes);
  if (strict.has_value() != !whole.broken.has_value()) std::abort();

  stride::fit_reader reader;
  reader.feed(bytes.first(size / 3));
  reader.feed(bytes.subspan(size / 3));
  const stride::fit_salvage pieces = std::move(reader).salvage();
  if (pieces.rides != whole.rides || pieces.broken != whole.broken) std::abort();

  for (const stride::ride& r : whole.rides) {
    (void)stride::compute_metrics(r.points, {75.0, 250.0, 165.0});
    if (stride::read_fit(stride::write_fit(r)).has_error()) std::abort();
  }
  return 0;
}
