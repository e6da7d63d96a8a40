// SPDX-License-Identifier: Apache-2.0
import Quantities

/// IP bytes in bins of 100 ms, counted separately by direction.
package struct Throughput: Sendable {
    package static let bin = Duration.milliseconds(100)
    private static let nanosecondsPerBin: Int64 = 100_000_000
    /// Two days. A time stamp farther than this from the others is taken as wrong, so that no memory is allocated for
    /// the bins in between.
    private static let most = 2 * 24 * 3600 * 10

    /// What all interfaces of a capture may have together: five days, in 24 bytes for each bin.
    static let mostOfAll = 5 * 24 * 3600 * 10

    package struct Bin: Sendable, Equatable {
        package var inbound: Int64 = 0
        package var outbound: Int64 = 0
        /// IP bytes of packets whose direction is unknown.
        package var unknown: Int64 = 0

        package var total: ByteCount { ByteCount(inbound + outbound + unknown) }
    }

    /// All bins except the open one.
    private var closed: [Bin] = []
    /// Number of the first closed bin, counted from 1970.
    private var first: Int64 = 0
    /// The bin that packets are currently added to. It is kept separately because most packets fall into the same bin
    /// as the one before.
    private var open = Bin()
    /// When the open bin begins, in nanoseconds. No packet falls into a bin that ends before it begins.
    private var openStart: Int64 = 0
    private var openEnd: Int64 = -1
    /// Bytes of packets whose time stamps are too far from the others.
    package private(set) var unplaced = ByteCount.zero

    package init() {}

    /// All bins, once the last packet has been added.
    package var bins: [Bin] { closed }

    /// When the first bin begins; nil if there is no bin.
    package var start: Timestamp? {
        closed.isEmpty ? nil : Timestamp(nanoseconds: first * Self.nanosecondsPerBin)
    }

    /// Must be called after the last packet.
    mutating func end(_ free: inout Int) {
        close(&free)
    }

    /// - Parameter free: the number of bins that may still be added.
    @inline(__always)
    mutating func add(_ length: Int64, _ direction: PacketDirection, at time: Timestamp, _ free: inout Int) {
        if time.nanoseconds < openStart || time.nanoseconds >= openEnd { begin(at: time.nanoseconds, &free) }
        switch direction {
        case .inbound: open.inbound += length
        case .outbound: open.outbound += length
        case .unknown: open.unknown += length
        }
    }

    @inline(never)
    private mutating func begin(at time: Int64, _ free: inout Int) {
        close(&free)
        let (quotient, remainder) = time.quotientAndRemainder(dividingBy: Self.nanosecondsPerBin)
        let number = remainder < 0 ? quotient - 1 : quotient
        let (start, overflow) = number.multipliedReportingOverflow(by: Self.nanosecondsPerBin)
        // The first and last bins that fit into 64 bits of nanoseconds are shorter than the others.
        openStart = overflow ? .min : start
        openEnd = openStart > .max - Self.nanosecondsPerBin ? .max : openStart + Self.nanosecondsPerBin
    }

    private mutating func close(_ free: inout Int) {
        let bytes = open.total
        guard bytes > .zero else { return }
        let number = openStart == .min ? Int64.min / Self.nanosecondsPerBin - 1 : openStart / Self.nanosecondsPerBin
        if closed.isEmpty { first = number }
        let index = Int(number - first)
        if makeRoom(for: index, &free) {
            closed[max(0, index)].inbound += open.inbound
            closed[max(0, index)].outbound += open.outbound
            closed[max(0, index)].unknown += open.unknown
        } else {
            unplaced += bytes
        }
        open = Bin()
    }

    private mutating func makeRoom(for index: Int, _ free: inout Int) -> Bool {
        guard index < Self.most, index >= closed.count - Self.most else { return false }
        let more = max(0, index < 0 ? -index : index + 1 - closed.count)
        guard more <= free else { return false }
        free -= more
        if index < 0 {
            closed.insert(contentsOf: repeatElement(Bin(), count: -index), at: 0)
            first += Int64(index)
        } else if index >= closed.count {
            closed.append(contentsOf: repeatElement(Bin(), count: index + 1 - closed.count))
        }
        return true
    }
}
