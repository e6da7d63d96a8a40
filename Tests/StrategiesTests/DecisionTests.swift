// SPDX-License-Identifier: Apache-2.0
import Plans
import Quantities
import Testing
import Traces

@testable import Strategies

@Suite struct `A strategy's decision` {
    /// The decision about cellular and WiFi, in this order.
    private func decide(
        _ name: String, joined: [Bool], selected: [Int]? = nil, change: (inout EnergyPolicy) -> Void = { _ in }
    ) throws -> [PathUse] {
        var energy = EnergyPolicy()
        change(&energy)
        var strategy = try #require(StrategyRegistry.find(name, over: ["cellular", "wifi"]))
        return try strategy.decide(view(at: .zero, joined: joined, energy, selected) { _ in .zero })
    }

    @Test func `uses every path for MPTCP, and all but WiFi as backup where that is asked for`() throws {
        #expect(try decide("mptcp", joined: [true, false]) == [.full, .full])
        #expect(try decide("mptcp-backup", joined: [true, false]) == [.backup, .full])
    }

    @Test func `of one path at a time takes WiFi where it is joined`() throws {
        #expect(StrategyRegistry.find("mptcp-single", over: ["cellular", "wifi"])?.breaksBeforeMaking == true)
        #expect(try decide("mptcp-single", joined: [true, true]) == [.none, .full])
        #expect(try decide("mptcp-single", joined: [true, false]) == [.full, .none])
        #expect(try decide("mptcp-single", joined: [false, false]) == [.none, .none])
    }

    @Test func `follows what was selected, and takes what there is where nothing selected is`() throws {
        #expect(try decide("mptcp-omniscient", joined: [true, true], selected: [0]) == [.full, .none])
        #expect(try decide("mptcp-omniscient", joined: [true, true], selected: [1]) == [.none, .full])
        #expect(try decide("mptcp-omniscient", joined: [true, false], selected: [1]) == [.full, .full])
        #expect(try decide("mptcp-omniscient", joined: [true, true]) == [.full, .full])
    }

    @Test func `switches by priority where the replay says so`() throws {
        let uses = try decide("mptcp-omniscient", joined: [true, true], selected: [1]) { $0.switching = .priority }
        #expect(uses == [.backup, .full])
    }
}

private func view(
    at time: Duration, joined: [Bool], _ energy: EnergyPolicy = EnergyPolicy(), _ selected: [Int]? = nil,
    carried: @escaping (Int) -> ByteCount
) -> StrategyView {
    let kinds = [("cellular", PathKind.cellular), ("wifi", .wifi)]
    return StrategyView(
        time: time, paths: zip(kinds, joined).map { .init(name: $0.0, kind: $0.1, isJoined: $1) }, energy: energy,
        selected: selected, carried: carried)
}

@Suite struct `An energy scheduler` {
    /// Asks the strategy every 100 ms, with cellular and WiFi at steady rates in Mb/s. Returns the instants at which
    /// its use of paths changes.
    private func changes(
        _ strategy: StrategyName, rates: (Double, Double), seconds: Int, wifi: (Double) -> Bool = { _ in true }
    ) throws -> [String] {
        var strategy = try #require(StrategyRegistry.find(strategy.description, over: ["cellular", "wifi"]))
        var uses: [PathUse] = [.full, .full]
        var carried = [ByteCount.zero, .zero]
        var changes: [String] = []
        for step in 0..<seconds * 10 {
            let time = Double(step) / 10
            let joined = [true, wifi(time)]
            let now = try strategy.decide(view(at: .seconds(time), joined: joined) { carried[$0] })
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
            try changes("mptcp-energy", rates: (1, 10), seconds: 230)
                == ["10.0 none full", "110.0 full full", "120.0 none full", "220.0 full full"])
    }

    @Test func `takes cellular where WiFi gives little`() throws {
        #expect(try changes("mptcp-energy", rates: (3, 0.1), seconds: 60) == ["10.0 full none"])
    }

    @Test func `probes anew when the path it holds has gone`() throws {
        let changes = try changes("mptcp-energy", rates: (1, 10), seconds: 60) { !(30..<35).contains($0) }
        // From 30 s on only cellular is there. What is there at the probe's end is held.
        #expect(changes.prefix(2) == ["10.0 none full", "30.0 full full"])
    }

    @Test func `keeps probing while nothing moves`() throws {
        #expect(try changes("mptcp-energy", rates: (0, 0), seconds: 60) == [])
    }

    @Test func `that is smart leaves cellular on once it knows that WiFi is brief`() throws {
        // WiFi is there for 12 s in every 30 s. Cellular's promotion and tail are repaid after 12 s of silence at best.
        let brief: (Double) -> Bool = { $0.truncatingRemainder(dividingBy: 30) < 12 }
        let simple = try changes("mptcp-energy", rates: (0.6, 5), seconds: 300, wifi: brief)
        let smart = try changes("mptcp-energy-smart", rates: (0.6, 5), seconds: 300, wifi: brief)
        let off = { (changes: [String]) in changes.count { $0.hasSuffix("none full") } }
        #expect(off(simple) > off(smart))
        // It does so only before it has seen one association end.
        #expect(off(smart) <= 1)
        // WiFi that lasts is used as the simple scheduler uses it.
        #expect(
            try changes("mptcp-energy-smart", rates: (1, 10), seconds: 60)
                == (try changes("mptcp-energy", rates: (1, 10), seconds: 60)))
    }
}
