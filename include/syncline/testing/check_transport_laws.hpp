// SPDX-License-Identifier: BSL-1.0
#pragma once
// The laws of a transport as a test that any adapter can run, in any test framework.

#include <syncline/port/transport.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace syncline {

/// The answer that a law's peer gives to a message: the message itself, backwards, with a mark in front; so an answer
/// cannot be the message come back, nor that of another one.
inline std::string transport_law_answer(std::string_view message) {
  std::string answer = "re:";
  answer.append(message.rbegin(), message.rend());
  return answer;
}

namespace internal {

// A message that is unlike every other one, and has every byte in it.
inline std::string law_message(std::size_t size, unsigned number) {
  std::string message = std::to_string(number) + '\0';
  message.resize(size);
  for (std::size_t i = message.find('\0'); i < size; ++i) message[i] = static_cast<char>(i * 7 + i / 251 + number);
  return message;
}

template <class Link, class Expect>
bool is_answered(Link& link, const std::string& message, Expect& expect, std::string_view what) {
  const auto answer = link.exchange(message);
  const bool is_right = answer && *answer == transport_law_answer(message);
  if (is_right || answer) {
    expect(is_right, what);
  } else {
    expect(false, std::string(what) + "; but: " + answer.error().message);
  }
  return is_right;
}

template <class Link, class Expect>
void fails_well(Link& link, std::string_view message, error_class severity, Expect& expect, std::string_view what) {
  const auto answer = link.exchange(message);
  expect(!answer && answer.error().severity == severity && answer.error().phase == phase::transport &&
             answer.error().message.size() > 20,
         what);
}

}  // namespace internal

/// What a law's peer does with the messages that come.
enum class transport_law_mode : std::uint8_t {
  answer,       ///< answers
  drop_answer,  ///< takes the message, and the link is cut before the answer
  absent,       ///< nobody is there
  refuse,       ///< answers that it will not take this message
  answer_more,  ///< answers with more bytes than a message may have
};

/// Checks every law of a transport.
///
/// \param make_pair  makes a new link and the peer at its other end, as one object, each time it is called:
///          `pair.link()`               the transport: a reference
///          `pair.max_message_size()`   how large a message or an answer may be, in bytes
///          `pair.messages()`           what reached the peer, in order: a vector of strings
///          `pair.set_mode(mode)`       what the peer does from now on: a `transport_law_mode`
///        The peer answers `message` with `transport_law_answer(message)`.
/// \param expect     called with whether each claim holds, and the claim: it begins with the law's number
///
/// \see transport
template <class MakePair, class Expect>
void check_transport_laws(MakePair make_pair, Expect expect) {
  using internal::fails_well, internal::is_answered, internal::law_message;
  {
    auto pair = make_pair();
    auto& link = pair.link();
    static_assert(transport<std::remove_cvref_t<decltype(link)>>, "[syncline] `pair.link()` is not a transport");
    std::vector<std::string> sent;
    for (unsigned i = 0; i < 20; ++i) {
      sent.push_back(law_message(i < 3 ? i : 40 * i, i));
      is_answered(link, sent.back(), expect, "law 1: the answer is the peer's to this very message, unchanged");
    }
    is_answered(link, sent[5], expect, "law 2: a message may be repeated");
    sent.push_back(sent[5]);
    expect(pair.messages() == sent, "law 1: every message reaches the peer unchanged, in order");
  }
  {
    auto pair = make_pair();
    auto& link = pair.link();
    pair.set_mode(transport_law_mode::drop_answer);
    const std::string lost = law_message(100, 1), next = law_message(100, 2);
    fails_well(link, lost, error_class::transient, expect,
               "law 3: a lost answer is a transient error of phase transport, with a sentence");
    pair.set_mode(transport_law_mode::answer);
    is_answered(link, next, expect, "laws 1 and 5: after a lost answer the next one is that of the next message");
    is_answered(link, lost, expect, "law 2: a message whose answer was lost is answered when it is repeated");
    const auto reached = pair.messages();
    expect(reached.size() >= 3 && reached.back() == lost && reached[reached.size() - 2] == next,
           "law 2: the peer may see a message again, and sees no other than those sent");
  }
  {
    auto pair = make_pair();
    auto& link = pair.link();
    pair.set_mode(transport_law_mode::absent);
    fails_well(link, law_message(10, 1), error_class::transient, expect,
               "law 3: where nobody is there the error is transient, of phase transport, with a sentence");
    fails_well(link, law_message(10, 1), error_class::transient, expect, "law 3: and it stays so");
    pair.set_mode(transport_law_mode::answer);
    is_answered(link, law_message(10, 2), expect, "law 5: when the peer is there again, the next exchange succeeds");
  }
  {
    auto pair = make_pair();
    auto& link = pair.link();
    pair.set_mode(transport_law_mode::refuse);
    fails_well(link, law_message(10, 1), error_class::fatal, expect,
               "law 3: a message that the peer will not take is a fatal error of phase transport, with a sentence");
    pair.set_mode(transport_law_mode::answer);
    is_answered(link, law_message(10, 2), expect, "law 5: after a refusal the next exchange succeeds");
  }
  {
    auto pair = make_pair();
    auto& link = pair.link();
    const std::size_t most = pair.max_message_size();
    const std::string largest = law_message(most - 3, 1);  // its answer is three bytes longer
    is_answered(link, largest, expect, "law 4: an answer of the largest size passes");
    const auto passed = link.exchange(law_message(most, 2));
    expect(!pair.messages().empty() && pair.messages().back() == law_message(most, 2),
           "law 4: a message of the largest size reaches the peer");
    expect(!passed, "law 4: an answer that is too large is an error");
    const std::size_t before = pair.messages().size();
    const auto refused = link.exchange(law_message(most + 1, 3));
    expect(!refused && refused.error().phase == phase::transport, "law 4: a message that is too large is an error");
    expect(pair.messages().size() == before, "law 4: a message that is too large is never cut");
    pair.set_mode(transport_law_mode::answer_more);
    expect(!link.exchange(law_message(10, 4)), "law 4: an answer that is too large is an error, and never cut");
    pair.set_mode(transport_law_mode::answer);
    is_answered(link, law_message(10, 5), expect,
                "law 5: after a message or an answer was too large the next succeeds");
  }
}

}  // namespace syncline
