// SPDX-License-Identifier: Apache-2.0
import Glibc
import Quantities
import System
import Replays
import Testing
import Traces

@testable import Determinism
@testable import Documents
@testable import TraceFormats

@Suite struct `A file of opportunities` {
    private func parse(_ text: String) throws -> Opportunities {
        try MahimahiFormat.parse(InputFile(path: "a.down", bytes: Array(text.utf8)))
    }

    @Test func `is one millisecond a line`() throws {
        let opportunities = try parse("0\r\n5\n5\n\n12")
        #expect(opportunities.milliseconds == [0, 5, 5, 12])
        #expect(MahimahiFormat.text(of: opportunities) == "0\n5\n5\n12\n")
    }

    @Test(arguments: [
        ("", "a.down: is empty"),
        ("0\n", "a.down:1: the last opportunity, which sets the length of the file, is at 0 ms"),
        ("3\n2\n", "a.down:2:1: time goes backwards, from 3 to 2 ms"),
        ("1\n2.5\n", "a.down:2:1: '2.5' is not a whole number"),
        ("1\n-2\n", "a.down:2:1: '-2' is not a whole number"),
        ("1,1250000\n", "a.down:1:1: '1,1250000' is not a whole number"),
        ("999999999999999999999\n", "is not a whole number"), ("172800001\n", "longer than 48 h"),
    ])
    func `is refused where it is something else`(text: String, message: String) throws {
        let fault = #expect(throws: Fault.self) { try parse(text) }
        #expect(fault?.code == .badInput)
        #expect(fault?.message.contains(message) == true, "\(fault?.message ?? "")")
    }

    private static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
    private static let recordings = "\(root)/../shared/data/mahimahi-lte"
    private static let names = ["ATT-LTE-driving-2016", "Verizon-EVDO-driving", "Verizon-LTE-short"]
    private static let hasRecordings = access("\(recordings)/\(names[0]).down", R_OK) == 0

    @Test(
        .enabled(if: hasRecordings, "the recordings (shared/data/mahimahi-lte beside the checkout) are not here"),
        arguments: names, Direction.allCases)
    func `that was recorded comes out as it went in`(name: String, direction: Direction) throws {
        try check(try InputFile.read("\(Self.recordings)/\(name).\(direction.rawValue)"))
    }

    @Test(arguments: ["indoor-walk.cellular", "recorded-transfers.wifi"], Direction.allCases)
    func `made of a shipped trace comes out as it went in`(name: String, direction: Direction) throws {
        let path = "\(Self.root)/Replays/\(name).trace.csv"
        let trace = try TraceFile.parse(InputFile.read(path))
        let text = String(decoding: try MahimahiFormat().write(trace, direction, from: path).bytes, as: UTF8.self)
        try check(InputFile(path: "\(name).\(direction.rawValue)", bytes: Array(text.utf8)))
        // The file carries what the trace carries in packets of 1500 bytes, except for a last one that is not whole.
        let packets = text.split(separator: "\n").count
        #expect(packets == Int(trace.curve(direction).total.bytes / 1500), "\(packets) packets")
    }

    private func check(_ file: InputFile) throws {
        let opportunities = try MahimahiFormat.parse(file)
        #expect(Array(MahimahiFormat.text(of: opportunities).utf8) == file.bytes)
        // The staircase has a step of 1504 bytes for each line, at whatever time one looks.
        let curve = opportunities.curve(until: opportunities.period + .milliseconds(1))
        let lines = file.bytes.split(separator: UInt8(ascii: "\n")).compactMap {
            Int64(String(decoding: $0, as: UTF8.self))
        }
        var count = 0
        for time in stride(from: Int64(0), through: lines[lines.count - 1], by: 997) {
            while count < lines.count, lines[count] <= time { count += 1 }
            #expect(curve.position(at: .milliseconds(time)) == Curve.Position(ByteCount(Int64(count) * 1504)))
        }
    }
}

@Suite struct `An import of files of opportunities` {
    private let scratch: ScratchDirectory
    private let down: String
    private let up: String

    init() throws {
        scratch = try ScratchDirectory()
        // 12 Mb/s for a second, nothing for three, 12 Mb/s for a second.
        down = try scratch.write(
            "cellular.csv", ((1...1000).map { $0 } + (4000...5000).map { $0 }).map { "\($0)\n" }.joined())
        up = try scratch.write("up.csv", "0\n100\n4600\n")
    }

    private func run(up: String? = nil, _ change: (inout TraceImport.Options) -> Void = { _ in }) throws -> TraceImport
    {
        var options = TraceImport.Options(
            paths: [PathSpecification(name: "cellular", kind: .cellular, down: down, up: up)], format: MahimahiFormat())
        change(&options)
        return try TraceImport(options)
    }

    @Test func `keeps them as they are and lasts as long as the shorter`() throws {
        let result = try run(up: up)
        #expect(result.files.map(\.name) == ["cellular.down", "cellular.up", "replay.yaml"])
        #expect(try result.files[1].text == "0\n100\n4600\n")
        let trace = result.traces[0]
        #expect(trace.duration == .milliseconds(4600))
        #expect(trace.table(.down).overhead == ByteCount(4))
        #expect(trace.table(.down).curve.shape == .staircase)
        // The walk ends at the uplink's last opportunity.
        #expect(trace.curve(.up).total == Curve.Position(ByteCount(2 * 1504)))
        #expect(trace.samples[0].down.rate.megabitsPerSecond == 11.988)
        #expect(trace.samples[2].down.rate == .zero)
        #expect(result.replay.contains("opportunities: [cellular.down, cellular.up], duration: 4.6s, rtt: 60ms"))
    }

    @Test func `begins anew to last longer`() throws {
        let result = try run(up: up) { $0.duration = .seconds(10) }
        // The opportunities are at 0, 100 and 4600 ms, and begin again every 4600 ms.
        #expect(result.traces[0].curve(.up).total == Curve.Position(ByteCount(8 * 1504)))
        #expect(result.traces[0].duration == .seconds(10))
    }

    @Test func `of the downlink alone takes a third of it for the uplink`() throws {
        let result = try run()
        #expect(result.files.map(\.name) == ["cellular.down", "replay.yaml"])
        #expect(result.replay.contains("opportunities: [cellular.down], "))
        let rates = result.traces[0].samples.map(\.up.rate.megabitsPerSecond)
        #expect(abs(rates[0] - 4) < 0.05)
        #expect(rates[2] == 0)
    }

    @Test func `makes long silences detachments`() throws {
        let trace = try run(up: up) { $0.detachAfter = .seconds(2) }.traces[0]
        // What left at the last opportunity arrives 30 ms later.
        #expect(
            trace.attachments.map(\.time) == [.zero, .milliseconds(1030) + .nanoseconds(1), .milliseconds(4000)])
        #expect(trace.attachments.map(\.attached) == [true, false, true])
    }

    @Test func `alone may say how long it lasts`() throws {
        let fault = #expect(throws: Fault.self) {
            try run {
                $0.format = PerSecondFormat()
                $0.duration = .seconds(9)
            }
        }
        #expect(fault?.code == .usage)
    }
}

@Suite struct `An export of opportunities` {
    @Test func `has one for each packet, and says what it cannot say`() throws {
        let link = PathTrace.LinkSample(rate: .megabitsPerSecond(12), delay: .milliseconds(10))
        let none = PathTrace.LinkSample(rate: .zero, delay: .milliseconds(10))
        let trace = PathTrace(
            name: "wifi", kind: .wifi, duration: .seconds(3), queueDown: ByteCount(64_000), queueUp: ByteCount(64_000),
            source: "test",
            samples: [
                .init(time: .zero, down: link, up: none),
                .init(time: .seconds(2), down: none, up: none, attached: false),
            ])
        let written = try MahimahiFormat().write(trace, .down, from: "wifi.trace.csv")
        #expect(written.bytes == Array((1...2000).map { "\($0)\n" }.joined().utf8))
        #expect(
            written.losses == [
                "path 'wifi', downlink: the file starts again after 2 s, its last opportunity, but the trace lasts 3 s",
                "path 'wifi', downlink: delays, queue and attachment cannot be written to the file; pass them "
                    + "to mm-delay "
                    + "and mm-link",
            ])
        var lossy = trace
        lossy.samples[0].down.loss = 0.01
        #expect(
            try MahimahiFormat().write(lossy, .down, from: "x").losses[1].contains(
                "delays, queue, losses and attachment cannot be written to the file"))
        let fault = #expect(throws: Fault.self) {
            try MahimahiFormat().write(trace, .up, from: "wifi.trace.csv")
        }
        #expect(
            fault?.message
                == "wifi.trace.csv: does not carry one whole packet uplink, so there is no opportunity to write")
    }
}
