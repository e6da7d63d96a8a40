// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc

/// A program to start in a session of its own.
package struct Spawn {
    /// The program's file.
    package var path: String
    /// The arguments; the first is the name that the program is called by.
    package var arguments: [String]
    /// `NAME=value` each; nothing else is inherited.
    package var environment: [String]
    /// Our descriptors that become its 0, 1, 2, …; it has no others.
    package var descriptors: [CInt]
    /// If true, the program keeps running when the thread that started it ends; if false, it is killed.
    package var outlivesUs: Bool
    /// What holds the program; nil: it may do what we may.
    package var containment: SpawnContainment?

    package init(
        _ path: String, arguments: [String], environment: [String], descriptors: [CInt], outlivesUs: Bool = false,
        containment: SpawnContainment? = nil
    ) {
        self.path = path
        self.arguments = arguments
        self.environment = environment
        self.descriptors = descriptors
        self.outlivesUs = outlivesUs
        self.containment = containment
    }

    /// Returns the child, or the error of the step that failed, including execve's.
    package func start() -> Result<pid_t, SpawnError> {
        path.withCString { start($0) }
    }

    /// Starts a child that executes nothing and ends at once.
    ///
    /// - Returns: the error of the step that failed; nil if this machine can hold a child so.
    package static func trial(of containment: SpawnContainment) -> SpawnError? {
        let trial = Spawn("", arguments: [], environment: [], descriptors: [], containment: containment)
        switch trial.start(nil) {
        case .success(let child):
            while waitpid(child, nil, 0) < 0, errno == EINTR {}
            return nil
        case .failure(let error): return error
        }
    }

    private func start(_ path: UnsafePointer<CChar>?) -> Result<pid_t, SpawnError> {
        var child: pid_t = 0
        var step = WALKBACK_STEP_START
        let error = Self.block(arguments).withCString { argumentBlock in
            Self.block(environment).withCString { environmentBlock in
                descriptors.withUnsafeBufferPointer { descriptors in
                    withContainment { containment in
                        var request = walkback_spawn(
                            path: path, arguments: argumentBlock, argument_count: CInt(arguments.count),
                            environment: environmentBlock, environment_count: CInt(environment.count),
                            descriptors: descriptors.baseAddress, descriptor_count: CInt(descriptors.count),
                            outlives_us: outlivesUs, containment: containment)
                        return walkback_spawn(&request, &child, &step)
                    }
                }
            }
        }
        return error == 0 ? .success(child) : .failure(SpawnError(errno: error, step: SpawnError.Step(step)))
    }

    private func withContainment<Outcome>(_ body: (UnsafePointer<walkback_containment>?) -> Outcome) -> Outcome {
        guard let containment else { return body(nil) }
        return Self.block(containment.hidden).withCString { hidden in
            var structure = walkback_containment(
                namespaces: containment.namespaces, landlock: containment.landlock,
                first_reopened: CInt(containment.firstReopened), first_writable: CInt(containment.firstWritable),
                hidden: hidden, hidden_count: CInt(containment.hidden.count))
            return withUnsafePointer(to: &structure) { body($0) }
        }
    }

    private static func block(_ strings: [String]) -> String {
        strings.map { $0 + "\0" }.joined()
    }
}

/// What holds a program that may be hostile, besides the limits on its system calls, which always hold.
package struct SpawnContainment: Sendable, Equatable {
    /// Namespaces of its own: every file system is read-only but for the writable directories, and no process, network
    /// or device of the host is in reach.
    package var namespaces: Bool
    /// The kernel's Landlock: nothing but the writable directories can be written.
    package var landlock: Bool
    /// The first of the descriptors that are opened again where the program will live.
    package var firstReopened: Int
    /// The first of the descriptors that are directories which the program may write.
    package var firstWritable: Int
    /// Absolute paths that the program finds empty; needs namespaces.
    package var hidden: [String]

    package init(
        namespaces: Bool, landlock: Bool, firstReopened: Int = 0, firstWritable: Int = 0, hidden: [String] = []
    ) {
        self.namespaces = namespaces
        self.landlock = landlock
        self.firstReopened = firstReopened
        self.firstWritable = firstWritable
        self.hidden = hidden
    }
}

/// Why a program did not start.
package struct SpawnError: Error {
    package enum Step: Sendable {
        case start, namespaces, readOnly, hide, reach, landlock, systemCalls

        init(_ step: walkback_step) {
            self =
                switch step {
                case WALKBACK_STEP_NAMESPACES: .namespaces
                case WALKBACK_STEP_READ_ONLY: .readOnly
                case WALKBACK_STEP_HIDE: .hide
                case WALKBACK_STEP_REACH: .reach
                case WALKBACK_STEP_LANDLOCK: .landlock
                case WALKBACK_STEP_SYSTEM_CALLS: .systemCalls
                default: .start
                }
        }
    }

    package let errno: CInt
    package let step: Step
}
