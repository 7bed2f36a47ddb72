// SPDX-License-Identifier: BSL-1.0
#pragma once
// The messages of a session as JSON, for clients that are not made from the declarations.

#include <syncline/core/result.hpp>
#include <syncline/record/value_kind.hpp>

#include <string>
#include <string_view>

namespace stride {

/// The framed message that a JSON body asks for.
///
/// A check is `{"incarnation", "answered"}`. An upload is `{"incarnation", "number", "groups": [[CHANGE, ...], ...]}` with
/// CHANGE `{"table", "id", "kind": "created" / "updated" / "deleted", "base", "at", "fields"}`, where `fields` is a delta;
/// or a chunk, `{"digest", "bytes"}`, the bytes in base64. The device is the token's, the declarations are the hub's.
///
/// \param path  of the request: /sync/check or /sync/upload
/// \param now   when a change was made that does not say it
/// On failure: one sentence on which member is wrong. \see WIRE-2
syncline::result<std::string> message_from_json(std::string_view path, std::string_view device, std::string_view json,
                                                syncline::timestamp now);

/// What a framed answer of the hub says, as JSON: records by table, id and field names, with who wrote each field, when and
/// by which rule it stands; chunks in base64.
///
/// On failure: the hub's own refusal, or that it is no answer.
syncline::result<std::string> json_from_answer(std::string_view framed);

}  // namespace stride
