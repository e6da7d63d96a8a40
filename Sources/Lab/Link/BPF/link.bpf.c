// SPDX-License-Identifier: GPL-2.0-only
//
// One direction of one path: a shaper that gives each packet the instant at which a capacity curve would deliver it, and
// a meter at the far end that counts what arrived. Sources/Link/Link.swift owns the maps and says what the results mean.
//
// Compiled and committed beside this file; a test compiles it again and compares. From the package's root:
//
//   clang -target bpf -mcpu=v3 -O2 -g -Wall -Werror -fdebug-compilation-dir=. \
//       -c Sources/Link/BPF/link.bpf.c -o Sources/Link/BPF/link.bpf.o
//
// No header of the system is included, so that the object does not depend on which kernel's headers are installed: the
// few names of the kernel's stable interface are declared here. Only loops the verifier can bound, no kfuncs and no
// callbacks: the embedded kernel interprets BPF and carries no type information of its own.

#include "../../../C/CBPF/walkback_link.h"

typedef walkback_u32 u32;
typedef walkback_u64 u64;

#define SEC(name) __attribute__((section(name), used))
#define INLINE static inline __attribute__((always_inline))
// Verified once by itself instead of at every call.
#define VERIFIED_ALONE __attribute__((noinline))

// `struct __sk_buff` of <linux/bpf.h>: what a program sees of a packet.
struct packet {
    u32 len, pkt_type, mark, queue_mapping, protocol, vlan_present, vlan_tci, vlan_proto, priority, ingress_ifindex,
        ifindex, tc_index, cb[5], hash, tc_classid, data, data_end, napi_id, family, remote_ip4, local_ip4,
        remote_ip6[4], local_ip6[4], remote_port, local_port, data_meta;
    u64 flow_keys;
    u64 tstamp;
};

enum { MAP_TYPE_ARRAY = 2, MAP_MMAPABLE = 1 << 10 };  // enum bpf_map_type; BPF_F_MMAPABLE
enum { PASS = 0, DROP = 2 };                          // TC_ACT_OK, TC_ACT_SHOT

static void *(*const map_lookup)(void *map, const void *key) = (void *)1;  // bpf_map_lookup_elem
static u64 (*const monotonic_now)(void) = (void *)5;                       // bpf_ktime_get_ns

// Of one entry each: the owner sets the real sizes before loading.
#define ARRAY_MAP(name, entry)                \
    struct {                                  \
        int (*type)[MAP_TYPE_ARRAY];          \
        int (*max_entries)[1];                \
        int (*map_flags)[MAP_MMAPABLE];       \
        u32 *key;                             \
        entry *value;                         \
    } name SEC(".maps")

ARRAY_MAP(points, struct walkback_point);
ARRAY_MAP(conditions, struct walkback_condition);
ARRAY_MAP(shaper_bins, struct walkback_shaper_bin);
ARRAY_MAP(meter_bins, u64);
ARRAY_MAP(packet_log, struct walkback_arrival);

// The only variable of this object: the owner finds it at the start of .bss.
struct walkback_link link;

// Ethernet's header, which our rates do not count.
#define HEADER 14
#define NEVER (~0ULL)
// A map holds at most 2^31 entries.
#define SEARCH_STEPS 32
#define RETRIES 8

INLINE void add(struct walkback_count *count, u64 length) {
    __sync_fetch_and_add(&count->packets, 1);
    __sync_fetch_and_add(&count->bytes, length);
}

INLINE u64 raise(u64 *place, u64 value) {
    for (int i = 0; i < RETRIES; i++) {
        u64 seen = *(volatile u64 *)place;
        if (seen >= value) return seen;
        if (__sync_val_compare_and_swap(place, seen, value) == seen) return value;
    }
    return value;
}

enum column { POINT_TIME, POINT_POSITION, CONDITION_TIME };

VERIFIED_ALONE u64 value_at(enum column column, u32 index) {
    if (column == CONDITION_TIME) {
        struct walkback_condition *condition = map_lookup(&conditions, &index);
        return condition ? condition->time : NEVER;
    }
    struct walkback_point *point = map_lookup(&points, &index);
    if (!point) return NEVER;
    return column == POINT_TIME ? point->time : point->position;
}

// The first of `count` entries whose value exceeds `key`, else `count`. Gallops up from `hint`, so that time going on
// costs two look-ups a packet; any other hint only costs time.
VERIFIED_ALONE u32 first_above(enum column column, u64 key, u32 count, u32 hint) {
    u32 low = 0, high = count, step = 1;
    if (hint < high) {
        if (value_at(column, hint) > key) {
            high = hint;
        } else {
            low = hint + 1;
            for (int i = 0; i < SEARCH_STEPS; i++) {
                u32 probe = low + step - 1;
                if (probe >= high) break;
                if (value_at(column, probe) > key) {
                    high = probe;
                    break;
                }
                low = probe + 1;
                step *= 2;
            }
        }
    }
    for (int i = 0; i < SEARCH_STEPS && low < high; i++) {
        u32 middle = low + (high - low) / 2;
        if (value_at(column, middle) > key)
            high = middle;
        else
            low = middle + 1;
    }
    return high;
}

// C(time), rounded down; `time` in nanoseconds since trace zero. As Curve.position(atNanosecond:).
VERIFIED_ALONE u64 position_at(u64 time) {
    u32 count = link.points;
    u32 after = first_above(POINT_TIME, time, count, link.now_cursor);
    if (after == 0) return 0;
    u32 before = after - 1;
    link.now_cursor = before;
    struct walkback_point *low = map_lookup(&points, &before);
    if (!low) return 0;
    if (link.staircase || after >= count) return low->position;
    struct walkback_point *high = map_lookup(&points, &after);
    if (!high) return low->position;
    // Below 2^63: Curve cuts its pieces for this product.
    return low->position + (high->position - low->position) * (time - low->time) / (high->time - low->time);
}

// C⁻¹(position), rounded up: nanoseconds since trace zero, or NEVER. As Curve.nanosecond(reaching:).
VERIFIED_ALONE u64 time_reaching(u64 position) {
    u32 count = link.points;
    u32 index = 0;
    // "At least" is "above one less".
    if (position > 0) index = first_above(POINT_POSITION, position - 1, count, link.departure_cursor);
    if (index >= count) return NEVER;
    struct walkback_point *high = map_lookup(&points, &index);
    if (!high) return NEVER;
    if (index == 0) return high->time;
    u32 before = index - 1;
    link.departure_cursor = before;
    if (link.staircase) return high->time;
    struct walkback_point *low = map_lookup(&points, &before);
    if (!low) return NEVER;
    u64 rise = high->position - low->position;
    return low->time + ((position - low->position) * (high->time - low->time) + rise - 1) / rise;
}

// The condition that holds at `time`.
VERIFIED_ALONE u32 condition_at(u64 time) {
    u32 after = first_above(CONDITION_TIME, time, link.conditions, link.condition_cursor);
    if (after == 0) return 0;
    link.condition_cursor = after - 1;
    return after - 1;
}

// 32 random bits for a packet, from the seed and its number alone (the finaliser of SplitMix64).
INLINE u64 draw(u64 seed, u64 index) {
    u64 bits = seed + (index + 1) * 0x9e3779b97f4a7c15ULL;
    bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9ULL;
    bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebULL;
    return (bits ^ (bits >> 31)) >> 32;
}

INLINE u64 bin_of(u64 instant) {
    return instant < link.bins_start ? 0 : (instant - link.bins_start) / WALKBACK_BIN_NANOSECONDS;
}

INLINE struct walkback_shaper_bin *shaper_bin(u64 instant) {
    if (instant < link.bins_start) return 0;
    u32 index = bin_of(instant);
    return map_lookup(&shaper_bins, &index);
}

INLINE int drop(struct walkback_count *count, u64 length, u64 now) {
    add(count, length);
    struct walkback_shaper_bin *bin = shaper_bin(now);
    if (bin) __sync_fetch_and_add(&bin->dropped, (u32)length);
    return DROP;
}

// Nothing was queued from `from` until just before `now`.
INLINE void mark_idle(u64 from, u64 now) {
    if (now <= from || now <= link.bins_start) return;
    u32 first = bin_of(from);
    u32 end = bin_of(now - 1) + 1;
    struct walkback_shaper_bin *bin = map_lookup(&shaper_bins, &first);
    if (bin && bin->idle_until < end) bin->idle_until = end;
}

SEC("tc") int shaper(struct packet *packet) {
    u64 now = monotonic_now();
    u64 length = packet->len - HEADER;
    add(&link.offered, length);
    raise(&link.largest_packet, length);
    if (link.detached) return drop(&link.dropped_detached, length, now);
    if (!link.started) {
        add(&link.passed, length);
        return PASS;
    }

    // Time zero may lie before the kernel's own: signed, and differences wrap as they should.
    u64 zero = link.trace_zero;
    u64 sent = (walkback_s64)now < link.trace_zero ? 0 : position_at(now - zero);
    u64 charge = length * WALKBACK_UNITS_PER_BYTE + link.overhead;
    u64 left = 0, delay = 0, loss = 0;
    u64 taken = 0;
    int idle = 0;
    // clsact runs before the qdisc's lock: another processor may be here too.
    for (int i = 0; i < RETRIES; i++) {
        u64 position = *(volatile u64 *)&link.position;
        idle = sent >= position;
        u64 start = idle ? sent : position;
        if (start - sent + charge > link.queue) return drop(&link.dropped_queue, length, now);
        left = time_reaching(start + charge);
        if (left == NEVER) return drop(&link.dropped_beyond_end, length, now);
        u32 index = condition_at(left);
        struct walkback_condition *condition = map_lookup(&conditions, &index);
        if (!condition) return drop(&link.dropped_beyond_end, length, now);
        delay = condition->delay + link.jitter;
        loss = condition->loss;
        left += zero;
        if (left + delay > now + link.horizon) return drop(&link.dropped_beyond_end, length, now);
        if (__sync_val_compare_and_swap(&link.position, position, start + charge) == position) {
            taken = 1;
            break;
        }
    }
    if (!taken) return drop(&link.dropped_contended, length, now);

    if (idle) mark_idle(link.busy_until, now);
    raise(&link.busy_until, left);
    u64 number = __sync_fetch_and_add(&link.shaped, 1);
    if (draw(link.seed, number) < loss) {
        add(&link.dropped_loss, length);
        struct walkback_shaper_bin *bin = shaper_bin(left);
        if (bin) __sync_fetch_and_add(&bin->lost, (u32)length);
        return DROP;
    }
    add(&link.passed, length);
    packet->tstamp = raise(&link.last_departure, left + delay);
    return PASS;
}

SEC("tc") int meter(struct packet *packet) {
    // What was on the link when it went is gone, though the qdisc may still hand it out.
    if (link.detached) return DROP;
    u64 now = monotonic_now();
    u64 length = packet->len - HEADER;
    add(&link.arrived, length);
    if (now >= link.bins_start) {
        u32 index = bin_of(now);
        u64 *bin = map_lookup(&meter_bins, &index);
        if (bin) __sync_fetch_and_add(bin, length);
    }
    if (link.log_capacity) {
        u32 index = __sync_fetch_and_add(&link.logged, 1);
        struct walkback_arrival *arrival = map_lookup(&packet_log, &index);
        if (arrival) {
            arrival->time = now;
            arrival->length = length;
        }
    }
    return PASS;
}

// Some of the kernel's helpers answer only to programs under this licence.
char programs_license[] SEC("license") = "GPL";
