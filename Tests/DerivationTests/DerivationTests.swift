// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Glibc
import Pcap
import Quantities
import Scrubbing
import Replays
import System
import SystemPackage
import Testing
import TraceFormats
import Traces

@testable import Derivation

@Suite struct DerivationTests {
    let scratch: ScratchDirectory

    init() throws {
        scratch = try ScratchDirectory()
    }

    private func derive(_ change: (inout Derivation.Options) -> Void = { _ in }) throws -> Derivation {
        var options = Derivation.Options(
            name: "walk", sources: [CaptureSource(file: scratch.file("walk.pcapng").string)], filling: .asIs)
        change(&options)
        return try Derivation(options)
    }

    /// Ten seconds at 12 Mb/s with a queue of 60 ms; then, if asked for, five at 3 Mb/s without one.
    private func record(name: String = "wlan0", slow: Bool = false, saysDirection: Bool = true) throws {
        var capture = try CaptureMaker(scratch.file("walk.pcapng"), name: name, saysDirection: saysDirection)
        var sequence: UInt32 = 1000
        try capture.connect(at: 0.1)
        try capture.download(from: 0.2, to: 10, rate: 12, queue: 0.06, sequence: &sequence)
        if slow { try capture.download(from: 10, to: 15, rate: 3, queue: 0, sequence: &sequence) }
        try capture.finish()
    }

    @Test(arguments: [true, false])
    func `A link that is full gives its rate, round trips and every byte`(saysDirection: Bool) throws {
        try record(saysDirection: saysDirection)
        let result = try derive()
        let trace = try #require(result.traces.first)
        #expect(trace.name == "wlan0")
        #expect(trace.kind == .wifi)
        #expect(trace.duration == .seconds(10))
        // 9.8 s at 12 Mb/s, and the handshake's 56 bytes each way.
        #expect(abs(trace.curve(.down).total.bytes - (9.8 * 1_500_000 + 56)) <= 1500)
        #expect(trace.attachments.map(\.attached) == [true])
        let middle = trace.samples.last { $0.time <= .seconds(5) }
        #expect(middle?.down.rate == .megabitsPerSecond(12))
        #expect(middle?.down.delay == .milliseconds(20))
        let report = try #require(result.reports.first)
        #expect(report.saturatedDown == 1)
        #expect(report.saturatedUp == 0)
        #expect(report.outages == 0)
        let times = try #require(report.roundTrip)
        #expect(times.shortest == .milliseconds(40))
        #expect((.milliseconds(99)...(.milliseconds(102))).contains(times.median))
        #expect(result.notes.isEmpty)
    }

    @Test(arguments: Filling.allCases)
    func `Where demand did not fill the link its capacity is by the rule that was asked for`(filling: Filling) throws {
        try record(slow: true)
        let result = try derive { $0.filling = filling }
        let trace = try #require(result.traces.first)
        #expect(result.reports.first?.saturatedDown == 10.0 / 15)
        let rate = trace.samples.last { $0.time <= .milliseconds(12_300) }?.down.rate.megabitsPerSecond ?? 0
        // 3 Mb/s passed, a packet more or less in each bin. After the last full second nothing is known.
        #expect(filling == .asIs ? (2.8...3.2).contains(rate) : abs(rate - 12) < 0.3, "\(rate)")
    }

    @Test func `What was written is a replay's trace, and says how it was made`() throws {
        try record()
        let result = try derive { $0.filling = .hold }
        #expect(result.files.map(\.name) == ["wlan0.trace.csv", "replay.yaml"])
        let trace = try TraceFile.parse(InputFile(path: "wlan0.trace.csv", bytes: Array(result.files[0].text.utf8)))
        #expect(trace == result.traces[0])
        #expect(trace.source == "walkback derive walk.pcapng --fill hold")
        #expect(result.replay.contains("wlan0: {kind: wifi, trace: wlan0.trace.csv}"))
        #expect(result.replay.hasPrefix("# Made by: walkback derive walk.pcapng --fill hold\n"))
    }

    @Test func `A file of a trace format is refused by its format's name`() throws {
        try scratch.write("walk.pcapng", "1,1448000\n2,0\n")
        let fault = #expect(throws: Fault.self) { try derive { _ in } }
        #expect(
            fault?.message.hasSuffix(
                "walk.pcapng: is not a capture but a file of the trace format 'per-second'; convert it with "
                    + "'walkback import'")
                == true, "\(fault?.message ?? "")")
    }

    @Test func `Silence is a detachment only where that is asked for`() throws {
        var capture = try CaptureMaker(scratch.file("walk.pcapng"), name: "wwan0")
        for second in [0.5, 1.5, 5.5, 6.5] {
            try capture.add(PacketMaker.echo(outbound: true, sequence: UInt8(second)), at: second, outbound: true)
        }
        try capture.finish()
        #expect(try derive().traces[0].attachments.map(\.attached) == [true])
        let detached = try derive { $0.detachAfter = .seconds(2) }
        #expect(
            detached.traces[0].attachments == [
                .init(time: .zero, attached: true), .init(time: .milliseconds(1600), attached: false),
                .init(time: .milliseconds(5500), attached: true),
            ])
        #expect(detached.reports[0].outages == 1)
        #expect(detached.reports[0].outageTime == .milliseconds(3900))
    }

    @Test func `Recorded events say when the address was usable, and how strong the signal was`() throws {
        try record()
        func line(_ second: Double, _ rest: String) -> String {
            "{\"time_ns\": \(PacketMaker.start * 1_000_000_000 + Int64(second * 1e9)), \"interface\": "
                + "\"wlan0\", \(rest)}\n"
        }
        try scratch.write(
            "walk.events.jsonl",
            line(0, "\"kind\": \"link\", \"up\": true, \"carrier\": true")
                + line(0, "\"kind\": \"address\", \"address\": \"10.0.0.2/24\", \"there\": true")
                + line(1, "\"kind\": \"signal\", \"signal_dbm\": -61")
                + line(1, "\"kind\": \"address\", \"address\": \"fe80::1/64\", \"there\": true")
                + line(3, "\"kind\": \"address\", \"address\": \"10.0.0.2/24\", \"there\": false")
                + line(5, "\"kind\": \"address\", \"address\": \"10.0.0.3/24\", \"there\": true")
                + line(7, "\"kind\": \"link-gone\"") + "{\"time_ns\": 17")
        let trace = try derive().traces[0]
        #expect(
            trace.attachments == [
                .init(time: .zero, attached: true), .init(time: .seconds(3), attached: false),
                .init(time: .seconds(5), attached: true), .init(time: .seconds(7), attached: false),
            ])
        #expect(trace.samples.last { $0.time <= .seconds(2) }?.signal == -61)
    }

    @Test func `A scrubbed capture gives the same trace`() throws {
        try record(slow: true)
        let before = try derive { $0.filling = .hold }
        var pseudonyms = Pseudonyms(key: "k")
        _ = try CaptureScrub.scrub(scratch.file("walk.pcapng").string, to: scratch.file("scrubbed.pcapng"), &pseudonyms)
        let after = try derive {
            $0.filling = .hold
            $0.sources = [CaptureSource(file: scratch.file("scrubbed.pcapng").string)]
        }
        #expect(after.traces[0].samples == before.traces[0].samples)
    }

    @Test func `Clocks that were apart are brought together`() throws {
        for (name, start) in [("a", 0.0), ("b", 7200.0)] {
            var capture = try CaptureMaker(scratch.file("\(name).pcapng"), name: name)
            for second in 0..<5 {
                try capture.add(
                    PacketMaker.echo(outbound: true, sequence: UInt8(second)), at: start + Double(second),
                    outbound: true)
            }
            try capture.finish()
        }
        let sources = ["a", "b"].map {
            CaptureSource(name: "\($0)x", kind: .other, file: scratch.file("\($0).pcapng").string)
        }
        func duration(_ change: (inout Derivation.Options) -> Void) throws -> Duration {
            try derive {
                $0.sources = sources
                change(&$0)
            }.traces[0].duration
        }
        #expect(try duration { _ in } == .milliseconds(7_204_100))
        #expect(try duration { $0.alignsStarts = true } == .milliseconds(4100))
        #expect(try duration { $0.shifts = [.seconds(7200), .zero] } == .milliseconds(4100))
        #expect(try duration { $0.shifts = [.zero, .seconds(-7198)] } == .milliseconds(6100))
    }

    @Test func `A queue that is known is taken, and said in the command`() throws {
        var capture = try CaptureMaker(scratch.file("walk.pcapng"), name: "wlan0")
        try capture.add(PacketMaker.echo(outbound: true, sequence: 1), at: 1, outbound: true)
        try capture.finish()
        let trace = try #require(try derive { $0.queues = ["wlan0": .bytes(ByteCount(450_000))] }.traces.first)
        #expect(trace.queueDown == ByteCount(450_000) && trace.queueUp == ByteCount(450_000))
        #expect(trace.source.hasSuffix(" --queue wlan0=450000B"))
        let wrong = Fault(.usage, "--queue names the path 'wlan1', which does not exist; the paths are wlan0")
        #expect(throws: wrong) { try derive { $0.queues = ["wlan1": .time(.milliseconds(50))] } }
    }

    @Test func `What cannot be derived from is refused with the cause`() throws {
        var capture = try CaptureMaker(scratch.file("walk.pcapng"), name: "wlan0")
        try capture.finish()
        let fault = #expect(throws: Fault.self) { try derive() }
        #expect(fault?.code == .badInput)
        #expect(fault?.message.hasPrefix("there is no IP packet in ") == true)
        #expect(throws: Fault(.usage, "there is no capture to derive from; name at least one")) {
            try derive { $0.sources = [] }
        }
        try capture.add(PacketMaker.echo(outbound: true, sequence: 1), at: 1, outbound: true)
        try capture.finish()
        #expect(throws: Fault.self) { try derive { $0.sources += $0.sources } }
        #expect(throws: Fault.self) { try derive { $0.bin = .milliseconds(300) } }
    }

    @Test func `An interface's name becomes a path's, and tells its kind`() {
        let found = ["wlan0", "rmnet_data0", "wwp0s20f0u2i12", "eth0", "lo", "Ethernet 2"].map {
            "\(CaptureSource.pathName($0)) \(CaptureSource.kind($0).rawValue)"
        }
        #expect(
            found == [
                "wlan0 wifi", "rmnet-data0 cellular", "wwp0s20f0u2i12 cellular", "eth0 other", "path-lo other",
                "ethernet-2 other",
            ])
    }

    // MARK: - Captures that others published

    static let directory = [#filePath.split(separator: "/").dropLast(3), ["..", "shared", "data"]]
        .joined().reduce("") { "\($0)/\($1)" }

    @Test(
        .enabled(
            if: access(directory + "/pcap-phone-4g-5g", R_OK) == 0,
            "the captures (shared/data/pcap-* beside the checkout) are not here"),
        arguments: [
            ["pcap-dual-interface-lte-dsl/ltefirst/ppp256.pcap", "pcap-dual-interface-lte-dsl/ltefirst/rmnet0.pcap"],
            ["pcap-phone-4g-5g/4g_us_alexa_15five-0-20201228-181445.pcap"],
            ["pcap-phone-4g-5g/5g_us_alexa_53-0-20201226-173313.pcap"],
        ])
    func `A published capture keeps its bytes, whichever clock and link it has`(files: [String]) throws {
        let paths = files.map { "\(Self.directory)/\($0)" }
        let result = try derive { $0.sources = paths.map { CaptureSource(file: $0) } }
        #expect(result.traces.count == files.count)
        for (path, trace) in zip(paths, result.traces) {
            var reader = try CaptureReader(path)
            let summary = CaptureSummary(of: &reader)
            let bytes = Double(summary.interfaces[0].protocols.internet.bytes.bytes)
            let derived = trace.curve(.down).total.bytes + trace.curve(.up).total.bytes
            // Merged records count for more bytes than they say; packets between other hosts do not count.
            #expect(derived >= bytes * 0.98 && derived <= bytes * 1.05, "\(derived) of \(bytes)")
        }
    }
}
