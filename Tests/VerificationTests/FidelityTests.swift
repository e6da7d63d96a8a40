// SPDX-License-Identifier: Apache-2.0
import Determinism
import Plans
import Quantities
import Results
import Strategies
import Testing
import Traces
import Verification

@Suite("Fidelity")
struct FidelityTests {
    static let windows = ComparisonResult.Fidelity.windows

    /// Two rates that alternate for twenty seconds.
    static func alternating(_ low: Double, _ high: Double, every step: Duration) -> [(time: Duration, rate: DataRate)] {
        (0..<Int(20 / step.seconds)).map { index in
            (step * index, .megabitsPerSecond(index % 2 == 0 ? low : high))
        }
    }

    static func constant(_ delay: Duration) -> [LinkTable.Condition] {
        [LinkTable.Condition(time: .zero, delay: delay, loss: 0)]
    }

    /// Delays that rise and fall about every 130 ms, by amounts that no bin divides.
    static func varying(seed: UInt64, loss: Double = 0) -> [LinkTable.Condition] {
        var random = SplitMix64(seed: seed)
        return (0..<150).map { index in
            LinkTable.Condition(
                time: .nanoseconds(index * 131_072_003), delay: .nanoseconds(Int64(random.nextUnit() * 90_000_000)),
                loss: loss)
        }
    }

    static let links: [(name: String, link: PerfectLink)] = [
        ("no delay", PerfectLink(rates: alternating(2, 20, every: .milliseconds(10)), conditions: constant(.zero))),
        (
            "37.5 ms",
            PerfectLink(
                rates: alternating(2, 20, every: .milliseconds(10)), conditions: constant(.microseconds(37_500)))
        ),
        (
            "slow",
            PerfectLink(
                rates: alternating(0.2, 1, every: .milliseconds(10)), conditions: constant(.microseconds(37_500)))
        ),
        (
            "outages",
            PerfectLink(
                rates: alternating(0, 20, every: .milliseconds(500)), conditions: constant(.nanoseconds(12_345_678)))
        ),
        (
            "offset and jitter",
            PerfectLink(
                rates: alternating(3, 17, every: .milliseconds(70)), conditions: constant(.milliseconds(10)),
                jitter: .nanoseconds(654_321), offset: .nanoseconds(432_198_765))
        ),
        (
            "varying delay",
            PerfectLink(
                rates: alternating(2, 20, every: .milliseconds(10)), conditions: varying(seed: 7),
                offset: .milliseconds(777))
        ),
        (
            "varying delay, slow",
            PerfectLink(
                rates: alternating(0.2, 1, every: .milliseconds(100)), conditions: varying(seed: 8))
        ),
        (
            "delay that falls on a window's edge",
            PerfectLink(
                rates: alternating(1, 4, every: .milliseconds(40)),
                conditions: (0..<20).map {
                    LinkTable.Condition(
                        time: .seconds($0), delay: $0 % 2 == 0 ? .milliseconds(100) : .milliseconds(10), loss: 0)
                })
        ),
        (
            "loss",
            PerfectLink(
                rates: alternating(5, 9, every: .milliseconds(10)), conditions: varying(seed: 9, loss: 0.03))
        ),
        (
            "pauses and small packets",
            PerfectLink(
                rates: alternating(2, 20, every: .milliseconds(10)), conditions: varying(seed: 10, loss: 0.01),
                jitter: .microseconds(300), offset: .nanoseconds(98_765_432),
                pauses: (.milliseconds(1500), .milliseconds(40)), smallestPacket: 40)
        ),
        (
            "detachments",
            PerfectLink(
                rates: alternating(2, 20, every: .milliseconds(10)), conditions: constant(.milliseconds(37)),
                attachments: [
                    .init(time: .zero, attached: true), .init(time: .milliseconds(4_321), attached: false),
                    .init(time: .milliseconds(6_543), attached: true),
                    .init(time: .milliseconds(11_000), attached: false),
                    .init(time: .milliseconds(11_010), attached: true),
                ], offset: .milliseconds(250))
        ),
        (
            "overhead",
            PerfectLink(
                rates: alternating(4, 8, every: .milliseconds(10)), conditions: constant(.milliseconds(20)), overhead: 4
            )
        ),
    ]

    @Test("A perfect link is never beyond one packet of its curve", arguments: links.indices, windows)
    func perfect(index: Int, window: Duration) throws {
        let (name, link) = Self.links[index]
        let fidelity = link.measure(link.run(), window: window)
        #expect(fidelity.violations == 0, "\(name)")
        let compared = Double(fidelity.windows) * window.seconds
        #expect(compared >= 4, "\(name): \(fidelity.windows) windows")
        // Without overhead, the 0.1 % is not even needed.
        if link.overhead == 0 { #expect(try #require(fidelity.maxErrorBytes) <= 1500, "\(name)") }
        // A packet may be cut off, or be uncertain, at the first edge and at the last.
        let edges = 2 * 1500 / link.table.curve.total.bytes
        #expect(abs(try #require(fidelity.overallError)) < max(0.001, edges), "\(name)")
    }

    // Slow links are left out: 1 % of a second must be more than a packet and 0.1 %.
    @Test(
        "A link that is wrong by 1 % is caught", arguments: links.indices.filter { !links[$0].name.contains("slow") },
        [0.99, 1.01])
    func onePerCent(index: Int, factor: Double) {
        var (name, link) = Self.links[index]
        let table = link.table
        link.rates = link.rates.map { ($0.time, $0.rate * factor) }
        #expect(link.measure(link.run(), window: .seconds(1), against: table).violations > 0, "\(name)")
    }

    @Test("A link 30 ms late or early is caught", arguments: [Duration.milliseconds(-30), .milliseconds(30)])
    func late(shift: Duration) {
        var link = PerfectLink(
            rates: Self.alternating(0, 20, every: .milliseconds(500)), conditions: Self.constant(.milliseconds(40)))
        let table = link.table
        link.conditions = Self.constant(.milliseconds(40) + shift)
        #expect(link.measure(link.run(), window: .milliseconds(100), against: table).violations > 0)
    }

    @Test("A single window with two packets too many or too few is counted and placed", arguments: [-3000, 3000])
    func oneWindow(extra: Int) throws {
        let link = PerfectLink(
            rates: [(.zero, .megabitsPerSecond(6))], conditions: Self.constant(.milliseconds(25)),
            offset: .milliseconds(500))
        var series = link.run()
        let hit = try #require((720..<730).first { Int(series.arrived[$0]) + extra >= 0 })
        series.arrived[hit] = UInt32(Int(series.arrived[hit]) + extra)
        let fidelity = link.measure(series, window: .milliseconds(100))
        #expect(fidelity.violations == 1)
        #expect(fidelity.worstWindow == .milliseconds(7_700))
        #expect(try #require(fidelity.maxErrorBytes) >= 1500)
    }

    @Test("Idle windows are not compared, but may not carry more than the curve")
    func idle() {
        let link = PerfectLink(rates: [(.zero, .megabitsPerSecond(2))], conditions: Self.constant(.milliseconds(10)))
        var series = link.run()
        series.idle = series.idle.map { _ in true }
        series.arrived = series.arrived.map { _ in 0 }
        #expect(link.measure(series, window: .seconds(1)).violations == 0)
        #expect(link.measure(series, window: .seconds(1)).windows == 0)
        #expect(link.measure(series, window: .seconds(1)).meanError == nil)
        series.arrived[555] = 40_000
        #expect(link.measure(series, window: .seconds(1)).violations == 0)
        #expect(link.measure(series, window: .milliseconds(100)).violations == 1)
        #expect(link.measure(series, window: .milliseconds(100)).worstWindow == .milliseconds(5_500))
    }

    @Test("A window that a detachment or the time before the first SYN touches is left out")
    func leftOut() {
        var link = PerfectLink(rates: [(.zero, .megabitsPerSecond(2))], conditions: Self.constant(.milliseconds(10)))
        let series = link.run()
        // The first window's packets left before the first SYN.
        #expect(link.measure(series, window: .seconds(1)).windows == 19)
        link.attachments = [
            .init(time: .zero, attached: true), .init(time: .milliseconds(5_995), attached: false),
            .init(time: .milliseconds(7_500), attached: true),
        ]
        // The packets of second 5 arrive until 6.0 s, and seconds 6 and 7 touch the detachment.
        #expect(link.measure(series, window: .seconds(1)).windows == 16)
        link.attachments = [.init(time: .zero, attached: false)]
        #expect(link.measure(series, window: .seconds(1)).windows == 0)
    }

    @Test("A run is measured on every link in both windows, and a link without a table is not skipped")
    func wholeRun() {
        let link = PerfectLink(rates: [(.zero, .megabitsPerSecond(2))], conditions: Self.constant(.milliseconds(10)))
        let path = RunPlan.Path(
            name: "wifi", kind: .wifi, downTable: "wifi.down", upTable: "wifi.up", attachments: [])
        let plan = RunPlan(
            id: "mptcp.1", strategy: .mptcp, connections: [.mptcp(begins: .listed)], seed: 1, paths: [path],
            offset: .zero, duration: .seconds(20),
            workload: Workload(), transport: Transport(), mobility: Mobility())
        var record = RunRecord(id: "mptcp.1")
        var counters = RunRecord.Link(path: "wifi", direction: "down")
        counters.largestPacket = ByteCount(1500)
        record.links = [counters]
        let series = Series(delivered: [], links: [link.run()])
        let measured = ComparisonResult.Fidelity.measure(plan: plan, record: record, series: series) { _, _ in
            link.table
        }
        #expect(measured.map(\.window) == [.seconds(1), .milliseconds(100)])
        #expect(measured.allSatisfy { $0.violations == 0 && $0.windows > 10 && $0.path == "wifi" })
        let missing = ComparisonResult.Fidelity.measure(plan: plan, record: record, series: series) { _, _ in nil }
        #expect(missing.map(\.violations) == [1, 1])
    }
}
