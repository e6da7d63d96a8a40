// SPDX-License-Identifier: Apache-2.0
#pragma once

// malloc.h is not part of the C library that Swift imports.

/// Makes the allocator keep freed memory for later allocations instead of returning it to the system.
void walkback_keep_freed_memory(void);
