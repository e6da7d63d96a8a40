// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "walkback_process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

int walkback_process_descriptor(pid_t process)
{
    return (int)syscall(SYS_pidfd_open, process, 0);
}

int walkback_process_ended(pid_t process, int *status)
{
    siginfo_t information = {0};
    if (waitid(P_PID, (id_t)process, &information, WEXITED | WNOHANG | WNOWAIT) != 0)
        return -1;
    if (information.si_pid == 0)
        return 0;
    *status = information.si_status;
    return information.si_code == CLD_EXITED ? 1 : 2;
}

void walkback_hold_child_signal(void) {
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    pthread_sigmask(SIG_BLOCK, &child, NULL);
}

void walkback_await_child_signal(int64_t nanoseconds) {
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    struct timespec longest = {nanoseconds / 1000000000, nanoseconds % 1000000000};
    sigtimedwait(&child, NULL, &longest);
}

int walkback_pipe(int ends[2])
{
    return pipe2(ends, O_CLOEXEC) == 0 ? 0 : errno;
}

int walkback_sync_file_system(int descriptor)
{
    return syncfs(descriptor) == 0 ? 0 : errno;
}

int walkback_write_out(int descriptor)
{
    const unsigned all = SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
    return sync_file_range(descriptor, 0, 0, all) == 0 ? 0 : errno;
}

int walkback_mount(const char *source, const char *target, const char *type, unsigned long flags, const char *data)
{
    return mount(source, target, type, flags, data) == 0 ? 0 : errno;
}

// The guest's root is the host's, so /proc is at first the host's, in which "self" is the kernel and every file is
// empty. Swift takes its command line from /proc before main() and before any constructor of ours. Therefore the
// guest's own /proc is mounted before anything else.
static void mount_own_proc(int count, char **arguments, char **environment)
{
    (void)count;
    (void)arguments;
    static const char variable[] = "WALKBACK_GUEST=";
    if (getpid() != 1)
        return;
    for (; *environment != NULL; environment++)
        if (strncmp(*environment, variable, sizeof variable - 1) == 0)
            mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
}

__attribute__((section(".preinit_array"), used)) static void (*const first_of_all)(int, char **, char **) = mount_own_proc;

_Noreturn void walkback_power_off(void)
{
    sync();
    reboot(RB_POWER_OFF);
    // Only a process that may not switch off gets here; the end of the first process stops the machine as well.
    _exit(1);
}

// Two buffers are used in turn, so that a handler that interrupts the writer reads the previous phase whole.
static char phases[2][256] = {"starting", "starting"};
static atomic_int current_phase;

void walkback_phase_set(const char *phase)
{
    int next = 1 - atomic_load(&current_phase);
    char *text = phases[next];
    size_t length = 0;
    for (; phase[length] != '\0' && length < sizeof phases[0] - 1; length++) {
        unsigned char byte = (unsigned char)phase[length];
        text[length] = byte < ' ' || byte == '"' || byte == '\\' ? '\'' : (char)byte;
    }
    text[length] = '\0';
    atomic_store(&current_phase, next);
}

void walkback_phase_get(char *buffer, unsigned long size)
{
    if (size == 0)
        return;
    strncpy(buffer, phases[atomic_load(&current_phase)], size - 1);
    buffer[size - 1] = '\0';
}

static const char *deadline_fault_path;
static const char *deadline_status_path;
static bool deadline_powers_off;

static char *append(char *end, const char *limit, const char *text)
{
    while (*text != '\0' && end < limit)
        *end++ = *text++;
    return end;
}

static char *append_number(char *end, const char *limit, int64_t value)
{
    char digits[24];
    char *first = digits + sizeof digits - 1;
    *first = '\0';
    do
        *--first = (char)('0' + value % 10);
    while ((value /= 10) > 0);
    return append(end, limit, first);
}

static void write_all(int descriptor, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t written = write(descriptor, text, length);
        if (written <= 0)
            return;
        text += written;
        length -= (size_t)written;
    }
}

static void write_file(const char *path, const char *text, size_t length)
{
    int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (descriptor < 0)
        return;
    write_all(descriptor, text, length);
    close(descriptor);
}

// Uses only calls that are allowed in a signal handler: no stdio, no allocation.
static void deadline_passed(int number)
{
    (void)number;
    static const char console[] = "\nwalkback: fault ";
    char text[640];
    const char *limit = text + sizeof text - 1;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    char *end = append(text, limit, console);
    end = append(end, limit, "{\"code\": 1, \"message\": \"the run did not end by itself: at its deadline, ");
    end = append_number(end, limit, now.tv_sec);
    end = append(end, limit, " s after the guest's start, it was still ");
    end = append(end, limit, phases[atomic_load(&current_phase)]);
    end = append(end, limit, "\"}\n");
    write_all(STDOUT_FILENO, text, (size_t)(end - text));
    size_t skip = sizeof console - 1;
    write_file(deadline_fault_path, text + skip, (size_t)(end - text) - skip);
    write_file(deadline_status_path, "1\n", 2);
    if (deadline_powers_off)
        walkback_power_off();
    _exit(1);
}

int walkback_deadline_arm(int64_t nanoseconds, const char *fault_path, const char *status_path, bool power_off)
{
    static timer_t timer;
    static bool created;

    deadline_fault_path = fault_path;
    deadline_status_path = status_path;
    deadline_powers_off = power_off;
    if (!created) {
        struct sigaction action = {.sa_handler = deadline_passed};
        sigfillset(&action.sa_mask);
        if (sigaction(SIGALRM, &action, NULL) != 0)
            return errno;
        sigset_t alarm;
        sigemptyset(&alarm);
        sigaddset(&alarm, SIGALRM);
        pthread_sigmask(SIG_UNBLOCK, &alarm, NULL);
        struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM};
        if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0)
            return errno;
        created = true;
    }
    struct itimerspec when = {
        .it_value = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000},
    };
    // Zero would disarm the timer.
    if (nanoseconds <= 0)
        when.it_value = (struct timespec){.tv_nsec = 1};
    return timer_settime(timer, 0, &when, NULL) == 0 ? 0 : errno;
}

int walkback_exit_code(int wait_status)
{
    return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

void walkback_timer_slack_minimal(void)
{
    prctl(PR_SET_TIMERSLACK, 1UL);
}
