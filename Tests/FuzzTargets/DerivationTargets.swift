// SPDX-License-Identifier: Apache-2.0
import Derivation
import Documents
import Pcap
import Quantities
import Scrubbing
import System
import SystemPackage
import TraceFormats
import Traces

extension FuzzTargets {
    static let derivation = [
        FuzzTarget("derive", seeds: { [try CaptureSeeds.written(packets: 8)] }) { input in
            try derive(Scratch.write("walk.pcapng", input), input)
        },
        FuzzTarget("scrub", seeds: { try CaptureSeeds.blocks() + CaptureSeeds.classic().prefix(3) }) { input in
            let path = try Scratch.write("walk.pcapng", input)
            var pseudonyms = Pseudonyms(key: "a key for tests alone")
            Scratch.remove("scrubbed.pcapng")
            let output = FilePath(Scratch.path("scrubbed.pcapng"))
            let summary = try CaptureScrub.scrub(path, to: output, &pseudonyms)
            var reader = try CaptureReader(output.string)
            var packets = 0
            try reader.forEach { _ in packets += 1 }
            try expect(packets == summary.packets, "a scrubbed capture has \(packets) of \(summary.packets) packets")
            try expect(reader.damage.count == 0, "a scrubbed capture is damaged")
        },
        FuzzTarget("events", seeds: { [Array(EventSeeds.log.utf8)] }) { input in
            let capture = try Scratch.write("events.pcapng", eventCapture.get())
            let events = try Scratch.write("events.events.jsonl", input)
            try derive(capture, input)
            var pseudonyms = Pseudonyms(key: "a key for tests alone")
            _ = try CaptureScrub.scrubEvents(events, &pseudonyms)
        },
    ]

    private static func derive(_ path: String, _ input: [UInt8]) throws {
        // Most executions are quick; some make the long traces that users get.
        let bin = input.count.isMultiple(of: 8) ? Duration.milliseconds(100) : .seconds(1)
        let derivation = try Derivation(
            .init(name: "walk", sources: [CaptureSource(file: path)], bin: bin, detachAfter: .seconds(2)))
        for trace in derivation.traces {
            let written = try TraceFile().write(trace, from: path)
            let again = try TraceFile().read(.init(path: "\(trace.name).trace.csv", bytes: written.bytes))
            guard case .path(let read, _) = again.contents else { throw Finding("a derived trace is no path") }
            try expect(read.duration == trace.duration, "a derived trace is read with another duration")
        }
        _ = PathReport.table(derivation.reports).text
    }

    private static let eventCapture = Result { try CaptureSeeds.written(packets: 8) }
}

enum EventSeeds {
    /// Every kind of event of a recorder.
    static let log = """
        {"kind":"link","time_ns":1700000000000000000,"interface":"wlan0","up":true,"carrier":true,"mtu":1500,"index":3}
        {"kind":"address","time_ns":1700000000100000000,"interface":"wlan0","address":"10.1.0.2/24","there":true}
        {"kind":"address","time_ns":1700000000100000001,"interface":"wwan0","address":"fd00::2/64","there":true}
        {"kind":"default-route","time_ns":1700000000200000000,"interface":"wlan0","family":"ipv4","gateway":"10.1.0.1"}
        {"kind":"association","time_ns":1700000000200000000,"interface":"wlan0","bssid":"02:00:00:00:00:01"}
        {"kind":"signal","time_ns":1700000000300000000,"interface":"wlan0","signal_dbm":-61.5,"sending_mbps":130}
        {"kind":"modem","time_ns":1700000000300000000,"interface":"wwan0","technology":"lte","signal_dbm":-95}
        {"kind":"battery","time_ns":1700000000400000000,"percent":80,"status":"Discharging"}
        {"kind":"probe","time_ns":1700000000400000000,"interface":"wlan0","state":"started"}
        {"kind":"live","time_ns":1700000000400000000,"state":"ended","status":0}
        {"kind":"address","time_ns":1700000000500000000,"interface":"wlan0","address":"10.1.0.2/24","there":false}
        {"kind":"link-gone","time_ns":1700000000600000000,"interface":"wwan0"}
        {"kind":"clock-step","time_ns":1700000000700000000,"step_s":0.5}
        {"kind":"overflow","time_ns":1700000000700000000}
        {"kind":"end","time_ns":1700000000800000000}

        """
}
