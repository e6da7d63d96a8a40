// SPDX-License-Identifier: Apache-2.0
// Greets a field server from forged addresses (10.8.0.0/16, each one at random), and meanwhile from honest ones, and
// counts how many of the honest greetings are answered.
//
//   greetings ADDRESS PORT FORGED-PER-SECOND HONEST-PER-SECOND SECONDS
//
// The honest addresses are 10.9.1.1 to 10.9.1.200, in turn. Prints the greetings sent of each kind, the honest ones
// answered, and their share in percent. Needs the right to forge (CAP_NET_RAW).
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

// The datagrams are those of Documentation/recording.md.
enum { HELLO = 96, NONCE_AT = 16, TYPE_HELLO = 1, TYPE_CHALLENGE = 2, BATCH = 64, HONEST = 200 };
static const uint8_t beginning[6] = {0x57, 0x42, 0x50, 0x52, 2, TYPE_HELLO};

struct packet {
    struct iphdr ip;
    struct udphdr udp;
    uint8_t payload[HELLO];
} __attribute__((packed));

static int sockets[HONEST];
static uint8_t *answered;
static long answers;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

// The nonce of an honest greeting is its number, so that each answer counts once.
static void receive(long sent)
{
    uint8_t bytes[2048];
    for (int i = 0; i < HONEST; i++) {
        ssize_t count;
        while ((count = recv(sockets[i], bytes, sizeof bytes, MSG_DONTWAIT)) > 0) {
            long number;
            if (count < NONCE_AT + 16 || bytes[5] != TYPE_CHALLENGE)
                continue;
            memcpy(&number, bytes + NONCE_AT, sizeof number);
            if (number >= 0 && number < sent && !answered[number]) {
                answered[number] = 1;
                answers++;
            }
        }
    }
}

int main(int count, char **arguments)
{
    if (count != 6) {
        fprintf(stderr, "greetings: see the top of its source\n");
        return 64;
    }
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[2]))};
    inet_pton(AF_INET, arguments[1], &server.sin_addr);
    double forgedRate = atof(arguments[3]), honestRate = atof(arguments[4]), seconds = atof(arguments[5]);
    answered = calloc(honestRate * seconds + HONEST, 1);
    int raw = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
    if (raw < 0 || answered == NULL) {
        perror("greetings: raw socket");
        return 1;
    }
    for (int i = 0; i < HONEST; i++) {
        struct sockaddr_in mine = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(10 << 24 | 9 << 16 | 1 << 8 | (i + 1))};
        sockets[i] = socket(AF_INET, SOCK_DGRAM, 0);
        if (bind(sockets[i], (struct sockaddr *)&mine, sizeof mine) != 0 ||
            connect(sockets[i], (struct sockaddr *)&server, sizeof server) != 0) {
            perror("greetings: honest address");
            return 1;
        }
    }
    static struct packet packets[BATCH];
    struct iovec parts[BATCH];
    struct mmsghdr messages[BATCH];
    memset(messages, 0, sizeof messages);
    for (int i = 0; i < BATCH; i++) {
        packets[i].ip = (struct iphdr){
            .version = 4, .ihl = 5, .tot_len = htons(sizeof packets[i]), .ttl = 64, .protocol = IPPROTO_UDP,
            .daddr = server.sin_addr.s_addr};
        // A checksum of zero is none.
        packets[i].udp = (struct udphdr){
            .source = htons(40000), .dest = server.sin_port, .len = htons(sizeof packets[i] - sizeof(struct iphdr))};
        memcpy(packets[i].payload, beginning, sizeof beginning);
        parts[i] = (struct iovec){&packets[i], sizeof packets[i]};
        messages[i].msg_hdr = (struct msghdr){
            .msg_name = &server, .msg_namelen = sizeof server, .msg_iov = &parts[i], .msg_iovlen = 1};
    }
    double begin = now(), time;
    long forged = 0, honest = 0;
    for (; (time = now()) < begin + seconds; usleep(500)) {
        for (long due; (due = (long)((time - begin) * forgedRate) - forged) > 0;) {
            int batch = due < BATCH ? due : BATCH;
            for (int i = 0; i < batch; i++) {
                packets[i].ip.saddr = htonl(10 << 24 | 8 << 16 | (random() & 0xffff));
                for (int j = 0; j < 16; j++)
                    packets[i].payload[NONCE_AT + j] = random();
            }
            int sent = sendmmsg(raw, messages, batch, 0);
            if (sent <= 0) {
                perror("greetings: send");
                return 1;
            }
            forged += sent;
        }
        for (; honest < (long)((time - begin) * honestRate); honest++) {
            uint8_t hello[HELLO] = {0};
            memcpy(hello, beginning, sizeof beginning);
            memcpy(hello + NONCE_AT, &honest, sizeof honest);
            send(sockets[honest % HONEST], hello, sizeof hello, 0);
        }
        receive(honest);
    }
    usleep(500000);
    receive(honest);
    printf("%ld forged, %ld honest, %ld answered, %.2f %%\n", forged, honest, answers, honest ? 100.0 * answers / honest : 0);
    return 0;
}
