// SPDX-License-Identifier: Apache-2.0
import Documents
import Quantities
import Registries
import System
import Traces

/// The registry of trace formats.
public enum TraceFormats {
    /// The formats built into Walkback, in the order in which help and errors list them.
    public static let builtIn: [any TraceFormat] = [TraceFile(), PerSecondFormat(), MahimahiFormat()]

    private static let registry = Registry<any TraceFormat>(of: "trace format", builtIn) { [$0.name] }

    /// The built-in formats and the added ones.
    public static var all: [any TraceFormat] { registry.all }
    /// The formats that can be written.
    public static var writable: [any TraceFormat] { all.filter { $0 is any LinkWriting || $0 is any PathWriting } }

    /// Adds a format after all others.
    ///
    /// - Throws: `Fault` (usage) if its name is taken or not allowed.
    package static func add(_ format: any TraceFormat) throws {
        try registry.add(format)
    }

    /// The format of this name; nil if there is none.
    public static func named(_ name: String) -> (any TraceFormat)? {
        all.first { $0.name == name }
    }

    /// Every format that recognises a file with this beginning.
    package static func recognising(_ beginning: TraceBeginning) -> [any TraceFormat] {
        all.filter { $0.recognises(beginning) }
    }

    /// The one format of a file, detected from its beginning.
    ///
    /// - Throws: `Fault` (bad input) that names the formats, if none or several recognise the file.
    package static func format(of file: InputFile) throws -> any TraceFormat {
        guard !file.bytes.isEmpty else { throw Fault.input(file.path, "is empty") }
        let beginning = TraceBeginning(path: file.path, bytes: file.bytes)
        guard let format = try only(recognising(beginning), path: file.path) else {
            throw Fault.input(
                file.path,
                "does not begin like any trace format; the formats are \(names(all)), and "
                    + "'walkback import --format NAME' reads it as one of them")
        }
        return format
    }

    /// The only format in `formats`; nil if `formats` is empty.
    ///
    /// - Throws: `Fault` (bad input) if there are several.
    package static func only(_ formats: [any TraceFormat], path: String) throws -> (any TraceFormat)? {
        guard formats.count <= 1 else {
            throw Fault.input(
                path,
                "begins like several trace formats (\(names(formats))); read it as one of them with "
                    + "'walkback import --format NAME'")
        }
        return formats.first
    }

    /// Reads a file that is a walk by itself.
    package static func read(_ file: InputFile, as format: any TraceFormat) throws -> TraceReading {
        var memory = WalkMemory()
        return try read(file, as: format, &memory)
    }

    /// Reads a file with a format and checks the result: a format may be somebody else's code, and what it returns must
    /// not crash the program.
    ///
    /// - Parameter memory: what the traces of the walk to which the file belongs take.
    /// - Throws: `Fault`: an error of the format, a result that breaks the rules of `TraceReading`, or a file that is
    ///   too long.
    package static func read(
        _ file: InputFile, as format: any TraceFormat, _ memory: inout WalkMemory
    ) throws -> TraceReading {
        try memory.admit(file, as: format)
        let reading = try format.read(file)
        if let objection = objection(to: reading.contents, holds: format.holds) {
            throw Fault.input(
                file.path,
                "cannot be read, because the trace format '\(format.name)' \(objection); correct the code of "
                    + "that format"
            )
        }
        return reading
    }

    private static func objection(to contents: TraceReading.Contents, holds extent: TraceExtent) -> String? {
        switch contents {
        case .rates(let rates, let end):
            guard extent == .direction else { return "holds whole paths but has read one direction" }
            return objection(to: rates.lazy.map(\.time), end: end)
                ?? objection(to: rates.lazy.map(\.rate.bitsPerSecond))
        case .opportunities(let opportunities):
            guard extent == .direction else { return "holds whole paths but has read one direction" }
            return opportunities.period > TraceFile.largestDuration ? "has read a walk longer than 48 h" : nil
        case .path(let trace, _):
            guard extent == .path else { return "holds one direction but has read a whole path" }
            return objection(to: trace.samples.lazy.map(\.time), end: trace.duration)
                ?? objection(toValuesOf: trace.samples)
        }
    }

    private static func objection(to times: some BidirectionalCollection<Duration>, end: Duration) -> String? {
        guard times.first == .zero else { return "has read no row at time 0" }
        guard zip(times, times.dropFirst()).allSatisfy({ $0 < $1 }) else {
            return "has read rows whose times do not increase"
        }
        guard times.last ?? .zero < end else { return "has read a row that is not before the end" }
        return end > TraceFile.largestDuration ? "has read a walk longer than 48 h" : nil
    }

    private static func objection(to rates: some Collection<Double>) -> String? {
        rates.allSatisfy { $0 >= 0 && $0 <= TraceFile.largestRate.bitsPerSecond }
            ? nil : "has read a rate that is not from 0 to 1 Tb/s"
    }

    private static func objection(toValuesOf samples: [PathTrace.Sample]) -> String? {
        let outside = LinkColumn.all.first { column in
            column.directions.contains { direction in
                samples.contains { sample in
                    column.value(sample, direction).map { !column.form.limits.contains($0) } ?? false
                }
            }
        }
        return outside.map { "has read a '\($0.name)' that is not \($0.form.bounds)" }
    }

    /// The names of `formats` as `a, b, c`.
    package static func names(_ formats: [any TraceFormat]) -> String {
        formats.map(\.name).joined(separator: ", ")
    }

    /// One line of help for each of `formats`.
    package static func list(_ formats: [any TraceFormat]) -> String {
        let width = formats.map(\.name.count).max() ?? 0
        return formats.map { format in
            "  \(format.name)\(String(repeating: " ", count: width - format.name.count))  \(format.summary)"
        }.joined(separator: "\n")
    }
}
