// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "containment.h"
#include "walkback_process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC 4
#endif

static void close_on_exec_from(int first)
{
    if (syscall(SYS_close_range, first, ~0u, CLOSE_RANGE_CLOEXEC) == 0)
        return;
    // For hosts before Linux 5.11. The limit is capped, because containers set it to a thousand million.
    struct rlimit limit = {.rlim_cur = 1024};
    getrlimit(RLIMIT_NOFILE, &limit);
    int last = limit.rlim_cur < 65536 ? (int)limit.rlim_cur : 65536;
    for (int descriptor = first; descriptor < last; descriptor++)
        fcntl(descriptor, F_SETFD, FD_CLOEXEC);
}

// What a child needs from before the fork.
struct birth {
    char **arguments;
    char **environment;
    struct walkback_reach reach;
    /// The child waits until this pipe has a byte, by which time its namespaces have their maps.
    int mapped[2];
    /// Receives the error, and the step that failed.
    int report[2];
    /// Refers to the parent; its number means nothing in the child's namespace.
    int parent;
};

struct failure {
    int error;
    enum walkback_step step;
};

// Whether the process has ended; if the kernel cannot tell, as before Linux 5.3, whether it is no longer our parent.
static bool has_ended(int process, pid_t number)
{
    if (process < 0)
        return getppid() != number;
    struct pollfd ending = {.fd = process, .events = POLLIN};
    return poll(&ending, 1, 0) != 0;
}

// Does everything between fork and exec; returns the error that stopped it.
static struct failure become(const struct walkback_spawn *spawn, const struct birth *birth, pid_t parent, int *report)
{
    int high[walkback_most_descriptors];
    int count = spawn->descriptor_count;
    struct failure failure = {.step = WALKBACK_STEP_START};
#define STOP return failure.error = errno, failure

    setsid();
    if (!spawn->outlives_us) {
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
            STOP;
        // If the parent died before the line above, no signal comes.
        if (has_ended(birth->parent, parent))
            _exit(127);
    }
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);

    // Move the descriptors out of the way first: a source may have the same number as another's target.
    *report = fcntl(birth->report[1], F_DUPFD_CLOEXEC, walkback_most_descriptors);
    if (*report < 0)
        STOP;
    for (int index = 0; index < count; index++) {
        high[index] = fcntl(spawn->descriptors[index], F_DUPFD_CLOEXEC, walkback_most_descriptors);
        if (high[index] < 0)
            STOP;
    }
    if (spawn->containment != NULL) {
        char go;
        if (spawn->containment->namespaces && read(birth->mapped[0], &go, 1) != 1)
            _exit(127);
        failure.error = walkback_enter_containment(spawn->containment, &birth->reach, high, count, &failure.step);
        if (failure.error != 0)
            return failure;
        failure.step = WALKBACK_STEP_START;
    }
    for (int index = 0; index < count; index++)
        if (dup2(high[index], index) < 0)
            STOP;
    close_on_exec_from(count);

    struct sigaction standard = {.sa_handler = SIG_DFL};
    for (int number = 1; number < NSIG; number++)
        sigaction(number, &standard, NULL);
    sigset_t empty;
    sigemptyset(&empty);
    sigprocmask(SIG_SETMASK, &empty, NULL);

    if (spawn->containment != NULL) {
        failure.step = WALKBACK_STEP_SYSTEM_CALLS;
        failure.error = walkback_limit_system_calls();
        if (failure.error != 0)
            return failure;
        failure.step = WALKBACK_STEP_START;
    }
    if (spawn->path == NULL)
        _exit(0);
    execve(spawn->path, birth->arguments, birth->environment);
    STOP;
#undef STOP
}

// Splits a block into strings as exec takes them; NULL if memory ran out.
static char **list(const char *block, int count)
{
    char **strings = calloc((size_t)count + 1, sizeof *strings);
    for (int index = 0; strings != NULL && index < count; index++) {
        strings[index] = (char *)block;
        block += strlen(block) + 1;
    }
    return strings;
}

// Lets the child go on, once its namespaces have their maps.
static int let_go(const struct walkback_spawn *spawn, const struct birth *birth, pid_t child)
{
    if (spawn->containment == NULL || !spawn->containment->namespaces)
        return 0;
    int error = walkback_write_maps(child);
    if (error == 0 && write(birth->mapped[1], "", 1) != 1)
        error = errno;
    return error;
}

// Waits until the child executes its program, or tells why it cannot.
static struct failure await_start(const struct walkback_spawn *spawn, const struct birth *birth, pid_t child)
{
    struct failure failure = {.step = WALKBACK_STEP_NAMESPACES};
    failure.error = let_go(spawn, birth, child);
    if (failure.error != 0) {
        kill(child, SIGKILL);
    } else {
        ssize_t length;
        do
            length = read(birth->report[0], &failure, sizeof failure);
        while (length < 0 && errno == EINTR);
        if (length != sizeof failure)
            return (struct failure){0};
    }
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {}
    return failure;
}

static struct failure spawn_prepared(const struct walkback_spawn *spawn, struct birth *birth, pid_t *child)
{
    struct failure failure = {.step = WALKBACK_STEP_START};
    // Our signal handlers must not run in the child, whose memory is a copy.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t parent = getpid();
    pid_t process = spawn->containment == NULL ? fork() : walkback_fork_contained(spawn->containment);
    if (process == 0) {
        // Were the child to keep it, it would wait for ever for a parent that has died.
        close(birth->mapped[1]);
        int descriptor = -1;
        failure = become(spawn, birth, parent, &descriptor);
        if (write(descriptor < 0 ? birth->report[1] : descriptor, &failure, sizeof failure) < 0)
            _exit(126);
        _exit(127);
    }
    if (process < 0) {
        failure.error = errno;
        if (spawn->containment != NULL)
            failure.step = WALKBACK_STEP_NAMESPACES;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(birth->report[1]);
    birth->report[1] = -1;
    if (process > 0)
        failure = await_start(spawn, birth, process);
    if (failure.error == 0)
        *child = process;
    return failure;
}

// Prepares all that is allocated before the fork, because another thread may hold the allocator's lock at that time.
static int prepare(const struct walkback_spawn *spawn, struct birth *birth)
{
    birth->arguments = list(spawn->arguments, spawn->argument_count);
    birth->environment = list(spawn->environment, spawn->environment_count);
    if (birth->arguments == NULL || birth->environment == NULL)
        return ENOMEM;
    if (pipe2(birth->report, O_CLOEXEC) != 0 || pipe2(birth->mapped, O_CLOEXEC) != 0)
        return errno;
    birth->parent = (int)syscall(SYS_pidfd_open, getpid(), 0);
    if (spawn->containment == NULL || !spawn->containment->namespaces)
        return 0;
    return walkback_find_paths(spawn->containment, spawn->descriptors, spawn->descriptor_count, &birth->reach);
}

static void forget(struct birth *birth)
{
    free(birth->arguments);
    free(birth->environment);
    walkback_forget_paths(&birth->reach);
    const int descriptors[] = {
        birth->mapped[0], birth->mapped[1], birth->report[0], birth->report[1], birth->parent,
    };
    for (int index = 0; index < 5; index++)
        if (descriptors[index] >= 0)
            close(descriptors[index]);
}

int walkback_spawn(const struct walkback_spawn *spawn, pid_t *child, enum walkback_step *step)
{
    *step = WALKBACK_STEP_START;
    if (spawn->descriptor_count > walkback_most_descriptors || spawn->argument_count < 0 ||
        spawn->environment_count < 0)
        return EINVAL;
    struct birth birth = {.mapped = {-1, -1}, .report = {-1, -1}, .parent = -1};
    struct failure failure = {.error = prepare(spawn, &birth), .step = WALKBACK_STEP_START};
    if (failure.error == 0)
        failure = spawn_prepared(spawn, &birth, child);
    forget(&birth);
    *step = failure.step;
    return failure.error;
}
