// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "walkback_packet.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

static int set_up(
    struct walkback_packet_ring *ring, int interface, uint32_t snap, uint32_t block_size, uint32_t block_count,
    bool segments)
{
    int version = TPACKET_V3, on = 1;
    if (setsockopt(ring->descriptor, SOL_PACKET, PACKET_VERSION, &version, sizeof version) != 0)
        return -errno;
    if (segments)
        ring->knows_segments = setsockopt(ring->descriptor, SOL_PACKET, PACKET_VNET_HDR, &on, sizeof on) == 0;
    // This filter accepts every packet and keeps its first bytes.
    struct sock_filter keep = BPF_STMT(BPF_RET | BPF_K, snap);
    struct sock_fprog filter = {.len = 1, .filter = &keep};
    if (setsockopt(ring->descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) != 0)
        return -errno;
    struct tpacket_req3 request = {
        .tp_block_size = block_size,
        .tp_block_nr = block_count,
        .tp_frame_size = 2048,
        .tp_frame_nr = block_size / 2048 * block_count,
        .tp_retire_blk_tov = WALKBACK_PACKET_BLOCK_MILLISECONDS,
    };
    if (setsockopt(ring->descriptor, SOL_PACKET, PACKET_RX_RING, &request, sizeof request) != 0)
        return -errno;
    ring->size = (size_t)block_size * block_count;
    void *memory = mmap(NULL, ring->size, PROT_READ | PROT_WRITE, MAP_SHARED, ring->descriptor, 0);
    if (memory == MAP_FAILED)
        return -errno;
    ring->memory = memory;
    // A program that we start does not need this memory, and the user-mode kernel cannot copy it.
    madvise(memory, ring->size, MADV_DONTFORK);
    struct sockaddr_ll address = {
        .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = interface};
    // From here on packets arrive, and only from this interface.
    return bind(ring->descriptor, (struct sockaddr *)&address, sizeof address) == 0 ? 0 : -errno;
}

int walkback_packet_open(
    struct walkback_packet_ring *ring, int interface, uint32_t snap, uint32_t block_size, uint32_t block_count,
    bool segments)
{
    *ring = (struct walkback_packet_ring){.block_size = block_size, .block_count = block_count};
    ring->descriptor = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (ring->descriptor < 0)
        return -errno;
    int result = set_up(ring, interface, snap, block_size, block_count, segments);
    if (result != 0)
        walkback_packet_close(ring);
    return result;
}

static struct tpacket_block_desc *block_of(const struct walkback_packet_ring *ring)
{
    return (struct tpacket_block_desc *)(ring->memory + (size_t)ring->block * ring->block_size);
}

int walkback_packet_next(struct walkback_packet_ring *ring, struct walkback_packet *packet)
{
    if (ring->left == 0) {
        struct tpacket_block_desc *block = block_of(ring);
        if (ring->next != NULL) {
            ring->next = NULL;
            __atomic_store_n(&block->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
            ring->block = (ring->block + 1) % ring->block_count;
            block = block_of(ring);
        }
        if ((__atomic_load_n(&block->hdr.bh1.block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER) == 0)
            return 0;
        ring->left = block->hdr.bh1.num_pkts;
        ring->next = (uint8_t *)block + block->hdr.bh1.offset_to_first_pkt;
        if (ring->left == 0)
            return walkback_packet_next(ring, packet);
    }
    const struct tpacket3_hdr *header = (const struct tpacket3_hdr *)ring->next;
    const struct sockaddr_ll *address =
        (const struct sockaddr_ll *)(ring->next + TPACKET_ALIGN(sizeof(struct tpacket3_hdr)));
    *packet = (struct walkback_packet){
        .bytes = ring->next + header->tp_mac,
        .captured = header->tp_snaplen,
        .length = header->tp_len,
        .network = header->tp_net - header->tp_mac,
        .protocol = ntohs(address->sll_protocol),
        .outgoing = address->sll_pkttype == PACKET_OUTGOING,
        .time = (int64_t)header->tp_sec * 1000000000 + header->tp_nsec,
    };
    if (ring->knows_segments) {
        struct virtio_net_hdr offload;
        memcpy(&offload, packet->bytes - sizeof offload, sizeof offload);
        if (offload.gso_type != VIRTIO_NET_HDR_GSO_NONE)
            packet->segment_size = offload.gso_size;
    }
    ring->left--;
    ring->next += header->tp_next_offset;
    return 1;
}

int walkback_packet_statistics(struct walkback_packet_ring *ring, uint32_t *arrived, uint32_t *dropped)
{
    struct tpacket_stats_v3 statistics;
    socklen_t size = sizeof statistics;
    if (getsockopt(ring->descriptor, SOL_PACKET, PACKET_STATISTICS, &statistics, &size) != 0)
        return -errno;
    *arrived = statistics.tp_packets;
    *dropped = statistics.tp_drops;
    return 0;
}

void walkback_packet_close(struct walkback_packet_ring *ring)
{
    if (ring->memory != NULL)
        munmap(ring->memory, ring->size);
    if (ring->descriptor >= 0)
        close(ring->descriptor);
    ring->memory = NULL;
    ring->descriptor = -1;
}
