// SPDX-License-Identifier: Apache-2.0
import Netlink
import Plans

/// The kernel's random numbers, which it draws from the run's seed.
extension Lab {
    /// The streams of random numbers that one seed gives.
    package enum RandomStream: Int {
        /// From the first SYN on.
        case run = 1
        /// Of a program that starts on the server before that. It is another stream, so that the two ends do not draw
        /// the same numbers.
        case server
    }

    private static let randomStream = "kernel.random.stream"

    /// Begins the kernel's random numbers again, so that they do not depend on what was drawn until now. Kernel options
    /// and namespaces that nothing uses draw random numbers, too.
    ///
    /// Only a kernel with our patch has the setting. On another one this does nothing, and the run's record lacks the
    /// setting.
    package func begin(_ stream: RandomStream) throws {
        guard try SystemControl.value(of: Self.randomStream) != nil else { return }
        try SystemControl.set(Self.randomStream, to: String(stream.rawValue))
    }

    /// The stream that the kernel says it draws from.
    func describeRandomNumbers(into record: inout RunRecord) throws {
        record.sysctls[Self.randomStream] = try SystemControl.value(of: Self.randomStream)
    }
}
