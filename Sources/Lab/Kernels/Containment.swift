// SPDX-License-Identifier: Apache-2.0
import Documents
import Glibc
import Quantities
import System
import SystemPackage

/// What keeps a guest from harming this machine. A guest's own kernel is part of what is held, since whoever is root in
/// it can make it do anything that its user may do.
package struct Containment: Sendable, Equatable {
    /// The kinds, the strongest first.
    package enum Kind: String, Sendable, CaseIterable {
        /// Namespaces, then Landlock where the kernel has it, and a list of allowed system calls.
        case namespaces
        /// Landlock and the list of allowed system calls. Nothing is hidden, and what Landlock does not govern is open.
        case landlock
        /// A container around this program, and the list of allowed system calls.
        case container
        /// Nothing, because the user asked for it.
        case uncontained
    }

    /// What a guest's kernel lets its programs use up of this machine, in every kind.
    package struct Limits: Sendable, Equatable {
        /// Processes at a time, without threads. The lab's own are fewer than twenty.
        package var processes: UInt32
        /// All that is written to files of this machine.
        package var written: ByteCount

        package init(processes: UInt32 = 2000, written: ByteCount = ByteCount(20_000_000_000)) {
            self.processes = processes
            self.written = written
        }
    }

    package var kind: Kind
    /// Whether Landlock is used besides namespaces.
    private var landlock: Bool
    /// The absolute paths that a guest finds empty, where there are namespaces.
    package var hidden: [FilePath]
    package var limits = Limits()

    /// No containment at all.
    package static let none = Containment(kind: .uncontained, landlock: false, hidden: [])

    private init(kind: Kind, landlock: Bool, hidden: [FilePath]) {
        self.kind = kind
        self.landlock = landlock
        self.hidden = hidden
    }

    /// The strongest kind that this machine offers.
    ///
    /// - Parameter hidden: paths to hide besides those that always are.
    /// - Throws: `Fault` if there is none, or if `hidden` is not empty and nothing can be hidden.
    package static func strongest(hiding hidden: [FilePath] = []) throws -> Containment {
        guard let kind = offered.first else {
            throw Fault(
                .permission,
                "nothing on this machine can contain a guest: \(refusals), and this is no container; allow user "
                    + "namespaces, or add --uncontained if you trust every program and every file that takes part")
        }
        return try Containment(kind, hiding: hidden)
    }

    /// - Throws: `Fault` if `hidden` is not empty and nothing can be hidden.
    package init(_ kind: Kind, hiding hidden: [FilePath] = []) throws {
        guard kind == .namespaces || hidden.isEmpty else {
            throw Fault(
                .permission,
                "--hide needs user namespaces, which this machine refuses (\(Self.refusals)); allow them, or run as a "
                    + "user who may not read \(hidden[0])")
        }
        self.init(
            kind: kind, landlock: kind == .landlock || (kind == .namespaces && Self.trials.landlock == nil),
            hidden: kind == .namespaces ? SecretPaths.all + hidden : [])
    }

    /// The kinds that this machine offers, the strongest first; `uncontained` is never among them.
    package static var offered: [Kind] {
        var kinds: [Kind] = []
        if trials.namespaces == nil { kinds.append(.namespaces) }
        if trials.landlock == nil { kinds.append(.landlock) }
        if isContainer { kinds.append(.container) }
        return kinds
    }

    /// What a guest's process is started with; nil: nothing holds it.
    ///
    /// - Parameters:
    ///   - firstReopened: the first descriptor that a path leads to.
    ///   - firstWritable: the first descriptor of a directory that the guest may write.
    func ofProcess(firstReopened: Int, firstWritable: Int) -> SpawnContainment? {
        guard kind != .uncontained else { return nil }
        return SpawnContainment(
            namespaces: kind == .namespaces, landlock: landlock, firstReopened: firstReopened,
            firstWritable: firstWritable, hidden: hidden.map(\.string))
    }

    /// One line for people: what holds, and what does not.
    package var summary: String {
        switch kind {
        case .namespaces: "namespaces, \(landlock ? "Landlock, " : "")a list of system calls"
        case .landlock:
            "Landlock and a list of system calls: programs can read all your files, and change their permissions"
        case .container: "the container around this program, and a list of system calls"
        case .uncontained: "none: programs can do whatever you may do"
        }
    }
}

// MARK: What the machine offers

extension Containment {
    private struct Trials {
        var namespaces = Spawn.trial(of: SpawnContainment(namespaces: true, landlock: false))
        var landlock = Spawn.trial(of: SpawnContainment(namespaces: false, landlock: true))
    }

    /// Tried once, with a child that holds itself in the same way as a guest's.
    private static let trials = Trials()

    private static var refusals: String {
        [("user namespaces", trials.namespaces), ("Landlock", trials.landlock)].compactMap { name, error in
            error.map { "\(name): \(Files.describe(errno: $0.errno))" }
        }.joined(separator: "; ")
    }

    /// Whether this program runs in a container: Docker, Podman, systemd-nspawn and LXC leave one of these marks.
    static var isContainer: Bool {
        if access("/.dockerenv", F_OK) == 0 || access("/run/.containerenv", F_OK) == 0 { return true }
        // Kubernetes gives every container of a pod its address.
        if getenv("container") != nil || getenv("KUBERNETES_SERVICE_HOST") != nil { return true }
        return access("/run/systemd/container", F_OK) == 0
    }
}
