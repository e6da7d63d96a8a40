// SPDX-License-Identifier: Apache-2.0
// Datagrams for the benchmarks of recording: a sender at a steady rate or as fast as one processor can, and a sink.
//
//   datagrams send ADDRESS PORT IP-BYTES MBPS SECONDS    0 Mb/s: as fast as it can; prints packets sent and Mb/s (IP)
//   datagrams sink PORT                                  takes them and drops them
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 32, HEADERS = 28 };

static int fail(const char *what)
{
    fprintf(stderr, "datagrams: %s: %s\n", what, strerror(errno));
    return 1;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static int sink(int port)
{
    int descriptor = socket(AF_INET, SOCK_DGRAM, 0), small = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    // The kernel drops what finds no room, which costs the least.
    setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    if (bind(descriptor, (struct sockaddr *)&address, sizeof address) != 0)
        return fail("bind");
    for (;;)
        pause();
}

static int send_all(const char *host, int port, size_t size, double rate, double seconds)
{
    static char payload[65536];
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    int descriptor = socket(AF_INET, SOCK_DGRAM, 0);
    if (size <= HEADERS || size > sizeof payload || inet_pton(AF_INET, host, &address.sin_addr) != 1) {
        errno = EINVAL;
        return fail(host);
    }
    if (connect(descriptor, (struct sockaddr *)&address, sizeof address) != 0)
        return fail("connect");
    struct iovec part = {payload, size - HEADERS};
    struct mmsghdr messages[BATCH];
    memset(messages, 0, sizeof messages);
    for (int i = 0; i < BATCH; i++) {
        messages[i].msg_hdr.msg_iov = &part;
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    double begin = now(), time = begin, packets_per_second = rate * 1e6 / 8 / size;
    long sent = 0;
    for (; time < begin + seconds; time = now()) {
        // Packets that a busy machine could not send in time are not made up for in one burst.
        long due = rate > 0 ? (long)((time - begin) * packets_per_second) - sent : BATCH;
        if (due > 4 * BATCH) {
            begin += (due - 4 * BATCH) / packets_per_second;
            seconds -= (due - 4 * BATCH) / packets_per_second;
        }
        if (due <= 0) {
            usleep(1000);
            continue;
        }
        int count = sendmmsg(descriptor, messages, due < BATCH ? due : BATCH, 0);
        if (count > 0)
            sent += count;
        else if (errno != ECONNREFUSED && errno != ENOBUFS)
            return fail("send");
    }
    printf("%ld %.1f\n", sent, sent * size * 8 / (time - begin) / 1e6);
    return 0;
}

int main(int count, char **arguments)
{
    if (count == 3 && strcmp(arguments[1], "sink") == 0)
        return sink(atoi(arguments[2]));
    if (count == 7 && strcmp(arguments[1], "send") == 0)
        return send_all(
            arguments[2], atoi(arguments[3]), strtoul(arguments[4], NULL, 10), atof(arguments[5]), atof(arguments[6]));
    fprintf(stderr, "datagrams: see the top of its source\n");
    return 64;
}
