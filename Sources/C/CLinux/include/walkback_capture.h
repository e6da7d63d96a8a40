// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdbool.h>
#include <stdint.h>

/// Has a packet socket get only what this host sends, or only what it receives, and `snap` bytes of each packet. Returns
/// 0 or -errno.
int walkback_keep_direction(int descriptor, bool outgoing, uint32_t snap);
