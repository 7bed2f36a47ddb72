// SPDX-License-Identifier: BSL-1.0
// expect: wrong either way
static_assert(false, "wrong either way");
int main() {}
