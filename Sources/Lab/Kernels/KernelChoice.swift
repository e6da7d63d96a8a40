// SPDX-License-Identifier: Apache-2.0
import Documents
import System
import SystemPackage

/// The kernel that a user chose, and how its guests are to be contained.
package struct KernelChoice: Sendable, Equatable {
    /// `embedded`, `host` or the file of an embedded kernel.
    package var name: String
    /// Paths that guests find empty, besides those that they always do.
    package var hidden: [FilePath]
    /// Whether the user wants no containment.
    package var isUncontained: Bool
    package var limits: Containment.Limits

    package init(
        _ name: String = "embedded", hidden: [FilePath] = [], isUncontained: Bool = false,
        limits: Containment.Limits = Containment.Limits()
    ) {
        self.name = name
        self.hidden = hidden
        self.isUncontained = isUncontained
        self.limits = limits
    }

    /// - Throws: a `Fault` that says what is wrong with the kernel or the machine.
    package func find() throws -> Kernel {
        if name == "host" {
            guard hidden.isEmpty else {
                throw Fault(.usage, "--hide needs a guest, and --kernel host starts none; remove one of them")
            }
            return .host(try HostKernel.find())
        }
        var containment = isUncontained ? Containment.none : try Containment.strongest(hiding: hidden)
        containment.limits = limits
        return .embedded(
            try EmbeddedKernel.find(explicit: name == "embedded" ? nil : FilePath(name), containment: containment))
    }
}
