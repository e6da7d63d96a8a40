// SPDX-License-Identifier: Apache-2.0
// A packet socket with a ring in shared memory (packet(7), TPACKET_V3). These are shims because its structures are
// unions, bit fields and macros that Swift does not import.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    /// A block that is not full is handed over after this time.
    WALKBACK_PACKET_BLOCK_MILLISECONDS = 50,
};

struct walkback_packet_ring {
    int descriptor;
    /// Whether packets carry the number of segments they were merged from.
    bool knows_segments;
    uint8_t *memory;
    size_t size;
    uint32_t block_size;
    uint32_t block_count;
    uint32_t block;
    /// A position in the present block, which is ours until it is given back.
    uint8_t *next;
    uint32_t left;
};

/// One packet in the ring: its bytes are valid until the block is given back.
struct walkback_packet {
    const uint8_t *bytes;
    uint32_t captured;
    /// The length as the kernel saw it, from `bytes` on; a merged packet counts as one.
    uint32_t length;
    /// The offset of the network header in `bytes`.
    uint32_t network;
    /// The network protocol as its EtherType, in the machine's byte order.
    uint16_t protocol;
    /// The payload of each segment of a merged packet; 0 if it was not merged or that is not known.
    uint16_t segment_size;
    bool outgoing;
    /// Nanoseconds since 1970.
    int64_t time;
};

/// Opens a ring on an interface of the calling thread's network namespace. `snap` bytes of each packet are kept.
/// `segments` asks the kernel for what `knows_segments` reports. Returns 0 or -errno.
int walkback_packet_open(
    struct walkback_packet_ring *ring, int interface, uint32_t snap, uint32_t block_size, uint32_t block_count,
    bool segments);

/// The next packet of the present block, or the first packet of the next block if that block is ready. Returns 1, or 0
/// if nothing is ready; by then the previous block has been given back.
int walkback_packet_next(struct walkback_packet_ring *ring, struct walkback_packet *packet);

/// How many packets arrived and how many were dropped for lack of room since the last call. Returns 0 or -errno.
int walkback_packet_statistics(struct walkback_packet_ring *ring, uint32_t *arrived, uint32_t *dropped);

void walkback_packet_close(struct walkback_packet_ring *ring);
