// SPDX-License-Identifier: Apache-2.0
/// What a tick of an interface's stamps is, and where they count from: pcapng's `if_tsresol` and `if_tsoffset`.
package struct CaptureClock: Hashable, Sendable {
    /// As the option has it: 10^-n, or with the highest bit set 2^-n seconds a tick.
    package let resolution: UInt8
    /// Seconds to add to every stamp.
    package let offset: Int64

    package init(resolution: UInt8, offset: Int64 = 0) {
        self.resolution = resolution
        self.offset = offset
    }

    package static let microseconds = CaptureClock(resolution: 6)
    package static let nanoseconds = CaptureClock(resolution: 9)

    /// 10^0 to 10^19, all that 64 bits hold.
    private static let powersOfTen: [UInt64] = (0..<20).map { (0..<$0).reduce(1) { product, _ in product * 10 } }

    /// The instant of a stamp, rounded down to a nanosecond; nil where it is beyond what `Timestamp` holds.
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
