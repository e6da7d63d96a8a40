// SPDX-License-Identifier: Apache-2.0
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "walkback_link.h"

// libbpf requires the padding of its option structures to be zero. Swift does not promise that for a copy; the C
// initialisers here ensure it.

static inline struct bpf_object *walkback_bpf_open(const void *image, size_t size, const char *name) {
    LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = name);
    return bpf_object__open_mem(image, size, &options);
}

static inline int walkback_tc_attach(int interface_index, enum bpf_tc_attach_point point, int program) {
    LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = interface_index, .attach_point = point);
    LIBBPF_OPTS(bpf_tc_opts, options, .prog_fd = program, .handle = 1, .priority = 1);
    return bpf_tc_attach(&hook, &options);
}
