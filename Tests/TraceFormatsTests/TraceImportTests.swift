// SPDX-License-Identifier: Apache-2.0
import Glibc
import Quantities
import System
import Testing
import Traces

@testable import Determinism
@testable import Documents
@testable import TraceFormats

/// A directory that is removed with this value.
final class ScratchDirectory {
    let path: String

    init() throws {
        var template = Array("/tmp/walkback-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Fault(.failed, "no scratch directory: \(String(cString: strerror(errno)))")
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    func write(_ name: String, _ text: String) throws -> String {
        let file = "\(path)/\(name)"
        guard let stream = fopen(file, "w") else { throw Fault(.failed, "cannot write \(file)") }
        defer { fclose(stream) }
        fputs(text, stream)
        return file
    }

    deinit {
        for name in ["wifi.csv", "up.csv", "cellular.csv"] { unlink("\(path)/\(name)") }
        rmdir(path)
    }
}

@Suite struct TraceImportTests {
    let scratch: ScratchDirectory
    let wifi: String
    let cellular: String

    init() throws {
        scratch = try ScratchDirectory()
        // 1.448 MB of goodput a second are 12 Mb/s of IP.
        wifi = try scratch.write("wifi.csv", "1,1448000\r\n2,0\r\n3,0\r\n4,144800\r\n5,0\r\n6,2896000")
        cellular = try scratch.write("cellular.csv", "1,362000\n2,362000\n3,362000\n4,362000\n5,362000\n")
    }

    func run(_ change: (inout TraceImport.Options) -> Void = { _ in }) throws -> TraceImport {
        var options = TraceImport.Options(paths: [
            PathSpecification(name: "wifi", kind: .wifi, down: wifi),
            PathSpecification(name: "cellular", kind: .cellular, down: cellular),
        ])
        change(&options)
        return try TraceImport(options)
    }

    @Test func `The defaults are those of the design`() throws {
        let result = try run()
        let (wifi, cellular) = (result.traces[0], result.traces[1])
        #expect(wifi.samples.map(\.down.rate.megabitsPerSecond) == [12, 0, 0, 1.2, 0])
        #expect(wifi.samples.map(\.time) == (0..<5).map { .seconds($0) })
        // A third of the downlink, at least 1 Mb/s where the link carries anything.
        #expect(wifi.samples.map(\.up.rate.megabitsPerSecond) == [4, 0, 0, 1, 0])
        #expect(cellular.samples.map(\.up.rate.megabitsPerSecond) == [1, 1, 1, 1, 1])
        #expect(
            wifi.samples.allSatisfy {
                $0.down.delay == .milliseconds(10) && $0.up.delay == .milliseconds(10) && $0.attached
            })
        #expect(cellular.samples.allSatisfy { $0.down.delay == .milliseconds(30) && $0.up.delay == .milliseconds(30) })
        // 100 ms at 12 Mb/s; the others are below the floor.
        #expect(wifi.queueDown == ByteCount(150_000))
        #expect([wifi.queueUp, cellular.queueDown, cellular.queueUp] == Array(repeating: ByteCount(64_000), count: 3))
        #expect(result.traces.map(\.duration) == [.seconds(5), .seconds(5)])
        #expect(result.notes == ["path 'wifi' was shortened from 6 s to 5 s, the length of the shortest path"])
    }

    @Test(arguments: [
        (Int?.none, [true, true, true, true, true]), (1, [true, false, false, true, false]),
        (2, [true, false, false, true, true]), (3, [true, true, true, true, true]),
    ])
    func `Zeros become a detachment when there are enough of them`(seconds: Int?, attached: [Bool]) throws {
        let result = try run { $0.detachAfter = seconds.map { .seconds($0) } }
        #expect(result.traces[0].samples.map(\.attached) == attached)
        #expect(result.traces[1].samples.allSatisfy { $0.attached })
    }

    @Test func `A path whose uplink still carries is not detached`() throws {
        let up = try scratch.write("up.csv", "1,1448\n2,1448\n3,0\n4,0\n")
        let result = try run {
            $0.paths[0].up = up
            $0.detachAfter = .seconds(1)
        }
        #expect(result.traces[0].samples.map(\.attached) == [true, true, false, true])
        #expect(result.traces[0].samples.map(\.up.rate.bitsPerSecond) == [12_000, 12_000, 0, 0])
        #expect(result.traces[1].duration == .seconds(4))
    }

    @Test func `Round-trip times and queues can be given`() throws {
        let result = try run {
            $0.paths[0].roundTrip = .milliseconds(7)
            $0.paths[0].queue = .time(.milliseconds(50))
            $0.paths[1].queue = .bytes(ByteCount(5000))
        }
        #expect(result.traces[0].samples[0].down.delay == .microseconds(3500))
        #expect(result.traces[0].queueDown == ByteCount(75_000))
        #expect(result.traces[0].queueUp == ByteCount(25_000))
        #expect(result.traces[1].queueDown == ByteCount(5000))
        #expect(
            result.traces[0].source == "walkback import wifi:wifi=wifi.csv cellular:cellular=cellular.csv "
                + "--format per-second --rtt wifi=7ms --queue wifi=50ms --queue cellular=5000B")
    }

    @Test func `The written traces are read back equal`() throws {
        for trace in try run({ $0.detachAfter = .seconds(2) }).traces {
            #expect(try parse(TraceFile.text(of: trace)) == trace)
        }
    }

    @Test func `Options that do not fit together are usage errors`() {
        func usage(_ change: (inout TraceImport.Options) -> Void) -> String? {
            let fault = #expect(throws: Fault.self) { try run(change) }
            #expect(fault?.code == .usage)
            return fault?.message
        }
        #expect(usage { $0.paths = [] }?.hasPrefix("there is no path to import") == true)
        #expect(usage { $0.paths[1].name = "wifi" }?.hasPrefix("path 'wifi' is given twice") == true)
        #expect(usage { $0.paths[0].kind = .other }?.contains("add --rtt wifi=20ms") == true)
        #expect(
            usage { $0.detachAfter = .zero }?.hasPrefix("--detach-after must be a number of seconds above 0") == true)
        #expect(usage { $0.name = "two words" }?.hasPrefix("'two words' cannot name a replay") == true)
    }

    // MARK: - Real walks

    private static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
    static let walks = "\(root)/../shared/data/walk-wifi-cell-sbu"
    static let hasWalks = access(walks, R_OK) == 0

    @Test(
        .enabled(if: hasWalks, "the recorded walks (shared/data/walk-wifi-cell-sbu beside the checkout) are not here"),
        arguments: ["7_1", "7_2", "7_3", "7_4", "7_5", "8_1", "8_2", "13_1", "13_2", "23_1"])
    func `A recorded walk keeps its bytes`(walk: String) throws {
        try check(["wifi", "cellular"].map { "\(Self.walks)/\(walk)_\($0).csv" })
    }

    @Test(arguments: ["indoor-walk", "recorded-walk", "recorded-transfers"])
    func `A shipped walk, summed for each second, keeps its bytes`(walk: String) throws {
        let wifi = try Self.seconds(of: "\(Self.root)/Replays/\(walk).wifi.trace.csv")
        let cellular = try Self.seconds(of: "\(Self.root)/Replays/\(walk).cellular.trace.csv")
        #expect(cellular.count > 100 && cellular.reduce(0, +) > 1_000_000)
        func text(_ seconds: [Int], _ end: String) -> String {
            seconds.enumerated().map { "\($0 + 1),\($1)\(end)" }.joined()
        }
        try check([
            try scratch.write("wifi.csv", text(wifi, "\r\n")),
            // One file ends before the other, as in recorded pairs.
            try scratch.write("cellular.csv", text(cellular.dropLast(3), "\n")),
        ])
    }

    /// A trace's bytes in the downlink for each of its whole seconds, read without any of the code under test.
    private static func seconds(of path: String) throws -> [Int] {
        let rows = try InputFile.read(path).text().split(separator: "\n").compactMap { line -> (Double, Double)? in
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            guard fields.count == 9, let time = Double(fields[0]), let rate = Double(fields[1]) else { return nil }
            return (time, rate)
        }
        let end = try #require(rows.last).0.rounded(.down)
        var sums = [Double](repeating: 0, count: Int(end))
        for (row, next) in zip(rows, rows.dropFirst() + [(end, 0)]) {
            var time = row.0
            while time < min(next.0, end) {
                let until = min(next.0, time.rounded(.down) + 1, end)
                sums[Int(time)] += row.1 * (until - time) * 1e6 / 8
                time = until
            }
        }
        return sums.map { Int($0.rounded()) }
    }

    private func check(_ files: [String]) throws {
        let names = ["wifi", "cellular"]
        let result = try TraceImport(
            .init(
                paths: try zip(names, files).map { try PathSpecification(parsing: "\($0)=\($1)") },
                detachAfter: .seconds(2)))
        let sums = try files.map { try Self.goodput($0) }
        let seconds = sums.map(\.count).min() ?? 0
        for (trace, sum) in zip(result.traces, sums) {
            #expect(trace.duration == .seconds(seconds))
            let expected = sum.prefix(seconds).reduce(0, +) * 1500 / 1448
            // Half a bit per second for each second, and 1/512 byte for each of the curve's steps.
            #expect(abs(trace.curve(.down).total.bytes - expected) <= Double(seconds) * (0.5 / 8 + 1 / 512.0))
        }
        #expect(result.notes.isEmpty == (sums[0].count == sums[1].count))
    }

    /// The bytes of each second, read without any of the code under test.
    static func goodput(_ path: String) throws -> [Double] {
        try InputFile.read(path).text().split(whereSeparator: \.isNewline).compactMap {
            $0.split(separator: ",").last.flatMap { Double($0) }
        }
    }
}

@Suite struct PathSpecificationTests {
    @Test(
        arguments: [
            ("wifi:wifi=a.csv,b.csv", "wifi", PathKind.wifi, "a.csv", "b.csv"),
            ("wlan0=dir/a.csv", "wlan0", .wifi, "dir/a.csv", nil), ("lte=a", "lte", .cellular, "a", nil),
            ("my-5g=a=b", "my-5g", .cellular, "a=b", nil), ("dsl:other=a", "dsl", .other, "a", nil),
            ("wifi:cellular=a", "wifi", .cellular, "a", nil),
        ] as [(String, String, PathKind, String, String?)])
    func `The command line's words are understood`(
        text: String, name: String, kind: PathKind, down: String, up: String?
    ) throws {
        #expect(try PathSpecification(parsing: text) == PathSpecification(name: name, kind: kind, down: down, up: up))
    }

    @Test(arguments: [
        ("wifi", "names no path; write PATH"), ("=a", "cannot name a path"), ("Wifi=a", "cannot name a path"),
        ("wifi:wfi=a", "unknown kind 'wfi' in 'wifi:wfi=a'; did you mean 'wifi'?"), ("dsl=a", "write dsl:KIND=…"),
        ("wifi:wifi:x=a", "more than one ':'"), ("wifi=", "one or two files"), ("wifi=a,", "one or two files"),
        ("wifi=a,b,c", "one or two files"), ("a-very-long-name1=a", "cannot name a path"),
    ])
    func `Words that are not understood are usage errors`(text: String, message: String) {
        let fault = #expect(throws: Fault.self) { try PathSpecification(parsing: text) }
        #expect(fault?.code == .usage)
        #expect(fault?.message.contains(message) == true, "\(fault?.message ?? "")")
    }

    @Test func `Queues are sizes or times`() {
        #expect(PathSpecification.QueueSize(text: "100kB") == .bytes(ByteCount(100_000)))
        #expect(PathSpecification.QueueSize(text: "50ms") == .time(.milliseconds(50)))
        for text in ["100", "0B", "0ms", "fast", "-1kB", "2h"] {
            #expect(PathSpecification.QueueSize(text: text) == nil)
        }
    }
}
