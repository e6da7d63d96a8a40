// SPDX-License-Identifier: Apache-2.0
import Quantities
import Results
import Testing
import Traces

@testable import Reports

@Suite struct `links.csv` {
    @Test func `gives back every column that it has, with other values than the defaults`() throws {
        var result = Fixture.result(.init(seconds: 60, seeds: [1]))
        var sample = PathTrace.Sample(
            time: .zero, down: .init(rate: .zero, delay: .zero), up: .init(rate: .zero, delay: .zero))
        let columns = LinkColumn.all.filter { $0.linksCSV != nil && $0.isOfDirection }
        for (place, column) in columns.enumerated() {
            // If the column is the rate, it is a whole number of bytes per step.
            for (number, direction) in column.directions.enumerated() {
                column.set(Int64(8_000_000 * (1 + number) + 800_000 * place), in: &sample, direction)
            }
            #expect(column.isSet(in: [sample], column.directions), "the test does not set '\(column.name)'")
        }
        for index in result.replay.traces.indices { result.replay.traces[index].samples = [sample] }
        let text = LinksFile.csv(of: result)
        let names = "time_s,path,direction," + LinkColumn.all.compactMap(\.linksCSV).joined(separator: ",")
        #expect(text.hasPrefix("\(names)\n0,wifi,down,8,"))

        let empty = result.replay.traces.map { trace in
            var trace = trace
            trace.samples = []
            return (trace: trace, detached: [Duration.seconds(10)..<Duration.seconds(20)])
        }
        let read = try LinksFile.traces(Array(text.utf8), path: "links.csv", of: empty)
        #expect(read.map(\.name) == ["wifi", "cellular"])
        for trace in read {
            #expect(trace.detached == [.seconds(10)..<(.seconds(20))])
            #expect(trace.samples.count > 10)
            for column in columns {
                for direction in column.directions {
                    let expected = column.value(sample, direction)
                    #expect(
                        trace.samples.allSatisfy { !$0.attached || column.value($0, direction) == expected },
                        "\(column.name) \(direction)")
                }
            }
        }
    }
}
