// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities

extension Workload {
    /// One request after another, each answered by some bytes, as when loading pages. The sizes of the responses are
    /// lognormal and drawn from the seed.
    public struct Requests: WorkloadKind {
        public static let name = "requests"
        public static let settings: [WorkloadSetting<Self>] = [
            .size("size", \.medianSize, in: ByteCount(1)...ByteCount(1_000_000_000), example: "300kB"),
            .number("sigma", \.sigma, in: 0...3),
            .duration("think", \.think, in: .zero...(.seconds(600)), example: "1s"),
        ]

        /// The median of the sizes of the responses, at least one byte.
        public var medianSize = ByteCount(300_000)
        /// The standard deviation of the sizes' logarithm; 0: every response has the median size.
        public var sigma = 1.0
        /// The time from a response's last byte to the next request.
        public var think = Duration.seconds(1)

        public init() {}

        public var traffic: WorkloadTraffic {
            .requests { [self] seed in
                var sizes = ResponseSizes(self, seed: seed)
                var pause = Duration.zero
                return AnyIterator {
                    defer { pause = think }
                    return WorkloadRequest(sizes.next(), after: pause)
                }
            }
        }

        /// The other words are settings of other kinds: see `Workload.digestWords`.
        public var digestWords: String {
            "\(Self.name) unlimited \(think.wholeNanoseconds) 40000000 400000000 \(medianSize.bytes) "
                + "\(sigma.text()) 2000000"
        }
    }
}

/// The sizes of responses, one after the other: the same for the same seed on every machine.
package struct ResponseSizes: Sendable {
    private let requests: Workload.Requests
    private var generator: SplitMix64

    package init(_ requests: Workload.Requests, seed: UInt64) {
        self.requests = requests
        generator = SplitMix64(seed: seed, purpose: "response sizes")
    }

    /// At least one byte.
    package mutating func next() -> ByteCount {
        // Lognormal: the logarithm is normal, and its mean is the logarithm of the median.
        let factor = PortableMath.exp(requests.sigma * generator.nextNormal())
        return ByteCount(max(1, Int64((Double(requests.medianSize.bytes) * factor).rounded())))
    }
}
