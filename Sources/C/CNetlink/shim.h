// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/fib_rules.h>
#include <linux/gen_stats.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <sys/socket.h>

// Function-like macros, which Swift does not import.

static inline uint32_t walkback_tc_handle(uint32_t major, uint32_t minor) {
    return TC_H_MAKE(major << 16, minor);
}

// Macros whose values are casts or shifts of unsigned constants, which Swift does not import either.
static inline uint32_t walkback_tc_root(void) { return TC_H_ROOT; }
static inline uint32_t walkback_tc_clsact(void) { return TC_H_CLSACT; }

// An enumerator and a macro have the same name here, and an optimised build sees neither.
static inline int walkback_do_not_wait(void) { return MSG_DONTWAIT; }

/// A message of `type` with its first `size` bytes after the header; NULL if memory ran out. 512 bytes hold every
/// request that is made here; by default libnl would allocate and clear a whole page for each.
static inline struct nl_msg *walkback_message(int type, int flags, const void *header, int size) {
    struct nl_msg *message = nlmsg_alloc_size(512);
    if (message && (!nlmsg_put(message, NL_AUTO_PORT, NL_AUTO_SEQ, type, 0, flags) ||
                    nlmsg_append(message, (void *)header, size, NLMSG_ALIGNTO) < 0)) {
        nlmsg_free(message);
        return NULL;
    }
    return message;
}

// The attribute exists since Linux 6.8; older headers lack it, and older kernels ignore it.
enum { WALKBACK_TCA_FQ_PRIOMAP = TCA_FQ_HORIZON_DROP + 1 };
