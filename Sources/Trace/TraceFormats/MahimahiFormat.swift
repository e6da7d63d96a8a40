// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Quantities
import System
import Traces

/// The millisecond delivery-opportunity files of Mahimahi's `mm-link`: one whole number a line, in order.
///
/// Source: the `mm-link` of Mahimahi (Netravali et al., USENIX ATC 2015), whose trace files these are.
public struct MahimahiFormat: LinkWriting {
    public let name = "mahimahi"
    public let summary =
        "millisecond at which mm-link may send 1504 bytes, one per line; the file is repeated at its end"
    public let holds = TraceExtent.direction
    public let repeats = true

    /// Creates the format, which has no settings.
    public init() {}

    public func recognises(_ beginning: TraceBeginning) -> Bool {
        let start = beginning.bytes.prefix(64)
        return !start.isEmpty && start.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x0a || $0 == 0x0d }
    }

    public func read(_ file: InputFile) throws -> TraceReading {
        TraceReading(.opportunities(try Self.parse(file)))
    }

    /// Writes one direction of a path as opportunities. Each opportunity is at the first whole millisecond by which the
    /// trace has carried one more packet of 1500 bytes.
    ///
    /// - Throws: `Fault` (bad input) if the trace carries no whole packet in that direction, or too many.
    public func write(_ trace: PathTrace, _ direction: Direction, from file: String) throws -> WrittenTrace {
        var memory = WalkMemory()
        try memory.admit(rows: trace.samples.count, file)
        try memory.admitCurves(of: trace, file)
        let curve = trace.curve(direction)
        // Each is once in the list of opportunities and once in the text.
        let count = (curve.total.bytes / Double(Opportunities.payload.bytes)).rounded(.down)
        try memory.take(
            WalkMemory.count(count, each: MemoryLayout<Int64>.stride + Self.largestLine), file,
            "the \(count.text(decimals: 0)) opportunities to send a packet \(direction.rawValue)link",
            "split the trace into shorter ones")
        guard let opportunities = Opportunities(of: curve) else {
            throw Fault.input(
                file, "does not carry one whole packet \(direction.rawValue)link, so there is no opportunity to write")
        }
        var losses: [String] = []
        let link = "path '\(trace.name)', \(direction.rawValue)link"
        if opportunities.period < trace.duration {
            losses.append(
                "\(link): the file starts again after \(opportunities.period.seconds.text()) s, its last opportunity, "
                    + "but the trace lasts \(trace.duration.seconds.text()) s")
        }
        var lost = LinkColumn.losses(of: trace, direction, keeping: [LinkColumn.rate.name])
        lost.insert("queue", at: 1)
        losses.append(
            "\(link): \(lost.dropLast().joined(separator: ", ")) and \(lost[lost.count - 1]) cannot be written to the "
                + "file; pass them to mm-delay and mm-link")
        return WrittenTrace(bytes: Self.bytes(of: opportunities), losses: losses)
    }

    /// - Throws: `Fault` (bad input) as `path:line:column: message`.
    package static func parse(_ file: InputFile) throws -> Opportunities {
        var lines = try TextLines(file)
        var instants: [Int64] = []
        instants.reserveCapacity(file.lineCount)
        while let line = lines.next() {
            guard let instant = number(line.bytes) else {
                let field = Field(bytes: line.bytes, column: 1)
                throw lines.fault(
                    line,
                    "\(field.quoted) is not a whole number of milliseconds; write one opportunity to send a "
                        + "packet per line"
                )
            }
            if let last = instants.last, instant < last {
                throw lines.fault(line, "time goes backwards, from \(last) to \(instant) ms; sort the lines as numbers")
            }
            guard .milliseconds(instant) <= TraceFile.largestDuration else {
                throw lines.fault(line, "the walk is longer than 48 h; shorten it")
            }
            instants.append(instant)
        }
        guard !instants.isEmpty else {
            throw Fault.input(file.path, "is empty; write the millisecond of one opportunity to send a packet per line")
        }
        guard let opportunities = Opportunities(milliseconds: instants) else {
            throw Fault.input(
                file.path, line: lines.lastNumber,
                "the last opportunity, which sets the length of the file, is at 0 ms; end the file with a later one")
        }
        guard opportunities.meanRate <= TraceFile.largestRate else {
            throw Fault.input(
                file.path, line: lines.lastNumber,
                "the file sends more than 1 Tb/s; end it with a later opportunity, or remove some")
        }
        return opportunities
    }

    /// 48 h in milliseconds have nine digits.
    private static let largestLine = 10

    package static func text(of opportunities: Opportunities) -> String {
        String(decoding: bytes(of: opportunities), as: UTF8.self)
    }

    static func bytes(of opportunities: Opportunities) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(opportunities.milliseconds.count * largestLine)
        var line: (instant: Int64, text: [UInt8]) = (-1, [])
        for instant in opportunities.milliseconds {
            // A fast link has thousands of opportunities in a millisecond.
            if instant != line.instant {
                line = (instant, [])
                FixedPoint.append(instant, decimals: 0, to: &line.text)
                line.text.append(UInt8(ascii: "\n"))
            }
            bytes += line.text
        }
        return bytes
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int64? {
        guard (1...18).contains(bytes.count) else { return nil }
        var value: Int64 = 0
        for byte in bytes {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            value = value * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        return value
    }
}
