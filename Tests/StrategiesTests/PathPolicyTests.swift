import Plans
import Quantities
import Testing
import Traces

@testable import Strategies

@Suite struct `A path policy` {
    private func plan(
        _ strategy: Strategy, selections: [PathSelection] = [], change: (inout EnergyPolicy) -> Void = { _ in }
    ) -> RunPlan {
        var energy = EnergyPolicy()
        change(&energy)
        let paths = [("cellular", PathKind.cellular), ("wifi", .wifi)].map { name, kind in
            RunPlan.Path(name: name, kind: kind, downTable: "", upTable: "", attachments: [])
        }
        return RunPlan(
            id: "\(strategy).1", strategy: strategy, seed: 1, paths: paths, offset: .milliseconds(500),
            duration: .seconds(600), workload: Workload(), transport: Transport(), mobility: Mobility(),
            selections: selections, energy: energy)
    }

    private static let nothing: @Sendable (Int) -> ByteCount = { _ in .zero }

    @Test func `uses every path for MPTCP, and all but WiFi as backup where that is asked for`() throws {
        var all = try PathPolicy(plan(.mptcp))
        #expect(all.decide(at: .zero, joined: [true, false], arrived: Self.nothing) == [.full, .full])
        var backup = try PathPolicy(plan(.mptcpBackup))
        #expect(backup.decide(at: .zero, joined: [true, false], arrived: Self.nothing) == [.backup, .full])
    }

    @Test func `of one path at a time takes WiFi where it is joined`() throws {
        var policy = try PathPolicy(plan(.mptcpSingle))
        #expect(policy.breaksBeforeMaking)
        #expect(policy.decide(at: .zero, joined: [true, true], arrived: Self.nothing) == [.none, .full])
        #expect(policy.decide(at: .zero, joined: [true, false], arrived: Self.nothing) == [.full, .none])
        #expect(policy.decide(at: .zero, joined: [false, false], arrived: Self.nothing) == [.none, .none])
    }

    @Test func `follows a schedule on the trace's clock, and takes what there is where nothing chosen is`() throws {
        let selections = [PathSelection(time: .zero, paths: [0]), PathSelection(time: .seconds(10), paths: [1])]
        var policy = try PathPolicy(plan(.mptcpOmniscient, selections: selections))
        #expect(policy.decide(at: .milliseconds(9490), joined: [true, true], arrived: Self.nothing) == [.full, .none])
        #expect(policy.decide(at: .milliseconds(9500), joined: [true, true], arrived: Self.nothing) == [.none, .full])
        #expect(policy.decide(at: .seconds(11), joined: [true, false], arrived: Self.nothing) == [.full, .full])
    }

    @Test func `switches by priority where the replay says so`() throws {
        let selections = [PathSelection(time: .zero, paths: [1])]
        var policy = try PathPolicy(plan(.mptcpOmniscient, selections: selections) { $0.switching = .priority })
        #expect(policy.decide(at: .zero, joined: [true, true], arrived: Self.nothing) == [.backup, .full])
    }
}

@Suite struct `An energy scheduler` {
    /// Cellular and WiFi at steady rates, in Mb/s, asked every 100 ms; the instants at which its use of paths changes.
    private func changes(
        _ strategy: Strategy, rates: (Double, Double), seconds: Int, wifi: (Double) -> Bool = { _ in true }
    ) throws -> [String] {
        let paths = [("cellular", PathKind.cellular), ("wifi", .wifi)].map { name, kind in
            RunPlan.Path(name: name, kind: kind, downTable: "", upTable: "", attachments: [])
        }
        var policy = try PathPolicy(
            RunPlan(
                id: "\(strategy).1", strategy: strategy, seed: 1, paths: paths, offset: .zero,
                duration: .seconds(seconds), workload: Workload(), transport: Transport(), mobility: Mobility()))
        var uses: [PathUse] = [.full, .full]
        var carried = [ByteCount.zero, .zero]
        var changes: [String] = []
        for step in 0..<seconds * 10 {
            let time = Double(step) / 10
            let joined = [true, wifi(time)]
            let now = policy.decide(at: .seconds(time), joined: joined) { carried[$0] }
            if now != uses { changes.append("\(time) \(now.map(\.rawValue).joined(separator: " "))") }
            uses = now
            for (path, rate) in [rates.0, rates.1].enumerated() where joined[path] && uses[path] == .full {
                carried[path].bytes += Int64(rate * 1e6 / 8 / 10)
            }
        }
        return changes
    }

    @Test func `probes for 10 s, holds the better radio for 100 s, and probes again`() throws {
        #expect(
            try changes(.mptcpScheduler, rates: (1, 10), seconds: 230)
                == ["10.0 none full", "110.0 full full", "120.0 none full", "220.0 full full"])
    }

    @Test func `takes cellular where WiFi gives little`() throws {
        #expect(try changes(.mptcpScheduler, rates: (3, 0.1), seconds: 60) == ["10.0 full none"])
    }

    @Test func `probes anew when the path it holds has gone`() throws {
        let changes = try changes(.mptcpScheduler, rates: (1, 10), seconds: 60) { !(30..<35).contains($0) }
        // Cellular alone from 30 s on; what is there at the probe's end is held.
        #expect(changes.prefix(2) == ["10.0 none full", "30.0 full full"])
    }

    @Test func `keeps probing while nothing moves`() throws {
        #expect(try changes(.mptcpScheduler, rates: (0, 0), seconds: 60) == [])
    }

    @Test func `that is smart leaves cellular on once it knows that WiFi is brief`() throws {
        // WiFi comes for 12 s in every 30; cellular's promotion and tail are repaid after 12 s of silence at best.
        let brief: (Double) -> Bool = { $0.truncatingRemainder(dividingBy: 30) < 12 }
        let simple = try changes(.mptcpScheduler, rates: (0.6, 5), seconds: 300, wifi: brief)
        let smart = try changes(.mptcpSmartScheduler, rates: (0.6, 5), seconds: 300, wifi: brief)
        let off = { (changes: [String]) in changes.count { $0.hasSuffix("none full") } }
        #expect(off(simple) > off(smart))
        // Only before it has seen one association end.
        #expect(off(smart) <= 1)
        // WiFi that lasts is used as the simple one uses it.
        #expect(
            try changes(.mptcpSmartScheduler, rates: (1, 10), seconds: 60)
                == (try changes(.mptcpScheduler, rates: (1, 10), seconds: 60)))
    }
}
