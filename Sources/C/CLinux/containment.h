// SPDX-License-Identifier: Apache-2.0
// The steps of a contained child, in the order in which it takes them. Each returns 0 or the error.
#pragma once

#include "walkback_containment.h"

#include <sys/types.h>

enum {
    /// The most descriptors that a child is given.
    walkback_most_descriptors = 16,
};

/// What the parent knows before the fork about the files that the child opens again.
struct walkback_reach {
    char *paths[walkback_most_descriptors];
};

/// Finds the paths of the child's descriptors. Nothing is allocated after a fork.
int walkback_find_paths(
    const struct walkback_containment *containment, const int *descriptors, int count, struct walkback_reach *reach);
void walkback_forget_paths(struct walkback_reach *reach);

/// fork() into new namespaces; the child waits in `walkback_await_maps` until the parent has written its maps.
pid_t walkback_fork_contained(const struct walkback_containment *containment);
int walkback_write_maps(pid_t child);

/// The child's part: `descriptors` are replaced by those that were opened again. What limits its system calls comes
/// last, because a child that starts needs more of them than the program that it becomes.
int walkback_enter_containment(
    const struct walkback_containment *containment, const struct walkback_reach *reach, int *descriptors, int count,
    enum walkback_step *step);
/// Keeps the child, and what it executes, to the system calls of a user-mode kernel.
int walkback_limit_system_calls(void);
