// SPDX-License-Identifier: BSL-1.0
// expect: a sentence that no compiler says
#ifndef TWIN
static_assert(false, "another sentence");
#endif
int main() {}
