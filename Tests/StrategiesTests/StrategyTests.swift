import Plans
import Testing
import Traces

@Suite struct `A strategy` {
    private static let paths = ["wifi", "cellular"]

    @Test func `is read as it is written`() {
        for strategy in Strategy.all(paths: Self.paths) {
            #expect(Strategy(name: strategy.description, paths: Self.paths) == strategy)
        }
        #expect(Strategy(name: "tcp-ethernet", paths: Self.paths) == nil)
    }

    @Test func `has a name of its own`() {
        let all = Strategy.all(paths: Self.paths)
        #expect(Set(all.map(\.description)).count == all.count)
    }

    @Test(arguments: [
        ("wifi-first", [PathKind.cellular, .cellular]), ("wifi-first-ideal", [.wifi, .wifi]),
        ("mobile-ip", [.other, .cellular]), ("mptcp-backup", [.cellular, .other]), ("mptcp-single", [.wifi]),
        ("mptcp-scheduler", [.wifi, .other]), ("mptcp-omniscient", [.wifi]),
        ("mptcp-smart-scheduler", [.wifi, .wifi]),
    ]) func `objects to paths of which it can make nothing`(name: String, kinds: [PathKind]) throws {
        let strategy = try #require(Strategy(name: name, paths: Self.paths))
        #expect(strategy.objection(to: kinds)?.hasPrefix("needs ") == true)
    }

    @Test func `objects to no path of the usual pair`() {
        for strategy in Strategy.all(paths: Self.paths) {
            #expect(strategy.objection(to: [.wifi, .cellular]) == nil, "\(strategy)")
        }
    }
}
