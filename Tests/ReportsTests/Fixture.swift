// SPDX-License-Identifier: Apache-2.0
import Determinism
import Oracles
import Plans
import Quantities
import Results
import Statistics
import Traces
import Verification

/// Comparisons as they might come out, made up from a small random generator. Their parts are consistent.
enum Fixture {
    struct Shape {
        var seconds = 720
        var seeds: [UInt64] = Array(1...10)
        var name = "indoor-walk"
        /// MPTCP's share of the capacity of both links.
        var mptcpShare = 0.93
        var mptcp = true
        var reconnecting = true
        var violations = 0
        var detaches = true
        /// Whether it has every kind of finding: built Optimal TCP, energy, hand-offs, competition.
        var rich = false
        var workload = Workload()
    }

    static func result(_ shape: Shape = Shape()) -> ComparisonResult {
        let traces = [
            trace(
                "wifi", .wifi, shape, best: 14, floor: 0.2, seed: 11, away: [(0.28, 0.34), (0.62, 0.66), (0.8, 0.81)]),
            trace("cellular", .cellular, shape, best: 4, floor: 0.5, seed: 12, away: [(0.45, 0.5)]),
        ]
        var strategies: [StrategyName] = [.tcp(path: "wifi"), .tcp(path: "cellular")]
        if shape.reconnecting { strategies += [.tcpReconnect(path: "wifi"), .tcpReconnect(path: "cellular")] }
        if shape.rich { strategies += [.optimalBuilt, "wifi-first"] }
        if shape.mptcp { strategies.append(.mptcp) }
        if shape.rich { strategies += ["mptcp-energy", .mptcpCompeting] }
        let links = traces.map { capacity(of: $0) }
        let runs = strategies.flatMap { strategy in
            shape.seeds.map { run(strategy, seed: $0, traces: traces, links: links, shape: shape) }
        }
        let oracles = ComparisonResult.oracles(runs: runs, traces: traces, window: .seconds(10))
        return ComparisonResult(
            replay: .init(
                name: shape.name, sha256: String(repeating: "0123456789abcdef", count: 4),
                walkSHA256: String(repeating: "fedcba9876543210", count: 4),
                duration: .seconds(shape.seconds), traces: traces,
                pathSettings: traces.map { _ in .init(family: .ipv4, subflows: 1, addressChanges: []) },
                workload: shape.workload),
            environment: environment, runs: runs, oracles: oracles,
            ratios: ComparisonResult.ratios(runs: runs, oracles: oracles),
            builtWindows: BuiltAccount.windows(runs: runs, oracles: oracles, traces: traces),
            competitions: Competitions.all(of: runs, window: .seconds(10)),
            command: "walkback compare \(shape.name).yaml --seeds \(shape.seeds.count)")
    }

    private static var environment: ComparisonResult.Environment {
        var settings = ReplaySettings()
        settings.transport.initialPath = "wifi"
        return .init(
            walkback: "0.1.0", kernelRelease: "6.12.90", kernelPatches: ["0001-um-seeded-random", "0002-um-hz-250"],
            congestionControl: "cubic", scheduler: "default",
            sysctls: [
                "net.ipv4.tcp_rmem": "4096 131072 6000000", "net.ipv4.tcp_wmem": "4096 16384 4000000",
                "net.ipv4.tcp_no_metrics_save": "1",
            ], settings: settings)
    }

    private static func trace(
        _ name: String, _ kind: PathKind, _ shape: Shape, best: Double, floor: Double, seed: UInt64,
        away: [(Double, Double)]
    ) -> PathTrace {
        var random = SplitMix64(seed: seed)
        var level = 0.5
        var rate = best / 2
        let samples = (0..<shape.seconds).map { second in
            if second % 20 == 0 { level = random.nextUnit() * random.nextUnit() }
            rate += (floor + best * level - rate) * 0.3
            let part = Double(second) / Double(shape.seconds)
            let gone = shape.detaches && away.contains { $0.0 <= part && part < $0.1 }
            let down = rate * (0.85 + 0.3 * random.nextUnit())
            return PathTrace.Sample(
                time: .seconds(second), down: .init(rate: .megabitsPerSecond(down), delay: .milliseconds(20)),
                up: .init(rate: .megabitsPerSecond(max(1, down / 3)), delay: .milliseconds(20)), attached: !gone)
        }
        return PathTrace(
            name: name, kind: kind, duration: .seconds(shape.seconds), queueDown: ByteCount(150_000),
            queueUp: ByteCount(75_000), source: "made up for a test, seed \(seed)", samples: samples)
    }

    /// The IP bytes in every 10 ms of the walk.
    private static func capacity(of trace: PathTrace) -> [Double] {
        let curve = trace.curve(.down)
        return (0..<Int(trace.duration / Series.binWidth)).map { bin in
            curve.carried(from: Series.binWidth * bin, to: Series.binWidth * (bin + 1))
        }
    }

    /// What TCP carries over a link in every 10 ms: most of its capacity, but nothing while the link is away and for
    /// half as long again if it stalls, or for 30 bins if it does not.
    private static func carried(
        _ capacity: [Double], bins: Int, offset: Duration, share: Double, stalls: Bool
    ) -> [Double] {
        var quiet = 0
        var idle = 0
        return capacity.dropFirst(Int(offset / Series.binWidth + 0.5)).prefix(bins).map { bytes in
            if bytes == 0 {
                quiet += 1
                idle = stalls ? quiet / 2 : 30
                return 0
            }
            quiet = 0
            if idle > 0 {
                idle -= 1
                return 0
            }
            return bytes * share
        }
    }

    private static func run(
        _ strategy: StrategyName, seed: UInt64, traces: [PathTrace], links capacities: [[Double]], shape: Shape
    ) -> ComparisonResult.Run {
        var random = SplitMix64(seed: seed, purpose: "\(strategy)")
        var draw = SplitMix64(seed: seed)
        let offset = Series.binWidth * Int(draw.next(below: 99))
        let duration = Duration.seconds(shape.seconds - 1)
        let bins = Int(duration / Series.binWidth)
        let luck = 0.985 + 0.03 * random.nextUnit()
        var delivered = [Double](repeating: 0, count: bins)
        var links: [Series.Link] = []
        let moves = strategy == .optimalBuilt ? moves(traces, offset: offset, duration: duration) : []
        for (trace, capacity) in zip(traces, capacities) {
            var used: (share: Double, stalls: Bool)?
            switch strategy {
            case .tcp(path: trace.name): used = (0.93 * luck, true)
            case .tcpReconnect(path: trace.name): used = (0.92 * luck, false)
            case .mptcp: used = (shape.mptcpShare * luck, false)
            case "mptcp-energy": used = (0.7 * luck, false)
            case .mptcpCompeting: used = (0.5 * luck, false)
            case "wifi-first": used = trace.kind == .wifi ? (0.9 * luck, true) : (0.3, true)
            case .optimalBuilt: used = (0.9 * luck, true)
            default: used = nil
            }
            var carried =
                used.map {
                    self.carried(capacity, bins: bins, offset: offset, share: $0.share, stalls: $0.stalls)
                } ?? [Double](repeating: 0, count: bins)
            if strategy == .optimalBuilt { follow(moves, to: trace.name, &carried) }
            for bin in carried.indices { delivered[bin] += carried[bin] * 1448 / 1500 }
            let none = [UInt32](repeating: 0, count: bins)
            links.append(
                .init(
                    path: trace.name, direction: .down, arrived: carried.map { UInt32($0) }, lost: none, dropped: none,
                    idle: carried.map { $0 == 0 }))
            links.append(
                .init(
                    path: trace.name, direction: .up, arrived: carried.map { UInt32($0 / 30) }, lost: none,
                    dropped: none, idle: carried.map { _ in true }))
        }
        let rivals = strategy == .mptcpCompeting ? zip(traces, capacities).map { ($0, $1) } : []
        let series = Series(
            delivered: delivered.map { UInt32($0) },
            others: rivals.map { _, capacity in
                carried(capacity, bins: bins, offset: offset, share: 0.45, stalls: true).map { UInt32($0) }
            }, links: links, delays: delays(links, idle: strategy.path(among: traces.map(\.name))))
        let id = "\(strategy).\(seed)"
        return .init(
            id: id, strategy: strategy, seed: seed, direction: .down, offset: offset, duration: duration,
            delivered: ByteCount(series.delivered.reduce(0) { $0 + Int64($1) }),
            longestGap: LongestGap.of(delivered: series.delivered), verified: true,
            paths: traces.map { trace in
                func bytes(_ direction: Direction) -> Int64 {
                    series.link(trace.name, direction)?.arrived.reduce(0) { $0 + Int64($1) } ?? 0
                }
                return .init(
                    name: trace.name, wireBytes: ByteCount(bytes(.down) + bytes(.up)),
                    droppedBytes: ByteCount(Int64(random.next(below: 90_000))), packetsDown: bytes(.down) / 1500,
                    packetsUp: bytes(.up) / 60)
            },
            fidelity: traces.flatMap { trace in
                Direction.allCases.flatMap { direction in
                    ComparisonResult.Fidelity.windows.map { window in
                        fidelity(trace.name, direction, window, id: id, random: &random, shape: shape)
                    }
                }
            },
            counters: ["mobile.MPTcpExt.MPJoinSynTx": 1, "server.TcpExt.TCPTimeouts": Int64(random.next(below: 9))],
            events: [
                .init(time: .milliseconds(-12), kind: "attached", path: "wifi"),
                .init(time: .milliseconds(31), kind: "connected"),
                .init(time: duration, kind: "complete", detail: "the run's end"),
            ], series: series,
            others: zip(rivals, series.others).map { rival, delivered in
                .init(
                    name: "tcp-\(rival.0.name)", direction: .down,
                    delivered: ByteCount(delivered.reduce(0) { $0 + Int64($1) }), verified: true)
            },
            exchanges: exchanges(shape, delivered: series.delivered, random: &random),
            energy: shape.rich ? energy(of: links, traces: traces) : [],
            handoffs: shape.rich ? handoffs(traces, offset: offset, random: &random) : [], moves: moves,
            congestionControl: "cubic")
    }

    /// Round trips that grow with the queue; a path that no connection uses has none.
    private static func delays(_ links: [Series.Link], idle only: String?) -> [Series.Delays] {
        links.filter { $0.direction == .down }.enumerated().map { index, link in
            var delays = Series.Delays(path: link.path)
            for step in stride(from: 0, through: link.arrived.count - 10, by: 10) {
                let bytes = link.arrived[step..<step + 10].reduce(0, +)
                delays.queue.append(bytes / 4)
                delays.roundTrip.append(
                    bytes > 0 && (only == nil || only == link.path) ? 20_000 + 15_000 * UInt32(index) + bytes / 3 : 0)
            }
            return delays
        }
    }

    private static func fidelity(
        _ path: String, _ direction: Direction, _ window: Duration, id: String, random: inout SplitMix64, shape: Shape
    ) -> ComparisonResult.Fidelity {
        guard direction == .down else {
            return .init(path: path, direction: direction, window: window, windows: 0, violations: 0)
        }
        let bad = id == "mptcp.1" && path == "wifi" ? shape.violations : 0
        let worst = bad > 0 ? 9000 : 1200 + 280 * random.nextUnit()
        return .init(
            path: path, direction: direction, window: window,
            windows: Int(Double(shape.seconds) * 0.8 / window.seconds), meanError: 0.0011, p95Error: 0.0031,
            maxError: worst / (1e6 * window.seconds), maxErrorBytes: worst, overallError: -0.000012,
            worstWindow: .milliseconds(Int64(random.next(below: UInt64(shape.seconds) * 1000))), violations: bad)
    }
}
