// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Quantities
import System
import Testing
import Traces

@testable import Replays

@Suite struct `A replay of files of opportunities` {
    private func parse(_ path: String) throws -> Replay {
        let text = "name: a\npaths:\n  \(path)\n"
        return try Replay.parse(InputFile(path: "a.yaml", bytes: Array(text.utf8))) { name in
            switch name {
            case "a.down": return InputFile(path: name, bytes: Array((0...5000).map { "\($0)\n" }.joined().utf8))
            case "a.up": return InputFile(path: name, bytes: Array("1\n2500\n4000\n".utf8))
            default: throw Fault.input(name, "cannot be opened: No such file or directory")
            }
        }
    }

    @Test func `has their staircases, four bytes a packet and what the replay says beside`() throws {
        let replay = try parse(
            "lte: {opportunities: [a.down, a.up], duration: 8s, rtt: 40ms, queue_down: 90kB, queue_up: 30kB}")
        #expect(replay.duration == .seconds(8))
        #expect(replay.paths[0].files == ["a.down", "a.up"])
        #expect(replay.paths[0].kind == .cellular)
        let tables = replay.tables()
        let (down, up) = (try #require(tables["lte.down.link"]), try #require(tables["lte.up.link"]))
        #expect(down.curve.shape == .staircase && up.curve.shape == .staircase)
        #expect(down.overhead == ByteCount(4) && up.overhead == ByteCount(4))
        #expect(down.queue == ByteCount(90_000) && up.queue == ByteCount(30_000))
        #expect(down.conditions.map(\.delay) == [.milliseconds(20) - Replay.jitterSpan / 2])
        // 1, 2500 and 4000 ms, and then again as 4001 and 6500 ms; 8000 ms is the end.
        #expect(up.curve.points.map(\.time) == [1, 2500, 4000, 4001, 6500].map { $0 * 1_000_000 })
    }

    @Test func `lasts as long as its shorter file where nothing else is said`() throws {
        #expect(try parse("lte: {opportunities: [a.down, a.up]}").duration == .seconds(4))
        #expect(try parse("lte: {opportunities: [a.down]}").duration == .seconds(5))
    }

    @Test(arguments: [
        ("lte: {opportunities: [a.down], trace: x.trace.csv}", "has both a trace and opportunities"),
        ("lte: {opportunities: [a.down, a.up, a.up]}", "one file downlink and one uplink"),
        ("lte: {opportunities: []}", "must be a list of at least one"),
        ("lte: {trace: x.trace.csv, rtt: 20ms}", "'rtt' is only for 'opportunities'"),
        ("thing: {opportunities: [a.down]}", "the kind of path 'thing' does not follow from its name"),
        ("thing: {kind: other, opportunities: [a.down]}", "has no default round-trip time; add 'rtt: 20ms'"),
        ("lte: {opportunities: [b.down]}", "trace b.down: cannot be opened"),
        ("lte: {opportunities: [a.down], detach_after: 2}", "is not a time with its unit"),
        ("lte: {}", "has no trace"),
    ])
    func `is refused where it is not clear`(path: String, message: String) {
        let fault = #expect(throws: Fault.self) { try parse(path) }
        #expect(fault?.code == .badInput)
        #expect(fault?.message.contains(message) == true, "\(fault?.message ?? "")")
    }
}

@Suite struct `A replay without bounds` {
    @Test(arguments: ["86400s", "48h"])
    func `is refused at the duration that makes it so`(duration: String) throws {
        let text = "name: a\npaths:\n  lte: {opportunities: [one], duration: \(duration)}\n"
        let fault = #expect(throws: Fault.self) {
            try Replay.parse(InputFile(path: "a.yaml", bytes: Array(text.utf8))) {
                InputFile(path: $0, bytes: Array("1\n".utf8))
            }
        }
        #expect(fault?.code == .badInput)
        #expect(fault?.message.hasPrefix("a.yaml:3:") == true, "\(fault?.message ?? "")")
        #expect(fault?.message.hasSuffix("choose a shorter duration") == true, "\(fault?.message ?? "")")
    }

    @Test func `is no bomb of aliases`() throws {
        var text = "name: a\npaths: {}\nx:\n  k0: &k0 [0,0,0,0,0,0,0,0,0,0]\n"
        for level in 1..<9 {
            let aliases = Array(repeating: "*k\(level - 1)", count: 10).joined(separator: ",")
            text += "  k\(level): &k\(level) [\(aliases)]\n"
        }
        let fault = #expect(throws: Fault.self) { try YAMLReader(InputFile(path: "a.yaml", bytes: Array(text.utf8))) }
        #expect(fault?.message.hasPrefix("a.yaml: has more than 200000 values") == true)
    }
}
