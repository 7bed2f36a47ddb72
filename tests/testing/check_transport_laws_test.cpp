// SPDX-License-Identifier: BSL-1.0
#include <syncline/testing/check_transport_laws.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace syncline;

enum class bug {
  none,
  answers_the_one_before,
  cuts_large_messages,
  cuts_large_answers,
  stays_broken,
  wrong_class,
  stops_at_zeros,
  echoes,
  wrong_phase
};

struct peer {
  transport_law_mode mode = transport_law_mode::answer;
  std::vector<std::string> messages{};
};

constexpr std::size_t most = 5000;

// A link within the process, with one bug.
struct broken_link {
  peer* other;
  bug planted;
  std::string kept{};
  bool is_broken = false;

  error fail(error_code code, std::string message) {
    is_broken = true;
    error made = make_error(code, planted == bug::wrong_phase ? phase::store : phase::transport, std::move(message));
    if (planted == bug::wrong_class) made.severity = error_class::retryable;
    return made;
  }

  result<std::string> exchange(std::string_view message) {
    if (is_broken && planted == bug::stays_broken)
      return fail(error_code::unreachable, "the link is broken; it stays so");
    if (message.size() > most) {
      if (planted != bug::cuts_large_messages)
        return fail(error_code::too_large, "the message is too large; send less");
      message = message.substr(0, most);
    }
    if (planted == bug::stops_at_zeros) message = message.substr(0, message.find('\0'));
    if (other->mode == transport_law_mode::absent) return fail(error_code::unreachable, "nobody is there; try again");
    other->messages.emplace_back(message);
    if (other->mode == transport_law_mode::refuse)
      return fail(error_code::refused, "the peer refuses it; send another");
    std::string answer = transport_law_answer(message);
    if (other->mode == transport_law_mode::answer_more) answer.resize(most + 1);
    if (planted == bug::echoes) answer = message;
    if (planted == bug::answers_the_one_before) std::swap(answer, kept);
    if (other->mode == transport_law_mode::drop_answer)
      return fail(error_code::unreachable, "the answer was lost; repeat");
    if (answer.size() > most) {
      if (planted != bug::cuts_large_answers)
        return fail(error_code::too_large, "the answer is too large; ask for less");
      answer.resize(most);
    }
    return answer;
  }
};

struct broken_pair {
  std::unique_ptr<peer> other = std::make_unique<peer>();
  broken_link through;

  explicit broken_pair(bug planted) : through{other.get(), planted} {}
  broken_link& link() { return through; }
  std::size_t max_message_size() const { return most; }
  std::vector<std::string> messages() const { return other->messages; }
  void set_mode(transport_law_mode mode) { other->mode = mode; }
};

std::set<std::string> broken_claims(bug planted) {
  std::set<std::string> broken;
  int claims = 0;
  check_transport_laws([planted] { return broken_pair(planted); },
                       [&](bool holds, std::string_view what) {
                         ++claims;
                         if (!holds) broken.emplace(what);
                       });
  CHECK(claims > 30);
  return broken;
}

bool mentions(const std::set<std::string>& claims, std::string_view law) {
  return std::any_of(claims.begin(), claims.end(), [&](const std::string& claim) { return claim.starts_with(law); });
}

TEST_CASE("a transport without a bug breaks no law") { CHECK(broken_claims(bug::none).empty()); }

TEST_CASE("a transport that mixes up, changes or makes up answers breaks law 1") {
  CHECK(mentions(broken_claims(bug::answers_the_one_before), "law 1: the answer is the peer's"));
  CHECK(mentions(broken_claims(bug::stops_at_zeros), "law 1: every message reaches the peer unchanged"));
  CHECK(mentions(broken_claims(bug::echoes), "law 1: the answer is the peer's"));
}

TEST_CASE("a transport whose errors have the wrong class or phase breaks law 3") {
  CHECK(mentions(broken_claims(bug::wrong_class), "law 3: where nobody is there"));
  CHECK(mentions(broken_claims(bug::wrong_class), "law 3: a message that the peer will not take"));
  CHECK(mentions(broken_claims(bug::wrong_phase), "law 3: a lost answer"));
}

TEST_CASE("a transport that cuts what is too large breaks law 4") {
  CHECK(mentions(broken_claims(bug::cuts_large_messages), "law 4: a message that is too large"));
  CHECK(mentions(broken_claims(bug::cuts_large_answers), "law 4: an answer that is too large"));
}

TEST_CASE("a transport that does not recover breaks law 5") {
  CHECK(mentions(broken_claims(bug::stays_broken), "law 5: after a refusal"));
}

}  // namespace
