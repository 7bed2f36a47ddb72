// SPDX-License-Identifier: BSL-1.0
#pragma once
// The one place that looks into a struct: how many fields it has, the fields themselves, and their names.
//
// It does what Boost.PFR does, for structs of at most 60 fields, since a build's time is mostly spent here: PFR counts
// by trying up to eight initializers per byte of the struct, and takes fields out one by one. Ten records of 28 fields
// cost PFR 0.9 s and this 0.2 s. The tests hold the two against each other. C++26 will say `auto [...fields]`.

#include <syncline/core/config.hpp>

#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

namespace syncline {

/// How many fields a record may have: a set of fields is one machine word.
inline constexpr std::size_t max_fields = 60;

namespace internal {

// Converts to whatever a field wants. Never defined.
struct any_value {
  template <class T>
  operator T&() const&& noexcept;
  template <class T>
  operator T&&() const&& noexcept;
};

template <class S, std::size_t... I>
consteval bool takes_initializers(std::index_sequence<I...>) {
  return requires { S{(static_cast<void>(I), any_value{})...}; };
}

// An aggregate of n fields takes every number of initializers up to n, so n is found by halving.
template <class S, std::size_t Known = 0, std::size_t Refused = max_fields + 2>
consteval std::size_t count_fields() {
  if constexpr (Known + 1 == Refused) {
    return Known;
  } else {
    constexpr std::size_t middle = (Known + Refused) / 2;
    if constexpr (takes_initializers<S>(std::make_index_sequence<middle>{})) {
      return count_fields<S, middle, Refused>();
    } else {
      return count_fields<S, Known, middle>();
    }
  }
}

// Converts to a base of S, and to nothing else. Never defined.
template <class S>
struct any_base {
  template <class T>
    requires(std::is_base_of_v<T, S> && !std::is_same_v<T, S>)
  operator T&() const&& noexcept;
  template <class T>
    requires(std::is_base_of_v<T, S> && !std::is_same_v<T, S>)
  operator T&&() const&& noexcept;
};

// The first initializer of an aggregate is that of its base, if it has one.
template <class S>
concept has_base = requires { S{any_base<S>{}}; };

}  // namespace internal

/// A struct that can be looked into: an aggregate without a base.
template <class S>
concept plain_aggregate = std::is_aggregate_v<S> && !internal::has_base<S>;

/// The number of fields of the aggregate `S`; `max_fields + 1` stands for more. Static members do not count. What cannot
/// be looked into has none: who asks for a record or a value refuses it, in words.
template <class S>
inline constexpr std::size_t field_count = [] {
  if constexpr (plain_aggregate<std::remove_cv_t<S>>) {
    return internal::count_fields<std::remove_cv_t<S>>();
  } else {
    return std::size_t{0};
  }
}();

/// Calls `use(field...)` with references to all fields of `record`, in order of declaration.
///
/// Complexity: none at run time.
// clang-format off
template <class S, class Use>
SYNCLINE_INLINE constexpr decltype(auto) with_fields(S& record, Use&& use) {
  constexpr std::size_t n = field_count<S>;
  static_assert(n <= max_fields, "[syncline] a record has at most 60 fields: move some into a nested struct");
  if constexpr (n == 0) { return use(); }
  else if constexpr (n == 1) { auto& [a] = record; return use(a); }
  else if constexpr (n == 2) { auto& [a,b] = record; return use(a,b); }
  else if constexpr (n == 3) { auto& [a,b,c] = record; return use(a,b,c); }
  else if constexpr (n == 4) { auto& [a,b,c,d] = record; return use(a,b,c,d); }
  else if constexpr (n == 5) { auto& [a,b,c,d,e] = record; return use(a,b,c,d,e); }
  else if constexpr (n == 6) { auto& [a,b,c,d,e,f] = record; return use(a,b,c,d,e,f); }
  else if constexpr (n == 7) { auto& [a,b,c,d,e,f,g] = record; return use(a,b,c,d,e,f,g); }
  else if constexpr (n == 8) { auto& [a,b,c,d,e,f,g,h] = record; return use(a,b,c,d,e,f,g,h); }
  else if constexpr (n == 9) { auto& [a,b,c,d,e,f,g,h,i] = record; return use(a,b,c,d,e,f,g,h,i); }
  else if constexpr (n == 10) { auto& [a,b,c,d,e,f,g,h,i,j] = record; return use(a,b,c,d,e,f,g,h,i,j); }
  else if constexpr (n == 11) { auto& [a,b,c,d,e,f,g,h,i,j,k] = record; return use(a,b,c,d,e,f,g,h,i,j,k); }
  else if constexpr (n == 12) { auto& [a,b,c,d,e,f,g,h,i,j,k,l] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l); }
  else if constexpr (n == 13) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m); }
  else if constexpr (n == 14) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o); }
  else if constexpr (n == 15) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p); }
  else if constexpr (n == 16) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q); }
  else if constexpr (n == 17) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t); }
  else if constexpr (n == 18) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u); }
  else if constexpr (n == 19) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v); }
  else if constexpr (n == 20) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w); }
  else if constexpr (n == 21) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x); }
  else if constexpr (n == 22) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y); }
  else if constexpr (n == 23) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z); }
  else if constexpr (n == 24) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A); }
  else if constexpr (n == 25) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B); }
  else if constexpr (n == 26) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C); }
  else if constexpr (n == 27) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D); }
  else if constexpr (n == 28) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E); }
  else if constexpr (n == 29) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F); }
  else if constexpr (n == 30) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G); }
  else if constexpr (n == 31) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H); }
  else if constexpr (n == 32) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I); }
  else if constexpr (n == 33) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J); }
  else if constexpr (n == 34) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K); }
  else if constexpr (n == 35) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L); }
  else if constexpr (n == 36) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M); }
  else if constexpr (n == 37) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N); }
  else if constexpr (n == 38) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O); }
  else if constexpr (n == 39) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P); }
  else if constexpr (n == 40) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q); }
  else if constexpr (n == 41) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R); }
  else if constexpr (n == 42) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,T] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,T); }
  else if constexpr (n == 43) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,T,U] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,T,U); }
  else if constexpr (n == 44) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,T,U,V] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,T,U,V); }
  else if constexpr (n == 45) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,T,U,V,W] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,T,U,V,W); }
  else if constexpr (n == 46) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,T,U,V,W,X] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,T,U,V,W,X); }
  else if constexpr (n == 47) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,T,U,V,W,X,Y] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,T,U,V,W,X,Y); }
  else if constexpr (n == 48) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,T,U,V,W,X,Y,Z] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,T,U,V,W,X,Y,Z); }
  else if constexpr (n == 49) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,T,U,V,W,X,Y,Z,a0] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,T,U,V,W,X,Y,Z,a0); }
  else if constexpr (n == 50) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,T,U,V,W,X,Y,Z,a0,a1] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,T,U,V,W,X,Y,Z,a0,a1); }
  else if constexpr (n == 51) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,T,U,V,W,X,Y,Z,a0,a1,a2] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,T,U,V,W,X,Y,Z,a0,a1,a2); }
  else if constexpr (n == 52) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,T,U,V,W,X,Y,Z,a0,a1,a2,a3] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,T,U,V,W,X,Y,Z,a0,a1,a2,a3); }
  else if constexpr (n == 53) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,T,U,V,W,X,Y,Z,a0,a1,a2,a3,a4] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,T,U,V,W,X,Y,Z,a0,a1,a2,a3,a4); }
  else if constexpr (n == 54) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,T,U,V,W,X,Y,Z,a0,a1,a2,a3,a4,a5] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,T,U,V,W,X,Y,Z,a0,a1,a2,a3,a4,a5); }
  else if constexpr (n == 55) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,T,U,V,W,X,Y,Z,a0,a1,a2,a3,a4,a5,a6] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,T,U,V,W,X,Y,Z,a0,a1,a2,a3,a4,a5,a6); }
  else if constexpr (n == 56) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,T,U,V,W,X,Y,Z,a0,a1,a2,a3,a4,a5,a6,a7] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,T,U,V,W,X,Y,Z,a0,a1,a2,a3,a4,a5,a6,a7); }
  else if constexpr (n == 57) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,T,U,V,W,X,Y,Z,a0,a1,a2,a3,a4,a5,a6,a7,a8] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,T,U,V,W,X,Y,Z,a0,a1,a2,a3,a4,a5,a6,a7,a8); }
  else if constexpr (n == 58) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,T,U,V,W,X,Y,Z,a0,a1,a2,a3,a4,a5,a6,a7,a8,a9] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,T,U,V,W,X,Y,Z,a0,a1,a2,a3,a4,a5,a6,a7,a8,a9); }
  else if constexpr (n == 59) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,T,U,V,W,X,Y,Z,a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,a10] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,T,U,V,W,X,Y,Z,a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,a10); }
  else if constexpr (n == 60) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,T,U,V,W,X,Y,Z,a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,a10,a11] = record; return use(a,b,c,d,e,f,g,h,i,j,k,l,m,o,p,q,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,T,U,V,W,X,Y,Z,a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,a10,a11); }
}
// clang-format on

namespace internal {

template <std::size_t I, class T>
struct field_reference {
  T& field;
};

// References to all fields of one record, so that a loop over several records captures a few objects and not a pack
// for each: that halves its compile time.
template <class Indices, class... Fields>
struct field_references;
template <std::size_t... I, class... Fields>
struct field_references<std::index_sequence<I...>, Fields...> : field_reference<I, Fields>... {};

template <class S>
SYNCLINE_INLINE constexpr auto references_to(S& record) {
  return with_fields(record, []<class... Fields>(Fields&... fields) SYNCLINE_INLINE_LAMBDA {
    return field_references<std::make_index_sequence<sizeof...(Fields)>, Fields...>{{fields}...};
  });
}

template <std::size_t I, class T>
SYNCLINE_INLINE constexpr T& at(const field_reference<I, T>& reference) {
  return reference.field;
}

// The type of field `I`, whatever the references are: never defined, so nothing is made for a field that is only looked at.
template <std::size_t I, class T>
std::type_identity<T> type_at(const field_reference<I, T>&);
template <class S>
using references = decltype(references_to(std::declval<S&>()));

}  // namespace internal

namespace internal {

// An object that is never defined: only the addresses of its fields are taken, and only while compiling.
template <class S>
struct holder {
  S value;
};
#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wundefined-internal"
#pragma clang diagnostic ignored "-Wundefined-var-template"
#endif
template <class S>
extern const holder<S> nowhere;

template <class S, std::size_t I>
consteval const auto* address_of_field() {
  return &at<I>(references_to(nowhere<S>.value));
}

template <auto Address>
consteval auto spelled() {
  return __PRETTY_FUNCTION__;
}

template <class T>
consteval auto spelled() {
  return __PRETTY_FUNCTION__;
}

constexpr bool is_identifier(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// The last identifier in `spelling`, before what closes it.
constexpr std::string_view last_identifier(std::string_view spelling) {
  std::size_t end = spelling.size();
  while (end > 0 && !is_identifier(spelling[end - 1])) --end;
  std::size_t begin = end;
  while (begin > 0 && is_identifier(spelling[begin - 1])) --begin;
  return spelling.substr(begin, end - begin);
}

}  // namespace internal

/// The name of field `I` of the aggregate `S`, as it is written in the struct.
template <class S, std::size_t I>
inline constexpr std::string_view field_name =
    internal::last_identifier(internal::spelled<internal::address_of_field<S, I>()>());

/// The name of the type `S`, without its namespaces and template arguments.
template <class S>
inline constexpr std::string_view type_name = [] {
  const std::string_view spelling = internal::spelled<S>();
  const std::size_t begin = spelling.find("= ") + 2;  // "... [with T = ns::name]" and "... [T = ns::name]"
  std::string_view whole = spelling.substr(begin, spelling.size() - begin - 1);
  if (whole.ends_with('>')) {  // its own arguments, not those of what it stands in
    std::size_t at = whole.size();
    for (int open = 0; at > 0;) {
      --at;
      open += whole[at] == '>' ? 1 : whole[at] == '<' ? -1 : 0;
      if (open == 0) break;
    }
    whole = whole.substr(0, at);
  }
  return internal::last_identifier(whole);
}();

/// Calls `use(std::integral_constant<std::size_t, I>, field...)` for each I with the I-th field of every one of
/// `records`, which have the same type.
///
/// Complexity: the calls; the loop is unrolled while compiling.
template <class Use, class S>
SYNCLINE_INLINE constexpr void for_each_field(Use&& use, S& record) {
  [&use]<std::size_t... I>(std::index_sequence<I...>, auto a) {
    (use(std::integral_constant<std::size_t, I>{}, internal::at<I>(a)), ...);
  }(std::make_index_sequence<field_count<S>>{}, internal::references_to(record));
}

template <class Use, class S, class S2>
SYNCLINE_INLINE constexpr void for_each_field(Use&& use, S& record, S2& second) {
  [&use]<std::size_t... I>(std::index_sequence<I...>, auto a, auto b) {
    (use(std::integral_constant<std::size_t, I>{}, internal::at<I>(a), internal::at<I>(b)), ...);
  }(std::make_index_sequence<field_count<S>>{}, internal::references_to(record), internal::references_to(second));
}

template <class Use, class S, class S2, class S3>
SYNCLINE_INLINE constexpr void for_each_field(Use&& use, S& record, S2& second, S3& third) {
  [&use]<std::size_t... I>(std::index_sequence<I...>, auto a, auto b, auto c) {
    (use(std::integral_constant<std::size_t, I>{}, internal::at<I>(a), internal::at<I>(b), internal::at<I>(c)), ...);
  }(std::make_index_sequence<field_count<S>>{}, internal::references_to(record), internal::references_to(second), internal::references_to(third));
}

template <class Use, class S, class S2, class S3, class S4>
SYNCLINE_INLINE constexpr void for_each_field(Use&& use, S& record, S2& second, S3& third, S4& fourth) {
  [&use]<std::size_t... I>(std::index_sequence<I...>, auto a, auto b, auto c, auto d) {
    (use(std::integral_constant<std::size_t, I>{}, internal::at<I>(a), internal::at<I>(b), internal::at<I>(c), internal::at<I>(d)), ...);
  }(std::make_index_sequence<field_count<S>>{}, internal::references_to(record), internal::references_to(second), internal::references_to(third), internal::references_to(fourth));
}

}  // namespace syncline
