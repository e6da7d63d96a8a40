// SPDX-License-Identifier: Apache-2.0
// Processes: starting one that cannot outlive us, and what the first process of a machine does. These are shims because
// after fork() in a program with threads only plain system calls may run, and because a signal handler may not be
// Swift.
#pragma once

#include "walkback_containment.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct walkback_spawn {
    /// The program; NULL: none. Then the child ends with status 0 where it would have executed one.
    const char *path;
    /// Strings one after the other, each terminated by a NUL; the program's own name is the first.
    const char *arguments;
    int argument_count;
    /// The environment in the same form, `NAME=value` each. Nothing else is inherited.
    const char *environment;
    int environment_count;
    /// The child's descriptors 0, 1, … `descriptor_count` - 1; it has no others.
    const int *descriptors;
    int descriptor_count;
    bool outlives_us;
    /// What holds the child; NULL: nothing.
    const struct walkback_containment *containment;
};

/// Starts `spawn->path` in its own session, with default signals and no core dumps. Unless `outlives_us` is set, the
/// child is killed when the *thread* that called this ends. Returns 0 with the child in `*child`, or the error of the
/// step that failed, including execve's, with the step.
int walkback_spawn(const struct walkback_spawn *spawn, pid_t *child, enum walkback_step *step);

/// Returns a descriptor that becomes readable when `process` ends, or -1 with errno. (pidfd_open has no wrapper before
/// glibc 2.36.)
int walkback_process_descriptor(pid_t process);

/// Tells how `process`, a child of ours, ended, without reaping it: 0 while it runs, 1 with its exit status, 2 with the
/// signal that killed it, -1 with errno. (The fields of siginfo_t are macros.)
int walkback_process_ended(pid_t process, int *status);

/// Blocks SIGCHLD for this thread and those that it starts, so that `walkback_await_child_signal` cannot miss a signal.
void walkback_hold_child_signal(void);

/// Waits for SIGCHLD, at most this long. (Swift cannot make a timespec from its fields.)
void walkback_await_child_signal(int64_t nanoseconds);

/// Makes a pipe that no other child inherits; the reading end is first. Returns 0 or the error. (pipe2 is GNU-only.)
int walkback_pipe(int ends[2]);

/// Flushes what programs wrote to the file system of `descriptor`. Returns 0, or an error of any write to that file
/// system since `descriptor` was opened. (GNU-only.)
int walkback_sync_file_system(int descriptor);

/// Passes what programs wrote to a file on to its file system, without waiting for a disk. Returns 0 or the error.
/// (GNU-only.)
int walkback_write_out(int descriptor);

/// mount(2); returns 0 or the error.
int walkback_mount(const char *source, const char *target, const char *type, unsigned long flags, const char *data);

/// Flushes all file systems and switches the machine off. Only the first process of a guest may call it.
_Noreturn void walkback_power_off(void);

/// Sets what the program is doing, for the deadline's message. Quotes, backslashes and control characters become
/// apostrophes.
void walkback_phase_set(const char *phase);

/// Copies the phase into `buffer` of `size` bytes.
void walkback_phase_get(char *buffer, unsigned long size);

/// Arms the machine's deadline, or arms it again: `nanoseconds` of its monotonic clock from now. When it passes, a
/// fault that names the phase is printed on the console and written to `fault_path`, 1 is written to `status_path`, and
/// the machine is switched off. If `power_off` is false, the process ends with status 1 instead of switching off the
/// machine. The paths are not copied, so they must stay valid. Returns 0 or the error.
int walkback_deadline_arm(int64_t nanoseconds, const char *fault_path, const char *status_path, bool power_off);

/// Converts waitpid's status to the child's exit status, or to 128 + the signal that killed it. (Macros.)
int walkback_exit_code(int wait_status);

/// Sets the timer slack of this thread, which is the largest delay that the kernel may add to its sleeps, to 1 ns.
void walkback_timer_slack_minimal(void);
