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

    package init(
        _ path: String, arguments: [String], environment: [String], descriptors: [CInt], outlivesUs: Bool = false
    ) {
        self.path = path
        self.arguments = arguments
        self.environment = environment
        self.descriptors = descriptors
        self.outlivesUs = outlivesUs
    }

    /// Returns the child, or the error of the step that failed, including execve's.
    package func start() -> Result<pid_t, SpawnError> {
        var child: pid_t = 0
        let error = Self.block(arguments).withCString { argumentBlock in
            Self.block(environment).withCString { environmentBlock in
                descriptors.withUnsafeBufferPointer { descriptors in
                    path.withCString { path in
                        var request = walkback_spawn(
                            path: path, arguments: argumentBlock, argument_count: CInt(arguments.count),
                            environment: environmentBlock, environment_count: CInt(environment.count),
                            descriptors: descriptors.baseAddress, descriptor_count: CInt(descriptors.count),
                            outlives_us: outlivesUs)
                        return walkback_spawn(&request, &child)
                    }
                }
            }
        }
        return error == 0 ? .success(child) : .failure(SpawnError(errno: error))
    }

    private static func block(_ strings: [String]) -> String {
        strings.map { $0 + "\0" }.joined()
    }
}

package struct SpawnError: Error {
    package let errno: CInt
}
