// SPDX-License-Identifier: Apache-2.0
import Quantities
import Traces

/// Reads a capacity curve forward, step by step.
struct CurveCursor {
    private let points: [Curve.Point]
    private let isStaircase: Bool
    /// IP bytes per unit of the curve's positions.
    private let share: Double
    private let start: Int64
    private var index = 0
    /// The end of the piece of the curve that the last reading was in, and the line through that piece.
    private var pieceEnd: Int64 = -1
    private var pieceStart: Int64 = 0
    private var base = 0.0
    private var slope = 0.0
    private var lastBin = -1
    private var last = 0.0
    private static let step: Int64 = 20_000_000

    init(_ curve: Curve, overhead: ByteCount, start: Duration) {
        points = curve.points
        isStaircase = curve.shape == .staircase
        share = Segment.size / (Segment.size + Double(overhead.bytes)) / Double(Curve.Position.unitsPerByte)
        self.start = start.wholeNanoseconds
    }

    /// The IP bytes of full packets that a step can carry. The capacity of skipped steps is lost.
    mutating func carried(in bin: Int) -> Double {
        let before = lastBin == bin ? last : position(bin)
        last = position(bin + 1)
        lastBin = bin + 1
        return last - before
    }

    private mutating func position(_ bin: Int) -> Double {
        let time = start + Int64(bin) * Self.step
        if time >= pieceEnd { seek(time) }
        return base + slope * Double(time - pieceStart)
    }

    private mutating func seek(_ time: Int64) {
        while index + 1 < points.count, points[index + 1].time <= time { index += 1 }
        let low = points[index]
        let isLast = index + 1 == points.count
        if low.time > time {
            (base, slope, pieceEnd) = (0, 0, low.time)
            return
        }
        base = Double(low.position.units) * share
        pieceStart = low.time
        pieceEnd = isLast ? .max : points[index + 1].time
        slope = 0
        if !isLast, !isStaircase {
            let high = points[index + 1]
            slope = Double(high.position.units - low.position.units) * share / Double(high.time - low.time)
        }
    }
}
