// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Glibc
import Quantities
import SystemPackage

/// A machine that stopped without a result, and the cause that its last output indicates.
struct GuestFailure {
    var end: GuestProcess.End
    var directory: FilePath
    var machine: RunSession.Machine
    /// Whether the log in the directory stays, so that the message may name it.
    var keepsLog: Bool

    /// One sentence with the cause and the remedy.
    var fault: Fault {
        if end.reason == .tookTooLong {
            return Fault(
                .failed,
                "the guest was stopped at its limit of real time\(progress), because a program in it computes without "
                    + "end or the machine is too busy\(see)")
        }
        if end.reason == .wasSilent {
            return Fault(
                .failed, "the guest was stopped\(progress), because a program in it computes without end\(see)")
        }
        if machine == .host { return Fault(.failed, "the run ended without a result (\(ending))\(quoted)\(see)") }
        return knownCause ?? Fault(.failed, "the guest ended without a result (\(ending))\(quoted)\(see)")
    }

    private var knownCause: Fault? {
        // The kernel's start-up checks print these (arch/um/os-Linux/start_up.c); they come before any other output.
        if said(["check_ptrace", "check_sysemu", "start_ptraced_child", "ptrace: "]) {
            return Fault(
                .permission,
                "the kernel may not trace its processes (ptrace), probably because this container forbids it; allow it "
                    + "with `docker run --cap-add SYS_PTRACE` or `--security-opt seccomp=unconfined`\(quoted)")
        }
        if said(["must be not mounted noexec", "PROT_EXEC mmap"]) {
            return Fault(
                .permission,
                "the kernel may not execute its memory, neither as a memfd nor in '\(directory)'; allow executable "
                    + "memfds (sysctl vm.memfd_noexec=0), or name an --output on a file system mounted without noexec")
        }
        if let line = end.lastLines.last(where: { $0.contains("Attempted to kill init") }) {
            return Fault(.failed, "the program in the guest \(Self.death(line))\(quoted(butNot: line))\(see)")
        }
        if said(["Requested init", "No working init"]) {
            return Fault(.failed, "the guest cannot execute this program\(quoted)\(see)")
        }
        if said(["Kernel panic"]) { return Fault(.failed, "the kernel of the guest panicked\(quoted)\(see)") }
        // setup_physmem is where the kernel maps its memory, which a limit on address space forbids.
        if said(["Cannot allocate memory", "setup_physmem", "Out of memory", "out of memory", "lseek64:"]) {
            return outOfMemory
        }
        switch end.reason {
        // The host could not provide a page of guest memory, or the host's kernel killed the largest process.
        case .signalled(SIGBUS), .signalled(SIGKILL): return outOfMemory
        default: return nil
        }
    }

    private var outOfMemory: Fault {
        Fault(
            .failed,
            "the guest ran out of the host's memory (\(ending))\(quoted); free some memory, raise the limit of the "
                + "container, or use fewer --jobs"
        )
    }

    private func said(_ phrases: [String]) -> Bool {
        end.lastLines.contains { line in phrases.contains { line.contains($0) } }
    }

    private var ending: String {
        switch end.reason {
        case .exited(let status): "exit status \(status)\(progress)"
        case .signalled(let number): "killed by signal \(number)\(progress)"
        case .tookTooLong, .wasSilent: "stopped\(progress)"
        case .cancelled: "cancelled\(progress)"
        }
    }

    private var progress: String {
        end.time.map { ", at \($0.seconds.text(decimals: 1)) s of its clock" } ?? ""
    }

    /// The `exitcode=0x0000000b` at the end of the kernel's panic is a wait status: a signal, or 256 times an exit
    /// status.
    static func death(_ panic: String) -> String {
        let digits = panic.text(after: "exitcode=0x").prefix { $0.isHexDigit }
        guard let code = Int(digits, radix: 16) else { return "ended early" }
        return code & 0x7f == 0 ? "ended early with exit status \(code >> 8)" : "crashed (signal \(code & 0x7f))"
    }

    private var quoted: String { quoted(butNot: nil) }

    /// The most informative of the last lines, in the kernel's or the program's own words.
    private func quoted(butNot known: String?) -> String {
        let spoken = end.lastLines.filter { !$0.allSatisfy(\.isWhitespace) && $0 != known }
        let telling = spoken.last { line in
            ["panic", "ptrace", "segfault", "rror", "annot", "denied", "failed", "not permitted"].contains {
                line.contains($0)
            }
        }
        guard let line = telling ?? spoken.last else { return "" }
        return ": \"\(line.prefix(200))\""
    }

    private var see: String { keepsLog ? "; see '\(directory.appending(RunDirectory.consoleLog))'" : "" }
}

extension String {
    /// The text after the first `marker`; empty if there is no marker.
    fileprivate func text(after marker: String) -> Substring {
        var rest = self[...]
        while !rest.isEmpty {
            if rest.hasPrefix(marker) { return rest.dropFirst(marker.count) }
            rest = rest.dropFirst()
        }
        return rest
    }
}
