// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Plans
import Quantities
import Statistics
import System
import Strategies
import Testing
import TraceFormats
import Traces

@testable import Replays

let goodReplay = """
    name: indoor-walk
    paths:
      wifi:     {kind: wifi, trace: w.trace.csv}
      cellular: {kind: cellular, trace: c.trace.csv, family: both}
    workload: {kind: download, duration: trace}
    strategies: [tcp-wifi, mptcp]
    seeds: 3
    mobility: {mode: informed, detection: 200ms, acquisition: 500ms}
    oracle: {window: 5s}
    transport: {congestion_control: reno, initial_path: wifi, receive_buffer: 5MB, send_buffer: 3MB, \
    initial_receive_buffer: 1MB}
    gates:
      mptcp/spliced-optimal: ">= 1.0"

    """

/// Traces as files: above all WiFi of 20 s that is away from 5 to 8 s, and cellular of 12 s.
func traceText(_ name: String) throws -> String {
    switch name {
    case "w.trace.csv":
        return text(name: "wifi", kind: .wifi, seconds: 20, megabits: 8, delay: .milliseconds(10), away: 5..<8)
    case "c.trace.csv":
        return text(name: "lte", kind: .cellular, seconds: 12, megabits: 2, delay: .microseconds(300), away: 0..<0)
    case "dead.trace.csv": return text(name: "dead", kind: .other, seconds: 12, megabits: 0, delay: .zero, away: 0..<0)
    case "short.trace.csv": return text(name: "short", kind: .wifi, seconds: 1, megabits: 1, delay: .zero, away: 0..<0)
    case "bad.trace.csv":
        return text(name: "x", kind: .wifi, seconds: 5, megabits: 1, delay: .zero, away: 0..<0) + "9,1\n"
    default: throw Fault.input(name, "cannot be opened: No such file or directory; check the name and its permissions")
    }
}

func text(name: String, kind: PathKind, seconds: Int, megabits: Double, delay: Duration, away: Range<Int>) -> String {
    let link = PathTrace.LinkSample(rate: .megabitsPerSecond(megabits), delay: delay)
    return TraceFile.text(
        of: PathTrace(
            name: name, kind: kind, duration: .seconds(seconds), queueDown: ByteCount(60_000),
            queueUp: ByteCount(60_000),
            source: "test",
            samples: (0..<seconds).map {
                PathTrace.Sample(time: .seconds($0), down: link, up: link, attached: !away.contains($0))
            }))
}

func load(_ text: String) throws -> Replay {
    try Replay.parse(InputFile(path: "walk.yaml", bytes: Array(text.utf8))) {
        InputFile(path: $0, bytes: Array(try traceText($0).utf8))
    }
}

@Suite struct ReplayTests {
    @Test func `The contract's example is read as it is meant`() throws {
        let replay = try load(goodReplay)
        #expect(replay.name == "indoor-walk")
        #expect(replay.paths.map(\.name) == ["wifi", "cellular"])
        #expect(replay.paths.map(\.family) == [.ipv4, .both])
        #expect(replay.paths.map(\.trace.name) == ["wifi", "cellular"])
        #expect(replay.strategies == [.tcp(path: "wifi"), .mptcp])
        #expect(replay.seedValues == [1, 2, 3])
        let (mobility, transport) = (replay.settings.mobility, replay.settings.transport)
        #expect(mobility.detection == .milliseconds(200) && mobility.acquisition == .milliseconds(500))
        #expect(replay.settings.oracle.window == .seconds(5))
        #expect(transport.congestionControl == "reno" && transport.initialPath == "wifi")
        #expect(
            transport.receiveBuffer == ByteCount(5_000_000)
                && transport.sendBuffer == ByteCount(3_000_000)
                && transport.initialReceiveBuffer == ByteCount(1_000_000))
        #expect(replay.gates == [Gate(ratio: "mptcp/spliced-optimal", comparison: .atLeast, bound: 1)])
        #expect(replay.duration == .seconds(12) && replay.traces.map(\.duration) == [.seconds(12), .seconds(12)])
        #expect(replay.notes == ["path 'wifi' was shortened from 20 s to 12 s, the length of the shortest path"])
        let bytes = try [goodReplay, traceText("w.trace.csv"), traceText("c.trace.csv")].joined()
        #expect(replay.sha256 == SHA256.hexadecimal(of: Array(bytes.utf8)))
    }

    @Test(arguments: ["", "mobility:\nbars:\noracle: ~\n"])
    func `What is left out is as documented`(more: String) throws {
        let replay = try load(
            "name: x\npaths:\n  wifi: {trace: w.trace.csv}\n  cellular: {trace: c.trace.csv}\n" + more)
        #expect(replay.paths.map(\.kind) == [.wifi, .cellular])
        #expect(
            replay.strategies.map(\.description) == [
                "tcp-wifi", "tcp-cellular", "tcp-wifi-reconnect", "tcp-cellular-reconnect", "optimal-built", "mptcp",
            ])
        #expect(replay.seeds == 10)
        #expect(replay.settings == ReplaySettings() && replay.workload == Workload())
        #expect(replay.settings.oracle.window == .seconds(10))
        #expect(replay.gates.isEmpty)
    }

    @Test func `A strategy that its paths cannot run is refused where it is named`() {
        let text = goodReplay.replacing("tcp-wifi, mptcp", with: "mptcp, wifi-first")
            .replacing("{kind: wifi, trace: w", with: "{trace: c")
        let fault = #expect(throws: Fault.self) { try load(text) }
        #expect(
            fault?.message.hasPrefix(
                "walk.yaml:6:21: strategy 'wifi-first' needs a path of kind wifi to prefer, but there is none") == true)
    }

    @Test func `Other workloads have their own keys`() throws {
        let requests = try load(
            goodReplay.replacing(
                "{kind: download, duration: trace}", with: "{kind: requests, size: 50kB, sigma: 0.5, think: 200ms}"))
        let pages = try #require(requests.workload.kind as? Workload.Requests)
        #expect(pages.medianSize == ByteCount(50_000))
        #expect(pages.sigma == 0.5 && pages.think == .milliseconds(200))
        let stream = try load(
            goodReplay.replacing(
                "{kind: download, duration: trace}", with: "{kind: stream, rate: 3Mbit, interval: 20ms, deadline: 1s}"))
        let frames = try #require(stream.workload.kind as? Workload.Stream)
        #expect(frames.rate == .megabitsPerSecond(3))
        #expect(frames.interval == .milliseconds(20) && frames.deadline == .seconds(1))
    }

    @Test func `Only strategies with a home address have routes, and they begin with the run`() throws {
        let replay = try load(goodReplay)
        for strategy in StrategyRegistry.all(over: ["wifi", "cellular"]) {
            let plan = try replay.plan(strategy: strategy.name, seed: 1)
            #expect(plan.routes.isEmpty != plan.hasHomeAddress, "\(strategy)")
            #expect(plan.routes.first.map { $0.time == plan.offset } ?? true)
        }
    }

    @Test func `A download may have a size`() throws {
        let replay = try load(goodReplay.replacing("duration: trace", with: "bytes: 100MB"))
        #expect(replay.workload.size == ByteCount(100_000_000))
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
        Slip("seeds: 3", "sedes: 3", ":7:1: unknown key 'sedes'; did you mean 'seeds'?"),
        Slip("detection:", "dection:", ":8:28: unknown key 'dection'; did you mean 'detection'?"),
        Slip("trace: w", "trcae: w", ":3:26: unknown key 'trcae'; did you mean 'trace'?"),
        Slip("window: 5s", "windw: 5s", ":9:10: unknown key 'windw'; did you mean 'window'?"),
        Slip("initial_path: wifi", "inital_path: wifi", ":10:39: unknown key 'inital_path'; did you mean"),
        Slip("{kind: download,", "{colour: red,", ":5:12: unknown key 'colour'; choose from: kind, duration, bytes"),
        Slip(
            "duration: trace", "deadline: 1s",
            ":5:28: 'deadline' does not belong to workload 'download', whose keys are"),
        Slip("kind: download", "kind: downlaod", ":5:18: unknown kind 'downlaod'; did you mean 'download'?"),
        Slip("window: 5s", "window: 2min", ":9:18: window '2min' is out of range; choose one from 1 s to 60 s"),
        Slip("window: 5s", "window: 5s, switching_cost: 5s", ":9:38: switching_cost must be shorter than the window"),
        Slip("seeds: 3", "energy: {model: hybird}", ":7:17: unknown model 'hybird'; did you mean 'hybrid'?"),
        Slip("seeds: 3", "energy: {probe: 0s}", ":7:17: probe '0s' is out of range"),
        Slip("seeds: 3", "energy: {switching: off}", ":7:21: unknown switching 'off'; choose from: removal, priority"),
        Slip("detection: 200ms", "leave_signal_dbm: 5", ":8:46: leave_signal_dbm '5' is not a number from -120 to 0"),
        Slip("control: reno", "control: reno, stale_loss_cnt: -1", ":10:55: stale_loss_cnt '-1' is not a whole number"),
        Slip(
            "control: reno", "control: reno, scheduler: Red", ":10:50: scheduler 'Red' cannot be a name in the kernel"),
        Slip(
            "trace: w.trace.csv", "trace: w.trace.csv, address_changes: [9s, 3s]",
            ":3:63: address_changes must be at most 7 instants in rising order"),
        Slip("seeds: 3", "seeds: 0", ":7:8: seeds '0' is not a whole number from 1 to 1000"),
        Slip("seeds: 3", "seeds: 1001", ":7:8: seeds '1001' is not a whole number"),
        Slip("seeds: 3", "seeds: many", ":7:8: seeds 'many' is not a whole number"),
        Slip("seeds: 3", "seeds: [1, 2]", ":7:8: 'seeds' must be a single value"),
        Slip("seeds: 3", "seeds: 3\nseeds: 4", ":7:1: 'seeds' is given twice; remove one"),
        Slip(
            "detection: 200ms", "detection: 200", ":8:39: detection '200' is not a time with its unit; write it like"),
        Slip("detection: 200ms", "detection: 2h", ":8:39: detection '2h' is out of range; choose one from 0 s to 60 s"),
        Slip("window: 5s", "window: 0s", ":9:18: window '0s' is out of range"),
        Slip("window: 5s", "window: 1001ms", ":9:18: window is not a multiple of 10 ms"),
        Slip("mode: informed", "mode: inform", ":8:18: unknown mode 'inform'; did you mean 'informed'?"),
        Slip(
            "duration: "
                + "trace", "duration: 10s",
            ":5:38: duration '10s' is not known, because a run lasts as long as its traces"),
        Slip("duration: trace", "bytes: lots", ":5:35: bytes 'lots' is not a size with its unit"),
        Slip("tcp-wifi, mptcp", "tcp-wfi, mptcp", ":6:14: unknown strategy 'tcp-wfi'; did you mean 'tcp-wifi'?"),
        Slip(
            "tcp-wifi, mptcp", "quic",
            ":6:14: unknown strategy 'quic'; choose from: tcp-wifi, tcp-cellular, tcp-wifi-reconnect"),
        Slip("tcp-wifi, mptcp", "mptcp, mptcp", ":6:21: strategy 'mptcp' is given twice"),
        Slip("[tcp-wifi, mptcp]", "[]", ":6:13: 'strategies' must be a list of at least one"),
        Slip("[tcp-wifi, mptcp]", "mptcp", ":6:13: 'strategies' must be a list of at least one"),
        Slip(
            "initial_path: wifi", "initial_path: wlan",
            ":10:53: unknown initial_path 'wlan'; choose from: wifi, cellular"
        ),
        Slip(
            "{kind: wifi, trace", "{kind: wifi, subflows: 4, trace",
            ":3:36: subflows '4' is not a whole number from 1 to 3"),
        Slip("control: reno", "control: Re no", ":10:33: congestion_control 'Re no' cannot be a name in the kernel"),
        Slip("receive_buffer: 5MB", "receive_buffer: 5", ":10:75: receive_buffer '5' is not a size with its unit"),
        Slip(
            "initial_receive_buffer: 1MB", "initial_receive_buffer: 5.1MB",
            ":10:122: initial_receive_buffer is larger than receive_buffer, to which it grows; lower it, or raise "
                + "receive_buffer"
        ),
        Slip("receive_buffer: 5MB", "receive_buffer: 5B", ":10:75: receive_buffer '5B' is out of range"),
        Slip("\">= 1.0\"", "1.0", ":12:26: '1.0' is not a gate; write >="),
        Slip("\">= 1.0\"", "\">= x\"", ":12:26: '>= x' is not a gate"),
        Slip(
            "mptcp/spliced-optimal", "mptcp/spliced-optimum",
            ":12:3: unknown ratio or measure 'mptcp/spliced-optimum'; did you mean"),
        Slip("  wifi:     {", "  WiFi:     {", ":3:3: 'WiFi' cannot name a path; use 1 to 15"),
        Slip("  wifi:     {", "  a-very-long-name1:     {", ":3:3: 'a-very-long-name1' cannot name a path"),
        Slip("  wifi:     {", "  all:     {", ":3:3: 'all' cannot name a path, because the kernel uses it"),
        Slip(
            "  wifi:     {", "  w-reconnect:     {", ":3:3: 'w-reconnect' cannot name a path, because 'tcp-w-reconnect'"
        ),
        Slip("kind: wifi, ", "kind: wify, ", ":3:20: unknown kind 'wify'; did you mean 'wifi'?"),
        Slip(
            "kind: wifi, ", "kind: cellular, ",
            ":3:20: path 'wifi' is of kind 'cellular' here, but of kind 'wifi' in w.trace.csv; write the same kind"),
        Slip("family: both", "family: ipv5", ":4:58: unknown family 'ipv5'; did you mean 'ipv4'?"),
        Slip("trace: w.trace.csv", "trace: no.trace.csv", ":3:33: trace no.trace.csv: cannot be opened: No such file"),
        Slip("trace: w.trace.csv", "family: ipv4", ":3:3: path 'wifi' has no trace; add"),
        Slip(
            "trace: w.trace.csv", "trace: short.trace.csv",
            ": the shortest path lasts only 1 s; give every path at least 2 s"),
        Slip("name: indoor-walk", "name: two words", ":1:7: 'two words' cannot name a replay"),
        Slip("name: indoor-walk\n", "", ":1:1: the replay has no name; add"),
        Slip("oracle: {window: 5s}", "oracle: {window: 5s", ":10:"),
        Slip("oracle: {window: 5s}", "oracle: 5s", ":9:9: 'oracle' must consist of keys with values"),
    ])
    func `A slip is named with its place, its cause and the remedy`(slip: Slip) {
        #expect(goodReplay.contains(slip.from), "the test changes nothing")
        let text = goodReplay.replacing(slip.from, with: slip.to, maxReplacements: 1)
        let fault = #expect(throws: Fault.self) { try load(text) }
        #expect(fault?.code == .badInput)
        let message = fault?.message ?? ""
        #expect(message.hasPrefix("walk.yaml\(slip.message)"), "\(message)")
        #expect(!message.contains("\n") && message.utf8.count < 400)
    }

    @Test(arguments: [
        ("", ": is empty; write at least"), ("# nothing\n", ": is empty"),
        ("- a\n", ":1:1: a replay must consist of keys with values"),
        ("name: x\n", ":1:1: the replay has no paths; add"),
        ("name: x\npaths: {}\n", ":2:8: there are no paths; add one"),
        ("name: x\npaths:\n", ":2:7: there are no paths"),
        ("name: x\npaths: {a: {trace: dead.trace.csv}}\n", ": no path carries anything downlink in the 12 s"),
        ("name: x\npaths: {a: {trace: bad.trace.csv}}\n", "bad.trace.csv:11:1: has 2 columns"),
        ("a: 1\n---\nb: 2\n", ":2:1: is not YAML here"), ("\tname: x", ":1:1: is not YAML here"),
        ("? [a, b]\n: c\n", ":1:3: a key of a replay must be a plain word"),
    ])
    func `A file that is no replay is refused`(text: String, message: String) {
        let fault = #expect(throws: Fault.self) { try load(text) }
        #expect(fault?.code == .badInput)
        let expected = message.hasPrefix(":") ? "walk.yaml\(message)" : message
        #expect(fault?.message.hasPrefix(expected) == true, "\(fault?.message ?? "")")
    }

    @Test func `What was measured is not yet a replay`() {
        let fault = #expect(throws: Fault.self) {
            try ReplayDocument(InputFile(path: "walk.csv", bytes: Array("0,1250000\n".utf8)))
        }
        #expect(
            fault?.message.hasPrefix(
                "walk.csv: is a table and not a replay; make a replay from the tables of a walk with 'walkback "
                    + "import wifi="
            ) == true)
    }

    @Test func `Nine paths are more than Linux joins`() {
        let paths = (1...9).map { "  p\($0): {trace: w.trace.csv}\n" }.joined()
        let fault = #expect(throws: Fault.self) { try load("name: x\npaths:\n\(paths)") }
        #expect(
            fault?.message.hasPrefix("walk.yaml:11:3: there are more than 8 paths") == true, "\(fault?.message ?? "")")
    }

    @Test(arguments: [
        (">= 1.0", 1.0, true), (">=1", 0.999, false), ("<= 2", 2, true), ("> 1", 1, false), ("< 1", 0.5, true),
    ])
    func `A gate compares`(text: String, value: Double, met: Bool) throws {
        let gate = try #require(Gate(ratio: "mptcp/optimal", text: text))
        #expect(gate.isMet(by: value) == met)
        #expect(!gate.isMet(by: nil) && !gate.isMet(by: .nan))
    }

    // MARK: - Files

    static let replays = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" } + "/Replays"

    @Test(
        arguments: [
            ("indoor-walk", 720, 6, 3), ("steady", 10, 4, 2), ("recorded-walk", 120.1, 6, 10),
            ("recorded-transfers", 120.1, 6, 10),
        ])
    func `The shipped replays load`(name: String, seconds: Double, strategies: Int, seeds: Int) throws {
        let replay = try Replay.load("\(Self.replays)/\(name).yaml")
        #expect(replay.name == name)
        #expect(replay.duration == .milliseconds(Int64(seconds * 1000)))
        #expect(replay.strategies.count == strategies && replay.seeds == seeds)
        #expect(replay.notes.isEmpty)
        for path in replay.paths {
            let file = try InputFile.read("\(Self.replays)/\(path.files[0])")
            #expect(
                try TraceFile.text(of: TraceFile.parse(file)) == file.text(),
                "\(path.files[0]) is not as Walkback writes it")
        }
    }

    @Test func `An import's replay is one that loads`() throws {
        let replay = try load(
            """
            # Made by: walkback import wifi:wifi=a.csv --format per-second
            name: walk
            paths:
              wifi: {kind: wifi, trace: w.trace.csv}
            workload: {kind: download, duration: trace}
            strategies: [tcp-wifi, tcp-wifi-reconnect, mptcp]
            seeds: 10
            mobility: {mode: informed, detection: 0ms, acquisition: 0ms}
            oracle: {window: 10s}
            transport: {congestion_control: cubic, receive_buffer: 6MB, send_buffer: 4MB}

            """)
        #expect(replay.strategies == StrategyRegistry.standard(over: ["wifi"]))
        #expect(replay.settings == ReplaySettings())
    }
}

@Suite struct PlanTests {
    @Test func `A seed draws the same for every strategy, and seeds differ`() throws {
        let replay = try load(goodReplay)
        let plans = try (1...20).map { try replay.plan(strategy: .mptcp, seed: $0) }
        for (plan, seed) in zip(plans, UInt64(1)...) {
            var other = try replay.plan(strategy: .tcp(path: "wifi"), seed: seed)
            #expect(plan.id == "mptcp.\(seed)" && other.id == "tcp-wifi.\(seed)")
            other.id = plan.id
            (other.strategy, other.connections) = (plan.strategy, plan.connections)
            #expect(other == plan)
            #expect(plan.offset >= .zero && plan.offset < .seconds(1))
            let left = Duration.seconds(12) - plan.offset - plan.duration
            #expect(left >= .zero && left < .milliseconds(10))
            #expect(plan.duration.wholeNanoseconds % 10_000_000 == 0)
        }
        #expect(Set(plans.map(\.offset)).count == 20)
        #expect(Set(plans.flatMap { $0.paths.flatMap { [$0.downJitter, $0.upJitter] } }).count == 80)
    }

    @Test func `A path's draws do not depend on the other paths`() throws {
        let both = try load(goodReplay).plan(strategy: .mptcp, seed: 4)
        let one = try load("name: x\npaths:\n  cellular: {trace: c.trace.csv, family: both}\n").plan(
            strategy: .mptcp, seed: 4)
        #expect(one.paths == [both.paths[1]])
        #expect(one.offset == both.offset)
    }

    @Test func `Delay and jitter together stay within half a millisecond of the trace's, and never below zero`() throws
    {
        let replay = try load(goodReplay)
        let tables = replay.tables()
        #expect(tables.keys.sorted() == ["cellular.down.link", "cellular.up.link", "wifi.down.link", "wifi.up.link"])
        for seed in UInt64(1)...50 {
            let plan = try replay.plan(strategy: .mptcp, seed: seed)
            for (path, trace) in zip(plan.paths, replay.traces) {
                let table = try #require(tables[path.downTable])
                for (row, condition) in zip(table.conditions, trace.conditions(.down)) {
                    let delay = row.delay + path.downJitter
                    #expect(path.downJitter >= .zero && row.delay >= .zero)
                    // A trace's delay of 0.3 ms cannot be lowered by half a millisecond.
                    #expect(
                        delay - condition.delay < .microseconds(700) && condition.delay - delay <= .microseconds(500))
                    if condition.delay >= .microseconds(500) { #expect(delay - condition.delay < .microseconds(500)) }
                }
                #expect(table.curve == trace.curve(.down) && table.queue == trace.queueDown)
            }
        }
    }

    @Test func `Attachments are the trace's`() throws {
        let plan = try load(goodReplay).plan(strategy: .mptcp, seed: 1)
        #expect(
            plan.paths[0].attachments == [
                .init(time: .zero, attached: true), .init(time: .seconds(5), attached: false),
                .init(time: .seconds(8), attached: true),
            ])
        #expect(plan.paths[1].attachments == [.init(time: .zero, attached: true)])
    }
}
