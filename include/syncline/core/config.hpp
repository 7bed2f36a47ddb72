// SPDX-License-Identifier: BSL-1.0
#pragma once
// The only macros of the framework.

/// Forces a small generated step into its caller: a loop over fields must leave no call behind.
#define SYNCLINE_INLINE [[gnu::always_inline]] inline

/// Keeps a rarer step out of its callers, so that one copy serves all fields of a type: a build's time and size are
/// mostly made of steps that were copied into every field.
#define SYNCLINE_NOINLINE [[gnu::noinline]]

/// The same for a lambda, after its parameters.
#define SYNCLINE_INLINE_LAMBDA __attribute__((always_inline))
