// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities

extension Workload {
    /// Frames from the server at a steady pace, each with a deadline.
    public struct Stream: WorkloadKind {
        public static let name = "stream"
        public static let settings: [WorkloadSetting<Self>] = [
            .rate("rate", \.rate, in: DataRate(bitsPerSecond: 1000)...DataRate(bitsPerSecond: 1e9), example: "2Mbit"),
            .duration("interval", \.interval, in: .milliseconds(1)...(.seconds(60)), example: "40ms"),
            .duration("deadline", \.deadline, in: .milliseconds(1)...(.seconds(600)), example: "400ms"),
        ]

        /// The mean rate of the frames' payload; it determines their size.
        public var rate = DataRate(bitsPerSecond: 2_000_000)
        /// The time between two frames.
        public var interval = Duration.milliseconds(40)
        /// The time from the instant at which the server has a frame until its last byte must have arrived.
        public var deadline = Duration.milliseconds(400)

        public init() {}

        public var traffic: WorkloadTraffic {
            .frames(size: max(ByteCount(1), rate.bytes(in: interval)), interval: interval)
        }
        public var lateAfter: Duration? { deadline }
        public var messages: String { "frames" }
        public var deadlineStart: String { "the server had it" }

        /// The other words are settings of other kinds: see `Workload.digestWords`.
        public var digestWords: String {
            "\(Self.name) unlimited 1000000000 \(interval.wholeNanoseconds) \(deadline.wholeNanoseconds) 300000 1 "
                + rate.bitsPerSecond.text()
        }
    }
}
