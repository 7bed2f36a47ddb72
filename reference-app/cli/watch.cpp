// SPDX-License-Identifier: BSL-1.0
// The two signals are blocked and asked for, so that no handler runs and none comes in between.

#include "cli/watch.hpp"

#include <csignal>
#include <ctime>

namespace stride {

namespace {

class ending_signals {
 public:
  ending_signals() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals_, &before_);
  }
  ending_signals(const ending_signals&) = delete;
  ending_signals& operator=(const ending_signals&) = delete;
  ~ending_signals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

  bool is_pending() const {
    sigset_t pending;
    sigpending(&pending);
    return sigismember(&pending, SIGINT) == 1 || sigismember(&pending, SIGTERM) == 1;
  }

  /// Takes a signal, if one comes within the time.
  bool take(std::chrono::milliseconds within) const {
    const timespec wait{.tv_sec = 0, .tv_nsec = within.count() * 1'000'000};
    return sigtimedwait(&signals_, nullptr, &wait) > 0;
  }

 private:
  sigset_t signals_, before_;
};

constexpr std::chrono::milliseconds look_every{200};

}  // namespace

sync_outcome watch(device& open, const std::string& trigger, std::chrono::seconds every,
                   const std::function<void(const sync_outcome&)>& told) {
  const ending_signals ending;
  sync_outcome sum{.trigger = trigger, .sessions = 0};
  for (std::string why = trigger;;) {
    const auto due = std::chrono::steady_clock::now() + every;
    const sync_outcome session = open.sync(why, [&] { return ending.is_pending(); });
    sum += session;
    told(session);
    for (why.clear(); why.empty();) {
      if (ending.take(look_every)) return sum;
      if (std::chrono::steady_clock::now() >= due) {
        why = "timer";
      } else if (const auto news = open.has_news(); news && *news) {
        why = "local_write";
      }
      if (why.empty()) continue;
      if (const auto may = open.may_try_hub(); may && !*may) why.clear();
    }
  }
}

}  // namespace stride
