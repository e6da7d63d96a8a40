import Determinism
import Documents
import Quantities
import System
import Traces

/// The rows of a trace.
enum TraceRows {
    /// - Throws: `Fault` (bad input) at the first field that will not do.
    static func read(_ lines: inout TextLines, duration: Duration) throws -> [PathTrace.Sample] {
        var samples: [PathTrace.Sample] = []
        while let line = lines.next() {
            let sample = try Self.sample(line, in: lines)
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
                    "time \(text(sample.time)) s is not before the trace's end; raise duration_s "
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

    private static func sample(_ line: TextLines.Line, in lines: TextLines) throws -> PathTrace.Sample {
        let names = TraceFile.columns
        let fields = Field.split(line, limit: names.count + 1)
        guard fields.count == names.count else {
            let found = fields.count > names.count ? "more than \(names.count)" : "\(fields.count)"
            throw lines.fault(
                line, "has \(found) columns instead of \(names.count); the columns are \(names.joined(separator: ","))")
        }
        /// A number of one column as multiples of 10^-decimals, within bounds that are said in the column's own unit.
        func number(_ index: Int, decimals: Int, _ range: ClosedRange<Int64>, _ bounds: String) throws -> Int64 {
            let field = fields[index]
            var problem = "is not a number; write \(bounds)"
            do throws(FixedPoint.Failure) {
                let value = try FixedPoint.parse(field.bytes, decimals: decimals)
                if range.contains(value) { return value }
                problem = value < range.lowerBound ? "is too low; write \(bounds)" : "is too high; write \(bounds)"
                if value < 0, range.lowerBound == 0 { problem = "is negative; write \(bounds)" }
            } catch .tooLarge {
                problem = "is too large; write \(bounds)"
            } catch .notFinite {
                problem = "is not a finite number; write \(bounds)"
            } catch .notANumber {
                if field.bytes.isEmpty { problem = "is empty; write \(bounds)" }
            }
            let value = field.bytes.isEmpty ? "" : " \(field.quoted)"
            throw lines.fault(line, column: field.column, "\(names[index])\(value) \(problem)")
        }
        func rate(_ index: Int) throws -> DataRate {
            let largest = Int64(TraceFile.largestRate.bitsPerSecond)
            return DataRate(
                bitsPerSecond: Double(try number(index, decimals: 6, 0...largest, "Mb/s from 0 to 1000000")))
        }
        func delay(_ index: Int) throws -> Duration {
            let largest = TraceFile.largestDelay.wholeNanoseconds
            return .nanoseconds(try number(index, decimals: 6, 0...largest, "milliseconds from 0 to 60000"))
        }
        func loss(_ index: Int) throws -> Double {
            Double(try number(index, decimals: 9, 0...1_000_000_000, "a probability from 0 to 1")) / 1e9
        }
        let time = try number(0, decimals: 9, 0...TraceFile.largestDuration.wholeNanoseconds, "seconds from 0 up")
        let down = PathTrace.LinkSample(rate: try rate(1), delay: try delay(3), loss: try loss(5))
        let up = PathTrace.LinkSample(rate: try rate(2), delay: try delay(4), loss: try loss(6))
        guard fields[7].bytes.elementsEqual([UInt8(ascii: "0")]) || fields[7].bytes.elementsEqual([UInt8(ascii: "1")])
        else {
            throw lines.fault(
                line, column: fields[7].column,
                "attached \(fields[7].quoted) is neither 0 nor 1; write 1 where the address is usable")
        }
        let signal =
            fields[8].bytes.isEmpty
            ? nil : Double(try number(8, decimals: 3, -300_000...300_000, "dBm or nothing")) / 1e3
        return PathTrace.Sample(
            time: .nanoseconds(time), down: down, up: up, attached: fields[7].bytes.first == UInt8(ascii: "1"),
            signal: signal)
    }
}
