// SPDX-License-Identifier: Apache-2.0
import Plans
import Quantities
import Traces
import Traffic

/// One direction of a transfer: its in-order application bytes, tick by tick.
struct RunFlow {
    let name: String
    let direction: Direction
    /// The number of bytes wanted; nil for as many as arrive.
    let size: ByteCount?
    let transfer: Transfer
    /// The server's view of the same transfer.
    let client: PayloadServer.Client
    private(set) var bins: [UInt32] = []

    init(name: String, direction: Direction, size: ByteCount?, transfer: Transfer, client: PayloadServer.Client) {
        self.name = name
        self.direction = direction
        self.size = size
        self.transfer = transfer
        self.client = client
    }

    /// Drains the end that receives. In real time a late tick may cover several bins; everything that it drains is
    /// counted in the last of them.
    mutating func take(bins count: Int) {
        let taken = direction == .down ? transfer.drain() : client.drain()
        bins += repeatElement(0, count: count - 1)
        bins.append(UInt32(taken))
    }

    var delivered: ByteCount { ByteCount(Int64(direction == .down ? transfer.received : client.received)) }
    var isComplete: Bool { size.map { delivered >= $0 } ?? false }

    var firstDifference: UInt64? { direction == .down ? transfer.firstDifference : client.firstDifference }

    /// Why the run cannot be used; nil if it can.
    var failure: String? { firstDifference.map { "byte \($0) of the \(name) is wrong" } }

    var record: RunRecord.Flow {
        RunRecord.Flow(name: name, direction: direction, delivered: delivered, verified: firstDifference == nil)
    }
}
