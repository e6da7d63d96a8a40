// SPDX-License-Identifier: Apache-2.0
// What holds a child that may be hostile. These are shims because all of it happens between fork() and execve(), where
// only plain system calls may run, and because the C library of Debian 12 has no calls for most of it.
#pragma once

#include <stdbool.h>

/// Where the containment of a child failed.
enum walkback_step {
    WALKBACK_STEP_START,
    /// The child's user, mount, process, network and IPC namespaces, or what they map.
    WALKBACK_STEP_NAMESPACES,
    WALKBACK_STEP_READ_ONLY,
    WALKBACK_STEP_HIDE,
    /// A directory that the child may write, or a file that it is handed, could not be reached again by its path.
    WALKBACK_STEP_REACH,
    WALKBACK_STEP_LANDLOCK,
    WALKBACK_STEP_SYSTEM_CALLS,
};

struct walkback_containment {
    /// Namespaces of its own, in which every file system is read-only but for the writable directories.
    bool namespaces;
    /// Landlock: nothing but the writable directories can be written.
    bool landlock;
    /// The child's descriptors below this one are handed over as they are. Those from this one on are opened again where
    /// the child will live, since what was opened outside leads outside.
    int first_reopened;
    /// Those from this one on are directories that the child may write.
    int first_writable;
    /// Absolute paths, each terminated by a NUL, that the child finds empty. It needs namespaces.
    const char *hidden;
    int hidden_count;
};
