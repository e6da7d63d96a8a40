// SPDX-License-Identifier: Apache-2.0
import Documents
import Quantities
import System
import Testing
import Traces

@testable import TraceFormats

/// Rates in kb/s, each with the milliseconds for which it holds: a format that only these tests have.
private struct Ramps: LinkWriting {
    let name = "ramps"
    let summary = "MILLISECONDS KBPS, a line for each rate, after a line '%ramps'"
    let holds = TraceExtent.direction

    func recognises(_ beginning: TraceBeginning) -> Bool { beginning.lines.first == "%ramps" }

    func read(_ file: InputFile) throws -> TraceReading {
        var lines = try TextLines(file)
        _ = lines.next()
        var rates: [TimedRate] = []
        var end = Duration.zero
        while let line = lines.next() {
            let words = line.text.split(separator: " ").compactMap { Int($0) }
            guard words.count == 2 else { throw lines.fault(line, "is not MILLISECONDS KBPS") }
            rates.append(TimedRate(time: end, rate: .megabitsPerSecond(Double(words[1]) / 1000)))
            end += .milliseconds(words[0])
        }
        return TraceReading(.rates(rates, end: end), notes: ["\(file.path) has \(rates.count) ramps"])
    }

    func write(_ trace: PathTrace, _ direction: Direction, from file: String) throws -> WrittenTrace {
        let ends = trace.samples.dropFirst().map(\.time) + [trace.duration]
        let lines = zip(trace.samples, ends).map { sample, end in
            let rate = sample.attached ? sample[direction].rate : .zero
            return "\(Int((end - sample.time).milliseconds)) \(Int(rate.bitsPerSecond / 1000))\n"
        }
        return WrittenTrace(
            bytes: Array(("%ramps\n" + lines.joined()).utf8),
            losses: LinkColumn.losses(of: trace, direction, keeping: ["rate"]))
    }

    /// Added once for all tests, since the registry belongs to the process.
    static let registered = Result { try TraceFormats.add(Ramps()) }
}

/// A format that reads any file as what a test wants.
private struct Careless: TraceFormat {
    let name = "careless"
    let summary = "anything"
    var holds = TraceExtent.direction
    var contents: TraceReading.Contents

    func recognises(_ beginning: TraceBeginning) -> Bool { false }
    func read(_ file: InputFile) throws -> TraceReading { TraceReading(contents) }
}

@Suite struct `A trace format` {
    private let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    private func file(_ text: String) -> InputFile { InputFile(path: "some/file", bytes: Array(text.utf8)) }

    @Test func `is registered under a name that options can have, each once`() {
        let names = TraceFormats.builtIn.map(\.name)
        #expect(names == ["walkback", "per-second", "mahimahi"])
        for format in TraceFormats.builtIn {
            #expect(TraceFormats.named(format.name)?.name == format.name)
            #expect(!format.summary.isEmpty && !format.summary.contains("\n"))
        }
        #expect(TraceFormats.named("csv") == nil)
    }

    @Test(
        arguments: [
            ("# walkback trace 1\n# path: wifi\n", "walkback"), ("\u{FEFF}\r\n# walkback trace 2\r\n", "walkback"),
            ("1,1448000\r\n2,0\r\n3,0", "per-second"), ("7,5\n", "per-second"), ("1.0, 1e3\n2,x\n", nil),
            ("1,1000\n3,5\nrubbish\n", "per-second"), ("0\n5\n5\n12\n", "mahimahi"), ("17\r\n", "mahimahi"),
            ("1\n2\nx\n", nil), ("second,bytes\n1,5\n", nil), ("1,2,3\n", nil), ("1.5,5\n", nil), ("\n\n", "mahimahi"),
            ("", nil),
            ("hello", nil), ("{\"schema\": 3}", nil), ("-5\n", nil), ("\u{0}\u{1}", nil),
        ] as [(String, String?)])
    func `recognises its files by their content`(text: String, name: String?) {
        let beginning = TraceBeginning(path: "renamed.bin", bytes: Array(text.utf8))
        let expected = name.map { [$0] } ?? []
        #expect(TraceFormats.builtIn.filter { $0.recognises(beginning) }.map(\.name) == expected)
    }

    @Test(arguments: ["indoor-walk.wifi", "recorded-walk.cellular", "recorded-transfers.wifi"])
    func `recognises the shipped traces, and what they are exported to`(walk: String) throws {
        let root = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
        let shipped = try InputFile.read("\(root)/Replays/\(walk).trace.csv")
        #expect(try TraceFormats.format(of: shipped).name == "walkback")
        let exported = try MahimahiFormat().write(TraceFile.parse(shipped), .down, from: shipped.path)
        #expect(try TraceFormats.format(of: InputFile(path: "x", bytes: exported.bytes)).name == "mahimahi")
    }

    @Test func `that is not known, or not the only one, is a sentence with the names of the formats`() {
        let unknown = badInput { try TraceFormats.format(of: file("hello")) }
        #expect(
            unknown.hasPrefix(
                "some/file: does not begin like any trace format; the formats are walkback, per-second, mahimahi"))
        #expect(badInput { try TraceFormats.format(of: file("")) } == "some/file: is empty")
        let both: [any TraceFormat] = [PerSecondFormat(), MahimahiFormat()]
        let message = badInput { try TraceFormats.only(both, path: "some/file") }
        #expect(message.hasPrefix("some/file: begins like several trace formats (per-second, mahimahi); "))
    }

    @Test func `of somebody else is listed, recognised, imported and exported`() throws {
        try Ramps.registered.get()
        #expect(TraceFormats.all.map(\.name).contains("ramps"))
        #expect(TraceFormats.writable.map(\.name).contains("ramps"))
        #expect(TraceFormats.list(TraceFormats.all).contains("\n  ramps       MILLISECONDS KBPS, a line"))
        let down = try scratch.write("wifi.csv", "%ramps\n1500 6000\n500 0\n1000 250\n")
        let up = try scratch.write("up.csv", "%ramps\n2000 300\n9000 100\n")
        #expect(try TraceFormats.format(of: InputFile.read(down)).name == "ramps")
        for format in [nil, Ramps()] {
            let result = try TraceImport(
                .init(
                    paths: [PathSpecification(name: "wifi", kind: .wifi, down: down, up: up)], format: format,
                    detachAfter: .seconds(1)))
            #expect(result.notes == ["\(down) has 3 ramps", "\(up) has 2 ramps"])
            let trace = result.traces[0]
            #expect(trace.duration == .seconds(3))
            #expect(trace.samples.map(\.time) == [0, 1500, 2000].map { .milliseconds($0) })
            #expect(trace.samples.map(\.down.rate.megabitsPerSecond) == [6, 0, 0.25])
            #expect(trace.samples.map(\.up.rate.megabitsPerSecond) == [0.3, 0.3, 0.1])
            #expect(trace.samples.allSatisfy { $0.attached })
            #expect(trace.source == "walkback import wifi:wifi=wifi.csv,up.csv --format ramps --detach-after 1")
            let written = try scratch.write("cellular.csv", TraceFile.text(of: trace))
            let exported = try TraceExport.files(written, as: Ramps(), nil, to: "out")
            #expect(exported.map(\.name) == ["out.down", "out.up"])
            #expect(String(decoding: exported[0].trace.bytes, as: UTF8.self) == "%ramps\n1500 6000\n500 0\n1000 250\n")
            #expect(String(decoding: exported[1].trace.bytes, as: UTF8.self) == "%ramps\n1500 300\n500 300\n1000 100\n")
            #expect(exported[0].trace.losses == ["delays", "attachment"])
            #expect(try TraceExport.files(written, as: Ramps(), .up, to: "out").map(\.name) == ["out"])
        }
    }

    @Test func `that repeats lends its name to what only such can do`() throws {
        let down = try scratch.write("wifi.csv", "1,1448000\n")
        let fault = #expect(throws: Fault.self) {
            try TraceImport(
                .init(
                    paths: [PathSpecification(name: "wifi", kind: .wifi, down: down)], format: nil,
                    duration: .seconds(9)))
        }
        #expect(fault?.code == .usage)
        #expect(
            fault?.message
                == "--duration needs --format mahimahi, whose files can be repeated; leave it out")
    }

    @Test func `of whole paths is imported with its own delays and queues, unless others are asked for`() throws {
        let down = try scratch.write("wifi.csv", goodTrace)
        func run(_ change: (inout PathSpecification) -> Void = { _ in }) throws -> PathTrace {
            var path = PathSpecification(name: "lte", kind: .cellular, down: down)
            change(&path)
            return try TraceImport(.init(paths: [path])).traces[0]
        }
        let trace = try run()
        var expected = try parse(goodTrace)
        expected.name = "lte"
        expected.kind = .cellular
        expected.source = "walkback import lte:cellular=wifi.csv --format walkback"
        #expect(trace == expected)
        let other = try run {
            $0.roundTrip = .milliseconds(7)
            $0.queue = .bytes(ByteCount(5000))
        }
        #expect(other.queueDown == ByteCount(5000) && other.queueUp == ByteCount(5000))
        #expect(other.samples.allSatisfy { $0.down.delay + $0.up.delay == .milliseconds(7) })
        let fault = #expect(throws: Fault.self) { try run { $0.up = down } }
        #expect(fault?.code == .usage)
        #expect(
            fault?.message.contains("holds both directions, because its format is 'walkback'; name it alone") == true)
    }

    @Test func `may leave out the uplink, the delays and the queues of a path`() throws {
        let link = PathTrace.LinkSample(rate: .megabitsPerSecond(12), delay: .zero)
        let trace = PathTrace(
            name: "", kind: .other, duration: .seconds(10), queueDown: .zero, queueUp: .zero, source: "",
            samples: [.init(time: .zero, down: link, up: .init(rate: .zero, delay: .zero), signal: -70)])
        let format = Careless(holds: .path, contents: .path(trace, lacking: Set(TraceGap.allCases)))
        let down = try scratch.write("wifi.csv", "x")
        let read = try TraceImport(
            .init(paths: [PathSpecification(name: "wifi", kind: .wifi, down: down)], format: format)
        ).traces[0]
        #expect(read.samples[0].up.rate == .megabitsPerSecond(4))
        #expect(read.samples[0].down.delay == .milliseconds(10))
        #expect(read.samples[0].signal == -70)
        #expect(read.queueDown == ByteCount(150_000) && read.queueUp == ByteCount(64_000))
    }

    @Test func `whose files of a path do not go together is refused`() throws {
        let down = try scratch.write("wifi.csv", "1,1448000\n")
        let up = try scratch.write("up.csv", "1\n2\n")
        let fault = #expect(throws: Fault.self) {
            try TraceImport(.init(paths: [PathSpecification(name: "wifi", kind: .wifi, down: down, up: up)]))
        }
        #expect(fault?.code == .usage)
        #expect(fault?.message.hasPrefix("the files of path 'wifi' do not match") == true)
    }

    @Test func `that returns what no trace can have is named, and ends nothing`() {
        let rate = DataRate.megabitsPerSecond(1)
        func message(_ contents: TraceReading.Contents, _ holds: TraceExtent = .direction) -> String {
            badInput { try TraceFormats.read(file("x"), as: Careless(holds: holds, contents: contents)) }
        }
        func path(_ change: (inout PathTrace.Sample) -> Void) -> TraceReading.Contents {
            let link = PathTrace.LinkSample(rate: rate, delay: .zero)
            var sample = PathTrace.Sample(time: .zero, down: link, up: link)
            change(&sample)
            return .path(
                PathTrace(
                    name: "", kind: .other, duration: .seconds(1), queueDown: .zero, queueUp: .zero, source: "",
                    samples: [sample]), lacking: [])
        }
        #expect(
            message(.rates([], end: .seconds(1))).contains(
                "'careless' has read no row at time 0; correct the code of that format"))
        let twice = [TimedRate(time: .zero, rate: rate), TimedRate(time: .zero, rate: rate)]
        #expect(message(.rates(twice, end: .seconds(1))).contains("whose times do not increase"))
        #expect(message(.rates([twice[0]], end: .zero)).contains("not before the end"))
        #expect(message(.rates([twice[0]], end: .seconds(172_801))).contains("longer than 48 h"))
        for bad in [-1, .nan, .infinity, 1e13] {
            let rates = [TimedRate(time: .zero, rate: DataRate(bitsPerSecond: bad))]
            #expect(message(.rates(rates, end: .seconds(1))).contains("not from 0 to 1 Tb/s"))
            #expect(
                message(path { $0.up.rate = DataRate(bitsPerSecond: bad) }, .path).contains("'rate' that is not Mb/s"))
        }
        for bad in [-0.1, 1.1, .nan, 1e300] {
            #expect(message(path { $0.down.loss = bad }, .path).contains("'loss' that is not a probability"))
        }
        #expect(message(path { $0.down.delay = .seconds(61) }, .path).contains("'delay' that is not milliseconds"))
        #expect(message(path { $0.down.delay = .seconds(Int64.max) }, .path).contains("'delay'"))
        #expect(message(path { $0.signal = .nan }, .path).contains("'signal' that is not dBm"))
        #expect(message(path { _ in }).contains("holds one direction but has read a whole path"))
        #expect(
            message(.rates([twice[0]], end: .seconds(1)), .path).contains(
                "holds whole paths but has read one direction"))
    }

    @Test func `without a way to write, or of the wrong extent, exports nothing`() throws {
        let whole = try scratch.write("wifi.csv", goodTrace)
        func usage(_ body: () throws -> some Any) -> String? {
            let fault = #expect(throws: Fault.self) { _ = try body() }
            #expect(fault?.code == .usage)
            return fault?.message
        }
        #expect(
            usage { try TraceExport.files(whole, as: PerSecondFormat(), nil, to: "x") }?.contains("not written") == true
        )
        #expect(
            usage { try TraceExport.files(whole, as: TraceFile(), .up, to: "x") }
                == "--direction cannot be used with --format walkback, whose files hold both directions; leave it out")
        let one = try scratch.write("up.csv", "1\n2\n")
        #expect(
            badInput { try TraceExport.files(one, as: MahimahiFormat(), nil, to: "x") }
                == "\(one): does not hold a whole path with delays and queues, because its format is "
                + "'mahimahi'; convert it to a trace with 'walkback import' first")
        let written = try TraceExport.files(whole, as: TraceFile(), nil, to: "x")
        #expect(written.map(\.name) == ["x"])
        let trace = try parse(goodTrace)
        #expect(written[0].trace.bytes == Array(TraceFile.text(of: trace).utf8))
    }
}
