// SPDX-License-Identifier: Apache-2.0
import Kernels

/// What executes a sweep's runs.
package enum SweepEngine: Sendable {
    /// The real stack.
    case kernel(Kernel)
    /// Documentation/fluid-engine.md: in milliseconds, and nothing about MPTCP rests on it.
    case fluid

    package enum Name: String, CaseIterable, Sendable {
        case kernel, fluid
    }

    /// - Parameter kernel: `embedded`, `host` or a file.
    init(_ name: Name, kernel: String) throws {
        switch name {
        case .kernel: self = .kernel(try Kernel.find(kernel))
        case .fluid: self = .fluid
        }
    }

    var name: Name {
        switch self {
        case .kernel: .kernel
        case .fluid: .fluid
        }
    }

    var release: String {
        switch self {
        case .kernel(let kernel): kernel.release
        case .fluid: ""
        }
    }

    /// Of the kernel's file.
    ///
    /// - Throws: where it cannot be read.
    func kernelSHA256() throws -> String {
        switch self {
        case .kernel(let kernel): try kernel.sha256()
        case .fluid: ""
        }
    }

    var patches: [String] {
        switch self {
        case .kernel(let kernel): kernel.patches
        case .fluid: []
        }
    }
}
