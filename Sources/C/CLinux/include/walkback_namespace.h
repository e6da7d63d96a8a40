// SPDX-License-Identifier: Apache-2.0
#pragma once

// GNU-only names: unshare, setns and CLONE_NEWNET exist only under _GNU_SOURCE, which Swift's Glibc does not define.
// All return 0 or a negative errno.

/// Gives the calling thread a new network namespace.
int walkback_unshare_network(void);
/// Puts the calling thread into the network namespace that `fd` refers to.
int walkback_enter_network(int fd);

// SIOCETHTOOL passes a pointer through a union inside struct ifreq, which Swift imports without its macros' field names.
int walkback_ethtool(int socket, const char *interface, void *command);
