import Units

/// IP bytes in bins of 100 ms, apart by direction.
package struct Throughput: Sendable, Equatable {
    package static let bin = Duration.milliseconds(100)
    private static let nanosecondsPerBin: Int64 = 100_000_000
    /// Two days: beyond that from the others a stamp is wrong, and memory is not given for what lies between.
    private static let most = 2 * 24 * 3600 * 10

    package struct Bin: Sendable, Equatable {
        package var inbound: Int64 = 0
        package var outbound: Int64 = 0
        /// Of packets whose direction is not known.
        package var unknown: Int64 = 0

        package var total: ByteCount { ByteCount(inbound + outbound + unknown) }
    }

    package private(set) var bins: [Bin] = []
    /// Number of the first bin, counted from 1970.
    private var first: Int64 = 0
    /// Bytes of packets whose stamps are too far from the others.
    package private(set) var unplaced = ByteCount.zero

    package init() {}

    /// When the first bin begins; nil where there is none.
    package var start: Timestamp? {
        bins.isEmpty ? nil : Timestamp(nanoseconds: first * Self.nanosecondsPerBin)
    }

    package mutating func add(_ length: ByteCount, _ direction: PacketDirection, at time: Timestamp) {
        let (quotient, remainder) = time.nanoseconds.quotientAndRemainder(dividingBy: Self.nanosecondsPerBin)
        let number = remainder < 0 ? quotient - 1 : quotient
        if bins.isEmpty { first = number }
        var index = Int(number - first)
        if index < 0 || index >= bins.count {
            guard makeRoom(for: index) else {
                unplaced += length
                return
            }
            index = max(0, index)
        }
        switch direction {
        case .inbound: bins[index].inbound += length.bytes
        case .outbound: bins[index].outbound += length.bytes
        case .unknown: bins[index].unknown += length.bytes
        }
    }

    private mutating func makeRoom(for index: Int) -> Bool {
        guard index < Self.most, index >= bins.count - Self.most else { return false }
        if index < 0 {
            bins.insert(contentsOf: repeatElement(Bin(), count: -index), at: 0)
            first += Int64(index)
        } else {
            bins.append(contentsOf: repeatElement(Bin(), count: index + 1 - bins.count))
        }
        return true
    }
}
