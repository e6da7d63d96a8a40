// SPDX-License-Identifier: Apache-2.0
// Processes: starting one that cannot outlive us, and what the first process of a machine does. Shims, because after fork() in
// a program with threads nothing but plain system calls may run, and because a signal handler may not be Swift.
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct walkback_spawn {
    const char *path;
    /// Strings one after the other, each closed by a NUL; the program's own name first.
    const char *arguments;
    int argument_count;
    /// The same, `NAME=value` each. Nothing else is inherited.
    const char *environment;
    int environment_count;
    /// The child's descriptors 0, 1, … `descriptor_count` - 1; it has no others.
    const int *descriptors;
    int descriptor_count;
    bool outlives_us;
};

/// Starts `spawn->path` in its own session, with default signals and no core dumps. Unless it `outlives_us` it is killed when the
/// *thread* that called this ends. Returns 0 with the child in `*child`, or the error of the step that failed (execve's among them).
int walkback_spawn(const struct walkback_spawn *spawn, pid_t *child);

/// A descriptor that becomes readable when `process` ends, or -1 with errno (pidfd_open has no wrapper before glibc 2.36).
int walkback_process_descriptor(pid_t process);

/// How `process`, a child of ours, ended, without reaping it: 0 while it runs, 1 with its exit status, 2 with the signal that
/// killed it, -1 with errno. (The fields of siginfo_t are macros.)
int walkback_process_ended(pid_t process, int *status);

/// Blocks SIGCHLD for this thread and those that it starts, so that `walkback_await_child_signal` cannot miss one.
void walkback_hold_child_signal(void);

/// Waits for SIGCHLD, at most this long. (Swift does not make a timespec from its fields.)
void walkback_await_child_signal(int64_t nanoseconds);

/// A pipe that no other child inherits: reading end first. Returns 0 or the error. (pipe2 is GNU-only.)
int walkback_pipe(int ends[2]);

/// Writes out what programs wrote to the file system of `descriptor`; returns 0 or an error of any write to it since
/// `descriptor` was opened. (GNU-only.)
int walkback_sync_file_system(int descriptor);

/// Hands what programs wrote to a file to its file system, without waiting for a disk. Returns 0 or the error. (GNU-only.)
int walkback_write_out(int descriptor);

/// mount(2); returns 0 or the error.
int walkback_mount(const char *source, const char *target, const char *type, unsigned long flags, const char *data);

/// Writes out everything and switches the machine off. Only the first process of a guest may call it.
_Noreturn void walkback_power_off(void);

/// What the program is doing, for the message of the deadline; quotes, backslashes and control characters become apostrophes.
void walkback_phase_set(const char *phase);

/// Copies the phase into `buffer` of `size` bytes.
void walkback_phase_get(char *buffer, unsigned long size);

/// Arms (again) the machine's deadline, `nanoseconds` of its monotonic clock from now. When it passes, a fault that names the
/// phase is printed on the console and written to `fault_path`, 1 to `status_path`, and the machine is switched off; or, where
/// `power_off` is false, the process ends with status 1. The paths are kept, not copied. Returns 0 or the error.
int walkback_deadline_arm(int64_t nanoseconds, const char *fault_path, const char *status_path, bool power_off);

/// How a child ended, in waitpid's encoding: its exit status, or 128 + the signal that killed it. (Macros.)
int walkback_exit_code(int wait_status);

/// The largest lateness the kernel may add to this thread's sleeps: 1 ns.
void walkback_timer_slack_minimal(void);
