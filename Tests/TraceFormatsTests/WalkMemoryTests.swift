// SPDX-License-Identifier: Apache-2.0
import Documents
import Quantities
import Replays
import System
import Testing
import Traces

@testable import TraceFormats

/// A few bytes of input may ask for more than any memory holds.
@Suite struct `The memory of a walk` {
    private func trace(megabits: Int, hours: Int) -> InputFile {
        let text = """
            # walkback trace 1
            # path: wifi   kind: wifi   duration_s: \(hours * 3600)   curve: linear
            time_s,down_mbps,up_mbps,delay_down_ms,delay_up_ms,loss_down,loss_up,attached,signal_dbm
            0,\(megabits),\(megabits),10,10,0,0,1,

            """
        return InputFile(path: "x.trace.csv", bytes: Array(text.utf8))
    }

    @Test(arguments: [(1_000_000, 48), (10_000, 48), (116, 48), (10_000, 1)])
    func `limits what a trace may be exported to, before it is`(megabits: Int, hours: Int) throws {
        let trace = try TraceFile.parse(trace(megabits: megabits, hours: hours))
        let message = badInput { try MahimahiFormat().write(trace, .down, from: "x.trace.csv") }
        #expect(message.hasPrefix("x.trace.csv: the "), "\(message)")
        #expect(message.contains("walkback takes at most 260 MB for a walk; split"), "\(message)")
    }

    @Test func `lets a long walk be exported`() throws {
        let trace = try TraceFile.parse(trace(megabits: 12, hours: 1))
        let written = try MahimahiFormat().write(trace, .down, from: "x.trace.csv")
        #expect(written.bytes.count { $0 == UInt8(ascii: "\n") } == 3_600_000)
    }

    @Test func `limits the lines of all files together`() throws {
        // Blank lines count, since nobody knows before reading that they are blank.
        let long = InputFile(path: "long.csv", bytes: Array(repeating: UInt8(ascii: "\n"), count: 1_500_000))
        var memory = WalkMemory()
        try memory.admit(long, as: TraceFile())
        let message = badInput { try memory.admit(long, as: TraceFile()) }
        #expect(message.hasPrefix("long.csv: reading 1500000 lines would take"), "\(message)")
        // An opportunity takes less than a row.
        var other = WalkMemory()
        for _ in 0..<10 { try other.admit(long, as: MahimahiFormat()) }
    }

    @Test(
        arguments: [
            ("1\n", 86_400, nil), ("1\n", 172_800, nil), ("2\n", 172_800, nil),
            // Few opportunities, but a detachment between any two.
            ("100\n", 172_800, 1),
        ] as [(String, Int, Int?)])
    func `limits how often a short file is repeated`(text: String, seconds: Int, detachAfter: Int?) throws {
        let file = try MahimahiFormat.parse(InputFile(path: "x.down", bytes: Array(text.utf8)))
        var memory = WalkMemory()
        let message = badInput {
            try memory.admit(
                PathOpportunities(down: file, up: file), until: .seconds(seconds), roundTrip: .milliseconds(20),
                detachAfter: detachAfter.map { .milliseconds($0) }, "x.yaml:3:5")
        }
        #expect(message.hasPrefix("x.yaml:3:5: ") && message.contains("choose a shorter duration"), "\(message)")
    }

    @Test func `refuses a file that would send more than any link`() {
        let text = String(repeating: "0\n", count: 100_000) + "1\n"
        let message = badInput { try MahimahiFormat.parse(InputFile(path: "x.down", bytes: Array(text.utf8))) }
        #expect(message.hasPrefix("x.down:100001: the file sends more than 1 Tb/s"), "\(message)")
    }

    @Test func `does not hold a header of any length`() {
        for line in ["# source: ", "# walkback trace 1 ", "time_s,"] {
            let text = "# walkback trace 1\n" + line + String(repeating: "x ", count: 20_000) + "\n"
            let whole = line.hasPrefix("# walkback") ? String(text.dropFirst(19)) : text
            let message = badInput { try TraceFile.parse(InputFile(path: "x", bytes: Array(whole.utf8))) }
            #expect(message.contains("the line is longer than 20000 bytes"), "\(message)")
        }
    }

    /// The number of points is promised before the curve is made, so it must never be too small.
    @Test(arguments: [1, 1000, 12_345_678, 999_999_999_999], [1, 999, 86_400_000, 172_800_000] as [Int64])
    func `knows how many points a curve will have`(bits: Int64, milliseconds: Int64) throws {
        let rate = DataRate(bitsPerSecond: Double(bits))
        let trace = PathTrace(
            name: "wifi", kind: .wifi, duration: .milliseconds(milliseconds), queueDown: .zero, queueUp: .zero,
            source: "",
            samples: [.init(time: .zero, down: .init(rate: rate, delay: .zero), up: .init(rate: .zero, delay: .zero))])
        // One direction may have a million points; it is enough to make one of them.
        guard trace.mostCurvePoints < 2_000_000 else { return }
        let points = trace.curve(.down).points.count + trace.curve(.up).points.count
        #expect(points <= Int(trace.mostCurvePoints) && Int(trace.mostCurvePoints) <= 2 * points + 4)
    }
}
