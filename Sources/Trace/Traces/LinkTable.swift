// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities

/// All that the kernel's link needs to know about one direction of one path, in the form in which the kernel reads it.
///
/// A run's host hands the encoded form to its guest: a header, then the points and the conditions in the layout of the
/// BPF maps, so that the guest reads them from the file straight into the kernel's memory.
public struct LinkTable: Sendable, Equatable {
    /// The conditions that hold from `time` until the next condition.
    public struct Condition: Sendable, Equatable {
        /// When they begin, on the trace's clock.
        public let time: Duration
        /// The conditions themselves.
        public var conditions: LinkConditions

        /// Creates a row; each parameter is the property of the same name.
        public init(time: Duration, conditions: LinkConditions) {
            self.time = time
            self.conditions = conditions
        }

        /// Creates a row that has no other conditions than delay and loss.
        public init(time: Duration, delay: Duration, loss: Double) {
            self.init(time: time, conditions: LinkConditions(delay: delay, loss: loss))
        }

        /// One-way propagation delay, without queueing.
        public var delay: Duration {
            get { conditions.delay }
            set { conditions.delay = newValue }
        }
        /// Probability, 0 to 1.
        public var loss: Double { conditions.loss }
        /// The loss probability as the kernel compares it with 32 random bits; 2^32 is certain loss.
        public var lossThreshold: UInt64 { LinkWord.chance(loss) }
    }

    /// The capacity curve. A packet takes its IP bytes and ``overhead`` from it.
    public let curve: Curve
    /// At least one condition, the first at time zero.
    public let conditions: [Condition]
    /// A packet is dropped on arrival when it would raise the backlog above this.
    public let queue: ByteCount
    /// Bytes that each packet takes on the link in addition to its IP bytes (4 for a Mahimahi file).
    public let overhead: ByteCount

    /// Creates a table; each parameter is the property of the same name. Without a row at time zero, the first row
    /// holds from there.
    public init(curve: Curve, conditions: [Condition], queue: ByteCount, overhead: ByteCount) {
        self.curve = curve
        var rows = conditions
        if rows.first?.time != .zero {
            rows.insert(Condition(time: .zero, conditions: rows.first?.conditions ?? LinkConditions()), at: 0)
        }
        self.conditions = rows
        self.queue = queue
        self.overhead = overhead
    }

    /// The first eight bytes of an encoded table, as a little-endian number.
    public static let magic: UInt64 = 0x314b_4e4c_4257  // "WBLNK1" in memory order
    /// Bytes of the header.
    public static let headerSize = 48
    /// Bytes of one point of the curve.
    public static let pointSize = 16
    /// The size of the time and of one word for each condition among the columns, as in `struct walkback_condition`.
    public static let conditionSize = 8 * (1 + LinkColumn.words.count)

    /// The table as the guest reads it. Little-endian: magic, points, conditions, staircase, queue in 1/256 byte,
    /// overhead in 1/256 byte (u64 each); points as (time in ns, position in 1/256 byte); conditions as the time in ns
    /// and the word of each `LinkColumn` that has one (delay in ns, loss threshold).
    public func encoded() -> [UInt8] {
        var words: [UInt64] = [
            Self.magic, UInt64(curve.points.count), UInt64(conditions.count), curve.shape == .staircase ? 1 : 0,
            Curve.Position(queue).units, Curve.Position(overhead).units,
        ]
        words.reserveCapacity(6 + curve.points.count * 2 + conditions.count * Self.conditionSize / 8)
        for point in curve.points {
            words.append(UInt64(point.time))
            words.append(point.position.units)
        }
        for condition in conditions {
            words.append(UInt64(condition.time.wholeNanoseconds))
            for word in LinkColumn.words { words.append(word(condition.conditions)) }
        }
        return words.withUnsafeBytes { Array($0) }
    }

    /// The header of an encoded table.
    public struct Header: Sendable, Equatable {
        /// The number of points of the curve.
        public let points: Int
        /// The number of conditions.
        public let conditions: Int
        /// The curve's shape.
        public let shape: Curve.Shape
        /// Unit: 1/256 byte.
        public let queue: Curve.Position
        /// Unit: 1/256 byte.
        public let overhead: Curve.Position

        /// Bytes of all points.
        public var pointBytes: Int { points * LinkTable.pointSize }
        /// Bytes of all conditions.
        public var conditionBytes: Int { conditions * LinkTable.conditionSize }

        /// Reads the header; nil if `bytes` is not the start of an encoded table.
        public init?(_ bytes: [UInt8]) {
            guard bytes.count >= LinkTable.headerSize else { return nil }
            let words = bytes.withUnsafeBytes { raw in
                (0..<6).map { raw.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self) }
            }
            guard words[0] == LinkTable.magic, words[1] > 0, words[2] > 0, words[1] < 1 << 31, words[2] < 1 << 31 else {
                return nil
            }
            points = Int(words[1])
            conditions = Int(words[2])
            shape = words[3] == 1 ? .staircase : .linear
            queue = Curve.Position(units: words[4])
            overhead = Curve.Position(units: words[5])
        }
    }
}
