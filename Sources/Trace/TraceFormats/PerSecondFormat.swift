// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Quantities
import System

/// The format that other walk recorders write, with one line for each second: `second,bytes_per_second`, no header, LF
/// or CRLF.
///
/// A value holds for the second that *ends* at its label: label 1 is from 0 to 1 s. A file must have every second from
/// 1 on, in order. If one is missing, the file is refused and the gap is not filled: a zero would invent an outage, and
/// interpolation would invent capacity. Only the person who recorded the file knows whether the radio or the recorder
/// was silent.
///
/// Values are bytes that TCP delivered, as whole numbers or with a fraction. They are converted to the IP-layer
/// capacity that carries this goodput (`TraceDefaults.capacity`).
public struct PerSecondFormat: TraceFormat {
    public let name = "per-second"
    public let summary = "second,bytes_per_second above TCP, one line for each second, from 1 on"
    public let holds = TraceExtent.direction

    /// Creates the format, which has no settings.
    public init() {}

    public func recognises(_ beginning: TraceBeginning) -> Bool {
        guard !beginning.lines.isEmpty else { return false }
        return beginning.lines.prefix(2).allSatisfy { line in
            let fields = line.split(separator: ",", omittingEmptySubsequences: false).map { field in
                try? FixedPoint.parse(field.utf8.filter { $0 != 0x20 && $0 != 0x09 }, decimals: 3)
            }
            guard fields.count == 2, let second = fields[0] else { return false }
            return fields[1] != nil && second % 1000 == 0
        }
    }

    public func read(_ file: InputFile) throws -> TraceReading {
        let rates = try Self.goodput(file).enumerated().map { second, rate in
            TimedRate(time: .seconds(second), rate: TraceDefaults.capacity(carrying: rate))
        }
        return TraceReading(.rates(rates, end: .seconds(rates.count)))
    }

    /// The goodput of each second; the first second is from 0 to 1 s.
    ///
    /// - Throws: `Fault` (bad input) as `path:line:column: message`.
    static func goodput(_ file: InputFile) throws -> [DataRate] {
        var lines = try TextLines(file)
        var rates: [DataRate] = []
        while let line = lines.next() {
            let fields = Field.split(line, limit: 3)
            guard fields.count == 2 else {
                throw lines.fault(
                    line,
                    "has \(fields.count > 2 ? "more than 2" : "1") columns instead of 2; write lines of the form "
                        + "SECOND,BYTES_PER_SECOND"
                )
            }
            let second = try Self.second(fields[0], line, in: lines)
            try Self.checkOrder(second, after: rates.count, fields[0], line, in: lines)
            guard .seconds(second) <= TraceFile.largestDuration else {
                throw lines.fault(line, "the walk is longer than 48 h; shorten it")
            }
            rates.append(try Self.rate(fields[1], line, in: lines))
        }
        guard !rates.isEmpty else {
            throw Fault.input(
                file.path, "is empty; write lines of the form SECOND,BYTES_PER_SECOND, the first for second 1")
        }
        return rates
    }

    private static func second(_ field: Field, _ line: TextLines.Line, in lines: TextLines) throws -> Int {
        // Some recorders write 1.0. Half seconds would be another format.
        guard let thousandths = try? FixedPoint.parse(field.bytes, decimals: 3), thousandths % 1000 == 0 else {
            throw lines.fault(
                line, column: field.column,
                "\(field.quoted) is not a whole second; write lines of the form SECOND,BYTES_PER_SECOND, without header"
            )
        }
        return Int(thousandths / 1000)
    }

    private static func checkOrder(
        _ second: Int, after last: Int, _ field: Field, _ line: TextLines.Line, in lines: TextLines
    ) throws {
        guard second != last + 1 else { return }
        let message: String
        if last == 0 {
            message = "the first line is for second \(second); number the seconds from 1, where second 1 ends at 1 s"
        } else if second == last {
            message = "second \(second) is given twice; keep one of the lines"
        } else if second < last {
            message = "time goes backwards, from second \(last) to \(second); sort the lines"
        } else {
            let missing = second == last + 2 ? "second \(last + 1) is" : "seconds \(last + 1) to \(second - 1) are"
            message = "\(missing) missing; write 0 for them if the radio carried nothing, or end the file there"
        }
        throw lines.fault(line, column: field.column, message)
    }

    private static func rate(_ field: Field, _ line: TextLines.Line, in lines: TextLines) throws -> DataRate {
        let bounds = "bytes per second from 0 up to 1 Tb/s"
        let problem: String
        do throws(FixedPoint.Failure) {
            let thousandths = try FixedPoint.parse(field.bytes, decimals: 3)
            let rate = DataRate(bitsPerSecond: Double(thousandths) / 1e3 * 8)
            if rate >= .zero, TraceDefaults.capacity(carrying: rate) <= TraceFile.largestRate { return rate }
            problem = rate < .zero ? "is negative" : "is too high"
        } catch .notFinite {
            problem = "is not a finite number"
        } catch .tooLarge {
            problem = "is too high"
        } catch .notANumber {
            problem = "is not a number"
        }
        throw lines.fault(line, column: field.column, "\(field.quoted) \(problem); write \(bounds)")
    }
}
