import Determinism
import Quantities

/// The sizes of a workload's responses, one after the other: the same for the same seed on every machine.
package struct ResponseSizes: Sendable {
    private let requests: Workload.Requests
    private var generator: SplitMix64

    package init(_ requests: Workload.Requests, seed: UInt64) {
        self.requests = requests
        generator = SplitMix64(seed: seed, purpose: "response sizes")
    }

    /// At least one byte.
    package mutating func next() -> ByteCount {
        // Lognormal: the logarithm is normal, and its mean that of the median.
        let factor = PortableMath.exp(requests.sigma * generator.nextNormal())
        return ByteCount(max(1, Int64((Double(requests.medianSize.bytes) * factor).rounded())))
    }
}
