// SPDX-License-Identifier: Apache-2.0
// A packet socket with a ring in shared memory (packet(7), TPACKET_V3). Shims, because its structures are unions, bit fields and
// macros that Swift does not import.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    /// A block that is not full is handed over after so long.
    WALKBACK_PACKET_BLOCK_MILLISECONDS = 50,
};

struct walkback_packet_ring {
    int descriptor;
    /// Whether packets say of how many segments they were merged.
    bool knows_segments;
    uint8_t *memory;
    size_t size;
    uint32_t block_size;
    uint32_t block_count;
    uint32_t block;
    /// Within the present block, which is ours until it is given back.
    uint8_t *next;
    uint32_t left;
};

/// One packet in the ring: its bytes are good until the block is given back.
struct walkback_packet {
    const uint8_t *bytes;
    uint32_t captured;
    /// As the kernel saw it, from `bytes` on; a merged packet counts as one.
    uint32_t length;
    /// Where the network header begins in `bytes`.
    uint32_t network;
    /// The network protocol as Ethernet numbers it, in the machine's byte order.
    uint16_t protocol;
    /// Payload of each segment of a merged packet; 0: it was not merged, or that is not known.
    uint16_t segment_size;
    bool outgoing;
    /// Nanoseconds since 1970.
    int64_t time;
};

/// Opens a ring on an interface of the calling thread's network namespace. `snap` bytes of each packet are kept.
/// `segments` asks for what makes `knows_segments`. Returns 0 or -errno.
int walkback_packet_open(
    struct walkback_packet_ring *ring, int interface, uint32_t snap, uint32_t block_size, uint32_t block_count,
    bool segments);

/// The next packet of the present block, or the first one of the next block, where that is ready. Returns 1, or 0 where
/// nothing is ready; the block before has been given back by then.
int walkback_packet_next(struct walkback_packet_ring *ring, struct walkback_packet *packet);

/// What arrived and what was dropped for want of room since this was last asked. Returns 0 or -errno.
int walkback_packet_statistics(struct walkback_packet_ring *ring, uint32_t *arrived, uint32_t *dropped);

void walkback_packet_close(struct walkback_packet_ring *ring);
