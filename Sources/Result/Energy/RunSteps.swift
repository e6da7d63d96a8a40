// SPDX-License-Identifier: Apache-2.0
import Plans
import Quantities
import Statistics
import Traces

/// The input of a radio's account that does not depend on its model: what its path carried in each step of a run, cut
/// at every instant at which the path attaches or detaches. Times are on the run's clock.
struct Activity {
    struct Piece {
        var span: Span
        let attached: Bool
        /// Whether the step carried an IP byte, and its mean rates while attached, in Mb/s.
        let hasData: Bool
        let down: Double
        let up: Double
    }

    let initially: Bool
    /// Trace time at which the run begins.
    let offset: Duration
    private(set) var pieces: [Piece] = []

    init(of path: RunPlan.Path, in series: Series, step: Duration, offset: Duration, duration: Duration) {
        self.offset = offset
        var attachments = AttachedPieces(path.attachments, offset: offset)
        initially = attachments.attached
        let steps = Steps(of: path.name, in: series, length: step, duration: duration)
        pieces.reserveCapacity(steps.underestimatedCount + path.attachments.count)
        var cut: [AttachedPieces.Piece] = []
        for step in steps {
            attachments.cut(step.span, into: &cut)
            var attached: Int64 = 0
            for piece in cut where piece.attached { attached += piece.span.length }
            let (down, up) = (Self.rate(step.down, over: attached), Self.rate(step.up, over: attached))
            let hasData = step.down + step.up > 0
            for piece in cut {
                // Silence is one piece, however long it is.
                if !hasData, let last = pieces.last, !last.hasData, last.attached == piece.attached {
                    pieces[pieces.count - 1].span.end = piece.span.end
                } else {
                    pieces.append(
                        Piece(span: piece.span, attached: piece.attached, hasData: hasData, down: down, up: up))
                }
            }
        }
    }

    private static func rate(_ bytes: Int64, over nanoseconds: Int64) -> Double {
        Double(bytes) * 8 / Span.seconds(nanoseconds) / 1e6
    }
}

/// What one path carried in each step of a run.
struct Steps: Sequence, IteratorProtocol {
    struct Step {
        let span: Span
        /// IP bytes.
        let down: Int64
        let up: Int64
    }

    private let down: [UInt32]
    private let up: [UInt32]
    private let bins: Int
    private let duration: Int64
    private var bin = 0
    private static let width = Series.binWidth.wholeNanoseconds

    init(of path: String, in series: Series, length: Duration, duration: Duration) {
        guard let down = series.link(path, .down), let up = series.link(path, .up) else {
            preconditionFailure("a run's series lack path \(path), which was checked when they were read")
        }
        (self.down, self.up) = (down.arrived, up.arrived)
        bins = Int(Swift.max(1, length.wholeNanoseconds / Self.width))
        self.duration = duration.wholeNanoseconds
    }

    var underestimatedCount: Int { Int(duration / Self.width) / bins }

    mutating func next() -> Step? {
        let start = Self.width * Int64(bin)
        guard start < duration else { return nil }
        // A bin that is cut by the end of the run counts in full: nothing is recorded after the end.
        let range = bin..<bin + bins
        bin += bins
        let end = Swift.min(duration, Self.width * Int64(bin))
        return Step(span: Span(start: start, end: end), down: Self.sum(down, range), up: Self.sum(up, range))
    }

    private static func sum(_ column: [UInt32], _ range: Range<Int>) -> Int64 {
        var sum: Int64 = 0
        for index in range.clamped(to: column.indices) { sum += Int64(column[index]) }
        return sum
    }
}

/// The spans in which a path is attached; must be queried in order of time.
struct AttachedPieces {
    struct Piece {
        let span: Span
        let attached: Bool
    }

    /// Whether the path is attached at the end of the last span queried; initially, at the beginning of the run.
    private(set) var attached: Bool
    private let changes: [(time: Int64, attached: Bool)]
    private var next = 0

    init(_ attachments: [RunPlan.Attachment], offset: Duration) {
        attached = attachments.last { $0.time <= offset }?.attached ?? true
        changes = attachments.filter { $0.time > offset }.map { (($0.time - offset).wholeNanoseconds, $0.attached) }
    }

    /// Appends `span`, cut at every instant at which the path attaches or detaches.
    mutating func cut(_ span: Span, into pieces: inout [Piece]) {
        pieces.removeAll(keepingCapacity: true)
        var start = span.start
        while next < changes.count, changes[next].time < span.end {
            let change = changes[next]
            next += 1
            if change.time > start {
                pieces.append(Piece(span: Span(start: start, end: change.time), attached: attached))
            }
            (start, attached) = (max(start, change.time), change.attached)
        }
        pieces.append(Piece(span: Span(start: start, end: span.end), attached: attached))
    }
}

/// A path's signal on the run's clock; must be queried in order of time.
struct Signal {
    private let samples: [PathTrace.Sample]
    private let offset: Int64
    private var index = 0

    init(_ samples: [PathTrace.Sample], offset: Duration) {
        self.samples = samples
        self.offset = offset.wholeNanoseconds
    }

    /// The signal in dBm.
    mutating func at(_ time: Int64) -> Double? {
        while index + 1 < samples.count, samples[index + 1].time.wholeNanoseconds <= offset + time { index += 1 }
        return samples.indices.contains(index) ? samples[index].signal : nil
    }
}
