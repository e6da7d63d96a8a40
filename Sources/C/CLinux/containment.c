// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "containment.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// From linux/mount.h and linux/landlock.h, which older systems lack or whose names the C library takes.
enum {
    sys_open_tree = 428,
    sys_move_mount = 429,
    sys_fsopen = 430,
    sys_fsconfig = 431,
    sys_fsmount = 432,
    sys_mount_setattr = 442,
    sys_landlock_create_ruleset = 444,
    sys_landlock_add_rule = 445,
    sys_landlock_restrict_self = 446,

    tree_clone = 1,
    tree_recursive = 0x8000,
    empty_path = 0x1000,
    mount_from_empty_path = 0x4,
    mount_to_follow_links = 0x10,
    configure_string = 1,
    configure_create = 6,
    attribute_read_only = 0x1,
    attribute_no_setuid = 0x2,
    attribute_no_devices = 0x4,
};

struct mount_attributes {
    uint64_t set, clear, propagation, user_namespace;
};

// MARK: Before and after the fork, in the parent

int walkback_find_paths(
    const struct walkback_containment *containment, const int *descriptors, int count, struct walkback_reach *reach)
{
    memset(reach, 0, sizeof *reach);
    for (int index = containment->first_reopened; index < count; index++) {
        char link[32];
        snprintf(link, sizeof link, "/proc/self/fd/%d", descriptors[index]);
        char *path = reach->paths[index] = calloc(1, PATH_MAX + 1);
        if (path == NULL)
            return ENOMEM;
        if (readlink(link, path, PATH_MAX) < 0)
            return errno;
    }
    return 0;
}

void walkback_forget_paths(struct walkback_reach *reach)
{
    for (int index = 0; index < walkback_most_descriptors; index++)
        free(reach->paths[index]);
}

pid_t walkback_fork_contained(const struct walkback_containment *containment)
{
    if (!containment->namespaces)
        return fork();
    // The C library has no fork() with flags. What its own does besides concerns memory that the child does not use.
    const unsigned long flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | SIGCHLD;
    return (pid_t)syscall(SYS_clone, flags, 0, 0, 0, 0);
}

static int write_text(const char *path, const char *text)
{
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0)
        return errno;
    ssize_t written = write(file, text, strlen(text));
    int error = written < 0 ? errno : 0;
    close(file);
    return error;
}

// Maps every user (or group) that exists here to itself.
static int write_whole_map(const char *own, const char *childs)
{
    FILE *ranges = fopen(own, "re");
    if (ranges == NULL)
        return errno;
    char map[4096] = "";
    size_t length = 0;
    unsigned long first, outer, count;
    while (length < sizeof map - 64 && fscanf(ranges, "%lu %lu %lu", &first, &outer, &count) == 3)
        length += (size_t)snprintf(map + length, sizeof map - length, "%lu %lu %lu\n", first, first, count);
    fclose(ranges);
    return write_text(childs, map);
}

static int write_map(pid_t child, const char *name, unsigned long own)
{
    char ours[32], childs[64], line[64];
    snprintf(ours, sizeof ours, "/proc/self/%s", name);
    snprintf(childs, sizeof childs, "/proc/%d/%s", (int)child, name);
    // Root reads every file of every user, and must be able to go on doing so. Others map themselves.
    if (geteuid() == 0 && write_whole_map(ours, childs) == 0)
        return 0;
    snprintf(line, sizeof line, "%lu %lu 1\n", own, own);
    return write_text(childs, line);
}

int walkback_write_maps(pid_t child)
{
    int error = write_map(child, "uid_map", geteuid());
    if (error != 0)
        return error;
    if (geteuid() != 0) {
        char path[64];
        snprintf(path, sizeof path, "/proc/%d/setgroups", (int)child);
        error = write_text(path, "deny");
        if (error != 0)
            return error;
    }
    return write_map(child, "gid_map", getegid());
}

// MARK: The child's mounts

static int set_attributes(int tree, const char *path, unsigned flags, uint64_t set)
{
    struct mount_attributes attributes = {.set = set};
    return syscall(sys_mount_setattr, tree, path, flags, &attributes, sizeof attributes) == 0 ? 0 : errno;
}

// The descriptors of the writable directories as mounts of their own, not attached yet, so that they stay writable.
static int detach_writable(
    const struct walkback_containment *containment, const struct walkback_reach *reach, int count, int *trees)
{
    for (int index = containment->first_writable; index < count; index++) {
        trees[index] = (int)syscall(
            sys_open_tree, AT_FDCWD, reach->paths[index], tree_clone | tree_recursive | O_CLOEXEC);
        if (trees[index] < 0)
            return errno;
        int error = set_attributes(
            trees[index], "", empty_path | tree_recursive, attribute_no_setuid | attribute_no_devices);
        if (error != 0)
            return error;
    }
    return 0;
}

// Makes a file system that is not attached yet; negative: the error.
static int make_file_system(const char *type, const char *option, const char *value, unsigned attributes)
{
    int context = (int)syscall(sys_fsopen, type, 1);
    if (context < 0)
        return -errno;
    int made = -1;
    if ((option == NULL || syscall(sys_fsconfig, context, configure_string, option, value, 0) == 0) &&
        syscall(sys_fsconfig, context, configure_create, NULL, NULL, 0) == 0)
        made = (int)syscall(sys_fsmount, context, 1, attribute_no_setuid | attribute_no_devices | attributes);
    int error = errno;
    close(context);
    return made < 0 ? -error : made;
}

// Gives the child a /proc that shows no process but its own, read-only. In a container whose own /proc is covered in
// part the kernel refuses that, and the child keeps the container's.
static int replace_processes(void)
{
    int processes = make_file_system("proc", NULL, NULL, attribute_read_only);
    if (processes < 0)
        return processes == -EPERM ? 0 : -processes;
    int error =
        syscall(sys_move_mount, processes, "", AT_FDCWD, "/proc", mount_from_empty_path) == 0 ? 0 : errno;
    close(processes);
    return error;
}

// Makes an empty file system that holds an empty directory and an empty file.
static int make_nothing(int *nothing)
{
    *nothing = make_file_system("tmpfs", "mode", "0755", 0);
    if (*nothing < 0)
        return -*nothing;
    int file = openat(*nothing, "file", O_CREAT | O_EXCL | O_CLOEXEC, 0444);
    if (file < 0 || mkdirat(*nothing, "directory", 0555) != 0)
        return errno;
    close(file);
    return 0;
}

static bool is_out_of_reach(int error)
{
    return error == ENOENT || error == ENOTDIR || error == EACCES || error == ELOOP;
}

static int hide(const struct walkback_containment *containment)
{
    if (containment->hidden_count == 0)
        return 0;
    int nothing = -1;
    int error = make_nothing(&nothing);
    const char *path = containment->hidden;
    for (int index = 0; error == 0 && index < containment->hidden_count; index++, path += strlen(path) + 1) {
        struct stat status;
        if (stat(path, &status) != 0) {
            // What we cannot reach, the child cannot reach either.
            if (!is_out_of_reach(errno))
                error = errno;
            continue;
        }
        const char *kind = S_ISDIR(status.st_mode) ? "directory" : "file";
        int tree = (int)syscall(sys_open_tree, nothing, kind, tree_clone | O_CLOEXEC);
        if (tree < 0)
            return errno;
        error = set_attributes(tree, "", empty_path, attribute_read_only);
        if (error == 0 &&
            syscall(sys_move_mount, tree, "", AT_FDCWD, path, mount_from_empty_path | mount_to_follow_links) != 0)
            error = errno;
        close(tree);
    }
    close(nothing);
    return error;
}

// Opens what the descriptor stands for by its path, and makes sure that it is the same file.
static int reopen(const char *path, int *descriptor)
{
    struct stat before, after;
    if (fstat(*descriptor, &before) != 0)
        return errno;
    int opened = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | (S_ISDIR(before.st_mode) ? O_DIRECTORY : 0));
    if (opened < 0)
        return errno;
    if (fstat(opened, &after) != 0)
        return errno;
    if (before.st_dev != after.st_dev || before.st_ino != after.st_ino)
        return ESTALE;
    // It keeps its number, which is beyond those that the child is given.
    int error = dup3(opened, *descriptor, O_CLOEXEC) < 0 ? errno : 0;
    close(opened);
    return error;
}

static int restrict_mounts(
    const struct walkback_containment *containment, const struct walkback_reach *reach, int *descriptors, int count,
    enum walkback_step *step)
{
    int trees[walkback_most_descriptors];
    *step = WALKBACK_STEP_READ_ONLY;
    // What the host mounts from now on stays outside.
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        return errno;
    *step = WALKBACK_STEP_REACH;
    int error = detach_writable(containment, reach, count, trees);
    if (error != 0)
        return error;
    *step = WALKBACK_STEP_READ_ONLY;
    // No device of the host either: a device can be written on a read-only file system.
    error = set_attributes(
        AT_FDCWD, "/", tree_recursive, attribute_read_only | attribute_no_setuid | attribute_no_devices);
    if (error == 0)
        error = replace_processes();
    if (error != 0)
        return error;
    *step = WALKBACK_STEP_HIDE;
    error = hide(containment);
    if (error != 0)
        return error;
    *step = WALKBACK_STEP_REACH;
    for (int index = containment->first_writable; index < count; index++) {
        if (syscall(sys_move_mount, trees[index], "", AT_FDCWD, reach->paths[index], mount_from_empty_path) != 0)
            return errno;
        close(trees[index]);
    }
    for (int index = containment->first_reopened; index < count; index++) {
        error = reopen(reach->paths[index], &descriptors[index]);
        if (error != 0)
            return error;
    }
    // The working directory may be a place that is hidden now.
    return chdir("/") == 0 ? 0 : errno;
}

// MARK: The child's rights

// Leaves root what lets it read every file, as it could before, and nothing else. Others have nothing to lose.
static int drop_capabilities(void)
{
    for (int capability = 0; capability <= 63; capability++) {
        if (geteuid() == 0 && (capability == CAP_DAC_OVERRIDE || capability == CAP_DAC_READ_SEARCH))
            continue;
        if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0) {
            // The kernel knows no more capabilities, or we were not given those that there are.
            if (errno == EINVAL || errno == EPERM)
                break;
            return errno;
        }
    }
    return 0;
}

struct landlock_attributes {
    uint64_t files, network, scopes;
};

// Packed as in the kernel's header.
struct landlock_path {
    uint64_t allowed;
    int32_t descriptor;
} __attribute__((packed));

enum {
    landlock_execute = 1 << 0,
    landlock_write_file = 1 << 1,
    landlock_read_file = 1 << 2,
    landlock_read_directory = 1 << 3,
    landlock_make_character_device = 1 << 6,
    landlock_make_block_device = 1 << 11,
    landlock_version = 1 << 0,
    landlock_path_rule = 1,
};

static int allow(int rules, int descriptor, uint64_t rights)
{
    struct landlock_path rule = {.allowed = rights, .descriptor = descriptor};
    return syscall(sys_landlock_add_rule, rules, landlock_path_rule, &rule, 0) == 0 ? 0 : errno;
}

static int restrict_by_landlock(const struct walkback_containment *containment, const int *descriptors, int count)
{
    long version = syscall(sys_landlock_create_ruleset, NULL, 0, landlock_version);
    if (version < 0)
        return errno;
    // Thirteen rights over files in the first version, one more in the second, third and fifth.
    int rights = 13 + (version >= 2) + (version >= 3) + (version >= 5);
    struct landlock_attributes attributes = {
        .files = (1ull << rights) - 1,
        // Binding and connecting TCP sockets.
        .network = version >= 4 ? 3 : 0,
        // Abstract Unix sockets, and signals.
        .scopes = version >= 6 ? 3 : 0,
    };
    int rules = (int)syscall(sys_landlock_create_ruleset, &attributes, sizeof attributes, 0);
    if (rules < 0)
        return errno;
    int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root < 0)
        return errno;
    int error = allow(rules, root, landlock_execute | landlock_read_file | landlock_read_directory);
    close(root);
    const uint64_t writable = attributes.files & ~(uint64_t)(landlock_make_character_device | landlock_make_block_device);
    for (int index = containment->first_writable; error == 0 && index < count; index++)
        error = allow(rules, descriptors[index], writable);
    if (error == 0 && syscall(sys_landlock_restrict_self, rules, 0) != 0)
        error = errno;
    close(rules);
    return error;
}

int walkback_enter_containment(
    const struct walkback_containment *containment, const struct walkback_reach *reach, int *descriptors, int count,
    enum walkback_step *step)
{
    int error = 0;
    if (containment->namespaces) {
        error = restrict_mounts(containment, reach, descriptors, count, step);
        if (error != 0)
            return error;
    }
    *step = WALKBACK_STEP_SYSTEM_CALLS;
    error = drop_capabilities();
    if (error != 0)
        return error;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return errno;
    if (!containment->landlock)
        return 0;
    *step = WALKBACK_STEP_LANDLOCK;
    return restrict_by_landlock(containment, descriptors, count);
}
