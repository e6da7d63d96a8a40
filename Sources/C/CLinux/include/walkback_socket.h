// SPDX-License-Identifier: Apache-2.0
// Sockets of the transfers: MPTCP's constants and structures (Debian 12's headers are from 6.1 and lack the newer
// fields), and the option calls whose types Swift cannot import.
#pragma once

#include <netinet/in.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>

enum {
    WALKBACK_IPPROTO_MPTCP = 262,
};

/// What MPTCP_INFO and TCP_INFO report about one connection; -1 if the kernel is too old to report it.
struct walkback_connection_info {
    int is_mptcp;  // 1, or 0 after a fall-back to TCP
    int64_t subflows;
    int64_t bytes_sent;
    int64_t bytes_received;
    int64_t bytes_acked;
    int64_t bytes_retransmitted;
    int64_t receive_buffer;
    int64_t send_buffer;
};

/// One subflow as MPTCP_FULL_INFO reports it, or a TCP connection as TCP_INFO reports it.
struct walkback_subflow_info {
    char local[48];  // numeric address
    char remote[48];
    uint64_t bytes_sent;
    uint64_t bytes_acked;
    uint64_t bytes_received;
    uint64_t bytes_retransmitted;
    uint32_t unsent;  // bytes that wait on this subflow (tcpi_notsent_bytes)
    uint32_t unacked_segments;
    uint32_t mss;  // payload of a full segment (tcpi_snd_mss)
    uint32_t rtt_us;
    uint32_t cwnd;
};

/// Opens a non-blocking, close-on-exec stream socket for IPv6 and mapped IPv4. Returns the descriptor or -errno.
int walkback_stream_socket(int mptcp, const char *congestion_control);
/// Binds to a numeric address ("10.1.0.2" or "fd00::2"); port 0 takes any. Returns 0 or -errno.
int walkback_bind(int fd, const char *address, uint16_t port);
/// Starts to connect. Returns 0 (also while the connection is in progress) or -errno.
int walkback_connect(int fd, const char *address, uint16_t port);
/// Listens with address reuse. Returns 0 or -errno.
int walkback_listen(int fd, const char *address, uint16_t port);
/// Accepts one connection, non-blocking. Returns the descriptor or -errno.
int walkback_accept(int fd);
/// Reads and clears SO_ERROR; 0 if there is none.
int walkback_socket_error(int fd);
/// Sets SO_RCVLOWAT. Returns 0 or -errno.
int walkback_receive_low_water(int fd, int bytes);
/// Closes the socket with a reset instead of lingering data.
void walkback_abort(int fd);
/// Gets the name of the congestion control in force. Returns 0 or -errno.
int walkback_congestion_control(int fd, char *name, size_t size);
int walkback_connection_info(int fd, struct walkback_connection_info *info);
/// Fills at most `count` subflows; returns how many there are, or -errno.
int walkback_subflows(int fd, struct walkback_subflow_info *subflows, int count);
/// Fills in the same fields for a plain TCP connection, as TCP_INFO reports it. Returns 0 or -errno.
int walkback_tcp_flow(int fd, struct walkback_subflow_info *flow);
/// What a plain TCP connection has received, in segments as they were on the wire, and the payload of a full segment.
struct walkback_arrivals {
    uint32_t segments;  // tcpi_segs_in; the next field counts those with data, tcpi_data_segs_in
    uint32_t data_segments;
    uint32_t mss;
};
/// Gets these counts from TCP_INFO. Returns 0 or -errno.
int walkback_tcp_arrivals(int fd, struct walkback_arrivals *arrivals);
/// CLOCK_MONOTONIC in nanoseconds.
int64_t walkback_monotonic(void);
/// CLOCK_REALTIME in nanoseconds.
int64_t walkback_wall(void);
/// When the contents of a file last changed, as CLOCK_REALTIME in nanoseconds; -1 with errno. (Swift does not see the
/// fields of a timespec that is part of another structure.)
int64_t walkback_modified(const char *path);
/// Opens a directory in another one for reading, after giving its owner every permission for it. Links are not followed.
/// Returns it or -errno. (Swift does not see O_PATH.)
int walkback_open_own_directory(int parent, const char *name);
/// Sleeps until `nanoseconds` of CLOCK_MONOTONIC.
void walkback_sleep_until(int64_t nanoseconds);
/// Makes a CLOCK_MONOTONIC timer that expires at `first` and then every `interval` nanoseconds (0: once). Returns it or
/// -errno.
int walkback_timer(int64_t first, int64_t interval);
int walkback_timer_set(int fd, int64_t first, int64_t interval);
/// Adds `fd` to an epoll instance, edge-triggered. Returns 0 or -errno.
int walkback_watch(int epoll, int fd, uint32_t events, uint64_t tag);
