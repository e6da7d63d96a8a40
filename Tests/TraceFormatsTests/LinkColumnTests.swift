// SPDX-License-Identifier: Apache-2.0
import Quantities
import System
import Testing

@testable import TraceFormats
@testable import Traces

@Suite struct `A link column` {
    /// Two rows in which no column has its default or the same value as in the other row.
    private static let trace: PathTrace = {
        var samples = [PathTrace.Sample.new, PathTrace.Sample.new]
        samples[1].time = .seconds(1)
        for (row, _) in samples.enumerated() {
            for (place, column) in LinkColumn.all.enumerated() {
                for (number, direction) in column.directions.enumerated() {
                    let value =
                        column.form.isFlag
                        ? 0 : column.form.limits.lowerBound + Int64(17 + place * 4 + number * 2 + row)
                    column.set(value, in: &samples[row], direction)
                }
            }
        }
        return PathTrace(
            name: "wifi", kind: .wifi, duration: .seconds(2), queueDown: ByteCount(1), queueUp: ByteCount(2),
            source: "a test", samples: samples)
    }()

    @Test func `has a name, and its fields have names, that no other has`() {
        let columns = LinkColumn.all
        #expect(Set(columns.map(\.name)).count == columns.count)
        let fields = columns.flatMap(\.csv)
        #expect(Set(fields).count == fields.count && !fields.contains("time_s"))
        #expect(
            fields.prefix(8) == [
                "down_mbps", "up_mbps", "delay_down_ms", "delay_up_ms", "loss_down", "loss_up", "attached",
                "signal_dbm",
            ])
        for column in columns { #expect(column.csv.count == column.directions.count) }
    }

    @Test(arguments: LinkColumn.all.map(\.name))
    func `with another value than the default comes back from a trace's CSV`(name: String) throws {
        let column = try #require(LinkColumn.all.first { $0.name == name })
        #expect(column.isSet(in: Self.trace.samples, column.directions), "the test sets nothing")
        let read = try parse(TraceFile.text(of: Self.trace))
        for (sample, expected) in zip(read.samples, Self.trace.samples) {
            for direction in column.directions {
                #expect(column.value(sample, direction) == column.value(expected, direction))
            }
        }
        #expect(read == Self.trace)
    }

    @Test func `that is a condition has its own word in the kernel's table`() throws {
        for direction in Direction.allCases {
            let table = Self.trace.table(direction)
            let bytes = table.encoded()
            let header = try #require(LinkTable.Header(bytes))
            let words = bytes.dropFirst(LinkTable.headerSize + header.pointBytes).withUnsafeBytes { raw in
                stride(from: 0, to: raw.count, by: 8).map { raw.loadUnaligned(fromByteOffset: $0, as: UInt64.self) }
            }
            #expect(words.count * 8 == header.conditionBytes && header.conditions == 2)
            let expected = zip(Self.trace.samples, table.conditions).flatMap { sample, condition in
                [UInt64(condition.time.wholeNanoseconds)] + LinkColumn.words.map { $0(sample[direction].conditions) }
            }
            #expect(words == expected)
            #expect(words[1] == UInt64(Self.trace.samples[0][direction].delay.wholeNanoseconds))
            #expect(words[2] == LinkWord.chance(Self.trace.samples[0][direction].loss))
        }
    }

    @Test func `that not every trace has is written where it is set, and is else its default`() throws {
        let optional = LinkColumn.condition(
            "loss", \.loss, .probability, word: LinkWord.chance, csv: { "loss_\($0)" }, linksCSV: "loss",
            loss: .whereSet("losses"))
        let columns = LinkColumn.all.filter { $0.name != "loss" } + [optional]
        func parse(_ text: String) throws -> PathTrace {
            try TraceFile.parse(InputFile(path: "x", bytes: Array(text.utf8)), columns: columns)
        }
        let text = TraceFile.text(of: Self.trace, columns: columns)
        #expect(text.contains(",loss_down,loss_up\n") && !text.contains("loss_down,loss_up,"))
        #expect(try parse(text) == Self.trace)

        var without = Self.trace
        for row in without.samples.indices {
            without.samples[row].down.loss = 0
            without.samples[row].up.loss = 0
        }
        let short = TraceFile.text(of: without, columns: columns)
        #expect(!short.contains("loss_"))
        #expect(try parse(short) == without)
        #expect(
            badInput { try parse(text.replacing(",loss_up\n", with: "\n")) }.contains(
                "column 'loss_up' is missing; the columns are time_s,"))
        #expect(
            badInput { try parse(short.replacing("signal_dbm", with: "signal_dbm,los_up")) }.contains(
                "column 'los_up' "))
        let lost = LinkColumn.losses(of: without, .down, keeping: ["rate"], from: columns)
        #expect(lost.starts(with: ["delays", "attachment"]) && !lost.contains("losses"))
        #expect(LinkColumn.losses(of: Self.trace, .down, keeping: ["rate"], from: columns) == lost + ["losses"])
    }
}
