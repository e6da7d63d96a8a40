// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zlib.h>

// inflateInit2 is a macro that passes the size of the structure, which Swift does not import. 31 means a window of 32
// KB and gzip headers only.
static inline int walkback_gzip_begin(z_stream *stream) { return inflateInit2(stream, 31); }
