// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Quantities
import System
import Traces

/// The trace CSV (`NAME.trace.csv`): header lines that begin with `#`, a line of column names, and rows in order of
/// time.
///
/// A row holds from its `time_s` to that of the next row, and the last row until `duration_s`. Rates are IP-layer
/// capacity in Mb/s to a whole bit per second, times are whole nanoseconds, losses are probabilities in steps of 10^-9,
/// and signals are dBm in steps of 0.001. Reading a written file gives the same values. The columns are those of
/// `LinkColumn.all`.
public struct TraceFile: PathWriting {
    public let name = "walkback"
    public let summary =
        "a path trace of walkback: rates, delays, losses and attachment, in both directions"
    public let holds = TraceExtent.path

    /// Creates the format, which has no settings.
    public init() {}

    public func recognises(_ beginning: TraceBeginning) -> Bool {
        let words = (beginning.lines.first ?? "").split(separator: " ")
        return words.count > 2 && words[0...2] == ["#", "walkback", "trace"]
    }

    public func read(_ file: InputFile) throws -> TraceReading {
        TraceReading(.path(try Self.parse(file), lacking: []))
    }

    public func write(_ trace: PathTrace, from file: String) throws -> WrittenTrace {
        // Counted first, because an array that grows is copied and would take three times the memory.
        var size = 0
        Self.write(trace) { size += $0.count }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size)
        Self.write(trace) { bytes += $0 }
        return WrittenTrace(bytes: bytes)
    }

    package static let version = 1
    static let firstLine = "# walkback trace \(version)"

    /// No recording of a radio exceeds these limits, and within them no arithmetic of a link overflows.
    static let largestRate = DataRate(bitsPerSecond: Double(LinkColumn.rate.form.limits.upperBound))
    static let largestDelay = Duration.nanoseconds(LinkColumn.delay.form.limits.upperBound)
    static let largestDuration = Duration.seconds(48 * 3600)
    static let largestQueue = ByteCount(1_000_000_000_000)

    /// - Throws: `Fault` (bad input) as `path:line:column: message`.
    package static func read(_ path: String) throws -> PathTrace {
        let file = try InputFile.read(path)
        var memory = WalkMemory()
        try memory.admit(file, as: TraceFile())
        return try parse(file)
    }

    /// Parses a file whose bytes have already been read.
    ///
    /// - Parameter columns: the columns that a trace may have.
    package static func parse(_ file: InputFile, columns: [LinkColumn] = LinkColumn.all) throws -> PathTrace {
        var lines = try TextLines(file)
        guard !lines.isAtEnd else {
            throw Fault.input(file.path, "is empty; the first line of a trace is '\(firstLine)'")
        }
        let header = try TraceHeader(reading: &lines, columns)
        let samples = try TraceRows.read(
            &lines, header.columns, duration: header.duration, atMost: file.lineCount)
        var trace = PathTrace(
            name: header.name, kind: header.kind, duration: header.duration, queueDown: .zero, queueUp: .zero,
            source: header.source, samples: samples)
        trace.queueDown = header.queueDown ?? TraceDefaults.queue(of: trace, .down)
        trace.queueUp = header.queueUp ?? TraceDefaults.queue(of: trace, .up)
        return trace
    }
}

/// The lines of a trace before its rows.
private struct TraceHeader {
    static let keys = ["path", "kind", "duration_s", "curve", "queue_down", "queue_up", "accounting", "source"]

    private(set) var name = ""
    private(set) var kind = PathKind.other
    private(set) var duration = Duration.zero
    /// The queue size of the downlink; nil if the header has none.
    private(set) var queueDown: ByteCount?
    private(set) var queueUp: ByteCount?
    private(set) var source = ""
    private(set) var columns = TraceColumns([]) { _ in false }

    /// A key, its value, and the value's position in the file.
    private struct Entry {
        var key: String
        var keyColumn: Int
        var value: String
        var column: Int
    }

    /// Reads up to and including the line of column names.
    init(reading lines: inout TextLines, _ known: [LinkColumn]) throws {
        try Self.checkVersion(&lines)
        var seen: Set<String> = []
        while let line = lines.next() {
            try Self.checkLength(line, in: lines)
            guard line.bytes.first == UInt8(ascii: "#") else {
                for key in ["path", "kind", "duration_s"] where !seen.contains(key) {
                    throw lines.fault(
                        line, "the header before this line lacks '\(key)'; add '# \(key): \(Self.example(key))'")
                }
                columns = try Self.columns(line, known, in: lines)
                return
            }
            for entry in Self.entries(line) {
                guard Self.keys.contains(entry.key) else {
                    throw lines.fault(
                        line, column: entry.keyColumn,
                        "unknown header key "
                            + "'\(entry.key.prefix(40))'\(Suggestion.ending(for: entry.key, among: Self.keys))"
                    )
                }
                guard seen.insert(entry.key).inserted else {
                    throw lines.fault(
                        line, column: entry.keyColumn, "'\(entry.key)' is given twice; remove one of them")
                }
                if let objection = take(entry) { throw lines.fault(line, column: entry.column, objection) }
            }
        }
        throw Fault.input(
            lines.path, line: lines.lastNumber,
            "ends before the rows; add '\(TraceColumns(known) { _ in false }.names.joined(separator: ","))' and rows")
    }

    /// No header that anybody means is longer; a foreign file may be one line of any length.
    private static func checkLength(_ line: TextLines.Line, in lines: TextLines) throws {
        guard line.bytes.count <= longestLine else {
            throw lines.fault(
                line, column: longestLine,
                "the line is longer than \(longestLine) bytes, which no header of a trace is; shorten it")
        }
    }

    private static let longestLine = 20_000

    private static func checkVersion(_ lines: inout TextLines) throws {
        guard let line = lines.next() else { return }
        try checkLength(line, in: lines)
        let words = line.text.split(separator: " ").map(String.init)
        guard words.count == 4, words[0...2] == ["#", "walkback", "trace"] else {
            throw lines.fault(
                line,
                "is not a trace, because its first line is not '\(TraceFile.firstLine)'; make one with "
                    + "'walkback import'"
            )
        }
        guard words[3] == String(TraceFile.version) else {
            throw lines.fault(
                line, column: 18,
                "is a trace of version '\(words[3])', but this walkback reads version \(TraceFile.version); "
                    + "update walkback"
            )
        }
    }

    private static func columns(
        _ line: TextLines.Line, _ known: [LinkColumn], in lines: TextLines
    ) throws -> TraceColumns {
        let all = TraceColumns(known) { _ in true }.names
        let fields = Field.split(line, limit: all.count + 1)
        let given = Set(fields.map(\.text))
        // Either of its two names includes a column that has a field for each direction.
        let columns = TraceColumns(known) { !given.isDisjoint(with: $0.csv) }
        let names = columns.names
        for (index, field) in fields.enumerated() where index >= names.count || field.text != names[index] {
            let isKnown = names.contains(field.text)
            let cause = isKnown || index >= names.count ? "does not belong here" : "is not a column of a trace"
            let ending =
                isKnown || index >= names.count
                ? "; the columns are \(names.joined(separator: ","))" : Suggestion.ending(for: field.text, among: all)
            throw lines.fault(line, column: field.column, "column \(field.quoted) \(cause)\(ending)")
        }
        guard fields.count == names.count else {
            throw lines.fault(
                line, column: line.bytes.count + 1,
                "column '\(names[fields.count])' is missing; the columns are \(names.joined(separator: ","))")
        }
        return columns
    }

    /// Splits `# key: value words   key: value`. The source is everything that follows its key.
    private static func entries(_ line: TextLines.Line) -> [Entry] {
        var entries: [Entry] = []
        var start = line.bytes.startIndex + 1
        while start < line.bytes.endIndex {
            let end = line.bytes[start...].firstIndex(of: UInt8(ascii: " ")) ?? line.bytes.endIndex
            let word = String(decoding: line.bytes[start..<end], as: UTF8.self)
            let column = start - line.bytes.startIndex + 1
            if word.hasSuffix(":") || (entries.isEmpty && !word.isEmpty) {
                let key = word.hasSuffix(":") ? String(word.dropLast()) : word
                entries.append(Entry(key: key, keyColumn: column, value: "", column: column + word.utf8.count + 1))
                if key == "source" {
                    let rest = line.bytes[min(end + 1, line.bytes.endIndex)...]
                    entries[entries.count - 1].value = String(decoding: rest, as: UTF8.self)
                    return entries
                }
            } else if !word.isEmpty {
                if entries[entries.count - 1].value.isEmpty { entries[entries.count - 1].column = column }
                entries[entries.count - 1].value += (entries[entries.count - 1].value.isEmpty ? "" : " ") + word
            }
            start = end + 1
        }
        return entries
    }

    private static func example(_ key: String) -> String {
        ["path": "wifi", "kind": "wifi", "duration_s": "100"][key] ?? ""
    }

    /// Stores a value. Returns the reason if the value is not allowed.
    private mutating func take(_ entry: Entry) -> String? {
        let value = entry.value
        switch entry.key {
        case "path":
            name = value
            return PathName.objection(to: value)
        case "kind":
            guard let known = PathKind(rawValue: value) else {
                return "unknown kind '\(value.prefix(40))'\(Suggestion.ending(for: value, among: PathKind.names))"
            }
            kind = known
        case "duration_s":
            guard let nanoseconds = try? FixedPoint.parse(Array(value.utf8), decimals: 9), nanoseconds > 0,
                .nanoseconds(nanoseconds) <= TraceFile.largestDuration
            else {
                return "duration_s '\(value.prefix(40))' is not a number of seconds above 0 and up to "
                    + "\(TraceFile.largestDuration.seconds.text()); write the time at which the last row ends"
            }
            duration = .nanoseconds(nanoseconds)
        case "curve":
            if value == "staircase" { return "a staircase curve is not available in this version; use 'curve: linear'" }
            guard value == "linear" else {
                return "unknown curve '\(value.prefix(40))'\(Suggestion.ending(for: value, among: ["linear"]))"
            }
        case "queue_down", "queue_up":
            guard let queue = ByteCount(text: value), queue > .zero, queue <= TraceFile.largestQueue else {
                return "\(entry.key) '\(value.prefix(40))' is not a size above 0; write it like '150000 B' or '150 kB'"
            }
            if entry.key == "queue_down" { queueDown = queue } else { queueUp = queue }
        case "accounting":
            guard value == "ip" else {
                return
                    "unknown accounting '\(value.prefix(40))'; convert the rates to IP-layer bits and write "
                    + "'accounting: ip'"
            }
        default:
            source = value
        }
        return nil
    }
}

/// The rows of a trace.
private enum TraceRows {
    /// - Parameter count: at least as many as there are rows.
    /// - Throws: `Fault` (bad input) at the first invalid field.
    static func read(
        _ lines: inout TextLines, _ columns: TraceColumns, duration: Duration, atMost count: Int
    ) throws -> [PathTrace.Sample] {
        var samples: [PathTrace.Sample] = []
        samples.reserveCapacity(count)
        while let line = lines.next() {
            let sample = try Self.sample(line, columns, in: lines)
            let column = 1
            if let last = samples.last, sample.time <= last.time {
                let how = sample.time == last.time ? "stands still" : "goes backwards"
                throw lines.fault(
                    line, column: column,
                    "time \(how): \(text(sample.time)) s after \(text(last.time)) s; sort the rows by time_s")
            }
            if samples.isEmpty, sample.time != .zero {
                throw lines.fault(
                    line, column: column, "the first row is at \(text(sample.time)) s; the first row of a trace is at 0"
                )
            }
            guard sample.time < duration else {
                throw lines.fault(
                    line, column: column,
                    "time \(text(sample.time)) s is not before the end of the trace; raise duration_s "
                        + "(\(text(duration))) in the header"
                )
            }
            samples.append(sample)
        }
        guard !samples.isEmpty else {
            throw Fault.input(lines.path, line: lines.lastNumber, "has no rows; add at least one, at time 0")
        }
        return samples
    }

    private static func text(_ time: Duration) -> String {
        FixedPoint.text(time.wholeNanoseconds, decimals: 9)
    }

    private static let time = LinkColumn.Form(
        decimals: 9, limits: 0...TraceFile.largestDuration.wholeNanoseconds, bounds: "seconds from 0 up")

    private static func sample(
        _ line: TextLines.Line, _ columns: TraceColumns, in lines: TextLines
    ) throws -> PathTrace.Sample {
        let names = columns.names
        let fields = Field.split(line, limit: names.count + 1)
        guard fields.count == names.count else {
            let found = fields.count > names.count ? "more than \(names.count)" : "\(fields.count)"
            throw lines.fault(
                line, "has \(found) columns instead of \(names.count); the columns are \(names.joined(separator: ","))")
        }
        var sample = PathTrace.Sample.new
        sample.time = .nanoseconds(try value(fields[0], names[0], time, line, in: lines))
        for (field, place) in zip(fields.dropFirst(), columns.fields) {
            if field.bytes.isEmpty, place.column.form.mayBeEmpty { continue }
            let value = try value(field, place.name, place.column.form, line, in: lines)
            place.column.set(value, in: &sample, place.direction)
        }
        return sample
    }

    /// Parses one field into steps of its column and checks its limits. An error gives the limits in the column's own
    /// unit.
    private static func value(
        _ field: Field, _ name: String, _ form: LinkColumn.Form, _ line: TextLines.Line, in lines: TextLines
    ) throws -> Int64 {
        let problem: String
        if form.isFlag {
            if field.bytes.count == 1, let digit = field.bytes.first, digit == 0x30 || digit == 0x31 {
                return Int64(digit - 0x30)
            }
            throw lines.fault(line, column: field.column, "\(name) \(field.quoted) \(form.bounds)")
        }
        do throws(FixedPoint.Failure) {
            let value = try FixedPoint.parse(field.bytes, decimals: form.decimals)
            if form.limits.contains(value) { return value }
            if value < 0, form.limits.lowerBound == 0 {
                problem = "is negative"
            } else {
                problem = value < form.limits.lowerBound ? "is too low" : "is too high"
            }
        } catch .tooLarge {
            problem = "is too large"
        } catch .notFinite {
            problem = "is not a finite number"
        } catch .notANumber {
            problem = field.bytes.isEmpty ? "is empty" : "is not a number"
        }
        let quoted = field.bytes.isEmpty ? "" : " \(field.quoted)"
        throw lines.fault(line, column: field.column, "\(name)\(quoted) \(problem); write \(form.bounds)")
    }
}
