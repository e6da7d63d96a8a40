import Kernels
import Units

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

    /// Of the kernel that was named: two of one release may be anything but the same. Empty where there is no such file.
    ///
    /// - Throws: where it cannot be read.
    func sha256() throws -> String {
        guard case .kernel(.embedded(let kernel)) = self, let bytes = try Files.read(kernel.path) else { return "" }
        var hash = SHA256()
        hash.update(bytes)
        return hash.hexadecimal()
    }

    var patches: [String] {
        switch self {
        case .kernel(let kernel): kernel.patches
        case .fluid: []
        }
    }
}
