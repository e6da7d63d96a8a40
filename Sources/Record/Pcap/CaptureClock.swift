// SPDX-License-Identifier: Apache-2.0
/// The length of a tick of an interface's time stamps and the origin they count from: pcapng's `if_tsresol` and
/// `if_tsoffset`.
package struct CaptureClock: Hashable, Sendable {
    /// Encoded as in the option: a tick is 10^-n seconds, or 2^-n seconds if the highest bit is set.
    package let resolution: UInt8
    /// Seconds to add to every stamp.
    package let offset: Int64

    package init(resolution: UInt8, offset: Int64 = 0) {
        self.resolution = resolution
        self.offset = offset
    }

    package static let microseconds = CaptureClock(resolution: 6)
    package static let nanoseconds = CaptureClock(resolution: 9)

    /// The powers 10^0 to 10^19, which are all that fit into 64 bits.
    private static let powersOfTen: [UInt64] = (0..<20).map { (0..<$0).reduce(1) { product, _ in product * 10 } }

    /// The instant that a time stamp denotes, rounded down to a nanosecond; nil if it is outside the range of
    /// `Timestamp`.
    package func timestamp(ticks: UInt64) -> Timestamp? {
        guard let sinceOffset = nanoseconds(ticks), let count = Int64(exactly: sinceOffset) else { return nil }
        let (shift, tooFar) = offset.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflow) = count.addingReportingOverflow(shift)
        return tooFar || overflow ? nil : Timestamp(nanoseconds: sum)
    }

    private func nanoseconds(_ ticks: UInt64) -> UInt64? {
        let exponent = Int(resolution & 0x7f)
        if resolution & 0x80 != 0 {
            // ticks * 10^9 / 2^exponent
            let (high, low) = ticks.multipliedFullWidth(by: 1_000_000_000)
            if exponent >= 64 { return exponent >= 94 ? 0 : high >> UInt64(exponent - 64) }
            guard high >> UInt64(exponent) == 0 else { return nil }
            return exponent == 0 ? low : low >> UInt64(exponent) | high << UInt64(64 - exponent)
        }
        if exponent <= 9 {
            let (product, overflow) = ticks.multipliedReportingOverflow(by: Self.powersOfTen[9 - exponent])
            return overflow ? nil : product
        }
        return exponent - 9 < Self.powersOfTen.count ? ticks / Self.powersOfTen[exponent - 9] : 0
    }
}
