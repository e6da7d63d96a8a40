// SPDX-License-Identifier: Apache-2.0
import Plans
import Quantities
import Registries
import Traces

/// A kind of workload that is not built in, made from the public library. It asks for an answer at regular intervals,
/// and once for many at the same time.
public struct Polls: WorkloadKind {
    public static let name = "polls"
    public static let settings: [WorkloadSetting<Self>] = [
        .size("answer", \.answer, in: ByteCount(1)...ByteCount(1_000_000), example: "2kB"),
        .duration("every", \.every, in: .milliseconds(1)...(.seconds(60)), example: "1s"),
        .count("burst", \.burst, in: 0...1000),
        .duration("burst_at", \.burstAt, in: .zero...(.seconds(3600)), example: "5s"),
        .duration("deadline", \.deadline, in: .milliseconds(1)...(.seconds(60)), example: "100ms"),
    ]

    public var answer = ByteCount(2000)
    public var every = Duration.seconds(1)
    public var burst = 10
    public var burstAt = Duration.seconds(5)
    public var deadline = Duration.milliseconds(100)

    public init() {}

    public init(answer: ByteCount, every: Duration, burst: Int, burstAt: Duration, deadline: Duration) {
        self.answer = answer
        self.every = every
        self.burst = burst
        self.burstAt = burstAt
        self.deadline = deadline
    }

    public var traffic: WorkloadTraffic {
        .requests { [self] _ in
            var (polls, left) = (0, burst)
            return AnyIterator {
                if left > 0, every * polls >= burstAt {
                    left -= 1
                    return WorkloadRequest(answer, at: burstAt)
                }
                defer { polls += 1 }
                return WorkloadRequest(answer, at: every * polls)
            }
        }
    }

    public var lateAfter: Duration? { deadline }
    public var activity: String { "polling" }
    public var messages: String { "answers" }

    private static let registered = Result { try Workload.kinds.add(Polls.self) }

    /// Adds the kind once, however many tests ask for it.
    public static func register() throws { try registered.get() }
}
