// SPDX-License-Identifier: Apache-2.0
// The tool with which `Benchmarks/reading` measures: makes captures, sums one up as libpcap's users do, and measures
// commands.
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void put16(unsigned char *at, unsigned value) {
    at[0] = value >> 8;
    at[1] = value;
}

// A download in Ethernet, IPv4 and TCP with timestamps: of every three packets two carry data, and the third
// acknowledges them.
static int generate(const char *path, long count, unsigned kept) {
    FILE *file = fopen(path, "w");
    if (!file) return 1;
    struct pcap_file_header header = {0xa1b23c4d, 2, 4, 0, 0, kept, DLT_EN10MB};
    fwrite(&header, sizeof header, 1, file);
    unsigned char packet[1514] = {0};
    put16(packet + 12, 0x0800);
    packet[14] = 0x45;
    packet[22] = 64;
    packet[23] = 6;
    packet[46] = 0x80;
    packet[47] = 0x10;
    memcpy(packet + 54, "\1\1\10\12", 4);
    unsigned sequence = 1;
    for (long index = 0; index < count; index++) {
        int outbound = index % 3 == 2;
        unsigned length = outbound ? 66 : 1514;
        put16(packet + 16, length - 14);
        memcpy(packet + 26, outbound ? "\12\0\0\2\12\11\0\1" : "\12\11\0\1\12\0\0\2", 8);
        memcpy(packet + 34, outbound ? "\x9c\x40\x01\xbb" : "\x01\xbb\x9c\x40", 4);
        unsigned own = outbound ? 1 : sequence, other = outbound ? sequence : 1;
        put16(packet + 38, own >> 16);
        put16(packet + 40, own);
        // Acknowledged and with room for more, because tshark examines all segments that are not.
        put16(packet + 42, other >> 16);
        put16(packet + 44, other);
        put16(packet + 48, 65535);
        if (!outbound) sequence += 1448;
        // A packet every 120 microseconds is 67 Mb/s.
        unsigned long long time = 1700000000000000000ULL + index * 120000ULL;
        unsigned captured = length < kept ? length : kept;
        // Header-only records all have the same size, as with a snap length of 128.
        if (kept < 1514) captured = kept;
        unsigned record[4] = {time / 1000000000, time % 1000000000, captured, length < captured ? captured : length};
        fwrite(record, sizeof record, 1, file);
        fwrite(packet, captured, 1, file);
    }
    return fclose(file) != 0;
}

// The least that reading costs with libpcap: every packet's length, and nothing of what is in it.
static int sum(const char *path) {
    char error[PCAP_ERRBUF_SIZE];
    pcap_t *capture = pcap_open_offline(path, error);
    if (!capture) return fprintf(stderr, "%s\n", error), 1;
    struct pcap_pkthdr *header;
    const unsigned char *data;
    unsigned long long packets = 0, bytes = 0;
    while (pcap_next_ex(capture, &header, &data) == 1) {
        packets++;
        bytes += header->len;
    }
    printf("%llu packets, %llu bytes\n", packets, bytes);
    pcap_close(capture);
    return 0;
}

// Prints real seconds, processor seconds and the largest memory in MB of a command, and discards the command's output.
static int measure(char **command) {
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    pid_t child = fork();
    if (child == 0) {
        if (!freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr)) _exit(127);
        execvp(command[0], command);
        _exit(127);
    }
    int status;
    struct rusage usage;
    if (child < 0 || wait4(child, &status, 0, &usage) != child || status != 0) return 1;
    clock_gettime(CLOCK_MONOTONIC, &end);
    double processor = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    printf("%.3f %.3f %.1f\n", end.tv_sec - start.tv_sec + (end.tv_nsec - start.tv_nsec) / 1e9, processor, usage.ru_maxrss / 1e3);
    return 0;
}

int main(int count, char **arguments) {
    if (count == 5 && !strcmp(arguments[1], "generate"))
        return generate(arguments[2], atol(arguments[3]), atoi(arguments[4]));
    if (count == 3 && !strcmp(arguments[1], "sum")) return sum(arguments[2]);
    if (count > 2 && !strcmp(arguments[1], "measure")) return measure(arguments + 2);
    return 64;
}
