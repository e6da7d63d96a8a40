// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Glibc
import Quantities
import SystemPackage
import Testing

@testable import Kernels
@testable import System

/// What holds when the guest's kernel itself has been taken over: here the program that is started in its place attacks
/// with system calls of its own.
@Suite struct `A guest whose kernel was taken over` {
    private let scratch: Scratch
    private let directory: HeldDirectory
    private let victim: FilePath

    init() throws {
        scratch = try Scratch()
        directory = try HeldDirectory(scratch.directory("run"))
        victim = try scratch.file("thesis.tex", "chapter 1")
    }

    static let kinds = Containment.offered

    /// Runs a script as the process that a guest's kernel would be. Its descriptor 3 is a directory that it may write.
    private func attack(_ script: String, under kind: Containment.Kind) throws -> String {
        let process = GuestProcess(
            executable: "/bin/sh", arguments: ["sh", "-c", script],
            environment: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "VICTIM=\(victim)"],
            inherited: [directory.descriptor.rawValue], containment: try Containment(kind), firstWritable: 0,
            realTimeLimit: .seconds(60))
        let end = try process.run(cancellation: nil, log: -1) { _ in }
        let output = end.lastLines.joined(separator: "\n")
        #expect(end.reason == .exited(0), "\(end)")
        return output
    }

    @Test(arguments: kinds)
    func `still has its directory`(kind: Containment.Kind) throws {
        let output = try attack("cd /proc/self/fd/3/. && echo mine >a && cat a && echo DONE", under: kind)
        #expect(output.contains("DONE"), "\(output)")
        #expect(try Files.text(scratch.path.appending("run/a")) == "mine\n")
    }

    @Test(arguments: kinds.filter { $0 != .container })
    func `writes nowhere else`(kind: Containment.Kind) throws {
        let output = try attack(
            """
            echo x >"$VICTIM" && echo DONE; rm "$VICTIM" && echo DONE; mv "$VICTIM" "$VICTIM.2" && echo DONE
            cd /proc/self/fd/3/.; echo x >../thesis.tex && echo DONE; ln ../thesis.tex here && echo x >here && echo DONE
            exit 0
            """, under: kind)
        #expect(!output.contains("DONE"), "\(output)")
        #expect(try Files.text(victim) == "chapter 1")
    }

    /// A script that says DONE if it could do something, and whether it may be tried without containment.
    struct Attempt: Sendable, CustomStringConvertible {
        var description: String
        var isHarmless = true
    }

    static let attempts = [
        // socket, socketpair of datagrams.
        Attempt(description: "perl -MSocket -e 'socket(my $s, PF_INET, SOCK_STREAM, 0) and print qq(DONE)'"),
        Attempt(description: "perl -MSocket -e 'socket(my $s, PF_UNIX, SOCK_DGRAM, 0) and print qq(DONE)'"),
        Attempt(description: "perl -MSocket -e 'socketpair(my $a, my $b, PF_UNIX, SOCK_DGRAM, 0) and print qq(DONE)'"),
        // keyctl, bpf, io_uring_setup, userfaultfd, perf_event_open, process_vm_readv, kexec_load, init_module.
        Attempt(
            description: """
                perl -e 'for (250, 321, 425, 323, 298, 310, 246, 175) {
                    syscall($_, 0, 0, 0, 0, 0) < 0 and $! == 38 or print qq(DONE $_ $!)
                }'
                """),
        Attempt(description: "cp /bin/sh $OWN/s; chmod u+s $OWN/s && echo DONE"),
        Attempt(description: "cp /bin/sh $OWN/s; chmod g+s $OWN/s && echo DONE"),
        Attempt(description: "perl -e 'sysopen(my $f, q(/proc/self/fd/3/t), 0101, 04755) and print qq(DONE)'"),
        Attempt(description: "unshare --user true && echo DONE", isHarmless: false),
        Attempt(description: "unshare --mount true && echo DONE", isHarmless: false),
        Attempt(description: "mount -t tmpfs none $OWN/ && echo DONE", isHarmless: false),
        Attempt(description: "chroot / true && echo DONE", isHarmless: false),
        Attempt(description: "nsenter -t 1 -m true && echo DONE", isHarmless: false),
        Attempt(description: "mknod $OWN/b b 8 0 && echo DONE", isHarmless: false),
        Attempt(description: "mknod $OWN/c c 1 3 && echo DONE", isHarmless: false),
    ]

    @Test(arguments: kinds, attempts)
    func `may not make the system calls that lead out`(kind: Containment.Kind, attempt: Attempt) throws {
        let script = "OWN=/proc/self/fd/3; (\(attempt)) 2>&1; exit 0"
        let output = try self.attack(script, under: kind)
        #expect(!output.contains("DONE"), "\(output)")
        guard attempt.isHarmless else { return }
        let control = try self.attack(script, under: .uncontained)
        #expect(control.contains("DONE"), "without containment it should succeed: \(control)")
    }

    @Test(arguments: kinds.filter { $0 == .namespaces })
    func `sees no process of this machine`(kind: Containment.Kind) throws {
        let output = try attack(
            """
            kill -0 \(getpid()) && echo DONE; cat /proc/\(getpid())/environ && echo DONE
            for p in /proc/[0-9]*; do echo ${p#/proc/}; done; exit 0
            """, under: kind)
        #expect(!output.contains("DONE"), "\(output)")
        // It is the first process of its own namespace, and the only one. A covered /proc of a container stays.
        #expect(output.hasSuffix("\n1") || Containment.isContainer, "\(output)")
    }

    @Test(
        arguments: kinds.filter { $0 == .namespaces }, ["/dev/zero", "/dev/null", "/dev/mem", "/dev/kmsg", "/dev/ptmx"])
    func `opens no device of this machine`(kind: Containment.Kind, device: String) throws {
        let output = try attack("(: <\(device)) && echo DONE; (: >\(device)) && echo DONE; exit 0", under: kind)
        #expect(!output.contains("DONE"), "\(output)")
    }

    @Test(arguments: kinds.filter { $0 == .namespaces })
    func `keeps no capability but those with which root reads`(kind: Containment.Kind) throws {
        let output = try attack("cat /proc/self/status", under: kind)
        let allowed = Probe.isRoot ? "0000000000000006" : "0000000000000000"
        for name in ["CapPrm", "CapEff", "CapBnd"] { #expect(output.contains("\(name):\t\(allowed)"), "\(output)") }
        #expect(output.contains("NoNewPrivs:\t1") && output.contains("Seccomp:\t2"), "\(output)")
    }
}
