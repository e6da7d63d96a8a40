// SPDX-License-Identifier: Apache-2.0
import CGuestProbe
import Documents
import Glibc
import Guest
import Kernels
import Plans
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
        default:
            print("usage: guest-probe guest [--here DIR] | boot KERNEL DIR… | boot-untraced KERNEL DIR…")
            exit(64)
        }
    }

    /// Boots one guest per directory, all at once.
    private static func boot(_ arguments: [String]) -> Int32 {
        do {
            let cancellation = try Cancellation()
            try Interruption.cancel(cancellation)
            let kernel = try Kernel.find(arguments[1])
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
