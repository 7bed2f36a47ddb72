// SPDX-License-Identifier: BSL-1.0
// expect: [syncline] a record has at most 60 fields: move some into a nested struct

#include <syncline/record/schema.hpp>

struct splits {
  int f00{}, f01{}, f02{}, f03{}, f04{}, f05{}, f06{}, f07{}, f08{}, f09{};
  int f10{}, f11{}, f12{}, f13{}, f14{}, f15{}, f16{}, f17{}, f18{}, f19{};
  int f20{}, f21{}, f22{}, f23{}, f24{}, f25{}, f26{}, f27{}, f28{}, f29{};
  int f30{}, f31{}, f32{}, f33{}, f34{}, f35{}, f36{}, f37{}, f38{}, f39{};
  int f40{}, f41{}, f42{}, f43{}, f44{}, f45{}, f46{}, f47{}, f48{}, f49{};
  int f50{}, f51{}, f52{}, f53{}, f54{}, f55{}, f56{}, f57{}, f58{}, f59{};
#ifndef TWIN
  int one_too_many{};
#endif
};

struct activity {
  static constexpr syncline::record_info sync{.table = "activities"};

  syncline::key<std::string> id{};
  syncline::lww<splits> of_100_m{};
};

constexpr auto table = syncline::schema<activity>::table;
