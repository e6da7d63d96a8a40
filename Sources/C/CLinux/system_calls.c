// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "containment.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

// The system calls that a user-mode kernel and its C library make (arch/um/os-Linux, arch/x86/um/os-Linux and
// fs/hostfs/hostfs_user.c of Linux 6.12), and the calls that a newer C library makes instead. All others get ENOSYS,
// upon which the C library tries an older one. No call here opens a connection to anything outside.

#ifdef __x86_64__

#define LOAD(offset) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset)
#define ARGUMENT(number) LOAD(offsetof(struct seccomp_data, args[number]))
#define RETURN(value) BPF_STMT(BPF_RET | BPF_K, value)
#define REFUSE(error) RETURN(SECCOMP_RET_ERRNO | (error))
#define ALLOW RETURN(SECCOMP_RET_ALLOW)
// Skips what follows it, `length` instructions, if the call is another.
#define IF_CALL(name, length) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, length)
#define ALLOWED(name) IF_CALL(name, 1), ALLOW
#define ANSWERED(name, error) IF_CALL(name, 1), REFUSE(error)
// Refuses the call if any of the bits is set in the argument.
#define WITHOUT_BITS(name, argument, bits) \
    IF_CALL(name, 4), ARGUMENT(argument), BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits, 0, 1), REFUSE(EPERM), ALLOW
// Refuses the call if the argument is this.
#define OTHER_THAN(name, argument, value) \
    IF_CALL(name, 4), ARGUMENT(argument), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1), REFUSE(EPERM), ALLOW
// A device of the host can be made by nobody.
#define WITHOUT_DEVICES(name, argument) \
    IF_CALL(name, 7), ARGUMENT(argument), BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, set_id, 4, 0), \
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, S_IFMT), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, S_IFCHR, 2, 0), \
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, S_IFBLK, 1, 0), ALLOW, REFUSE(EPERM)

enum {
    set_id = S_ISUID | S_ISGID,
    new_namespaces = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | 0x02000000,
    sys_fchmodat2 = 452,
};

#define SYS_walkback_fchmodat2 sys_fchmodat2

static const struct sock_filter filter[] = {
    LOAD(offsetof(struct seccomp_data, arch)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0),
    RETURN(SECCOMP_RET_KILL_PROCESS),
    LOAD(offsetof(struct seccomp_data, nr)),

    // Often called.
    ALLOWED(ptrace), ALLOWED(wait4), ALLOWED(clock_gettime), ALLOWED(timer_settime), ALLOWED(clock_nanosleep),
    ALLOWED(pread64), ALLOWED(pwrite64), ALLOWED(read), ALLOWED(write), ALLOWED(mmap), ALLOWED(munmap),
    ALLOWED(mprotect), ALLOWED(rt_sigprocmask), ALLOWED(rt_sigreturn), ALLOWED(statx), ALLOWED(close),
    ALLOWED(access), ALLOWED(lseek), ALLOWED(epoll_wait), ALLOWED(poll),

    // Files. None gets a set-user-ID bit, which root's could use outside.
    WITHOUT_BITS(open, 2, set_id), WITHOUT_BITS(openat, 3, set_id), WITHOUT_BITS(creat, 1, set_id),
    WITHOUT_BITS(chmod, 1, set_id), WITHOUT_BITS(fchmod, 1, set_id), WITHOUT_BITS(fchmodat, 2, set_id),
    WITHOUT_BITS(walkback_fchmodat2, 2, set_id), WITHOUT_BITS(mkdir, 1, set_id), WITHOUT_BITS(mkdirat, 2, set_id),
    WITHOUT_DEVICES(mknod, 1), WITHOUT_DEVICES(mknodat, 2),
    ALLOWED(stat), ALLOWED(fstat), ALLOWED(lstat), ALLOWED(newfstatat), ALLOWED(faccessat), ALLOWED(faccessat2),
    ALLOWED(statfs), ALLOWED(fstatfs), ALLOWED(getdents), ALLOWED(getdents64), ALLOWED(readlink), ALLOWED(readlinkat),
    ALLOWED(readv), ALLOWED(writev), ALLOWED(fcntl), ALLOWED(dup), ALLOWED(dup2), ALLOWED(dup3), ALLOWED(fsync),
    ALLOWED(fdatasync), ALLOWED(syncfs), ALLOWED(fallocate), ALLOWED(fadvise64), ALLOWED(truncate), ALLOWED(ftruncate),
    ALLOWED(chown), ALLOWED(fchown), ALLOWED(lchown), ALLOWED(fchownat), ALLOWED(utime), ALLOWED(utimes),
    ALLOWED(futimesat), ALLOWED(utimensat), ALLOWED(rename), ALLOWED(renameat), ALLOWED(renameat2), ALLOWED(rmdir),
    ALLOWED(unlink), ALLOWED(unlinkat), ALLOWED(link), ALLOWED(linkat), ALLOWED(symlink), ALLOWED(symlinkat),
    ALLOWED(umask), ALLOWED(getcwd), ALLOWED(chdir), ALLOWED(memfd_create),

    // Memory, processes and signals: the guest's processes are the kernel's children.
    WITHOUT_BITS(clone, 0, new_namespaces), ALLOWED(fork), ALLOWED(vfork), ALLOWED(execve), ALLOWED(execveat),
    ALLOWED(exit), ALLOWED(exit_group), ALLOWED(waitid), ALLOWED(tkill), ALLOWED(tgkill),
    // A kernel that panics sends itself this signal until it is dead, but the first process of a namespace gets none of
    // its own signals that it does not handle.
    IF_CALL(kill, 4), ARGUMENT(1), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SIGABRT, 0, 1),
    RETURN(SECCOMP_RET_KILL_PROCESS), ALLOW,
    ALLOWED(getpid), ALLOWED(getppid), ALLOWED(gettid), ALLOWED(getpgrp), ALLOWED(getpgid), ALLOWED(setpgid),
    ALLOWED(setsid), ALLOWED(getuid), ALLOWED(geteuid), ALLOWED(getgid), ALLOWED(getegid), ALLOWED(getgroups),
    ALLOWED(prctl), ALLOWED(arch_prctl), ALLOWED(personality), ALLOWED(uname), ALLOWED(brk), ALLOWED(mremap),
    ALLOWED(madvise), ALLOWED(msync), ALLOWED(getrlimit), ALLOWED(setrlimit), ALLOWED(prlimit64), ALLOWED(getrusage),
    ALLOWED(rt_sigaction), ALLOWED(rt_sigpending), ALLOWED(rt_sigsuspend), ALLOWED(rt_sigtimedwait),
    ALLOWED(rt_sigqueueinfo), ALLOWED(sigaltstack), ALLOWED(pause), ALLOWED(futex), ALLOWED(set_tid_address),
    ALLOWED(set_robust_list), ALLOWED(get_robust_list), ALLOWED(rseq), ALLOWED(membarrier), ALLOWED(getrandom),
    ALLOWED(restart_syscall), ALLOWED(seccomp),

    // Time and waiting.
    ALLOWED(time), ALLOWED(gettimeofday), ALLOWED(clock_getres), ALLOWED(nanosleep), ALLOWED(alarm),
    ALLOWED(setitimer), ALLOWED(getitimer), ALLOWED(timer_create), ALLOWED(timer_gettime), ALLOWED(timer_getoverrun),
    ALLOWED(timer_delete), ALLOWED(timerfd_create), ALLOWED(timerfd_settime), ALLOWED(timerfd_gettime),
    ALLOWED(sched_yield), ALLOWED(sched_setaffinity), ALLOWED(sched_getaffinity), ALLOWED(getcpu), ALLOWED(times),
    ALLOWED(epoll_create), ALLOWED(epoll_create1), ALLOWED(epoll_ctl), ALLOWED(epoll_pwait), ALLOWED(ppoll),
    ALLOWED(select), ALLOWED(pselect6), ALLOWED(pipe), ALLOWED(pipe2), ALLOWED(eventfd), ALLOWED(eventfd2),

    // The kernel's helper threads talk over pairs of stream sockets; from a datagram socket any other can be reached.
    IF_CALL(socketpair, 5), ARGUMENT(1), BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xf),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SOCK_STREAM, 0, 1), ALLOW, REFUSE(EPERM),
    ALLOWED(sendmsg), ALLOWED(recvmsg), ALLOWED(shutdown),
    // A terminal may be among the descriptors of whoever started the program; nobody types on it but its user.
    OTHER_THAN(ioctl, 1, TIOCSTI),

    // Not ENOSYS, upon which the C library reports that the system is too old.
    ANSWERED(socket, EPERM), ANSWERED(connect, EPERM), ANSWERED(mount, EPERM), ANSWERED(setxattr, EOPNOTSUPP),
    ANSWERED(lsetxattr, EOPNOTSUPP), ANSWERED(fsetxattr, EOPNOTSUPP),
    REFUSE(ENOSYS),
};

int walkback_limit_system_calls(void)
{
    const struct sock_fprog program = {.len = sizeof filter / sizeof *filter, .filter = (struct sock_filter *)filter};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0 ? 0 : errno;
}

#else

// User-mode kernels run on x86-64 alone.
int walkback_limit_system_calls(void)
{
    return ENOSYS;
}

#endif
