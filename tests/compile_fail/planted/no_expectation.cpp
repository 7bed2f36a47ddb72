// SPDX-License-Identifier: BSL-1.0
#ifndef TWIN
static_assert(false, "refused");
#endif
int main() {}
