import Determinism
import Documents
import Quantities
import System
import Traces

/// The trace CSV (`NAME.trace.csv`): header lines that begin with `#`, a line of column names, and rows in order of
/// time.
///
/// A row holds from its `time_s` to the next row's, the last until `duration_s`. Rates are IP-layer capacity in Mb/s
/// to a whole bit per second, times whole nanoseconds, losses probabilities in steps of 10^-9, signals dBm in steps
/// of 0.001. What is written here is read back as the same value.
package enum TraceFile {
    package static let version = 1
    package static let columns = [
        "time_s", "down_mbps", "up_mbps", "delay_down_ms", "delay_up_ms", "loss_down", "loss_up", "attached",
        "signal_dbm",
    ]
    static let firstLine = "# walkback trace \(version)"

    /// Beyond these nothing is a recording of a radio; within them no arithmetic of a link overflows.
    static let largestRate = DataRate(bitsPerSecond: 1e12)
    static let largestDelay = Duration.seconds(60)
    static let largestDuration = Duration.seconds(48 * 3600)
    static let largestQueue = ByteCount(1_000_000_000_000)

    /// - Throws: `Fault` (bad input) as `path:line:column: message`.
    package static func read(_ path: String) throws -> PathTrace {
        try parse(InputFile.read(path))
    }

    /// The trace in a file whose bytes are at hand already.
    package static func parse(_ file: InputFile) throws -> PathTrace {
        var lines = try TextLines(file)
        guard !lines.isAtEnd else {
            throw Fault.input(file.path, "is empty; the first line of a trace is '\(firstLine)'")
        }
        let header = try TraceHeader(reading: &lines)
        let samples = try TraceRows.read(&lines, duration: header.duration)
        var trace = PathTrace(
            name: header.name, kind: header.kind, duration: header.duration, queueDown: .zero, queueUp: .zero,
            source: header.source, samples: samples)
        trace.queueDown = header.queueDown ?? TraceDefaults.queue(of: trace, .down)
        trace.queueUp = header.queueUp ?? TraceDefaults.queue(of: trace, .up)
        return trace
    }

    /// The file's whole text. Values finer than the file's steps are rounded to them.
    package static func text(of trace: PathTrace) -> String {
        let source = trace.source.split(whereSeparator: \.isNewline).joined(separator: " ")
        let duration = FixedPoint.text(trace.duration.wholeNanoseconds, decimals: 9)
        var text = """
            \(firstLine)
            # path: \(trace.name)   kind: \(trace.kind.rawValue)   duration_s: \(duration)   curve: linear
            # queue_down: \(trace.queueDown.bytes) B   queue_up: \(trace.queueUp.bytes) B   accounting: ip
            # source: \(source)
            \(columns.joined(separator: ","))

            """
        var rows: [UInt8] = []
        rows.reserveCapacity(trace.samples.count * 40)
        for sample in trace.samples { append(sample, to: &rows) }
        text += String(decoding: rows, as: UTF8.self)
        return text
    }

    private static func append(_ sample: PathTrace.Sample, to row: inout [UInt8]) {
        func field(_ value: Int64, decimals: Int) {
            FixedPoint.append(value, decimals: decimals, to: &row)
            row.append(UInt8(ascii: ","))
        }
        field(sample.time.wholeNanoseconds, decimals: 9)
        for rate in [sample.down.rate, sample.up.rate] { field(Int64(rate.bitsPerSecond.rounded()), decimals: 6) }
        for delay in [sample.down.delay, sample.up.delay] { field(delay.wholeNanoseconds, decimals: 6) }
        for loss in [sample.down.loss, sample.up.loss] { field(Int64((loss * 1e9).rounded()), decimals: 9) }
        field(sample.attached ? 1 : 0, decimals: 0)
        if let signal = sample.signal { FixedPoint.append(Int64((signal * 1e3).rounded()), decimals: 3, to: &row) }
        row.append(UInt8(ascii: "\n"))
    }
}
