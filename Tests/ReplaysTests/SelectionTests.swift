// SPDX-License-Identifier: Apache-2.0
import Determinism
import Plans
import Quantities
import Replays
import Testing
import Traces

/// WiFi of 8 Mb/s that is away from 5 to 8 s, next to cellular of 2 Mb/s.
@Suite struct `A plan's selections` {
    private func selections(_ strategy: StrategyName, dwell: String = "30s") throws -> [String] {
        let replay = try load(goodReplay + "energy: {dwell: \(dwell)}\n")
        let plan = try replay.plan(strategy: strategy, seed: 1)
        #expect(plan.selections.first.map { $0.time == plan.offset } ?? true)
        return plan.selections.map { "\(($0.time == plan.offset ? .zero : $0.time).seconds.text()) \($0.paths)" }
    }

    @Test func `are made for who knows the traces`() throws {
        #expect(try selections("mptcp-omniscient") == ["0 [0]", "5 [1]", "8 [0]"])
        for strategy in [StrategyName.mptcp, "mptcp-energy", "mptcp-energy-smart", .optimalBuilt] {
            #expect(try selections(strategy).isEmpty)
        }
    }

    @Test func `are damped by the replay's dwell time`() throws {
        #expect(try selections("mptcp-omniscient-damped") == ["0 [0]", "5 [1]"])
        // Steps begin again where WiFi leaves and returns.
        #expect(try selections("mptcp-omniscient-damped", dwell: "5s") == ["0 [0]", "5 [1]", "10 [0]"])
    }
}
