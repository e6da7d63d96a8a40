// SPDX-License-Identifier: Apache-2.0
#pragma once

// malloc.h is no part of what Swift imports of the C library.

/// Keeps what is freed for what is asked for next, rather than hand it back to the system.
void walkback_keep_freed_memory(void);
