// SPDX-License-Identifier: Apache-2.0
#include "walkback_memory.h"

#include <malloc.h>

void walkback_keep_freed_memory(void) {
    mallopt(M_MMAP_THRESHOLD, 64 << 20);
    mallopt(M_TRIM_THRESHOLD, 512 << 20);
}
