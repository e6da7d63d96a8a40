// SPDX-License-Identifier: Apache-2.0
import Netlink
import Plans

/// The kernel's random numbers, which are derived from the run's seed.
extension Lab {
    /// The independent streams of random numbers that one seed gives.
    package enum RandomStream: Int {
        /// From the first SYN on.
        case run = 1
        /// For a program that starts on the server before the first SYN. It is a separate stream, so that the two ends
        /// do not draw the same numbers.
        case server
    }

    private static let randomStream = "kernel.random.stream"

    /// Restarts the kernel's random numbers, so that they do not depend on what was drawn until now: even unused kernel
    /// options and namespaces draw random numbers.
    ///
    /// Only a kernel with our patch has the setting. On any other kernel this does nothing, and the run's record lacks
    /// the setting.
    /// setting.
    package func begin(_ stream: RandomStream) throws {
        guard try SystemControl.value(of: Self.randomStream) != nil else { return }
        try SystemControl.set(Self.randomStream, to: String(stream.rawValue))
    }

    /// Records the stream that the kernel says it draws from.
    func describeRandomNumbers(into record: inout RunRecord) throws {
        record.sysctls[Self.randomStream] = try SystemControl.value(of: Self.randomStream)
    }
}
