// SPDX-License-Identifier: BSL-1.0
#pragma once
// Chunks as the hub takes, gives and knows them: by digest alone, whosever they are.

#include <syncline/core/planted.hpp>
#include <syncline/port/store.hpp>
#include <syncline/stream/chunk.hpp>
#include <syncline/sync/catalog.hpp>
#include <syncline/sync/protocol.hpp>

#include <string>
#include <utility>

namespace syncline {

/// The chunks of a hub's scope, inside a transaction. `store` commits with what the chunk completes. \see PROTOCOL 26, 27
template <class Tx, class Commit, class Catalog>
class hub_chunks {
 public:
  static result<std::string> store(Tx& tx, const chunk_message& message) {
    if (digest_of(message.bytes.bytes) != message.digest) {
      return make_error(error_code::malformed, phase::validate,
                        "a chunk is not what its digest names: the device's copy of it is damaged");
    }
    if (const auto whole = inspect_chunk(message.bytes.bytes); !whole) {  // arrived as it is: no other try makes it better
      return make_error(error_code::malformed, phase::validate, whole.error().message);
    }
    const std::string name = digest_name(message.digest);
    if (auto put = tx.put("chunk", name, message.bytes.bytes); !put) return put.error();
    if (auto put = tx.put("have", name, {}); !put) return put.error();
    if (is_planted(flaw::forget_the_job)) {
    } else if (auto noted = Commit::template settle_awaited<Catalog>(tx, name); !noted) return noted.error();
    if (auto closed = tx.commit(); !closed) return closed.error();
    return pack(chunk_stored_message{message.digest});
  }

  static result<std::string> send(Tx& tx, const want_chunk_message& message) {
    auto bytes = tx.get("chunk", digest_name(message.digest));
    if (!bytes) return bytes.error();
    if (!*bytes) return pack(chunk_missing_message{message.digest});
    return pack(chunk_message{message.digest, {std::move(**bytes)}});
  }

  static result<std::string> look_for(Tx& tx, const has_chunk_message& message) {
    auto have = tx.get("have", digest_name(message.digest));
    if (!have) return have.error();
    return *have ? pack(chunk_stored_message{message.digest}) : pack(chunk_missing_message{message.digest});
  }
};

}  // namespace syncline
