import Determinism
import Documents
import Quantities
import System
import Traces

/// A millisecond delivery-opportunity file as Mahimahi has it: one whole number a line, in order.
package enum OpportunityFile {
    package static func read(_ path: String) throws -> Opportunities {
        try parse(InputFile.read(path))
    }

    /// - Throws: `Fault` (bad input) as `path:line:column: message`.
    package static func parse(_ file: InputFile) throws -> Opportunities {
        var lines = try TextLines(file)
        var instants: [Int64] = []
        while let line = lines.next() {
            guard let instant = number(line.bytes) else {
                let field = Field(bytes: line.bytes, column: 1)
                throw lines.fault(
                    line,
                    "\(field.quoted) is no whole number of milliseconds; a line is one opportunity to send a packet")
            }
            if let last = instants.last, instant < last {
                throw lines.fault(line, "time goes backwards, from \(last) to \(instant) ms; sort the lines as numbers")
            }
            guard .milliseconds(instant) <= TraceFile.largestDuration else {
                throw lines.fault(line, "the walk is longer than 48 h; cut it")
            }
            instants.append(instant)
        }
        guard !instants.isEmpty else {
            throw Fault.input(file.path, "is empty; a line is the millisecond of one opportunity to send a packet")
        }
        guard let opportunities = Opportunities(milliseconds: instants) else {
            throw Fault.input(
                file.path, line: lines.lastNumber,
                "the last opportunity is at 0 ms, so the file would begin anew for ever; its last line is its length")
        }
        return opportunities
    }

    package static func text(of opportunities: Opportunities) -> String {
        opportunities.milliseconds.map { "\($0)\n" }.joined()
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
