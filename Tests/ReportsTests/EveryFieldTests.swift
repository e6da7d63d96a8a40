// SPDX-License-Identifier: Apache-2.0
import Bounds
import Plans
import Results
import Registries
import Settings
import Testing
import TestWorkload
import Traces
import Determinism
import Documents
import Quantities

@testable import Reports

/// Reading must give back all that was written. A field that reading forgets comes back with its default. So nothing in
/// this result has its default, and the first test demands the same of fields that are added later.
@Suite struct `A result in which no field has its default` {
    /// What comparison.json does not hold, by the end of the field's place.
    private static let elsewhere = [
        // In series.csv and links.csv, as sums and means.
        "series", "samples", "opportunities",
        // Only their summary is written, and that is what reading gives.
        "exchanges", "pooledExchanges",
        // Nothing is missing here.
        "environment.notRecorded",
    ]

    @Test func `has none indeed`() {
        let fields = Fields(of: Self.result, except: Self.elsewhere)
        #expect(fields.all.count > 150)
        for (place, text) in fields.all where ["nil", "[]", "", "0", "0.0", "0.0 seconds", "false"].contains(text) {
            Issue.record("\(place) is \(text.isEmpty ? "empty" : text), which reading might give by itself")
        }
        let environment = Self.result.environment
        let (set, standard) = (Fields(of: environment.settings), Fields(of: ReplaySettings()))
        #expect(set.all.count == standard.all.count)
        for (place, text) in set.all { #expect(text != standard.all[place], "\(place) has its default") }
    }

    @Test func `is read back as it was written, and again from its files`() throws {
        let saved = try SavedComparison(Self.result)
        let files = SavedComparisonTests.files(saved)
        let again = try SavedComparison(directory: "out") { files[$0] }
        let written = Fields(of: Self.result, except: Self.elsewhere).all
        for read in [saved.result, again.result] {
            let fields = Fields(of: read, except: Self.elsewhere).all
            for place in Set(written.keys).union(fields.keys).sorted() {
                #expect(fields[place] == written[place], "\(place)")
            }
            #expect(read.environment.notRecorded.isEmpty)
        }
        for (one, other) in zip(saved.report, again.report) { #expect(one.bytes == other.bytes, "\(one.name)") }
    }

    private static let workloads: [any WorkloadKind] = {
        var requests = Workload.Requests()
        requests.medianSize = ByteCount(123_000)
        requests.sigma = 0.25
        requests.think = .milliseconds(1500)
        var stream = Workload.Stream()
        stream.rate = .megabitsPerSecond(3.5)
        stream.interval = .milliseconds(20)
        stream.deadline = .milliseconds(300)
        let size = ByteCount(123_000)
        return [
            Workload.Download(size: size), Workload.Upload(size: size), Workload.Both(size: size), requests, stream,
            Polls(answer: ByteCount(900), every: .seconds(2), burst: 7, burstAt: .seconds(9), deadline: .seconds(3)),
        ]
    }()

    @Test func `has the settings of its kind of workload`() throws {
        try Polls.register()
        #expect(Set(Self.workloads.map(\.name)) == Set(Workload.kinds.all.map { $0.name }))
        for kind in Self.workloads {
            let standard = Fields(of: type(of: kind).init()).all
            let fields = Fields(of: kind).all
            #expect(fields.count == kind.fields.count)
            for (place, text) in standard { #expect(fields[place] != text, "\(kind.name): \(place)") }
            var result = Self.result
            result.replay.workload = Workload(kind)
            #expect(try SavedComparison(result).result.replay.workload == result.replay.workload)
        }
    }

    @Test func `shows what was set in its report, and what each link was offered`() throws {
        let page = HTMLReport.text(of: try SavedComparison(Self.result).result)
        for setting in Setting.all {
            let text = setting.text(in: Self.result.environment.settings)
            #expect(page.contains(Self.row(setting.key, text)), "\(setting.key)")
        }
        #expect(page.contains(Self.row("transport.receive_buffer", "7MB")))
        #expect(page.contains(Self.row("mobility.registration", "80ms")))
        for text in [
            "IPv6; 2 MPTCP subflows; another address at 3 s, 4.5 s", "IPv4 and IPv6; 3 MPTCP subflows; another",
            "wifi packets down, up", "<td>1201, 602</td>", "<td>1203, 604</td>",
        ] {
            #expect(page.contains(text), "\(text)")
        }
        #expect(!page.contains("not recorded"))
    }

    /// Results of versions that did not record a setting are read, and no value is made up for it.
    @Test func `says which settings an earlier version did not record`() throws {
        guard case .object(var document) = ComparisonDocument.json(of: Self.result),
            case .object(var environment)? = document["environment"],
            case .object(var transport)? = environment["transport"],
            case .object(var mobility)? = environment["mobility"], case .object(var replay)? = document["replay"],
            case .array(let paths)? = replay["paths"], case .array(let runs)? = document["runs"]
        else { throw NotThere() }
        func without(_ keys: [String], _ json: JSON) -> JSON {
            guard case .object(let members) = json else { return json }
            return .object(members.filter { !keys.contains($0.key) })
        }
        for key in ["congestion_control", "initial_receive_buffer_bytes", "scheduler", "stale_loss_cnt"] {
            transport[key] = nil
        }
        for key in ["registration_s", "leave_signal_dbm", "signal_hysteresis_db"] { mobility[key] = nil }
        (environment["transport"], environment["mobility"]) = (.object(transport), .object(mobility))
        environment["oracle"] = nil
        replay["paths"] = .array(paths.map { without(["family", "subflows", "address_changes_s"], $0) })
        document["runs"] = .array(
            runs.map { run in
                guard case .object(var members) = run, case .array(let paths)? = members["paths"] else { return run }
                members["paths"] = .array(paths.map { without(["packets_down", "packets_up"], $0) })
                return without(["congestion_control"], .object(members))
            })
        (document["environment"], document["replay"]) = (.object(environment), .object(replay))
        let bytes = Array(JSON.object(document).text.utf8)
        var read = try ComparisonDocument.read(
            JSONReader(document: bytes, path: "comparison.json", schema: ComparisonDocument.schema))
        #expect(
            read.environment.notRecorded == [
                "environment.mobility.registration_s", "environment.mobility.leave_signal_dbm",
                "environment.mobility.signal_hysteresis_db", "environment.oracle",
                "environment.transport.congestion_control", "environment.transport.initial_receive_buffer_bytes",
                "environment.transport.scheduler", "environment.transport.stale_loss_cnt",
            ])
        #expect(read.replay.pathSettings.isEmpty && read.runs[0].paths[0].packetsDown == nil)
        read.runs[0].series = Self.result.runs[0].series
        read.replay.traces = Self.result.replay.traces
        let page = HTMLReport.text(of: read)
        #expect(page.contains(Self.row("transport.send_buffer", "3MB")))
        #expect(page.contains("environment.mobility.registration_s, environment.mobility.leave_signal_dbm"))
        let shown = Setting.all.filter { page.contains(">\($0.key)</th>") }.map(\.key)
        #expect(
            shown == [
                "mobility.mode", "mobility.detection", "mobility.acquisition", "mobility.warning",
                "transport.initial_path", "transport.receive_buffer", "transport.send_buffer", "energy.model",
                "energy.probe", "energy.hold", "energy.dwell", "energy.switching",
            ])
        #expect(!page.contains("MPTCP subflow"))
    }

    private static func row(_ key: String, _ text: String) -> String {
        "<th scope=\"row\">\(key)</th><td class=\"text\">\(text)</td>"
    }

    private struct NotThere: Error {}
}

/// The leaves of a value, by their places in it.
private struct Fields {
    private(set) var all: [String: String] = [:]

    init(of value: Any, except: [String] = []) {
        add(value, "", except)
    }

    private mutating func add(_ value: Any, _ place: String, _ except: [String]) {
        if except.contains(where: { place == $0 || place.hasSuffix(".\($0)") }) { return }
        let mirror = Mirror(reflecting: value)
        if value is Duration || value is any RawRepresentable || value is StrategyName || value is Range<Duration> {
            all[place] = "\(value)"
            return
        }
        switch mirror.displayStyle {
        case .optional:
            if let some = mirror.children.first { add(some.value, place, except) } else { all[place] = "nil" }
        case .collection:
            for (index, child) in mirror.children.enumerated() { add(child.value, "\(place)[\(index)]", except) }
            if mirror.children.isEmpty { all[place] = "[]" }
        case .dictionary:
            for child in mirror.children {
                let pair = Array(Mirror(reflecting: child.value).children)
                add(pair[1].value, "\(place)[\(pair[0].value)]", except)
            }
            if mirror.children.isEmpty { all[place] = "[]" }
        case .struct where !mirror.children.isEmpty:
            for child in mirror.children {
                let name = child.label ?? "?"
                add(child.value, place.isEmpty ? name : "\(place).\(name)", except)
            }
        default:
            all[place] = "\(value)"
        }
    }
}

extension `A result in which no field has its default` {
    private static let result: ComparisonResult = {
        var settings = ReplaySettings()
        settings.transport.congestionControl = "reno"
        settings.transport.initialPath = "cellular"
        settings.transport.receiveBuffer = ByteCount(7_000_000)
        settings.transport.sendBuffer = ByteCount(3_000_000)
        settings.transport.initialReceiveBuffer = ByteCount(500_000)
        settings.transport.scheduler = "blest"
        settings.transport.staleLossCount = 6
        settings.mobility.mode = .linkDown
        settings.mobility.detection = .milliseconds(150)
        settings.mobility.acquisition = .milliseconds(250)
        settings.mobility.warning = .milliseconds(350)
        settings.mobility.registration = .milliseconds(80)
        settings.mobility.leaveSignal = -71
        settings.mobility.signalHysteresis = 7
        settings.energy.model = "constant"
        settings.energy.probe = .seconds(5)
        settings.energy.hold = .seconds(50)
        settings.energy.dwell = .seconds(20)
        settings.energy.switching = .priority
        settings.oracle.window = .seconds(4)
        settings.oracle.switchingCost = .milliseconds(300)
        var ratio = ComparisonResult.Ratio(
            name: "mptcp/optimal", seed: 7, value: 1.25, low: 1.125, high: 1.375, smallestDifference: 0.0625)
        ratio.direction = .up
        return ComparisonResult(
            replay: .init(
                name: "walk", sha256: "0123", walkSHA256: "4567", duration: .seconds(10),
                traces: [trace("wifi", .wifi, away: 3..<5), trace("cellular", .cellular, away: 7..<8)],
                pathSettings: [
                    .init(family: .ipv6, subflows: 2, addressChanges: [.seconds(3), .milliseconds(4500)]),
                    .init(family: .both, subflows: 3, addressChanges: [.seconds(6)]),
                ], workload: Workload(Workload.Upload(size: ByteCount(50_000)))),
            environment: .init(
                walkback: "0.9", kernelRelease: "6.1", kernelPatches: ["0001-a", "0002-b"], congestionControl: "reno",
                scheduler: "blest", sysctls: ["net.mptcp.enabled": "1"], settings: settings,
                commands: [.init(strategy: "mine", text: "./policy.py", sha256: "89ab", interpreter: "Python 3.11.2")]),
            runs: [run],
            oracles: [
                .init(
                    direction: .up, window: .seconds(4), seed: 7, size: ByteCount(50_000),
                    bounds: [
                        "capacity-sum": traces(1001, 1004, 1100), "capacity-optimal": traces(1002, 1005, 1200),
                        "best-static": traces(1003, 1006, 1300), "spliced-optimal": runs(1007, 1400),
                        "spliced-optimal-stalled": runs(1008, 1500), "spliced-optimal-reconnect": runs(1009, 1600),
                        "optimal-built": runs(1010, 1700),
                        // Bounds of another program.
                        "best-second": runs(1011, 1800), "widest-hour": traces(1012, 1013, 1900),
                    ],
                    choices: [
                        "spliced-optimal": ["tcp-cellular-reconnect.7"], "best-second": ["tcp-wifi.7", "tcp-wifi.8"],
                    ])
            ], ratios: [ratio],
            builtWindows: [
                .init(
                    seed: 7, span: .seconds(1)..<(.seconds(2)), builtPath: "wifi", splicedPath: "cellular",
                    spliced: ByteCount(2001), built: ByteCount(2002), cause: .chosenOtherwise)
            ],
            competitions: [
                .init(
                    seed: 7, mptcp: ByteCount(3001), flows: [.init(name: "tcp-wifi", delivered: ByteCount(3002))],
                    optimal: ByteCount(3003), ratio: 0.875, jain: 0.75)
            ],
            gates: [
                .init(gate: "mptcp/optimal >= 2", quantity: "mptcp/optimal", outcome: .missed, finding: "it is 1.25")
            ], command: "walkback compare walk.yaml")
    }()

    private static func runs(_ bytes: Int64, _ milliseconds: Int64) -> BoundValue {
        BoundValue(amount: .application(ByteCount(bytes)), completion: .milliseconds(milliseconds))
    }

    private static func traces(_ bytes: Int64, _ payload: Int64, _ milliseconds: Int64) -> BoundValue {
        BoundValue(
            amount: .ip(ByteCount(bytes), payload: ByteCount(payload)), completion: .milliseconds(milliseconds))
    }

    private static func trace(_ name: String, _ kind: PathKind, away: Range<Int>) -> PathTrace {
        PathTrace(
            name: name, kind: kind, duration: .seconds(10), queueDown: ByteCount(150_000), queueUp: ByteCount(75_000),
            source: "made up for a test",
            samples: (0..<10).map { second in
                .init(
                    time: .seconds(second), down: .init(rate: .megabitsPerSecond(8), delay: .milliseconds(20)),
                    up: .init(rate: .megabitsPerSecond(2), delay: .milliseconds(20)), attached: !away.contains(second))
            })
    }

    private static var run: ComparisonResult.Run {
        let bins = [UInt32](repeating: 1000, count: 90)
        let links = ["wifi", "cellular"].flatMap { path in
            Direction.allCases.map { direction in
                Series.Link(
                    path: path, direction: direction, arrived: bins, lost: bins, dropped: bins,
                    idle: bins.map { _ in false })
            }
        }
        return .init(
            id: "tcp-cellular-reconnect.7", strategy: .tcpReconnect(path: "cellular"), seed: 7, direction: .up,
            offset: .milliseconds(640), duration: .milliseconds(900), delivered: ByteCount(90_000),
            longestGap: .milliseconds(120), verified: true,
            paths: [
                .init(
                    name: "wifi", wireBytes: ByteCount(4001), droppedBytes: ByteCount(4002), packetsDown: 1201,
                    packetsUp: 602),
                .init(
                    name: "cellular", wireBytes: ByteCount(4003), droppedBytes: ByteCount(4004), packetsDown: 1203,
                    packetsUp: 604),
            ],
            fidelity: [
                .init(
                    path: "wifi", direction: .up, window: .milliseconds(100), windows: 80, meanError: 0.001,
                    p95Error: 0.002, maxError: 0.003, maxErrorBytes: 1200, overallError: -0.0005,
                    worstWindow: .seconds(6), violations: 2, errorHistogram: [1, 2, 3])
            ], counters: ["mobile.MPTcpExt.MPJoinSynTx": 3],
            events: [.init(time: .milliseconds(31), kind: "use", path: "wifi", detail: "backup")],
            series: Series(
                delivered: bins, others: [bins], links: links,
                delays: [
                    .init(path: "wifi", queue: [1, 2, 3, 4, 5, 6, 7, 8, 9], roundTrip: [9, 8, 7, 6, 5, 4, 3, 2, 1])
                ]),
            others: [.init(name: "tcp-wifi", direction: .up, delivered: ByteCount(5001), verified: true)],
            energy: [
                .init(model: "constant", paths: [.init(joules: 1.5), .init(joules: 2.5)]),
                .init(model: "hybrid", paths: [.init(joules: 3.5), .init(joules: 4.5)]),
            ],
            handoffs: [
                .init(
                    kind: .gained, path: "wifi", time: .milliseconds(500), longestGap: .milliseconds(110),
                    firstByteOnNewPath: .milliseconds(60), carriesAgain: .milliseconds(70),
                    stranded: ["cellular": ByteCount(6001)])
            ], moves: [.init(time: .milliseconds(400), path: "cellular")], congestionControl: "reno",
            failure: "for a test")
    }
}
