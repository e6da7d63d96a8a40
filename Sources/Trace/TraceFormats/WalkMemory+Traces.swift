// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities
import System
import Traces

/// What traces take, known before they are read or made.
extension WalkMemory {
    static let rowSize = MemoryLayout<PathTrace.Sample>.stride
    private static let pointSize = MemoryLayout<Curve.Point>.stride
    private static let split = "split the walk, or write fewer rows"

    /// Adds what a file's lines take once they are read.
    package mutating func admit(_ file: InputFile, as format: any TraceFormat) throws {
        let lines = file.lineCount
        let size =
            switch format.holds {
            case .path: Self.rowSize
            case .direction: format is MahimahiFormat ? MemoryLayout<Int64>.stride : MemoryLayout<TimedRate>.stride
            }
        try take(Self.count(Double(lines), each: size), file.path, "reading \(lines) lines", Self.split)
    }

    /// Adds rows that are made of what a file holds.
    mutating func admit(rows: Int, _ place: String) throws {
        try take(Self.count(Double(rows), each: Self.rowSize), place, "a trace of \(rows) rows", Self.split)
    }

    /// Adds the curves of a trace whose samples are there already. A high rate that holds for hours has many points,
    /// because the kernel computes with 64 bits.
    package mutating func admitCurves(of trace: PathTrace, _ place: String) throws {
        let points = trace.mostCurvePoints
        try take(
            Self.count(points, each: Self.pointSize), place,
            "the capacity of path '\(trace.name)', which needs \(points.text(decimals: 0)) points,",
            "split the walk, or write lower rates or fewer rows")
    }

    /// Adds a path that two files of opportunities describe: its curves, and the rows that are made of them.
    package mutating func admit(
        _ opportunities: PathOpportunities, until end: Duration, roundTrip: Duration, detachAfter: Duration?,
        _ place: String
    ) throws {
        let points = Direction.allCases.reduce(0) { $0 + opportunities[$1].mostPoints(until: end) }
        try take(
            Self.count(points, each: Self.pointSize), place,
            "\(points.text(decimals: 0)) opportunities to send in \(end.seconds.text()) s",
            "choose a shorter duration")
        var rows = end.seconds.rounded(.up)
        if let detachAfter {
            let delay = roundTrip - .nanoseconds(roundTrip.wholeNanoseconds / 2)
            // A gap is a range, its two ends and the rows that begin at them.
            opportunities.forEachGap(of: detachAfter, until: end, delay: delay) { _ in rows += 3 }
        }
        try take(
            Self.count(rows, each: Self.rowSize), place, "a trace of \(rows.text(decimals: 0)) rows",
            "choose a shorter duration, or detach after longer gaps only")
    }
}
