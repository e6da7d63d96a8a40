// SPDX-License-Identifier: Apache-2.0
import CGuestProbe
import Documents
import Glibc
import Guest
import Kernels
import Plans
import Quantities
import System
import SystemPackage

/// Both sides of a boot in one small program, as in `walkback`. `guest` runs in the guest and does what the file
/// `probe` in its run directory says; `boot` boots guests of this program and prints their results.
@main enum GuestProbe {
    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        switch arguments.first {
        case "guest" where GuestBringUp.isFirstProcess: GuestBringUp.runAsFirstProcess(ProbeWork.perform)
        case "guest" where arguments.count == 3: exit(GuestBringUp.run(here: arguments[2], ProbeWork.perform))
        case "boot" where arguments.count >= 3: exit(boot(arguments))
        case "boot-untraced" where arguments.count >= 3:
            guard guest_probe_forbid_ptrace() == 0 else { exit(99) }
            exit(boot(arguments))
        case "contained" where arguments.count >= 4: exit(bootContained(arguments))
        default:
            print(
                """
                usage: guest-probe guest [--here DIR] | boot KERNEL DIR… | boot-untraced KERNEL DIR… | \
                contained KERNEL KIND DIR HIDDEN…
                """)
            exit(64)
        }
    }

    /// Boots one guest under one kind of containment, with the command in its directory, and prints its console.
    private static func bootContained(_ arguments: [String]) -> Int32 {
        do {
            guard let kind = Containment.Kind(rawValue: arguments[2]) else {
                throw Fault(.usage, "there is no kind of containment '\(arguments[2])'")
            }
            var containment = try Containment(kind, hiding: arguments.dropFirst(4).map { FilePath($0) })
            containment.limits = Containment.Limits(processes: 100, written: ByteCount(10_000_000))
            let kernel = Kernel.embedded(
                try EmbeddedKernel.find(explicit: FilePath(arguments[1]), containment: containment))
            let job = GuestJob(id: "attack", directory: try HeldDirectory(FilePath(arguments[3])), seed: 1)
            let end = try kernel.run(job) { line in
                switch line {
                case .text(let text): print(text)
                case .note(let text): print("note \(text)")
                case .time: break
                }
            }
            return end.status
        } catch {
            let fault = error as? Fault ?? Fault(.failed, "\(error)")
            print("fault \(fault.code.rawValue) \(fault.message)")
            return fault.code.rawValue
        }
    }

    /// Boots one guest per directory, all at once.
    private static func boot(_ arguments: [String]) -> Int32 {
        do {
            let cancellation = try Cancellation()
            try Interruption.cancel(cancellation)
            let kernel = try KernelChoice(arguments[1]).find()
            let jobs = try arguments.dropFirst(2).map {
                GuestJob(id: $0, directory: try HeldDirectory(FilePath($0)), seed: 1)
            }
            let pool = GuestPool(width: jobs.count)
            let results = try pool.map(jobs, cancellation: cancellation) { job, cancellation in
                try GuestPool.execute(job, on: kernel, cancellation: cancellation) { _, _ in }
            }
            for result in results {
                print("record \(try result.get().id)")
            }
            return 0
        } catch {
            let fault = error as? Fault ?? Fault(.failed, "\(error)")
            print("fault \(fault.code.rawValue) \(fault.message)")
            return fault.code.rawValue
        }
    }
}
