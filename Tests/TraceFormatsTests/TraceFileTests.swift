// SPDX-License-Identifier: Apache-2.0
import Quantities
import System
import Testing
import Traces

@testable import Determinism
@testable import Documents
@testable import TraceFormats

/// A correct trace; the tests break one thing at a time.
let goodTrace = """
    # walkback trace 1
    # path: wifi   kind: wifi   duration_s: 100   curve: linear
    # queue_down: 150000 B   queue_up: 75000 B   accounting: ip
    # source: walkback synth walking --wifi-coverage 40 --seed 7
    time_s,down_mbps,up_mbps,delay_down_ms,delay_up_ms,loss_down,loss_up,attached,signal_dbm
    0,12.4,4.1,10,10,0,0,1,-61
    0.1,11.9,4.0,10,10,0.001,0,1,-61.5
    42.3,0,0,10,10,0,0,0,

    """

func parse(_ text: String) throws -> PathTrace {
    try TraceFile.parse(InputFile(path: "walk.trace.csv", bytes: Array(text.utf8)))
}

/// The message of the bad input that `body` finds.
func badInput(_ body: () throws -> some Any, sourceLocation: SourceLocation = #_sourceLocation) -> String {
    let fault = #expect(throws: Fault.self, sourceLocation: sourceLocation) { _ = try body() }
    #expect(fault?.code == .badInput, sourceLocation: sourceLocation)
    return fault?.message ?? ""
}

@Suite struct TraceFileTests {
    @Test func `The contract's example is read as it is meant`() throws {
        let trace = try parse(goodTrace)
        #expect(trace.name == "wifi")
        #expect(trace.kind == .wifi)
        #expect(trace.duration == .seconds(100))
        #expect(trace.queueDown == ByteCount(150_000))
        #expect(trace.queueUp == ByteCount(75_000))
        #expect(trace.source == "walkback synth walking --wifi-coverage 40 --seed 7")
        #expect(trace.samples.map(\.time) == [.zero, .milliseconds(100), .milliseconds(42_300)])
        #expect(trace.samples[0].down == .init(rate: .megabitsPerSecond(12.4), delay: .milliseconds(10), loss: 0))
        #expect(trace.samples[1].down.loss == 0.001)
        #expect(trace.samples.map(\.signal) == [-61, -61.5, nil])
        #expect(trace.attachments.map(\.attached) == [true, false])
    }

    @Test func `What was read is written back as the same text`() throws {
        #expect(try TraceFile.text(of: parse(goodTrace)) == goodTrace.replacing("4.0,", with: "4,"))
    }

    @Test(arguments: ["\r\n", "\n"], [true, false])
    func `Line ends of either kind, a byte order mark and a missing last line end change nothing`(
        end: String, last: Bool
    ) throws {
        var text = "\u{FEFF}" + goodTrace.replacing("\n", with: end)
        if !last { text = String(text.dropLast()) }
        #expect(try parse(text) == parse(goodTrace))
    }

    @Test(arguments: UInt64(1)...20)
    func `Every trace survives being written and read`(seed: UInt64) throws {
        let trace = Self.random(seed: seed)
        let text = TraceFile.text(of: trace)
        #expect(try parse(text) == trace, "seed \(seed)")
        #expect(try TraceFile.text(of: parse(text)) == text, "seed \(seed)")
    }

    /// Values on the file's own steps, small and large.
    static func random(seed: UInt64) -> PathTrace {
        var generator = SplitMix64(seed: seed, purpose: "random trace")
        var time = Int64(0)
        let samples = (0..<200).map { index in
            if index > 0 { time += 1 + Int64(generator.next(below: 3_000_000_000)) }
            func link() -> PathTrace.LinkSample {
                let scale = [1, 1000, 1_000_000, 1_000_000_000_000][Int(generator.next(below: 4))] as UInt64
                return .init(
                    rate: DataRate(bitsPerSecond: Double(generator.next(below: scale + 1))),
                    delay: .nanoseconds(Int64(generator.next(below: 60_000_000_001))),
                    loss: Double(generator.next(below: 1_000_000_001)) / 1e9)
            }
            return PathTrace.Sample(
                time: .nanoseconds(time), down: link(), up: link(), attached: generator.next(below: 2) == 1,
                signal: generator.next(below: 3) == 0 ? nil : -Double(generator.next(below: 120_000)) / 1e3)
        }
        return PathTrace(
            name: "path-\(seed)", kind: PathKind.allCases[Int(seed % 3)], duration: .nanoseconds(time + 1),
            queueDown: ByteCount(1 + Int64(generator.next(below: 1_000_000))), queueUp: ByteCount(75_000),
            source: "a test: seed \(seed), key: value", samples: samples)
    }

    @Test func `A source of several lines stays one line`() throws {
        var trace = try parse(goodTrace)
        trace.source = "one\ntwo\r\nthree"
        #expect(try parse(TraceFile.text(of: trace)).source == "one two three")
    }

    @Test func `Queues that a header leaves out are the defaults`() throws {
        let text = goodTrace.replacing("queue_down: 150000 B   queue_up: 75000 B   ", with: "")
        // 11.9 Mb/s for 42.2 of 100 s, nothing for the rest: its 95th percentile is 11.9 Mb/s, 148750 bytes in 100 ms.
        #expect(try parse(text).queueDown == ByteCount(148_750))
        #expect(try parse(text).queueUp == ByteCount(64_000))
    }

    struct Slip: CustomTestStringConvertible, Sendable {
        let from: String
        let to: String
        let message: String
        var testDescription: String { "\(from) -> \(to)" }

        init(_ from: String, _ to: String, _ message: String) {
            (self.from, self.to, self.message) = (from, to, message)
        }
    }

    @Test(arguments: [
        Slip("0.1,11.9", "0.1,-11.9", ":7:5: down_mbps '-11.9' is negative; write Mb/s from 0 to 1000000"),
        Slip("0.1,11.9", "0.1,1000001", ":7:5: down_mbps '1000001' is too high; write Mb/s from 0 to 1000000"),
        Slip("0.1,11.9", "0.1,1e30", ":7:5: down_mbps '1e30' is too large; write"),
        Slip("0.1,11.9", "0.1,9999999999999999999999", ":7:5: down_mbps '9999999999999999999999' is too large; write"),
        Slip("0.1,11.9", "0.1,NaN", ":7:5: down_mbps 'NaN' is not a finite number; write"),
        Slip("0.1,11.9", "0.1,inf", ":7:5: down_mbps 'inf' is not a finite number; write"),
        Slip("0.1,11.9", "0.1,fast", ":7:5: down_mbps 'fast' is not a number; write"),
        Slip("0.1,11.9", "0.1,0x10", ":7:5: down_mbps '0x10' is not a number; write"),
        Slip("0.1,11.9", "0.1,", ":7:5: down_mbps is empty; write"),
        Slip("0.1,11.9", "0,11.9", ":7:1: time stands still: 0 s after 0 s; sort"),
        Slip("42.3,0", "0.05,0", ":8:1: time goes backwards: 0.05 s after 0.1 s; sort"),
        Slip("0,12.4", "0.01,12.4", ":6:1: the first row is at 0.01 s; the first row of a trace is at 0"),
        Slip("0,12.4", "-1,12.4", ":6:1: time_s '-1' is negative; write seconds from 0 up"),
        Slip(
            "42.3,0", "100,0",
            ":8:1: time 100 s is not before the end of the trace; raise duration_s (100) in the header"),
        Slip("0.001", "1.001", ":7:20: loss_down '1.001' is too high; write a probability from 0 to 1"),
        Slip("0.001", "-0.1", ":7:20: loss_down '-0.1' is negative; write a probability"),
        Slip("4.0,10,10", "4.0,10,60001", ":7:17: delay_up_ms '60001' is too high; write milliseconds"),
        Slip("4.0,10,10", "4.0,-1,10", ":7:14: delay_down_ms '-1' is negative; write"),
        Slip("10,10,0,0,0,", "10,10,0,0,2,", ":8:20: attached '2' is neither 0 nor 1; write 1 where"),
        Slip("1,-61\n", "1,loud\n", ":6:24: signal_dbm 'loud' is not a number; write dBm or nothing"),
        Slip("1,-61\n", "1\n", ":6:1: has 8 columns instead of 9; the columns are time_s,"),
        Slip("1,-61\n", "1,-61,0\n", ":6:1: has more than 9 columns instead of 9; the columns are"),
        Slip("trace 1", "trace 2", ":1:18: is a trace of version '2', but this walkback reads version 1; update"),
        Slip(
            "# walkback trace 1\n", "",
            ":1:1: is not a trace, because its first line is not '# walkback trace 1'; make one with 'walkback import'"
        ),
        Slip("   duration_s: 100", "", ":5:1: the header before this line lacks 'duration_s'; add '# duration_s: 100'"),
        Slip("path: wifi   ", "", ":5:1: the header before this line lacks 'path'"),
        Slip("kind: wifi", "kidn: wifi", ":2:16: unknown header key 'kidn'; did you mean 'kind'?"),
        Slip("kind: wifi", "kind: wfi", ":2:22: unknown kind 'wfi'; did you mean 'wifi'?"),
        Slip("path: wifi", "path: WiFi", ":2:9: 'WiFi' cannot name a path; use 1 to 15"),
        Slip("path: wifi", "path: lo", ":2:9: 'lo' cannot name a path, because the kernel uses it"),
        Slip("duration_s: 100", "duration_s: 0", ":2:41: duration_s '0' is not a number of seconds above 0"),
        Slip("duration_s: 100", "duration_s: nan", ":2:41: duration_s 'nan' is not a number of seconds"),
        Slip(
            "duration_s: 100", "duration_s: 1e9", ":2:41: duration_s '1e9' is not a number of seconds above 0 and up to"
        ),
        Slip("curve: linear", "curve: staircase", ":2:54: a staircase curve is not available in this version; use"),
        Slip("curve: linear", "curve: liner", ":2:54: unknown curve 'liner'; did you mean 'linear'?"),
        Slip("queue_up: 75000 B", "queue_up: 75000", ":3:36: queue_up '75000' is not a size above 0; write it like"),
        Slip("queue_up: 75000 B", "queue_down: 1 B", ":3:26: 'queue_down' is given twice; remove one"),
        Slip("accounting: ip", "accounting: ethernet", ":3:58: unknown accounting 'ethernet'; convert"),
        Slip(
            "down_mbps,up_mbps", "down_mpbs,up_mbps",
            ":5:8: column 'down_mpbs' is not a column of a trace; did you mean 'down_mbps'?"),
        Slip("down_mbps,up_mbps", "up_mbps,down_mbps", ":5:8: column 'up_mbps' does not belong here; the columns are"),
        Slip(",signal_dbm", "", ":5:78: column 'signal_dbm' is missing; the columns are"),
        Slip("# source: ", "# note ", ":4:3: unknown header key 'note'; choose from: path"),
    ])
    func `A slip is named with its place, its cause and the remedy`(slip: Slip) {
        #expect(goodTrace.contains(slip.from), "the test changes nothing")
        let text = goodTrace.replacing(slip.from, with: slip.to, maxReplacements: 1)
        let message = badInput { try parse(text) }
        #expect(message.hasPrefix("walk.trace.csv\(slip.message)"), "\(message)")
        #expect(!message.contains("\n") && message.utf8.count < 300)
    }

    @Test func `A trace without rows or without anything is refused`() {
        let rows = goodTrace.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(badInput { try parse("") }.hasPrefix("walk.trace.csv: is empty; the first line"))
        #expect(badInput { try parse("\n\r\n  \n") }.hasPrefix("walk.trace.csv: is empty"))
        #expect(
            badInput { try parse(rows[..<4].joined(separator: "\n")) }.hasPrefix(
                "walk.trace.csv:4: ends before the rows"))
        #expect(badInput { try parse(rows[..<5].joined(separator: "\n")) }.hasPrefix("walk.trace.csv:5: has no rows"))
    }

    @Test func `Bytes that are not UTF-8 are named by their line`() {
        let bytes = Array("# walkback trace 1\n# path: ".utf8) + [0xff, 0xfe] + Array("\n".utf8)
        let message = badInput { try TraceFile.parse(InputFile(path: "x.csv", bytes: bytes)) }
        #expect(message == "x.csv:2: is not UTF-8 text; save it as UTF-8, or name another file")
    }

    @Test func `A file that is missing, a directory or endless is refused by name`() {
        let missing = badInput { try TraceFile.read("/no/such.trace.csv") }
        #expect(missing.hasPrefix("/no/such.trace.csv: cannot be opened: No such file or directory; check"))
        #expect(badInput { try TraceFile.read("/") } == "/: is a directory; name a file in it")
        let endless = badInput { try InputFile.read("/dev/zero", largest: ByteCount(1_000_000)) }
        #expect(endless == "/dev/zero: is not a regular file but a device or a socket; name a regular file")
    }

    @Test func `No mutilated file ends the program`() throws {
        var generator = SplitMix64(seed: 5, purpose: "mutilation")
        let bytes = Array(goodTrace.utf8)
        for round in 0..<2000 {
            var copy = bytes
            for _ in 0...generator.next(below: 4) {
                let place = Int(generator.next(below: UInt64(copy.count)))
                switch generator.next(below: 3) {
                case 0: copy[place] = UInt8(truncatingIfNeeded: generator.next())
                case 1: copy.remove(at: place)
                default: copy.insert(contentsOf: copy[place..<min(copy.count, place + 20)], at: place)
                }
            }
            do {
                let trace = try TraceFile.parse(InputFile(path: "x", bytes: copy))
                #expect(try parse(TraceFile.text(of: trace)) == trace, "seed 5, round \(round)")
            } catch let fault as Fault {
                #expect(fault.code == .badInput)
            }
        }
    }
}
