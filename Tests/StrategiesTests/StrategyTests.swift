// SPDX-License-Identifier: Apache-2.0
import Plans
import Strategies
import Testing
import Traces

@Suite struct `A strategy` {
    private static let paths = ["wifi", "cellular"]

    @Test func `is read as it is written`() {
        for strategy in StrategyRegistry.all(over: Self.paths) {
            #expect(StrategyRegistry.find(strategy.name.description, over: Self.paths)?.name == strategy.name)
        }
        #expect(StrategyRegistry.find("tcp-ethernet", over: Self.paths) == nil)
    }

    @Test func `is still read by the name that it once had`() {
        #expect(StrategyRegistry.find("mptcp-scheduler", over: Self.paths)?.name == "mptcp-energy")
        #expect(StrategyRegistry.find("mptcp-smart-scheduler", over: Self.paths)?.name == "mptcp-energy-smart")
    }

    @Test func `has a name of its own`() {
        let all = StrategyRegistry.all(over: Self.paths)
        #expect(Set(all.map(\.name)).count == all.count)
    }

    @Test(arguments: [
        ("wifi-first", [PathKind.cellular, .cellular]), ("wifi-first-ideal", [.wifi, .wifi]),
        ("mobile-ip", [.other, .cellular]), ("mptcp-backup", [.cellular, .other]), ("mptcp-single", [.wifi]),
        ("mptcp-energy", [.wifi, .other]), ("mptcp-omniscient", [.wifi]),
        ("mptcp-energy-smart", [.wifi, .wifi]),
    ]) func `objects to paths of which it can make nothing`(name: String, kinds: [PathKind]) throws {
        let strategy = try #require(StrategyRegistry.find(name, over: Self.paths))
        #expect(strategy.objection(to: kinds)?.hasPrefix("needs ") == true)
    }

    @Test func `objects to no path of the usual pair`() {
        for strategy in StrategyRegistry.all(over: Self.paths) {
            #expect(strategy.objection(to: [.wifi, .cellular]) == nil, "\(strategy)")
        }
    }
}
