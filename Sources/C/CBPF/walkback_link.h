// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
// What the link's two BPF programs share with their Swift owner. Included by both, so that neither can misread the other.
//
// All members are 64 bits wide (or pairs of 32) and little-endian: the same layout in BPF and on every host.
#pragma once

typedef unsigned int walkback_u32;
typedef unsigned long long walkback_u64;
typedef long long walkback_s64;

enum {
    // Positions on a curve are in 1/256 byte.
    WALKBACK_UNITS_PER_BYTE = 256,
    WALKBACK_BIN_NANOSECONDS = 10000000,
};

// A point of the curve: nanoseconds since trace zero, 1/256 byte.
struct walkback_point {
    walkback_u64 time;
    walkback_u64 position;
};

// Holds from `time` (nanoseconds since trace zero) on; `loss` of 2^32 is certain.
struct walkback_condition {
    walkback_u64 time;
    walkback_u64 delay;
    walkback_u64 loss;
};

// The shaper's 10 ms: IP bytes.
struct walkback_shaper_bin {
    walkback_u32 lost;
    walkback_u32 dropped;
    // The link was idle from some instant of this bin to some instant of bin `idle_until - 1`; 0: it was not.
    walkback_u32 idle_until;
    walkback_u32 unused;
};

// The meter's packet log: kernel monotonic nanoseconds, IP bytes.
struct walkback_arrival {
    walkback_u64 time;
    walkback_u64 length;
};

struct walkback_count {
    walkback_u64 packets;
    walkback_u64 bytes;
};

struct walkback_link {
    // Settings: written by the owner before `started`. Instants are kernel monotonic nanoseconds.
    walkback_u64 started;
    walkback_u64 detached;
    walkback_s64 trace_zero;
    // Until it is known: later than any instant.
    walkback_u64 bins_start;
    walkback_u64 points;
    walkback_u64 conditions;
    walkback_u64 staircase;
    // 1/256 byte
    walkback_u64 queue;
    walkback_u64 overhead;
    // Nanoseconds added to every delay.
    walkback_u64 jitter;
    walkback_u64 seed;
    // A packet that would leave more than this many nanoseconds from now is dropped: fq could not keep it.
    walkback_u64 horizon;
    walkback_u64 log_capacity;

    // State: the shaper's. The owner resets it while detached.
    walkback_u64 position;
    walkback_u64 last_departure;
    // When the last byte of the last packet leaves the bottleneck.
    walkback_u64 busy_until;
    walkback_u64 shaped;
    // Where the last look-ups ended. Only hints: any value gives the same answers.
    walkback_u32 now_cursor;
    walkback_u32 departure_cursor;
    walkback_u32 condition_cursor;
    walkback_u32 unused;

    // Counters. IP bytes.
    struct walkback_count offered;
    struct walkback_count passed;
    struct walkback_count dropped_queue;
    struct walkback_count dropped_loss;
    struct walkback_count dropped_detached;
    struct walkback_count dropped_beyond_end;
    struct walkback_count dropped_contended;
    struct walkback_count arrived;
    walkback_u64 largest_packet;
    walkback_u64 logged;
};
