import Runs
import Traces
import Units

/// What a radio's account is made of that does not depend on its model: what its path carried in each step of a run, cut where the
/// path attaches or detaches. On the run's clock.
struct Activity {
    struct Piece {
        let span: Range<Duration>
        let attached: Bool
        /// Of the step: whether it carried an IP byte, and its mean rates while attached.
        let hasData: Bool
        let down: DataRate
        let up: DataRate
    }

    let initially: Bool
    /// Trace time of the run's beginning.
    let offset: Duration
    let duration: Duration
    private(set) var pieces: [Piece] = []

    init(of path: RunPlan.Path, in series: Series, step: Duration, offset: Duration, duration: Duration) {
        self.offset = offset
        self.duration = duration
        let attachments = AttachedPieces(path.attachments, offset: offset)
        initially = attachments.initially
        for step in Steps(of: path.name, in: series, length: step, duration: duration) {
            let pieces = attachments.pieces(of: step.span)
            let attached = pieces.filter(\.attached).reduce(Duration.zero) { $0 + $1.span.length }
            let (down, up) = (step.down.rate(over: attached), step.up.rate(over: attached))
            for piece in pieces {
                self.pieces.append(
                    Piece(
                        span: piece.span, attached: piece.attached, hasData: step.down + step.up > .zero, down: down,
                        up: up))
            }
        }
    }
}

/// What one path carried in each step of a run, on the run's clock.
struct Steps: Sequence, IteratorProtocol {
    struct Step {
        let span: Range<Duration>
        let down: ByteCount
        let up: ByteCount
    }

    private let down: [UInt32]
    private let up: [UInt32]
    private let bins: Int
    private let duration: Duration
    private var bin = 0

    init(of path: String, in series: Series, length: Duration, duration: Duration) {
        down = series.link(path, .down)?.arrived ?? []
        up = series.link(path, .up)?.arrived ?? []
        bins = Int(Swift.max(1, length.wholeNanoseconds / Series.binWidth.wholeNanoseconds))
        self.duration = duration
    }

    mutating func next() -> Step? {
        let start = Series.binWidth * bin
        guard start < duration else { return nil }
        // A bin that the run's end cuts counts whole: nothing is recorded after the end.
        let range = bin..<bin + bins
        bin += bins
        let end = Swift.min(duration, Series.binWidth * bin)
        return Step(span: start..<end, down: Self.sum(down, range), up: Self.sum(up, range))
    }

    private static func sum(_ column: [UInt32], _ range: Range<Int>) -> ByteCount {
        ByteCount(column[range.clamped(to: column.indices)].reduce(0) { $0 + Int64($1) })
    }
}

/// When a path is attached, on the run's clock.
struct AttachedPieces {
    struct Piece {
        let span: Range<Duration>
        let attached: Bool
    }

    let initially: Bool
    private let changes: [RunPlan.Attachment]

    init(_ attachments: [RunPlan.Attachment], offset: Duration) {
        initially = attachments.last { $0.time <= offset }?.attached ?? true
        changes = attachments.filter { $0.time > offset }.map {
            RunPlan.Attachment(time: $0.time - offset, attached: $0.attached)
        }
    }

    /// `span`, cut where the path attaches or detaches.
    func pieces(of span: Range<Duration>) -> [Piece] {
        guard !changes.isEmpty else { return [Piece(span: span, attached: initially)] }
        var attached = changes.last { $0.time <= span.lowerBound }?.attached ?? initially
        var start = span.lowerBound
        var pieces: [Piece] = []
        for change in changes where change.time > start && change.time < span.upperBound {
            pieces.append(Piece(span: start..<change.time, attached: attached))
            (start, attached) = (change.time, change.attached)
        }
        pieces.append(Piece(span: start..<span.upperBound, attached: attached))
        return pieces
    }
}

/// A path's signal, asked for in order of time, on the run's clock.
struct Signal {
    private let samples: [PathTrace.Sample]
    private let offset: Duration
    private var index = 0

    init(_ samples: [PathTrace.Sample], offset: Duration) {
        self.samples = samples
        self.offset = offset
    }

    /// In dBm.
    mutating func at(_ time: Duration) -> Double? {
        while index + 1 < samples.count, samples[index + 1].time <= offset + time { index += 1 }
        return samples.indices.contains(index) ? samples[index].signal : nil
    }
}
