// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "walkback_socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SOL_MPTCP_ 284
#define MPTCP_FULL_INFO_ 4
#define MPTCP_INFO_ 1
#define TCP_IS_MPTCP_ 43

// The kernel's struct mptcp_info up to bytes_acked (6.5); the option's returned length says how much of it is valid.
struct mptcp_info_6_5 {
    uint8_t subflows, add_addr_signal, add_addr_accepted, subflows_max, add_addr_signal_max, add_addr_accepted_max;
    uint32_t flags, token;
    uint64_t write_seq, snd_una, rcv_nxt;
    uint8_t local_addr_used, local_addr_max, csum_enabled;
    uint32_t retransmits;
    uint64_t bytes_retrans, bytes_sent, bytes_received, bytes_acked;
};

// struct mptcp_full_info of 6.5 (uapi/linux/mptcp.h): sizes in, sizes and pointers out.
struct full_info {
    uint32_t size_tcpinfo_kernel, size_tcpinfo_user, size_sfinfo_kernel, size_sfinfo_user;
    uint32_t num_subflows, size_arrays_user;
    uint64_t subflow_info, tcp_info;
    struct mptcp_info_6_5 mptcp_info;
    uint8_t newer[64];  // fields of later kernels
};

// struct mptcp_subflow_info: an id, then the two addresses, each in a union of the size of a sockaddr_storage.
struct subflow_entry {
    uint32_t id;
    uint32_t padding;
    struct sockaddr_storage local, remote;
};

static int numeric(const char *address, uint16_t port, struct sockaddr_in6 *out) {
    memset(out, 0, sizeof *out);
    out->sin6_family = AF_INET6;
    out->sin6_port = htons(port);
    if (inet_pton(AF_INET6, address, &out->sin6_addr) == 1) return 0;
    struct in_addr four;
    if (inet_pton(AF_INET, address, &four) != 1) return -EINVAL;
    out->sin6_addr.s6_addr[10] = out->sin6_addr.s6_addr[11] = 0xff;
    memcpy(&out->sin6_addr.s6_addr[12], &four, sizeof four);
    return 0;
}

int walkback_stream_socket(int mptcp, const char *congestion_control) {
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, mptcp ? WALKBACK_IPPROTO_MPTCP : 0);
    if (fd < 0) return -errno;
    int off = 0;
    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (congestion_control
        && setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, congestion_control, strlen(congestion_control)) < 0) {
        int error = errno;
        close(fd);
        return -error;
    }
    return fd;
}

int walkback_bind(int fd, const char *address, uint16_t port) {
    struct sockaddr_in6 local;
    int bad = numeric(address, port, &local);
    if (bad) return bad;
    return bind(fd, (struct sockaddr *)&local, sizeof local) < 0 ? -errno : 0;
}

int walkback_connect(int fd, const char *address, uint16_t port) {
    struct sockaddr_in6 remote;
    int bad = numeric(address, port, &remote);
    if (bad) return bad;
    if (connect(fd, (struct sockaddr *)&remote, sizeof remote) < 0 && errno != EINPROGRESS) return -errno;
    return 0;
}

int walkback_listen(int fd, const char *address, uint16_t port) {
    int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    int bad = walkback_bind(fd, address, port);
    if (bad) return bad;
    return listen(fd, 64) < 0 ? -errno : 0;
}

int walkback_accept(int fd) {
    int accepted = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    return accepted < 0 ? -errno : accepted;
}

int walkback_socket_error(int fd) {
    int error = 0;
    socklen_t length = sizeof error;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0) return errno;
    return error;
}

int walkback_receive_low_water(int fd, int bytes) {
    return setsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, &bytes, sizeof bytes) < 0 ? -errno : 0;
}

void walkback_abort(int fd) {
    struct linger now = {.l_onoff = 1, .l_linger = 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close(fd);
}

int walkback_congestion_control(int fd, char *name, size_t size) {
    socklen_t length = size - 1;
    memset(name, 0, size);
    return getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, &length) < 0 ? -errno : 0;
}

static int64_t option(int fd, int name) {
    int value = 0;
    socklen_t length = sizeof value;
    return getsockopt(fd, SOL_SOCKET, name, &value, &length) < 0 ? -1 : value;
}

int walkback_connection_info(int fd, struct walkback_connection_info *info) {
    memset(info, 0xff, sizeof *info);
    info->receive_buffer = option(fd, SO_RCVBUF);
    info->send_buffer = option(fd, SO_SNDBUF);

    struct mptcp_info_6_5 kernel = {0};
    socklen_t length = sizeof kernel;
    int has_info = getsockopt(fd, SOL_MPTCP_, MPTCP_INFO_, &kernel, &length) == 0;
    int is_mptcp = 0;
    socklen_t flag_length = sizeof is_mptcp;
    // Since 6.10 the kernel answers this directly; before that, MPTCP_INFO fails after a fall-back.
    if (getsockopt(fd, IPPROTO_TCP, TCP_IS_MPTCP_, &is_mptcp, &flag_length) < 0) is_mptcp = has_info;
    info->is_mptcp = is_mptcp;
    if (!has_info) return 0;
    info->subflows = kernel.subflows;
    if (length >= offsetof(struct mptcp_info_6_5, bytes_acked) + sizeof kernel.bytes_acked) {
        info->bytes_sent = (int64_t)kernel.bytes_sent;
        info->bytes_received = (int64_t)kernel.bytes_received;
        info->bytes_acked = (int64_t)kernel.bytes_acked;
        info->bytes_retransmitted = (int64_t)kernel.bytes_retrans;
    }
    return 0;
}

static void name(const struct sockaddr_storage *address, char *text, size_t size) {
    text[0] = 0;
    if (address->ss_family == AF_INET) {
        inet_ntop(AF_INET, &((const struct sockaddr_in *)address)->sin_addr, text, size);
    } else if (address->ss_family == AF_INET6) {
        const struct in6_addr *six = &((const struct sockaddr_in6 *)address)->sin6_addr;
        if (IN6_IS_ADDR_V4MAPPED(six)) inet_ntop(AF_INET, &six->s6_addr[12], text, size);
        else inet_ntop(AF_INET6, six, text, size);
    }
}

static void describe(struct walkback_subflow_info *out, const struct sockaddr_storage *local,
                     const struct sockaddr_storage *remote, const struct tcp_info *tcp) {
    name(local, out->local, sizeof out->local);
    name(remote, out->remote, sizeof out->remote);
    out->bytes_sent = tcp->tcpi_bytes_sent;
    out->bytes_acked = tcp->tcpi_bytes_acked;
    out->bytes_received = tcp->tcpi_bytes_received;
    out->bytes_retransmitted = tcp->tcpi_bytes_retrans;
    out->unsent = tcp->tcpi_notsent_bytes;
    out->unacked_segments = tcp->tcpi_unacked;
    out->mss = tcp->tcpi_snd_mss;
    out->rtt_us = tcp->tcpi_rtt;
    out->cwnd = tcp->tcpi_snd_cwnd;
}

int walkback_subflows(int fd, struct walkback_subflow_info *subflows, int count) {
    enum { MOST = 16 };
    struct subflow_entry entries[MOST];
    struct tcp_info tcp[MOST];
    struct full_info full = {0};
    memset(entries, 0, sizeof entries);
    memset(tcp, 0, sizeof tcp);
    full.size_tcpinfo_user = sizeof tcp[0];
    full.size_sfinfo_user = sizeof entries[0];
    full.size_arrays_user = MOST;
    full.subflow_info = (uint64_t)(uintptr_t)entries;
    full.tcp_info = (uint64_t)(uintptr_t)tcp;
    socklen_t length = sizeof full;
    if (getsockopt(fd, SOL_MPTCP_, MPTCP_FULL_INFO_, &full, &length) < 0) return -errno;
    int found = (int)full.num_subflows;
    for (int i = 0; i < found && i < count && i < MOST; i++) {
        describe(&subflows[i], &entries[i].local, &entries[i].remote, &tcp[i]);
    }
    return found;
}

int walkback_tcp_flow(int fd, struct walkback_subflow_info *flow) {
    struct sockaddr_storage local = {0}, remote = {0};
    struct tcp_info tcp = {0};
    socklen_t local_length = sizeof local, remote_length = sizeof remote, length = sizeof tcp;
    if (getsockname(fd, (struct sockaddr *)&local, &local_length) < 0
        || getpeername(fd, (struct sockaddr *)&remote, &remote_length) < 0
        || getsockopt(fd, IPPROTO_TCP, TCP_INFO, &tcp, &length) < 0) {
        return -errno;
    }
    describe(flow, &local, &remote, &tcp);
    return 0;
}

int walkback_tcp_arrivals(int fd, struct walkback_arrivals *arrivals) {
    struct tcp_info tcp = {0};
    socklen_t length = sizeof tcp;
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &tcp, &length) < 0) return -errno;
    arrivals->segments = tcp.tcpi_segs_in;
    arrivals->data_segments = tcp.tcpi_data_segs_in;
    arrivals->mss = tcp.tcpi_snd_mss;
    return 0;
}

int64_t walkback_monotonic(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

int64_t walkback_wall(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t walkback_modified(const char *path) {
    struct stat status;
    if (stat(path, &status) != 0) return -1;
    return (int64_t)status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec;
}

int walkback_open_own_directory(int parent, const char *name) {
    int handle = openat(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (handle < 0) return -errno;
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", handle);
    // Without the permission, opening says so.
    (void)!chmod(path, 0700);
    int directory = openat(handle, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int error = errno;
    close(handle);
    return directory < 0 ? -error : directory;
}

static struct timespec instant(int64_t nanoseconds) {
    return (struct timespec){.tv_sec = nanoseconds / 1000000000LL, .tv_nsec = nanoseconds % 1000000000LL};
}

void walkback_sleep_until(int64_t nanoseconds) {
    struct timespec until = instant(nanoseconds);
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR) {}
}

int walkback_timer_set(int fd, int64_t first, int64_t interval) {
    struct itimerspec spec = {.it_value = instant(first), .it_interval = instant(interval)};
    return timerfd_settime(fd, TFD_TIMER_ABSTIME, &spec, NULL) < 0 ? -errno : 0;
}

int walkback_timer(int64_t first, int64_t interval) {
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (fd < 0) return -errno;
    int bad = walkback_timer_set(fd, first, interval);
    if (bad) {
        close(fd);
        return bad;
    }
    return fd;
}

int walkback_watch(int epoll, int fd, uint32_t events, uint64_t tag) {
    struct epoll_event event = {.events = events | EPOLLET, .data = {.u64 = tag}};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}
