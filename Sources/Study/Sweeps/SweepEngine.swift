// SPDX-License-Identifier: Apache-2.0
import Kernels

/// The engine that executes a sweep's runs.
package enum SweepEngine: Sendable {
    /// The real stack.
    case kernel(Kernel)
    /// The fluid model of Documentation/fluid-engine.md. It takes milliseconds, and no claim about MPTCP rests on it.
    case fluid

    package enum Name: String, CaseIterable, Sendable {
        case kernel, fluid
    }

    init(_ name: Name, kernel: KernelChoice) throws {
        switch name {
        case .kernel: self = .kernel(try kernel.find())
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

    /// The hash of the kernel's file.
    ///
    /// - Throws: an error if it cannot be read.
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
