// SPDX-License-Identifier: Apache-2.0
// Clients that a field server owes nothing: many of each kind, each with an address in 10.8.0.0/16 and a socket of its
// own.
//
//   wrong key    greets, and proves another key
//   silent       greets, and never answers the challenge
//   garbage      datagrams of 1 to 1400 random bytes
//   half open    sends a proof with a cookie that was not its own, then an echo of a session that was never given
//
//   strangers ADDRESS PORT OF-EACH-KIND DATAGRAMS-PER-SECOND SECONDS
//
// The rate is that of each client. Prints what all clients sent and received.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { KINDS = 4, NONCE = 16, HELLO = 96, START = 96, ECHO = 48 };
enum kind { WRONG_KEY, SILENT, GARBAGE, HALF_OPEN };
// The datagrams are those of Documentation/recording.md.
static const uint8_t magic[5] = {0x57, 0x42, 0x50, 0x52, 2};
enum type { TYPE_HELLO = 1, TYPE_CHALLENGE = 2, TYPE_START = 3, TYPE_ECHO = 8 };

struct client {
    int descriptor;
    enum kind kind;
    unsigned turn;
    uint8_t challenge[2 * NONCE];
    int has_challenge;
};

static long sent_packets, sent_bytes, received_packets, received_bytes;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static void fill(uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        bytes[i] = random();
}

static void say(struct client *client, uint8_t *bytes, size_t count)
{
    if (send(client->descriptor, bytes, count, MSG_DONTWAIT) == (ssize_t)count) {
        sent_packets++;
        sent_bytes += count;
    }
}

static void act(struct client *client)
{
    uint8_t bytes[1400];
    ssize_t count;
    while ((count = recv(client->descriptor, bytes, sizeof bytes, MSG_DONTWAIT)) >= 0) {
        received_packets++;
        received_bytes += count;
        if (count == 16 + 2 * NONCE && bytes[5] == TYPE_CHALLENGE) {
            memcpy(client->challenge, bytes + 16, 2 * NONCE);
            client->has_challenge = 1;
        }
    }
    fill(bytes, sizeof bytes);
    if (client->kind == GARBAGE) {
        say(client, bytes, 1 + random() % sizeof bytes);
        return;
    }
    memcpy(bytes, magic, sizeof magic);
    memset(bytes + 5, 0, 11);
    int proves = client->has_challenge && client->kind == WRONG_KEY;
    client->turn++;
    if (proves) {
        bytes[5] = TYPE_START;
        memcpy(bytes + 16, client->challenge, 2 * NONCE);
        client->has_challenge = 0;
        say(client, bytes, START);
    } else if (client->kind == HALF_OPEN && client->has_challenge && client->turn % 2) {
        bytes[5] = TYPE_START;
        // The cookie belongs to another nonce.
        memcpy(bytes + 16 + NONCE, client->challenge + NONCE, NONCE);
        say(client, bytes, START);
    } else if (client->kind == HALF_OPEN && client->has_challenge) {
        bytes[5] = TYPE_ECHO;
        fill(bytes + 8, 8);
        say(client, bytes, ECHO);
    } else {
        bytes[5] = TYPE_HELLO;
        say(client, bytes, HELLO);
    }
}

int main(int count, char **arguments)
{
    if (count != 6) {
        fprintf(stderr, "strangers: see the top of its source\n");
        return 64;
    }
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[2]))};
    inet_pton(AF_INET, arguments[1], &server.sin_addr);
    int clients = KINDS * atoi(arguments[3]);
    double rate = atof(arguments[4]) * clients, seconds = atof(arguments[5]);
    struct rlimit limit = {clients + 64, clients + 64};
    struct client *all = calloc(clients, sizeof *all);
    if (all == NULL || setrlimit(RLIMIT_NOFILE, &limit) != 0) {
        perror("strangers");
        return 1;
    }
    for (int i = 0; i < clients; i++) {
        struct sockaddr_in mine = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(10u << 24 | 8u << 16 | (i + 1))};
        all[i] = (struct client){.descriptor = socket(AF_INET, SOCK_DGRAM, 0), .kind = i % KINDS};
        if (bind(all[i].descriptor, (struct sockaddr *)&mine, sizeof mine) != 0 ||
            connect(all[i].descriptor, (struct sockaddr *)&server, sizeof server) != 0) {
            perror("strangers");
            return 1;
        }
    }
    double begin = now(), time;
    for (long turn = 0; (time = now()) < begin + seconds; usleep(1000)) {
        // The clients take turns. What a busy machine held up is sent at once.
        for (; turn < (time - begin) * rate; turn++)
            act(&all[turn % clients]);
    }
    printf(
        "%d strangers sent %ld datagrams, %ld bytes; received %ld, %ld bytes\n", clients, sent_packets, sent_bytes,
        received_packets, received_bytes);
    return 0;
}
