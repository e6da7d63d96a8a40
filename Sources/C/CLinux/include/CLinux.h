// SPDX-License-Identifier: Apache-2.0
// What Swift cannot import from the system's headers: macros, variadic functions and GNU-only names. Each shim says
// which of these it wraps.
#pragma once

#include "walkback_capture.h"
#include "walkback_containment.h"
#include "walkback_memory.h"
#include "walkback_namespace.h"
#include "walkback_process.h"
#include "walkback_socket.h"
