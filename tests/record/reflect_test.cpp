// SPDX-License-Identifier: BSL-1.0
// What reflection finds in a struct, held against Boost.PFR and against what is written in it.

#include <syncline/record/reflect.hpp>

#include "laws/records.hpp"

#include <boost/pfr/core.hpp>
#include <boost/pfr/tuple_size.hpp>
#include <catch2/catch_test_macros.hpp>

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

using namespace syncline;

namespace {

template <class S>
constexpr bool agrees_with_pfr(std::size_t fields) {
  return field_count<S> == fields && boost::pfr::tuple_size_v<S> == fields;
}

struct nested {
  int x{}, y{};
};

// clang-format off
struct of_1 { int f0{}; };
struct of_2 { int f0{}; std::string f1{}; };
struct of_3 { int f0{}; std::string f1{}; std::optional<double> f2{}; };
struct of_4 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; };
struct of_5 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; };
struct of_6 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; };
struct of_7 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; };
struct of_8 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; };
struct of_9 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; };
struct of_10 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; };
struct of_11 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; };
struct of_12 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; };
struct of_13 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; };
struct of_14 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; };
struct of_15 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; };
struct of_16 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; char f15{}; };
struct of_17 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; char f15{}; std::vector<bool> f16{}; };
struct of_18 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; char f15{}; std::vector<bool> f16{}; nested f17{}; };
struct of_19 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; char f15{}; std::vector<bool> f16{}; nested f17{}; int f18{}; };
struct of_20 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; char f15{}; std::vector<bool> f16{}; nested f17{}; int f18{}; std::string f19{}; };
struct of_21 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; char f15{}; std::vector<bool> f16{}; nested f17{}; int f18{}; std::string f19{}; std::optional<double> f20{}; };
struct of_22 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; char f15{}; std::vector<bool> f16{}; nested f17{}; int f18{}; std::string f19{}; std::optional<double> f20{}; char f21{}; };
struct of_23 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; char f15{}; std::vector<bool> f16{}; nested f17{}; int f18{}; std::string f19{}; std::optional<double> f20{}; char f21{}; std::vector<bool> f22{}; };
struct of_24 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; char f15{}; std::vector<bool> f16{}; nested f17{}; int f18{}; std::string f19{}; std::optional<double> f20{}; char f21{}; std::vector<bool> f22{}; nested f23{}; };
struct of_25 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; char f15{}; std::vector<bool> f16{}; nested f17{}; int f18{}; std::string f19{}; std::optional<double> f20{}; char f21{}; std::vector<bool> f22{}; nested f23{}; int f24{}; };
struct of_26 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; char f15{}; std::vector<bool> f16{}; nested f17{}; int f18{}; std::string f19{}; std::optional<double> f20{}; char f21{}; std::vector<bool> f22{}; nested f23{}; int f24{}; std::string f25{}; };
struct of_27 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; char f15{}; std::vector<bool> f16{}; nested f17{}; int f18{}; std::string f19{}; std::optional<double> f20{}; char f21{}; std::vector<bool> f22{}; nested f23{}; int f24{}; std::string f25{}; std::optional<double> f26{}; };
struct of_28 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; char f15{}; std::vector<bool> f16{}; nested f17{}; int f18{}; std::string f19{}; std::optional<double> f20{}; char f21{}; std::vector<bool> f22{}; nested f23{}; int f24{}; std::string f25{}; std::optional<double> f26{}; char f27{}; };
struct of_29 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; char f15{}; std::vector<bool> f16{}; nested f17{}; int f18{}; std::string f19{}; std::optional<double> f20{}; char f21{}; std::vector<bool> f22{}; nested f23{}; int f24{}; std::string f25{}; std::optional<double> f26{}; char f27{}; std::vector<bool> f28{}; };
struct of_30 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; char f15{}; std::vector<bool> f16{}; nested f17{}; int f18{}; std::string f19{}; std::optional<double> f20{}; char f21{}; std::vector<bool> f22{}; nested f23{}; int f24{}; std::string f25{}; std::optional<double> f26{}; char f27{}; std::vector<bool> f28{}; nested f29{}; };
struct of_31 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; char f15{}; std::vector<bool> f16{}; nested f17{}; int f18{}; std::string f19{}; std::optional<double> f20{}; char f21{}; std::vector<bool> f22{}; nested f23{}; int f24{}; std::string f25{}; std::optional<double> f26{}; char f27{}; std::vector<bool> f28{}; nested f29{}; int f30{}; };
struct of_32 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; char f15{}; std::vector<bool> f16{}; nested f17{}; int f18{}; std::string f19{}; std::optional<double> f20{}; char f21{}; std::vector<bool> f22{}; nested f23{}; int f24{}; std::string f25{}; std::optional<double> f26{}; char f27{}; std::vector<bool> f28{}; nested f29{}; int f30{}; std::string f31{}; };
struct of_33 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; char f15{}; std::vector<bool> f16{}; nested f17{}; int f18{}; std::string f19{}; std::optional<double> f20{}; char f21{}; std::vector<bool> f22{}; nested f23{}; int f24{}; std::string f25{}; std::optional<double> f26{}; char f27{}; std::vector<bool> f28{}; nested f29{}; int f30{}; std::string f31{}; std::optional<double> f32{}; };
struct of_34 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; char f15{}; std::vector<bool> f16{}; nested f17{}; int f18{}; std::string f19{}; std::optional<double> f20{}; char f21{}; std::vector<bool> f22{}; nested f23{}; int f24{}; std::string f25{}; std::optional<double> f26{}; char f27{}; std::vector<bool> f28{}; nested f29{}; int f30{}; std::string f31{}; std::optional<double> f32{}; char f33{}; };
struct of_35 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; char f15{}; std::vector<bool> f16{}; nested f17{}; int f18{}; std::string f19{}; std::optional<double> f20{}; char f21{}; std::vector<bool> f22{}; nested f23{}; int f24{}; std::string f25{}; std::optional<double> f26{}; char f27{}; std::vector<bool> f28{}; nested f29{}; int f30{}; std::string f31{}; std::optional<double> f32{}; char f33{}; std::vector<bool> f34{}; };
struct of_36 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; char f15{}; std::vector<bool> f16{}; nested f17{}; int f18{}; std::string f19{}; std::optional<double> f20{}; char f21{}; std::vector<bool> f22{}; nested f23{}; int f24{}; std::string f25{}; std::optional<double> f26{}; char f27{}; std::vector<bool> f28{}; nested f29{}; int f30{}; std::string f31{}; std::optional<double> f32{}; char f33{}; std::vector<bool> f34{}; nested f35{}; };
struct of_37 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; char f15{}; std::vector<bool> f16{}; nested f17{}; int f18{}; std::string f19{}; std::optional<double> f20{}; char f21{}; std::vector<bool> f22{}; nested f23{}; int f24{}; std::string f25{}; std::optional<double> f26{}; char f27{}; std::vector<bool> f28{}; nested f29{}; int f30{}; std::string f31{}; std::optional<double> f32{}; char f33{}; std::vector<bool> f34{}; nested f35{}; int f36{}; };
struct of_38 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; char f15{}; std::vector<bool> f16{}; nested f17{}; int f18{}; std::string f19{}; std::optional<double> f20{}; char f21{}; std::vector<bool> f22{}; nested f23{}; int f24{}; std::string f25{}; std::optional<double> f26{}; char f27{}; std::vector<bool> f28{}; nested f29{}; int f30{}; std::string f31{}; std::optional<double> f32{}; char f33{}; std::vector<bool> f34{}; nested f35{}; int f36{}; std::string f37{}; };
struct of_39 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; char f15{}; std::vector<bool> f16{}; nested f17{}; int f18{}; std::string f19{}; std::optional<double> f20{}; char f21{}; std::vector<bool> f22{}; nested f23{}; int f24{}; std::string f25{}; std::optional<double> f26{}; char f27{}; std::vector<bool> f28{}; nested f29{}; int f30{}; std::string f31{}; std::optional<double> f32{}; char f33{}; std::vector<bool> f34{}; nested f35{}; int f36{}; std::string f37{}; std::optional<double> f38{}; };
struct of_40 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; char f15{}; std::vector<bool> f16{}; nested f17{}; int f18{}; std::string f19{}; std::optional<double> f20{}; char f21{}; std::vector<bool> f22{}; nested f23{}; int f24{}; std::string f25{}; std::optional<double> f26{}; char f27{}; std::vector<bool> f28{}; nested f29{}; int f30{}; std::string f31{}; std::optional<double> f32{}; char f33{}; std::vector<bool> f34{}; nested f35{}; int f36{}; std::string f37{}; std::optional<double> f38{}; char f39{}; };
struct of_41 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; char f15{}; std::vector<bool> f16{}; nested f17{}; int f18{}; std::string f19{}; std::optional<double> f20{}; char f21{}; std::vector<bool> f22{}; nested f23{}; int f24{}; std::string f25{}; std::optional<double> f26{}; char f27{}; std::vector<bool> f28{}; nested f29{}; int f30{}; std::string f31{}; std::optional<double> f32{}; char f33{}; std::vector<bool> f34{}; nested f35{}; int f36{}; std::string f37{}; std::optional<double> f38{}; char f39{}; std::vector<bool> f40{}; };
struct of_42 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; char f15{}; std::vector<bool> f16{}; nested f17{}; int f18{}; std::string f19{}; std::optional<double> f20{}; char f21{}; std::vector<bool> f22{}; nested f23{}; int f24{}; std::string f25{}; std::optional<double> f26{}; char f27{}; std::vector<bool> f28{}; nested f29{}; int f30{}; std::string f31{}; std::optional<double> f32{}; char f33{}; std::vector<bool> f34{}; nested f35{}; int f36{}; std::string f37{}; std::optional<double> f38{}; char f39{}; std::vector<bool> f40{}; nested f41{}; };
struct of_43 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; char f15{}; std::vector<bool> f16{}; nested f17{}; int f18{}; std::string f19{}; std::optional<double> f20{}; char f21{}; std::vector<bool> f22{}; nested f23{}; int f24{}; std::string f25{}; std::optional<double> f26{}; char f27{}; std::vector<bool> f28{}; nested f29{}; int f30{}; std::string f31{}; std::optional<double> f32{}; char f33{}; std::vector<bool> f34{}; nested f35{}; int f36{}; std::string f37{}; std::optional<double> f38{}; char f39{}; std::vector<bool> f40{}; nested f41{}; int f42{}; };
struct of_44 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; char f15{}; std::vector<bool> f16{}; nested f17{}; int f18{}; std::string f19{}; std::optional<double> f20{}; char f21{}; std::vector<bool> f22{}; nested f23{}; int f24{}; std::string f25{}; std::optional<double> f26{}; char f27{}; std::vector<bool> f28{}; nested f29{}; int f30{}; std::string f31{}; std::optional<double> f32{}; char f33{}; std::vector<bool> f34{}; nested f35{}; int f36{}; std::string f37{}; std::optional<double> f38{}; char f39{}; std::vector<bool> f40{}; nested f41{}; int f42{}; std::string f43{}; };
struct of_45 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; char f15{}; std::vector<bool> f16{}; nested f17{}; int f18{}; std::string f19{}; std::optional<double> f20{}; char f21{}; std::vector<bool> f22{}; nested f23{}; int f24{}; std::string f25{}; std::optional<double> f26{}; char f27{}; std::vector<bool> f28{}; nested f29{}; int f30{}; std::string f31{}; std::optional<double> f32{}; char f33{}; std::vector<bool> f34{}; nested f35{}; int f36{}; std::string f37{}; std::optional<double> f38{}; char f39{}; std::vector<bool> f40{}; nested f41{}; int f42{}; std::string f43{}; std::optional<double> f44{}; };
struct of_46 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; char f15{}; std::vector<bool> f16{}; nested f17{}; int f18{}; std::string f19{}; std::optional<double> f20{}; char f21{}; std::vector<bool> f22{}; nested f23{}; int f24{}; std::string f25{}; std::optional<double> f26{}; char f27{}; std::vector<bool> f28{}; nested f29{}; int f30{}; std::string f31{}; std::optional<double> f32{}; char f33{}; std::vector<bool> f34{}; nested f35{}; int f36{}; std::string f37{}; std::optional<double> f38{}; char f39{}; std::vector<bool> f40{}; nested f41{}; int f42{}; std::string f43{}; std::optional<double> f44{}; char f45{}; };
struct of_47 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; char f15{}; std::vector<bool> f16{}; nested f17{}; int f18{}; std::string f19{}; std::optional<double> f20{}; char f21{}; std::vector<bool> f22{}; nested f23{}; int f24{}; std::string f25{}; std::optional<double> f26{}; char f27{}; std::vector<bool> f28{}; nested f29{}; int f30{}; std::string f31{}; std::optional<double> f32{}; char f33{}; std::vector<bool> f34{}; nested f35{}; int f36{}; std::string f37{}; std::optional<double> f38{}; char f39{}; std::vector<bool> f40{}; nested f41{}; int f42{}; std::string f43{}; std::optional<double> f44{}; char f45{}; std::vector<bool> f46{}; };
struct of_48 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; char f15{}; std::vector<bool> f16{}; nested f17{}; int f18{}; std::string f19{}; std::optional<double> f20{}; char f21{}; std::vector<bool> f22{}; nested f23{}; int f24{}; std::string f25{}; std::optional<double> f26{}; char f27{}; std::vector<bool> f28{}; nested f29{}; int f30{}; std::string f31{}; std::optional<double> f32{}; char f33{}; std::vector<bool> f34{}; nested f35{}; int f36{}; std::string f37{}; std::optional<double> f38{}; char f39{}; std::vector<bool> f40{}; nested f41{}; int f42{}; std::string f43{}; std::optional<double> f44{}; char f45{}; std::vector<bool> f46{}; nested f47{}; };
struct of_49 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; char f15{}; std::vector<bool> f16{}; nested f17{}; int f18{}; std::string f19{}; std::optional<double> f20{}; char f21{}; std::vector<bool> f22{}; nested f23{}; int f24{}; std::string f25{}; std::optional<double> f26{}; char f27{}; std::vector<bool> f28{}; nested f29{}; int f30{}; std::string f31{}; std::optional<double> f32{}; char f33{}; std::vector<bool> f34{}; nested f35{}; int f36{}; std::string f37{}; std::optional<double> f38{}; char f39{}; std::vector<bool> f40{}; nested f41{}; int f42{}; std::string f43{}; std::optional<double> f44{}; char f45{}; std::vector<bool> f46{}; nested f47{}; int f48{}; };
struct of_50 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; char f15{}; std::vector<bool> f16{}; nested f17{}; int f18{}; std::string f19{}; std::optional<double> f20{}; char f21{}; std::vector<bool> f22{}; nested f23{}; int f24{}; std::string f25{}; std::optional<double> f26{}; char f27{}; std::vector<bool> f28{}; nested f29{}; int f30{}; std::string f31{}; std::optional<double> f32{}; char f33{}; std::vector<bool> f34{}; nested f35{}; int f36{}; std::string f37{}; std::optional<double> f38{}; char f39{}; std::vector<bool> f40{}; nested f41{}; int f42{}; std::string f43{}; std::optional<double> f44{}; char f45{}; std::vector<bool> f46{}; nested f47{}; int f48{}; std::string f49{}; };
struct of_51 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; char f15{}; std::vector<bool> f16{}; nested f17{}; int f18{}; std::string f19{}; std::optional<double> f20{}; char f21{}; std::vector<bool> f22{}; nested f23{}; int f24{}; std::string f25{}; std::optional<double> f26{}; char f27{}; std::vector<bool> f28{}; nested f29{}; int f30{}; std::string f31{}; std::optional<double> f32{}; char f33{}; std::vector<bool> f34{}; nested f35{}; int f36{}; std::string f37{}; std::optional<double> f38{}; char f39{}; std::vector<bool> f40{}; nested f41{}; int f42{}; std::string f43{}; std::optional<double> f44{}; char f45{}; std::vector<bool> f46{}; nested f47{}; int f48{}; std::string f49{}; std::optional<double> f50{}; };
struct of_52 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; char f15{}; std::vector<bool> f16{}; nested f17{}; int f18{}; std::string f19{}; std::optional<double> f20{}; char f21{}; std::vector<bool> f22{}; nested f23{}; int f24{}; std::string f25{}; std::optional<double> f26{}; char f27{}; std::vector<bool> f28{}; nested f29{}; int f30{}; std::string f31{}; std::optional<double> f32{}; char f33{}; std::vector<bool> f34{}; nested f35{}; int f36{}; std::string f37{}; std::optional<double> f38{}; char f39{}; std::vector<bool> f40{}; nested f41{}; int f42{}; std::string f43{}; std::optional<double> f44{}; char f45{}; std::vector<bool> f46{}; nested f47{}; int f48{}; std::string f49{}; std::optional<double> f50{}; char f51{}; };
struct of_53 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; char f15{}; std::vector<bool> f16{}; nested f17{}; int f18{}; std::string f19{}; std::optional<double> f20{}; char f21{}; std::vector<bool> f22{}; nested f23{}; int f24{}; std::string f25{}; std::optional<double> f26{}; char f27{}; std::vector<bool> f28{}; nested f29{}; int f30{}; std::string f31{}; std::optional<double> f32{}; char f33{}; std::vector<bool> f34{}; nested f35{}; int f36{}; std::string f37{}; std::optional<double> f38{}; char f39{}; std::vector<bool> f40{}; nested f41{}; int f42{}; std::string f43{}; std::optional<double> f44{}; char f45{}; std::vector<bool> f46{}; nested f47{}; int f48{}; std::string f49{}; std::optional<double> f50{}; char f51{}; std::vector<bool> f52{}; };
struct of_54 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; char f15{}; std::vector<bool> f16{}; nested f17{}; int f18{}; std::string f19{}; std::optional<double> f20{}; char f21{}; std::vector<bool> f22{}; nested f23{}; int f24{}; std::string f25{}; std::optional<double> f26{}; char f27{}; std::vector<bool> f28{}; nested f29{}; int f30{}; std::string f31{}; std::optional<double> f32{}; char f33{}; std::vector<bool> f34{}; nested f35{}; int f36{}; std::string f37{}; std::optional<double> f38{}; char f39{}; std::vector<bool> f40{}; nested f41{}; int f42{}; std::string f43{}; std::optional<double> f44{}; char f45{}; std::vector<bool> f46{}; nested f47{}; int f48{}; std::string f49{}; std::optional<double> f50{}; char f51{}; std::vector<bool> f52{}; nested f53{}; };
struct of_55 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; char f15{}; std::vector<bool> f16{}; nested f17{}; int f18{}; std::string f19{}; std::optional<double> f20{}; char f21{}; std::vector<bool> f22{}; nested f23{}; int f24{}; std::string f25{}; std::optional<double> f26{}; char f27{}; std::vector<bool> f28{}; nested f29{}; int f30{}; std::string f31{}; std::optional<double> f32{}; char f33{}; std::vector<bool> f34{}; nested f35{}; int f36{}; std::string f37{}; std::optional<double> f38{}; char f39{}; std::vector<bool> f40{}; nested f41{}; int f42{}; std::string f43{}; std::optional<double> f44{}; char f45{}; std::vector<bool> f46{}; nested f47{}; int f48{}; std::string f49{}; std::optional<double> f50{}; char f51{}; std::vector<bool> f52{}; nested f53{}; int f54{}; };
struct of_56 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; char f15{}; std::vector<bool> f16{}; nested f17{}; int f18{}; std::string f19{}; std::optional<double> f20{}; char f21{}; std::vector<bool> f22{}; nested f23{}; int f24{}; std::string f25{}; std::optional<double> f26{}; char f27{}; std::vector<bool> f28{}; nested f29{}; int f30{}; std::string f31{}; std::optional<double> f32{}; char f33{}; std::vector<bool> f34{}; nested f35{}; int f36{}; std::string f37{}; std::optional<double> f38{}; char f39{}; std::vector<bool> f40{}; nested f41{}; int f42{}; std::string f43{}; std::optional<double> f44{}; char f45{}; std::vector<bool> f46{}; nested f47{}; int f48{}; std::string f49{}; std::optional<double> f50{}; char f51{}; std::vector<bool> f52{}; nested f53{}; int f54{}; std::string f55{}; };
struct of_57 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; char f15{}; std::vector<bool> f16{}; nested f17{}; int f18{}; std::string f19{}; std::optional<double> f20{}; char f21{}; std::vector<bool> f22{}; nested f23{}; int f24{}; std::string f25{}; std::optional<double> f26{}; char f27{}; std::vector<bool> f28{}; nested f29{}; int f30{}; std::string f31{}; std::optional<double> f32{}; char f33{}; std::vector<bool> f34{}; nested f35{}; int f36{}; std::string f37{}; std::optional<double> f38{}; char f39{}; std::vector<bool> f40{}; nested f41{}; int f42{}; std::string f43{}; std::optional<double> f44{}; char f45{}; std::vector<bool> f46{}; nested f47{}; int f48{}; std::string f49{}; std::optional<double> f50{}; char f51{}; std::vector<bool> f52{}; nested f53{}; int f54{}; std::string f55{}; std::optional<double> f56{}; };
struct of_58 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; char f15{}; std::vector<bool> f16{}; nested f17{}; int f18{}; std::string f19{}; std::optional<double> f20{}; char f21{}; std::vector<bool> f22{}; nested f23{}; int f24{}; std::string f25{}; std::optional<double> f26{}; char f27{}; std::vector<bool> f28{}; nested f29{}; int f30{}; std::string f31{}; std::optional<double> f32{}; char f33{}; std::vector<bool> f34{}; nested f35{}; int f36{}; std::string f37{}; std::optional<double> f38{}; char f39{}; std::vector<bool> f40{}; nested f41{}; int f42{}; std::string f43{}; std::optional<double> f44{}; char f45{}; std::vector<bool> f46{}; nested f47{}; int f48{}; std::string f49{}; std::optional<double> f50{}; char f51{}; std::vector<bool> f52{}; nested f53{}; int f54{}; std::string f55{}; std::optional<double> f56{}; char f57{}; };
struct of_59 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; char f15{}; std::vector<bool> f16{}; nested f17{}; int f18{}; std::string f19{}; std::optional<double> f20{}; char f21{}; std::vector<bool> f22{}; nested f23{}; int f24{}; std::string f25{}; std::optional<double> f26{}; char f27{}; std::vector<bool> f28{}; nested f29{}; int f30{}; std::string f31{}; std::optional<double> f32{}; char f33{}; std::vector<bool> f34{}; nested f35{}; int f36{}; std::string f37{}; std::optional<double> f38{}; char f39{}; std::vector<bool> f40{}; nested f41{}; int f42{}; std::string f43{}; std::optional<double> f44{}; char f45{}; std::vector<bool> f46{}; nested f47{}; int f48{}; std::string f49{}; std::optional<double> f50{}; char f51{}; std::vector<bool> f52{}; nested f53{}; int f54{}; std::string f55{}; std::optional<double> f56{}; char f57{}; std::vector<bool> f58{}; };
struct of_60 { int f0{}; std::string f1{}; std::optional<double> f2{}; char f3{}; std::vector<bool> f4{}; nested f5{}; int f6{}; std::string f7{}; std::optional<double> f8{}; char f9{}; std::vector<bool> f10{}; nested f11{}; int f12{}; std::string f13{}; std::optional<double> f14{}; char f15{}; std::vector<bool> f16{}; nested f17{}; int f18{}; std::string f19{}; std::optional<double> f20{}; char f21{}; std::vector<bool> f22{}; nested f23{}; int f24{}; std::string f25{}; std::optional<double> f26{}; char f27{}; std::vector<bool> f28{}; nested f29{}; int f30{}; std::string f31{}; std::optional<double> f32{}; char f33{}; std::vector<bool> f34{}; nested f35{}; int f36{}; std::string f37{}; std::optional<double> f38{}; char f39{}; std::vector<bool> f40{}; nested f41{}; int f42{}; std::string f43{}; std::optional<double> f44{}; char f45{}; std::vector<bool> f46{}; nested f47{}; int f48{}; std::string f49{}; std::optional<double> f50{}; char f51{}; std::vector<bool> f52{}; nested f53{}; int f54{}; std::string f55{}; std::optional<double> f56{}; char f57{}; std::vector<bool> f58{}; nested f59{}; };

static_assert(agrees_with_pfr<of_1>(1));
static_assert(agrees_with_pfr<of_2>(2));
static_assert(agrees_with_pfr<of_3>(3));
static_assert(agrees_with_pfr<of_4>(4));
static_assert(agrees_with_pfr<of_5>(5));
static_assert(agrees_with_pfr<of_6>(6));
static_assert(agrees_with_pfr<of_7>(7));
static_assert(agrees_with_pfr<of_8>(8));
static_assert(agrees_with_pfr<of_9>(9));
static_assert(agrees_with_pfr<of_10>(10));
static_assert(agrees_with_pfr<of_11>(11));
static_assert(agrees_with_pfr<of_12>(12));
static_assert(agrees_with_pfr<of_13>(13));
static_assert(agrees_with_pfr<of_14>(14));
static_assert(agrees_with_pfr<of_15>(15));
static_assert(agrees_with_pfr<of_16>(16));
static_assert(agrees_with_pfr<of_17>(17));
static_assert(agrees_with_pfr<of_18>(18));
static_assert(agrees_with_pfr<of_19>(19));
static_assert(agrees_with_pfr<of_20>(20));
static_assert(agrees_with_pfr<of_21>(21));
static_assert(agrees_with_pfr<of_22>(22));
static_assert(agrees_with_pfr<of_23>(23));
static_assert(agrees_with_pfr<of_24>(24));
static_assert(agrees_with_pfr<of_25>(25));
static_assert(agrees_with_pfr<of_26>(26));
static_assert(agrees_with_pfr<of_27>(27));
static_assert(agrees_with_pfr<of_28>(28));
static_assert(agrees_with_pfr<of_29>(29));
static_assert(agrees_with_pfr<of_30>(30));
static_assert(agrees_with_pfr<of_31>(31));
static_assert(agrees_with_pfr<of_32>(32));
static_assert(agrees_with_pfr<of_33>(33));
static_assert(agrees_with_pfr<of_34>(34));
static_assert(agrees_with_pfr<of_35>(35));
static_assert(agrees_with_pfr<of_36>(36));
static_assert(agrees_with_pfr<of_37>(37));
static_assert(agrees_with_pfr<of_38>(38));
static_assert(agrees_with_pfr<of_39>(39));
static_assert(agrees_with_pfr<of_40>(40));
static_assert(agrees_with_pfr<of_41>(41));
static_assert(agrees_with_pfr<of_42>(42));
static_assert(agrees_with_pfr<of_43>(43));
static_assert(agrees_with_pfr<of_44>(44));
static_assert(agrees_with_pfr<of_45>(45));
static_assert(agrees_with_pfr<of_46>(46));
static_assert(agrees_with_pfr<of_47>(47));
static_assert(agrees_with_pfr<of_48>(48));
static_assert(agrees_with_pfr<of_49>(49));
static_assert(agrees_with_pfr<of_50>(50));
static_assert(agrees_with_pfr<of_51>(51));
static_assert(agrees_with_pfr<of_52>(52));
static_assert(agrees_with_pfr<of_53>(53));
static_assert(agrees_with_pfr<of_54>(54));
static_assert(agrees_with_pfr<of_55>(55));
static_assert(agrees_with_pfr<of_56>(56));
static_assert(agrees_with_pfr<of_57>(57));
static_assert(agrees_with_pfr<of_58>(58));
static_assert(agrees_with_pfr<of_59>(59));
static_assert(agrees_with_pfr<of_60>(60));
// clang-format on

static_assert(agrees_with_pfr<laws::workout>(10));
static_assert(agrees_with_pfr<laws::everything>(27));
static_assert(agrees_with_pfr<laws::lap>(4));
static_assert(field_count<const of_3> == 3);

// Members that could be mistaken for several, or for none.
struct tricky {
  [[maybe_unused]] static constexpr int constant = 3;
  [[maybe_unused]] static inline int shared = 4;
  using type = int;
  enum inner { one };
  int method() const { return of_array[0]; }

  std::array<int, 5> of_array{};
  nested of_aggregate{};
  std::optional<nested> of_optional{};
  std::map<std::string, std::vector<nested>> of_map{};
  std::optional<std::optional<int>> twice{};
  inner of_inner{};
  bool flag = true;
};
static_assert(agrees_with_pfr<tricky>(7));

template <class T>
struct box {
  struct within {
    T inner{};
  };

  T boxed{};
  int trailing_underscore_{};
  int _1{};
};

static_assert(field_name<laws::workout, 0> == "id");
static_assert(field_name<laws::workout, 2> == "distance_m");
static_assert(field_name<laws::workout, 9> == "heart_rate");
static_assert(field_name<tricky, 0> == "of_array");
static_assert(field_name<box<std::vector<int>>, 0> == "boxed");
static_assert(field_name<box<nested>, 1> == "trailing_underscore_");
static_assert(field_name<box<int>, 2> == "_1");
static_assert(field_name<of_60, 59> == "f59");

static_assert(type_name<laws::workout> == "workout");
static_assert(type_name<nested> == "nested");
static_assert(type_name<box<int>> == "box");
static_assert(type_name<box<std::vector<nested>>> == "box");
static_assert(type_name<box<std::vector<nested>>::within> == "within");
static_assert(type_name<std::string> == "basic_string");
static_assert(type_name<double> == "double");

template <class T>
constexpr std::string_view name_of_local(const std::vector<T>&) {
  struct local_of_template {
    int one{};
  };
  return type_name<local_of_template>;
}

// Each field of `a` next to the same field of `b`, by address and by PFR's word for it.
template <class S>
bool visits_every_field() {
  S a{}, b{};
  std::size_t visited = 0;
  bool right = true;
  for_each_field(
      [&]<std::size_t I>(std::integral_constant<std::size_t, I>, auto& x, auto& y) {
        right = right && I == visited++ && &x == &boost::pfr::get<I>(a) && &y == &boost::pfr::get<I>(b);
      },
      a, b);
  return right && visited == boost::pfr::tuple_size_v<S>;
}

}  // namespace

TEST_CASE("a loop over fields visits each once, in order, beside the same field of the other records") {
  CHECK(visits_every_field<of_1>());
  CHECK(visits_every_field<of_2>());
  CHECK(visits_every_field<of_13>());
  CHECK(visits_every_field<of_28>());
  CHECK(visits_every_field<of_59>());
  CHECK(visits_every_field<of_60>());
  CHECK(visits_every_field<tricky>());
}

TEST_CASE("a loop over four records hands out four fields") {
  const of_3 a{1, "a"}, b{2, "b"};
  of_3 c{}, d{};
  for_each_field([](auto, const auto& w, const auto& x, auto& y, auto& z) { y = w, z = x; }, a, b, c, d);
  CHECK(c.f0 == 1);
  CHECK(d.f1 == "b");
}

TEST_CASE("names are found for types that a function declares") {
  struct local {
    int first_one{};
    double second_one{};
  };
  CHECK(field_name<local, 1> == "second_one");
  CHECK(type_name<local> == "local");
  CHECK(name_of_local(std::vector<int>{}) == "local_of_template");
}

TEST_CASE("all fields at once are references to them") {
  of_3 made{7, "x"};
  const auto* first = &made.f0;
  with_fields(made, [&](auto& a, auto& b, auto& c) {
    CHECK(&a == first);
    b = "changed";
    c = 1.5;
  });
  CHECK(made.f1 == "changed");
  CHECK(made.f2 == 1.5);
}
