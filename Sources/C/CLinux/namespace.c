// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "walkback_namespace.h"

#include <errno.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>

int walkback_unshare_network(void) {
    return unshare(CLONE_NEWNET) == 0 ? 0 : -errno;
}

int walkback_enter_network(int fd) {
    return setns(fd, CLONE_NEWNET) == 0 ? 0 : -errno;
}

int walkback_ethtool(int socket, const char *interface, void *command) {
    struct ifreq request;
    memset(&request, 0, sizeof request);
    strncpy(request.ifr_name, interface, IFNAMSIZ - 1);
    request.ifr_data = command;
    return ioctl(socket, SIOCETHTOOL, &request) < 0 ? -errno : 0;
}
