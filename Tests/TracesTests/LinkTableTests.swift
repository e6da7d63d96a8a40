// SPDX-License-Identifier: Apache-2.0
import Quantities
import Testing
import Traces

struct LinkTableTests {
    private static let table = LinkTable(
        curve: Curve(
            shape: .staircase,
            points: [
                .init(time: 3, position: .init(units: 7)), .init(time: 1_000_000_007, position: .init(units: 1 << 60)),
            ]),
        conditions: [
            .init(time: .zero, delay: .milliseconds(12), loss: 0),
            .init(time: .seconds(9), delay: .nanoseconds(1), loss: 1),
        ],
        queue: ByteCount(150_000), overhead: ByteCount(4))

    @Test("an encoded table holds, after its header, the points and the conditions as the kernel reads them")
    func encoding() throws {
        let bytes = Self.table.encoded()
        let header = try #require(LinkTable.Header(bytes))
        #expect(header.points == 2)
        #expect(header.conditions == 2)
        #expect(header.shape == .staircase)
        #expect(header.queue == .init(ByteCount(150_000)))
        #expect(header.overhead == .init(ByteCount(4)))
        #expect(bytes.count == LinkTable.headerSize + header.pointBytes + header.conditionBytes)
        let words = bytes.dropFirst(LinkTable.headerSize).withUnsafeBytes { raw in
            stride(from: 0, to: raw.count, by: 8).map {
                UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: $0, as: UInt64.self))
            }
        }
        #expect(words.prefix(4) == [3, 7, 1_000_000_007, 1 << 60])
        // Time, delay and loss, then the other columns.
        let size = LinkTable.conditionSize / 8
        #expect(words[4..<7] == [0, 12_000_000, 0])
        #expect(words[(4 + size)..<(7 + size)] == [9_000_000_000, 1, 1 << 32])
    }

    @Test("the file begins with its name")
    func magic() {
        #expect(Self.table.encoded().prefix(6).elementsEqual("WBLNK1".utf8))
    }

    @Test("what is no table, or only the start of one, has no header")
    func refusals() {
        let bytes = Self.table.encoded()
        #expect(LinkTable.Header([]) == nil)
        #expect(LinkTable.Header(Array(bytes.prefix(LinkTable.headerSize - 1))) == nil)
        var other = bytes
        other[0] ^= 1
        #expect(LinkTable.Header(other) == nil)
        // More points than any map holds.
        var huge = bytes
        huge[12] = 0xff
        #expect(LinkTable.Header(huge) == nil)
    }

    @Test(
        "loss is compared with 32 random bits",
        arguments: [(0, 0), (0.5, 1 << 31), (1, 1 << 32), (-1, 0), (7, 1 << 32), (0.001, 4_294_967)]
            as [(Double, UInt64)])
    func threshold(loss: Double, expected: UInt64) {
        #expect(LinkTable.Condition(time: .zero, delay: .zero, loss: loss).lossThreshold == expected)
    }

    @Test("conditions hold from time zero, whatever the first row says")
    func firstCondition() {
        let late = LinkTable.Condition(time: .seconds(1), delay: .milliseconds(3), loss: 0.25)
        let curve = Curve(shape: .linear, points: [])
        let table = LinkTable(curve: curve, conditions: [late], queue: .zero, overhead: .zero)
        #expect(table.conditions == [.init(time: .zero, delay: .milliseconds(3), loss: 0.25), late])
        let empty = LinkTable(curve: curve, conditions: [], queue: .zero, overhead: .zero)
        #expect(empty.conditions == [.init(time: .zero, delay: .zero, loss: 0)])
    }
}
