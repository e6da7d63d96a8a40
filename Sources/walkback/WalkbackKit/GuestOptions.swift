// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Documents
import Glibc
import Kernels
import Quantities
import SystemPackage

/// What holds the guests that a verb starts (Documentation/containment.md).
struct GuestOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Path that programs in a guest find empty, besides the places of keys and passwords; may be repeated.",
            valueName: "path"))
    var hide: [String] = []

    @Flag(help: "Start guests that nothing contains, for machines that offer nothing.")
    var uncontained = false

    @Option(help: "Most processes of a guest at a time.")
    var processLimit: UInt32 = Containment.Limits().processes

    @Option(help: ArgumentHelp("Most that a guest may write to this machine's files.", valueName: "size"))
    var writeLimit = "20GB"

    /// - Throws: `Fault` if a path to hide is not there, or a limit is none.
    func choice(of kernel: String) throws -> KernelChoice {
        let hidden = try hide.map { path in
            guard let absolute = realpath(path, nil) else {
                throw Fault(.usage, "--hide \(path): \(Errno(rawValue: errno)); name a file or directory that is there")
            }
            defer { free(absolute) }
            return FilePath(String(cString: absolute))
        }
        guard let written = ByteCount(text: writeLimit) else {
            throw Fault(.usage, "--write-limit \(writeLimit) is not a size; write it like 20GB")
        }
        // The lab needs some itself.
        guard processLimit >= 50 else { throw Fault(.usage, "--process-limit must be 50 or more") }
        return KernelChoice(
            kernel, hidden: hidden, isUncontained: uncontained,
            limits: Containment.Limits(processes: processLimit, written: written))
    }
}
